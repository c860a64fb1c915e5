/**
 * A telephone line between a caller and a wire, both ways: codec, noise, loss, delay, jitter, clock drift, and the echo of
 * the agent at the caller's end.
 *
 * Chance comes from a seed, so a call can be had again. Losses follow Gilbert and Elliott's two states: in the bad one
 * every frame is lost. Jitter is played out by a buffer of its depth at the far end; what comes later than that is lost too.
 * Holds no clock: it is asked when a frame is delivered.
 */
import { decodeMulaw, encodeMulaw } from '../audio/g711.js';
import { seededRandom } from '../core/seeded-random.js';
import type { LineQuality } from './line-quality.js';
import { frameMs } from './wires/caller-wire.js';

export interface LineOptions extends LineQuality {
  readonly seed: number;
  readonly sampleRateHz: number;
  /** Level of the speech over which `snrDb` is meant, dBFS. */
  readonly speechLevelDb: number;
}

export interface LineCounts {
  readonly frames: number;
  readonly lost: number;
  /** Lost because they came after the jitter buffer had to play them. */
  readonly late: number;
}

/** What the line has made of a frame. */
export interface LineFrame {
  /** Null when it was lost. */
  readonly samples: Float32Array | null;
  /** After it was put into the line. */
  readonly delayMs: number;
}

export class TelephoneLine {
  readonly up: LineDirection;
  readonly down: LineDirection;
  /** Milliseconds of the caller's clock to one of the world's. */
  readonly clockRate: number;
  readonly echoDelayMs: number;
  readonly #echoGain: number;

  constructor(options: LineOptions) {
    this.up = new LineDirection(options, options.seed * 2 + 1, options.snrDb);
    // The caller's room is heard by the agent, not by the caller.
    this.down = new LineDirection(options, options.seed * 2 + 2, null);
    this.clockRate = 1 + options.driftPpm * 1e-6;
    this.echoDelayMs = options.echoDelayMs;
    this.#echoGain = options.echoLossDb === null ? 0 : 10 ** (-options.echoLossDb / 20);
  }

  /** The caller's frame with what the microphone takes of what the caller heard `echoDelayMs` before. */
  withEcho(frame: Float32Array, heard: Float32Array): Float32Array {
    if (this.#echoGain === 0) return frame;
    return frame.map((sample, at) => clipped(sample + this.#echoGain * (heard[at] ?? 0)));
  }
}

/** One direction. Frames go in in order. */
export class LineDirection {
  readonly #options: LineOptions;
  readonly #random: () => number;
  readonly #noiseAmplitude: number;
  readonly #bufferMs: number;
  #isBad = false;
  #noise = 0;
  #counts = { frames: 0, lost: 0, late: 0 };

  constructor(options: LineOptions, seed: number, snrDb: number | null) {
    this.#options = options;
    this.#random = seededRandom(seed);
    // White noise of unit power behind a pole at `noiseMemory` has the power 1 / (1 − memory²).
    const levelDb = options.speechLevelDb - (snrDb ?? Number.POSITIVE_INFINITY);
    this.#noiseAmplitude = 10 ** (levelDb / 20) * Math.sqrt(3) * Math.sqrt(1 - noiseMemory ** 2);
    this.#bufferMs = options.jitterMs;
  }

  /** From one end to the other, the jitter buffer included. */
  get latencyMs(): number {
    return this.#options.delayMs + this.#bufferMs;
  }

  get counts(): LineCounts {
    return this.#counts;
  }

  carry(samples: Float32Array): LineFrame {
    const { codec } = this.#options;
    const jitterMs = this.#jitterMs();
    const isLost = this.#loses();
    const isLate = jitterMs > this.#bufferMs;
    this.#counts.frames += 1;
    if (isLost) this.#counts.lost += 1;
    else if (isLate) this.#counts.late += 1;
    const noisy = this.#withNoise(samples);
    const coded = codec === 'mulaw' ? decodeMulaw(encodeMulaw(noisy)) : noisy;
    return { samples: isLost || isLate ? null : coded, delayMs: this.latencyMs };
  }

  /** Half a bell curve of which the buffer holds `deviationsInBuffer` deviations. */
  #jitterMs(): number {
    const { jitterMs } = this.#options;
    if (jitterMs === 0) return 0;
    const bell = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return (Math.abs(bell) * jitterMs) / deviationsInBuffer;
  }

  #loses(): boolean {
    const { lossShare, burstFrames } = this.#options;
    if (lossShare === 0) return false;
    // Losses that know nothing of each other stay in the bad state with the probability of a loss.
    const stay = Math.max(lossShare, 1 - 1 / burstFrames);
    const enter = (lossShare * (1 - stay)) / (1 - lossShare);
    this.#isBad = this.#random() < (this.#isBad ? stay : enter);
    return this.#isBad;
  }

  #withNoise(samples: Float32Array): Float32Array {
    if (this.#noiseAmplitude === 0) return samples;
    return samples.map((sample) => {
      this.#noise = noiseMemory * this.#noise + this.#noiseAmplitude * (2 * this.#random() - 1);
      return sample + this.#noise;
    });
  }
}

/** Rooms and streets are louder below: a pole that falls from a few hundred hertz on at 8 kHz. */
const noiseMemory = 0.8;
/** One frame in 370 comes later than the buffer plays it. */
const deviationsInBuffer = 3;

function clipped(sample: number): number {
  return Math.max(-1, Math.min(1, sample));
}

/** What a lost frame of 20 ms sounds like. */
export function silentFrame(sampleRateHz: number): Float32Array {
  return new Float32Array((sampleRateHz * frameMs) / 1000);
}
