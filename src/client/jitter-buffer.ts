/**
 * The sound that has come and was not played yet, item by item, and the ledger of what was played.
 *
 * Playing begins once a little is in store, and again after it ran dry; a gap that the network made raises that store, a
 * longer one, in which the server held its sound back, does not. Positions are counted in samples that left for the ear,
 * so that they are exact whatever the network does. Pure: it runs on the audio thread and in tests alike.
 */

/** How far an item has been played. */
export interface PlayedItem {
  readonly itemId: string;
  readonly playedSamples: number;
  readonly receivedSamples: number;
}

export interface JitterBufferOptions {
  readonly sampleRateHz: number;
  /** Sound in store before playing begins. */
  readonly startMs?: number;
  /** The store never has to be larger than this to begin. */
  readonly maxStartMs?: number;
  /** Sound beyond this is dropped as it comes, and counted. */
  readonly capacityMs?: number;
}

interface Item {
  readonly itemId: string;
  readonly chunks: Float32Array[];
  /** Samples of the first chunk that were played. */
  offset: number;
  receivedSamples: number;
  playedSamples: number;
  ended: boolean;
}

/** A gap up to this length is the network's; a longer one is a pause. */
const networkGapMs = 400;
const startGrowthMs = 20;
/** What still sounds after `clear`, fading, so that it does not click. */
const fadeMs = 4;

export class JitterBuffer {
  readonly #options: Required<JitterBufferOptions>;
  #items: Item[] = [];
  #finished: PlayedItem[] = [];
  #fading = new Float32Array(0);
  /** Nothing flows while playing is paused; what comes is kept. */
  #isPaused = false;
  #startMs: number;
  #flows = false;
  /** Silent samples since the store ran dry within an item; null when it did not. */
  #drySamples: number | null = null;
  #bufferedSamples = 0;
  #gapCount = 0;
  #droppedSamples = 0;

  constructor(options: JitterBufferOptions) {
    this.#options = { startMs: 60, maxStartMs: 240, capacityMs: 180_000, ...options };
    this.#startMs = this.#options.startMs;
  }

  /** Times that an item ran dry while it was played. */
  get gapCount(): number {
    return this.#gapCount;
  }

  get droppedSamples(): number {
    return this.#droppedSamples;
  }

  get bufferedSamples(): number {
    return this.#bufferedSamples;
  }

  /** The item being played, or the one that will be next. */
  get current(): PlayedItem | null {
    const item = this.#items[0];
    return item === undefined ? null : playedItem(item);
  }

  /** Keeps `samples`; do not change them afterwards. */
  push(itemId: string, samples: Float32Array): void {
    const room = this.#samplesOf(this.#options.capacityMs) - this.#bufferedSamples;
    const kept = samples.subarray(0, Math.max(0, room));
    this.#droppedSamples += samples.length - kept.length;
    if (kept.length === 0) return;
    const item = this.#itemOf(itemId);
    item.chunks.push(kept);
    item.receivedSamples += kept.length;
    this.#bufferedSamples += kept.length;
  }

  /** No more sound of the item will come. */
  end(itemId: string): void {
    const item = this.#items.find((other) => other.itemId === itemId);
    if (item) item.ended = true;
  }

  /** Fills `output` with what is due; silence where there is nothing. */
  pull(output: Float32Array): void {
    output.fill(0);
    let filled = this.#pullFade(output);
    while (filled < output.length) {
      const item = this.#items[0];
      if (item === undefined || !this.#mayFlow(item)) break;
      const copied = copyInto(output.subarray(filled), item);
      this.#bufferedSamples -= copied;
      filled += copied;
      if (item.chunks.length > 0) continue;
      if (item.ended) this.#finish(item);
      else {
        this.#flows = false;
        this.#drySamples = 0;
      }
    }
    if (this.#drySamples !== null) this.#drySamples += output.length - filled;
  }

  /** Items that were played to their end since the last call. */
  takeFinished(): readonly PlayedItem[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  /** Stops where it is; what was not played waits. */
  pause(): void {
    if (this.#isPaused) return;
    if (this.#flows) this.#fadeOut();
    this.#isPaused = true;
    this.#flows = false;
    this.#drySamples = null;
  }

  /** Plays on from where it paused. */
  resume(): void {
    this.#isPaused = false;
  }

  /** Drops what was not played. Says how far each item got that had not been played to its end. */
  clear(): readonly PlayedItem[] {
    if (this.#flows) this.#fadeOut();
    const cut = this.#items.map(playedItem);
    this.#items = [];
    this.#bufferedSamples = 0;
    this.#flows = false;
    this.#isPaused = false;
    this.#drySamples = null;
    return cut;
  }

  #mayFlow(item: Item): boolean {
    if (this.#isPaused) return false;
    if (this.#flows) return true;
    const stored = item.receivedSamples - item.playedSamples;
    if (stored === 0 && item.ended) {
      this.#finish(item);
      return this.#items.length > 0 && this.#mayFlow(this.#items[0]!);
    }
    // A short item, or the rest of one, need not wait for more.
    if (stored < this.#samplesOf(this.#startMs) && !item.ended) return false;
    this.#noteGap();
    this.#flows = true;
    return true;
  }

  #noteGap(): void {
    if (this.#drySamples === null) return;
    if (this.#drySamples > 0) {
      this.#gapCount += 1;
      if (this.#drySamples <= this.#samplesOf(networkGapMs))
        this.#startMs = Math.min(this.#options.maxStartMs, this.#startMs + startGrowthMs);
    }
    this.#drySamples = null;
  }

  #finish(item: Item): void {
    this.#items.shift();
    this.#finished.push(playedItem(item));
    this.#flows = this.#items.length > 0 && this.#flows;
    this.#drySamples = null;
  }

  #fadeOut(): void {
    const item = this.#items[0];
    if (item === undefined) return;
    const tail = new Float32Array(this.#samplesOf(fadeMs));
    const length = copyInto(tail, item);
    this.#fading = tail.subarray(0, length).map((sample, index) => sample * (1 - (index + 1) / length));
  }

  #pullFade(output: Float32Array): number {
    const length = Math.min(output.length, this.#fading.length);
    output.set(this.#fading.subarray(0, length));
    this.#fading = this.#fading.subarray(length);
    return length;
  }

  #itemOf(itemId: string): Item {
    const known = this.#items.find((item) => item.itemId === itemId);
    if (known) return known;
    // Sound of the next item says that nothing more of the one before it will come.
    for (const item of this.#items) item.ended = true;
    const item: Item = { itemId, chunks: [], offset: 0, receivedSamples: 0, playedSamples: 0, ended: false };
    this.#items.push(item);
    return item;
  }

  #samplesOf(ms: number): number {
    return Math.round((ms * this.#options.sampleRateHz) / 1000);
  }
}

function playedItem({ itemId, playedSamples, receivedSamples }: Item): PlayedItem {
  return { itemId, playedSamples, receivedSamples };
}

/** Moves samples of the item to `output`, as many as both have; returns how many. */
function copyInto(output: Float32Array, item: Item): number {
  let copied = 0;
  while (copied < output.length) {
    const chunk = item.chunks[0];
    if (chunk === undefined) break;
    const part = chunk.subarray(item.offset, item.offset + output.length - copied);
    output.set(part, copied);
    copied += part.length;
    item.offset += part.length;
    if (item.offset >= chunk.length) {
      item.chunks.shift();
      item.offset = 0;
    }
  }
  item.playedSamples += copied;
  return copied;
}
