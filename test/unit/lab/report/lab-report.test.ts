/**
 * Figures, limits and comparisons of reports, and a page that stands alone.
 */
import t from 'tap';
import { seededRandom } from '../../../../src/core/seeded-random.js';
import { latencyFigures, quantile } from '../../../../src/lab/latency-figures.js';
import { perfectLine } from '../../../../src/lab/line-quality.js';
import { compareReports } from '../../../../src/lab/report/compare-reports.js';
import { htmlPage } from '../../../../src/lab/report/html-page.js';
import {
  callerHealth,
  levelFigures,
  readReport,
  toJson,
  type CallFindings,
  type LabReport,
} from '../../../../src/lab/report/lab-report.js';
import { breachesOf, describeBreach } from '../../../../src/lab/report/thresholds.js';

const activity = { segments: [], noiseFloorDb: -75, thresholdDb: -50 };

function callOf(latenciesMs: readonly (number | null)[], change: Partial<CallFindings> = {}): CallFindings {
  return {
    name: 'call',
    startedAtMs: 0,
    analysis: {
      durationMs: 10_000,
      caller: activity,
      agent: activity,
      turns: latenciesMs.map((latencyMs, turn) => ({
        startMs: turn * 1_000,
        endMs: turn * 1_000 + 500,
        replyAtMs: latencyMs === null ? null : turn * 1_000 + 500 + latencyMs,
        latencyMs,
        bargedIn: false,
      })),
      bargeIns: [
        { atMs: 1_000, stopMs: 180 },
        { atMs: 2_000, stopMs: null },
      ],
      briefs: [
        { kind: 'cough', atMs: 1, outcome: 'ignored', pauseMs: null },
        { kind: 'backchannel', atMs: 2, outcome: 'resumed', pauseMs: 400 },
        { kind: 'backchannel', atMs: 3, outcome: 'stopped', pauseMs: null },
      ],
      cutOffs: [{ atMs: 5, during: 'pause' }],
      transfersMs: [],
      talkOverMs: 40,
      dropouts: [],
    },
    pacing: { frames: 1_000, lateFrames: 0, worstLateMs: 4, underruns: 0, underrunMs: 0 },
    line: null,
    failure: null,
    checks: [],
    tape: null,
    picture: { binMs: 40, caller: [0, 0.5, 0], agent: [0, 0, 0.5] },
    ...change,
  };
}

function reportOf(levels: readonly (readonly [calls: number, findings: readonly CallFindings[]])[]): LabReport {
  return {
    kind: 'attune-lab',
    version: 1,
    name: 'Test <of> "names"',
    url: 'ws://host/v1/realtime',
    wire: 'OpenAI Realtime, μ-law',
    line: perfectLine,
    startedAt: '2026-01-01T00:00:00.000Z',
    host: 'test',
    isOpenLoop: true,
    levels: levels.map(([calls, findings]) => ({ calls, findings, refused: [], health: callerHealth(findings, []) })),
  };
}

const ramp = Array.from({ length: 100 }, (_, index) => 300 + index * 5);

t.test('a level is counted, and an unanswered turn is not averaged', (t) => {
  const figures = levelFigures(reportOf([[1, [callOf([...ramp, null])]]]).levels[0]!);
  t.match(figures, { turns: 101, unanswered: 1, bargeIns: 2, yielded: 1, briefs: 3, briefsPassed: 2, cutOffs: 1 });
  t.match(figures.latency, { count: 100, p50: { value: 545 }, p95: { value: 770 }, p99: { value: 790 }, maxMs: 795 });
  const { low, high } = figures.latency!.p50.interval!;
  t.ok(low < 545 && high > 545 && high - low < 200, `${low} to ${high}`);
  t.equal(latencyFigures([]), null);
  t.ok(Number.isNaN(quantile([], 0.5)));
  t.end();
});

t.test('limits name the level that broke them; silence breaks all', (t) => {
  const limits = { p50Ms: null, p95Ms: 700, p99Ms: null, stopP95Ms: 150, unansweredShare: 0 };
  const report = reportOf([
    [1, [callOf([400, 500])]],
    [4, [callOf([null])]],
  ]);
  const breaches = breachesOf(report.levels.map(levelFigures), limits);
  t.same(
    breaches.map(({ calls, what }) => [calls, what]),
    [
      [1, 'stop p95'],
      [4, 'p95'],
      [4, 'stop p95'],
      [4, 'unanswered share'],
    ],
  );
  t.equal(describeBreach(breaches[0]!), 'stop p95 at 1 call is 180 ms, over 150 ms');
  t.end();
});

t.test('the caller says when it was the bottleneck', (t) => {
  const late = callOf([400], {
    pacing: { frames: 1_000, lateFrames: 30, worstLateMs: 90, underruns: 0, underrunMs: 0 },
  });
  t.equal(callerHealth([late], []).wasBottleneck, true);
  t.equal(callerHealth([callOf([400])], [{ p99Ms: 45, maxMs: 50 }]).wasBottleneck, true);
  t.equal(callerHealth([callOf([400])], [{ p99Ms: 2, maxMs: 9 }]).wasBottleneck, false);
  t.end();
});

t.test('a difference is told from luck', (t) => {
  const random = seededRandom(5);
  const sample = (shiftMs: number): CallFindings =>
    callOf(Array.from({ length: 80 }, () => 400 + shiftMs + random() * 300));
  const written = (call: CallFindings): ReturnType<typeof readReport> =>
    readReport(toJson(reportOf([[1, [call]]])), 'x.json');
  const before = written(sample(0));
  t.match(compareReports(before, written(sample(0))), [
    { figure: 'answer p50', verdict: 'no difference shown' },
    { figure: 'answer p95', verdict: 'no difference shown' },
  ]);
  t.match(compareReports(before, written(sample(200))), [
    { figure: 'answer p50', verdict: 'slower', counts: [80, 80] },
    { figure: 'answer p95', verdict: 'slower' },
  ]);
  t.match(compareReports(before, written(sample(-200)))[0], { verdict: 'faster' });
  t.same(compareReports(before, readReport(toJson(reportOf([[4, [sample(0)]]])), 'y.json')), [], 'other levels');
  t.throws(() => readReport('{"kind":"other"}', 'z.json'), { code: 'SCRIPT_INVALID', message: /z\.json/ });
  t.throws(() => readReport('no json', 'z.json'), { code: 'SCRIPT_INVALID' });
  t.end();
});

t.test('the page needs nothing from elsewhere and lets no name become markup', (t) => {
  const report = reportOf([
    [1, [callOf(ramp)]],
    [4, [callOf(ramp.map((ms) => ms + 100))]],
  ]);
  const page = htmlPage(report, { p95LimitMs: 800, breaches: [] });
  t.notMatch(page, /(src|href)=|@import|url\(|<script/u, 'no link');
  t.match(page, 'Test &lt;of&gt; &quot;names&quot;');
  t.notMatch(page, /NaN|undefined|Infinity/u);
  t.match(page, /Latency against load/u);
  t.equal(JSON.parse(toJson(report)).levels[0].findings[0].picture, null, 'pictures stay with the page');
  t.end();
});
