/**
 * Tapes of calls whose truth is known to the sample: clips with hard edges laid at chosen instants, over a chosen line.
 */
import { readFileSync } from 'node:fs';
import { decodeMulaw, encodeMulaw } from '../../src/audio/g711.js';
import { resampleAll } from '../../src/audio/resampler.js';
import { readWav } from '../../src/audio/wav-file.js';
import { seededRandom } from '../../src/core/seeded-random.js';

/** A fixture at `sampleRateHz` without the quiet before and after: from the first to the last sample above −40 dBFS. */
export function trimmedClip(name: string, sampleRateHz: number): Float32Array {
  const wav = readWav(readFileSync(`audio-fixtures/${name}.wav`));
  const samples = resampleAll(wav.channels[0]!, { sourceRateHz: wav.sampleRateHz, targetRateHz: sampleRateHz });
  const isHeard = (sample: number): boolean => Math.abs(sample) >= 0.01;
  return samples.slice(samples.findIndex(isHeard), samples.findLastIndex(isHeard) + 1);
}

export class ScriptedChannel {
  readonly samples: Float32Array;

  constructor(
    readonly durationMs: number,
    readonly sampleRateHz: number,
  ) {
    this.samples = new Float32Array((durationMs * sampleRateHz) / 1000);
  }

  /** Lays a clip at an instant and answers where it ends. */
  lay(clip: Float32Array, atMs: number, gain = 1): number {
    const from = Math.round((atMs * this.sampleRateHz) / 1000);
    for (const [index, sample] of clip.entries()) this.samples[from + index]! += sample * gain;
    return atMs + (clip.length * 1000) / this.sampleRateHz;
  }

  /** White noise of a level from an instant on. */
  noise(levelDb: number, fromMs = 0): this {
    const random = seededRandom(7);
    const amplitude = 10 ** (levelDb / 20) * Math.sqrt(3);
    for (let at = Math.round((fromMs * this.sampleRateHz) / 1000); at < this.samples.length; at += 1) {
      this.samples[at]! += amplitude * (2 * random() - 1);
    }
    return this;
  }

  silence(fromMs: number, durationMs: number): void {
    const perMs = this.sampleRateHz / 1000;
    this.samples.fill(0, Math.round(fromMs * perMs), Math.round((fromMs + durationMs) * perMs));
  }

  /** As a telephone line leaves it. */
  overMulaw(): Float32Array {
    return decodeMulaw(encodeMulaw(this.samples));
  }
}
