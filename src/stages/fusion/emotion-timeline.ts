/**
 * A person's feeling over the turns of a call: smoothed, so that one odd estimate does not change the answer's tone, and
 * its direction, so that the assistant notices anger rising before it boils.
 *
 * Pure: the state is a value, and `advanceTimeline` returns the next one. Only the last turns are kept.
 */
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import type { EmotionEstimate } from './emotion-estimate.js';

export const emotionTrends = ['steady', 'rising-anger', 'calming', 'relief', 'worsening', 'improving'] as const;

export type EmotionTrend = (typeof emotionTrends)[number];

export interface TimelinePoint {
  readonly categories: Readonly<Record<EmotionCategory, number>>;
  readonly arousal: number;
  readonly valence: number;
  readonly dominance: number;
}

/** What the course takes of an estimate. */
export type JudgedTurn = TimelinePoint & Pick<EmotionEstimate, 'confidence' | 'weights'>;

export interface EmotionTimeline {
  /** Smoothed, oldest first; at most `maxTimelinePoints`. */
  readonly points: readonly TimelinePoint[];
  readonly trend: EmotionTrend;
}

/** Turns a trend looks back over; older ones live in the person's memory, not here. */
export const maxTimelinePoints = 8;

/** Share of a fully confident estimate in the next point. */
const maxGain = 0.75;
/** Turns between the compared points: a trend is a change over this many turns. */
const trendSpan = 2;
/** Smallest changes that count, of a probability and of valence 0…1. */
const notableProbabilityChange = 0.12;
const notableValenceChange = 0.08;
/** Below this valence a person was doing badly, so that a rise is relief rather than mere pleasure. */
const unpleasantValence = 0.45;

export const emptyTimeline: EmotionTimeline = { points: [], trend: 'steady' };

/** Takes one turn's estimate into account, as far as it is confident; one without grounds leaves the timeline as it is. */
export function advanceTimeline(timeline: EmotionTimeline, estimate: JudgedTurn): EmotionTimeline {
  if (estimate.weights.voice + estimate.weights.text === 0) return timeline;
  const previous = timeline.points.at(-1);
  const gain = previous === undefined ? 1 : maxGain * Math.sqrt(estimate.confidence);
  const smooth = (from: number, to: number): number => from + gain * (to - from);
  const before = previous ?? estimate;
  const point: TimelinePoint = {
    categories: Object.fromEntries(
      emotionCategories.map((category) => [
        category,
        smooth(before.categories[category], estimate.categories[category]),
      ]),
    ) as Record<EmotionCategory, number>,
    arousal: smooth(before.arousal, estimate.arousal),
    valence: smooth(before.valence, estimate.valence),
    dominance: smooth(before.dominance, estimate.dominance),
  };
  const points = [...timeline.points, point].slice(-maxTimelinePoints);
  return { points, trend: trendOf(points) };
}

/** Anger first, as the change that matters most; then relief out of something unpleasant; then plain valence. */
function trendOf(points: readonly TimelinePoint[]): EmotionTrend {
  const now = points.at(-1);
  const then = points.at(-1 - Math.min(trendSpan, points.length - 1));
  if (now === undefined || then === undefined || now === then) return 'steady';
  const change = (category: EmotionCategory): number => now.categories[category] - then.categories[category];
  const valenceChange = now.valence - then.valence;
  if (change('angry') >= notableProbabilityChange) return 'rising-anger';
  if (change('angry') <= -notableProbabilityChange && valenceChange < notableValenceChange) return 'calming';
  const distress = change('sad') + change('fearful') + change('angry') + change('disgusted');
  if (valenceChange >= notableValenceChange || distress <= -2 * notableProbabilityChange) {
    return then.valence < unpleasantValence ? 'relief' : 'improving';
  }
  if (valenceChange <= -notableValenceChange || distress >= 2 * notableProbabilityChange) return 'worsening';
  return 'steady';
}
