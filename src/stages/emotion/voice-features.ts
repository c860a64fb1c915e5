/**
 * From the samples of an utterance to what the voice emotion model reads.
 *
 * The one extractor for training and serving: `training/emotion/extract-features.ts` calls the same
 * function, so the two cannot drift apart. Nothing is normalised here; the model's graph subtracts
 * the caller's baseline or the population mean. Pure, but too slow for the event loop: run it on a
 * worker thread.
 */
import { frameEnergyDb, loudSpan } from '../../dsp/energy.js';
import { frameSamples, hopSamples, logMel, melBandCount, type LogMelFrames } from '../../dsp/mel.js';
import { trackPitch } from '../../dsp/pitch.js';
import { semitonesOf, summariseProsody, type Prosody } from '../../dsp/prosody.js';
import { functionalCount, voiceFunctionals } from './voice-functionals.js';

/** Values per frame: 80 log-mel bands, pitch in semitones re 100 Hz (0 unvoiced), voiced 0/1, periodicity. */
export const voiceFrameWidth = melBandCount + 3;

/** Order of the summary's first values. Duration and pause count stay out: clip length must not tell the label. */
export const prosodyFields = [
  'f0MeanSemitones',
  'f0SdSemitones',
  'f0RangeSemitones',
  'f0SlopeSemitonesPerS',
  'voicedShare',
  'energyMeanDb',
  'energySdDb',
  'energyRangeDb',
  'syllablesPerS',
  'pauseShare',
  'centroidHz',
  'slopeDbPerOctave',
  'hnrDb',
  'jitterRatio',
  'shimmerRatio',
] as const satisfies readonly (keyof Prosody)[];

/** Values about the whole utterance: the prosody fields, then `voiceFunctionals`. */
export const summaryWidth = prosodyFields.length + functionalCount;

/** Values in the caller's baseline: mean of each mel band, then of each value of the summary. */
export const baselineWidth = melBandCount + summaryWidth;

/** Features of one utterance, cut to its loud span. Arrays belong to the caller. */
export interface VoiceFeatures {
  readonly frames: number;
  /** Row-major `[frames, voiceFrameWidth]`. */
  readonly frameData: Float32Array<ArrayBuffer>;
  /** `[baselineWidth]`: mean of each mel band over the frames, then the prosody fields, then the functionals. */
  readonly summary: Float32Array<ArrayBuffer>;
  readonly prosody: Prosody;
}

/** Quieter than this (frame level, dBFS) there is no speech to judge. */
const quietestSpeechDb = -60;
/**
 * Below the loudest frame by this much an utterance is background; how quiet that is belongs to the room, not the
 * voice.
 */
const dynamicRangeDb = 40;
const marginFrames = 5;
/**
 * Mel values this far (about 70 dB) below the largest count as equally silent, so digital silence is not louder news
 * than hiss.
 */
const melRangeNeper = 16;

/** Extracts the features of 16 kHz mono samples (−1…1); null when nothing is loud enough. */
export function extractVoiceFeatures(samples: Float32Array): VoiceFeatures | null {
  const span = loudSpan(frameEnergyDb(samples), {
    dynamicRangeDb,
    quietestDb: quietestSpeechDb,
    marginFrames,
  });
  if (span.endFrame <= span.startFrame) return null;
  const speech = samples.subarray(span.startFrame * hopSamples, (span.endFrame - 1) * hopSamples + frameSamples);
  const mel = withFloor(logMel(speech));
  const pitch = trackPitch(speech);
  const prosody = summariseProsody({
    samples: speech,
    mel,
    pitch,
    energyDb: floored(frameEnergyDb(speech), dynamicRangeDb),
  });
  const frameData = new Float32Array(mel.frames * voiceFrameWidth);
  const summary = new Float32Array(baselineWidth);
  for (let frame = 0; frame < mel.frames; frame += 1) {
    const row = mel.data.subarray(frame * melBandCount, (frame + 1) * melBandCount);
    const rowOffset = frame * voiceFrameWidth;
    frameData.set(row, rowOffset);
    const f0Hz = pitch.f0Hz[frame]!;
    frameData[rowOffset + melBandCount] = f0Hz > 0 ? semitonesOf(f0Hz) : 0;
    frameData[rowOffset + melBandCount + 1] = f0Hz > 0 ? 1 : 0;
    frameData[rowOffset + melBandCount + 2] = pitch.periodicity[frame]!;
    for (let band = 0; band < melBandCount; band += 1) summary[band]! += row[band]! / mel.frames;
  }
  prosodyFields.forEach((field, index) => {
    summary[melBandCount + index] = prosody[field];
  });
  summary.set(voiceFunctionals(frameData, mel.frames, voiceFrameWidth), melBandCount + prosodyFields.length);
  return { frames: mel.frames, frameData, summary, prosody };
}

function withFloor(mel: LogMelFrames): LogMelFrames {
  return { frames: mel.frames, data: floored(mel.data, melRangeNeper) };
}

/** The values, raised to at least `range` below the largest. */
function floored(values: Float32Array, range: number): Float32Array {
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return values.map((value) => Math.max(value, largest - range));
}
