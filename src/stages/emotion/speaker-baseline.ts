/**
 * How one caller usually sounds: a running mean over the utterances heard so far.
 *
 * State that travels with the request and back with the result, so that any worker can serve any caller. The numbers
 * are features of a voice; whoever stores them beyond the call needs the caller's consent. Immutable: every update is
 * a new object.
 */
import { melBandCount } from '../../dsp/mel.js';
import { baselineWidth, prosodyFields, type VoiceFeatures } from './voice-features.js';

export interface SpeakerBaseline {
  /** Seconds of speech behind the mean, 0…60; 0 for a caller never heard. */
  readonly heardS: number;
  /** [baselineWidth]: mean of each mel band, then of each value of the summary; zeros while nothing was heard. Never mutated. */
  readonly mean: Float32Array;
}

/** A caller never heard before. */
export const unheardSpeaker: SpeakerBaseline = { heardS: 0, mean: new Float32Array(baselineWidth) };

/** Speech needed before a comparison with the caller's own voice is reported: about two sentences. */
export const comparableAfterS = 4;

/**
 * Beyond a minute new speech replaces old with a fixed weight, so the baseline follows a changed room or microphone.
 */
const longestMemoryS = 60;

/** Below this share of voiced frames an utterance is not the caller's voice (a cough, a door) and teaches nothing. */
const leastVoicedShare = 0.15;

const framesPerS = 100;

/** The baseline with one more utterance; the same object when the utterance holds too little voice. */
export function withUtterance(baseline: SpeakerBaseline, features: VoiceFeatures): SpeakerBaseline {
  if (features.prosody.voicedShare < leastVoicedShare) return baseline;
  const durationS = features.frames / framesPerS;
  const share = durationS / (baseline.heardS + durationS);
  const mean = baseline.mean.map((value, index) => value + share * (features.summary[index]! - value));
  return { heardS: Math.min(longestMemoryS, baseline.heardS + durationS), mean };
}

/** The caller's mean of one prosody field; null until enough was heard to compare with. */
export function baselineOf(baseline: SpeakerBaseline, field: (typeof prosodyFields)[number]): number | null {
  if (baseline.heardS < comparableAfterS) return null;
  return baseline.mean[melBandCount + prosodyFields.indexOf(field)]!;
}
