/**
 * Holds one scripted call: hears the agent out, speaks, barges in, and notes where each step came to lie on the tape.
 *
 * What the agent did is judged from the tape afterwards; the events of the wire decide only when the caller goes on.
 */
import type { Cue } from '../analysis/utterances.js';
import type { Caller } from '../caller.js';
import { keyTones } from '../key-tones.js';
import { audibleDb } from '../turn-latency.js';
import type { WireEvent } from '../wires/caller-wire.js';
import type { RehearsedStep } from './rehearsal.js';

export interface PlayedStep {
  /** Where the step's sound lies; null for none. */
  readonly cue: Cue | null;
  /** What the agent took this step to say, and what it said after it, when the wire tells. */
  readonly understood: string;
  readonly answer: string;
}

export interface ScriptedCallOptions {
  readonly greetingWithinMs: number;
  /** Told when a step begins. */
  readonly onStep?: (step: RehearsedStep) => void;
  /** Told as each answered line becomes audible. */
  readonly onLatency?: (latencyMs: number) => void;
}

/** An agent that is silent for this long after a line has not answered it. */
const patienceMs = 15_000;
/** Silence after which a reply is over when the wire has said so, and when it says nothing. */
const restMs = { told: 300, untold: 1_500 } as const;
const longestReplyMs = 120_000;
/** Speech leaves no longer silence within a word. */
const wordMs = 80;

export class ScriptedCall {
  readonly #caller: Caller;
  readonly #options: ScriptedCallOptions;
  readonly #played: { cue: Cue | null; understood: string; answer: string }[] = [];
  #hasEnded = true;
  /** Search for the reply's first sound begins here. */
  #listenFromMs = 0;

  constructor(caller: Caller, options: ScriptedCallOptions) {
    this.#caller = caller;
    this.#options = options;
  }

  /** Throws CONNECTION_FAILED when the call ends early. */
  async run(steps: readonly RehearsedStep[]): Promise<void> {
    const { greetingWithinMs } = this.#options;
    this.#caller.listen((event) => this.#note(event));
    await this.#waitUntil(() => this.#audibleAtMs() !== null || this.#caller.nowMs > greetingWithinMs);
    if (this.#audibleAtMs() !== null) await this.#hearOut();
    for (const step of steps) await this.#play(step);
    await this.#hearOut({ mayHangUp: true });
  }

  /** The steps that were reached. */
  get played(): readonly PlayedStep[] {
    return this.#played;
  }

  #note(event: WireEvent): void {
    const step = this.#played.at(-1);
    if (event.type === 'audio') this.#hasEnded = false;
    if (event.type === 'reply-ended') this.#hasEnded = true;
    if (event.type === 'understood' && step) step.understood = `${step.understood} ${event.text}`.trim();
    if (event.type === 'said' && step) step.answer += event.text;
  }

  async #play(step: RehearsedStep): Promise<void> {
    const { deed, clip, overReplyMs } = step;
    if (deed.type === 'pause') {
      const untilMs = this.#caller.nowMs + deed.durationMs;
      await this.#waitUntil(() => this.#caller.nowMs >= untilMs);
      return this.#begin();
    }
    this.#options.onStep?.(step);
    if (overReplyMs === null) await this.#hearOut();
    else await this.#waitUntil(() => this.#isInto(overReplyMs));
    if (deed.type === 'press') await this.#press(deed.digits);
    else if (clip) await this.#say(clip, deed.type === 'backchannel' || deed.type === 'cough' ? deed.type : 'line');
  }

  async #say(
    clip: { readonly samples: Float32Array; readonly sampleRateHz: number },
    kind: Cue['kind'],
  ): Promise<void> {
    this.#begin();
    const step = this.#played.at(-1)!;
    const { startMs, endMs } = await this.#caller.say(clip.samples, clip.sampleRateHz);
    step.cue = { kind, startMs, endMs };
    if (kind !== 'line') return;
    this.#listenFromMs = endMs;
    await this.#waitUntil(() => this.#audibleAtMs() !== null || this.#caller.nowMs > endMs + patienceMs);
    const audibleAtMs = this.#audibleAtMs();
    if (audibleAtMs !== null) this.#options.onLatency?.(audibleAtMs - endMs);
  }

  async #press(digits: string): Promise<void> {
    this.#begin();
    for (const digit of digits) {
      if (this.#caller.press(digit)) continue;
      const tones = keyTones(digit);
      await this.#caller.say(tones.samples, tones.sampleRateHz);
    }
  }

  #begin(): void {
    this.#played.push({ cue: null, understood: '', answer: '' });
  }

  /** True when the reply has been audible for so long, or is over before. */
  #isInto(overReplyMs: number): boolean {
    const audibleAtMs = this.#audibleAtMs();
    if (audibleAtMs === null) return this.#caller.nowMs > this.#listenFromMs + patienceMs;
    const isLater = this.#caller.nowMs >= audibleAtMs + overReplyMs;
    return (isLater && this.#isSpeaking()) || (this.#hasEnded && !this.#caller.isHearing);
  }

  /** True in the middle of a word: a sound between two clauses would be over nobody. */
  #isSpeaking(): boolean {
    const { tape, nowMs, hearsAhead } = this.#caller;
    const isHeardFrom = (fromMs: number): boolean =>
      (tape.firstAudibleMs(fromMs, audibleDb) ?? Infinity) < fromMs + wordMs;
    return isHeardFrom(nowMs - wordMs) && isHeardFrom(hearsAhead ? nowMs + wordMs : nowMs - 2 * wordMs);
  }

  /** Until the agent is silent. After the last step it may end the call as well. */
  async #hearOut({ mayHangUp = false } = {}): Promise<void> {
    await this.#waitUntil(() => {
      const silentMs = this.#caller.nowMs - this.#caller.tape.playedOutMs;
      return silentMs > (this.#hasEnded ? restMs.told : restMs.untold) || (mayHangUp && this.#caller.wasHungUp);
    });
  }

  #audibleAtMs(): number | null {
    const atMs = this.#caller.tape.firstAudibleMs(this.#listenFromMs, audibleDb);
    return atMs === undefined || atMs > this.#caller.nowMs ? null : atMs;
  }

  #waitUntil(condition: () => boolean): Promise<void> {
    return this.#caller.until(condition, longestReplyMs, 'the agent');
  }
}
