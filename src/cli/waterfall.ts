/**
 * Draws where a turn's time went, as bars on one time axis. Pure: numbers in, lines out.
 */

export interface WaterfallStep {
  readonly name: string;
  /** Milliseconds after the end of the caller's speech. */
  readonly startMs: number;
  readonly endMs: number;
}

const barWidth = 44;
const nameWidth = 14;

/** One line a step, the axis first; empty when there is nothing to draw. */
export function drawWaterfall(steps: readonly WaterfallStep[]): readonly string[] {
  const endMs = Math.max(...steps.map((step) => step.endMs), 1);
  if (steps.length === 0) return [];
  const column = (ms: number): number => Math.round((Math.max(0, ms) / endMs) * barWidth);
  const ticks = `0${`${Math.round(endMs)} ms`.padStart(barWidth - 1)}`;
  const lines = steps.map((step) => {
    const start = Math.min(column(step.startMs), barWidth - 1);
    const length = Math.max(1, column(step.endMs) - start);
    const bar = `${' '.repeat(start)}${'█'.repeat(length)}`.padEnd(barWidth);
    return `${step.name.padEnd(nameWidth)}│${bar}│ ${String(Math.round(step.endMs - step.startMs)).padStart(4)} ms`;
  });
  return [`${' '.repeat(nameWidth)} ${ticks}`, ...lines];
}
