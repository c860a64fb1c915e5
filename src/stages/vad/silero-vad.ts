/**
 * Silero VAD over one window per call, batched over all calls.
 *
 *   in   input   float32 [batch, 576]     last 64 samples of the previous window, then 512 new; 16 kHz, −1…1
 *        state   float32 [2, batch, 128]  recurrent state, zeros for a new stream
 *        sr      int64   []               16000
 *   out  output  float32 [batch, 1]       speech probability
 *        stateN  float32 [2, batch, 128]  pass back as `state`
 *
 * The 64 samples of context matter: without them the probability of speech stays near zero for the v6 weights. State
 * travels in the request, so any row can be in any batch; its rows lie in the middle dimension.
 */
import { modelSampleRateHz } from '../../audio/audio-frame.js';
import { assert, defined } from '../../core/assert.js';
import type { Clock } from '../../core/clock.js';
import type { Batcher, BatchModel } from '../../inference/batcher.js';
import type { TensorMap } from '../../inference/tensor.js';
import { vadWindowSamples, type Vad, type VadStream } from './vad.js';

export const sileroModelName = 'silero-vad';

const contextSamples = 64;
const inputSamples = contextSamples + vadWindowSamples;
const stateLayers = 2;
const stateWidth = 128;
/** A window is 32 ms; a result later than this comes too late to end a turn in time. */
const callWindowTimeoutMs = 2_000;

export interface SileroRequest {
  /** [576] */
  readonly input: Float32Array;
  /** [2, 128] */
  readonly state: Float32Array;
}

export interface SileroResult {
  readonly speechProbability: number;
  /** [2, 128] */
  readonly state: Float32Array;
}

export const sileroBatchModel: BatchModel<SileroRequest, SileroResult> = {
  bucketOf: () => 'window',

  collate(requests): TensorMap {
    const batch = requests.length;
    const input = new Float32Array(batch * inputSamples);
    const state = new Float32Array(stateLayers * batch * stateWidth);
    requests.forEach((request, row) => {
      input.set(request.input, row * inputSamples);
      for (let layer = 0; layer < stateLayers; layer += 1) {
        state.set(
          request.state.subarray(layer * stateWidth, (layer + 1) * stateWidth),
          (layer * batch + row) * stateWidth,
        );
      }
    });
    return {
      input: { data: input, shape: [batch, inputSamples] },
      state: { data: state, shape: [stateLayers, batch, stateWidth] },
      sr: { data: BigInt64Array.of(BigInt(modelSampleRateHz)), shape: [] },
    };
  },

  split(outputs, requestCount): readonly SileroResult[] {
    const probabilities = defined(outputs['output'], 'output').data as Float32Array;
    const next = defined(outputs['stateN'], 'stateN').data as Float32Array;
    return Array.from(probabilities, (speechProbability, row) => {
      const state = new Float32Array(stateLayers * stateWidth);
      for (let layer = 0; layer < stateLayers; layer += 1) {
        const start = (layer * requestCount + row) * stateWidth;
        state.set(next.subarray(start, start + stateWidth), layer * stateWidth);
      }
      return { speechProbability, state };
    });
  },
};

export interface SileroVadOptions {
  /** Lent. */
  readonly batcher: Batcher<SileroRequest, SileroResult>;
  readonly clock: Clock;
  /** How long a window may take, waiting included; what suits a call by default. */
  readonly windowTimeoutMs?: number;
}

interface StreamOptions {
  readonly signal: AbortSignal;
  readonly callId: string;
  readonly windowTimeoutMs: number;
}

export class SileroVad implements Vad {
  readonly name = sileroModelName;
  readonly #batcher: Batcher<SileroRequest, SileroResult>;
  readonly #clock: Clock;
  readonly #windowTimeoutMs: number;

  constructor(options: SileroVadOptions) {
    this.#batcher = options.batcher;
    this.#clock = options.clock;
    this.#windowTimeoutMs = options.windowTimeoutMs ?? callWindowTimeoutMs;
  }

  openStream(options: { readonly signal: AbortSignal; readonly callId: string }): VadStream {
    return new SileroStream(this.#batcher, this.#clock, { ...options, windowTimeoutMs: this.#windowTimeoutMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class SileroStream implements VadStream {
  readonly #batcher: Batcher<SileroRequest, SileroResult>;
  readonly #clock: Clock;
  readonly #options: StreamOptions;
  #state: Float32Array = new Float32Array(stateLayers * stateWidth);
  #context = new Float32Array(contextSamples);

  constructor(batcher: Batcher<SileroRequest, SileroResult>, clock: Clock, options: StreamOptions) {
    this.#batcher = batcher;
    this.#clock = clock;
    this.#options = options;
  }

  async accept(window: Float32Array): Promise<number> {
    assert(window.length === vadWindowSamples, `a VAD window has ${vadWindowSamples} samples, not ${window.length}`);
    const input = new Float32Array(inputSamples);
    input.set(this.#context);
    input.set(window, contextSamples);
    // Also when the run fails: the next window follows on this one, only the state has missed it.
    this.#context = input.slice(inputSamples - contextSamples);
    const { signal, callId, windowTimeoutMs } = this.#options;
    const deadlineMs = this.#clock.nowMs() + windowTimeoutMs;
    const result = await this.#batcher.submit({ input, state: this.#state }, { signal, callId, deadlineMs });
    this.#state = result.state;
    return result.speechProbability;
  }

  reset(): void {
    this.#state = new Float32Array(stateLayers * stateWidth);
    this.#context = new Float32Array(contextSamples);
  }
}
