/**
 * The closing cue: falling ends close, rising ones hold the floor.
 */
import t from 'tap';
import { measureFinalCadence } from '../../../src/dsp/final-cadence.js';
import { syntheticVowel } from './synthetic-voice.js';

const falling = syntheticVowel({ durationS: 1, startF0Hz: 200, endF0Hz: 120, endLevelDb: -12 });
const level = syntheticVowel({ durationS: 1, startF0Hz: 160 });
const rising = syntheticVowel({ durationS: 1, startF0Hz: 140, endF0Hz: 230 });

t.test('orders falling, level and rising ends', async (t) => {
  const [fall, hold, rise] = [measureFinalCadence(falling), measureFinalCadence(level), measureFinalCadence(rising)];
  t.ok(
    fall.pitchFallSemitones < -3 && fall.energyFallDb < -3,
    `${fall.pitchFallSemitones} semitones, ${fall.energyFallDb} dB`,
  );
  t.ok(rise.pitchFallSemitones > 3);
  t.ok(fall.finality > 0.85, `fall ${fall.finality}`);
  t.ok(Math.abs(hold.finality - 0.5) < 0.1, `level ${hold.finality}`);
  t.ok(rise.finality < 0.25, `rise ${rise.finality}`);
});

t.test('silence after the end does not matter', async (t) => {
  const padded = new Float32Array(falling.length + 8000);
  padded.set(falling);
  t.ok(Math.abs(measureFinalCadence(padded).finality - measureFinalCadence(falling).finality) < 0.05);
});

t.test('undecided without voice', async (t) => {
  for (const samples of [new Float32Array(0), new Float32Array(16_000), level.subarray(0, 3000)]) {
    t.same(measureFinalCadence(samples), { pitchFallSemitones: 0, energyFallDb: 0, finality: 0.5 });
  }
});
