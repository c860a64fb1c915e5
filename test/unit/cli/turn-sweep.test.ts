/**
 * The policy sweep: what waits do to pauses and ends, budgets, the frontier, and intervals by speaker.
 */
import t from 'tap';
import { turnPauses } from '../../../src/cli/turn-pauses.js';
import { pointOfRule, rankingOf, sweepPolicies, type ScoredPause } from '../../../src/cli/turn-sweep.js';
import { turnSweepPicture } from '../../../src/cli/turn-sweep-picture.js';

const pause = (speaker: string, holdMs: number | null, score: number): ScoredPause => ({ speaker, holdMs, score });

/** Pauses up to 1.5 s; the score knows them from ends. */
const told = ['a', 'b', 'c'].flatMap((speaker) => [
  ...[250, 500, 900, 1_500].map((holdMs) => pause(speaker, holdMs, 0.1)),
  ...[1, 2, 3, 4].map(() => pause(speaker, null, 0.9)),
]);

t.test('a rule cuts off the pauses that outlast its wait and waits at the ends', (t) => {
  t.same(
    pointOfRule(told, () => 500),
    { cutOffShare: 0.5, latencyMs: 500 },
  );
  t.same(
    pointOfRule(told, ({ score }) => (score > 0.5 ? 100 : 2_000)),
    { cutOffShare: 0, latencyMs: 100 },
  );
  t.equal(
    pointOfRule(
      told.filter(({ holdMs }) => holdMs === null),
      () => 1,
    ),
    null,
    'nothing to cut off',
  );
  t.end();
});

t.test('silence alone pays for every pause with latency; a score that knows does not', (t) => {
  const silence = sweepPolicies(told, 'silence');
  t.equal(silence.latencyMs, 1_600, 'the longest pause must be waited out');
  t.equal(silence.cutOffShare, 0.75, '288 ms end all but the shortest pause');
  const score = sweepPolicies(told, 'score');
  t.match(score, { latencyMs: 64, cutOffShare: 0 });
  t.same(score.latencyInterval, { low: 64, high: 64 });
  t.end();
});

t.test('the frontier falls, and a score that knows nothing gains nothing much', (t) => {
  const blind = told.map((one) => ({ ...one, score: 0.5 }));
  const { frontier, latencyMs } = sweepPolicies(blind, 'score');
  t.equal(latencyMs, 1_600);
  for (const [index, point] of frontier.slice(1).entries()) {
    t.ok(point.latencyMs > frontier[index]!.latencyMs && point.cutOffShare < frontier[index]!.cutOffShare);
  }
  t.end();
});

t.test('one speaker has no interval, none no figures', (t) => {
  const alone = told.filter(({ speaker }) => speaker === 'a');
  t.match(sweepPolicies(alone, 'score'), { latencyInterval: null, cutOffInterval: null, latencyMs: 64 });
  t.match(sweepPolicies([], 'score'), { latencyMs: null, cutOffShare: null, frontier: [] });
  t.end();
});

t.test('ranking is the chance that an end scores above a pause', (t) => {
  t.equal(rankingOf(told), 1);
  t.equal(rankingOf(told.map((one) => ({ ...one, score: 0 }))), 0.5);
  t.equal(rankingOf([]), null);
  t.end();
});

t.test('pauses of a turn: short silences are none, the end comes last', (t) => {
  t.same(
    turnPauses([
      { startMs: 100, endMs: 500 },
      { startMs: 650, endMs: 900 },
      { startMs: 1_400, endMs: 2_000 },
      { startMs: 9_000, endMs: 9_500 },
    ]),
    [
      { turnStartMs: 100, speechEndMs: 900, holdMs: 500 },
      { turnStartMs: 100, speechEndMs: 9_500, holdMs: null },
    ],
  );
  t.same(turnPauses([]), []);
  t.end();
});

t.test('the picture names its lines and dots, escaped', (t) => {
  const svg = turnSweepPicture(
    [{ name: 'silence <alone>', frontier: sweepPolicies(told, 'silence').frontier }],
    [{ name: 'served', point: { cutOffShare: 0.2, latencyMs: 400 } }],
  );
  t.match(svg, /^<svg/u);
  t.match(svg, 'silence &#60;alone&#62;');
  t.match(svg, 'served');
  t.end();
});
