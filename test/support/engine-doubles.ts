/**
 * The two optional packages as the adapters see them, played: the same shapes, words by the amount of audio.
 */
import { EngineHost } from '../../src/stages/stt/on-thread/engine-host.js';
import type { EngineThreadSettings, ThreadEngine } from '../../src/stages/stt/on-thread/engine-messages.js';
import type { SherpaModule, SherpaResult } from '../../src/stages/stt/on-thread/sherpa-engine.js';
import type { EngineThread } from '../../src/stages/stt/on-thread/thread-queue.js';
import type { TransformersModule } from '../../src/stages/stt/on-thread/transformers-engine.js';

/** A word for every half second. */
function wordsIn(sampleCount: number): readonly string[] {
  return Array.from(
    { length: Math.floor(sampleCount / 8_000) },
    (_, index) => ['the', 'cat', 'sat', 'down'][index % 4]!,
  );
}

export interface PlayedCall {
  readonly what: string;
  readonly options: unknown;
}

/** `@huggingface/transformers`, with word times when they are asked for. */
export function playTransformers(log: PlayedCall[] = []): TransformersModule {
  return {
    env: { allowRemoteModels: true, allowLocalModels: false },
    async pipeline(task, model, options) {
      log.push({ what: `${task} ${model}`, options });
      return async (samples, callOptions) => {
        log.push({ what: `recognise ${samples.length}`, options: callOptions });
        const words = wordsIn(samples.length);
        const text = words.length === 0 ? '' : ` ${words.join(' ')}.`.replace(/ \w/u, (start) => start.toUpperCase());
        if (callOptions['return_timestamps'] !== 'word') return { text };
        return {
          text,
          chunks: words.map((word, index) => ({
            text: ` ${word}`,
            timestamp: [index / 2, index === words.length - 1 ? null : index / 2 + 0.4],
          })),
        };
      };
    },
  };
}

class PlayedStream {
  sampleCount = 0;
  ended = false;
  readonly options: Record<string, string> = {};

  constructor(readonly hotwords?: string) {}

  acceptWaveform({ samples }: { readonly samples: Float32Array }): void {
    if (this.ended) throw new Error('audio after the end');
    this.sampleCount += samples.length;
  }

  setOption(key: string, value: string): void {
    this.options[key] = value;
  }

  inputFinished(): void {
    this.ended = true;
  }
}

function resultOf(sampleCount: number, key: 'ys_probs' | 'ys_log_probs'): SherpaResult {
  const words = wordsIn(sampleCount);
  const tokens = words.flatMap((word) => [` ${word.slice(0, 1)}`, word.slice(1)]);
  return {
    text: words.join(' ').toUpperCase(),
    tokens: tokens.map((token) => token.toUpperCase()),
    timestamps: tokens.map((_, index) => index / 4),
    [key]: tokens.map(() => -0.1),
  };
}

/** `sherpa-onnx-node`: streams decode 100 ms at a time and lag 300 ms behind, offline ones take all at once. */
export function playSherpa(log: PlayedCall[] = []): SherpaModule {
  class OnlineRecognizer {
    readonly #decoded = new Map<PlayedStream, number>();

    constructor(config: unknown) {
      log.push({ what: 'online', options: config });
    }

    createStream(): PlayedStream {
      return new PlayedStream();
    }

    isReady(stream: PlayedStream): boolean {
      return stream.sampleCount - (this.#decoded.get(stream) ?? 0) >= (stream.ended ? 1_600 : 4_800);
    }

    decode(stream: PlayedStream): void {
      if (!this.isReady(stream)) throw new Error('not ready');
      this.#decoded.set(stream, (this.#decoded.get(stream) ?? 0) + 1_600);
    }

    getResult(stream: PlayedStream): SherpaResult {
      return resultOf(this.#decoded.get(stream) ?? 0, 'ys_probs');
    }
  }
  class OfflineRecognizer {
    #decoded: PlayedStream | undefined;

    constructor(config: unknown) {
      log.push({ what: 'offline', options: config });
    }

    createStream(hotwords?: string): PlayedStream {
      log.push({ what: 'stream', options: hotwords });
      return new PlayedStream(hotwords);
    }

    decode(stream: PlayedStream): void {
      this.#decoded = stream;
    }

    getResult(stream: PlayedStream): SherpaResult {
      if (this.#decoded !== stream) throw new Error('not decoded');
      return resultOf(stream.sampleCount, 'ys_log_probs');
    }
  }
  return { OnlineRecognizer, OfflineRecognizer };
}

/** An engine thread without a thread: requests are answered in order, a little later. */
export function playThread(load: (settings: EngineThreadSettings) => Promise<ThreadEngine>) {
  return (settings: EngineThreadSettings): EngineThread => {
    const host = load(settings).then((engine) => new EngineHost(engine, { maxStreams: 8 }));
    host.catch(() => undefined);
    let last: Promise<unknown> = Promise.resolve();
    return {
      call(request) {
        const answer = last.then(async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return (await host).handle(request);
        });
        last = answer.catch(() => undefined);
        return answer;
      },
      [Symbol.asyncDispose]: async () => void (await last),
    };
  };
}
