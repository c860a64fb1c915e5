/**
 * Syllable-like peaks and pauses in the loudness of an utterance.
 *
 * After N. H. de Jong and T. Wempe, "Praat script to detect syllable nuclei and measure speech rate
 * automatically" (2009): a nucleus is a voiced loudness peak within 25 dB of the loudest part with a
 * dip of at least 2 dB before it. The count is a proxy for syllables, not a transcript.
 */
import type { PitchTrack } from './pitch.js';

/** Counts and shares for one utterance. */
export interface SpeechRhythm {
  /** Syllable-like peaks per second of the utterance, pauses included. */
  readonly syllablesPerS: number;
  /** Quiet stretches of at least 150 ms between the first and the last loud frame. */
  readonly pauseCount: number;
  /** Share of the utterance spent in those pauses, 0…1. */
  readonly pauseShare: number;
}

const framesPerS = 100;
const loudRangeDb = 25;
const leastDipDb = 2;
const shortestPauseFrames = 15;
/** ±30 ms: removes the ripple of single glottal pulses, keeps syllables up to about 8 a second. */
const smoothingRadiusFrames = 3;

/** Measures an utterance already cut to its loud span; both arguments cover the same frames. */
export function measureRhythm(energyDb: Float32Array, pitch: PitchTrack): SpeechRhythm {
  const frames = energyDb.length;
  if (frames === 0) return { syllablesPerS: 0, pauseCount: 0, pauseShare: 0 };
  const envelopeDb = smooth(energyDb);
  const thresholdDb = percentile(envelopeDb, 0.98) - loudRangeDb;
  const nuclei = countNuclei(envelopeDb, pitch, thresholdDb);
  const { pauseCount, pauseFrames } = countPauses(envelopeDb, thresholdDb);
  return {
    syllablesPerS: (nuclei * framesPerS) / frames,
    pauseCount,
    pauseShare: pauseFrames / frames,
  };
}

function smooth(energyDb: Float32Array): Float32Array {
  return energyDb.map((_, frame) => {
    const near = energyDb.subarray(Math.max(0, frame - smoothingRadiusFrames), frame + smoothingRadiusFrames + 1);
    return near.reduce((sum, levelDb) => sum + levelDb, 0) / near.length;
  });
}

function countNuclei(envelopeDb: Float32Array, pitch: PitchTrack, thresholdDb: number): number {
  let nuclei = 0;
  let valleyDb = Number.NEGATIVE_INFINITY;
  let peakDb = Number.NEGATIVE_INFINITY;
  let peakFrame = 0;
  let rising = true;
  for (let frame = 0; frame < envelopeDb.length; frame += 1) {
    const levelDb = envelopeDb[frame]!;
    if (rising) {
      if (levelDb > peakDb) {
        peakDb = levelDb;
        peakFrame = frame;
      } else if (levelDb < peakDb - leastDipDb) {
        if (peakDb >= thresholdDb && pitch.f0Hz[peakFrame]! > 0) nuclei += 1;
        rising = false;
        valleyDb = levelDb;
      }
    } else if (levelDb < valleyDb) {
      valleyDb = levelDb;
    } else if (levelDb > valleyDb + leastDipDb) {
      rising = true;
      peakDb = levelDb;
      peakFrame = frame;
    }
  }
  if (rising && peakDb >= thresholdDb && pitch.f0Hz[peakFrame]! > 0) nuclei += 1;
  return nuclei;
}

function countPauses(
  envelopeDb: Float32Array,
  thresholdDb: number,
): { readonly pauseCount: number; readonly pauseFrames: number } {
  let pauseCount = 0;
  let pauseFrames = 0;
  let quietFrames = 0;
  let heardLoud = false;
  for (const levelDb of envelopeDb) {
    if (levelDb < thresholdDb) {
      quietFrames += 1;
      continue;
    }
    if (heardLoud && quietFrames >= shortestPauseFrames) {
      pauseCount += 1;
      pauseFrames += quietFrames;
    }
    heardLoud = true;
    quietFrames = 0;
  }
  return { pauseCount, pauseFrames };
}

/** Value below which the given share (0…1) of `values` lies; `values` must not be empty. */
function percentile(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
