/**
 * Whole calls against a server of its own, measured on the caller's side of the wire: voice to voice with its breakdown,
 * barge-in, several calls at once, and memory over many calls.
 *
 * Every caller sends frames of 20 ms on an absolute clock; the end of speech is known from the clip, so latency counts
 * from the sample, not from an event. A reply is cut short once it was measured, so that turns follow one another.
 */
import path from 'node:path';
import type { Clock } from '../src/core/clock.js';
import { AudioFixtures, type FixtureAudio } from '../src/lab/audio-fixtures.js';
import { Caller } from '../src/lab/caller.js';
import { latencyOf, type TurnLatency } from '../src/lab/turn-latency.js';
import { TurnLog, type TurnRecord } from '../src/lab/turn-log.js';
import { RealtimeWire } from '../src/lab/wires/realtime-wire.js';
import { packageRoot } from '../src/server/package-root.js';
import type { ServerFigures, ServerProcess } from './server-process.js';

export interface TurnFigures {
  readonly latency: TurnLatency;
  /** The server's own instants, milliseconds after its endpoint decision. */
  readonly transcriptAfterEndpointMs: number | undefined;
  readonly voiceEmotionAfterEndpointMs: number | undefined;
  readonly fusionAfterEndpointMs: number | undefined;
  readonly replyRequestedAfterEndpointMs: number | undefined;
  readonly firstAudioAfterClauseMs: number | undefined;
}

export interface CallsFigures {
  readonly callCount: number;
  readonly turns: readonly TurnFigures[];
  readonly unansweredCount: number;
  readonly server: ServerFigures;
  /** Processor seconds of the server per second of the measurement. */
  readonly serverCores: number;
}

const clipNames = [
  'yes',
  'no',
  'goodbye',
  'opening-hours',
  'greeting',
  'return-shoes',
  'time-question',
  'thanks-happy',
  'barge-in',
  'late-delivery-angry',
];
const bargeInClips = ['barge-in', 'return-shoes', 'opening-hours', 'late-delivery-angry'];
const turnTimeoutMs = 20_000;

export async function loadClips(names: readonly string[] = clipNames): Promise<readonly FixtureAudio[]> {
  const fixtures = await AudioFixtures.read(path.join(packageRoot, 'audio-fixtures'));
  return Promise.all(names.map((name) => fixtures.load(name)));
}

interface BenchCall extends AsyncDisposable {
  readonly caller: Caller;
  readonly log: TurnLog;
}

async function openCall(server: ServerProcess, clock: Clock): Promise<BenchCall> {
  const log = new TurnLog();
  const caller = await Caller.connect({
    url: server.url,
    apiKey: null,
    clock,
    wire: new RealtimeWire(),
    onMessage: (event, atMs) => log.note(event, atMs),
  });
  return { caller, log, [Symbol.asyncDispose]: () => caller[Symbol.asyncDispose]() };
}

/** `callCount` calls side by side, `turnsPerCall` turns each, started a few hundred milliseconds apart. */
export async function measureCalls(
  server: ServerProcess,
  options: {
    readonly clock: Clock;
    readonly callCount: number;
    readonly turnsPerCall: number;
    readonly onTurn: () => void;
  },
): Promise<CallsFigures> {
  const { clock, callCount, turnsPerCall, onTurn } = options;
  const clips = await loadClips();
  const before = await server.figures();
  const startedAtMs = clock.nowMs();
  const results = await Promise.all(
    Array.from({ length: callCount }, async (_, index) => {
      await clock.sleep(index * 170, new AbortController().signal);
      await using call = await openCall(server, clock);
      const turns: (TurnFigures | undefined)[] = [];
      for (let turn = 0; turn < turnsPerCall; turn += 1) {
        turns.push(await oneTurn(call, clips[(index * 3 + turn) % clips.length] as FixtureAudio));
        onTurn();
      }
      return turns;
    }),
  );
  const after = await server.figures();
  const all = results.flat();
  return {
    callCount,
    turns: all.filter((turn) => turn !== undefined),
    unansweredCount: all.filter((turn) => turn === undefined).length,
    server: after,
    serverCores: ((after.cpuSeconds - before.cpuSeconds) * 1000) / (clock.nowMs() - startedAtMs),
  };
}

async function oneTurn({ caller, log }: BenchCall, clip: FixtureAudio): Promise<TurnFigures | undefined> {
  const before = log.turns.length;
  const said = await caller.say(clip.samples, clip.sampleRateHz);
  const turn = (): TurnRecord | undefined => log.turns.slice(before).find((one) => one.firstAudioAtMs !== undefined);
  try {
    await caller.until(() => turn() !== undefined, turnTimeoutMs, 'an answer');
    const answered = turn() as TurnRecord;
    await caller.until(
      () => caller.nowMs > (answered.firstAudioAtMs ?? 0) + 250,
      turnTimeoutMs,
      'the sound to be heard',
    );
    const latency = latencyOf(answered, said.startMs + clip.speechEndMs, caller.tape);
    caller.send({ type: 'response.cancel' });
    caller.tape.clear(caller.nowMs);
    await caller.until(
      () => answered.doneAtMs !== undefined && answered.timing !== undefined,
      turnTimeoutMs,
      'the end of the answer',
    );
    await caller.until(() => caller.nowMs > (answered.doneAtMs ?? 0) + 300, turnTimeoutMs, 'a pause');
    return figuresOf(answered, latency);
  } catch {
    return undefined;
  }
}

function figuresOf(turn: TurnRecord, latency: TurnLatency): TurnFigures {
  const timing = turn.timing ?? {};
  const between = (from: string, to: string): number | undefined => {
    const [start, end] = [timing[from], timing[to]];
    return start === undefined || end === undefined ? undefined : end - start;
  };
  return {
    latency,
    transcriptAfterEndpointMs: between('endpointMs', 'transcriptMs'),
    voiceEmotionAfterEndpointMs: between('endpointMs', 'voiceEmotionMs'),
    fusionAfterEndpointMs: between('endpointMs', 'fusionMs'),
    replyRequestedAfterEndpointMs: between('endpointMs', 'replyRequestedMs'),
    firstAudioAfterClauseMs: between('firstClauseMs', 'firstAudioMs'),
  };
}

/** Milliseconds from the caller's onset to the last sound of the reply that was spoken over, for `count` barge-ins. */
export async function measureBargeIn(
  server: ServerProcess,
  options: { readonly clock: Clock; readonly count: number; readonly onTurn: () => void },
): Promise<readonly number[]> {
  const { clock, count, onTurn } = options;
  const clips = await loadClips(bargeInClips);
  const stopMs: number[] = [];
  await using call = await openCall(server, clock);
  const { caller, log } = call;
  for (let index = 0; index < count; index += 1) {
    const seen = log.turns.length;
    caller.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What can you do for me?' }] },
    });
    let responseId: string | undefined;
    let lastAudioAtMs: number | undefined;
    let done = false;
    const stopWatching = caller.watch((event, atMs) => {
      const response = event['response'] as { readonly id: string } | undefined;
      if (event.type === 'response.created') responseId ??= response?.id;
      if (event.type === 'response.output_audio.delta' && event['response_id'] === responseId) lastAudioAtMs = atMs;
      if (event.type === 'response.done' && response?.id === responseId) done = true;
    });
    caller.send({ type: 'response.create' });
    await caller.until(() => lastAudioAtMs !== undefined, turnTimeoutMs, 'the reply');
    await clock.sleep(500, new AbortController().signal);
    const clip = clips[index % clips.length] as FixtureAudio;
    const said = await caller.say(clip.samples, clip.sampleRateHz);
    await caller.until(() => done, turnTimeoutMs, 'the reply to be broken off');
    stopWatching();
    stopMs.push((lastAudioAtMs as number) - (said.startMs + clip.speechStartMs));
    await caller.until(
      () => log.turns.slice(seen).some((turn) => turn.firstAudioAtMs !== undefined),
      turnTimeoutMs,
      'the next reply',
    );
    caller.send({ type: 'response.cancel' });
    caller.tape.clear(caller.nowMs);
    await clock.sleep(400, new AbortController().signal);
    onTurn();
  }
  return stopMs;
}

/** Resident memory of the server, MB, after every `step` short calls with one spoken turn each. */
export async function measureMemory(
  server: ServerProcess,
  options: {
    readonly clock: Clock;
    readonly callCount: number;
    readonly step: number;
    readonly concurrency: number;
    readonly onCall: () => void;
  },
): Promise<readonly { readonly callCount: number; readonly residentMemoryMb: number }[]> {
  const { clock, callCount, step, concurrency, onCall } = options;
  const [clip] = await loadClips(['yes']);
  const points = [{ callCount: 0, residentMemoryMb: (await server.figures()).residentMemoryMb }];
  for (let done = 0; done < callCount; done += step) {
    let started = 0;
    const workers = Array.from({ length: concurrency }, async () => {
      while (started < Math.min(step, callCount - done)) {
        started += 1;
        await using call = await openCall(server, clock);
        await oneTurn(call, clip as FixtureAudio);
        onCall();
      }
    });
    await Promise.all(workers);
    points.push({ callCount: done + step, residentMemoryMb: (await server.figures()).residentMemoryMb });
  }
  return points;
}
