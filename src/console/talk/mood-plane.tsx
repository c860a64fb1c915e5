/**
 * A feeling as a point between calm and excited, unpleasant and pleasant, with the way it came.
 */
import type { MoodPoint } from './conversation.js';

export interface MoodPlaneProps {
  readonly trail: readonly MoodPoint[];
  readonly label: string | null;
  /** 0…1; an unsure point is larger and fainter. */
  readonly confidence: number;
}

const size = 200;
const edge = 14;

function place({ valence, arousal }: MoodPoint): { readonly x: number; readonly y: number } {
  const span = size - 2 * edge;
  return { x: edge + valence * span, y: edge + (1 - arousal) * span };
}

export function MoodPlane({ trail, label, confidence }: MoodPlaneProps) {
  const now = trail.at(-1);
  const at = now && place(now);
  return (
    <figure class="plane">
      <div class="plane-frame">
        <span class="axis top" aria-hidden="true">
          excited
        </span>
        <span class="axis bottom" aria-hidden="true">
          calm
        </span>
        <span class="axis left" aria-hidden="true">
          unpleasant
        </span>
        <span class="axis right" aria-hidden="true">
          pleasant
        </span>
        <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={describe(now, label)}>
          <circle class="ring" cx={size / 2} cy={size / 2} r={size / 2 - edge} />
          <circle class="ring" cx={size / 2} cy={size / 2} r={(size / 2 - edge) / 2} />
          <path class="cross" d={`M${size / 2} ${edge}V${size - edge}M${edge} ${size / 2}H${size - edge}`} />
          {trail.slice(1).map((point, index) => {
            const from = place(trail[index]!);
            const to = place(point);
            const age = (index + 1) / trail.length;
            return (
              <line key={index} class="trail" x1={from.x} y1={from.y} x2={to.x} y2={to.y} opacity={0.08 + 0.5 * age} />
            );
          })}
          {trail.map((point, index) =>
            point.final && index < trail.length - 1 ? (
              <circle
                key={index}
                class="stop"
                cx={place(point).x}
                cy={place(point).y}
                r="2.6"
                opacity={0.25 + (0.6 * index) / trail.length}
              />
            ) : null,
          )}
          {at && (
            <g class="point" data-label={label} style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
              <circle class="halo" r={9 + 15 * (1 - confidence)} />
              <circle class="core" r="7" />
            </g>
          )}
        </svg>
      </div>
    </figure>
  );
}

function describe(point: MoodPoint | undefined, label: string | null): string {
  if (point === undefined) return 'No feeling has been estimated yet';
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `${label ?? 'unknown'}: ${percent(point.arousal)} excited, ${percent(point.valence)} pleasant`;
}
