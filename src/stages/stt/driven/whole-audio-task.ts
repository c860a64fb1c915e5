/**
 * Partial texts from an engine that only takes whole recordings: the utterance is recognised again as it grows.
 *
 * A new partial waits for `partialEveryMs` of new audio and for a fifth of what is held, so that all partials together
 * cost at most about six times the final text. What is longer than `windowMs` is cut at its quietest place: the part
 * before is recognised once and for all and its samples are forgotten, so neither cost nor memory grows with speech.
 */
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import { joinedFloats } from '../../../core/joined-floats.js';
import type { SttWord } from '../stt.js';
import type { Recognised, TaskRequest, UtteranceTask } from './utterance-task.js';

/** What an engine heard in one recording; times are milliseconds from its first sample. */
export interface RecordingText {
  readonly text: string;
  readonly words: readonly SttWord[];
}

export interface RecordingRequest extends TaskRequest {
  /** False for a partial text, which may be refused or come late with less harm. */
  readonly isFinal: boolean;
}

/** Recognises whole recordings: 16 kHz, mono, −1…1. The array is handed over. */
export type RecogniseRecording = (samples: Float32Array, request: RecordingRequest) => Promise<RecordingText>;

export interface WholeAudioOptions {
  /** New audio before the words so far are recognised again; null for no partial texts. */
  readonly partialEveryMs: number | null;
  /** Longest audio recognised at once. */
  readonly windowMs: number;
}

const growthPerPartial = 0.2;
/** A window is cut in its last part, so that what is recognised for good has most of its context. */
const earliestCutShare = 0.6;
/** Shortest pause that is looked for, and the step of the search. */
const pauseMs = 200;
const searchStepMs = 20;
const samplesPerMs = modelSampleRateHz / 1000;

export class WholeAudioTask implements UtteranceTask {
  readonly #recognise: RecogniseRecording;
  readonly #options: WholeAudioOptions;
  readonly #request: TaskRequest;
  #parts: Float32Array[] = [];
  #heldSamples = 0;
  /** Samples before those held. */
  #forgottenSamples = 0;
  #newSamples = 0;
  readonly #settledWords: SttWord[] = [];
  readonly #settledTexts: string[] = [];

  constructor(recognise: RecogniseRecording, options: WholeAudioOptions, request: TaskRequest) {
    this.#recognise = recognise;
    this.#options = options;
    this.#request = request;
  }

  get ready(): boolean {
    const { partialEveryMs } = this.#options;
    if (this.#exceedsWindow) return true;
    if (partialEveryMs === null) return false;
    return this.#newSamples >= Math.max(partialEveryMs * samplesPerMs, growthPerPartial * this.#heldSamples);
  }

  accept(samples: Float32Array): void {
    this.#parts.push(samples);
    this.#heldSamples += samples.length;
    this.#newSamples += samples.length;
  }

  async step(): Promise<Recognised> {
    if (this.#exceedsWindow) await this.#settleWindow();
    if (this.#exceedsWindow || this.#options.partialEveryMs === null) return this.#together({ text: '', words: [] });
    this.#newSamples = 0;
    return this.#together(await this.#recogniseFrom(this.#joined().slice(), false));
  }

  async finish(): Promise<Recognised> {
    while (this.#exceedsWindow) await this.#settleWindow();
    if (this.#heldSamples === 0) return this.#together({ text: '', words: [] });
    return this.#together(await this.#recogniseFrom(this.#joined().slice(), true));
  }

  drop(): void {
    this.#parts = [];
    this.#heldSamples = 0;
  }

  get #exceedsWindow(): boolean {
    return this.#heldSamples > this.#options.windowMs * samplesPerMs;
  }

  /** Recognises the first part of what is held for good and forgets its samples. */
  async #settleWindow(): Promise<void> {
    const held = this.#joined();
    const cut = quietestPlace(held, {
      fromSample: Math.floor(earliestCutShare * this.#options.windowMs * samplesPerMs),
      toSample: this.#options.windowMs * samplesPerMs,
    });
    const { text, words } = await this.#recogniseFrom(held.slice(0, cut), true);
    if (this.#heldSamples === 0) return;
    this.#settledWords.push(...words);
    if (text.trim() !== '') this.#settledTexts.push(text.trim());
    const kept = this.#joined().slice(cut);
    this.#parts = [kept];
    this.#heldSamples = kept.length;
    this.#newSamples = Math.min(this.#newSamples, kept.length);
    this.#forgottenSamples += cut;
  }

  /** Times of the words become the utterance's. */
  async #recogniseFrom(samples: Float32Array, isFinal: boolean): Promise<RecordingText> {
    const offsetMs = this.#forgottenSamples / samplesPerMs;
    const { text, words } = await this.#recognise(samples, { ...this.#request, isFinal });
    return {
      text,
      words: words.map((word) => ({ ...word, startMs: word.startMs + offsetMs, endMs: word.endMs + offsetMs })),
    };
  }

  #together({ text, words }: RecordingText): Recognised {
    return {
      text: [...this.#settledTexts, text.trim()].join(' ').trim(),
      words: [...this.#settledWords, ...words],
      settledCount: this.#settledWords.length,
    };
  }

  #joined(): Float32Array {
    const [only] = this.#parts;
    if (this.#parts.length === 1 && only) return only;
    const joined = joinedFloats(this.#parts);
    this.#parts = [joined];
    return joined;
  }
}

/** The middle of the stretch with the least energy in the range. */
function quietestPlace(
  samples: Float32Array,
  { fromSample, toSample }: { readonly fromSample: number; readonly toSample: number },
): number {
  const length = pauseMs * samplesPerMs;
  let quietest = { energy: Infinity, start: toSample - length };
  for (let start = fromSample; start + length <= toSample; start += searchStepMs * samplesPerMs) {
    let energy = 0;
    for (let at = start; at < start + length; at += 1) energy += samples[at]! ** 2;
    if (energy < quietest.energy) quietest = { energy, start };
  }
  return quietest.start + length / 2;
}
