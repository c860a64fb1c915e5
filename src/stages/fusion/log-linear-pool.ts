/**
 * Pools two sides into one distribution and measures how far they contradict each other.
 *
 *   p(c) ∝ base(c) · (voice(c) / voicePrior(c))^voiceReliability · (text(c) / textPrior(c))^textReliability
 *
 * With both reliabilities 1 this is Bayes' rule for two independent witnesses; below 1 a witness is partly believed. A
 * side that says no more than its own prior changes nothing, whatever its reliability.
 */
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import type { CategoryShares } from './fusion-input.js';

/** How often each category is expected before anything is heard: calls are mostly unexcited. */
export const baseRates: CategoryShares = {
  neutral: 0.22,
  calm: 0.13,
  happy: 0.16,
  sad: 0.12,
  angry: 0.14,
  fearful: 0.09,
  disgusted: 0.06,
  surprised: 0.08,
};

/** The voice network is trained on evenly spread acted emotions. */
export const voicePrior: CategoryShares = {
  neutral: 0.125,
  calm: 0.125,
  happy: 0.125,
  sad: 0.125,
  angry: 0.125,
  fearful: 0.125,
  disgusted: 0.125,
  surprised: 0.125,
};

/** Keeps a single 0 of one side from vetoing a category. */
const floor = 0.005;

export interface PooledSide {
  readonly categories: CategoryShares;
  readonly prior: CategoryShares;
  /** 0…1. */
  readonly reliability: number;
}

/** Sum 1. Without sides, the base rates. */
export function poolLogLinear(sides: readonly PooledSide[]): Record<EmotionCategory, number> {
  const pooled = { ...baseRates };
  for (const side of sides) {
    for (const category of emotionCategories) {
      pooled[category] *= (Math.max(floor, side.categories[category]) / side.prior[category]) ** side.reliability;
    }
  }
  const sum = emotionCategories.reduce((total, category) => total + pooled[category], 0);
  for (const category of emotionCategories) pooled[category] /= sum;
  return pooled;
}

/** Jensen–Shannon divergence in bits: 0 equal … 1 nothing in common. */
export function divergence(a: CategoryShares, b: CategoryShares): number {
  let bits = 0;
  for (const category of emotionCategories) {
    const middle = (a[category] + b[category]) / 2;
    if (a[category] > 0) bits += (a[category] / 2) * Math.log2(a[category] / middle);
    if (b[category] > 0) bits += (b[category] / 2) * Math.log2(b[category] / middle);
  }
  return Math.min(1, Math.max(0, bits));
}
