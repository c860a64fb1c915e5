/**
 * What a speaking style commands, measured in a sound: pitch, pitch range, articulation rate and level.
 *
 * A ruler for synthetic speech without noise, whose text is known. It knows nothing of what was commanded.
 */
import { frameEnergyDb } from '../src/dsp/energy.js';
import { trackPitch } from '../src/dsp/pitch.js';
import { semitonesOf } from '../src/dsp/prosody.js';
import { quantile } from './quantile.js';

export interface SpeechMeasures {
  /** Median of the voiced frames, semitones re 100 Hz. */
  readonly pitchSemitones: number;
  /** From the 10th to the 90th percentile of the voiced frames. */
  readonly pitchRangeSemitones: number;
  /** Syllables of the text per second of speech, pauses left out. */
  readonly syllablesPerS: number;
  /** RMS of the frames that are speech, dBFS. */
  readonly levelDb: number;
}

/** Frames this far below the loudest one are no speech. */
const speechRangeDb = 35;
/** Quiet that lasts this long is a pause, shorter quiet part of a word: a closure lasts up to 150 ms. */
const shortestPauseFrames = 15;
const framesPerS = 100;

/** Measures 16 kHz samples of a text with `syllableCount` syllables. Something must be voiced. */
export function measureSpeech(samples: Float32Array, syllableCount: number): SpeechMeasures {
  const energyDb = frameEnergyDb(samples);
  const thresholdDb = energyDb.reduce((most, levelDb) => Math.max(most, levelDb), -Infinity) - speechRangeDb;
  const voiced = [...trackPitch(samples).f0Hz].filter((f0Hz) => f0Hz > 0).map(semitonesOf);
  const active = energyDb.filter((levelDb) => levelDb >= thresholdDb);
  const meanPower = active.reduce((sum, levelDb) => sum + 10 ** (levelDb / 10), 0) / active.length;
  return {
    pitchSemitones: quantile(voiced, 0.5),
    pitchRangeSemitones: quantile(voiced, 0.9) - quantile(voiced, 0.1),
    syllablesPerS: (syllableCount * framesPerS) / speechFrames(energyDb, thresholdDb),
    levelDb: 10 * Math.log10(meanPower),
  };
}

/** Frames from the first to the last loud one, without pauses. */
function speechFrames(energyDb: Float32Array, thresholdDb: number): number {
  let frames = 0;
  let quiet = shortestPauseFrames;
  for (const levelDb of energyDb) {
    if (levelDb < thresholdDb) {
      quiet += 1;
      continue;
    }
    frames += 1 + (quiet < shortestPauseFrames ? quiet : 0);
    quiet = 0;
  }
  return frames;
}
