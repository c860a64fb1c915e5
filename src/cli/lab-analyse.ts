/**
 * `attune lab analyse`: what happened in a recorded call, from a stereo file of whatever origin.
 */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { decodeAudio } from '../audio/audio-file.js';
import { AttuneError } from '../core/errors.js';
import { analyseCall, type CallAnalysis, type CallRecording } from '../lab/analysis/call-analysis.js';
import { latencyFigures } from '../lab/latency-figures.js';
import { percentileText } from './lab-figures.js';
import { terminal } from './terminal.js';

interface AnalyseFlags {
  readonly swap?: boolean;
  readonly json?: boolean;
}

export function register(lab: Command): void {
  lab
    .command('analyse')
    .description('tell turns, latencies, barge-ins and cut-offs from stereo recordings (caller left, agent right)')
    .argument('<files...>', 'WAV or Ogg Opus, two channels')
    .option('--swap', 'the agent is on the left')
    .option('--json', 'one object per recording')
    .action((files: readonly string[], flags: AnalyseFlags) => run(files, flags));
}

async function run(files: readonly string[], { swap = false, json = false }: AnalyseFlags): Promise<void> {
  const analyses: CallAnalysis[] = [];
  for (const file of files) {
    const analysis = analyseCall(await readStereo(file, swap));
    analyses.push(analysis);
    if (json) terminal.json({ file, ...rounded(analysis) });
    else printCall(file, analysis);
  }
  if (!json && files.length > 1) printLatencies('All recordings', analyses.flatMap(latenciesOf));
}

async function readStereo(file: string, swap: boolean): Promise<CallRecording> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AttuneError('FILE_UNREADABLE', 'the recording cannot be read', { field: file, cause });
  });
  const { channels, sampleRateHz } = await decodeAudio(bytes, file);
  const [left, right] = channels;
  if (!left || !right || channels.length !== 2) {
    throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', `the recording has ${channels.length} channel(s), not two`, {
      field: file,
      hint: 'Record caller and agent on a channel each; a mix of both cannot be told apart.',
    });
  }
  return swap ? { caller: right, agent: left, sampleRateHz } : { caller: left, agent: right, sampleRateHz };
}

function printCall(file: string, analysis: CallAnalysis): void {
  const { turns, bargeIns, briefs, cutOffs, dropouts } = analysis;
  terminal.print(`${terminal.bold(file)}  ${terminal.dim(`${seconds(analysis.durationMs)}`)}`);
  terminal.table(
    ['Caller', 'until', 'reply at', 'latency', ''],
    turns.map((turn) => [
      seconds(turn.startMs),
      seconds(turn.endMs),
      turn.replyAtMs === null ? '–' : seconds(turn.replyAtMs),
      turn.latencyMs === null ? terminal.warn('no answer') : `${Math.round(turn.latencyMs)} ms`,
      turn.bargedIn ? 'spoke over the agent' : '',
    ]),
  );
  printLatencies('Response latency', latenciesOf(analysis));
  for (const { atMs, stopMs } of bargeIns) {
    terminal.print(
      `Barge-in at ${seconds(atMs)}: ${stopMs === null ? terminal.warn('the agent spoke on') : `silent after ${Math.round(stopMs)} ms`}`,
    );
  }
  for (const { kind, atMs, outcome, pauseMs } of briefs) {
    const what = outcome === 'resumed' ? `resumed after ${Math.round(pauseMs ?? 0)} ms` : outcome;
    terminal.print(`${kind === 'brief' ? 'Brief sound' : kind} over the agent at ${seconds(atMs)}: ${what}`);
  }
  for (const { atMs, during } of cutOffs) {
    terminal.print(terminal.warn(`False cut-off at ${seconds(atMs)}: the agent began in the caller’s ${during}`));
  }
  if (dropouts.length > 0) {
    const lostMs = dropouts.reduce((sum, { durationMs }) => sum + durationMs, 0);
    terminal.print(terminal.warn(`${dropouts.length} holes in the agent’s speech, ${Math.round(lostMs)} ms`));
  }
  terminal.print(`Both spoke for ${Math.round(analysis.talkOverMs)} ms.\n`);
}

function printLatencies(title: string, latenciesMs: readonly number[]): void {
  const figures = latencyFigures(latenciesMs);
  terminal.print(figures ? `${title}: ${percentileText(figures)}` : `${title}: no turn was answered`);
}

function latenciesOf({ turns }: CallAnalysis): readonly number[] {
  return turns.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** Tenths of a millisecond are more than the method resolves. */
function rounded(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' ? Math.round(part * 10) / 10 : part)),
  ) as object;
}
