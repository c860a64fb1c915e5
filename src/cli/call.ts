/**
 * `attune call`: calls a server with recordings or the microphone, shows the call, and keeps the tape.
 *
 * Works against any server of the OpenAI Realtime API. The answer is not played; it lies on the tape, caller left,
 * answer right. Exit status 0 only when every recording was answered.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { readAudioFile, type AudioClip } from '../audio/audio-file.js';
import { encodeWav } from '../audio/wav-writer.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import type { CallTape } from '../lab/call-tape.js';
import { RealtimeCaller, type ServerEvent } from '../lab/realtime-caller.js';
import { latencyOf } from '../lab/turn-latency.js';
import { TurnLog, type TurnRecord } from '../lab/turn-log.js';
import { realtimeUrlOf } from './call-url.js';
import { Microphone } from './microphone.js';
import { terminal } from './terminal.js';
import { TurnPrinter } from './turn-printer.js';

interface CallFlags {
  readonly audio?: readonly string[];
  readonly mic?: boolean;
  readonly apiKey?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** A server that is silent for this long after a recording has not answered it. */
const patienceMs = 15_000;
/** Longest a reply to one recording may take altogether. */
const longestReplyMs = 600_000;
const longestCallMs = 86_400_000;
/** What is quieter than this at the end of a recording is no speech any more. */
const audibleDb = -45;

export function register(program: Command): void {
  program
    .command('call')
    .description('call a server and show the conversation')
    .argument('<url>', 'as ws://127.0.0.1:8787/v1/realtime')
    .option('--audio <files...>', 'recordings to say, one turn each')
    .option('--mic', 'speak through the microphone until Ctrl-C')
    .option('--api-key <key>', 'key of the server')
    .option('--out <file>', 'where to write the call as a stereo WAV')
    .option('--json', 'one object per turn')
    .action((url: string, flags: CallFlags) => run(url, flags));
}

async function run(address: string, flags: CallFlags): Promise<void> {
  const url = realtimeUrlOf(address);
  if ((flags.audio === undefined) === (flags.mic === undefined)) {
    throw new AttuneError('OPTION_INVALID', 'a call needs either --audio or --mic', { field: 'audio' });
  }
  const clips = await Promise.all((flags.audio ?? []).map(readClip));
  await using microphone = flags.mic ? await Microphone.open() : undefined;
  const clock = new SystemClock();
  const call = new ShownCall(clock, flags.json ?? false);
  const caller = await RealtimeCaller.connect({
    url,
    apiKey: flags.apiKey ?? null,
    clock,
    session: {
      type: 'realtime',
      audio: { input: { transcription: { model: 'attune' }, turn_detection: { type: 'semantic_vad' } } },
    },
    onEvent: (event, atMs) => call.note(event, atMs),
    ...(microphone && { source: microphone.read }),
  });
  try {
    for (const clip of clips) await call.say(caller, clip);
    if (microphone) await call.listen(caller, microphone);
  } finally {
    await caller[Symbol.asyncDispose]();
    if (flags.out !== undefined) await writeTape(caller.tape, flags.out);
  }
}

interface NamedClip extends AudioClip {
  readonly file: string;
}

/** One call with its log and what is shown of it. */
class ShownCall {
  readonly #clock: Clock;
  readonly #json: boolean;
  readonly #log = new TurnLog();
  readonly #printer = new TurnPrinter(terminal);
  #lastEventAtMs = 0;
  /** Set while turns are shown as they end. */
  #liveTape: CallTape | undefined;

  constructor(clock: Clock, json: boolean) {
    this.#clock = clock;
    this.#json = json;
  }

  note(event: ServerEvent, atMs: number): void {
    this.#lastEventAtMs = this.#clock.nowMs();
    this.#log.note(event, atMs);
    if (!this.#json) this.#printer.note(event);
    else if (event.type === 'error') terminal.complain(JSON.stringify(event['error']));
    if (event.type !== 'response.done' || this.#liveTape === undefined) return;
    const { id } = event['response'] as { readonly id: string };
    const turn = this.#log.turns.findLast(({ responseId }) => responseId === id);
    if (turn) this.#show(turn, { file: null, speechEndMs: null, tape: this.#liveTape });
  }

  /** Says a recording and waits until its answer was heard, or the server stays silent. */
  async say(caller: RealtimeCaller, clip: NamedClip): Promise<void> {
    if (!this.#json) terminal.print(terminal.bold(clip.file));
    const before = this.#log.turns.length;
    const said = await caller.say(clip.samples, clip.sampleRateHz);
    this.#lastEventAtMs = this.#clock.nowMs();
    const isDone = (): boolean => this.#log.turns.length > before && this.#log.last?.doneAtMs !== undefined;
    const isSilent = (): boolean => this.#clock.nowMs() > this.#lastEventAtMs + patienceMs;
    await caller.until(() => !caller.isHearing && (isDone() || isSilent()), longestReplyMs, 'the end of the answer');
    const turns = this.#log.turns.slice(before);
    if (!turns.some((turn) => turn.firstAudioAtMs !== undefined)) {
      process.exitCode = 1;
      terminal.complain(terminal.warn(`${clip.file} was not answered`));
    }
    const speechEndMs = said.startMs + speechEndOf(clip);
    for (const turn of turns) this.#show(turn, { file: clip.file, speechEndMs, tape: caller.tape });
  }

  /** Passes the microphone on until Ctrl-C, the end of the call or of the recorder. */
  async listen(caller: RealtimeCaller, microphone: Microphone): Promise<void> {
    let stopped = false;
    this.#liveTape = caller.tape;
    process.once('SIGINT', () => {
      stopped = true;
    });
    terminal.complain(`Listening through ${microphone.recorder}; the answer is written, not played. Ctrl-C ends the call.`);
    await caller.until(() => stopped || microphone.failure !== undefined, longestCallMs, 'the end of the call');
    if (microphone.failure) throw microphone.failure;
  }

  #show(turn: TurnRecord, { file, speechEndMs, tape }: ShownTurn): void {
    if (!this.#json) {
      if (speechEndMs !== null && turn.firstAudioAtMs !== undefined) this.#printer.waterfall(turn, speechEndMs, tape);
      return;
    }
    const { transcript = '', emotion = null, reply, status = null } = turn;
    terminal.json({ file, transcript, emotion, reply, status, latency: speechEndMs === null ? null : latencyOf(turn, speechEndMs, tape) });
  }
}

interface ShownTurn {
  readonly file: string | null;
  /** End of the caller's speech on the tape; null when nobody knows it. */
  readonly speechEndMs: number | null;
  readonly tape: CallTape;
}

async function readClip(file: string): Promise<NamedClip> {
  return { file, ...(await readAudioFile(file, { sampleRateHz: 'original' })) };
}

/** Milliseconds from the clip's start to its last audible sample. */
function speechEndOf({ samples, sampleRateHz }: AudioClip): number {
  const threshold = 10 ** (audibleDb / 20);
  return ((samples.findLastIndex((sample) => Math.abs(sample) >= threshold) + 1) * 1000) / sampleRateHz;
}

async function writeTape(tape: CallTape, out: string): Promise<void> {
  const { caller, answer } = tape.channels();
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(out, encodeWav({ channels: [caller, answer], sampleRateHz: tape.sampleRateHz }));
  terminal.complain(`The call is on tape: ${out} (caller left, answer right)`);
}
