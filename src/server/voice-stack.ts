/**
 * Opens the abilities a configuration asks for, and closes them in the right order.
 *
 * Each ability can be opened by itself, so that a command line tool loads only the model it needs; `openAbilities` opens
 * all of them for the server. What was opened last is ended first.
 */
import { readFile } from 'node:fs/promises';
import { modelSampleRateHz } from '../audio/audio-frame.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import type { Load } from '../core/load-level.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { BatcherLimits } from '../inference/batcher.js';
import { InferenceHost, type OpenedModel } from '../inference/inference-host.js';
import { ModelManifest } from '../inference/model-manifest.js';
import type { RecordedModel } from '../pipeline/turn-record.js';
import type { Abilities } from '../pipeline/abilities.js';
import { OnnxVoiceEmotion } from '../stages/emotion/onnx-voice-emotion.js';
import { voiceEmotionModelOf } from '../stages/emotion/emotion-models.js';
import { prosodyEmotionModel } from '../stages/emotion/prosody-emotion-model.js';
import type { VoiceEmotionStage } from '../stages/emotion/voice-emotion.js';
import { WorkerVoiceFeatures } from '../stages/emotion/worker-voice-features.js';
import { ChatCompletionsResponder } from '../stages/llm/chat-completions-responder.js';
import { EmbeddedResponder } from '../stages/llm/embedded-responder.js';
import { MaskedResponder } from '../stages/llm/masked-responder.js';
import { PromptTemplate } from '../stages/llm/prompt-template.js';
import type { Responder } from '../stages/llm/responder.js';
import type { ResponseRules } from '../stages/response/response-rule.js';
import { openSentiment } from '../stages/sentiment/open-sentiment.js';
import type { SentimentStage } from '../stages/sentiment/sentiment.js';
import { readHotwords } from '../stages/stt/hotwords.js';
import type { Stt } from '../stages/stt/stt.js';
import { OnnxTurnEnd } from '../stages/turn-end/onnx-turn-end.js';
import { turnEndModel, turnEndModelName } from '../stages/turn-end/turn-end-model.js';
import type { TurnEndStage } from '../stages/turn-end/turn-end.js';
import { EspeakTts } from '../stages/tts/espeak-tts.js';
import { FliteTts } from '../stages/tts/flite-tts.js';
import type { Tts } from '../stages/tts/tts.js';
import { SileroVad, sileroBatchModel, sileroModelName } from '../stages/vad/silero-vad.js';
import type { Vad } from '../stages/vad/vad.js';
import { readHotwordsFile } from './hotwords-file.js';
import type { Config } from './option-table.js';
import { defaultRulesFile, watchResponseRules } from './response-rules-file.js';
import type { WatchedFile } from './watched-file.js';
import { openChosenStt, sttEngineOf, type SttPurpose } from './chosen-stt.js';

export interface VoiceStackOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const warmUpTimeoutMs = 30_000;

/** The recogniser's larger runs get a thread of their own where there are two, so that they do not delay VAD. */
const threadOf = { vad: 0, turnEnd: 0, sentiment: 0, emotion: 0, stt: 1 } as const;

export class VoiceStack implements AsyncDisposable {
  readonly manifest: ModelManifest;
  readonly #options: VoiceStackOptions;
  readonly #host: InferenceHost;
  readonly #opened: AsyncDisposable[] = [];

  private constructor(options: VoiceStackOptions, manifest: ModelManifest) {
    this.manifest = manifest;
    this.#options = options;
    const { config, clock, logger, metrics } = options;
    this.#host = new InferenceHost({
      manifest,
      providers: config.providers,
      workerCount: config.inferenceWorkers,
      intraOpThreads: config.intraOpThreads,
      clock,
      logger,
      metrics,
    });
  }

  /** Reads the manifest; loads no model yet. Throws MODEL_MISSING or MODEL_CORRUPT. */
  static async create(options: VoiceStackOptions): Promise<VoiceStack> {
    return new VoiceStack(options, await ModelManifest.read(options.config.modelDir));
  }

  get openedModels(): readonly OpenedModel[] {
    return this.#host.opened;
  }

  /** The opened models that judge feelings, with the digests of their weights. */
  get emotionModels(): readonly RecordedModel[] {
    const judging = this.#host.opened.filter(({ modelName }) => /^(?:emotion|sentiment)-/u.test(modelName));
    return judging.map(({ modelName: name }) => ({ name, sha256: this.manifest.find(name).sha256 }));
  }

  /** `windowTimeoutMs` for recordings, which nobody waits for at the other end of a line. */
  async openVad(patience: { readonly windowTimeoutMs?: number } = {}): Promise<Vad> {
    const batcher = await this.#host.openBatcher(sileroModelName, sileroBatchModel, {
      thread: threadOf.vad,
      limits: this.#limits,
    });
    return this.#own(new SileroVad({ batcher, clock: this.#options.clock, ...patience }));
  }

  /** Throws as `InferenceHost.openBatcher`. */
  async openTurnEnd(): Promise<TurnEndStage> {
    const batcher = await this.#host.openBatcher(turnEndModelName, turnEndModel, {
      thread: threadOf.turnEnd,
      limits: this.#limits,
    });
    return this.#own(new OnnxTurnEnd(batcher));
  }

  /** The recogniser of the configuration. Throws as `openChosenStt`. */
  async openStt(purpose: SttPurpose = {}): Promise<Stt> {
    const { config, clock, logger } = this.#options;
    const hotwords = await readHotwordsFile(config.hotwordsFile);
    const { ignored } = readHotwords(hotwords);
    if (ignored.length > 0)
      logger.warn('hot words of the file left out', { count: ignored.length, reason: ignored[0]?.reason });
    const parts = { host: this.#host, manifest: this.manifest, thread: threadOf.stt, limits: this.#limits, clock };
    return this.#own(await openChosenStt(config, { ...parts, hotwords }, purpose));
  }

  async openVoiceEmotion(): Promise<VoiceEmotionStage> {
    const batcher = await this.#host.openBatcher(
      voiceEmotionModelOf(this.#options.config.licence),
      prosodyEmotionModel,
      {
        thread: threadOf.emotion,
        limits: this.#limits,
      },
    );
    return this.#own(new OnnxVoiceEmotion({ extractor: new WorkerVoiceFeatures(), batcher }));
  }

  async openSentiment(): Promise<SentimentStage> {
    const { manifest } = this;
    return this.#own(
      await openSentiment({
        host: this.#host,
        manifest,
        thread: threadOf.sentiment,
        limits: this.#limits,
        multilingual: this.#options.config.licence === 'any',
      }),
    );
  }

  async openTts(signal: AbortSignal): Promise<Tts> {
    const { config, clock } = this.#options;
    if (config.ttsEngine === 'espeak') return this.#own(EspeakTts.open({ clock }));
    const tts = this.#own(new FliteTts({ clock }));
    await tts.warmUp(signal);
    return tts;
  }

  /** The language model of the configuration, or the embedded responder. Throws OPTION_INVALID. */
  async openResponder(): Promise<Responder> {
    const { config, clock } = this.#options;
    if (config.llmBaseUrl === null) return new EmbeddedResponder({ clock });
    const responder = new ChatCompletionsResponder({
      baseUrl: config.llmBaseUrl,
      model: config.llmModel,
      apiKey: config.llmApiKey,
      firstTokenTimeoutMs: config.firstTokenTimeoutMs,
      promptTemplate: await readTemplate(config.promptTemplateFile),
      clock,
    });
    return config.maskPrompts === 'on' ? new MaskedResponder(responder) : responder;
  }

  /** Read again whenever the file changes. Throws FILE_UNREADABLE or RULES_INVALID. */
  async openResponseRules(): Promise<WatchedFile<ResponseRules>> {
    const { config, clock, logger } = this.#options;
    return this.#own(await watchResponseRules(config.responseRulesFile ?? defaultRulesFile, { clock, logger }));
  }

  /** Everything a call needs, loaded side by side. */
  async openAbilities(load: Load, signal: AbortSignal): Promise<Abilities> {
    const { config, clock, logger, metrics } = this.#options;
    const absent = Promise.resolve(null);
    const opening = [
      this.openVad(),
      this.openStt(),
      config.turnEnd === 'cadence' ? absent : this.openTurnEndIfPossible(),
      config.emotion === 'off' ? absent : this.openVoiceEmotion(),
      config.emotion === 'off' ? absent : this.openSentiment(),
      this.openTts(signal),
      this.openResponder(),
      this.openResponseRules(),
    ] as const;
    // What opens after another has failed must be there to be closed.
    await Promise.allSettled(opening);
    const [vad, stt, turnEnd, voiceEmotion, sentiment, tts, responder, responseRules] = await Promise.all(opening);
    // A server on the network is somebody else's to warm up, and may charge for it.
    await warmUp(
      { stt: sttEngineOf(config) === 'remote' ? null : stt, turnEnd, voiceEmotion, sentiment, clock },
      signal,
    );
    return { vad, stt, turnEnd, voiceEmotion, sentiment, tts, responder, responseRules, load, clock, logger, metrics };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const ability of this.#opened.splice(0).reverse()) await ability[Symbol.asyncDispose]();
    await this.#host[Symbol.asyncDispose]();
  }

  /** Null where the folder of models lacks it or it does not load, which is logged and counted: turns end without it too. */
  async openTurnEndIfPossible(): Promise<TurnEndStage | null> {
    const { logger, metrics } = this.#options;
    try {
      return await this.openTurnEnd();
    } catch (error) {
      const { code, message } = toAttuneError(error, 'INTERNAL');
      logger.warn('no end-of-turn model; turns end by words and cadence', { code, reason: message });
      metrics.count('degraded_total', { component: 'turn-end', code });
      return null;
    }
  }

  get #limits(): BatcherLimits {
    const { maxBatchSize, maxQueueDelayMs, maxQueueDepth } = this.#options.config;
    return { maxBatchSize, maxQueueDelayMs, maxQueueDepth };
  }

  #own<T extends AsyncDisposable>(ability: T): T {
    this.#opened.push(ability);
    return ability;
  }
}

/** Runs every model once, so that the first caller waits for no compiler and no thread. */
async function warmUp(
  abilities: Pick<Abilities, 'turnEnd' | 'voiceEmotion' | 'sentiment' | 'clock'> & { readonly stt: Stt | null },
  signal: AbortSignal,
): Promise<void> {
  const { stt, turnEnd, voiceEmotion, sentiment, clock } = abilities;
  const callId = 'warm-up';
  const deadlineMs = clock.nowMs() + warmUpTimeoutMs;
  // A buzz at 125 Hz: voiced enough for every step of the voice features to run.
  const buzz = Float32Array.from(
    { length: 2 * modelSampleRateHz },
    (_, index) => 0.2 * (((index % 128) / 128) * 2 - 1),
  );
  const utterance = stt?.open({ signal, callId, hotwords: [] });
  utterance?.accept(buzz);
  await Promise.all([
    utterance?.finish(),
    turnEnd?.estimate(buzz, { callId, signal, deadlineMs }),
    voiceEmotion?.estimate(buzz, { baseline: null, callId, signal, deadlineMs }),
    // One language of each model.
    ...['en', 'de'].map((language) =>
      sentiment?.languages.includes(language) === true
        ? sentiment.analyse('good to have you here', { language, callId, signal, deadlineMs })
        : undefined,
    ),
  ]);
}

async function readTemplate(file: string | null): Promise<PromptTemplate> {
  if (file === null) return new PromptTemplate();
  let template: string;
  try {
    template = await readFile(file, 'utf8');
  } catch (error) {
    throw new AttuneError('FILE_UNREADABLE', `the prompt template ${file} cannot be read`, {
      field: 'promptTemplateFile',
      cause: error,
    });
  }
  return new PromptTemplate(template);
}
