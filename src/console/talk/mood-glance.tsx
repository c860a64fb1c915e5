/**
 * The feeling in one line, for screens on which the whole panel stands below the conversation. It repeats what the panel
 * says, so it is for the eye alone.
 */
import type { Felt, MoodPoint } from './conversation.js';
import { MoodPlane } from './mood-plane.js';
import { labelWords } from './mood-reasons.js';

export function MoodGlance({ felt, trail }: { readonly felt: Felt | null; readonly trail: readonly MoodPoint[] }) {
  if (felt === null) return null;
  const { emotion, final } = felt;
  return (
    <div class="glance" aria-hidden="true">
      <MoodPlane trail={trail} label={emotion.label} confidence={emotion.confidence} />
      <div>
        <p class="mood-label" data-label={emotion.label}>
          {labelWords(emotion.label)}
        </p>
        <p class="faint small">{final ? emotion.explanation : 'so far, from the voice alone'}</p>
      </div>
    </div>
  );
}
