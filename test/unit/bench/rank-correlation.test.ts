/** Spearman's coefficient: by hand, with ties, and what it cannot say. */
import t from 'tap';
import { rankCorrelation, ranksOf } from '../../../bench/rank-correlation.js';

t.test('ranks, ties in the middle', async (t) => {
  t.strictSame(ranksOf([10, -3, 7]), [3, 1, 2]);
  t.strictSame(ranksOf([5, 1, 5, 5, 9]), [3, 1, 3, 3, 5]);
});

t.test('any rising curve is 1, any falling one −1', async (t) => {
  t.equal(rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1_000]), 1);
  t.equal(rankCorrelation([1, 2, 3, 4], [0, -1, -8, -9]), -1);
});

t.test('without ties it is 1 − 6 Σd² ∕ n(n² − 1)', async (t) => {
  // Ranks of y: 1, 3, 2, 5, 4; differences 0, −1, 1, −1, 1, so Σd² = 4 with n = 5.
  t.ok(Math.abs(rankCorrelation([1, 2, 3, 4, 5], [10, 30, 20, 60, 35]) - 0.8) < 1e-12);
});

t.test('with ties it is the correlation of the mean ranks', async (t) => {
  // Ranks 1.5, 1.5, 3 and 1, 2, 3: covariance 1.5, variances 1.5 and 2.
  t.ok(Math.abs(rankCorrelation([4, 4, 8], [1, 2, 3]) - 1.5 / Math.sqrt(3)) < 1e-12);
});

t.test('what never changes has no order', async (t) => {
  t.ok(Number.isNaN(rankCorrelation([1, 2, 3], [7, 7, 7])));
  t.throws(() => rankCorrelation([1], [1]));
  t.throws(() => rankCorrelation([1, 2], [1, 2, 3]));
});
