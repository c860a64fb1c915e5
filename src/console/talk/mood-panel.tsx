/**
 * What the server takes the person to feel, and why: the plane, the ranked categories, the sentence with its evidence.
 */
import type { EmotionEvidence } from '../../client/server-event.js';
import type { Felt, MoodPoint } from './conversation.js';
import { MoodPlane } from './mood-plane.js';

export interface MoodPanelProps {
  readonly felt: Felt | null;
  readonly trail: readonly MoodPoint[];
  /** False where the server infers no feelings. */
  readonly enabled: boolean;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

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
          {emotion === null ? '–' : emotion.label}
        </p>
        <p class="faint">
          {emotion === null
            ? 'Say something and see how it sounds.'
            : felt!.final
              ? `confidence ${percent(emotion.confidence)} · ${felt!.trend.replaceAll('-', ' ')}`
              : 'so far, from the voice alone'}
        </p>
      </header>
      <MoodPlane trail={trail} label={emotion?.label ?? null} confidence={emotion?.confidence ?? 0} />
      <CategoryBars categories={emotion?.categories ?? {}} />
      {emotion !== null && felt!.final && (
        <div class="why">
          <p class="explanation">{emotion.explanation}</p>
          <Trust voice={emotion.weights.voice} text={emotion.weights.text} />
          {emotion.evidence.length > 0 && (
            <ul class="evidence" aria-label="Evidence, strongest first">
              {emotion.evidence.slice(0, 6).map((piece) => (
                <Evidence key={`${piece.kind} ${piece.description}`} piece={piece} />
              ))}
            </ul>
          )}
          <p class="faint small">
            Without the voice: {emotion.counterfactual.without_voice.label}{' '}
            {percent(emotion.counterfactual.without_voice.probability)}. Without the words:{' '}
            {emotion.counterfactual.without_text.label} {percent(emotion.counterfactual.without_text.probability)}.
          </p>
        </div>
      )}
    </section>
  );
}

function CategoryBars({ categories }: { readonly categories: Readonly<Record<string, number>> }) {
  const ranked = Object.entries(categories).sort(([, a], [, b]) => b - a);
  if (ranked.length === 0) return null;
  return (
    <ol class="bars" aria-label="Categories by probability">
      {ranked.map(([name, share]) => (
        <li key={name} data-label={name}>
          <span class="bar-name">{name}</span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ transform: `scaleX(${share.toFixed(3)})` }} />
          </span>
          <span class="bar-value">{percent(share)}</span>
        </li>
      ))}
    </ol>
  );
}

function Trust({ voice, text }: { readonly voice: number; readonly text: number }) {
  if (voice + text === 0) return null;
  return (
    <div class="trust">
      <span>voice {percent(voice)}</span>
      <span class="trust-track" aria-hidden="true">
        <span class="trust-fill" style={{ width: percent(voice) }} />
      </span>
      <span>words {percent(text)}</span>
    </div>
  );
}

function Evidence({ piece }: { readonly piece: EmotionEvidence }) {
  const toward = piece.direction === 'toward';
  return (
    <li>
      <span class={`tag ${piece.modality}`}>{piece.modality === 'voice' ? 'voice' : 'words'}</span>
      <span>{piece.description}</span>
      <span class={`strength ${piece.direction}`} title={toward ? 'speaks for it' : 'speaks against it'}>
        {toward ? '+' : '−'}
        {Math.round(piece.strength * 100)}
        <span class="unseen">{toward ? ' points for it' : ' points against it'}</span>
      </span>
    </li>
  );
}
