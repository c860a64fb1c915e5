/**
 * Known levels in, their ratio out.
 */
import t from 'tap';
import { SnrMeter } from '../../../src/dsp/snr-meter.js';

const windowSamples = 512;

/** A sine of that RMS level in dBFS. */
function tone(levelDb: number): Float32Array {
  const amplitude = Math.SQRT2 * 10 ** (levelDb / 20);
  return Float32Array.from(
    { length: windowSamples },
    (_, n) => amplitude * Math.sin((2 * Math.PI * 16 * n) / windowSamples),
  );
}

function heard(meter: SnrMeter, levelDb: number, speechProbability: number, windows: number): void {
  for (let count = 0; count < windows; count += 1) meter.hear(tone(levelDb), speechProbability);
}

t.test('the ratio of known levels', async (t) => {
  for (const [speechDb, noiseDb, expectedDb] of [
    [-20, -50, 30],
    [-20, -30, 9.54],
    [-10, -120, 60],
    [-40, -40.01, -10],
  ] as const) {
    const meter = new SnrMeter();
    heard(meter, noiseDb, 0.02, 20);
    heard(meter, speechDb, 0.9, 20);
    t.ok(Math.abs((meter.snrDb ?? NaN) - expectedDb) < 0.1, `${speechDb} over ${noiseDb}: ${String(meter.snrDb)}`);
  }
});

t.test('too little of either says nothing, and what may be both counts as neither', async (t) => {
  const meter = new SnrMeter();
  heard(meter, -50, 0.02, 20);
  t.equal(meter.snrDb, null);
  heard(meter, -20, 0.3, 50);
  t.equal(meter.snrDb, null);
  heard(meter, -20, 0.9, 4);
  t.equal(meter.snrDb, null);
  meter.hear(tone(-20), 0.9);
  t.ok(Math.abs((meter.snrDb ?? NaN) - 30) < 0.1);
});

t.test('the next utterance is measured by itself, against a noise that follows the room', async (t) => {
  const meter = new SnrMeter();
  heard(meter, -60, 0, 30);
  heard(meter, -20, 1, 10);
  meter.startUtterance();
  t.equal(meter.snrDb, null);
  heard(meter, -40, 0, 400);
  heard(meter, -20, 1, 10);
  t.ok(Math.abs((meter.snrDb ?? NaN) - 20) < 1, String(meter.snrDb));
});
