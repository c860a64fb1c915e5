/**
 * Keys that a caller presses, until they are an entry: ended by `#`, by a pause or by their number.
 */
import type { Clock, Timer } from '../core/clock.js';
import type { Digit } from './events.js';

/** People look for the next key this long. */
const entryPauseMs = 2_500;
/** Card numbers have up to 19 digits. */
const mostDigits = 32;

export class DigitCollector {
  readonly #clock: Clock;
  readonly #onEntry: (digits: string) => void;
  #digits = '';
  #timer: Timer | undefined;

  /** @param options.onEntry told of each entry, without the `#` that ended it; a lone `#` is an entry. */
  constructor(options: { readonly clock: Clock; readonly onEntry: (digits: string) => void }) {
    this.#clock = options.clock;
    this.#onEntry = options.onEntry;
  }

  press(digit: Digit): void {
    this.#timer?.cancel();
    if (digit !== '#') this.#digits += digit;
    if (digit === '#' || this.#digits.length >= mostDigits) this.#finish();
    else this.#timer = this.#clock.after(entryPauseMs, () => this.#finish());
  }

  /** Forgets what was begun. */
  stop(): void {
    this.#timer?.cancel();
    this.#digits = '';
  }

  #finish(): void {
    const digits = this.#digits === '' ? '#' : this.#digits;
    this.stop();
    this.#onEntry(digits);
  }
}
