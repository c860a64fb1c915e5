/**
 * `attune lab load`: many callers at once, level after level, and how long answers take at each.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { AudioClip } from '../audio/audio-file.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import { runLevel } from '../lab/load/load-run.js';
import type { WorkerMessage } from '../lab/load/worker-messages.js';
import { quantile } from '../lab/latency-figures.js';
import type { LabReport, Level } from '../lab/report/lab-report.js';
import { readCallScript } from '../lab/script/call-script.js';
import { openWire } from '../lab/wires/choose-wire.js';
import { addPlaceOptions, lineOr, numberOf, placeFrom, thresholdsFrom, type PlaceFlags } from './lab-options.js';
import { publishReport, reportHead } from './lab-report-files.js';
import { defaultLines, rehearseScript, speechLevelDbOf } from './lab-voice.js';
import { terminal } from './terminal.js';

interface LoadFlags extends PlaceFlags {
  readonly calls: string;
  readonly turns: string;
  readonly every: string;
  readonly ramp?: string;
  readonly script?: string;
  readonly tapes?: boolean;
}

export function register(lab: Command): void {
  const command = lab
    .command('load')
    .description('load a server with calls and measure every answer from the tapes')
    .argument('<url>', 'as ws://127.0.0.1:8787/v1/realtime, or tcp://127.0.0.1:9092')
    .option('--calls <levels>', 'calls at one time, level after level', '1,4,16')
    .option('--turns <count>', 'turns of each call', '10')
    .option('--every <ms>', 'a caller speaks at this distance, answered or not', '10000')
    .option('--ramp <ms>', 'time over which the calls of a level arrive (default: one turn)')
    .option('--script <file>', 'take the lines of a script instead of recorded questions')
    .option('--tapes', 'write the tape of every call');
  addPlaceOptions(command, path.join('recordings', 'lab-load')).action((url: string, flags: LoadFlags) =>
    run(url, flags),
  );
}

async function run(address: string, flags: LoadFlags): Promise<void> {
  const clock = new SystemClock();
  const thresholds = thresholdsFrom(flags);
  const place = placeFrom(address, flags);
  const levels = flags.calls.split(',').map((text) => countOf(text, 'calls'));
  const turns = countOf(flags.turns, 'turns');
  const turnEveryMs = numberOf(flags.every, 'every');
  const { name, lines } = await linesOf(flags.script, clock);
  const longestMs = Math.max(...lines.map(({ samples, sampleRateHz }) => (samples.length * 1000) / sampleRateHz));
  if (turnEveryMs < longestMs + leastPauseMs) {
    throw new AttuneError('OPTION_INVALID', `the longest line takes ${Math.round(longestMs)} ms`, {
      field: 'every',
      hint: `Let a caller speak every ${Math.ceil((longestMs + leastPauseMs) / 1000)} s at most.`,
    });
  }
  const head = reportHead(place.url, clock);
  const found: Level[] = [];
  for (const calls of levels) {
    using live = new LiveLevel({ calls, turns: calls * turns, clock, quiet: flags.json ?? false });
    found.push(
      await runLevel(calls, {
        place: {
          url: place.url,
          apiKey: place.apiKey,
          wire: place.wire,
          line: lineOr(place.line),
          speechLevelDb: speechLevelDbOf(lines),
        },
        lines,
        turns,
        turnEveryMs,
        rampMs: flags.ramp === undefined ? turnEveryMs : numberOf(flags.ramp, 'ramp'),
        tapeFolder: flags.tapes ? flags.out : null,
        onProgress: (message) => live.note(message),
      }),
    );
  }
  const report: LabReport = {
    ...head,
    name,
    wire: openWire(place.wire).name,
    line: lineOr(place.line),
    isOpenLoop: true,
    levels: found,
  };
  await publishReport(report, { folder: flags.out, thresholds, json: flags.json ?? false });
}

/** A caller who speaks sooner after a line would not have waited for an answer. */
const leastPauseMs = 2_000;

async function linesOf(
  file: string | undefined,
  clock: Clock,
): Promise<{ readonly name: string; readonly lines: readonly AudioClip[] }> {
  if (file === undefined) return { name: 'Recorded questions under load', lines: await defaultLines() };
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AttuneError('FILE_UNREADABLE', 'the script cannot be read', { field: file, cause });
  });
  const script = readCallScript(text, file);
  const steps = await rehearseScript(script, { folder: path.dirname(file), clock });
  const lines = steps.flatMap(({ deed, clip, overReplyMs }) =>
    clip && overReplyMs === null && (deed.type === 'say' || deed.type === 'audio') ? [clip] : [],
  );
  if (lines.length === 0) {
    throw new AttuneError('SCRIPT_INVALID', `${file} has no line that a caller could say under load`, {
      field: 'steps',
    });
  }
  return { name: `${script.name} under load`, lines };
}

function countOf(text: string, field: string): number {
  const count = numberOf(text, field);
  if (Number.isInteger(count) && count >= 1 && count <= 10_000) return count;
  throw new AttuneError('OPTION_INVALID', `'${text}' is no number of 1 to 10,000`, { field });
}

/** The level that runs, in one line that is rewritten: calls in flight, turns, percentiles of the last answers. */
class LiveLevel implements Disposable {
  readonly #options: { readonly calls: number; readonly turns: number; readonly clock: Clock; readonly quiet: boolean };
  readonly #recentMs: number[] = [];
  #inFlight = 0;
  #done = 0;
  #unanswered = 0;
  #shownAtMs = 0;

  constructor(options: {
    readonly calls: number;
    readonly turns: number;
    readonly clock: Clock;
    readonly quiet: boolean;
  }) {
    this.#options = options;
  }

  note(message: WorkerMessage): void {
    if (message.type === 'call-started') this.#inFlight += 1;
    if (message.type === 'call-ended') this.#inFlight -= 1;
    if (message.type === 'turn') {
      this.#done += 1;
      if (message.latencyMs === null) this.#unanswered += 1;
      else this.#recentMs.push(message.latencyMs);
      if (this.#recentMs.length > rollingTurns) this.#recentMs.shift();
    }
    const { clock, quiet } = this.#options;
    if (quiet || !terminal.rewritesErrors || clock.nowMs() < this.#shownAtMs + redrawMs) return;
    this.#shownAtMs = clock.nowMs();
    terminal.rewrite(this.#line());
  }

  [Symbol.dispose](): void {
    if (this.#options.quiet) return;
    if (terminal.rewritesErrors) terminal.rewrite('');
    terminal.complain(this.#line());
  }

  #line(): string {
    const { calls, turns } = this.#options;
    const cells = Math.round((barCells * this.#done) / turns);
    const bar = terminal.accent('█'.repeat(cells)) + terminal.dim('─'.repeat(barCells - cells));
    const rolling =
      this.#recentMs.length === 0
        ? ''
        : `  p50 ${Math.round(quantile(this.#recentMs, 0.5))} · p95 ${Math.round(quantile(this.#recentMs, 0.95))} ms`;
    const lost = this.#unanswered === 0 ? '' : terminal.warn(`  ${this.#unanswered} unanswered`);
    return `${String(calls).padStart(4)} calls ${bar} ${this.#done}/${turns} turns  ${this.#inFlight} in flight${rolling}${lost}`;
  }
}

const barCells = 20;
const redrawMs = 200;
/** Percentiles on the terminal follow the last answers. */
const rollingTurns = 200;
