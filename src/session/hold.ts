/**
 * A call on hold: what the caller says counts for nothing, nothing is said to them, and their line carries the sound of waiting.
 *
 * Owns that sound and nothing else of the call. It leaves a little ahead of the caller's ear, in a scope of the session, so that it ends with
 * the call at the latest.
 */
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import { ComfortNoise } from '../dsp/comfort-noise.js';
import { HoldTone } from '../dsp/hold-tone.js';
import type { ToolDefinition } from '../stages/llm/responder.js';
import type { ClientEvent, SessionEvent } from './events.js';
import type { SessionSettings } from './settings.js';

/** For an assistant that may put a caller on hold by itself; somebody else must take the call back. */
export const holdTool: ToolDefinition = {
  name: 'put_on_hold',
  description: 'Put the caller on hold while somebody else looks into their matter. Tell the caller first.',
  parameters: { type: 'object', properties: {} },
};

const sampleRateHz = 16_000;
const blockMs = 100;
/** More than a block, so that the line does not run dry; what has left already is heard after the call was taken back. */
const leadMs = 200;
const noiseDbov = -55;

export interface HoldOptions {
  readonly clock: Clock;
  readonly scope: Scope;
  readonly settings: () => SessionSettings;
  readonly emit: (event: SessionEvent) => void;
}

export class Hold {
  readonly #options: HoldOptions;
  #on: { readonly sinceMs: number; readonly scope: Scope } | undefined;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#on !== undefined;
  }

  /** False for what the caller does while on hold, which counts for nothing. Throws CALL_ON_HOLD for what would be said to them. */
  allows({ type }: ClientEvent): boolean {
    if (this.#on === undefined) return true;
    if (type === 'reply.create' || type === 'reply.say' || type === 'input.commit')
      throw new AttuneError('CALL_ON_HOLD', 'the call is on hold');
    return type !== 'audio' && type !== 'digit.pressed';
  }

  /** Tells of it and begins to sound; nothing to do when the call is on hold. */
  begin(): void {
    if (this.#on !== undefined) return;
    const { clock, scope: parent, emit, settings } = this.#options;
    const scope = parent.child('hold');
    this.#on = { sinceMs: clock.nowMs(), scope };
    emit({ type: 'call.held' });
    const { holdSound } = settings();
    if (holdSound === 'none') return;
    const sound =
      holdSound === 'tone' ? new HoldTone({ sampleRateHz }) : new ComfortNoise({ levelDbov: noiseDbov, seed: 1 });
    scope.spawn('hold-sound', (signal) => this.#play(sound, signal));
  }

  /** True when it was on hold: silent then, and told of. */
  end(): boolean {
    const on = this.#on;
    if (on === undefined) return false;
    const { clock, scope, emit } = this.#options;
    this.#on = undefined;
    on.scope.cancel('superseded');
    scope.spawn('end-hold', () => on.scope[Symbol.asyncDispose]());
    emit({ type: 'call.taken-back', heldMs: clock.nowMs() - on.sinceMs });
    return true;
  }

  async #play(sound: Pick<HoldTone, 'next'>, signal: AbortSignal): Promise<void> {
    const { clock, emit } = this.#options;
    let sentUntilMs = clock.nowMs();
    for (;;) {
      signal.throwIfAborted();
      emit({ type: 'line.audio', samples: sound.next((blockMs * sampleRateHz) / 1000), sampleRateHz });
      // After a stall the sound goes on from now: nobody waits for what they did not hear.
      sentUntilMs = Math.max(sentUntilMs, clock.nowMs()) + blockMs;
      const waitMs = sentUntilMs - clock.nowMs() - leadMs;
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    }
  }
}
