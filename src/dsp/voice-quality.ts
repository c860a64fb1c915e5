/**
 * How steady the vocal folds are: harmonics-to-noise ratio, jitter and shimmer of the voiced parts.
 *
 * Periods are found by following waveform peaks one pitch period apart inside each voiced run, so
 * jitter and shimmer are the "local" measures of Praat's manual (mean absolute difference of
 * neighbours over the mean). On telephone audio they are rough; they serve comparison within one
 * caller, not diagnosis.
 */
import { featureSampleRateHz, frameSamples, hopSamples } from './mel.js';
import type { PitchTrack } from './pitch.js';

/** Zeros where nothing was voiced long enough to measure. */
export interface VoiceQuality {
  /** Harmonics-to-noise ratio in dB, mean over voiced frames, −5…30. */
  readonly hnrDb: number;
  /** Mean difference of neighbouring periods relative to the mean period, 0…1. */
  readonly jitterRatio: number;
  /** Mean difference of neighbouring peak amplitudes relative to the mean amplitude, 0…1. */
  readonly shimmerRatio: number;
}

/** Peak positions may differ from the expected period by this share before the run is left. */
const periodTolerance = 0.25;

/** A glottal cycle: its length and the height of its peak. */
interface Cycle {
  readonly periodSamples: number;
  readonly amplitude: number;
}

/** Measures 16 kHz samples with the pitch track made from the same samples. */
export function measureVoiceQuality(samples: Float32Array, pitch: PitchTrack): VoiceQuality {
  let hnrSumDb = 0;
  let voicedFrames = 0;
  for (let frame = 0; frame < pitch.frames; frame += 1) {
    if (pitch.f0Hz[frame] === 0) continue;
    const harmonic = Math.min(0.999, Math.max(0.24, pitch.periodicity[frame]!));
    hnrSumDb += 10 * Math.log10(harmonic / (1 - harmonic));
    voicedFrames += 1;
  }
  const runs = voicedRuns(pitch).map((run) => cyclesOf(samples, run));
  return {
    hnrDb: voicedFrames === 0 ? 0 : hnrSumDb / voicedFrames,
    jitterRatio: perturbation(runs.map((cycles) => cycles.map((cycle) => cycle.periodSamples))),
    shimmerRatio: perturbation(runs.map((cycles) => cycles.map((cycle) => cycle.amplitude))),
  };
}

/** Consecutive voiced frames: where they start, and each frame's period in samples. */
interface VoicedRun {
  readonly startFrame: number;
  readonly periodsSamples: readonly number[];
}

function voicedRuns(pitch: PitchTrack): readonly VoicedRun[] {
  const runs: VoicedRun[] = [];
  let periodsSamples: number[] = [];
  for (let frame = 0; frame <= pitch.frames; frame += 1) {
    const f0Hz = pitch.f0Hz[frame] ?? 0;
    if (f0Hz > 0) {
      periodsSamples.push(featureSampleRateHz / f0Hz);
    } else if (periodsSamples.length > 0) {
      runs.push({ startFrame: frame - periodsSamples.length, periodsSamples });
      periodsSamples = [];
    }
  }
  return runs;
}

/** Walks from peak to peak through one run; stops where no peak is near the expected place. */
function cyclesOf(samples: Float32Array, run: VoicedRun): readonly Cycle[] {
  const originSample = run.startFrame * hopSamples + frameSamples / 2;
  const endSample = Math.min(samples.length, originSample + run.periodsSamples.length * hopSamples);
  const cycles: Cycle[] = [];
  let peakSample = highestSample(samples, originSample, originSample + run.periodsSamples[0]!);
  for (;;) {
    const frame = Math.floor((peakSample - originSample) / hopSamples);
    const periodSamples = run.periodsSamples[frame];
    if (periodSamples === undefined) return cycles;
    const nextPeak = highestSample(
      samples,
      peakSample + periodSamples * (1 - periodTolerance),
      peakSample + periodSamples * (1 + periodTolerance),
    );
    if (nextPeak >= endSample) return cycles;
    cycles.push({
      periodSamples: nextPeak - peakSample,
      amplitude: Math.max(0, samples[nextPeak]!),
    });
    peakSample = nextPeak;
  }
}

function highestSample(samples: Float32Array, from: number, to: number): number {
  let best = Math.ceil(from);
  for (let n = best; n <= to; n += 1) {
    if ((samples[n] ?? 0) > (samples[best] ?? 0)) best = n;
  }
  return best;
}

/** Mean |difference of neighbours| over the mean value; 0 when there are no neighbours. */
function perturbation(runs: readonly (readonly number[])[]): number {
  let differenceSum = 0;
  let pairs = 0;
  let valueSum = 0;
  let values = 0;
  for (const run of runs) {
    run.forEach((value, index) => {
      valueSum += value;
      values += 1;
      if (index === 0) return;
      differenceSum += Math.abs(value - run[index - 1]!);
      pairs += 1;
    });
  }
  if (pairs === 0 || valueSum === 0) return 0;
  return Math.min(1, differenceSum / pairs / (valueSum / values));
}
