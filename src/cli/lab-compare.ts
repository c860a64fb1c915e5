/**
 * `attune lab compare`: whether a change made answers faster, or only luck did.
 */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { compareReports, type Difference } from '../lab/report/compare-reports.js';
import { readReport, type ReadReport } from '../lab/report/lab-report.js';
import { terminal } from './terminal.js';

interface CompareFlags {
  readonly failOnSlower?: boolean;
  readonly json?: boolean;
}

export function register(lab: Command): void {
  lab
    .command('compare')
    .description('tell whether the answers of two reports differ by more than chance')
    .argument('<before>', 'report.json')
    .argument('<after>', 'report.json')
    .option('--fail-on-slower', 'fail when something has become slower beyond chance')
    .option('--json', 'one object per figure')
    .action((before: string, after: string, flags: CompareFlags) => run([before, after], flags));
}

async function run(
  [before, after]: readonly [string, string],
  { failOnSlower = false, json = false }: CompareFlags,
): Promise<void> {
  const differences = compareReports(await read(before), await read(after));
  if (differences.length === 0) {
    throw new AttuneError(
      'SCRIPT_INVALID',
      'the reports have no level in common with five answered turns on each side',
      {
        field: 'levels',
        hint: 'Run both with the same --calls.',
      },
    );
  }
  if (json) for (const difference of differences) terminal.json(difference);
  else {
    terminal.table(
      ['calls', '', 'before', 'after', 'difference', '95 % interval', 'p', ''],
      differences.map((one) => [
        String(one.calls),
        one.figure,
        `${Math.round(one.before)} ms (${one.counts[0]})`,
        `${Math.round(one.after)} ms (${one.counts[1]})`,
        signed(one.after - one.before),
        `${signed(one.interval.low)} … ${signed(one.interval.high)}`,
        one.pValue < 0.001 ? '< 0.001' : one.pValue.toFixed(3),
        shownVerdict(one),
      ]),
    );
  }
  if (failOnSlower && differences.some(({ verdict }) => verdict === 'slower')) process.exitCode = 1;
}

async function read(file: string): Promise<ReadReport> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AttuneError('FILE_UNREADABLE', 'the report cannot be read', { field: file, cause });
  });
  return readReport(text, file);
}

function signed(ms: number): string {
  return `${ms > 0 ? '+' : ''}${Math.round(ms)} ms`;
}

function shownVerdict({ verdict }: Difference): string {
  if (verdict === 'faster') return terminal.good(verdict);
  return verdict === 'slower' ? terminal.bad(verdict) : terminal.dim(verdict);
}
