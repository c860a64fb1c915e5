/**
 * The pitch tracker on voices whose pitch is known.
 */
import t from 'tap';
import { trackPitch } from '../../../src/dsp/pitch.js';
import { deterministicNoise, syntheticVowel } from './synthetic-voice.js';

for (const { startF0Hz, endF0Hz } of [
  { startF0Hz: 70, endF0Hz: 80 },
  { startF0Hz: 100, endF0Hz: 200 },
  { startF0Hz: 300, endF0Hz: 200 },
  { startF0Hz: 250, endF0Hz: 450 },
]) {
  t.test(`follows a glide from ${startF0Hz} to ${endF0Hz} Hz`, async (t) => {
    const track = trackPitch(syntheticVowel({ durationS: 1, startF0Hz, endF0Hz }));
    t.equal(track.frames, 98);
    const errors = Array.from(track.f0Hz, (f0Hz, frame) => {
      const expectedHz = startF0Hz * (endF0Hz / startF0Hz) ** ((frame * 160 + 200) / 16_000);
      return f0Hz === 0 ? Number.POSITIVE_INFINITY : Math.abs(12 * Math.log2(f0Hz / expectedHz));
    });
    t.ok(
      errors.every((semitones) => semitones < 0.5),
      `largest error ${Math.max(...errors)} semitones`,
    );
    const inner = track.periodicity.subarray(3, -3); // the outermost windows reach past the ends
    t.ok(inner.every((value) => value > 0.8 && value <= 1));
  });
}

t.test('noise and silence have no pitch', async (t) => {
  t.ok(trackPitch(deterministicNoise(16_000).map((value) => value * 0.1)).f0Hz.every((f0Hz) => f0Hz === 0));
  t.ok(trackPitch(new Float32Array(16_000)).f0Hz.every((f0Hz) => f0Hz === 0));
});

t.test('a voice between noises is voiced only where it sounds', async (t) => {
  const noise = deterministicNoise(16_000).map((value) => value * 0.01);
  const samples = new Float32Array(48_000);
  samples.set(noise, 0);
  samples.set(syntheticVowel({ durationS: 1, startF0Hz: 150 }), 16_000);
  samples.set(noise, 32_000);
  const { f0Hz } = trackPitch(samples);
  t.ok(
    f0Hz.subarray(0, 95).every((value) => value === 0),
    'noise before',
  );
  t.ok(
    f0Hz.subarray(105, 190).every((value) => Math.abs(value - 150) < 3),
    'voice',
  );
  t.ok(
    f0Hz.subarray(205).every((value) => value === 0),
    'noise after',
  );
});

t.test('too little audio has no frames', async (t) => {
  t.same(trackPitch(new Float32Array(399)), { frames: 0, f0Hz: new Float32Array(0), periodicity: new Float32Array(0) });
});
