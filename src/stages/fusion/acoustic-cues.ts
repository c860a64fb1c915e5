/**
 * What a change from the caller's own usual pitch, loudness and rate says about emotion.
 *
 * The network's judgement comes without reasons; a deviation is a reason that a person can check. Each one multiplies the
 * categories by exp(coefficient · bounded deviation). Signs follow Juslin and Laukka (2003: anger and joy high,
 * loud and fast; fear high and fast; sadness and tenderness low, soft and slow); relative
 * sizes are Attune's authors', and how much all of them count is learnt: little, for the network compares with the baseline itself.
 */
import { acousticCueKinds, type AcousticCueKind } from '../emotion/cue-occlusion.js';
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import { learntTrust } from './learnt-trust.js';
import type { AcousticDeviation, CategoryShares } from './fusion-input.js';

const coefficients: Readonly<Record<AcousticCueKind, Readonly<Partial<Record<EmotionCategory, number>>>>> = {
  pitch: { happy: 0.3, angry: 0.25, fearful: 0.35, surprised: 0.4, sad: -0.25, calm: -0.25, neutral: -0.15 },
  loudness: { angry: 0.5, happy: 0.2, surprised: 0.15, fearful: -0.05, sad: -0.4, calm: -0.35, neutral: -0.1 },
  rate: { angry: 0.25, happy: 0.2, fearful: 0.3, surprised: 0.15, sad: -0.4, calm: -0.3, disgusted: -0.15 },
};

/** Deviation that counts as one: the usual spread of one speaker from turn to turn. */
const unitDeviation: Readonly<Record<AcousticCueKind, number>> = { pitch: 15, loudness: 5, rate: 20 };

/** Deviations beyond this many units count as that many: a shout is not proof of everything. */
const maxUnits = 2;

/** The raw deviation of a cue, in per cent or decibels; null when unknown. */
export function deviationOf(kind: AcousticCueKind, acoustics: AcousticDeviation): number | null {
  if (kind === 'pitch') return acoustics.pitchVsBaselinePct;
  return kind === 'loudness' ? acoustics.loudnessVsBaselineDb : acoustics.rateVsBaselinePct;
}

/** The same deviations with one cue unknown: what fusion compares with to see what the cue did. */
export function unknownCue(kind: AcousticCueKind, acoustics: AcousticDeviation): AcousticDeviation {
  if (kind === 'pitch') return { ...acoustics, pitchVsBaselinePct: null };
  return kind === 'loudness' ? { ...acoustics, loudnessVsBaselineDb: null } : { ...acoustics, rateVsBaselinePct: null };
}

/** The network's judgement leant towards what the deviations say; sum 1. Unknown deviations change nothing. */
export function leanTowardCues(
  categories: CategoryShares,
  acoustics: AcousticDeviation,
): Record<EmotionCategory, number> {
  const leant = { ...categories };
  for (const kind of acousticCueKinds) {
    const deviation = deviationOf(kind, acoustics);
    if (deviation === null) continue;
    const units = Math.max(-maxUnits, Math.min(maxUnits, deviation / unitDeviation[kind]));
    for (const category of emotionCategories)
      leant[category] *= Math.exp(learntTrust.cueFactor * units * (coefficients[kind][category] ?? 0));
  }
  const sum = emotionCategories.reduce((total, category) => total + leant[category], 0);
  for (const category of emotionCategories) leant[category] /= sum;
  return leant;
}
