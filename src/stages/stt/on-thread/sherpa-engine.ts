/**
 * Recognisers of the optional package sherpa-onnx-node: streaming ones piece by piece, offline ones on whole recordings.
 *
 * The package decodes on the thread that calls it, so this lives on an engine thread. Which kind of model a folder holds
 * is decided by sherpa-folder.ts. Hot words reach offline transducers decoded by beam search alone.
 */
import { assert } from '../../../core/assert.js';
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import { AttuneError } from '../../../core/errors.js';
import { primaryLanguage } from '../../../core/language-tag.js';
import { assumedConfidence, spreadWords } from '../driven/engine-spelling.js';
import type { SttWord } from '../stt.js';
import type {
  EngineAbilities,
  EngineStream,
  EngineText,
  EngineThreadSettings,
  ThreadEngine,
  UtteranceHints,
} from './engine-messages.js';
import { importOptional, optionalSttPackages } from './optional-package.js';
import { sherpaModelOf, type SherpaModel } from './sherpa-folder.js';

interface SherpaWaveform {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

/** The results' JSON; times are seconds. */
export interface SherpaResult {
  readonly text: string;
  readonly tokens?: readonly string[];
  readonly timestamps?: readonly number[];
  /** Natural log posterior of each token, of models that give one; offline ones call it the former, streaming ones the latter. */
  readonly ys_log_probs?: readonly number[];
  readonly ys_probs?: readonly number[];
}

interface SherpaOfflineStream {
  acceptWaveform(wave: SherpaWaveform): void;
  setOption?(key: string, value: string): void;
}

interface SherpaOnlineStream extends SherpaOfflineStream {
  inputFinished(): void;
}

interface SherpaOfflineRecogniser {
  createStream(hotwords?: string): SherpaOfflineStream;
  decode(stream: SherpaOfflineStream): void;
  getResult(stream: SherpaOfflineStream): SherpaResult;
}

interface SherpaOnlineRecogniser {
  createStream(): SherpaOnlineStream;
  isReady(stream: SherpaOnlineStream): boolean;
  decode(stream: SherpaOnlineStream): void;
  getResult(stream: SherpaOnlineStream): SherpaResult;
}

/** What is used of the package, version 1.13. */
export interface SherpaModule {
  readonly OnlineRecognizer: new (config: Readonly<Record<string, unknown>>) => SherpaOnlineRecogniser;
  readonly OfflineRecognizer: new (config: Readonly<Record<string, unknown>>) => SherpaOfflineRecogniser;
}

/** Silence after the last word, without which streaming models keep it to themselves; the package's examples use 0.4 s. */
const tailMs = 480;

type Recogniser =
  | { readonly kind: 'online'; readonly recogniser: SherpaOnlineRecogniser }
  | { readonly kind: 'offline'; readonly recogniser: SherpaOfflineRecogniser };

export class SherpaEngine implements ThreadEngine {
  readonly abilities: EngineAbilities;
  readonly #recogniser: Recogniser;
  readonly #model: SherpaModel;

  private constructor(recogniser: Recogniser, model: SherpaModel) {
    this.#recogniser = recogniser;
    this.#model = model;
    this.abilities = { isStreaming: model.isStreaming, languages: model.languages };
  }

  /** Rejects with STT_UNAVAILABLE, MODEL_MISSING, MODEL_CORRUPT or OPTION_INVALID. */
  static async load(
    settings: EngineThreadSettings,
    importModule?: (name: string) => Promise<unknown>,
  ): Promise<SherpaEngine> {
    const model = sherpaModelOf(settings);
    const imported = (await importOptional(optionalSttPackages.sherpa, importModule)) as {
      readonly default?: SherpaModule;
    } & Partial<SherpaModule>;
    // A CommonJS package: its members may only be reachable through the default import.
    const module = imported.default ?? (imported as SherpaModule);
    try {
      const recogniser: Recogniser = model.isStreaming
        ? { kind: 'online', recogniser: new module.OnlineRecognizer(model.config) }
        : { kind: 'offline', recogniser: new module.OfflineRecognizer(model.config) };
      return new SherpaEngine(recogniser, model);
    } catch (cause) {
      throw new AttuneError('MODEL_CORRUPT', `the ${model.kind} recogniser in ${settings.folder} cannot be loaded`, {
        field: settings.folder,
        cause,
      });
    }
  }

  async recognise(samples: Float32Array, { language, hotwords }: UtteranceHints): Promise<EngineText> {
    const engine = this.#recogniser;
    assert(engine.kind === 'offline', 'a streaming engine takes an utterance piece by piece');
    const { recogniser } = engine;
    const stream = recogniser.createStream(
      this.#model.takesHotwords && hotwords.length > 0 ? hotwords.join('/') : undefined,
    );
    if (this.#model.takesLanguage && language !== undefined) stream.setOption?.('language', primaryLanguage(language));
    stream.acceptWaveform({ samples, sampleRate: modelSampleRateHz });
    recogniser.decode(stream);
    return textOf(recogniser.getResult(stream), (samples.length * 1000) / modelSampleRateHz);
  }

  openStream({ language }: UtteranceHints): EngineStream {
    const engine = this.#recogniser;
    assert(engine.kind === 'online', 'this engine takes whole recordings');
    const { recogniser } = engine;
    const stream = recogniser.createStream();
    if (this.#model.takesLanguage && language !== undefined) stream.setOption?.('language', primaryLanguage(language));
    let durationMs = 0;
    const decoded = (): EngineText => {
      while (recogniser.isReady(stream)) recogniser.decode(stream);
      return textOf(recogniser.getResult(stream), durationMs);
    };
    return {
      feed(samples) {
        durationMs += (samples.length * 1000) / modelSampleRateHz;
        stream.acceptWaveform({ samples, sampleRate: modelSampleRateHz });
        return decoded();
      },
      finish() {
        const silence = new Float32Array((tailMs * modelSampleRateHz) / 1000);
        stream.acceptWaveform({ samples: silence, sampleRate: modelSampleRateHz });
        stream.inputFinished();
        return decoded();
      },
    };
  }
}

/** Tokens that begin with a space, or `▁`, begin a word. Without times the words are spread over the audio. */
function textOf(result: SherpaResult, durationMs: number): EngineText {
  const text = result.text.trim();
  const { tokens = [], timestamps = [] } = result;
  const logPosteriors = result.ys_log_probs ?? result.ys_probs;
  const isTimed = tokens.length > 0 && tokens.length === timestamps.length;
  if (!isTimed) return { text, words: spreadWords(text, { durationMs, confidence: assumedConfidence }) };
  const groups: { text: string; startMs: number; lastMs: number; logPosteriors: number[] }[] = [];
  tokens.forEach((token, index) => {
    const piece = token.replaceAll('▁', ' ');
    const atMs = Math.min(durationMs, timestamps[index]! * 1000);
    const current = groups.at(-1);
    const logPosterior = logPosteriors?.[index];
    const evidence = logPosterior === undefined ? [] : [logPosterior];
    if (current && !piece.startsWith(' ')) {
      current.text += piece;
      current.lastMs = atMs;
      current.logPosteriors.push(...evidence);
    } else {
      groups.push({ text: piece.trim(), startMs: atMs, lastMs: atMs, logPosteriors: evidence });
    }
  });
  const words = groups.map((group, index): SttWord => {
    const nextMs = groups[index + 1]?.startMs ?? durationMs;
    return {
      text: group.text,
      startMs: group.startMs,
      // Times are those of the tokens' beginnings; a last token is taken for as long as tokens usually are.
      endMs: Math.max(group.startMs, Math.min(nextMs, group.lastMs + usualTokenMs)),
      confidence: confidenceOf(group.logPosteriors),
    };
  });
  return { text, words: words.filter((word) => word.text !== '') };
}

const usualTokenMs = 200;

function confidenceOf(logPosteriors: readonly number[]): number {
  if (logPosteriors.length === 0) return assumedConfidence;
  const mean = logPosteriors.reduce((sum, value) => sum + value, 0) / logPosteriors.length;
  return Math.min(1, Math.exp(mean));
}
