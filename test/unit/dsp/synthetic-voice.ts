/**
 * A vowel whose pitch, loudness and noise are known exactly: the ground truth of the dsp tests.
 */

/**
 * 16 kHz samples: a pulse train through two formants (600 and 1200 Hz). Pitch and level glide evenly, on a log scale.
 */
export function syntheticVowel(options: {
  readonly durationS: number;
  readonly startF0Hz: number;
  readonly endF0Hz?: number;
  readonly endLevelDb?: number;
  readonly noiseLevel?: number;
}): Float32Array {
  const { durationS, startF0Hz, endF0Hz = startF0Hz, endLevelDb = 0, noiseLevel = 0.003 } = options;
  const sampleCount = Math.round(durationS * 16_000);
  const pulses = new Float32Array(sampleCount);
  let phase = 0;
  for (let n = 0; n < sampleCount; n += 1) {
    const before = phase;
    phase += (startF0Hz * (endF0Hz / startF0Hz) ** (n / sampleCount)) / 16_000;
    if (Math.floor(phase) > Math.floor(before)) pulses[n] = 0.02 * 10 ** ((endLevelDb * n) / sampleCount / 20);
  }
  const noise = deterministicNoise(sampleCount);
  return resonate(resonate(pulses, 600), 1200).map((sample, n) => sample + noiseLevel * noise[n]!);
}

/** White noise in −1…1 from the generator that the golden mel file documents; the same on every run. */
export function deterministicNoise(sampleCount: number): Float32Array {
  const noise = new Float32Array(sampleCount);
  let state = 1;
  for (let n = 0; n < sampleCount; n += 1) {
    state = (1_664_525 * state + 1_013_904_223) % 2 ** 32;
    noise[n] = state / 2 ** 31 - 1;
  }
  return noise;
}

function resonate(input: Float32Array, formantHz: number): Float32Array {
  const radius = 0.97;
  const feedback = 2 * radius * Math.cos((2 * Math.PI * formantHz) / 16_000);
  const output = new Float32Array(input.length);
  for (let n = 0; n < input.length; n += 1) {
    output[n] = input[n]! + feedback * (output[n - 1] ?? 0) - radius * radius * (output[n - 2] ?? 0);
  }
  return output;
}
