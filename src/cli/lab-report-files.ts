/**
 * Writes a report of the laboratory as page and JSON, and says in the terminal what is in it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import type { Clock } from '../core/clock.js';
import { capacityOf, describeCapacity } from '../lab/report/capacity.js';
import { htmlPage } from '../lab/report/html-page.js';
import { levelFigures, toJson, type LabReport } from '../lab/report/lab-report.js';
import { breachesOf, describeBreach, type Thresholds } from '../lab/report/thresholds.js';
import { withInterval } from './lab-figures.js';
import { terminal } from './terminal.js';

/** What every report begins with. The query of an address may hold a key, so it stays out. */
export function reportHead(
  address: string,
  clock: Clock,
): Pick<LabReport, 'kind' | 'version' | 'url' | 'startedAt' | 'host'> {
  const url = new URL(address);
  return {
    kind: 'attune-lab',
    version: 1,
    url: `${url.protocol}//${url.host}${url.pathname}`,
    startedAt: new Date(clock.wallTimeMs()).toISOString(),
    host: `${cpus().length} cores, Node ${process.versions.node}`,
  };
}

/** Sets exit status 1 when a limit or an expectation was missed, or a call lost. */
export async function publishReport(
  report: LabReport,
  options: { readonly folder: string; readonly thresholds: Thresholds; readonly json: boolean },
): Promise<void> {
  const { folder, thresholds, json } = options;
  const figures = report.levels.map(levelFigures);
  const breaches = breachesOf(figures, thresholds);
  const page = path.join(folder, 'report.html');
  await mkdir(folder, { recursive: true });
  await writeFile(page, htmlPage(report, { p95LimitMs: thresholds.p95Ms, breaches }));
  await writeFile(path.join(folder, 'report.json'), toJson(report));
  const checks = report.levels.flatMap(({ findings }) => findings.flatMap((call) => call.checks));
  const missed = checks.filter(({ passed }) => !passed);
  const isLost = figures.some(({ failed }) => failed > 0);
  if (json) terminal.print(JSON.stringify(JSON.parse(toJson(report))));
  else printFigures(report);
  const capacity = capacityOf(figures);
  if (capacity !== null) terminal.complain(describeCapacity(capacity));
  for (const { detail } of missed) terminal.complain(terminal.warn(`missed: ${detail}`));
  for (const breach of breaches) terminal.complain(terminal.bad(describeBreach(breach)));
  for (const { refused, findings } of report.levels) {
    for (const reason of refused) terminal.complain(terminal.bad(`not placed: ${reason}`));
    for (const { name, failure } of findings) {
      if (failure !== null) terminal.complain(terminal.bad(`lost: ${name}: ${failure}`));
    }
  }
  for (const { calls, health } of report.levels) {
    if (!health.wasBottleneck) continue;
    terminal.complain(
      terminal.warn(
        `At ${calls} calls the caller itself was behind (${health.lateFrames} of ${health.frames} frames late, loop p99 ${health.loopDelayP99Ms.toFixed(0)} ms): these figures are not the server’s.`,
      ),
    );
  }
  terminal.complain(`The report is ${page}; report.json is beside it.`);
  if (breaches.length > 0 || missed.length > 0 || isLost) process.exitCode = 1;
}

function printFigures(report: LabReport): void {
  terminal.table(
    ['calls', 'turns', 'unanswered', 'p50', 'p95', 'p99', 'cut-offs', 'yielded', 'stop p50/p95', 'asides passed'],
    report.levels
      .map(levelFigures)
      .map((level) => [
        String(level.calls),
        String(level.turns),
        String(level.unanswered),
        ...(['p50', 'p95', 'p99'] as const).map((name) => (level.latency ? withInterval(level.latency[name]) : '–')),
        String(level.cutOffs),
        `${level.yielded}/${level.bargeIns}`,
        level.stop ? `${Math.round(level.stop.p50.value)}/${Math.round(level.stop.p95.value)} ms` : '–',
        `${level.briefsPassed}/${level.briefs}`,
      ]),
  );
}
