/**
 * Names with their probability or score, the largest first.
 */
import { percent } from './mood-reasons.js';

export interface CategoryBarsProps {
  readonly label: string;
  readonly scores: Readonly<Record<string, number>>;
  /** How many of them are shown. */
  readonly most?: number;
}

export function ranked(scores: CategoryBarsProps['scores']): readonly (readonly [name: string, score: number])[] {
  return Object.entries(scores).sort(([, a], [, b]) => b - a);
}

export function CategoryBars({ label, scores, most = Infinity }: CategoryBarsProps) {
  const shown = ranked(scores).slice(0, most);
  if (shown.length === 0) return null;
  return (
    <ol class="bars" aria-label={label}>
      {shown.map(([name, share]) => (
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
