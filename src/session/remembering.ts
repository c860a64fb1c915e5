/**
 * The person in a call and what is remembered of them: recalled when the client says who it is, added to with every turn,
 * as far as they agreed.
 *
 * Nothing here delays a turn: records are written one after the other in the session's scope, and a failure is reported
 * once and costs the record alone. Without a memory, or without a name, consent still holds for the call. Who is erased or
 * withdraws elsewhere during the call is a stranger from the next turn on.
 */
import type { Clock } from '../core/clock.js';
import { AttuneError, isCancelled, toAttuneError } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import type { EmotionalMemory, PersonName, Recording, RememberedPerson } from '../memory/emotional-memory.js';
import { rememberedTurnOf } from '../memory/remembered-turn.js';
import { consentSubjects, nextConsent, unknownConsent, type Consent } from '../privacy/consent.js';
import type { SpeakerBaseline } from '../stages/emotion/speaker-baseline.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';

/** Records that may wait to be written; a store that is slower than the conversation loses the newest. */
const mostWaiting = 64;
/** A change of person or consent has room of its own, so that turns never push out a withdrawal. */
const mostChangesWaiting = 64;

/** Somebody else withdrew the consent, or erased the person. */
const missingConsents: ReadonlySet<string> = new Set(['MEMORY_CONSENT_MISSING', 'RECORDING_CONSENT_MISSING']);

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
  /** What the client said of this person so far; null when it may not have been written. */
  #told: Partial<Consent> | null = {};
  #isOverrun = false;

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

  /**
   * Who is speaking, and what they said about what may be done; the rest follows. Of a person who is speaking already, what
   * `told` repeats says nothing new: settings that stand since before an erasure must not undo it.
   */
  identify(id: string | null, told: Partial<Consent>): void {
    const { tenant, memory, onRecalled, onFailure } = this.#options;
    const same = (this.#person?.id ?? null) === id;
    const before = same ? this.#known.consent : unknownConsent;
    const known = same ? this.#told : null;
    const news = known === null ? told : changesIn(told, known);
    if (same && known !== null && Object.keys(news).length === 0) return;
    this.#told = { ...known, ...told };
    this.#person = id === null ? undefined : { tenant, id };
    this.#known = { consent: withTold(before, news), recollection: null, voice: null };
    const person = this.#person;
    if (memory === null || person === undefined) return;
    const change = async (): Promise<void> => {
      try {
        await memory.setConsent(person, news);
      } catch (error) {
        const failure = toAttuneError(error, 'MEMORY_UNAVAILABLE');
        // The consent is written and the records are gone; the sweep sees to the traces.
        if (failure.code === 'MEMORY_ERASURE_UNFINISHED') onFailure(failure);
        else {
          if (this.#person === person) this.#told = null;
          throw error;
        }
      }
      const found = await memory.recall(person);
      if (this.#person !== person) return;
      this.#known = found;
      onRecalled(found);
    };
    if (this.#enqueue(change, mostWaiting + mostChangesWaiting)) {
      this.#isOverrun = false;
      return;
    }
    this.#told = null;
    if (!this.#isOverrun) onFailure(new AttuneError('QUEUE_FULL', 'too many changes of person or consent wait'));
    this.#isOverrun = true;
  }

  /** Keeps how a turn felt, if the person agreed. */
  note(estimate: EmotionEstimate, said: { readonly text: string; readonly language: string }): void {
    const turn = rememberedTurnOf(estimate, { ...said, atMs: this.#options.clock.wallTimeMs() });
    this.#keep('memory', (memory, person) => memory.remember(person, turn));
  }

  /** Keeps how the person usually sounds, if they agreed. */
  noteVoice(voice: SpeakerBaseline): void {
    this.#keep('memory', (memory, person) => memory.rememberVoice(person, voice));
  }

  /** True when turns of this person may be recorded, and there is where to. */
  get mayRecord(): boolean {
    return this.#options.memory !== null && this.#person !== undefined && this.#known.consent.recording === 'given';
  }

  /** Keeps a turn with its sound, if the person agreed to that. */
  noteRecording(recording: Recording): void {
    this.#keep('recording', (memory, person) => memory.keepRecording(person, recording));
  }

  /** Resolves when everything noted so far was written or reported. */
  settled(): Promise<void> {
    return this.#work;
  }

  #keep(subject: 'memory' | 'recording', write: (memory: EmotionalMemory, person: PersonName) => Promise<void>): void {
    const { memory } = this.#options;
    const person = this.#person;
    if (memory === null || person === undefined) return;
    this.#enqueue(async () => {
      if (this.#known.consent[subject] !== 'given') return;
      try {
        await write(memory, person);
      } catch (error) {
        if (!missingConsents.has(toAttuneError(error, 'MEMORY_UNAVAILABLE').code)) throw error;
        await this.#lookAgain(memory, person);
      }
    }, mostWaiting);
  }

  /** After the consent went elsewhere: what the store says now, and of other subjects what was said in this call. */
  async #lookAgain(memory: EmotionalMemory, person: PersonName): Promise<void> {
    const found = await memory.recall(person);
    if (this.#person !== person) return;
    const { emotion, recording } = this.#known.consent;
    const { consent } = found;
    this.#known = {
      ...found,
      consent: {
        memory: consent.memory,
        emotion: consent.emotion === 'unknown' ? emotion : consent.emotion,
        recording: consent.recording === 'unknown' ? recording : consent.recording,
      },
    };
    this.#options.onRecalled(this.#known);
  }

  /** False when `most` wait already. */
  #enqueue(work: () => Promise<void>, most: number): boolean {
    if (this.#waiting >= most) return false;
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
    return true;
  }
}

function changesIn(told: Partial<Consent>, before: Partial<Consent>): Partial<Consent> {
  return Object.fromEntries(
    consentSubjects.flatMap((subject) => {
      const state = told[subject];
      return state === undefined || state === before[subject] ? [] : [[subject, state]];
    }),
  );
}

function withTold(before: Consent, told: Partial<Consent>): Consent {
  return Object.fromEntries(
    consentSubjects.map((subject) => [subject, nextConsent(before[subject], told[subject] ?? before[subject])]),
  ) as unknown as Consent;
}
