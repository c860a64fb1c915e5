/**
 * A CTC export as the engine of a recogniser: features where the network wants them, batcher, greedy decoding.
 *
 * The batcher is lent; the feature thread is owned. Features are made on a thread because those of a long window would
 * hold up the event loop for tens of milliseconds.
 */
import { AttuneError } from '../../../core/errors.js';
import type { Clock } from '../../../core/clock.js';
import type { BandMajorMel, MelNormalisation } from '../../../dsp/normalised-mel.js';
import type { Batcher } from '../../../inference/batcher.js';
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import type { DrivenEngine } from '../driven/driven-stt.js';
import type { TaskRequest, UtteranceTask } from '../driven/utterance-task.js';
import {
  WholeAudioTask,
  type RecordingRequest,
  type RecordingText,
  type WholeAudioOptions,
} from '../driven/whole-audio-task.js';
import { bestPath } from './ctc-best-path.js';
import type { CtcExportRequest, CtcExportResult, CtcInputKind } from './ctc-export-model.js';
import type { CtcVocabulary } from './ctc-vocabulary.js';
import type { MelRequest } from './mel-worker.js';

/** Where features are made: a `WorkerThread` around mel-worker, started by its first call. */
export interface MelThread extends AsyncDisposable {
  call(request: MelRequest): Promise<BandMajorMel>;
}

export interface CtcExportParts {
  readonly batcher: Batcher<CtcExportRequest, CtcExportResult>;
  readonly inputKind: CtcInputKind;
  readonly vocabulary: CtcVocabulary;
  readonly melThread: MelThread;
  readonly clock: Clock;
}

export interface CtcExportOptions extends WholeAudioOptions {
  /** Waveform models: bring each recording to mean 0 and variance 1 (`do_normalize` of the preprocessor). */
  readonly normaliseWaveform: boolean;
  readonly melNormalisation: MelNormalisation;
  /** Time one recording may take, queueing included. */
  readonly deadlineMs: number;
}

/** Networks with strides and attention fail below some samples: shorter recordings are padded with silence. */
const shortestSamples = modelSampleRateHz / 4;

export class CtcExportEngine implements DrivenEngine {
  readonly #parts: CtcExportParts;
  readonly #options: CtcExportOptions;

  constructor(parts: CtcExportParts, options: CtcExportOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  openTask(request: TaskRequest): UtteranceTask {
    return new WholeAudioTask((samples, recording) => this.#recognise(samples, recording), this.#options, request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.melThread[Symbol.asyncDispose]();
  }

  async #recognise(samples: Float32Array, { callId, signal }: RecordingRequest): Promise<RecordingText> {
    const { batcher, vocabulary, clock } = this.#parts;
    const deadlineMs = clock.nowMs() + this.#options.deadlineMs;
    const padded = withSilence(samples);
    const values = await this.#inputOf(padded);
    signal.throwIfAborted();
    const result = await batcher.submit({ values }, { signal, deadlineMs, callId });
    if (result.frames === 0) return { text: '', words: [] };
    if (result.values.length !== result.frames * vocabulary.pieces.length) {
      throw new AttuneError(
        'MODEL_INTERFACE_MISMATCH',
        `the model has ${result.values.length / result.frames} symbols, its list ${vocabulary.pieces.length}`,
      );
    }
    const msPerFrame = (padded.length * 1000) / modelSampleRateHz / result.frames;
    const { text, words } = bestPath({ ...result, msPerFrame }, vocabulary);
    const durationMs = (samples.length * 1000) / modelSampleRateHz;
    return { text, words: words.map((word) => ({ ...word, endMs: Math.min(word.endMs, durationMs) })) };
  }

  async #inputOf(samples: Float32Array): Promise<Float32Array> {
    if (this.#parts.inputKind === 'waveform') {
      return this.#options.normaliseWaveform ? standardised(samples) : samples;
    }
    return (await this.#parts.melThread.call({ samples, normalisation: this.#options.melNormalisation })).data;
  }
}

function withSilence(samples: Float32Array): Float32Array {
  if (samples.length >= shortestSamples) return samples;
  const padded = new Float32Array(shortestSamples);
  padded.set(samples);
  return padded;
}

/** Mean 0, variance 1, as the feature extractor of wav2vec2 (its guard is 1e-7). */
function standardised(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples.length;
  const scale = 1 / Math.sqrt(variance + 1e-7);
  return samples.map((value) => (value - mean) * scale);
}
