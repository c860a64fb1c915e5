/**
 * What happens when the caller stays silent after the assistant has spoken: a signal to the client, or a few prompts and then
 * giving up.
 *
 * One timer, started when a reply has ended and stopped by whatever the caller does. Prompts count until the caller is heard.
 */
import type { Clock, Timer } from '../core/clock.js';
import type { SessionSettings } from './settings.js';

export interface SilenceWatchOptions {
  readonly clock: Clock;
  readonly settings: () => SessionSettings;
  /** True while the caller or the assistant speaks: no silence then. */
  readonly isBusy: () => boolean;
  /** The client asked to be told after `idleMs`. */
  readonly onIdle: (idleMs: number) => void;
  readonly onPrompt: () => void;
  readonly onGiveUp: () => void;
}

export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #timer: Timer | undefined;
  #promptCount = 0;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  /** It is the caller's turn, once they have heard the `unheardMs` still to come. */
  start(unheardMs: number): void {
    this.stop();
    const { turnDetection, silence } = this.#options.settings();
    const idleMs = turnDetection?.type === 'silence' ? turnDetection.idleTimeoutMs : null;
    const waitMs = idleMs ?? silence?.promptAfterMs ?? null;
    if (waitMs === null) return;
    this.#timer = this.#options.clock.after(unheardMs + waitMs, () => {
      if (this.#options.isBusy()) return;
      if (idleMs !== null) this.#options.onIdle(idleMs);
      else this.#prompt(silence?.prompts ?? 0);
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The caller did something. */
  broken(): void {
    this.stop();
    this.#promptCount = 0;
  }

  #prompt(prompts: number): void {
    this.#promptCount += 1;
    if (this.#promptCount > prompts) this.#options.onGiveUp();
    else this.#options.onPrompt();
  }
}
