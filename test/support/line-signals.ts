/**
 * What sounds on a telephone line besides people: tones, pauses and noise at 8 kHz, through μ-law as a line carries them.
 */
import { decodeMulaw, encodeMulaw } from '../../src/audio/g711.js';
import { seededRandom } from '../../src/core/seeded-random.js';

export const lineRateHz = 8_000;

/** Tones at once, each at the level, or a pause without any. */
export interface LineSignal {
  readonly tonesHz: readonly number[];
  readonly durationMs: number;
  /** RMS of each tone in dBFS; −15 unless said. */
  readonly levelDb?: number;
}

export const tone = (frequencyHz: number, durationMs: number, levelDb?: number): LineSignal => ({
  tonesHz: [frequencyHz],
  durationMs,
  ...(levelDb === undefined ? {} : { levelDb }),
});

export const pause = (durationMs: number): LineSignal => ({ tonesHz: [], durationMs });

/** 8 kHz samples of the signals one after the other, over noise of that RMS in dBFS. */
export function lineSignals(signals: readonly LineSignal[], noiseDb = -60): Float32Array {
  const random = seededRandom(1);
  const noiseAmplitude = Math.sqrt(3) * 10 ** (noiseDb / 20);
  const samples = signals.flatMap(({ tonesHz, durationMs, levelDb = -15 }) => {
    const amplitude = Math.SQRT2 * 10 ** (levelDb / 20);
    return Array.from({ length: Math.round((durationMs * lineRateHz) / 1000) }, (_, at) => {
      const noise = noiseAmplitude * (2 * random() - 1);
      return tonesHz.reduce((sum, hz) => sum + amplitude * Math.sin((2 * Math.PI * hz * at) / lineRateHz), noise);
    });
  });
  return decodeMulaw(encodeMulaw(Float32Array.from(samples)));
}
