/**
 * What is remembered about people, from call to call: turns, the usual voice, and what they agreed to.
 *
 * Nothing is read or written of a person whose consent to memory is not `given`; a denial erases what there was. What is
 * written is written on the condition that the record it follows from (the consent, the record sealed by an older key) is
 * still the one that was read, so that no other call, process or server can withdraw or erase in between. Names come in,
 * pseudonyms go to the store: HMAC-SHA256 of tenant and name under a key that lies sealed in the store itself, so that
 * changing the vault's keys changes nobody's pseudonym.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { AuditEvent } from '../privacy/audit-chain.js';
import type { AuditTrail } from '../privacy/audit-log.js';
import { consentSubjects, isDenied, nextConsent, unknownConsent, type Consent } from '../privacy/consent.js';
import type { SpeakerBaseline } from '../stages/emotion/speaker-baseline.js';
import type { MemoryStore, RecordAddress, SealedRecord } from './memory-store.js';
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

/** Recorded turns kept of one person: half a megabyte each. */
const mostRecordings = 50;
/** Recordings lie apart from what every call reads, under a name of their own. */
const recordingsSuffix = ':recordings';
/** Turns kept of one person; older ones are forgotten first. */
const mostTurns = 2_000;
const secretAddress: RecordAddress = { tenant: '', person: '', id: 'pseudonym-secret' };
/** A write starts over so often at most when what it depends on changes under it. */
const mostAttempts = 10;
/** Records sealed again at a time. */
const rotatedAtOnce = 500;
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
  /** True while something was removed that may still lie in the store's files, by this process or one before it. */
  #hasTraces = true;

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
    const found = await store.get(secretAddress);
    if (found) return new EmotionalMemory(options, vault.open(found.sealed, placeOf(found)));
    const secret = randomBytes(32);
    const record = { ...secretAddress, atMs: clock.wallTimeMs(), sealed: vault.seal(secret, placeOf(secretAddress)) };
    if (await store.put([record], { ...secretAddress, sealed: null })) return new EmotionalMemory(options, secret);
    const theirs = await store.get(secretAddress);
    if (theirs === null) throw keepsChanging();
    return new EmotionalMemory(options, vault.open(theirs.sealed, placeOf(theirs)));
  }

  get storeName(): string {
    return this.#store.name;
  }

  /** What stands for a person wherever a name must not: 64 hexadecimal digits. */
  pseudonymOf({ tenant, id }: PersonName): string {
    return createHmac('sha256', this.#secret).update(`${tenant.length}:${tenant}:${id}`).digest('hex');
  }

  async consentOf(person: PersonName): Promise<Consent> {
    return this.#consentIn(await this.#store.get(this.#consentAddress(person)));
  }

  /**
   * Takes what a person said into account and resolves with what holds now. A denial of memory erases all but itself; throws
   * MEMORY_ERASURE_UNFINISHED when that left traces.
   */
  async setConsent(person: PersonName, told: Partial<Consent>): Promise<Consent> {
    const { before, after } = await this.#changeConsent(person, told);
    const changed = consentSubjects.filter((subject) => after[subject] !== before[subject]);
    if (changed.length > 0) {
      const facts = Object.fromEntries(changed.map((subject) => [subject, after[subject]]));
      await this.#note('consent.changed', person, facts);
    }
    if (isDenied(after.recording)) {
      this.#hasTraces = true;
      await this.#store.remove(person.tenant, this.#recordingsOf(person));
    }
    if (isDenied(after.memory)) await this.#forget(person, (id) => id !== 'consent');
    else if (isDenied(after.recording)) await this.#scrub();
    return after;
  }

  /** What a new call may know; of a person who has not agreed, the consent alone. */
  async recall(person: PersonName): Promise<RememberedPerson> {
    const agreed = await this.consentOf(person);
    if (agreed.memory !== 'given') return { consent: agreed, voice: null, recollection: null };
    const { consent, voice, recollection } = await this.export(person);
    return consent.memory === 'given' ? { consent, voice, recollection } : { consent, voice: null, recollection: null };
  }

  /** Resolves when the turn is on disk. Throws MEMORY_CONSENT_MISSING, QUEUE_FULL or MEMORY_UNAVAILABLE. */
  async remember(person: PersonName, turn: RememberedTurn): Promise<void> {
    this.#turnNumber += 1;
    const id = `turn-${String(Math.round(turn.atMs)).padStart(15, '0')}-${process.pid}-${this.#turnNumber}`;
    const address = { ...this.#consentAddress(person), id };
    await this.#putAgreed('memory', person, this.#sealed(address, { atMs: turn.atMs, text: textOf(turn) }));
  }

  /** Keeps how the person usually sounds. Throws as `remember`. */
  async rememberVoice(person: PersonName, voice: SpeakerBaseline): Promise<void> {
    const address = { ...this.#consentAddress(person), id: 'voice' };
    const record = this.#sealed(address, { atMs: this.#clock.wallTimeMs(), text: voiceOf(voice) });
    await this.#putAgreed('memory', person, record);
  }

  /** Keeps a recorded turn, sealed, apart from what every call reads. Throws RECORDING_CONSENT_MISSING, or as `remember`. */
  async keepRecording(person: PersonName, recording: Recording): Promise<void> {
    const { tenant } = person;
    const recordings = this.#recordingsOf(person);
    const record = this.#sealed({ tenant, person: recordings, id: recording.id }, recording);
    await this.#putAgreed('recording', person, record);
    const kept = await this.#store.entries(tenant, recordings);
    const surplus = kept.slice(0, Math.max(0, kept.length - mostRecordings)).map(({ id }) => id);
    if (surplus.length === 0) return;
    this.#hasTraces = true;
    await this.#store.remove(tenant, recordings, surplus);
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
      consent: this.#consentIn(consent ?? null),
      voice: voice ? readVoice(this.#opened(voice)) : null,
      recollection: recollect(turns, this.#clock.wallTimeMs()),
      turns,
    };
  }

  /**
   * Removes everything about a person, consent included; resolves with how many records there were. Throws
   * MEMORY_ERASURE_UNFINISHED when they are gone and traces of them are not.
   */
  async erase(person: PersonName, actor?: string): Promise<number> {
    this.#hasTraces = true;
    const recordings = await this.#store.remove(person.tenant, this.#recordingsOf(person));
    const records = recordings + (await this.#store.remove(person.tenant, this.pseudonymOf(person)));
    await this.#note('memory.erased', person, { records }, actor);
    await this.#scrub();
    return records;
  }

  /**
   * Forgets what is older than the tenant allows, what is more than fits, and what a withdrawal left behind that was broken
   * off. Resolves with how many records went.
   * @param retentionDays of a tenant.
   */
  async sweep(retentionDays: (tenant: string) => number): Promise<number> {
    let count = 0;
    const nowMs = this.#clock.wallTimeMs();
    for (const { tenant, person } of await this.#store.people()) {
      const records = (await this.#store.entries(tenant, person)).filter(({ id }) => id !== 'consent');
      const oldestMs = (await this.#mayKeep(tenant, person)) ? nowMs - retentionDays(tenant) * dayMs : Infinity;
      const turns = records.filter(({ id }) => id.startsWith('turn-'));
      const surplus = new Set(turns.slice(0, Math.max(0, turns.length - mostTurns)));
      const gone = records.filter((record) => record.atMs < oldestMs || surplus.has(record)).map(({ id }) => id);
      if (gone.length === 0) continue;
      this.#hasTraces = true;
      count += await this.#store.remove(tenant, person, gone);
    }
    if (this.#hasTraces) await this.#scrub();
    return count;
  }

  /**
   * Seals everything that an older key sealed with the newest; resolves with how many records that were. A record that
   * changed or went meanwhile is left as it is.
   */
  async rotate(): Promise<number> {
    let count = 0;
    for (const { tenant, person } of [{ tenant: '', person: '' }, ...(await this.#store.people())]) {
      const old = (await this.#store.list(tenant, person)).filter(({ sealed }) => !this.#vault.isCurrent(sealed));
      for (let at = 0; at < old.length; at += rotatedAtOnce) {
        const renewed = await Promise.all(old.slice(at, at + rotatedAtOnce).map((record) => this.#renew(record)));
        count += renewed.filter(Boolean).length;
      }
    }
    if (count > 0) await this.#scrub();
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

  #consentAddress({ tenant, id }: PersonName): RecordAddress {
    return { tenant, person: this.pseudonymOf({ tenant, id }), id: 'consent' };
  }

  #consentIn(record: SealedRecord | null): Consent {
    return record ? readConsent(this.#opened(record)) : unknownConsent;
  }

  /** False when the consent that records lie under was denied. */
  async #mayKeep(tenant: string, pseudonym: string): Promise<boolean> {
    const isRecordings = pseudonym.endsWith(recordingsSuffix);
    const person = isRecordings ? pseudonym.slice(0, -recordingsSuffix.length) : pseudonym;
    const consent = this.#consentIn(await this.#store.get({ tenant, person, id: 'consent' }));
    return !isDenied(isRecordings ? consent.recording : consent.memory);
  }

  async #changeConsent(person: PersonName, told: Partial<Consent>): Promise<{ before: Consent; after: Consent }> {
    const address = this.#consentAddress(person);
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const found = await this.#store.get(address);
      const before = this.#consentIn(found);
      const after = Object.fromEntries(
        consentSubjects.map((subject) => [subject, nextConsent(before[subject], told[subject] ?? before[subject])]),
      ) as unknown as Consent;
      if (consentSubjects.every((subject) => after[subject] === before[subject])) return { before, after };
      // The time is when the consent to memory last changed: `#putAgreed` tells by it whether it still is the same one.
      const atMs = found !== null && after.memory === before.memory ? found.atMs : this.#clock.wallTimeMs();
      const record = this.#sealed(address, { atMs, text: textOf(after) });
      if (await this.#store.put([record], { ...address, sealed: found?.sealed ?? null })) return { before, after };
    }
    throw keepsChanging();
  }

  /** Writes a record under the consent that is there, and only while it is. */
  async #putAgreed(subject: 'memory' | 'recording', person: PersonName, record: SealedRecord): Promise<void> {
    const address = this.#consentAddress(person);
    let agreedAtMs: number | undefined;
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const consent = await this.#store.get(address);
      agreedAtMs ??= consent?.atMs;
      if (consent === null || this.#consentIn(consent)[subject] !== 'given' || consent.atMs !== agreedAtMs)
        throw missingConsent(subject);
      if (await this.#store.put([record], { ...address, sealed: consent.sealed })) return;
    }
    throw keepsChanging();
  }

  #recordingsOf(person: PersonName): string {
    return `${this.pseudonymOf(person)}${recordingsSuffix}`;
  }

  #renew(record: SealedRecord): Promise<boolean> {
    const sealed = this.#vault.seal(this.#vault.open(record.sealed, placeOf(record)), placeOf(record));
    return this.#store.put([{ ...record, sealed }], record);
  }

  async #forget(person: PersonName, which: (id: string) => boolean): Promise<void> {
    const pseudonym = this.pseudonymOf(person);
    this.#hasTraces = true;
    const ids = (await this.#store.entries(person.tenant, pseudonym)).map(({ id }) => id).filter(which);
    if (ids.length > 0) await this.#store.remove(person.tenant, pseudonym, ids);
    await this.#scrub();
  }

  async #scrub(): Promise<void> {
    this.#hasTraces = false;
    try {
      await this.#store.scrub();
    } catch (error) {
      this.#hasTraces = true;
      throw error;
    }
  }

  #sealed(address: RecordAddress, { atMs, text }: { readonly atMs: number; readonly text: string }): SealedRecord {
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

function keepsChanging(): AttuneError {
  return new AttuneError('MEMORY_UNAVAILABLE', 'a record kept changing while it was to be written');
}

function placeOf({ tenant, person, id }: Pick<SealedRecord, 'tenant' | 'person' | 'id'>): string {
  return JSON.stringify([tenant, person, id]);
}
