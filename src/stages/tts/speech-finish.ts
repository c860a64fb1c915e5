/**
 * What is done to synthesised speech before it is heard: silence cut from both ends, vocal effort and loudness set, peaks
 * rounded off.
 */

/** Below this share of the loudest 5 ms, a stretch at either end is silence. About −40 dB. */
const silenceShare = 0.01;
const stepMs = 5;
/** What is left of the silence, so that soft beginnings and endings of words survive. */
const leadMs = 15;
const tailMs = 35;
const fadeMs = 5;
/** Magnitude from which peaks are rounded instead of cut. */
const kneeLevel = 0.8;

/** RMS level of speech in a style without gain, in dBFS over its active steps. */
const commonLevelDb = -20;
/** Steps this far below the loudest are pauses and closures and say nothing about the level. */
const activeRangeDb = 30;
const levelStepMs = 20;
/** A phrase of few or short vowels is soft by nature and stays a little softer. */
const largestLevellingDb = 5;

/** The speech without the silence around it, faded in and out; empty when there is no speech. A new array. */
export function trimSilence(samples: Float32Array, sampleRateHz: number): Float32Array {
  const step = Math.round((stepMs * sampleRateHz) / 1000);
  const levels: number[] = [];
  for (let at = 0; at < samples.length; at += step) levels.push(meanSquare(samples.subarray(at, at + step)));
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  if (loudest === 0) return new Float32Array(0);
  const isSpeech = (level: number): boolean => level > loudest * silenceShare ** 2;
  const startSample = levels.findIndex(isSpeech) * step - Math.round((leadMs * sampleRateHz) / 1000);
  const endSample = (levels.findLastIndex(isSpeech) + 1) * step + Math.round((tailMs * sampleRateHz) / 1000);
  const speech = samples.slice(Math.max(0, startSample), endSample);
  fadeEnds(speech, Math.min(speech.length >> 1, Math.round((fadeMs * sampleRateHz) / 1000)));
  return speech;
}

/**
 * Vocal effort in dB that goes with one dB of a style's gain. Raised voices gain far more level than the few dB a digital signal has room for; their
 * spectrum follows the level a speaker would have had.
 */
export const effortPerGain = 2;

/** Where the spectrum of a raised voice begins to rise, in Hz. */
const effortCornerHz = 1_000;

/**
 * Tilts the spectrum in place by a first-order shelf of `effortDb` above 1 kHz and keeps the level. Who raises the voice
 * gets brighter, who lowers it duller: high-frequency energy is among the strongest cues to anger (much) and sadness
 * (little) in Juslin and Laukka (2003).
 */
export function setVocalEffort(
  samples: Float32Array,
  options: { readonly effortDb: number; readonly sampleRateHz: number },
): void {
  const factor = 10 ** (options.effortDb / 20);
  const tangent = Math.tan((Math.PI * effortCornerHz) / options.sampleRateHz);
  const coefficient = (tangent - 1) / (tangent + 1);
  const before = meanSquare(samples);
  let state = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index]!;
    const allPassed = coefficient * sample + state;
    state = sample - coefficient * allPassed;
    samples[index] = (sample + allPassed) / 2 + (factor * (sample - allPassed)) / 2;
  }
  const after = meanSquare(samples);
  const level = after > 0 ? Math.sqrt(before / after) : 1;
  for (let index = 0; index < samples.length; index += 1) samples[index]! *= level;
}

/**
 * The gain in dB that brings speech to the common level of −20 dBFS, at most 5 dB from `usualGainDb`, which is right for
 * the voice on average. A shifted pitch moves the harmonics through the formants, and with them the level by several dB:
 * as much as styles differ by.
 */
export function levellingGainDb(
  samples: Float32Array,
  { usualGainDb, sampleRateHz }: { readonly usualGainDb: number; readonly sampleRateHz: number },
): number {
  const step = Math.round((levelStepMs * sampleRateHz) / 1000);
  const powers: number[] = [];
  for (let at = 0; at < samples.length; at += step) powers.push(meanSquare(samples.subarray(at, at + step)));
  const threshold = powers.reduce((most, power) => Math.max(most, power), 0) / 10 ** (activeRangeDb / 10);
  if (threshold === 0) return usualGainDb;
  const active = powers.filter((power) => power >= threshold);
  const levelDb = 10 * Math.log10(active.reduce((sum, power) => sum + power, 0) / active.length);
  const correctionDb = commonLevelDb - levelDb - usualGainDb;
  return usualGainDb + Math.max(-largestLevellingDb, Math.min(largestLevellingDb, correctionDb));
}

/** Applies a gain in place. Peaks beyond ±0.8 approach ±1 smoothly, so no sample leaves −1…1. */
export function applyGain(samples: Float32Array, gainDb: number): void {
  const factor = 10 ** (gainDb / 20);
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index]! * factor;
    const excess = Math.abs(sample) - kneeLevel;
    const room = 1 - kneeLevel;
    samples[index] = excess <= 0 ? sample : Math.sign(sample) * (kneeLevel + room * Math.tanh(excess / room));
  }
}

function fadeEnds(samples: Float32Array, fadeSamples: number): void {
  for (let index = 0; index < fadeSamples; index += 1) {
    const level = index / fadeSamples;
    samples[index]! *= level;
    samples[samples.length - 1 - index]! *= level;
  }
}

function meanSquare(samples: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += samples[index]! ** 2;
  return sum / samples.length;
}
