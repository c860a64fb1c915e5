/**
 * The one sentence that a responder is told of earlier calls.
 */
import type { EmotionLabel } from '../stages/fusion/emotion-estimate.js';
import type { Trigger } from './trigger.js';

const dayMs = 86_400_000;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const upset: Readonly<Partial<Record<EmotionLabel, string>>> = {
  angry: 'made them angry',
  sad: 'made them sad',
  fearful: 'worried them',
  disgusted: 'put them off',
};
const ended: Readonly<Partial<Record<EmotionLabel, string>>> = {
  angry: 'they were angry',
  sad: 'they were sad',
  fearful: 'they were worried',
  disgusted: 'they were put off',
  happy: 'they were happy',
};

/** As “Last week the delivery made them angry.”; null when there is nothing that should change an answer. */
export function reminderOf(known: {
  readonly triggers: readonly Trigger[];
  readonly lastLabel: EmotionLabel;
  readonly lastAtMs: number;
  readonly nowMs: number;
}): string | null {
  const [trigger] = known.triggers;
  if (trigger !== undefined) {
    const what = upset[trigger.label] ?? 'upset them';
    const often = trigger.turnCount > 2 ? `, and it came up ${trigger.turnCount} times` : '';
    return `${capitalized(timeAgo(known.nowMs - trigger.lastAtMs))} the ${trigger.topic} ${what}${often}.`;
  }
  const mood = ended[known.lastLabel];
  return mood === undefined ? null : `When they called ${timeAgo(known.nowMs - known.lastAtMs)}, ${mood} at the end.`;
}

/** `today`, `yesterday`, `3 days ago`, `last week`, `2 months ago`. */
function timeAgo(ageMs: number): string {
  const days = Math.floor(ageMs / dayMs);
  if (days < 6) return relative.format(-days, 'day');
  if (days < 28) return relative.format(-Math.max(1, Math.round(days / 7)), 'week');
  return relative.format(-Math.max(1, Math.round(days / 30)), 'month');
}

function capitalized(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
