/**
 * What the server takes the person to feel, and why: the plane, the ranked categories, the sentence with its evidence.
 */
import { CategoryBars } from './category-bars.js';
import type { Felt, MoodPoint } from './conversation.js';
import { MoodPlane } from './mood-plane.js';
import { labelWords, MoodReasons, percent } from './mood-reasons.js';

export interface MoodPanelProps {
  readonly felt: Felt | null;
  readonly trail: readonly MoodPoint[];
  /** False where the server infers no feelings. */
  readonly enabled: boolean;
}

export function MoodPanel({ felt, trail, enabled }: MoodPanelProps) {
  if (!enabled)
    return (
      <section class="card mood" aria-labelledby="mood-title">
        <h2 id="mood-title">Feeling</h2>
        <p class="faint">This server does not infer feelings.</p>
      </section>
    );
  const emotion = felt?.emotion ?? null;
  return (
    <section class="card mood" aria-labelledby="mood-title">
      <header class="mood-head">
        <h2 id="mood-title">Feeling</h2>
        <p class="mood-label" data-label={emotion?.label}>
          {emotion === null ? '–' : labelWords(emotion.label)}
        </p>
        <p class="faint">
          {emotion === null
            ? 'Say something and see how it sounds.'
            : felt!.final
              ? `confidence ${percent(emotion.confidence)} · ${felt!.trend.replaceAll('-', ' ')}`
              : 'so far, from the voice alone'}
        </p>
      </header>
      <div class="mood-body">
        <MoodPlane trail={trail} label={emotion?.label ?? null} confidence={emotion?.confidence ?? 0} />
        <CategoryBars label="Categories by probability" scores={emotion?.categories ?? {}} />
      </div>
      {emotion !== null && felt!.final && <MoodReasons emotion={emotion} />}
    </section>
  );
}
