/**
 * The person in a call and what is remembered of them: recalled when the client says who it is, added to with every turn,
 * as far as they agreed.
 *
 * Nothing here delays a turn: records are written one after the other in the session's scope, and a failure is reported
 * once and costs the record alone. Without a memory, or without a name, consent still holds for the call.
 */
import type { Clock } from '../core/clock.js';
import { isCancelled, toAttuneError, type AttuneError } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import type { EmotionalMemory, PersonName, Recording, RememberedPerson } from '../memory/emotional-memory.js';
import { rememberedTurnOf } from '../memory/remembered-turn.js';
import { consentSubjects, nextConsent, unknownConsent, type Consent } from '../privacy/consent.js';
import type { SpeakerBaseline } from '../stages/emotion/speaker-baseline.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';

/** Records that may wait to be written; a store that is slower than the conversation loses the newest. */
const mostWaiting = 64;

export interface RememberingOptions {
  /** Null: nothing is kept beyond the call. */
  readonly memory: EmotionalMemory | null;
  readonly tenant: string;
  readonly clock: Clock;
  readonly scope: Scope;
  /** Told when the person was looked up, or their consent changed. */
  readonly onRecalled: (person: RememberedPerson) => void;
  readonly onFailure: (error: AttuneError) => void;
}

export class Remembering {
  readonly #options: RememberingOptions;
  #person: PersonName | undefined;
  #known: RememberedPerson = { consent: unknownConsent, recollection: null, voice: null };
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: RememberingOptions) {
    this.#options = options;
  }

  get consent(): Consent {
    return this.#known.consent;
  }

  /** One sentence about earlier calls for the responder; null when there is nothing to say or no consent. */
  get reminder(): string | null {
    return this.#known.recollection?.reminder ?? null;
  }

  /** Who is speaking, and what they said about what may be done; `told` counts from now on, the rest follows. */
  identify(id: string | null, told: Partial<Consent>): void {
    const { tenant, memory, onRecalled } = this.#options;
    const same = (this.#person?.id ?? null) === id;
    const before = same ? this.#known.consent : unknownConsent;
    const consent = withTold(before, told);
    if (same && consentSubjects.every((subject) => consent[subject] === before[subject])) return;
    this.#person = id === null ? undefined : { tenant, id };
    this.#known = { consent, recollection: null, voice: null };
    const person = this.#person;
    if (memory === null || person === undefined) return;
    this.#enqueue(async () => {
      await memory.setConsent(person, told);
      const known = await memory.recall(person);
      if (this.#person !== person) return;
      this.#known = known;
      onRecalled(known);
    });
  }

  /** Keeps how a turn felt, if the person agreed. */
  note(estimate: EmotionEstimate, said: { readonly text: string; readonly language: string }): void {
    const { memory, clock } = this.#options;
    const person = this.#person;
    if (memory === null || person === undefined) return;
    const turn = rememberedTurnOf(estimate, { ...said, atMs: clock.wallTimeMs() });
    this.#enqueue(async () => {
      if (this.#known.consent.memory === 'given') await memory.remember(person, turn);
    });
  }

  /** Keeps how the person usually sounds, if they agreed. */
  noteVoice(voice: SpeakerBaseline): void {
    const { memory } = this.#options;
    const person = this.#person;
    if (memory === null || person === undefined) return;
    this.#enqueue(async () => {
      if (this.#known.consent.memory === 'given') await memory.rememberVoice(person, voice);
    });
  }

  /** True when turns of this person may be recorded, and there is where to. */
  get mayRecord(): boolean {
    return this.#options.memory !== null && this.#person !== undefined && this.#known.consent.recording === 'given';
  }

  /** Keeps a turn with its sound, if the person agreed to that. */
  noteRecording(recording: Recording): void {
    const { memory } = this.#options;
    const person = this.#person;
    if (memory === null || person === undefined) return;
    this.#enqueue(async () => {
      if (this.#known.consent.recording === 'given') await memory.keepRecording(person, recording);
    });
  }

  /** Resolves when everything noted so far was written or reported. */
  settled(): Promise<void> {
    return this.#work;
  }

  #enqueue(work: () => Promise<void>): void {
    if (this.#waiting >= mostWaiting) return;
    this.#waiting += 1;
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => {
        if (!isCancelled(error)) this.#options.onFailure(toAttuneError(error, 'MEMORY_UNAVAILABLE'));
      })
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#options.scope.spawn('remember', () => this.#work);
  }
}

function withTold(before: Consent, told: Partial<Consent>): Consent {
  return Object.fromEntries(
    consentSubjects.map((subject) => [subject, nextConsent(before[subject], told[subject] ?? before[subject])]),
  ) as unknown as Consent;
}
