/**
 * How the latest message of the person sounded, in protocols that carry scores of expressions and nothing else of it; and what
 * is therefore not to be seen.
 */
import { CategoryBars, ranked } from './category-bars.js';
import type { Expressions } from './conversation.js';

/** The rest of the 48 is close to 0 nearly always. */
const mostShown = 8;

export interface ExpressionPanelProps {
  readonly expressions: Expressions | null;
  /** False where the server infers no feelings. */
  readonly enabled: boolean;
}

export function ExpressionPanel({ expressions, enabled }: ExpressionPanelProps) {
  return (
    <section class="card mood expressed" aria-labelledby="mood-title">
      <header class="mood-head">
        <h2 id="mood-title">Expression</h2>
        {enabled && <p class="mood-label">{expressions === null ? '–' : strongest(expressions)}</p>}
        <p class="faint">
          {!enabled
            ? 'This server does not infer feelings.'
            : expressions === null
              ? 'Say something and see how it sounds.'
              : `the ${mostShown} strongest of ${Object.keys(expressions).length} scores of what you said last`}
        </p>
      </header>
      {expressions !== null && <CategoryBars label="Expressions by score" scores={expressions} most={mostShown} />}
      <p class="faint small not-carried">
        Hume’s EVI carries these scores once a message is complete. It does not carry the place between calm and
        excited, unpleasant and pleasant, the reasons, what was decided for the reply, or where the time went: choose
        OpenAI Realtime for those.
      </p>
    </section>
  );
}

/** The same in one line, for screens on which the panel stands below the conversation; for the eye alone. */
export function ExpressionGlance({ expressions }: { readonly expressions: Expressions | null }) {
  if (expressions === null) return null;
  return (
    <div class="glance expressed" aria-hidden="true">
      <CategoryBars label="Expressions by score" scores={expressions} most={3} />
    </div>
  );
}

/** What a message sounded like, unfolding to its scores. */
export function ExpressedWords({ expressions }: { readonly expressions: Expressions }) {
  return (
    <details class="felt expressed">
      <summary>
        <span class="unseen">Expression: </span>
        {strongest(expressions)}
      </summary>
      <div class="why">
        <CategoryBars label="Expressions by score" scores={expressions} most={mostShown} />
      </div>
    </details>
  );
}

export function strongest(expressions: Expressions): string {
  return ranked(expressions)[0]?.[0] ?? '–';
}
