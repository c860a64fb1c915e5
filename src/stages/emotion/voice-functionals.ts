/**
 * What a whole utterance's spectrum, level and melody do, in numbers that can be compared with a caller's other utterances.
 *
 * Statistics over all frames ("functionals", as F. Eyben et al., "The Geneva Minimalistic Acoustic Parameter Set", IEEE
 * Trans. Affective Computing 7 (2016), use them): they know nothing of the order of words, so they carry over from one
 * language and corpus to another better than what a network reads from the frames themselves. Pure.
 */
import { melBandCount } from '../../dsp/mel.js';

/** Mel bands are read in groups of four: 20 bands. */
const groupCount = 20;
const bandsPerGroup = melBandCount / groupCount;
/** Frames between which a slow change is measured: 80 ms, half a syllable. */
const slowStep = 8;
/** Frames at which the level's rhythm is measured: 50, 100 and 200 ms. */
const rhythmLags = [5, 10, 20] as const;
const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
/** Frames louder than this share of all count as loud. */
const loudQuantile = 0.7;

/** Values of `voiceFunctionals`. */
export const functionalCount = 7 * groupCount + 5 + 7 + 2 + 4 + 2 + rhythmLags.length;

/**
 * @param frameData row-major `[frames, width]`: 80 natural-log mel bands, pitch in semitones (0 unvoiced), voiced 0/1,
 *   periodicity 0…1.
 * @returns `[functionalCount]`: by group of bands, relative to the frame's level, mean and deviation; deviation of the
 *   band; mean change over 10 and 80 ms; level quantiles around their median and mean level; pitch quantiles, deviation and
 *   mean step; periodicity's mean and deviation; mean relative band of voiced and of loud frames; how pitch and level
 *   begin and end; mean length and number of voiced stretches; autocorrelation of the level.
 */
export function voiceFunctionals(frameData: Float32Array, frames: number, width: number): Float32Array<ArrayBuffer> {
  const groups = Array.from({ length: groupCount }, () => new Float64Array(frames));
  const level = new Float64Array(frames);
  const voiced = new Uint8Array(frames);
  const periodicity = new Float64Array(frames);
  const pitch: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const row = frame * width;
    for (const [group, values] of groups.entries()) {
      let sum = 0;
      for (let band = 0; band < bandsPerGroup; band += 1) sum += frameData[row + group * bandsPerGroup + band]!;
      values[frame] = sum / bandsPerGroup;
      level[frame]! += sum / bandsPerGroup / groupCount;
    }
    voiced[frame] = frameData[row + melBandCount + 1]! > 0.5 ? 1 : 0;
    periodicity[frame] = frameData[row + melBandCount + 2]!;
    if (voiced[frame] === 1) pitch.push(frameData[row + melBandCount]!);
  }
  const relative = groups.map((values) => values.map((value, frame) => value - level[frame]!));
  const levelQuantiles = quantilesOf(level, quantiles);
  const loudFrom = quantilesOf(level, [loudQuantile])[0]!;
  const isLoud = level.map((value) => (value >= loudFrom ? 1 : 0));
  const pitchQuantiles = quantilesOf(pitch, quantiles);
  const stretches = stretchCount(voiced);
  return Float32Array.from([
    ...relative.map(mean),
    ...relative.map(deviation),
    ...groups.map(deviation),
    ...groups.map((values) => meanChange(values, 1)),
    ...groups.map((values) => meanChange(values, slowStep)),
    // The median around itself says nothing.
    ...levelQuantiles.flatMap((value, index) => (index === 2 ? [] : [value - levelQuantiles[2]!])),
    mean(level),
    ...pitchQuantiles,
    deviation(pitch),
    meanChange(pitch, 1),
    mean(periodicity),
    deviation(periodicity),
    ...relative.map((values) => meanWhere(values, voiced)),
    ...relative.map((values) => meanWhere(values, isLoud)),
    ...ends(pitch),
    ...ends(level),
    stretches === 0 ? 0 : pitch.length / stretches,
    stretches / frames,
    ...rhythmLags.map((lag) => autocorrelation(level, lag)),
  ]);
}

type Numbers = ArrayLike<number> & Iterable<number>;

function mean(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

function deviation(values: Numbers): number {
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return values.length === 0 ? 0 : Math.sqrt(sum / values.length);
}

/** Mean size of the change over `step` values; over one where there are too few. */
function meanChange(values: Numbers, step: number): number {
  const lag = values.length > step + 2 ? step : 1;
  let sum = 0;
  for (let at = lag; at < values.length; at += 1) sum += Math.abs(values[at]! - values[at - lag]!);
  return values.length <= lag ? 0 : sum / (values.length - lag);
}

/** Mean over the marked values; over all when none is. */
function meanWhere(values: Numbers, marks: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < values.length; at += 1) {
    sum += values[at]! * marks[at]!;
    count += marks[at]!;
  }
  return count === 0 ? mean(values) : sum / count;
}

/** Linear between neighbours; zeros of nothing. */
function quantilesOf(values: Numbers, shares: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => {
    if (sorted.length === 0) return 0;
    const at = share * (sorted.length - 1);
    const low = sorted[Math.floor(at)]!;
    return low + (at % 1) * (sorted[Math.ceil(at)]! - low);
  });
}

/** Means of the first and the last third, from the mean of all. */
function ends(values: readonly number[] | Float64Array): readonly [number, number] {
  const third = Math.floor(values.length / 3) + 1;
  const centre = mean(values);
  return [mean(values.slice(0, third)) - centre, mean(values.slice(-third)) - centre];
}

function stretchCount(marks: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < marks.length; at += 1) count += marks[at] === 1 && (at === 0 || marks[at - 1] === 0) ? 1 : 0;
  return count;
}

/** Pearson's, −1…1; 0 of a constant or of too few values. */
function autocorrelation(values: Float64Array, lag: number): number {
  if (values.length <= lag + 5) return 0;
  const [first, second] = [values.subarray(0, -lag), values.subarray(lag)];
  const [a, b] = [mean(first), mean(second)];
  let sum = 0;
  for (let at = 0; at < first.length; at += 1) sum += (first[at]! - a) * (second[at]! - b);
  const spread = deviation(first) * deviation(second) * first.length;
  return spread < 1e-9 ? 0 : sum / spread;
}
