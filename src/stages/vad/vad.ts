/**
 * Voice activity detection: how likely each 32 ms window holds speech.
 */

/** New samples per window at 16 kHz (32 ms). */
export const vadWindowSamples = 512;

export interface VadStream {
  /**
   * Speech probability 0…1 of the next window.
   *
   * @param window exactly `vadWindowSamples` new samples, 16 kHz, −1…1; copied.
   * @throws OVERLOADED, DEADLINE_EXCEEDED, INFERENCE_FAILED, or the stream's cancel reason. Await each call before the next.
   */
  accept(window: Float32Array): Promise<number>;
  /** Forgets the past, as after a gap in the audio. */
  reset(): void;
}

export interface Vad extends AsyncDisposable {
  readonly name: string;
  openStream(options: { readonly signal: AbortSignal; readonly callId: string }): VadStream;
}
