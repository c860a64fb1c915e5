/**
 * How much of a language model's time to its first token callers hear, with answers prepared ahead and without.
 *
 * One server, two tenants that differ in `speculation` alone, and callers of all kinds at the same time, so that whatever
 * else the machine does strikes all of them. Load shedding is off: it would switch off what is measured.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { defaultLines } from '../src/cli/lab-voice.js';
import type { Clock } from '../src/core/clock.js';
import type { AudioClip } from '../src/audio/audio-file.js';
import { analyseCall } from '../src/lab/analysis/call-analysis.js';
import type { Cue } from '../src/lab/analysis/utterances.js';
import { Caller } from '../src/lab/caller.js';
import { RealtimeWire } from '../src/lab/wires/realtime-wire.js';
import { ChatStub, firstTokenAfter } from './chat-stub.js';
import { ServerProcess } from './server-process.js';

export interface FirstTokenRow {
  readonly firstTokenMs: number;
  readonly speculates: boolean;
  /** End of speech to the first audible reply, from the tapes; null for a turn without an answer. */
  readonly latenciesMs: readonly (number | null)[];
  /** Replies that began before the caller had finished. */
  readonly cutOffs: number;
}

export interface FirstTokenFigures {
  readonly rows: readonly FirstTokenRow[];
  /** Of the callers with speculation, by outcome. */
  readonly speculations: Readonly<Record<string, number>>;
}

const keys = { on: 'bench-speculation-on', off: 'bench-speculation-off' } as const;
const turnEveryMs = 8_000;

export async function measureFirstToken(options: {
  readonly clock: Clock;
  readonly providers: readonly string[];
  readonly firstTokensMs: readonly number[];
  readonly turns: number;
  readonly onTurn: () => void;
}): Promise<FirstTokenFigures> {
  const { clock, providers, firstTokensMs, turns, onTurn } = options;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'attune-bench-'));
  try {
    const tenantsFile = path.join(folder, 'tenants.yaml');
    await writeFile(
      tenantsFile,
      `tenants:\n  with:\n    keys: [${keys.on}]\n    speculation: on\n  without:\n    keys: [${keys.off}]\n    speculation: off\n`,
    );
    await using stub = await ChatStub.start();
    await using server = await ServerProcess.start({
      providers,
      flags: [
        '--llm-base-url',
        stub.baseUrl,
        '--llm-model',
        'stub',
        '--tenants-file',
        tenantsFile,
        '--shed-load',
        'off',
      ],
    });
    const kinds = firstTokensMs.flatMap((firstTokenMs) =>
      [true, false].map((speculates) => ({ firstTokenMs, speculates })),
    );
    const lines = await defaultLines();
    const rows = await Promise.all(
      kinds.map(async (kind, index) => {
        await clock.sleep((index * turnEveryMs) / kinds.length, new AbortController().signal);
        return { ...kind, ...(await holdCall(server.url, { ...kind, clock, lines, turns, onTurn })) };
      }),
    );
    return { rows, speculations: await server.counts('attune_speculations_total') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function holdCall(
  url: string,
  {
    firstTokenMs,
    speculates,
    clock,
    lines,
    turns,
    onTurn,
  }: Pick<FirstTokenRow, 'firstTokenMs' | 'speculates'> & {
    readonly clock: Clock;
    readonly lines: readonly AudioClip[];
    readonly turns: number;
    readonly onTurn: () => void;
  },
): Promise<Pick<FirstTokenRow, 'latenciesMs' | 'cutOffs'>> {
  const cues: Cue[] = [];
  const caller = await Caller.connect({
    url,
    apiKey: speculates ? keys.on : keys.off,
    clock,
    wire: new RealtimeWire({
      codec: 'mulaw',
      session: {
        type: 'realtime',
        instructions: firstTokenAfter(firstTokenMs),
        audio: { input: { transcription: { model: 'attune' }, turn_detection: { type: 'semantic_vad' } } },
      },
    }),
  });
  for (let turn = 0; turn < turns; turn += 1) {
    const dueMs = 600 + turn * turnEveryMs;
    await caller.until(() => caller.nowMs >= dueMs, 2 * turnEveryMs, 'the instant of the turn');
    const line = lines[turn % lines.length]!;
    cues.push({ kind: 'line', ...(await caller.say(line.samples, line.sampleRateHz)) });
    onTurn();
  }
  await caller.until(() => caller.nowMs >= turns * turnEveryMs, 2 * turnEveryMs, 'the last answer');
  await caller[Symbol.asyncDispose]();
  const { caller: spoken, answer } = caller.tape.channels();
  const analysis = analyseCall({ caller: spoken, agent: answer, sampleRateHz: caller.tape.sampleRateHz }, cues);
  return { latenciesMs: analysis.turns.map(({ latencyMs }) => latencyMs), cutOffs: analysis.cutOffs.length };
}
