/**
 * The acoustic model: one chunk of log-mel frames per request, its streaming state in the request and back in the result.
 *
 *   in   features               float32 [batch, 4·C + 3, 80]             16 kHz log-mel; the first 3 frames are the previous chunk's last
 *        attention_cache        float32 [batch, layers, left, 2·width]   keys and values of earlier frames, zeros for a new utterance
 *        conv_cache             float32 [batch, layers, width, kernel−1] inputs of earlier frames, zeros for a new utterance
 *        cached_frames          int64   [batch]                          valid frames of attention_cache, 0 for a new utterance
 *   out  log_probs              float32 [batch, C, vocabulary]           natural log posteriors, blank first, 40 ms per frame
 *        next_attention_cache, next_conv_cache, next_cached_frames       pass back in the next request
 *
 * Rows are independent, so requests of any utterances with equal C share a batch.
 */
import { assert, defined } from '../../core/assert.js';
import type { BatchModel } from '../../inference/batcher.js';
import type { Tensor, TensorMap } from '../../inference/tensor.js';
import { melBandCount } from '../../dsp/mel.js';

/** Mel frames before a chunk that its first frame needs. */
export const contextFrames = 3;
/** Mel frames (10 ms) per encoder frame. */
export const melFramesPerEncoderFrame = 4;

/** What one utterance carries from chunk to chunk. Requests copy the arrays, so that several may start from one state. */
export interface AcousticState {
  readonly attentionCache: Float32Array;
  readonly convCache: Float32Array;
  readonly cachedFrames: number;
}

export interface AcousticRequest {
  /** [4·chunkFrames + 3, 80], row-major. */
  readonly features: Float32Array;
  /** Encoder frames in the chunk. */
  readonly chunkFrames: number;
  readonly state: AcousticState;
}

export interface AcousticResult {
  /** [chunkFrames, vocabulary] natural log posteriors. */
  readonly logProbs: Float32Array;
  readonly state: AcousticState;
}

/** Sizes that fix the caches, from the model's metadata. */
export interface AcousticShape {
  readonly layers: number;
  readonly width: number;
  /** Earlier encoder frames that attention sees. */
  readonly left: number;
  readonly kernel: number;
  readonly vocabularySize: number;
}

/** The state of an utterance that has heard nothing. */
export function initialAcousticState(shape: AcousticShape): AcousticState {
  return {
    attentionCache: new Float32Array(shape.layers * shape.left * 2 * shape.width),
    convCache: new Float32Array(shape.layers * shape.width * (shape.kernel - 1)),
    cachedFrames: 0,
  };
}

export class CtcAcousticModel implements BatchModel<AcousticRequest, AcousticResult> {
  readonly shape: AcousticShape;

  constructor(shape: AcousticShape) {
    this.shape = shape;
  }

  bucketOf(request: AcousticRequest): string {
    return String(request.chunkFrames);
  }

  collate(requests: readonly AcousticRequest[]): TensorMap {
    const { layers, left, width, kernel } = this.shape;
    const batch = requests.length;
    const melFrames = defined(requests[0], 'first request').chunkFrames * melFramesPerEncoderFrame + contextFrames;
    return {
      features: joined(
        requests.map((request) => request.features),
        [melFrames, melBandCount],
      ),
      attention_cache: joined(
        requests.map((request) => request.state.attentionCache),
        [layers, left, 2 * width],
      ),
      conv_cache: joined(
        requests.map((request) => request.state.convCache),
        [layers, width, kernel - 1],
      ),
      cached_frames: {
        data: BigInt64Array.from(requests, (request) => BigInt(request.state.cachedFrames)),
        shape: [batch],
      },
    };
  }

  split(outputs: TensorMap, requestCount: number): readonly AcousticResult[] {
    const logProbs = rows(outputs, 'log_probs', requestCount);
    const attentionCache = rows(outputs, 'next_attention_cache', requestCount);
    const convCache = rows(outputs, 'next_conv_cache', requestCount);
    const cachedFrames = defined(outputs['next_cached_frames'], 'next_cached_frames').data;
    return logProbs.map((values, row) => ({
      logProbs: values,
      state: {
        attentionCache: defined(attentionCache[row], 'attention cache'),
        convCache: defined(convCache[row], 'convolution cache'),
        cachedFrames: Number(cachedFrames[row]),
      },
    }));
  }
}

/** Equal rows as one tensor [batch, …rowShape]. */
function joined(parts: readonly Float32Array[], rowShape: readonly number[]): Tensor {
  const size = rowShape.reduce((product, length) => product * length, 1);
  const data = new Float32Array(size * parts.length);
  parts.forEach((part, row) => {
    assert(part.length === size, `a row has ${part.length} values instead of ${size}`);
    data.set(part, row * size);
  });
  return { data, shape: [parts.length, ...rowShape] };
}

/** Copies of the rows of one output, so that no row keeps the whole batch alive. */
function rows(outputs: TensorMap, name: string, count: number): Float32Array[] {
  const { data } = defined(outputs[name], name);
  assert(data instanceof Float32Array && data.length % count === 0, `${name} is not ${count} float rows`);
  const size = data.length / count;
  return Array.from({ length: count }, (_, row) => data.slice(row * size, (row + 1) * size));
}
