/**
 * Fundamental frequency and voicing of finished speech, one value per 10 ms frame.
 *
 * Normalised cross-correlation gives candidates per frame; the path through them is the cheapest
 * one in the sense of P. Boersma, "Accurate short-term analysis of the fundamental frequency and
 * the harmonics-to-noise ratio of a sampled sound" (1993), so single-frame octave errors lose
 * against their neighbours. Frame t is centred on sample 160·t + 200, as the mel frame t is.
 *
 * It looks at a whole utterance at once; callers who follow a stream pass its last second or two.
 */
import { featureSampleRateHz, frameCountOf, frameSamples, hopSamples } from './mel.js';
import { RealFft } from './real-fft.js';

/** Lowest pitch found, in Hz. */
export const lowestPitchHz = 60;
/** Highest pitch found, in Hz. */
export const highestPitchHz = 500;

const minLagSamples = Math.floor(featureSampleRateHz / highestPitchHz);
const maxLagSamples = Math.ceil(featureSampleRateHz / lowestPitchHz);
/** 30 ms: nearly two periods of the lowest voice, and little enough to follow a glide. */
const referenceSamples = 480;
const segmentSamples = referenceSamples + maxLagSamples + 2;
const fftSize = 1024;

/** Adds the energy of a tone at −60 dBFS to both windows: what is weaker does not look periodic. */
const noiseEnergy = referenceSamples * 1e-6;
const maxCandidates = 6;
const weakestCandidate = 0.25;

// Boersma's costs; the octave cost is higher than his 0.01 because cross-correlation, unlike his
// windowed autocorrelation, does not fall with the lag by itself.
const voicingThreshold = 0.5;
const silenceThreshold = 0.03;
const octaveCost = 0.03;
const octaveJumpCost = 0.35;
const voicingChangeCost = 0.14;

/** Pitch of an utterance; index t is the mel frame t. The arrays belong to the caller. */
export interface PitchTrack {
  readonly frames: number;
  /** Fundamental frequency in Hz, `lowestPitchHz` to `highestPitchHz`; 0 where unvoiced. */
  readonly f0Hz: Float32Array;
  /** Height of the chosen (or, unvoiced, the best) correlation peak, 0…1: how periodic the frame is. */
  readonly periodicity: Float32Array;
}

/** One hypothesis for one frame; `f0Hz` 0 is "unvoiced". */
interface Candidate {
  readonly f0Hz: number;
  readonly periodicity: number;
  readonly strength: number;
}

/** Tracks the pitch of 16 kHz mono samples (−1…1); frames as in `logMel`. */
export function trackPitch(samples: Float32Array): PitchTrack {
  const frames = frameCountOf(samples.length);
  const correlator = new FrameCorrelator(samples);
  const lattice: (readonly Candidate[])[] = [];
  for (let frame = 0; frame < frames; frame += 1) lattice.push(correlator.candidatesAt(frame));
  const chosen = strongestPath(lattice);
  const f0Hz = new Float32Array(frames);
  const periodicity = new Float32Array(frames);
  chosen.forEach((candidate, frame) => {
    f0Hz[frame] = candidate.f0Hz;
    periodicity[frame] = candidate.periodicity;
  });
  return { frames, f0Hz, periodicity };
}

/** Finds the pitch candidates of single frames; owns the scratch arrays for one utterance. */
class FrameCorrelator {
  readonly #samples: Float32Array;
  readonly #peak: number;
  readonly #fft = new RealFft(fftSize);
  readonly #segment = new Float64Array(segmentSamples);
  readonly #correlation = new Float64Array(maxLagSamples + 2);

  constructor(samples: Float32Array) {
    this.#samples = samples;
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    this.#peak = peak;
  }

  candidatesAt(frame: number): readonly Candidate[] {
    const loudness = this.#loadSegment(frame * hopSamples + frameSamples / 2);
    this.#correlate();
    const voiced = this.#peaks();
    const relative = this.#peak === 0 ? 0 : loudness / this.#peak;
    const silence = Math.max(0, 2 - relative / (silenceThreshold / (1 + voicingThreshold)));
    const best = voiced[0]?.periodicity ?? 0;
    return [{ f0Hz: 0, periodicity: best, strength: voicingThreshold + silence }, ...voiced];
  }

  /** Copies the samples around `centreSample` without their mean; returns their largest magnitude. */
  #loadSegment(centreSample: number): number {
    const startSample = centreSample - (segmentSamples >> 1);
    let mean = 0;
    for (let n = 0; n < segmentSamples; n += 1) {
      const sample = this.#samples[startSample + n] ?? 0;
      this.#segment[n] = sample;
      mean += sample / segmentSamples;
    }
    let loudest = 0;
    for (let n = 0; n < segmentSamples; n += 1) {
      const sample = this.#segment[n]! - mean;
      this.#segment[n] = sample;
      loudest = Math.max(loudest, Math.abs(sample));
    }
    return loudest;
  }

  /** Normalised cross-correlation, −1…1, for lags 0…maxLagSamples + 1. */
  #correlate(): void {
    const correlation = this.#correlation;
    this.#fft.crossCorrelation(this.#segment.subarray(0, referenceSamples), this.#segment, correlation);
    let reference = noiseEnergy;
    for (let n = 0; n < referenceSamples; n += 1) reference += this.#segment[n]! ** 2;
    let shifted = reference;
    for (let lag = 0; lag < correlation.length; lag += 1) {
      correlation[lag] = correlation[lag]! / Math.sqrt(reference * Math.max(shifted, noiseEnergy));
      shifted += this.#segment[lag + referenceSamples]! ** 2 - this.#segment[lag]! ** 2;
    }
  }

  /** The strongest local maxima, best first, refined by a parabola through three lags. */
  #peaks(): readonly Candidate[] {
    const found: Candidate[] = [];
    for (let lag = minLagSamples; lag <= maxLagSamples; lag += 1) {
      const [left, middle, right] = [this.#correlation[lag - 1]!, this.#correlation[lag]!, this.#correlation[lag + 1]!];
      if (middle < weakestCandidate || middle < left || middle <= right) continue;
      const offset = (0.5 * (left - right)) / (left - 2 * middle + right);
      const periodicity = Math.min(1, middle - 0.25 * (left - right) * offset);
      const f0Hz = featureSampleRateHz / (lag + offset);
      if (f0Hz < lowestPitchHz || f0Hz > highestPitchHz) continue;
      const strength = periodicity - octaveCost * Math.log2(highestPitchHz / f0Hz);
      found.push({ f0Hz, periodicity, strength });
    }
    return found.sort((a, b) => b.strength - a.strength).slice(0, maxCandidates);
  }
}

function transitionCost(from: Candidate, to: Candidate): number {
  if (from.f0Hz === 0 && to.f0Hz === 0) return 0;
  if (from.f0Hz === 0 || to.f0Hz === 0) return voicingChangeCost;
  return octaveJumpCost * Math.abs(Math.log2(from.f0Hz / to.f0Hz));
}

/** The sequence with one candidate per frame that maximises strengths minus transition costs. */
function strongestPath(lattice: readonly (readonly Candidate[])[]): readonly Candidate[] {
  const backPointers: number[][] = [];
  let totals: number[] = lattice[0]?.map((candidate) => candidate.strength) ?? [];
  for (let frame = 1; frame < lattice.length; frame += 1) {
    const before = lattice[frame - 1]!;
    const pointers: number[] = [];
    const next: number[] = [];
    for (const candidate of lattice[frame]!) {
      let bestIndex = 0;
      let bestTotal = Number.NEGATIVE_INFINITY;
      for (let index = 0; index < before.length; index += 1) {
        const total = totals[index]! - transitionCost(before[index]!, candidate);
        if (total > bestTotal) {
          bestTotal = total;
          bestIndex = index;
        }
      }
      pointers.push(bestIndex);
      next.push(bestTotal + candidate.strength);
    }
    backPointers.push(pointers);
    totals = next;
  }
  const path: Candidate[] = [];
  let index = totals.indexOf(Math.max(...totals));
  for (let frame = lattice.length - 1; frame >= 0; frame -= 1) {
    path.push(lattice[frame]![index]!);
    index = backPointers[frame - 1]?.[index] ?? 0;
  }
  return path.reverse();
}
