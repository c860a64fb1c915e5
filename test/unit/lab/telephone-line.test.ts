/**
 * The simulated line: as lossy, bursty, noisy and late as it is told to be, and the same for the same seed.
 */
import t from 'tap';
import { perfectLine, describeLine, readLineQuality } from '../../../src/lab/line-quality.js';
import { TelephoneLine, type LineDirection } from '../../../src/lab/telephone-line.js';

const frame = new Float32Array(160).fill(0.25);

function lineOf(written: string, seed = 1): TelephoneLine {
  return new TelephoneLine({ ...readLineQuality(written), seed, sampleRateHz: 8_000, speechLevelDb: -20 });
}

/** 1 where a frame was lost. */
function losses(direction: LineDirection, count: number): string {
  return Array.from({ length: count }, () => (direction.carry(frame).samples === null ? '1' : '0')).join('');
}

t.test('a perfect line changes nothing', (t) => {
  const carried = lineOf('').up.carry(frame);
  t.same(carried, { samples: frame, delayMs: 0 });
  t.equal(describeLine(perfectLine), 'a perfect line');
  t.end();
});

t.test('losses are as frequent as told, alone or in bursts, and repeat with the seed', (t) => {
  for (const [written, burst] of [
    ['loss=5%', 1],
    ['loss=5%,burst=4', 4],
  ] as const) {
    const seen = losses(lineOf(written).up, 50_000);
    const lost = seen.split('').filter((one) => one === '1').length / seen.length;
    const runs = seen.match(/1+/gu) ?? [];
    const meanRun = runs.reduce((sum, run) => sum + run.length, 0) / runs.length;
    t.ok(Math.abs(lost - 0.05) < 0.006, `${written}: ${lost}`);
    t.ok(Math.abs(meanRun - burst) < 0.35, `${written}: runs of ${meanRun}`);
  }
  t.equal(losses(lineOf('loss=5%', 3).up, 500), losses(lineOf('loss=5%', 3).up, 500));
  t.not(losses(lineOf('loss=5%', 3).up, 500), losses(lineOf('loss=5%', 4).up, 500));
  t.end();
});

t.test('jitter costs its buffer in delay and a few late frames', (t) => {
  const { down } = lineOf('jitter=60,delay=40');
  let late = 0;
  for (let index = 0; index < 20_000; index += 1) {
    const { samples, delayMs } = down.carry(frame);
    if (delayMs !== 100) t.fail(`frame ${index} takes ${delayMs} ms`);
    if (samples === null) late += 1;
  }
  t.equal(down.counts.late, late);
  t.ok(late > 20 && late < 120, `${late} of 20,000 late: about one in 370`);
  t.end();
});

t.test('noise stands under the speech by the ratio asked for, on the way up alone', (t) => {
  const line = lineOf('snr=15');
  let power = 0;
  for (let index = 0; index < 500; index += 1) {
    for (const sample of line.up.carry(new Float32Array(160)).samples ?? []) power += sample * sample;
  }
  const levelDb = 10 * Math.log10(power / (500 * 160));
  t.ok(Math.abs(levelDb - -35) < 0.5, `${levelDb} dBFS`);
  t.same(line.down.carry(frame).samples, frame);
  t.end();
});

t.test('a line is read as it is written', (t) => {
  t.match(readLineQuality('loss=2%, jitter=60, codec=mulaw, drift=-50'), {
    lossShare: 0.02,
    jitterMs: 60,
    codec: 'mulaw',
    driftPpm: -50,
    snrDb: null,
  });
  t.equal(lineOf('drift=100').clockRate, 1.0001);
  for (const wrong of ['losss=2', 'loss=80%', 'jitter=often', 'codec=opus', 'loss']) {
    t.throws(() => readLineQuality(wrong), { code: 'OPTION_INVALID', field: 'line' }, wrong);
  }
  t.end();
});

t.test('the echo is what was heard, softer, in the caller’s frame', (t) => {
  const heard = new Float32Array(160).fill(0.5);
  const [sample] = lineOf('echo=20,echodelay=100').withEcho(frame, heard);
  t.ok(Math.abs(sample! - 0.3) < 1e-6, String(sample));
  t.equal(lineOf('').withEcho(frame, heard), frame, 'a line without one changes nothing');
  t.equal(lineOf('echo=0').withEcho(new Float32Array(1).fill(0.9), heard)[0], 1, 'no louder than can be');
  t.equal(describeLine(readLineQuality('echo=20,echodelay=100')), 'echo 20 dB softer after 100 ms');
  t.equal(lineOf('delay=40,jitter=60').down.latencyMs, 100);
  t.end();
});
