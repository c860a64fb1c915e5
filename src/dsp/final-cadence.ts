/**
 * Does the end of what was said sound like an end?
 *
 * English statements close with falling pitch and fading loudness; a speaker who holds the floor
 * keeps both up. This turns the last second of speech into one cue for endpointing. It is a weak
 * cue by design: cheap, language-dependent, and meant to shift a silence timeout, not to replace it.
 */
import { featureSampleRateHz, frameSamples, hopSamples } from './mel.js';
import { frameEnergyDb, loudSpan } from './energy.js';
import { trackPitch } from './pitch.js';
import { semitonesOf } from './prosody.js';

/** How the speech before a pause closes. */
export interface FinalCadence {
  /** Pitch of the last voiced 150 ms against the voiced part before it, semitones; negative falls. */
  readonly pitchFallSemitones: number;
  /** Level of the last 150 ms of speech against the speech before it, dB; negative fades. */
  readonly energyFallDb: number;
  /** 0 (holds the floor) … 1 (closes); 0.5 when there is too little voice to tell. */
  readonly finality: number;
}

/** Two seconds: the analysed second may be followed by up to a second of silence. */
const searchedSamples = 2 * featureSampleRateHz;
const analysedFrames = 100;
const tailFrames = 15;
const leastVoicedFrames = tailFrames + 10;

/** What counts as a complete close; chosen, not fitted: the cue only has to rank endings. */
const fullFallSemitones = 4;
const fullFadeDb = 12;
const pitchWeight = 0.7;

/** Measures the last second of speech in `samples` (16 kHz, −1…1), which may end in up to a second of silence. */
export function measureFinalCadence(samples: Float32Array): FinalCadence {
  const recent = samples.subarray(Math.max(0, samples.length - searchedSamples));
  const energyDb = frameEnergyDb(recent);
  const span = loudSpan(energyDb, { dynamicRangeDb: 30, quietestDb: -60, marginFrames: 0 });
  const startFrame = Math.max(span.startFrame, span.endFrame - analysedFrames);
  const spoken = recent.subarray(startFrame * hopSamples, span.endFrame * hopSamples + frameSamples - hopSamples);
  const melody = Array.from(trackPitch(spoken).f0Hz)
    .filter((f0Hz) => f0Hz > 0)
    .map(semitonesOf);
  if (melody.length < leastVoicedFrames) {
    return { pitchFallSemitones: 0, energyFallDb: 0, finality: 0.5 };
  }
  const pitchFallSemitones = mean(melody.slice(-tailFrames)) - mean(melody.slice(0, -tailFrames));
  const levels = Array.from(energyDb.subarray(startFrame, span.endFrame));
  const energyFallDb = mean(levels.slice(-tailFrames)) - mean(levels.slice(0, -tailFrames));
  const closing =
    pitchWeight * clampUnit(-pitchFallSemitones / fullFallSemitones) +
    (1 - pitchWeight) * clampUnit(-energyFallDb / fullFadeDb);
  return { pitchFallSemitones, energyFallDb, finality: 0.5 + 0.5 * closing };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const clampUnit = (value: number): number => Math.max(-1, Math.min(1, value));
