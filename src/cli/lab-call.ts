/**
 * `attune lab call`: one caller holds a scripted call, and the tape says how the agent did.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import type { LineQuality } from '../lab/line-quality.js';
import { MeasuredCall } from '../lab/measured-call.js';
import { callerHealth, type CallFindings, type LabReport } from '../lab/report/lab-report.js';
import { describeDeed, readCallScript } from '../lab/script/call-script.js';
import type { RehearsedStep } from '../lab/script/rehearsal.js';
import { checkScript } from '../lab/script/script-checks.js';
import { ScriptedCall } from '../lab/script/scripted-call.js';
import { openWire } from '../lab/wires/choose-wire.js';
import {
  addPlaceOptions,
  lineOr,
  numberOf,
  placeFrom,
  tapeIn,
  thresholdsFrom,
  type Place,
  type PlaceFlags,
} from './lab-options.js';
import { publishReport, reportHead } from './lab-report-files.js';
import { rehearseScript, scriptFolder, speechLevelDbOf } from './lab-voice.js';
import { terminal } from './terminal.js';

interface CallFlags extends PlaceFlags {
  readonly script: string;
  readonly repeat: string;
}

const loopResolutionMs = 5;

export function register(lab: Command): void {
  const command = lab
    .command('call')
    .description('hold a scripted call and judge it from the tape')
    .argument('<url>', 'as ws://127.0.0.1:8787/v1/realtime, …/v0/evi/chat, …/twilio/stream or tcp://127.0.0.1:9092')
    .option('--script <file>', 'what the caller says and expects', path.join(scriptFolder, 'delivery.yaml'))
    .option('--repeat <times>', 'hold the call so many times, one after another', '1');
  addPlaceOptions(command, path.join('recordings', 'lab-call')).action((url: string, flags: CallFlags) =>
    run(url, flags),
  );
}

async function run(address: string, flags: CallFlags): Promise<void> {
  const clock = new SystemClock();
  const thresholds = thresholdsFrom(flags);
  const repeat = Math.max(1, Math.round(numberOf(flags.repeat, 'repeat')));
  const place = placeFrom(address, flags);
  const script = readCallScript(await readScript(flags.script), flags.script);
  const line = place.line ?? lineOr(script.line);
  const rehearsed = await rehearseScript(script, { folder: path.dirname(flags.script), clock });
  const wire = openWire(place.wire);
  const steps = wire.tellsWords ? rehearsed : rehearsed.map(withoutWords);
  const head = reportHead(place.url, clock);
  const loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  const findings: CallFindings[] = [];
  loop.enable();
  for (let index = 0; index < repeat; index += 1) {
    const name = repeat === 1 ? 'call' : `call-${String(index + 1).padStart(3, '0')}`;
    findings.push(
      await holdOne(
        { ...place, line },
        { name, index, steps, greetingWithinMs: script.greetingWithinMs, out: flags.out, quiet: flags.json ?? false },
      ),
    );
  }
  loop.disable();
  const delayMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - loopResolutionMs);
  const report: LabReport = {
    ...head,
    name: script.name,
    wire: wire.name,
    line,
    isOpenLoop: false,
    levels: [
      {
        calls: 1,
        findings,
        refused: [],
        health: callerHealth(findings, [{ p99Ms: delayMs(loop.percentile(99)), maxMs: delayMs(loop.max) }]),
      },
    ],
  };
  await publishReport(report, { folder: flags.out, thresholds, json: flags.json ?? false });
}

interface OneCall {
  readonly name: string;
  readonly index: number;
  readonly steps: readonly RehearsedStep[];
  readonly greetingWithinMs: number;
  readonly out: string;
  readonly quiet: boolean;
}

async function holdOne(place: Place & { readonly line: LineQuality }, call: OneCall): Promise<CallFindings> {
  const { name, index, steps, greetingWithinMs, out, quiet } = call;
  const clips = steps.flatMap(({ clip, deed }) => (clip && deed.type !== 'cough' ? [clip] : []));
  if (!quiet) terminal.complain(terminal.bold(name));
  const measured = await MeasuredCall.place({
    ...place,
    speechLevelDb: speechLevelDbOf(clips),
    name,
    seed: index,
    clock: new SystemClock(),
    startedAtMs: 0,
  });
  const conversation = new ScriptedCall(measured.caller, {
    greetingWithinMs,
    onStep: (step) => {
      if (!quiet) terminal.complain(terminal.dim(`  ${describeDeed(step.deed)}`));
    },
    onLatency: (latencyMs) => {
      if (!quiet) terminal.complain(`    answered after ${Math.round(latencyMs)} ms`);
    },
  });
  await measured.hold(() => conversation.run(steps));
  const { played } = conversation;
  return measured.findings({
    cues: played.flatMap(({ cue }) => (cue ? [cue] : [])),
    tape: tapeIn(out, name),
    check: (analysis) => checkScript(steps, played, analysis),
  });
}

/** What cannot be known of a wire without words is not expected. */
function withoutWords(step: RehearsedStep): RehearsedStep {
  return { ...step, expect: [], understoodShare: null };
}

async function readScript(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AttuneError('FILE_UNREADABLE', 'the script cannot be read', { field: file, cause });
  });
}
