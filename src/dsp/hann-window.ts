/**
 * The window that every short-time analysis here uses.
 *
 * Owns one formula. The window is periodic (divided by its length, not by length − 1), as in
 * `torch.hann_window` and `scipy.signal.get_window('hann', n)`: what the models are trained on.
 */

/** Periodic Hann window: `0.5 − 0.5·cos(2πn / sampleCount)`; a new array in the range 0…1. */
export function hannWindow(sampleCount: number): Float64Array {
  const window = new Float64Array(sampleCount);
  for (let n = 0; n < sampleCount; n += 1) {
    window[n] = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / sampleCount);
  }
  return window;
}
