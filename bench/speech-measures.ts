/**
 * What a speaking style commands, measured in a sound: pitch, pitch range, articulation rate and level.
 *
 * A ruler for synthetic speech without noise, whose text is known. It knows nothing of what was commanded.
 */
import { energyFloorDb, frameEnergyDb } from '../src/dsp/energy.js';
import { trackPitch } from '../src/dsp/pitch.js';
import { semitonesOf } from '../src/dsp/prosody.js';
import { quantile } from './quantile.js';

export interface SpeechMeasures {
  /** Median of the voiced frames, semitones re 100 Hz. */
  readonly pitchSemitones: number;
  /** From the 10th to the 90th percentile of the voiced frames, those far from the median left out. */
  readonly pitchRangeSemitones: number;
  /** Syllables of the text per second of sound: a pause between phrases is digital silence and left out. */
  readonly syllablesPerS: number;
  /** RMS of the frames that are speech, dBFS. */
  readonly levelDb: number;
}

/** Pitch of almost an octave from the median is the tracker's error: no style's range reaches that far. */
const trustedSemitones = 11;
/** Frames this far below the loudest one do not count for the level. */
const speechRangeDb = 35;
const framesPerS = 100;

/** Measures 16 kHz samples of a text with `syllableCount` syllables. Something must be voiced. */
export function measureSpeech(samples: Float32Array, syllableCount: number): SpeechMeasures {
  const energyDb = frameEnergyDb(samples);
  const thresholdDb = energyDb.reduce((most, levelDb) => Math.max(most, levelDb), -Infinity) - speechRangeDb;
  const voiced = [...trackPitch(samples).f0Hz].filter((f0Hz) => f0Hz > 0).map(semitonesOf);
  const pitchSemitones = quantile(voiced, 0.5);
  const trusted = voiced.filter((semitones) => Math.abs(semitones - pitchSemitones) < trustedSemitones);
  const active = energyDb.filter((levelDb) => levelDb >= thresholdDb);
  const meanPower = active.reduce((sum, levelDb) => sum + 10 ** (levelDb / 10), 0) / active.length;
  return {
    pitchSemitones,
    pitchRangeSemitones: quantile(trusted, 0.9) - quantile(trusted, 0.1),
    syllablesPerS: (syllableCount * framesPerS) / energyDb.filter((levelDb) => levelDb > energyFloorDb).length,
    levelDb: 10 * Math.log10(meanPower),
  };
}
