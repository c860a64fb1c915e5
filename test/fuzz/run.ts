/**
 * npm run fuzz -- [--protocol NAME] [--messages 1000000] [--seed 1] [--call N]
 *
 * Prints a line per protocol and every defect with the call that repeats it. Exit status 1 when there is one.
 */
import { parseArgs } from 'node:util';
import { ProgressBar } from '../../src/cli/progress-bar.js';
import { terminal } from '../../src/cli/terminal.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { platforms } from '../support/platforms.js';
import { fuzzProtocol, type FuzzReport } from './fuzz-protocol.js';

const { values } = parseArgs({
  options: {
    protocol: { type: 'string' },
    messages: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    call: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const clock = new SystemClock();
const count = Number(values.messages);
const seed = Number(values.seed);
const all = platforms('key');
const chosen = all.filter(({ name }) => values.protocol === undefined || name === values.protocol);
if (chosen.length === 0 || !Number.isSafeInteger(count) || !Number.isSafeInteger(seed)) {
  terminal.complain(`Protocols: ${all.map(({ name }) => name).join(', ')}. Messages, seed and call are whole numbers.`);
  process.exit(2);
}

const rows: (readonly string[])[] = [];
for (const platform of chosen) {
  terminal.complain(`${platform.name}, seed ${seed}`);
  using bar = new ProgressBar({ total: count, noun: 'messages', clock });
  const startedAtMs = clock.nowMs();
  const report = await fuzzProtocol(platform, {
    count,
    seed,
    ...(values.call === undefined ? {} : { call: Number(values.call) }),
    onMessages: (messages) => bar.advance(messages),
  });
  bar.clear();
  const messagesPerS = Math.round((report.messages * 1_000) / (clock.nowMs() - startedAtMs));
  if (values.json) terminal.json({ protocol: platform.name, seed, messagesPerS, ...report, defects: namesOf(report) });
  rows.push(rowOf(platform.name, report, messagesPerS));
  for (const { what, call, error, count: times } of report.defects) {
    process.exitCode = 1;
    const repeat = `npm run fuzz -- --protocol ${platform.name} --seed ${seed} --call ${call}`;
    terminal.complain(terminal.bad(`${what}, ${times} times; ${repeat}`));
    terminal.complain(error.stack ?? error.message);
  }
}
if (!values.json) {
  const head = ['protocol', 'messages', 'messages/s', 'calls', 'refused by code', 'calls closed with', 'MB', 'defects'];
  terminal.table(head, rows);
}

function rowOf(name: string, report: FuzzReport, messagesPerS: number): readonly string[] {
  const { messages, calls, refused, closed, heapBeforeMb, heapAfterMb, defects } = report;
  return [
    name,
    messages.toLocaleString('en'),
    messagesPerS.toLocaleString('en'),
    calls.toLocaleString('en'),
    byCount(refused),
    byCount(closed),
    `${heapBeforeMb} → ${heapAfterMb}`,
    String(defects.length),
  ];
}

function namesOf({ defects }: FuzzReport): readonly object[] {
  return defects.map(({ what, call, count: times, error }) => ({ what, call, count: times, error: error.message }));
}

function byCount(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([code, times]) => `${code} ${times.toLocaleString('en')}`)
    .join('\n');
}
