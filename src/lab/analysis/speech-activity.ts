/**
 * Where somebody speaks on one channel of a recording, by level alone: no model, the same answer every time. Pure.
 *
 * The threshold stands above the channel's own noise, so comfort noise and the rustle of μ-law are not speech. Noise is
 * what the quiet tenth of the channel has, and what is steady: a level that stays put for a fifth of a second is no
 * voice. Speech begins with the first sample window above the threshold and ends with the last one.
 */

export interface SpeechSegment {
  readonly startMs: number;
  readonly endMs: number;
}

export interface SpeechActivity {
  /** In order, not overlapping; pauses shorter than `closureMs` lie within a segment. */
  readonly segments: readonly SpeechSegment[];
  /** dBFS. */
  readonly noiseFloorDb: number;
  /** dBFS; louder is sound. */
  readonly thresholdDb: number;
}

/** The closure of a stop consonant is no pause. */
export const closureMs = 120;
/** Shorter sounds are clicks. */
const shortestSoundMs = 30;
/** Windows in which an edge is looked for; the step is the resolution. */
const windowMs = 4;
const hopMs = 1;
/** Levels on which noise is judged. */
const blockMs = 10;
const steadyMs = 200;
const steadySpreadDb = 4;
const leastSteadyMs = 300;
/** Steady sound this close to the speech is a vowel or a tone. */
const steadyBelowSpeechDb = 15;
/** The finest step of μ-law; digital silence is no quieter than that. */
const quietestFloorDb = -75;
/** Speech this far below the loudest is not heard as such. */
const heardRangeDb = 36;
const quietestSpeechDb = -58;
const margin = { shareOfSnr: 0.4, leastDb: 4.5, mostDb: 7 } as const;
/** A segment goes on until the level is this far below what began it. */
const hysteresisDb = 1.5;

/** @param samples mono, −1…1 */
export function findSpeech(samples: Float32Array, sampleRateHz: number): SpeechActivity {
  const offset = meanOf(samples);
  const blocks = levelsOf(samples, {
    offset,
    windowSamples: samplesIn(blockMs, sampleRateHz),
    hopMs: blockMs,
    sampleRateHz,
  });
  const speechDb = quantileOf(blocks, 0.97);
  const noiseFloorDb = floorOf(blocks, speechDb);
  const marginDb = Math.min(margin.mostDb, Math.max(margin.leastDb, margin.shareOfSnr * (speechDb - noiseFloorDb)));
  const thresholdDb = Math.max(noiseFloorDb + marginDb, speechDb - heardRangeDb, quietestSpeechDb);
  const fine = levelsOf(samples, { offset, windowSamples: samplesIn(windowMs, sampleRateHz), hopMs, sampleRateHz });
  return { segments: segmentsOf(fine, thresholdDb), noiseFloorDb, thresholdDb };
}

function segmentsOf(levels: Float32Array, thresholdDb: number): readonly SpeechSegment[] {
  const segments: SpeechSegment[] = [];
  let start = -1;
  let last = -1;
  let soundHops = 0;
  const close = (): void => {
    if (start >= 0 && soundHops * hopMs >= shortestSoundMs) {
      // A window sounds as soon as its end touches the speech, and as long as its start does.
      segments.push({ startMs: start * hopMs + windowMs - hopMs, endMs: last * hopMs + hopMs });
    }
    start = -1;
    soundHops = 0;
  };
  for (let hop = 0; hop < levels.length; hop += 1) {
    const levelDb = levels[hop]!;
    const isSound = levelDb >= (start < 0 ? thresholdDb : thresholdDb - hysteresisDb);
    if (isSound) {
      if (start < 0) start = hop;
      last = hop;
      soundHops += 1;
    } else if (
      start >= 0 &&
      (hop - last) * hopMs > (soundHops * hopMs < shortestSoundMs ? shortestSoundMs : closureMs)
    ) {
      close();
    }
  }
  close();
  return segments;
}

/** The louder of the quiet tenth and of what is steady. */
function floorOf(blocks: Float32Array, speechDb: number): number {
  const steady = steadyLevels(blocks, speechDb);
  const steadyDb =
    steady.length * blockMs >= leastSteadyMs ? quantileOf(Float32Array.from(steady), 0.9) : quietestFloorDb;
  return Math.max(quietestFloorDb, quantileOf(blocks, 0.1), steadyDb);
}

function steadyLevels(blocks: Float32Array, speechDb: number): readonly number[] {
  const count = steadyMs / blockMs;
  const steady: number[] = [];
  for (let at = 0; at + count <= blocks.length; at += count) {
    const stretch = blocks.slice(at, at + count).sort();
    const spreadDb = stretch[Math.floor(count * 0.9)]! - stretch[Math.floor(count * 0.1)]!;
    const middleDb = stretch[count >> 1]!;
    if (spreadDb <= steadySpreadDb && middleDb > quietestFloorDb && middleDb <= speechDb - steadyBelowSpeechDb) {
      steady.push(...stretch);
    }
  }
  return steady;
}

/** Level of each window in dBFS. */
function levelsOf(
  samples: Float32Array,
  options: {
    readonly offset: number;
    readonly windowSamples: number;
    readonly hopMs: number;
    readonly sampleRateHz: number;
  },
): Float32Array {
  const { offset, windowSamples, sampleRateHz } = options;
  const hopSamples = (options.hopMs * sampleRateHz) / 1000;
  const count = Math.max(0, Math.floor((samples.length - windowSamples) / hopSamples) + 1);
  const levels = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    const from = Math.round(index * hopSamples);
    let sum = 0;
    for (let at = from; at < from + windowSamples; at += 1) {
      const sample = samples[at]! - offset;
      sum += sample * sample;
    }
    levels[index] = 10 * Math.log10(sum / windowSamples + 1e-10);
  }
  return levels;
}

function samplesIn(ms: number, sampleRateHz: number): number {
  return Math.max(1, Math.round((ms * sampleRateHz) / 1000));
}

function meanOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  return samples.length === 0 ? 0 : sum / samples.length;
}

function quantileOf(values: Float32Array, share: number): number {
  if (values.length === 0) return quietestFloorDb;
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
