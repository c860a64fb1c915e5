/**
 * Where in the spectrum the energy of an utterance lies.
 *
 * Only the mel bands between 300 and 3400 Hz count, the part that a telephone keeps, so that one
 * caller measures the same over a phone line and a microphone.
 */
import { melBandCentresHz, melBandCount, type LogMelFrames } from './mel.js';

/** Long-term spectrum of the loud frames of one utterance. */
export interface SpectralShape {
  /** Energy-weighted mean frequency in Hz, 300…3400; 0 for silence. */
  readonly centroidHz: number;
  /** Straight-line fit of level over frequency, dB per octave; speech is negative, pressed speech less so. */
  readonly slopeDbPerOctave: number;
}

const lowestHz = 300;
const highestHz = 3400;
const dbPerNeper = 10 / Math.LN10;
/** Frames this far below the loudest do not count: room and line noise has its own slope. */
const loudRangeNeper = 25 / dbPerNeper;

const telephoneBands = Array.from({ length: melBandCount }, (_, band) => band).filter(
  (band) => melBandCentresHz[band]! >= lowestHz && melBandCentresHz[band]! <= highestHz,
);

/** Measures log-mel frames of one utterance. */
export function measureSpectralShape(mel: LogMelFrames): SpectralShape {
  const meanLevel = averageLoudFrames(mel);
  if (meanLevel === null) return { centroidHz: 0, slopeDbPerOctave: 0 };
  let energySum = 0;
  let weightedHz = 0;
  for (const band of telephoneBands) {
    const energy = Math.exp(meanLevel[band]!);
    energySum += energy;
    weightedHz += energy * melBandCentresHz[band]!;
  }
  return {
    centroidHz: weightedHz / energySum,
    slopeDbPerOctave: slope(
      telephoneBands.map((band) => ({
        octave: Math.log2(melBandCentresHz[band]!),
        levelDb: meanLevel[band]! * dbPerNeper,
      })),
    ),
  };
}

/** Mean log energy per band over the frames near the loudest; null when there are none. */
function averageLoudFrames(mel: LogMelFrames): Float64Array | null {
  const levels = new Float64Array(mel.frames);
  let loudest = Number.NEGATIVE_INFINITY;
  for (let frame = 0; frame < mel.frames; frame += 1) {
    for (const band of telephoneBands) {
      levels[frame]! += mel.data[frame * melBandCount + band]! / telephoneBands.length;
    }
    loudest = Math.max(loudest, levels[frame]!);
  }
  const sum = new Float64Array(melBandCount);
  let counted = 0;
  for (let frame = 0; frame < mel.frames; frame += 1) {
    if (levels[frame]! < loudest - loudRangeNeper) continue;
    for (const band of telephoneBands) sum[band]! += mel.data[frame * melBandCount + band]!;
    counted += 1;
  }
  return counted === 0 ? null : sum.map((value) => value / counted);
}

function slope(points: readonly { readonly octave: number; readonly levelDb: number }[]): number {
  const octaveMean = points.reduce((sum, point) => sum + point.octave, 0) / points.length;
  const levelMean = points.reduce((sum, point) => sum + point.levelDb, 0) / points.length;
  let covariance = 0;
  let variance = 0;
  for (const point of points) {
    covariance += (point.octave - octaveMean) * (point.levelDb - levelMean);
    variance += (point.octave - octaveMean) ** 2;
  }
  return covariance / variance;
}
