/**
 * The laboratory's findings as one page without a link to anything: figures, curve, spread, tapes and method. Pure.
 */
import { describeLine } from '../line-quality.js';
import type { LatencyFigures, Percentile } from '../latency-figures.js';
import { callTimeline } from './call-timeline.js';
import { capacityOf, describeCapacity } from './capacity.js';
import {
  latenciesOf,
  levelFigures,
  type CallFindings,
  type LabReport,
  type Level,
  type LevelFigures,
} from './lab-report.js';
import { latencyHistogram } from './latency-histogram.js';
import { loadCurve } from './load-curve.js';
import { pageStyle } from './page-style.js';
import { escaped, grouped } from './svg.js';
import { describeBreach, type Breach } from './thresholds.js';

export interface PageOptions {
  /** Limit that was set for p95. */
  readonly p95LimitMs: number | null;
  readonly breaches: readonly Breach[];
}

export function htmlPage(report: LabReport, options: PageOptions): string {
  const figures = report.levels.map(levelFigures);
  const body = [
    header(report, options),
    tiles(report, figures),
    curveSection(figures, options),
    spreadSection(report.levels, figures),
    levelTable(figures),
    checksSection(report),
    ...tapeSections(report),
    healthSection(report.levels),
    method(report),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(report.name)} · Attune lab</title><style>${pageStyle}</style></head>
<body><main>
${body.filter((part) => part !== '').join('\n')}
</main></body></html>
`;
}

function header(report: LabReport, { breaches }: PageOptions): string {
  const checks = report.levels.flatMap(({ findings }) => findings.flatMap((call) => call.checks));
  const failed = checks.filter(({ passed }) => !passed).length;
  const isBehind = report.levels.some(({ health }) => health.wasBottleneck);
  const verdicts = [
    isBehind ? '<span class="verdict bad">the caller itself was behind: see its health below</span>' : '',
    ...breaches.map((breach) => `<span class="verdict bad">${escaped(describeBreach(breach))}</span>`),
    checks.length === 0
      ? ''
      : `<span class="verdict ${failed === 0 ? 'good' : 'bad'}">${checks.length - failed} of ${checks.length} expectations met</span>`,
  ];
  return `<h1>${escaped(report.name)}</h1>
<p class="meta"><code>${escaped(report.url)}</code> · ${escaped(report.wire)} over ${escaped(describeLine(report.line))} · ${escaped(report.startedAt.slice(0, 16).replace('T', ' '))} UTC · ${escaped(report.host)}</p>
${verdicts.join(' ')}`;
}

function tiles(report: LabReport, figures: readonly LevelFigures[]): string {
  const first = figures[0];
  if (!first) return '';
  const title = figures.length > 1 ? ` at ${first.calls} ${first.calls === 1 ? 'call' : 'calls'}` : '';
  const total = (valueOf: (level: LevelFigures) => number): number =>
    figures.reduce((sum, level) => sum + valueOf(level), 0);
  const [turns, unanswered, cutOffs] = [total((l) => l.turns), total((l) => l.unanswered), total((l) => l.cutOffs)];
  const [bargeIns, briefs, passed] = [total((l) => l.bargeIns), total((l) => l.briefs), total((l) => l.briefsPassed)];
  const stop = figures.find((level) => level.stop)?.stop ?? null;
  const { latency } = first;
  return `<div class="tiles">${[
    latency ? percentileTile(latency.p50, `median answer${title}`) : '',
    latency ? percentileTile(latency.p95, `p95${title}`) : '',
    latency ? percentileTile(latency.p99, `p99${title}`) : '',
    tile(`${turns - unanswered}<small> / ${turns}</small>`, 'turns answered', '', unanswered > 0),
    tile(String(cutOffs), 'false cut-offs', 'began too early', cutOffs > 0),
    bargeIns > 0 && stop && !report.isOpenLoop ? percentileTile(stop.p50, 'silent when spoken over') : '',
    briefs > 0 ? tile(`${passed}<small> / ${briefs}</small>`, 'asides passed', '', passed < briefs) : '',
  ].join('')}</div>`;
}

function percentileTile({ value, interval }: Percentile, title: string): string {
  const range = interval ? `95 %: ${grouped(interval.low)}–${grouped(interval.high)}` : '';
  return tile(`${grouped(value)}<small> ms</small>`, title, range);
}

function tile(value: string, title: string, detail: string, isBad = false): string {
  return `<div class="tile${isBad ? ' bad' : ''}"><b>${value}</b><span>${escaped(title)}</span><i>${escaped(detail)}</i></div>`;
}

function curveSection(figures: readonly LevelFigures[], { p95LimitMs }: PageOptions): string {
  const curve = loadCurve(figures, p95LimitMs);
  if (curve === '') return '';
  const capacity = capacityOf(figures);
  const verdict = capacity === null ? '' : `<p>${escaped(describeCapacity(capacity))}</p>`;
  return `<section><h2>Latency against load</h2><p class="hint">Milliseconds from the end of the caller’s speech to the first audible reply. The bands are 95 % bootstrap intervals.</p>${verdict}${curve}</section>`;
}

function spreadSection(levels: readonly Level[], figures: readonly LevelFigures[]): string {
  const rows = levels.flatMap((level, index) => {
    const latency = figures[index]?.latency;
    const title = `${level.calls} ${level.calls === 1 ? 'call' : 'calls'}`;
    return latency ? [{ title, latenciesMs: latenciesOf(level.findings), figures: latency }] : [];
  });
  if (rows.length === 0) return '';
  return `<section><h2>Spread</h2><p class="hint">The dotted line is what people leave between turns, about 200 ms.</p>${latencyHistogram(rows)}</section>`;
}

function levelTable(figures: readonly LevelFigures[]): string {
  const cell = (latency: LatencyFigures | null, name: 'p50' | 'p90' | 'p95' | 'p99'): string => {
    if (!latency) return '<td>–</td>';
    const { value, interval } = latency[name];
    const range = interval ? ` <small>${grouped(interval.low)}–${grouped(interval.high)}</small>` : '';
    return `<td>${grouped(value)}${range}</td>`;
  };
  const rows = figures.map((level) => {
    const {
      calls,
      turns,
      unanswered,
      latency,
      bargeIns,
      yielded,
      stop,
      briefs,
      briefsPassed,
      cutOffs,
      dropouts,
      failed,
    } = level;
    return `<tr><td>${calls}</td><td>${turns}</td><td class="${unanswered > 0 ? 'bad' : ''}">${unanswered}</td>${cell(latency, 'p50')}${cell(latency, 'p90')}${cell(latency, 'p95')}${cell(latency, 'p99')}<td>${cutOffs}</td><td>${yielded}/${bargeIns}</td><td>${stop ? `${grouped(stop.p50.value)}/${grouped(stop.p95.value)}` : '–'}</td><td>${briefsPassed}/${briefs}</td><td>${dropouts}</td><td class="${failed > 0 ? 'bad' : ''}">${failed}</td></tr>`;
  });
  return `<section><h2>Figures</h2><table><tr><th>calls</th><th>turns</th><th>no answer</th><th>p50 ms</th><th>p90</th><th>p95</th><th>p99</th><th>cut-offs</th><th>yielded</th><th>stop p50/p95</th><th>asides</th><th>holes</th><th>lost</th></tr>${rows.join('')}</table></section>`;
}

function checksSection({ levels }: LabReport): string {
  const calls = levels.flatMap(({ findings }) => findings).filter(({ checks }) => checks.length > 0);
  if (calls.length === 0) return '';
  const rows = calls.flatMap(({ name, checks }) =>
    checks.map(
      ({ step, what, passed, detail }) =>
        `<tr><td class="text step">${calls.length > 1 ? `${escaped(name)}, ` : ''}step ${step}</td><td class="text">${escaped(what)}</td><td class="text">${escaped(detail)}</td><td class="${passed ? 'good' : 'bad'}">${passed ? 'met' : 'missed'}</td></tr>`,
    ),
  );
  return `<section><h2>Expectations</h2><table>${rows.join('')}</table></section>`;
}

/** The first call, and the one with the slowest answer of all. */
function tapeSections({ levels }: LabReport): readonly string[] {
  const calls = levels.flatMap(({ findings }) => findings).filter(({ picture }) => picture !== null);
  const slowestOf = ({ analysis }: CallFindings): number =>
    Math.max(0, ...analysis.turns.map(({ latencyMs }) => latencyMs ?? 0));
  const slowest = calls.reduce<CallFindings | undefined>(
    (worst, call) => (worst && slowestOf(worst) >= slowestOf(call) ? worst : call),
    undefined,
  );
  const chosen = [...new Set([calls[0], slowest])].filter((call) => call !== undefined);
  return chosen.map((call) => {
    const title = call === slowest && calls.length > 1 ? 'The call with the slowest answer' : 'The tape';
    return `<section><h2>${title}: ${escaped(call.name)}</h2><p class="hint">Caller above, agent below. Yellow is the wait for an answer, in milliseconds.${call.failure === null ? '' : ` <span class="bad">${escaped(call.failure)}</span>`}</p>${call.picture ? callTimeline(call.analysis, call.picture) : ''}</section>`;
  });
}

function healthSection(levels: readonly Level[]): string {
  const rows = levels.map(({ calls, health, findings, refused }) => {
    const verdict = health.wasBottleneck
      ? '<span class="bad">the caller was the bottleneck</span>'
      : '<span class="good">kept time</span>';
    const lost = findings.reduce((sum, { line }) => sum + (line ? line.down.lost + line.down.late : 0), 0);
    const underruns = findings.reduce((sum, { pacing }) => sum + pacing.underruns, 0);
    return `<tr><td>${calls}</td><td>${health.processes}</td><td>${grouped(health.lateFrames)} / ${grouped(health.frames)}</td><td>${health.loopDelayP99Ms.toFixed(1)} / ${health.loopDelayMaxMs.toFixed(0)}</td><td>${underruns}</td><td>${lost}</td><td class="text">${verdict}${refused.length > 0 ? ` <span class="bad">${refused.length} refused: ${escaped(refused[0] ?? '')}</span>` : ''}</td></tr>`;
  });
  return `<section><h2>The caller’s own health</h2><p class="hint">A figure is only worth something while the caller itself is in time.</p><table><tr><th>calls</th><th>processes</th><th>late frames</th><th>loop delay p99 / max ms</th><th>answer ran dry</th><th>frames the line lost</th><th class="text">verdict</th></tr>${rows.join('')}</table></section>`;
}

function method({ isOpenLoop }: LabReport): string {
  const loop = isOpenLoop
    ? 'Callers spoke at their instants, answered or not, so a slow server is not spared any turn.'
    : 'The caller heard every answer out, except where the script speaks over it.';
  return `<footer>Measured from stereo recordings alone, within 10 ms unless noise above −60 dBFS hides the edges of words: the caller’s end of speech to the first sound of the agent above its own noise. ${loop} Intervals are 95 % percentile bootstraps over turns. A turn without an answer has no latency; it is counted.</footer>`;
}
