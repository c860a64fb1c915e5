/**
 * The voices inside flite and how a speaking style reaches each of them.
 *
 * The neutral figures were measured on flite's own output, with its silence removed: settings that give each voice the
 * pitch and pitch range it has by default, and the gain that brings it to an RMS level of −21 dBFS, pauses included.
 */
import type { SpeakingStyle } from './speaking-style.js';
import { effortPerGain } from './speech-finish.js';

export interface FliteVoice {
  readonly name: string;
  /**
   * `target`: follows flite's pitch settings. `resample`: flite ignores them for this voice, so it is spoken slower or
   * faster and resampled; its formants move with the pitch and its pitch range stays.
   */
  readonly pitchControl: 'target' | 'resample';
  /** The value of `int_f0_target_mean` in Hz that leaves the voice as it is. */
  readonly pitchMeanHz: number;
  /** The value of `int_f0_target_stddev` in Hz that leaves the voice as it is. */
  readonly pitchDeviationHz: number;
  /** Gain in dB to the common level on average; `levellingGainDb` makes it right for a phrase. */
  readonly gainDb: number;
}

/** What flite is told and what is done to its output. */
export interface FliteControls {
  /** Features for `--setf`. */
  readonly features: Readonly<Record<string, number>>;
  /** Factor on the pitch by resampling; 1 leaves the samples alone. */
  readonly resampleRatio: number;
  /** Tilt of the spectrum, see `setVocalEffort`. */
  readonly effortDb: number;
}

/** slt is the default. kal is an 8 kHz voice. rms is the only one that does not follow `pitchRangeScale`. */
export const fliteVoices: readonly FliteVoice[] = [
  { name: 'slt', pitchControl: 'target', pitchMeanHz: 171, pitchDeviationHz: 26, gainDb: -6 },
  { name: 'rms', pitchControl: 'resample', pitchMeanHz: 100, pitchDeviationHz: 12, gainDb: -0.5 },
  { name: 'awb', pitchControl: 'target', pitchMeanHz: 130, pitchDeviationHz: 22, gainDb: -1.5 },
  { name: 'kal16', pitchControl: 'target', pitchMeanHz: 95, pitchDeviationHz: 11, gainDb: 7 },
  { name: 'kal', pitchControl: 'target', pitchMeanHz: 95, pitchDeviationHz: 11, gainDb: -1 },
];

/** The voice of that name, or the default voice. */
export function fliteVoiceOf(name: string): FliteVoice {
  return fliteVoices.find((voice) => voice.name === name) ?? fliteVoices[0]!;
}

/** Settings for a voice in a style. A deviation in Hz grows with the mean, so the range in semitones stays. */
export function fliteControls(voice: FliteVoice, style: SpeakingStyle): FliteControls {
  const pitchRatio = 2 ** (style.pitchShiftSemitones / 12);
  const effortDb = effortPerGain * style.gainDb;
  if (voice.pitchControl === 'resample') {
    return {
      features: { duration_stretch: pitchRatio / style.rateScale },
      resampleRatio: pitchRatio,
      effortDb,
    };
  }
  return {
    features: {
      duration_stretch: 1 / style.rateScale,
      int_f0_target_mean: voice.pitchMeanHz * pitchRatio,
      int_f0_target_stddev: voice.pitchDeviationHz * pitchRatio * style.pitchRangeScale,
    },
    resampleRatio: 1,
    effortDb,
  };
}
