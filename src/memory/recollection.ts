/**
 * What a person's remembered turns say today: the usual mood, how the last call went, what tends to upset them.
 *
 * Pure: turns and the present in, a recollection out. Everything fades: a turn counts half after `halfLifeDays`. That
 * feelings about past events fade, unpleasant ones faster, is W. R. Walker, J. J. Skowronski and C. P. Thompson, "Life is
 * pleasant – and memory helps to keep it that way!", Review of General Psychology 7 (2003); the length is a choice.
 */
import type { EmotionLabel } from '../stages/fusion/emotion-estimate.js';
import { reminderOf } from './reminder.js';
import type { Trigger } from './trigger.js';
import type { RememberedTurn } from './remembered-turn.js';

export interface Recollection {
  readonly turnCount: number;
  readonly lastAtMs: number;
  /** Means, each turn weighted by recency and confidence; 0…1 each. */
  readonly usual: { readonly arousal: number; readonly valence: number; readonly dominance: number };
  /** Of the last call: the feeling of its last confident turn. */
  readonly lastLabel: EmotionLabel;
  /** Strongest first; at most five. */
  readonly triggers: readonly Trigger[];
  /** One sentence for the responder; null when nothing is worth saying. */
  readonly reminder: string | null;
}

export const halfLifeDays = 30;
const dayMs = 86_400_000;
const mostTriggers = 5;
/** A trigger weaker than this is forgotten in conversation. */
const leastTriggerWeight = 0.05;
/** Turns further apart belong to different calls. */
const callGapMs = 30 * 60_000;

/** Null for a person without turns. @param turns oldest first. */
export function recollect(turns: readonly RememberedTurn[], nowMs: number): Recollection | null {
  const last = turns.at(-1);
  if (last === undefined) return null;
  const faded = turns.map((turn) => ({ turn, share: turn.confidence * fading(nowMs - turn.atMs) }));
  const total = faded.reduce((sum, { share }) => sum + share, 0);
  const usual = (key: 'arousal' | 'valence' | 'dominance'): number =>
    total === 0 ? 0.5 : faded.reduce((sum, { turn, share }) => sum + share * turn[key], 0) / total;
  const triggers = triggersOf(turns, nowMs);
  const lastCall = turns.filter(({ atMs }) => last.atMs - atMs < callGapMs);
  const lastLabel = lastCall.findLast(({ label }) => label !== 'unknown')?.label ?? 'unknown';
  return {
    turnCount: turns.length,
    lastAtMs: last.atMs,
    usual: { arousal: usual('arousal'), valence: usual('valence'), dominance: usual('dominance') },
    lastLabel,
    triggers,
    reminder: reminderOf({ triggers, lastLabel, lastAtMs: last.atMs, nowMs }),
  };
}

/** 1 now, 0.5 after the half-life. */
export function fading(ageMs: number): number {
  return 0.5 ** (Math.max(0, ageMs) / (halfLifeDays * dayMs));
}

/** Each unpleasant turn adds to its topics' weights, each pleasant one on the same topic takes away. */
function triggersOf(turns: readonly RememberedTurn[], nowMs: number): readonly Trigger[] {
  const found = new Map<
    string,
    { weight: number; lastAtMs: number; turnCount: number; readonly labels: Map<EmotionLabel, number> }
  >();
  for (const { topics, valence, confidence, label, atMs } of turns) {
    const unpleasantness = 2 * (0.5 - valence) * confidence * fading(nowMs - atMs);
    for (const topic of topics) {
      const before = found.get(topic) ?? {
        weight: 0,
        lastAtMs: atMs,
        turnCount: 0,
        labels: new Map<EmotionLabel, number>(),
      };
      // As chances that are independent: two halves make three quarters, and never more than one.
      const weight =
        unpleasantness > 0
          ? 1 - (1 - before.weight) * (1 - Math.min(1, unpleasantness))
          : Math.max(0, before.weight + unpleasantness);
      const { labels } = before;
      if (unpleasantness > 0) labels.set(label, (labels.get(label) ?? 0) + 1);
      found.set(topic, { weight, lastAtMs: atMs, turnCount: before.turnCount + 1, labels });
    }
  }
  return [...found]
    .filter(([, { weight }]) => weight >= leastTriggerWeight)
    .map(([topic, { weight, lastAtMs, turnCount, labels }]) => ({
      topic,
      label: mostFrequent(labels),
      weight,
      lastAtMs,
      turnCount,
    }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mostTriggers);
}

/** Of equals the one that was felt first. */
function mostFrequent(labels: ReadonlyMap<EmotionLabel, number>): EmotionLabel {
  return [...labels].reduce<readonly [EmotionLabel, number]>(
    (best, label) => (label[1] > best[1] ? label : best),
    ['unknown', 0],
  )[0];
}
