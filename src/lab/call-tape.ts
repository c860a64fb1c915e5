/**
 * What a recorder on the caller's side would have on tape: caller left, answer right, aligned by the sample.
 *
 * The caller's frames lie where they were sent. The answer lies where a client would have played it: from its arrival on,
 * without a gap while it comes faster than it is played, cut where the client was told to stop, and put off where it was told
 * to pause.
 */

export class CallTape {
  readonly sampleRateHz: number;
  #caller: Float32Array;
  #answer: Float32Array;
  #callerEnd = 0;
  #answerEnd = 0;
  /** Sample at which the next sound of the answer is played. */
  #playHead = 0;
  /** Sound that waits while the client pauses; undefined while it plays. */
  #paused: Float32Array[] | undefined;

  constructor(options: { readonly sampleRateHz: number }) {
    this.sampleRateHz = options.sampleRateHz;
    this.#caller = new Float32Array(options.sampleRateHz * 30);
    this.#answer = new Float32Array(options.sampleRateHz * 30);
  }

  get durationMs(): number {
    return (Math.max(this.#callerEnd, this.#answerEnd) * 1000) / this.sampleRateHz;
  }

  /** Instant on the tape at which everything received so far will have been played. */
  get playedOutMs(): number {
    return (this.#playHead * 1000) / this.sampleRateHz;
  }

  /** The caller sends these samples next. */
  appendCaller(samples: Float32Array): void {
    this.#caller = withRoom(this.#caller, this.#callerEnd + samples.length);
    this.#caller.set(samples, this.#callerEnd);
    this.#callerEnd += samples.length;
  }

  /** Sound of the answer arrives at `atMs` on the tape. Returns the instant at which its first sample is played, Infinity while the client pauses. */
  receive(samples: Float32Array, atMs: number): number {
    if (this.#paused) {
      this.#paused.push(samples.slice());
      return Infinity;
    }
    const start = Math.max(this.#playHead, this.#sampleAt(atMs));
    this.#answer = withRoom(this.#answer, start + samples.length);
    this.#answer.set(samples, start);
    this.#playHead = start + samples.length;
    this.#answerEnd = Math.max(this.#answerEnd, this.#playHead);
    return (start * 1000) / this.sampleRateHz;
  }

  /** The client plays nothing from `atMs` on; what it has not played waits. */
  pause(atMs: number): void {
    if (this.#paused) return;
    const now = this.#sampleAt(atMs);
    const unplayed = this.#answer.slice(now, Math.max(now, this.#playHead));
    this.clear(atMs);
    this.#paused = unplayed.length === 0 ? [] : [unplayed];
  }

  /** The client plays on where it paused. */
  resume(atMs: number): void {
    const waiting = this.#paused ?? [];
    this.#paused = undefined;
    for (const samples of waiting) this.receive(samples, atMs);
  }

  /** The client throws away what it has not played at `atMs`. Returns how much that was. */
  clear(atMs: number): number {
    this.#paused = undefined;
    const now = this.#sampleAt(atMs);
    const unplayed = Math.max(0, this.#playHead - now);
    this.#answer.fill(0, now, this.#playHead);
    this.#playHead = Math.min(this.#playHead, now);
    this.#answerEnd = Math.min(this.#answerEnd, Math.max(now, 0));
    return (unplayed * 1000) / this.sampleRateHz;
  }

  /** First sample of the answer at or above `levelDb` (dBFS) at or after `fromMs`, as an instant; undefined when there is none. */
  firstAudibleMs(fromMs: number, levelDb: number): number | undefined {
    const threshold = 10 ** (levelDb / 20);
    for (let index = this.#sampleAt(fromMs); index < this.#answerEnd; index += 1) {
      if (Math.abs(this.#answer[index] ?? 0) >= threshold) return (index * 1000) / this.sampleRateHz;
    }
    return undefined;
  }

  /** What the caller hears from that instant on; zeros before the call. */
  answerFrom(fromMs: number, sampleCount: number): Float32Array {
    const start = Math.round((fromMs * this.sampleRateHz) / 1000);
    if (start < 0) return new Float32Array(sampleCount);
    const heard = new Float32Array(sampleCount);
    heard.set(this.#answer.subarray(start, start + sampleCount));
    return heard;
  }

  /** Both channels, equally long. */
  channels(): { readonly caller: Float32Array; readonly answer: Float32Array } {
    const length = Math.max(this.#callerEnd, this.#answerEnd);
    return {
      caller: withRoom(this.#caller, length).slice(0, length),
      answer: withRoom(this.#answer, length).slice(0, length),
    };
  }

  #sampleAt(ms: number): number {
    return Math.max(0, Math.round((ms * this.sampleRateHz) / 1000));
  }
}

function withRoom(samples: Float32Array, length: number): Float32Array {
  if (samples.length >= length) return samples;
  const larger = new Float32Array(Math.max(length, samples.length * 2));
  larger.set(samples);
  return larger;
}
