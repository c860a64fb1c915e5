/**
 * Cuts finished speech into blocks of 40 ms, so that whoever plays it can be stopped within one.
 */

/** Duration of a block in ms. */
export const blockMs = 40;

/** Consecutive copies of `samples`, the last one shorter. Ends with the signal's reason when it aborts. */
export function* speechBlocks(
  samples: Float32Array,
  options: { readonly sampleRateHz: number; readonly signal: AbortSignal },
): Generator<Float32Array> {
  const blockSamples = Math.round((blockMs * options.sampleRateHz) / 1000);
  for (let at = 0; at < samples.length; at += blockSamples) {
    options.signal.throwIfAborted();
    yield samples.slice(at, at + blockSamples);
  }
}

/** Silence of a duration. */
export function silence(options: { readonly durationMs: number; readonly sampleRateHz: number }): Float32Array {
  return new Float32Array(Math.round((options.durationMs * options.sampleRateHz) / 1000));
}
