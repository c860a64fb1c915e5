/**
 * What is remembered about people, from call to call: turns, the usual voice, and what they agreed to.
 *
 * Nothing is read or written of a person whose consent to memory is not `given`; a denial erases what there was. Names come
 * in, pseudonyms go to the store: HMAC-SHA256 of tenant and name under a key that lies sealed in the store itself, so that
 * changing the vault's keys changes nobody's pseudonym.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { defined } from '../core/assert.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { AuditEvent } from '../privacy/audit-chain.js';
import type { AuditTrail } from '../privacy/audit-log.js';
import { consentSubjects, isDenied, nextConsent, unknownConsent, type Consent } from '../privacy/consent.js';
import type { SpeakerBaseline } from '../stages/emotion/speaker-baseline.js';
import type { MemoryStore, SealedRecord, WriteCondition } from './memory-store.js';
import { readConsent, readTurn, readVoice, textOf, voiceOf } from './record-text.js';
import { recollect, type Recollection } from './recollection.js';
import type { RememberedTurn } from './remembered-turn.js';
import type { Vault } from './vault.js';

/** A person as a client names them. Never stored, never logged. */
export interface PersonName {
  readonly tenant: string;
  readonly id: string;
}

export interface RememberedPerson {
  readonly consent: Consent;
  readonly recollection: Recollection | null;
  readonly voice: SpeakerBaseline | null;
}

/** Everything there is about a person, for them to read and take along (Regulation (EU) 2016/679, Articles 15 and 20). */
export interface PersonExport extends RememberedPerson {
  readonly pseudonym: string;
  readonly turns: readonly RememberedTurn[];
}

/** A turn with its sound, as text that only whoever made it understands. */
export interface Recording {
  readonly id: string;
  readonly atMs: number;
  readonly text: string;
}

/** Of a write that another one overtakes. */
const mostAttempts = 8;
/** Recorded turns kept of one person: half a megabyte each. */
const mostRecordings = 50;
/** Turns kept of one person; older ones are forgotten first. */
const mostTurns = 2_000;
const secretId = 'pseudonym-secret';
const dayMs = 86_400_000;

export interface EmotionalMemoryOptions {
  readonly store: MemoryStore;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Takes note of consent, disclosure and erasure; null or absent: nobody does. */
  readonly audit?: AuditTrail | null;
  /** Who acts, for the audit log: `server` or `operator`. */
  readonly actor?: string;
}

export class EmotionalMemory implements AsyncDisposable {
  readonly #store: MemoryStore;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #secret: Buffer;
  readonly #audit: AuditTrail | null;
  readonly #actor: string;
  #turnNumber = 0;

  private constructor(options: EmotionalMemoryOptions, secret: Buffer) {
    this.#store = options.store;
    this.#vault = options.vault;
    this.#clock = options.clock;
    this.#audit = options.audit ?? null;
    this.#actor = options.actor ?? 'server';
    this.#secret = secret;
  }

  /** Disposing the memory disposes the store. Throws MEMORY_UNAVAILABLE, or MEMORY_SEALED when the key is another. */
  static async open(options: EmotionalMemoryOptions): Promise<EmotionalMemory> {
    const { store, vault, clock } = options;
    const own = { tenant: '', person: '', id: secretId };
    if ((await store.find(own)) === undefined) {
      const sealed = vault.seal(randomBytes(32), placeOf(own));
      // Of two processes that begin at once, the secret of one becomes that of both.
      await store.put([{ ...own, atMs: clock.wallTimeMs(), sealed }], { ...own, sealed: null });
    }
    const found = defined(await store.find(own), 'the secret of the pseudonyms');
    return new EmotionalMemory(options, vault.open(found.sealed, placeOf(found)));
  }

  get storeName(): string {
    return this.#store.name;
  }

  /** What stands for a person wherever a name must not: 64 hexadecimal digits. */
  pseudonymOf({ tenant, id }: PersonName): string {
    return createHmac('sha256', this.#secret).update(`${tenant.length}:${tenant}:${id}`).digest('hex');
  }

  async consentOf(person: PersonName): Promise<Consent> {
    return (await this.#consentRecord(person)).consent;
  }

  /** Takes what a person said into account and resolves with what holds now. A denial of memory erases all but itself. */
  async setConsent(person: PersonName, told: Partial<Consent>): Promise<Consent> {
    const { before, after } = await this.#retried(async () => {
      const { consent, condition } = await this.#consentRecord(person);
      const next = Object.fromEntries(
        consentSubjects.map((subject) => [subject, nextConsent(consent[subject], told[subject] ?? consent[subject])]),
      ) as unknown as Consent;
      const record = { id: 'consent', atMs: this.#clock.wallTimeMs(), text: textOf(next) };
      const isWritten = await this.#store.put(
        [this.#sealed(person.tenant, this.pseudonymOf(person), record)],
        condition,
      );
      return isWritten ? { before: consent, after: next } : undefined;
    });
    const changed = consentSubjects.filter((subject) => after[subject] !== before[subject]);
    if (changed.length > 0) {
      const facts = Object.fromEntries(changed.map((subject) => [subject, after[subject]]));
      await this.#note('consent.changed', person, facts);
    }
    if (isDenied(after.memory)) await this.#forget(person, (id) => id !== 'consent');
    if (isDenied(after.recording)) await this.#store.remove(person.tenant, this.#recordingsOf(person));
    return after;
  }

  /** What a new call may know; of a person who has not agreed, the consent alone. */
  async recall(person: PersonName): Promise<RememberedPerson> {
    const { consent, voice, recollection } = await this.export(person);
    return consent.memory === 'given' ? { consent, voice, recollection } : { consent, voice: null, recollection: null };
  }

  /** Resolves when the turn is on disk. Throws MEMORY_CONSENT_MISSING, QUEUE_FULL or MEMORY_UNAVAILABLE. */
  async remember(person: PersonName, turn: RememberedTurn): Promise<void> {
    this.#turnNumber += 1;
    const id = `turn-${String(Math.round(turn.atMs)).padStart(15, '0')}-${process.pid}-${this.#turnNumber}`;
    const pseudonym = this.pseudonymOf(person);
    await this.#putWith(
      'memory',
      person,
      this.#sealed(person.tenant, pseudonym, { id, atMs: turn.atMs, text: textOf(turn) }),
    );
  }

  /** Keeps how the person usually sounds. Throws as `remember`. */
  async rememberVoice(person: PersonName, voice: SpeakerBaseline): Promise<void> {
    const record = { id: 'voice', atMs: this.#clock.wallTimeMs(), text: voiceOf(voice) };
    await this.#putWith('memory', person, this.#sealed(person.tenant, this.pseudonymOf(person), record));
  }

  /**
   * Keeps a recorded turn, sealed, apart from what every call reads. Throws RECORDING_CONSENT_MISSING, QUEUE_FULL or
   * MEMORY_UNAVAILABLE.
   */
  async keepRecording(person: PersonName, recording: Recording): Promise<void> {
    const { tenant } = person;
    const recordings = this.#recordingsOf(person);
    await this.#putWith('recording', person, this.#sealed(tenant, recordings, recording));
    const kept = await this.#store.list(tenant, recordings);
    const surplus = kept.slice(0, Math.max(0, kept.length - mostRecordings)).map(({ id }) => id);
    if (surplus.length > 0) await this.#store.remove(tenant, recordings, surplus);
  }

  /** Recorded turns of a person, oldest first; the audit log says who asked. */
  async recordings(person: PersonName, actor?: string): Promise<readonly Recording[]> {
    await this.#note('memory.exported', person, { recordings: true }, actor);
    const records = await this.#store.list(person.tenant, this.#recordingsOf(person));
    return records.map((record) => ({ id: record.id, atMs: record.atMs, text: this.#opened(record) }));
  }

  /** As `export`, for a person's eyes: the audit log says who asked. */
  async disclose(person: PersonName, how: 'memory.shown' | 'memory.exported', actor?: string): Promise<PersonExport> {
    await this.#note(how, person, {}, actor);
    return this.export(person);
  }

  /** All there is, opened. */
  async export(person: PersonName): Promise<PersonExport> {
    const pseudonym = this.pseudonymOf(person);
    const records = await this.#store.list(person.tenant, pseudonym);
    const one = (id: string): SealedRecord | undefined => records.find((record) => record.id === id);
    const turns = records.filter(({ id }) => id.startsWith('turn-')).map((record) => readTurn(this.#opened(record)));
    const [consent, voice] = [one('consent'), one('voice')];
    return {
      pseudonym,
      consent: consent ? readConsent(this.#opened(consent)) : unknownConsent,
      voice: voice ? readVoice(this.#opened(voice)) : null,
      recollection: recollect(turns, this.#clock.wallTimeMs()),
      turns,
    };
  }

  /** Removes everything about a person, consent included; resolves with how many records there were. */
  async erase(person: PersonName, actor?: string): Promise<number> {
    const recordings = await this.#store.remove(person.tenant, this.#recordingsOf(person));
    const records = recordings + (await this.#store.remove(person.tenant, this.pseudonymOf(person)));
    await this.#note('memory.erased', person, { records }, actor);
    return records;
  }

  /**
   * Forgets what is older than the tenant allows, and what is more than fits. Resolves with how many records went.
   * @param retentionDays of a tenant.
   */
  async sweep(retentionDays: (tenant: string) => number): Promise<number> {
    let count = 0;
    const nowMs = this.#clock.wallTimeMs();
    for (const { tenant, person } of await this.#store.people()) {
      const records = (await this.#store.list(tenant, person)).filter(({ id }) => id !== 'consent');
      const oldestMs = nowMs - retentionDays(tenant) * dayMs;
      const turns = records.filter(({ id }) => id.startsWith('turn-'));
      const surplus = new Set(turns.slice(0, Math.max(0, turns.length - mostTurns)));
      const gone = records.filter((record) => record.atMs < oldestMs || surplus.has(record)).map(({ id }) => id);
      if (gone.length > 0) count += await this.#store.remove(tenant, person, gone);
    }
    return count;
  }

  /** Seals everything that an older key sealed with the newest; resolves with how many records that were. */
  async rotate(): Promise<number> {
    let count = 0;
    for (const { tenant, person } of [{ tenant: '', person: '' }, ...(await this.#store.people())]) {
      const old = (await this.#store.list(tenant, person)).filter(({ sealed }) => !this.#vault.isCurrent(sealed));
      for (const record of old) {
        const sealed = this.#vault.seal(this.#vault.open(record.sealed, placeOf(record)), placeOf(record));
        // What was erased or changed meanwhile stays so.
        if (await this.#store.put([{ ...record, sealed }], record)) count += 1;
      }
    }
    return count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #note(
    action: AuditEvent['action'],
    person: PersonName,
    facts: AuditEvent['facts'],
    actor = this.#actor,
  ): Promise<void> {
    await this.#audit?.note({ action, tenant: person.tenant, actor, subject: this.pseudonymOf(person), facts });
  }

  #recordingsOf(person: PersonName): string {
    return `${this.pseudonymOf(person)}:recordings`;
  }

  /** What the person agreed to, and what must still be there for a write to count as agreed to. */
  async #consentRecord(person: PersonName): Promise<{ readonly consent: Consent; readonly condition: WriteCondition }> {
    const address = { tenant: person.tenant, person: this.pseudonymOf(person), id: 'consent' };
    const found = await this.#store.find(address);
    return {
      consent: found ? readConsent(this.#opened(found)) : unknownConsent,
      condition: { ...address, sealed: found?.sealed ?? null },
    };
  }

  /** Writes only while the consent holds: one that is withdrawn meanwhile, here or in another process, is not overtaken. */
  async #putWith(subject: 'memory' | 'recording', person: PersonName, record: SealedRecord): Promise<void> {
    await this.#retried(async () => {
      const { consent, condition } = await this.#consentRecord(person);
      if (consent[subject] !== 'given') throw missingConsent(subject);
      return (await this.#store.put([record], condition)) || undefined;
    });
  }

  /** Again while somebody else was quicker. */
  async #retried<T>(attempt: () => Promise<T | undefined>): Promise<T> {
    for (let count = 0; count < mostAttempts; count += 1) {
      const result = await attempt();
      if (result !== undefined) return result;
    }
    throw new AttuneError('MEMORY_UNAVAILABLE', 'the consent of a person changes faster than it can be read');
  }

  async #forget(person: PersonName, which: (id: string) => boolean): Promise<void> {
    const pseudonym = this.pseudonymOf(person);
    const ids = (await this.#store.list(person.tenant, pseudonym)).map(({ id }) => id).filter(which);
    if (ids.length > 0) await this.#store.remove(person.tenant, pseudonym, ids);
  }

  #sealed(tenant: string, person: string, { id, atMs, text }: Recording): SealedRecord {
    const address = { tenant, person, id };
    return { ...address, atMs, sealed: this.#vault.seal(Buffer.from(text), placeOf(address)) };
  }

  #opened(record: SealedRecord): string {
    return this.#vault.open(record.sealed, placeOf(record)).toString('utf8');
  }
}

function missingConsent(subject: 'memory' | 'recording'): AttuneError {
  return subject === 'memory'
    ? new AttuneError('MEMORY_CONSENT_MISSING', 'the person has not agreed to being remembered')
    : new AttuneError('RECORDING_CONSENT_MISSING', 'the person has not agreed to being recorded');
}

function placeOf({ tenant, person, id }: Pick<SealedRecord, 'tenant' | 'person' | 'id'>): string {
  return JSON.stringify([tenant, person, id]);
}
