/** Calibration errors that are known by hand, and what luck alone makes of them. */
import t from 'tap';
import { calibrationError, calibrationErrorByChance } from '../../../src/stages/calibration-error.js';

t.test('the calibration error', (t) => {
  const all = (confidence: number, rights: readonly boolean[]) => rights.map((right) => ({ confidence, right }));
  t.equal(calibrationError([]), 0);
  t.equal(calibrationError(all(0.75, [true, true, true, false])), 0);
  t.equal(calibrationError(all(1, [false, false])), 1);
  t.equal(calibrationError([...all(0.5, [true, true]), ...all(0, [false, false])]), 0.25);
  t.end();
});

t.test('the calibration error by chance', (t) => {
  t.strictSame(calibrationErrorByChance([]), { mean: 0, high: 0 });
  t.strictSame(calibrationErrorByChance([0, 1, 1]), { mean: 0, high: 0 }, 'the certain are never lucky');
  // The mean distance of a share of n from p is √(2·p(1 − p)/(π·n)), and 1.96 instead of √(2/π) is passed by 5 in 100.
  const one = calibrationErrorByChance(Array.from({ length: 100 }, () => 0.5));
  t.ok(Math.abs(one.mean - 0.04) < 0.003 && Math.abs(one.high - 0.098) < 0.012, JSON.stringify(one));
  const spread = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);
  t.ok(calibrationErrorByChance(spread).mean > 2 * one.mean, 'more bins, fewer statements in each, more luck');
  const more = calibrationErrorByChance(Array.from({ length: 10 }, () => spread).flat());
  t.ok(Math.abs(more.mean * Math.sqrt(10) - calibrationErrorByChance(spread).mean) < 0.01, 'ten times the statements');
  t.strictSame(calibrationErrorByChance(spread), calibrationErrorByChance(spread), 'always the same');
  t.end();
});
