/**
 * From the last seconds of an utterance to what the end-of-turn model reads.
 *
 * The one extractor for training and serving: `training/turn-end/extract-features.ts` calls the same function. Nothing is
 * normalised here; the model's graph does that. Pure, but milliseconds of arithmetic: run it on a worker thread.
 */
import { frameSamples, hopSamples, logMel, melBandCount } from '../../dsp/mel.js';
import { semitonesOf } from '../../dsp/prosody.js';
import { trackPitch } from '../../dsp/pitch.js';

/** Values per frame: 80 log-mel bands, pitch in semitones re 100 Hz (0 unvoiced), voiced 0/1, periodicity. */
export const turnEndFrameWidth = melBandCount + 3;
/** Frames under one look of the model: 2.5 s. */
export const turnEndWindowFrames = 250;
/** Samples under one look. */
export const turnEndWindowSamples = (turnEndWindowFrames - 1) * hopSamples + frameSamples;

/** Pitch is followed over the last second alone, where a sentence closes; it costs more than all the rest. */
const pitchFrames = 100;

/**
 * Features of the last 2.5 s of `samples` (16 kHz mono, −1…1), which end with the last window of speech: row-major
 * `[0…250, 83]`, the last frame ending with the last whole hop of the samples. The array is the caller's.
 */
export function turnEndFrames(samples: Float32Array): Float32Array<ArrayBuffer> {
  const recent = samples.subarray(Math.max(0, samples.length - turnEndWindowSamples));
  const mel = logMel(recent);
  const firstPitchFrame = Math.max(0, mel.frames - pitchFrames);
  const pitch = trackPitch(recent.subarray(firstPitchFrame * hopSamples));
  const frames = new Float32Array(mel.frames * turnEndFrameWidth);
  for (let frame = 0; frame < mel.frames; frame += 1) {
    const row = frame * turnEndFrameWidth;
    frames.set(mel.data.subarray(frame * melBandCount, (frame + 1) * melBandCount), row);
    const pitchFrame = frame - firstPitchFrame;
    if (pitchFrame < 0) continue;
    const f0Hz = pitch.f0Hz[pitchFrame]!;
    frames[row + melBandCount] = f0Hz > 0 ? semitonesOf(f0Hz) : 0;
    frames[row + melBandCount + 1] = f0Hz > 0 ? 1 : 0;
    frames[row + melBandCount + 2] = pitch.periodicity[pitchFrame]!;
  }
  return frames;
}
