/**
 * `attune demo`: starts a server, calls it over a real WebSocket with the recorded callers, and shows everything.
 *
 * Exit status 0 only when every turn was answered. The call is written as a stereo WAV, caller left, Attune right.
 */
import path from 'node:path';
import type { Command } from 'commander';
import { SystemClock } from '../core/system-clock.js';
import { AudioFixtures, type FixtureAudio } from '../lab/audio-fixtures.js';
import { Caller } from '../lab/caller.js';
import { writeTape } from '../lab/tape-file.js';
import { TurnLog, type TurnRecord } from '../lab/turn-log.js';
import { RealtimeWire } from '../lab/wires/realtime-wire.js';
import { AttuneServer } from '../server/attune-server.js';
import { loadConfig } from '../server/config.js';
import { packageRoot } from '../server/package-root.js';
import { PinoLogger } from '../server/pino-logger.js';
import { PrometheusMetrics } from '../server/prometheus-metrics.js';
import { terminal } from './terminal.js';
import { TurnPrinter } from './turn-printer.js';

/** Who says what, in order; `bargeInAfterMs` speaks into the reply before, that long after it became audible. */
const script: readonly { readonly clip: string; readonly bargeInAfterMs?: number }[] = [
  { clip: 'greeting' },
  { clip: 'late-delivery-angry' },
  { clip: 'barge-in', bargeInAfterMs: 900 },
  { clip: 'thanks-happy' },
  { clip: 'goodbye' },
];

const turnTimeoutMs = 30_000;

export function register(program: Command): void {
  program
    .command('demo')
    .description('let a recorded caller call the server and show what happens')
    .option('--out <file>', 'where to write the call as a stereo WAV', path.join('recordings', 'demo.wav'))
    .action((options: { readonly out: string }) => demo(path.resolve(options.out)));
}

async function demo(out: string): Promise<void> {
  const clock = new SystemClock();
  const fixtures = await AudioFixtures.read(path.join(packageRoot, 'audio-fixtures'));
  const config = loadConfig({
    flags: {
      port: '0',
      logLevel: 'warn',
      logFormat: 'pretty',
      providers: 'cpu',
      memory: 'off',
      auditLog: 'off',
      eviPath: 'off',
    },
  });
  terminal.print(terminal.bold('Starting Attune …'));
  const metrics = new PrometheusMetrics();
  const logger = new PinoLogger({ level: config.logLevel, format: config.logFormat });
  const server = await AttuneServer.start({ config, clock, logger, metrics, exposition: metrics });
  const log = new TurnLog();
  const printer = new TurnPrinter(terminal);
  const url = `ws://127.0.0.1:${server.port}/v1/realtime?model=attune`;
  terminal.print(`Calling ${url} with recorded callers, frames of 20 ms at the pace of speech.\n`);
  const caller = await Caller.connect({
    url,
    apiKey: config.apiKeys[0] ?? null,
    clock,
    wire: new RealtimeWire(),
    onMessage: (event, atMs) => {
      log.note(event, atMs);
      printer.note(event);
    },
  });
  let unanswered = 0;
  try {
    for (const [index, step] of script.entries()) {
      const clip = await fixtures.load(step.clip);
      terminal.print(terminal.bold(`Turn ${index + 1}`) + terminal.dim(`  ${clip.name}: “${clip.transcript}”`));
      const turn = await sayAndHear(caller, log, printer, clip, script[index + 1]?.bargeInAfterMs);
      if (turn === undefined || turn.firstAudioAtMs === undefined) unanswered += 1;
      terminal.print('');
    }
  } finally {
    await caller[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await writeTape(caller.tape, out);
  }
  terminal.print(`The call is on tape: ${path.relative(process.cwd(), out)} (caller left, Attune right)`);
  if (unanswered === 0) return;
  terminal.print(terminal.warn(`${unanswered} of ${script.length} turns were not answered.`));
  process.exitCode = 1;
}

/** One turn; ends with the reply, or `nextInterruptsMs` after it became audible when the next turn barges in. */
async function sayAndHear(
  caller: Caller,
  log: TurnLog,
  printer: TurnPrinter,
  clip: FixtureAudio,
  nextInterruptsMs: number | undefined,
): Promise<TurnRecord | undefined> {
  const before = log.turns.length;
  const said = await caller.say(clip.samples, clip.sampleRateHz);
  const speechEndMs = said.startMs + clip.speechEndMs;
  const turn = (): TurnRecord | undefined => log.turns.slice(before).find((one) => one.responseId !== undefined);
  await caller.until(
    () => turn()?.firstAudioAtMs !== undefined || turn()?.doneAtMs !== undefined,
    turnTimeoutMs,
    'an answer',
  );
  if (nextInterruptsMs !== undefined) {
    const fromMs = turn()?.firstAudioAtMs ?? caller.nowMs;
    await caller.until(
      () => caller.nowMs >= fromMs + nextInterruptsMs || turn()?.doneAtMs !== undefined,
      turnTimeoutMs,
      'the moment to interrupt',
    );
  } else {
    await caller.until(
      () => turn()?.doneAtMs !== undefined && !caller.isHearing,
      turnTimeoutMs,
      'the end of the answer',
    );
  }
  const record = turn();
  if (record) printer.waterfall(record, speechEndMs, caller.tape);
  return record;
}
