/**
 * Collects the instants of one turn; the first mark of a step counts.
 */
import type { TurnTiming } from './events.js';

type Step = Exclude<keyof TurnTiming, 'speechEndMs' | 'endpointMs'>;

export class TurnClock {
  /** The caller's item that the turn consists of. */
  readonly itemId: string;
  #timing: TurnTiming;

  constructor(itemId: string, start: Pick<TurnTiming, 'speechEndMs' | 'endpointMs'>) {
    this.itemId = itemId;
    this.#timing = start;
  }

  get timing(): TurnTiming {
    return this.#timing;
  }

  mark(step: Step, atMs: number): void {
    if (this.#timing[step] === undefined) this.#timing = { ...this.#timing, [step]: atMs };
  }
}
