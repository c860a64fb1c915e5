/**
 * One utterance in some twenty numbers: melody, loudness, voice and rhythm.
 *
 * Owns the summary, not the measurements under it (pitch, energy, voice quality, rhythm, spectral
 * shape have files of their own) and not their judgement: "high" or "loud" needs a caller to compare
 * with. Pitch is summarised in semitones re 100 Hz, so that a step is the same for any voice.
 */
import type { LogMelFrames } from './mel.js';
import type { PitchTrack } from './pitch.js';
import { measureRhythm, type SpeechRhythm } from './speech-rhythm.js';
import { measureSpectralShape, type SpectralShape } from './spectral-shape.js';
import { measureVoiceQuality, type VoiceQuality } from './voice-quality.js';

/** Summary of one utterance; pitch values are 0 when nothing was voiced. */
export interface Prosody extends SpeechRhythm, SpectralShape, VoiceQuality {
  readonly durationS: number;
  /** Share of frames with a pitch, 0…1. */
  readonly voicedShare: number;
  /** Geometric mean of the voiced frames' pitch in Hz. */
  readonly f0MeanHz: number;
  readonly f0MeanSemitones: number;
  readonly f0SdSemitones: number;
  /** From the 5th to the 95th percentile: what an octave error at one frame cannot stretch. */
  readonly f0RangeSemitones: number;
  /** Straight-line fit over the utterance. */
  readonly f0SlopeSemitonesPerS: number;
  /** Mean frame level, dBFS. */
  readonly energyMeanDb: number;
  readonly energySdDb: number;
  /** From the 5th to the 95th percentile. */
  readonly energyRangeDb: number;
}

/** The measurements of one utterance, all on the same frames. */
export interface UtteranceTracks {
  readonly samples: Float32Array;
  readonly mel: LogMelFrames;
  readonly pitch: PitchTrack;
  readonly energyDb: Float32Array;
}

const framesPerS = 100;
const referenceHz = 100;

/** Pitch on a musical scale: semitones above 100 Hz; `f0Hz` must be positive. */
export function semitonesOf(f0Hz: number): number {
  return 12 * Math.log2(f0Hz / referenceHz);
}

/** Summarises an utterance that is already cut to its loud span. */
export function summariseProsody(tracks: UtteranceTracks): Prosody {
  const { samples, mel, pitch, energyDb } = tracks;
  const melody: { readonly timeS: number; readonly semitones: number }[] = [];
  pitch.f0Hz.forEach((f0Hz, frame) => {
    if (f0Hz > 0) melody.push({ timeS: frame / framesPerS, semitones: semitonesOf(f0Hz) });
  });
  const f0 = describe(melody.map((point) => point.semitones));
  const energy = describe(Array.from(energyDb));
  return {
    durationS: pitch.frames / framesPerS,
    voicedShare: pitch.frames === 0 ? 0 : melody.length / pitch.frames,
    f0MeanHz: melody.length === 0 ? 0 : referenceHz * 2 ** (f0.mean / 12),
    f0MeanSemitones: f0.mean,
    f0SdSemitones: f0.sd,
    f0RangeSemitones: f0.range,
    f0SlopeSemitonesPerS: melodySlope(melody, f0.mean),
    energyMeanDb: energy.mean,
    energySdDb: energy.sd,
    energyRangeDb: energy.range,
    ...measureRhythm(energyDb, pitch),
    ...measureSpectralShape(mel),
    ...measureVoiceQuality(samples, pitch),
  };
}

/** Mean, standard deviation and 5–95 % range; zeros for no values. */
function describe(values: readonly number[]): {
  readonly mean: number;
  readonly sd: number;
  readonly range: number;
} {
  if (values.length === 0) return { mean: 0, sd: 0, range: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { mean, sd: Math.sqrt(variance), range: at(0.95) - at(0.05) };
}

function melodySlope(
  melody: readonly { readonly timeS: number; readonly semitones: number }[],
  semitonesMean: number,
): number {
  if (melody.length < 2) return 0;
  const timeMean = melody.reduce((sum, point) => sum + point.timeS, 0) / melody.length;
  let covariance = 0;
  let variance = 0;
  for (const point of melody) {
    covariance += (point.timeS - timeMean) * (point.semitones - semitonesMean);
    variance += (point.timeS - timeMean) ** 2;
  }
  return covariance / variance;
}
