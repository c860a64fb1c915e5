/**
 * Voice activity detection whose every answer is timed: the pulse by which the load is known.
 */
import type { Clock } from '../core/clock.js';
import type { Vad, VadStream } from '../stages/vad/vad.js';

export class TimedVad implements Vad {
  readonly name: string;
  readonly #vad: Vad;
  readonly #clock: Clock;
  readonly #note: (delayMs: number) => void;

  /** The detector is lent. A failed answer is timed as well: it failed because it came too late. */
  constructor(vad: Vad, options: { readonly clock: Clock; readonly note: (delayMs: number) => void }) {
    this.name = vad.name;
    this.#vad = vad;
    this.#clock = options.clock;
    this.#note = options.note;
  }

  openStream(options: { readonly signal: AbortSignal; readonly callId: string }): VadStream {
    const stream = this.#vad.openStream(options);
    return {
      accept: async (window) => {
        const startedMs = this.#clock.nowMs();
        try {
          return await stream.accept(window);
        } finally {
          this.#note(this.#clock.nowMs() - startedMs);
        }
      },
      reset: () => stream.reset(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
