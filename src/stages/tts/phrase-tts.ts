/**
 * A voice engine on worker threads as a `Tts`: phrase by phrase, ahead of what plays, never far.
 *
 * Sound begins when the first short phrase is spoken; each further phrase is made while the one before it plays. Nothing
 * is made further ahead than one phrase, so a barge-in wastes little.
 */
import { modelSampleRateHz } from '../../audio/audio-frame.js';
import type { Clock } from '../../core/clock.js';
import { PhrasePool, type PhrasePoolOptions } from './phrase-pool.js';
import { splitPhrases, type Phrase } from './phrase-splitter.js';
import { silence, speechBlocks } from './speech-blocks.js';
import { neutralStyle } from './style-table.js';
import type { Tts, TtsClause } from './tts.js';

type Spoken = { readonly samples: Float32Array } | { readonly error: unknown };

/** What differs from engine to engine. */
export interface PhraseEngine {
  readonly name: string;
  /** The default voice first. */
  readonly voices: readonly string[];
  /** Text that the engine's threads can read; '' when there is nothing to say. */
  readonly readableText: (clause: TtsClause) => string;
  /** The voice for a clause, one of `voices`. Throws LANGUAGE_UNSUPPORTED. */
  readonly voiceFor: (clause: TtsClause) => string;
}

export class PhraseTts implements Tts {
  readonly name: string;
  readonly voices: readonly string[];
  readonly sampleRateHz = modelSampleRateHz;
  readonly #clock: Clock;
  readonly #engine: PhraseEngine;
  readonly #pool: PhrasePool;

  /** Threads start with the first clause; see `warmUp`. Disposing ends them. */
  constructor(engine: PhraseEngine, options: PhrasePoolOptions) {
    this.name = engine.name;
    this.voices = engine.voices;
    this.#engine = engine;
    this.#clock = options.clock;
    this.#pool = new PhrasePool(options);
  }

  /** Starts every thread and speaks a phrase on each, which is not heard; the first caller then waits less. */
  async warmUp(signal: AbortSignal): Promise<void> {
    const phrase = { text: 'Good to have you here.', voice: this.voices[0]!, style: neutralStyle };
    const neededAtMs = this.#clock.nowMs();
    await Promise.all(
      Array.from({ length: this.#pool.threadCount }, () => this.#pool.speak(phrase, { neededAtMs, signal })),
    );
  }

  /** As the contract; also throws LANGUAGE_UNSUPPORTED and OVERLOADED. Text without words yields nothing. */
  async *synthesise(clause: TtsClause, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<Float32Array> {
    const voice = this.#engine.voiceFor(clause);
    const phrases = splitPhrases(this.#engine.readableText(clause));
    const abandon = new AbortController();
    const onAbort = (): void => abandon.abort(signal.reason);
    const speak = (phrase: Phrase, neededAtMs: number): Promise<Spoken> =>
      this.#pool.speak({ text: phrase.text, voice, style: clause.style }, { neededAtMs, signal: abandon.signal }).then(
        (samples) => ({ samples }),
        (error: unknown) => ({ error }),
      );
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      let playedUntilMs = this.#clock.nowMs();
      let ahead = phrases[0] && speak(phrases[0], playedUntilMs);
      for (const [index, phrase] of phrases.entries()) {
        const spoken = await ahead!;
        if ('error' in spoken) throw spoken.error;
        const pause = silence({
          durationMs: phrase.pauseMs * clause.style.pauseScale,
          sampleRateHz: this.sampleRateHz,
        });
        const soundMs = ((spoken.samples.length + pause.length) * 1000) / this.sampleRateHz;
        playedUntilMs = Math.max(playedUntilMs, this.#clock.nowMs()) + soundMs;
        const next = phrases[index + 1];
        ahead = next && speak(next, playedUntilMs);
        yield* speechBlocks(spoken.samples, { sampleRateHz: this.sampleRateHz, signal });
        yield* speechBlocks(pause, { sampleRateHz: this.sampleRateHz, signal });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      abandon.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}
