/**
 * One call from connecting to its tape, whoever decides what is said in it.
 *
 * The tape is judged by `findings`, not at the hang-up, so that a process with several calls does not fall behind in the
 * others.
 */
import type { Clock } from '../core/clock.js';
import { toAttuneError } from '../core/errors.js';
import { analyseCall, type CallAnalysis, type CallRecording } from './analysis/call-analysis.js';
import type { Cue } from './analysis/utterances.js';
import { Caller } from './caller.js';
import { perfectLine, type LineQuality } from './line-quality.js';
import type { CallFindings } from './report/lab-report.js';
import { pictureOf } from './report/tape-picture.js';
import type { ScriptCheck } from './script/script-checks.js';
import { writeTape } from './tape-file.js';
import { TelephoneLine } from './telephone-line.js';
import { openWire, type WireName } from './wires/choose-wire.js';

/** How a call is placed; crosses between processes. */
export interface CallPlace {
  readonly url: string;
  readonly apiKey: string | null;
  readonly wire: WireName;
  readonly line: LineQuality;
  /** Level of the caller's speech, over which noise is set. */
  readonly speechLevelDb: number;
}

export interface MeasuredCallOptions extends CallPlace {
  readonly name: string;
  readonly seed: number;
  readonly clock: Clock;
  /** Of the level's start. */
  readonly startedAtMs: number;
}

export class MeasuredCall {
  readonly caller: Caller;
  readonly #options: MeasuredCallOptions;
  readonly #line: TelephoneLine | undefined;
  #failure: string | null = null;

  private constructor(options: MeasuredCallOptions, caller: Caller, line: TelephoneLine | undefined) {
    this.#options = options;
    this.caller = caller;
    this.#line = line;
  }

  /** Throws CONNECTION_FAILED. */
  static async place(options: MeasuredCallOptions): Promise<MeasuredCall> {
    const { url, apiKey, clock, seed, speechLevelDb } = options;
    const wire = openWire(options.wire);
    const line = isPerfect(options.line)
      ? undefined
      : new TelephoneLine({ ...options.line, seed, sampleRateHz: wire.sampleRateHz, speechLevelDb });
    const caller = await Caller.connect({
      url,
      apiKey,
      clock,
      wire,
      ...(line && { line }),
    });
    return new MeasuredCall(options, caller, line);
  }

  /** Holds the conversation, then hangs up. A call that ends early is a finding and not a failure of the laboratory. */
  async hold(conversation: () => Promise<void>): Promise<void> {
    try {
      await conversation();
    } catch (error) {
      this.#failure = toAttuneError(error, 'CONNECTION_FAILED').message;
    } finally {
      await this.caller[Symbol.asyncDispose]();
    }
  }

  /** Judges the tape, and writes it where `tape` says. */
  async findings(options: {
    readonly cues: readonly Cue[];
    readonly tape: string | null;
    readonly check?: (analysis: CallAnalysis) => readonly ScriptCheck[];
  }): Promise<CallFindings> {
    const { cues, tape, check } = options;
    const { caller, answer } = this.caller.tape.channels();
    const recording: CallRecording = { caller, agent: answer, sampleRateHz: this.caller.tape.sampleRateHz };
    const analysis = analyseCall(recording, cues);
    if (tape !== null) await writeTape(this.caller.tape, tape);
    return {
      name: this.#options.name,
      startedAtMs: this.#options.startedAtMs,
      analysis,
      pacing: this.caller.pacing,
      line: this.#line ? { up: this.#line.up.counts, down: this.#line.down.counts } : null,
      failure: this.#failure,
      checks: check?.(analysis) ?? [],
      tape,
      picture: pictureOf(recording),
    };
  }
}

function isPerfect(line: LineQuality): boolean {
  return JSON.stringify(line) === JSON.stringify(perfectLine);
}
