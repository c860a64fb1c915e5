/**
 * Changes the sample rate of a stream, block by block, without seams between the blocks.
 *
 * The filter is the Speex resampler in WebAssembly, loaded once when this module is imported and shared by all streams.
 * Its state lives in the module's memory: dispose of every resampler. Output is aligned with the input: output sample n
 * stands for input time n / targetRateHz. The filter looks ahead by half its length, so the last milliseconds come
 * with `flush`.
 */
import loadSpeexResampler, { type SpeexResamplerModule } from '@echogarden/speex-resampler-wasm';
import { assert } from '../core/assert.js';
import { AttuneError } from '../core/errors.js';

/** Lowest and highest rate a resampler accepts on either side; any whole number between them will do. */
export const lowestSampleRateHz = 4_000;
export const highestSampleRateHz = 192_000;

export interface ResamplerOptions {
  readonly sourceRateHz: number;
  readonly targetRateHz: number;
}

/** 0 fastest … 10 best. 4 keeps aliases below −90 dB at a quarter of a percent of a core for 48 → 16 kHz. */
const quality = 4;
const blockSamples = 1_024;
const bytesPerSample = 4;

const speex: SpeexResamplerModule = await loadSpeexResampler();

/** Throws AUDIO_RATE_UNSUPPORTED unless the rate is a whole number a resampler accepts; `field` names the input. */
export function checkSampleRate(sampleRateHz: number, field = 'sampleRateHz'): void {
  const inRange = sampleRateHz >= lowestSampleRateHz && sampleRateHz <= highestSampleRateHz;
  if (Number.isInteger(sampleRateHz) && inRange) return;
  const accepted = `a whole number of ${lowestSampleRateHz} to ${highestSampleRateHz} Hz`;
  throw new AttuneError('AUDIO_RATE_UNSUPPORTED', `${sampleRateHz} Hz is not ${accepted}`, { field });
}

export class Resampler implements Disposable {
  readonly sourceRateHz: number;
  readonly targetRateHz: number;
  readonly #filter: SpeexFilter | undefined;
  #inputCount = 0;
  #outputCount = 0;

  /** Equal rates pass samples through. Throws AUDIO_RATE_UNSUPPORTED. */
  constructor(options: ResamplerOptions) {
    checkSampleRate(options.sourceRateHz, 'sourceRateHz');
    checkSampleRate(options.targetRateHz, 'targetRateHz');
    this.sourceRateHz = options.sourceRateHz;
    this.targetRateHz = options.targetRateHz;
    if (options.sourceRateHz !== options.targetRateHz) this.#filter = new SpeexFilter(options);
  }

  /** What can be told from the input so far; often a few samples short of it. The array belongs to the caller. */
  process(samples: Float32Array): Float32Array {
    if (!this.#filter) return samples.slice();
    this.#inputCount += samples.length;
    const output = this.#filter.run(samples);
    this.#outputCount += output.length;
    return output;
  }

  /** The rest of the stream: input · target / source samples in all. Afterwards the resampler is as new. */
  flush(): Float32Array {
    if (!this.#filter) return new Float32Array(0);
    const wholeCount = Math.round((this.#inputCount * this.targetRateHz) / this.sourceRateHz);
    const tail = this.#filter.run(new Float32Array(this.#filter.inputLatencySamples + blockSamples));
    const rest = tail.slice(0, Math.max(0, wholeCount - this.#outputCount));
    this.reset();
    return rest;
  }

  /** Forgets the stream so far, as after a gap. */
  reset(): void {
    this.#filter?.reset();
    this.#inputCount = 0;
    this.#outputCount = 0;
  }

  /** Frees the filter's memory; the resampler must not be used afterwards. Harmless when repeated. */
  [Symbol.dispose](): void {
    this.#filter?.dispose();
  }
}

/** Resamples a finished recording in one go. Throws AUDIO_RATE_UNSUPPORTED. */
export function resampleAll(samples: Float32Array, options: ResamplerOptions): Float32Array {
  using resampler = new Resampler(options);
  const head = resampler.process(samples);
  const tail = resampler.flush();
  const whole = new Float32Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

/** One filter state and its two blocks of scratch memory inside the WebAssembly module. */
class SpeexFilter {
  readonly #outputCapacity: number;
  readonly #inputAddress: number;
  readonly #outputAddress: number;
  readonly #countsAddress: number;
  #state: number;

  constructor({ sourceRateHz, targetRateHz }: ResamplerOptions) {
    this.#outputCapacity = Math.ceil((blockSamples * targetRateHz) / sourceRateHz) + 64;
    this.#inputAddress = speex._malloc((blockSamples + this.#outputCapacity + 2) * bytesPerSample);
    this.#outputAddress = this.#inputAddress + blockSamples * bytesPerSample;
    this.#countsAddress = this.#outputAddress + this.#outputCapacity * bytesPerSample;
    this.#state = speex._speex_resampler_init(1, sourceRateHz, targetRateHz, quality, this.#countsAddress);
    assert(this.#inputAddress !== 0 && this.#state !== 0, 'the resampler has no memory left');
    speex._speex_resampler_skip_zeros(this.#state);
  }

  get inputLatencySamples(): number {
    return speex._speex_resampler_get_input_latency(this.#state);
  }

  run(samples: Float32Array): Float32Array {
    assert(this.#state !== 0, 'the resampler was disposed of');
    const blocks: Float32Array[] = [];
    let outputCount = 0;
    for (let at = 0; at < samples.length;) {
      const input = samples.subarray(at, at + blockSamples);
      speex.HEAPF32.set(input, this.#inputAddress / bytesPerSample);
      const counts = this.#countsAddress / bytesPerSample;
      speex.HEAPU32[counts] = input.length;
      speex.HEAPU32[counts + 1] = this.#outputCapacity;
      speex._speex_resampler_process_float(
        this.#state,
        0,
        this.#inputAddress,
        this.#countsAddress,
        this.#outputAddress,
        this.#countsAddress + bytesPerSample,
      );
      const first = this.#outputAddress / bytesPerSample;
      const block = speex.HEAPF32.slice(first, first + speex.HEAPU32[counts + 1]!);
      const consumedCount = speex.HEAPU32[counts];
      assert(consumedCount > 0 || block.length > 0, 'the resampler does not advance');
      blocks.push(block);
      outputCount += block.length;
      at += consumedCount;
    }
    if (blocks.length === 1) return blocks[0]!;
    const output = new Float32Array(outputCount);
    let offset = 0;
    for (const block of blocks) {
      output.set(block, offset);
      offset += block.length;
    }
    return output;
  }

  reset(): void {
    speex._speex_resampler_reset_mem(this.#state);
    speex._speex_resampler_skip_zeros(this.#state);
  }

  dispose(): void {
    if (this.#state === 0) return;
    speex._speex_resampler_destroy(this.#state);
    speex._free(this.#inputAddress);
    this.#state = 0;
  }
}
