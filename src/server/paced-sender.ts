/**
 * Sends what a codec encodes. For formats whose platform plays whatever arrives and cannot take it back, sound leaves one frame
 * at a time, at the pace at which it is heard; a barge-in drops what has not left, and a hold keeps it back.
 *
 * Other messages wait for the sound before them. Frames leave on an absolute schedule, so that lateness does not add up. From the
 * first sound on, pauses may be filled: with sound that is made as it leaves and waits for nobody.
 */
import type { Clock, Timer } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { WireMessage } from '../protocols/protocol.js';
import type { Transport } from './transport.js';

export type SentKind = 'sound' | 'message';

interface Waiting {
  readonly message: WireMessage;
  readonly kind: SentKind;
}

/** The session sends some hundred milliseconds ahead; a minute means that somebody miscounts. */
const mostWaiting = 3_000;
/** A filler that is later than this begins anew: nobody makes up for noise. */
const mostFillerLateMs = 200;

export class PacedSender {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #frameMs: number | undefined;
  readonly #onFailure: (error: unknown) => void;
  readonly #filler: (() => readonly WireMessage[]) | null;
  #hasSounded = false;
  #waiting: Waiting[] = [];
  #timer: Timer | undefined;
  #nextAtMs = -Infinity;
  #isHeld = false;
  #closed = false;

  /** @param options.frameMs sound in one message; undefined sends everything at once. */
  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly frameMs: number | undefined;
    /** Told when a message that waited could not be sent. */
    readonly onFailure: (error: unknown) => void;
    /** Makes the sound of one frame for a pause; without it pauses are empty. */
    readonly filler?: (() => readonly WireMessage[]) | null;
  }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#frameMs = options.frameMs;
    this.#onFailure = options.onFailure;
    this.#filler = options.filler ?? null;
  }

  /** Resolves when there is room for more; a message that waits for its turn is on its way. */
  async send(message: WireMessage, kind: SentKind): Promise<void> {
    if (this.#frameMs === undefined) return this.#transport.send(message);
    if (this.#waiting.length >= mostWaiting)
      throw new AttuneError('SLOW_CONSUMER', `${mostWaiting} frames wait to be sent at the pace of listening`);
    this.#waiting.push({ message, kind });
    this.#hasSounded ||= kind === 'sound';
    this.#start(this.#frameMs);
  }

  /** No sound leaves, nor what waits behind it, until `release` or `dropSound`; fillers do. */
  hold(): void {
    this.#isHeld = true;
  }

  /** What was held goes on. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (this.#frameMs !== undefined) this.#start(this.#frameMs);
  }

  /** Sound that has not left is dropped, messages stay; nothing is held any more. */
  dropSound(): void {
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== 'sound');
    this.release();
  }

  /** What still waits is sent at once, sound left out. Nothing leaves afterwards. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isHeld = false;
    this.dropSound();
    for (const { message } of this.#waiting.splice(0)) this.#pass(message);
    this.#closed = true;
  }

  #start(frameMs: number): void {
    if (this.#timer !== undefined) return;
    // After a pause the schedule begins anew; within one, a late frame keeps to it.
    this.#nextAtMs = Math.max(this.#nextAtMs, this.#clock.nowMs());
    this.#run(frameMs);
  }

  #run(frameMs: number): void {
    this.#timer = undefined;
    for (;;) {
      const first = this.#waiting[0];
      const next = this.#isHeld && first?.kind === 'sound' ? undefined : first;
      const filler = this.#hasSounded ? this.#filler : null;
      if (this.#closed || (!next && filler === null)) return;
      if (next?.kind !== 'message') {
        const nowMs = this.#clock.nowMs();
        if (this.#nextAtMs > nowMs) {
          this.#timer = this.#clock.after(this.#nextAtMs - nowMs, () => this.#run(frameMs));
          return;
        }
        if (!next && nowMs - this.#nextAtMs > mostFillerLateMs) this.#nextAtMs = nowMs;
        this.#nextAtMs += frameMs;
      }
      if (next) this.#waiting.shift();
      for (const message of next ? [next.message] : (filler?.() ?? [])) this.#pass(message);
    }
  }

  #pass(message: WireMessage): void {
    this.#transport.send(message).catch(this.#onFailure);
  }
}
