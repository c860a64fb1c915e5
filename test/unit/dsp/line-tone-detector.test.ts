/**
 * Tones of machines as their standards have them, and everything on a line that sounds alike.
 */
import t from 'tap';
import { LineToneDetector, type LineTone } from '../../../src/dsp/line-tone-detector.js';
import { resampleAll } from '../../../src/audio/resampler.js';
import { keyTones } from '../../../src/lab/key-tones.js';
import { lineRateHz, lineSignals, pause, tone, type LineSignal } from '../../support/line-signals.js';

function detectorOf(sampleRateHz = lineRateHz): (samples: Float32Array) => readonly LineTone[] {
  const detector = new LineToneDetector({ sampleRateHz });
  let heard = 0;
  return (samples) => {
    const frameSamples = (20 * sampleRateHz) / 1000;
    const tones: LineTone[] = [];
    for (let at = 0; at < samples.length; at += frameSamples) {
      const frame = samples.subarray(at, at + frameSamples);
      tones.push(...detector.hear(frame, heard));
      heard += frame.length;
    }
    return tones;
  };
}

/** What is heard in the signals with a second before and enough of silence after them. */
function namesIn(signals: readonly LineSignal[], noiseDb?: number): string {
  const tones = detectorOf()(lineSignals([pause(1_000), ...signals, pause(5_000)], noiseDb));
  return tones.map(({ name }) => name).join(' ');
}

t.test('the beep of an answering machine', async (t) => {
  const cases: readonly (readonly [what: string, signals: readonly LineSignal[], heard: string, noiseDb?: number])[] = [
    ['1,000 Hz for 0.5 s', [tone(1_000, 500)], 'beep'],
    ['the shortest', [tone(1_400, 220)], 'beep'],
    ['the longest', [tone(850, 2_400)], 'beep'],
    ['low', [tone(480, 400)], 'beep'],
    ['high', [tone(2_100, 400)], 'beep'],
    ['quiet over noise', [tone(1_000, 500, -35)], 'beep', -50],
    ['loud over much noise', [tone(1_000, 500, -12)], 'beep', -30],
    ['with a lost packet in it', [tone(1_000, 240), pause(20), tone(1_000, 240)], 'beep'],
    ['too short', [tone(1_000, 150)], ''],
    ['too long', [tone(1_000, 2_700)], ''],
    ['in noise as loud', [tone(1_000, 500, -30)], '', -32],
    ['not followed by silence', [tone(1_000, 400), { tonesHz: [300, 700, 1_900], durationMs: 800 }], ''],
    ['gliding', Array.from({ length: 20 }, (_, index) => tone(800 + 20 * index, 20)), ''],
    ['dying away, as a string does', Array.from({ length: 20 }, (_, index) => tone(1_000, 20, -10 - 1.5 * index)), ''],
  ];
  for (const [what, signals, heard, noiseDb] of cases) t.equal(namesIn(signals, noiseDb), heard, what);
});

t.test('a fax that calls, within the tolerances of T.30', async (t) => {
  const burst = (hz: number, onMs: number, offMs: number) => [tone(hz, onMs), pause(offMs), tone(hz, onMs)];
  t.equal(namesIn(burst(1_100, 500, 3_000)), 'fax-calling');
  t.equal(namesIn(burst(1_138, 425, 2_550)), 'fax-calling');
  t.equal(namesIn(burst(1_062, 575, 3_450)), 'fax-calling');
  t.equal(namesIn([...burst(1_100, 500, 3_000), pause(3_000), tone(1_100, 500)]), 'fax-calling', 'told once');
  t.equal(namesIn([tone(1_100, 500)]), 'beep', 'alone it was a beep after all');
  t.equal(namesIn(burst(1_100, 500, 1_000)), 'beep', 'two at another pace are two beeps at most');
  t.equal(namesIn(burst(1_200, 500, 3_000)), 'beep beep');
});

t.test('a fax that answers, told while it still sounds', async (t) => {
  t.equal(namesIn([tone(2_100, 3_300)]), 'fax-answering');
  t.equal(namesIn([tone(2_115, 2_600)]), 'fax-answering');
  t.equal(namesIn(Array.from({ length: 7 }, () => tone(2_100, 450))), 'fax-answering', 'with reversed phases');
  const [told] = detectorOf()(lineSignals([pause(1_000), tone(2_100, 1_100)]));
  t.match(told, { name: 'fax-answering', frequencyHz: 2_100 });
});

t.test('keys, calls in progress and announcements are none of them', async (t) => {
  for (const key of '0123456789*#ABCD') {
    const { samples, sampleRateHz } = keyTones(key);
    t.same(detectorOf(sampleRateHz)(samples), [], key);
  }
  for (const low of [697, 770, 852, 941])
    for (const high of [1_209, 1_336, 1_477, 1_633])
      t.equal(namesIn([{ tonesHz: [low, high], durationMs: 600 }]), '', `${low} + ${high}, held`);
  t.equal(namesIn([tone(425, 1_000), pause(4_000), tone(425, 1_000)]), '', 'ringing in Europe');
  t.equal(namesIn([{ tonesHz: [440, 480], durationMs: 2_000 }]), '', 'ringing in North America');
  t.equal(namesIn([tone(425, 480), pause(480), tone(425, 480)]), '', 'busy');
  t.equal(namesIn([{ tonesHz: [350, 440], durationMs: 3_000 }]), '', 'the tone to dial');
  t.equal(namesIn([tone(950, 330), tone(1_400, 330), tone(1_800, 330)]), '', 'the three tones before an announcement');
});

t.test('places on the timeline, at every rate', async (t) => {
  const samples = lineSignals([pause(1_000), tone(1_000, 500), pause(1_000)]);
  for (const sampleRateHz of [8_000, 16_000, 24_000, 48_000]) {
    const resampled =
      sampleRateHz === lineRateHz
        ? samples
        : resampleAll(samples, { sourceRateHz: lineRateHz, targetRateHz: sampleRateHz });
    const detector = new LineToneDetector({ sampleRateHz });
    const [beep, ...others] = detector.hear(resampled, 2 * sampleRateHz);
    t.same(others, []);
    t.ok(Math.abs((beep?.startMs ?? 0) - 3_000) <= 32, `${sampleRateHz} Hz: from ${beep?.startMs ?? 'never'}`);
    t.ok(Math.abs((beep?.endMs ?? 0) - 3_500) <= 32, `${sampleRateHz} Hz: to ${beep?.endMs ?? 'never'}`);
    t.ok(Math.abs((beep?.frequencyHz ?? 0) - 1_000) <= 3, `${sampleRateHz} Hz: ${beep?.frequencyHz ?? 'none'}`);
  }
});
