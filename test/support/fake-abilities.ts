/**
 * Scripted stages under a clock that stands still, for tests of what a session makes of them.
 *
 * The sound is the script of the speech detector: a window's speech probability is its loudest sample. The recogniser,
 * the responder and the failures are scripted one by one and in order; `allUsed` fails the test for what was left over.
 */
import type { Test } from 'tap';
import type { AttuneError } from '../../src/core/errors.js';
import type { LoadLevel } from '../../src/core/load-level.js';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics, type MetricLabels } from '../../src/core/metrics.js';
import type { Abilities } from '../../src/pipeline/abilities.js';
import type { EmotionCategory } from '../../src/stages/emotion/emotion-category.js';
import type { SpeakerBaseline, VoiceEmotion } from '../../src/stages/emotion/voice-emotion.js';
import type { ResponderEvent, ResponderRequest } from '../../src/stages/llm/responder.js';
import type { ResponseRules } from '../../src/stages/response/response-rule.js';
import type { TextSentiment } from '../../src/stages/sentiment/sentiment.js';
import type { SttHypothesis, SttOpenOptions, SttUtterance } from '../../src/stages/stt/stt.js';
import type { TtsClause } from '../../src/stages/tts/tts.js';
import { ManualClock } from './manual-clock.js';

/** What the recogniser makes of one utterance. */
export interface HeardScript {
  /** Texts that come out once that much audio went in. */
  readonly partials?: readonly { readonly afterMs: number; readonly text: string }[];
  readonly final: string | Error;
  /** Texts that it foresees, one for each time it is asked; then, and without any, it cannot tell. */
  readonly foreseen?: readonly (string | Error)[];
  /** Says of a final text that it covers only the beginning. */
  readonly shortened?: AttuneError;
}

/** One answer: what it yields, and what it waits for or throws in between. */
export type AnswerScript = (request: ResponderRequest, signal: AbortSignal) => AsyncIterable<ResponderEvent>;

const sampleRateHz = 16_000;
/** Sound of one word of the fake voice: 80 ms a letter for words of five. */
export const wordMs = 400;

const flat = (peak: EmotionCategory): Record<EmotionCategory, number> => {
  const shares = {
    neutral: 0.04,
    calm: 0.04,
    happy: 0.04,
    sad: 0.04,
    angry: 0.04,
    fearful: 0.04,
    disgusted: 0.04,
    surprised: 0.04,
  };
  return { ...shares, [peak]: 0.72 };
};

export const angryVoice: VoiceEmotion = {
  categories: flat('angry'),
  label: 'angry',
  confidence: 0.72,
  arousal: 0.8,
  valence: 0.2,
  dominance: 0.7,
  acoustics: {
    f0MeanHz: 200,
    f0RangeSemitones: 6,
    energyDb: -20,
    speakingRateSyllablesPerS: 5,
    voicedShare: 0.6,
    pitchVsBaselinePct: null,
    loudnessVsBaselineDb: null,
    rateVsBaselinePct: null,
  },
  cues: [],
};

export const happyWords: TextSentiment = {
  sentiment: { negative: 0.1, neutral: 0.1, positive: 0.8 },
  emotions: { joy: 0.8 },
  categories: flat('happy'),
  valence: 0.8,
  arousal: 0.6,
  dominance: 0.6,
  confidence: 0.72,
  evidence: [],
};

/** An answer of plain words, each a token, with nothing to wait for. */
export function says(text: string): AnswerScript {
  return async function* () {
    yield* words(text);
    yield { type: 'ended', reason: 'completed', usage: { inputTokens: 3, outputTokens: 5 } };
  };
}

export function* words(text: string): Iterable<ResponderEvent> {
  for (const delta of text.match(/\s*\S+/gu) ?? []) yield { type: 'text', delta };
}

export class FakeAbilities {
  readonly clock = new ManualClock();
  readonly requests: ResponderRequest[] = [];
  /** No rules, unless a test brings some. */
  readonly load: { level: LoadLevel } = { level: 0 };
  readonly responseRules: { current: ResponseRules } = { current: { rules: [], locales: [] } };
  readonly spokenClauses: string[] = [];
  /** Counters by name and labels, as `replies_total finished`. */
  readonly counts = new Map<string, number>();
  /** Utterances the recogniser was opened for, with what it was given of each. */
  readonly utterances: { readonly options: SttOpenOptions; heardMs: number }[] = [];
  readonly sentimentTexts: string[] = [];
  voiceEmotionCount = 0;
  /** Set to let every judgement of the voice or the words fail. */
  voiceEmotionFailure: Error | undefined;
  sentimentFailure: Error | undefined;
  /** What the end-of-turn model answers, pause by pause; without one the server has no such model. */
  turnEndAnswers: ((samples: Float32Array, signal: AbortSignal) => Promise<number | null>)[] | undefined;
  readonly vadFailures: Error[] = [];
  /** Set to let the recogniser refuse every utterance. */
  sttRefusal: Error | undefined;
  /** Clauses that the voice cannot speak. */
  readonly unspeakable = new Map<string, Error>();
  readonly #heard: HeardScript[];
  readonly #answers: AnswerScript[];

  constructor(scripts: { readonly heard?: readonly HeardScript[]; readonly answers?: readonly AnswerScript[] }) {
    this.#heard = [...(scripts.heard ?? [])];
    this.#answers = [...(scripts.answers ?? [])];
  }

  allUsed(t: Test): void {
    t.same(
      {
        heard: this.#heard.length,
        answers: this.#answers.length,
        turnEnds: this.turnEndAnswers?.length ?? 0,
        unspeakable: [...this.unspeakable.keys()],
      },
      { heard: 0, answers: 0, turnEnds: 0, unspeakable: [] },
      'every script was used',
    );
  }

  get abilities(): Abilities {
    return {
      clock: this.clock,
      logger: silentLogger,
      metrics: { ...silentMetrics, count: (name, labels = {}, value = 1) => this.#count(name, labels, value) },
      vad: {
        name: 'fake',
        openStream: () => ({ accept: (window) => this.#speechProbability(window), reset: () => undefined }),
        [Symbol.asyncDispose]: disposeNothing,
      },
      stt: { name: 'fake', open: (options) => this.#open(options), [Symbol.asyncDispose]: disposeNothing },
      turnEnd: this.turnEndAnswers
        ? {
            name: 'fake',
            languages: ['en'],
            estimate: async (samples, { signal }) => {
              const answer = this.turnEndAnswers?.shift();
              if (!answer) throw new Error('the end-of-turn model was asked once more than scripted');
              return answer(samples, signal);
            },
            [Symbol.asyncDispose]: disposeNothing,
          }
        : null,
      voiceEmotion: {
        name: 'fake',
        estimate: async () => {
          this.voiceEmotionCount += 1;
          if (this.voiceEmotionFailure) throw this.voiceEmotionFailure;
          return { emotion: angryVoice, baseline: {} as SpeakerBaseline };
        },
        [Symbol.asyncDispose]: disposeNothing,
      },
      sentiment: {
        name: 'fake',
        languages: ['en'],
        analyse: async (text) => {
          this.sentimentTexts.push(text);
          if (this.sentimentFailure) throw this.sentimentFailure;
          return happyWords;
        },
        [Symbol.asyncDispose]: disposeNothing,
      },
      responseRules: this.responseRules,
      load: this.load,
      responder: {
        name: 'fake',
        respond: (request, { signal }) => {
          this.requests.push(request);
          const answer = this.#answers.shift();
          if (!answer) throw new Error('the responder was asked once more than scripted');
          return answer(request, signal);
        },
      },
      tts: {
        name: 'fake',
        voices: ['fake'],
        sampleRateHz,
        synthesise: (clause, { signal }) => this.#speak(clause, signal),
        [Symbol.asyncDispose]: disposeNothing,
      },
    };
  }

  #count(name: string, labels: MetricLabels, value: number): void {
    const key = [name, ...Object.values(labels)].join(' ');
    this.counts.set(key, (this.counts.get(key) ?? 0) + value);
  }

  async #speechProbability(window: Float32Array): Promise<number> {
    const failure = this.vadFailures.shift();
    if (failure) throw failure;
    return window.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }

  #open(options: SttOpenOptions): SttUtterance {
    if (this.sttRefusal) throw this.sttRefusal;
    const script = this.#heard.shift();
    if (!script) throw new Error('the recogniser was opened once more than scripted');
    const record = { options, heardMs: 0 };
    this.utterances.push(record);
    return new ScriptedUtterance(script, options.signal, record);
  }

  /** 100 ms blocks, `wordMs` for a word. */
  async *#speak(clause: TtsClause, signal: AbortSignal): AsyncIterable<Float32Array> {
    const failure = this.unspeakable.get(clause.text);
    this.unspeakable.delete(clause.text);
    if (failure) throw failure;
    this.spokenClauses.push(clause.text);
    const blocks = (clause.text.trim().split(/\s+/u).length * wordMs) / 100;
    for (let block = 0; block < blocks; block += 1) {
      await Promise.resolve();
      signal.throwIfAborted();
      yield new Float32Array(sampleRateHz / 10).fill(0.1);
    }
  }
}

class ScriptedUtterance implements SttUtterance {
  readonly #script: HeardScript;
  readonly #signal: AbortSignal;
  readonly #record: { heardMs: number };
  #finished: Promise<SttHypothesis> | undefined;
  #told = 0;
  #foreseen = 0;
  #wake: (() => void) | undefined;

  constructor(script: HeardScript, signal: AbortSignal, record: { heardMs: number }) {
    this.#script = script;
    this.#signal = signal;
    this.#record = record;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  get partials(): AsyncIterable<SttHypothesis> {
    return this.#partials();
  }

  accept(samples: Float32Array): void {
    if (this.#finished) return;
    this.#record.heardMs += (samples.length * 1000) / sampleRateHz;
    this.#wake?.();
  }

  async foresee(): Promise<SttHypothesis | null> {
    const text = this.#script.foreseen?.[this.#foreseen++];
    if (text instanceof Error) throw text;
    return text === undefined ? null : hypothesis(text, true);
  }

  finish(): Promise<SttHypothesis> {
    this.#finished ??= this.#finish();
    this.#wake?.();
    return this.#finished;
  }

  async #finish(): Promise<SttHypothesis> {
    await Promise.resolve();
    this.#signal.throwIfAborted();
    if (this.#script.final instanceof Error) throw this.#script.final;
    const { final, shortened } = this.#script;
    return { ...hypothesis(final, true), ...(shortened && { error: shortened }) };
  }

  async *#partials(): AsyncGenerator<SttHypothesis> {
    const { partials = [] } = this.#script;
    while (!this.#finished && !this.#signal.aborted) {
      const next = partials[this.#told];
      if (next && this.#record.heardMs >= next.afterMs) {
        this.#told += 1;
        yield hypothesis(next.text, false);
        continue;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function hypothesis(text: string, isFinal: boolean): SttHypothesis {
  return { text, stableText: text, words: [], confidence: 0.9, isFinal };
}

async function disposeNothing(): Promise<void> {}
