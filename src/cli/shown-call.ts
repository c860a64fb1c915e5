/**
 * A call as a person or a program follows it: its log, and what is shown of each turn.
 *
 * For a person events appear as they come; as JSON a turn is one object when it has ended. Owns neither the connection
 * nor the microphone.
 */
import type { AudioClip } from '../audio/audio-file.js';
import type { Clock } from '../core/clock.js';
import type { CallTape } from '../lab/call-tape.js';
import type { Caller } from '../lab/caller.js';
import { audibleDb, latencyOf, type TurnLatency } from '../lab/turn-latency.js';
import { TurnLog, type TurnRecord } from '../lab/turn-log.js';
import type { ServerEvent } from '../lab/wires/caller-wire.js';
import type { Microphone } from './microphone.js';
import { terminal } from './terminal.js';
import { TurnPrinter } from './turn-printer.js';

export interface NamedClip extends AudioClip {
  readonly file: string;
}

/** A server that is silent for this long after a recording has not answered it. */
const patienceMs = 15_000;
/** Longest a reply to one recording may take altogether. */
const longestReplyMs = 600_000;
const longestCallMs = 86_400_000;

/** One call, shown while it lasts. */
export class ShownCall {
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

  /** One event of the server, as it arrives. */
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
  async say(caller: Caller, clip: NamedClip): Promise<void> {
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
    for (const turn of turns) {
      // Where an earlier turn's speech ended within the recording is not known.
      const speechEndMs = turn === turns.at(-1) ? said.startMs + speechEndOf(clip) : null;
      this.#show(turn, { file: clip.file, speechEndMs, tape: caller.tape });
    }
  }

  /** Passes the microphone on until Ctrl-C, the end of the call or of the recorder. */
  async listen(caller: Caller, microphone: Microphone): Promise<void> {
    let stopped = false;
    this.#liveTape = caller.tape;
    process.once('SIGINT', () => {
      stopped = true;
    });
    terminal.complain(
      `Listening through ${microphone.recorder}; the answer is written, not played. Ctrl-C ends the call.`,
    );
    await caller.until(() => stopped || microphone.failure !== undefined, longestCallMs, 'the end of the call');
    if (microphone.failure) throw microphone.failure;
  }

  #show(turn: TurnRecord, { file, speechEndMs, tape }: ShownTurn): void {
    if (!this.#json) {
      if (speechEndMs !== null && turn.firstAudioAtMs !== undefined) this.#printer.waterfall(turn, speechEndMs, tape);
      return;
    }
    const { transcript = '', emotion = null, reply, status = null } = turn;
    const latency = speechEndMs === null ? null : roundedLatency(latencyOf(turn, speechEndMs, tape));
    terminal.json({ file, transcript, emotion, reply, status, latency });
  }
}

interface ShownTurn {
  readonly file: string | null;
  /** End of the caller's speech on the tape; null when nobody knows it. */
  readonly speechEndMs: number | null;
  readonly tape: CallTape;
}

/** Whole milliseconds; null for what did not happen. */
function roundedLatency(latencies: TurnLatency): Readonly<Record<string, number | null>> {
  const latency = Object.entries(latencies) as readonly (readonly [string, number | undefined])[];
  return Object.fromEntries(latency.map(([name, ms]) => [name, ms === undefined ? null : Math.round(ms)]));
}

/** Milliseconds from the clip's start to its last audible sample. */
function speechEndOf({ samples, sampleRateHz }: AudioClip): number {
  const threshold = 10 ** (audibleDb / 20);
  return ((samples.findLastIndex((sample) => Math.abs(sample) >= threshold) + 1) * 1000) / sampleRateHz;
}
