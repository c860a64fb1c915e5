/**
 * Time as the rest of Attune sees it.
 *
 * Everything that waits or measures takes a `Clock`, so a test can advance time by hand. Durations and instants are
 * monotonic milliseconds; wall time appears only where a person or a peer reads it.
 */

export interface Timer {
  /** Stops the timer; harmless when it has fired or was cancelled before. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds from an arbitrary origin; fractions are meaningful. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch, for timestamps that leave the process. Never subtract two of these. */
  wallTimeMs(): number;
  /** Resolves after `durationMs`; rejects with the signal's reason when it aborts first. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Calls `callback` once after `delayMs` unless cancelled. The callback must not throw. */
  after(delayMs: number, callback: () => void): Timer;
}
