/** Silence off, gain on: what is kept, what is rounded, and that nothing leaves −1…1. */
import t from 'tap';
import { applyGain, levellingGainDb, setVocalEffort, trimSilence } from '../../../src/stages/tts/speech-finish.js';
import { silence, speechBlocks } from '../../../src/stages/tts/speech-blocks.js';

function spoken({
  leadMs,
  speechMs,
  tailMs,
}: {
  readonly leadMs: number;
  readonly speechMs: number;
  readonly tailMs: number;
}): Float32Array {
  const samples = new Float32Array(16 * (leadMs + speechMs + tailMs));
  for (let n = 16 * leadMs; n < 16 * (leadMs + speechMs); n += 1) samples[n] = 0.4 * Math.sin(n / 5);
  return samples;
}

t.test('leaves 15 ms before and 35 ms after the speech', async (t) => {
  t.equal(trimSilence(spoken({ leadMs: 230, speechMs: 500, tailMs: 240 }), 16_000).length, 16 * 550);
  t.equal(
    trimSilence(spoken({ leadMs: 5, speechMs: 500, tailMs: 10 }), 16_000).length,
    16 * 515,
    'no more than there is',
  );
});

t.test('noise 60 dB below the speech counts as silence, digital silence as nothing', async (t) => {
  const samples = spoken({ leadMs: 200, speechMs: 300, tailMs: 200 }).map(
    (sample, n) => sample + (n % 2 === 0 ? 4e-4 : -4e-4),
  );
  t.equal(trimSilence(samples, 16_000).length, 16 * 350);
  t.equal(trimSilence(new Float32Array(1_000), 16_000).length, 0);
  t.equal(trimSilence(new Float32Array(0), 16_000).length, 0);
});

t.test('starts and ends at zero', async (t) => {
  const speech = trimSilence(new Float32Array(1_600).fill(0.5), 16_000);
  t.strictSame([speech[0], speech.at(-1)], [0, 0]);
  t.equal(speech[800], 0.5);
});

t.test('gain is exact below the knee and bounded, in order, above it', async (t) => {
  const quiet = Float32Array.of(0.1, -0.2);
  applyGain(quiet, 20 * Math.log10(2));
  t.ok(Math.abs(quiet[0]! - 0.2) < 1e-6 && Math.abs(quiet[1]! + 0.4) < 1e-6);
  const loud = Float32Array.of(0.3, 0.5, 0.7, 0.9, -1);
  applyGain(loud, 6);
  t.ok(loud.every((sample) => Math.abs(sample) <= 1));
  for (let index = 1; index < 4; index += 1) t.ok(loud[index]! > loud[index - 1]!);
});

t.test('levelling brings speech to −20 dBFS, pauses aside, and no further than 5 dB from the usual', async (t) => {
  const options = { usualGainDb: 0, sampleRateHz: 16_000 };
  const gainOf = (amplitude: number, pauseMs: number): number => {
    const samples = new Float32Array(16 * (400 + pauseMs));
    for (let n = 0; n < 16 * 400; n += 1) samples[n] = amplitude * Math.sin((2 * Math.PI * 200 * n) / 16_000);
    return levellingGainDb(samples, options);
  };
  const atCommonLevel = Math.SQRT2 * 0.1;
  t.ok(Math.abs(gainOf(atCommonLevel, 0)) < 0.01);
  t.ok(Math.abs(gainOf(atCommonLevel, 2_000)) < 0.01, 'a pause does not count');
  t.ok(Math.abs(gainOf(atCommonLevel / 10 ** (3 / 20), 0) - 3) < 0.01);
  t.equal(gainOf(atCommonLevel / 4, 0), 5);
  t.equal(gainOf(atCommonLevel * 4, 0), -5);
  t.equal(levellingGainDb(new Float32Array(1_600), { usualGainDb: 7, sampleRateHz: 16_000 }), 7, 'silence');
  t.equal(levellingGainDb(new Float32Array(0), { usualGainDb: 7, sampleRateHz: 16_000 }), 7, 'nothing');
});

t.test('vocal effort tilts the spectrum and keeps the level', async (t) => {
  const tone = (frequencyHz: number): Float32Array =>
    Float32Array.from({ length: 1_600 }, (_, n) => 0.1 * Math.sin((2 * Math.PI * frequencyHz * n) / 16_000));
  const amplitudeOf = (samples: Float32Array, frequencyHz: number): number =>
    Math.abs(samples.reduce((sum, sample, n) => sum + sample * Math.sin((2 * Math.PI * frequencyHz * n) / 16_000), 0)) /
    800;
  const energyOf = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample * sample, 0);
  const [low, high] = [tone(200), tone(5_000)];
  for (const effortDb of [-10, 0, 10]) {
    const samples = low.map((sample, n) => sample + high[n]!);
    const before = energyOf(samples);
    setVocalEffort(samples, { effortDb, sampleRateHz: 16_000 });
    const tiltDb = 20 * Math.log10(amplitudeOf(samples, 5_000) / amplitudeOf(samples, 200));
    t.ok(
      Math.abs(tiltDb - effortDb) < 1.5,
      `${effortDb} dB asked for, ${tiltDb.toFixed(1)} dB between 200 Hz and 5 kHz`,
    );
    t.ok(Math.abs(energyOf(samples) / before - 1) < 1e-4);
  }
  const silent = new Float32Array(10);
  setVocalEffort(silent, { effortDb: 6, sampleRateHz: 16_000 });
  t.ok(silent.every((sample) => sample === 0));
});

t.test('blocks of 40 ms, the last one shorter, until the signal aborts', async (t) => {
  const controller = new AbortController();
  const options = { sampleRateHz: 16_000, signal: controller.signal };
  t.strictSame(
    [...speechBlocks(new Float32Array(1_500), options)].map((block) => block.length),
    [640, 640, 220],
  );
  t.equal(silence({ durationMs: 100, sampleRateHz: 16_000 }).length, 1_600);
  const blocks = speechBlocks(new Float32Array(1_500), options);
  blocks.next();
  controller.abort(new Error('barge-in'));
  t.throws(() => blocks.next(), /barge-in/);
});
