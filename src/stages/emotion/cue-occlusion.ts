/**
 * The same utterance without one thing that is unusual about it: at the caller's usual pitch, level or rate.
 *
 * What the network then says shows what that one thing did to its judgement: an explanation by occlusion instead of by
 * opinion. Only what the frames and the summary hold is moved; the harmonics inside the mel bands stay where they are, so
 * the effect of pitch is a lower bound. Pure and slow, as feature extraction is.
 */
import { melBandCount } from '../../dsp/mel.js';
import { semitonesOf } from '../../dsp/prosody.js';
import { baselineOf, type SpeakerBaseline } from './speaker-baseline.js';
import { prosodyFields, voiceFrameWidth, type VoiceFeatures } from './voice-features.js';
import { voiceFunctionals } from './voice-functionals.js';

export const acousticCueKinds = ['pitch', 'loudness', 'rate'] as const;

export type AcousticCueKind = (typeof acousticCueKinds)[number];

export interface OccludedCue {
  readonly kind: AcousticCueKind;
  /** The utterance with this cue as the caller usually has it. */
  readonly features: VoiceFeatures;
}

/** Smaller deviations are the ordinary spread of one speaker: half of what `acoustic-cues.ts` counts as one. */
const leastDeviation = { semitones: 1.3, db: 2.5, ratio: 1.1 } as const;
/** A change of rate beyond this would stretch frames out of all likeness. */
const mostStretch = 2;
const neperPerDb = Math.LN10 / 10;

/** What is unusual enough to be named; nothing while the caller's usual voice is unknown. */
export function occludedCues(features: VoiceFeatures, baseline: SpeakerBaseline): readonly OccludedCue[] {
  const { prosody } = features;
  const usualSemitones = baselineOf(baseline, 'f0MeanSemitones');
  const usualDb = baselineOf(baseline, 'energyMeanDb');
  const usualRate = baselineOf(baseline, 'syllablesPerS');
  const found: OccludedCue[] = [];
  if (usualSemitones !== null && prosody.f0MeanHz > 0) {
    const shift = usualSemitones - semitonesOf(prosody.f0MeanHz);
    if (Math.abs(shift) >= leastDeviation.semitones) {
      const frameData = mapped(features.frameData, (value, column, isVoiced) =>
        column === melBandCount && isVoiced ? value + shift : value,
      );
      found.push({ kind: 'pitch', features: remade(features, frameData, { f0MeanSemitones: usualSemitones }) });
    }
  }
  if (usualDb !== null && Math.abs(usualDb - prosody.energyMeanDb) >= leastDeviation.db) {
    const shift = (usualDb - prosody.energyMeanDb) * neperPerDb;
    const frameData = mapped(features.frameData, (value, column) => (column < melBandCount ? value + shift : value));
    found.push({ kind: 'loudness', features: remade(features, frameData, { energyMeanDb: usualDb }) });
  }
  if (usualRate !== null && usualRate > 0 && prosody.syllablesPerS > 0) {
    const stretch = prosody.syllablesPerS / usualRate;
    if (Math.max(stretch, 1 / stretch) >= leastDeviation.ratio) {
      const frameData = stretched(features, Math.min(mostStretch, Math.max(1 / mostStretch, stretch)));
      const f0SlopeSemitonesPerS = prosody.f0SlopeSemitonesPerS / stretch;
      found.push({
        kind: 'rate',
        features: remade(features, frameData, { syllablesPerS: usualRate, f0SlopeSemitonesPerS }),
      });
    }
  }
  return found;
}

function mapped(
  frameData: Float32Array,
  change: (value: number, column: number, isVoiced: boolean) => number,
): Float32Array<ArrayBuffer> {
  const copy = new Float32Array(frameData.length);
  for (let row = 0; row < frameData.length; row += voiceFrameWidth) {
    const isVoiced = frameData[row + melBandCount + 1]! > 0.5;
    for (let column = 0; column < voiceFrameWidth; column += 1)
      copy[row + column] = change(frameData[row + column]!, column, isVoiced);
  }
  return copy;
}

/** The frames, each as often as the factor asks for, nearest first. */
function stretched({ frameData, frames }: VoiceFeatures, factor: number): Float32Array<ArrayBuffer> {
  const count = Math.max(1, Math.round(frames * factor));
  const copy = new Float32Array(count * voiceFrameWidth);
  for (let frame = 0; frame < count; frame += 1) {
    const source = Math.min(frames - 1, Math.floor(((frame + 0.5) * frames) / count));
    copy.set(frameData.subarray(source * voiceFrameWidth, (source + 1) * voiceFrameWidth), frame * voiceFrameWidth);
  }
  return copy;
}

/** The features of changed frames: what follows from the frames is computed anew, what does not is given. */
function remade(
  features: VoiceFeatures,
  frameData: Float32Array<ArrayBuffer>,
  changed: Readonly<Partial<Record<(typeof prosodyFields)[number], number>>>,
): VoiceFeatures {
  const frames = frameData.length / voiceFrameWidth;
  const summary = features.summary.slice();
  for (let band = 0; band < melBandCount; band += 1) {
    let sum = 0;
    for (let row = band; row < frameData.length; row += voiceFrameWidth) sum += frameData[row]!;
    summary[band] = sum / frames;
  }
  prosodyFields.forEach((field, index) => {
    const value = changed[field];
    if (value !== undefined) summary[melBandCount + index] = value;
  });
  summary.set(voiceFunctionals(frameData, frames, voiceFrameWidth), melBandCount + prosodyFields.length);
  return { frames, frameData, summary, prosody: { ...features.prosody, ...changed } };
}
