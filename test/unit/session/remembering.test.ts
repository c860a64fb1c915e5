/**
 * A call with a person: consent, what is kept of a turn, what the next call is told.
 */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EmotionalMemory } from '../../../src/memory/emotional-memory.js';
import { LibsqlMemoryStore } from '../../../src/memory/libsql-memory-store.js';
import { Vault } from '../../../src/memory/vault.js';
import { Scope } from '../../../src/core/scope.js';
import { AttuneError } from '../../../src/core/errors.js';
import type { Consent } from '../../../src/privacy/consent.js';
import type { RememberedPerson } from '../../../src/memory/emotional-memory.js';
import { Remembering } from '../../../src/session/remembering.js';
import { fuseEmotion } from '../../../src/stages/fusion/late-fusion.js';
import { InterruptedStore } from '../../support/interrupted-store.js';
import { ManualClock } from '../../support/manual-clock.js';

const angry = fuseEmotion({
  voice: {
    categories: { neutral: 0, calm: 0, happy: 0, sad: 0, angry: 0.9, fearful: 0.05, disgusted: 0.05, surprised: 0 },
    arousal: 0.8,
    valence: 0.2,
    dominance: 0.6,
    label: 'angry',
    confidence: 0.9,
    acoustics: {
      speakingRateSyllablesPerS: 4,
      pitchVsBaselinePct: null,
      loudnessVsBaselineDb: null,
      rateVsBaselinePct: null,
    },
    cues: [],
  },
  text: null,
  circumstances: { sttConfidence: 0.9, wordCount: 6, speechDurationMs: 3_000, snrDb: null },
});
const said = { text: 'my delivery is late again', language: 'en-US' };

async function rememberingIn(t: Test, folder: string, { offline = false } = {}) {
  const clock = new ManualClock();
  const store = new InterruptedStore(await LibsqlMemoryStore.open(join(folder, 'memory.db'), { clock }));
  const memory = await EmotionalMemory.open({ store, vault: Vault.fromText('ab'.repeat(32)), clock });
  const scope = new Scope('test', () => undefined);
  const recalled: RememberedPerson[] = [];
  const failures: AttuneError[] = [];
  const remembering = new Remembering({
    memory: offline ? null : memory,
    tenant: 'default',
    clock,
    scope,
    onRecalled: (person) => recalled.push(person),
    onFailure: (error) => failures.push(error),
  });
  t.teardown(async () => {
    await scope[Symbol.asyncDispose]();
    await memory[Symbol.asyncDispose]();
  });
  return { remembering, memory, store, recalled, failures };
}

t.test('what a person agreed to keep is told to the next call', async (t) => {
  const folder = t.testdir();
  const first = await rememberingIn(t, folder);
  first.remembering.identify('anna', { memory: 'given' });
  first.remembering.note(angry, said);
  await first.remembering.settled();
  t.same(first.failures, []);
  const next = await rememberingIn(t, folder);
  next.remembering.identify('anna', {});
  await next.remembering.settled();
  t.equal(next.remembering.reminder, 'Today the delivery made them angry.');
  t.equal(next.recalled[0]?.recollection?.turnCount, 1);
  t.equal(next.remembering.consent.memory, 'given');
});

t.test('of a person who has not agreed nothing is kept, and a refusal ends what was', async (t) => {
  const folder = t.testdir();
  const { remembering, memory } = await rememberingIn(t, folder);
  const turns = async (): Promise<number> => (await memory.export({ tenant: 'default', id: 'bea' })).turns.length;
  remembering.identify('bea', {});
  remembering.note(angry, said);
  await remembering.settled();
  t.equal(await turns(), 0);
  remembering.identify('bea', { memory: 'given' });
  remembering.note(angry, said);
  await remembering.settled();
  t.equal(await turns(), 1);
  remembering.identify('bea', { memory: 'refused' });
  remembering.note(angry, said);
  await remembering.settled();
  t.equal(await turns(), 0);
  t.equal(remembering.consent.memory, 'withdrawn');
});

t.test('without a memory or a name consent still holds for the call', async (t) => {
  const { remembering, recalled } = await rememberingIn(t, t.testdir(), { offline: true });
  const told: Partial<Consent> = { emotion: 'refused' };
  remembering.identify(null, told);
  remembering.note(angry, said);
  await remembering.settled();
  t.equal(remembering.consent.emotion, 'refused');
  t.equal(remembering.reminder, null);
  t.same(recalled, []);
});

t.test('who is erased during a call is a stranger from then on', async (t) => {
  const { remembering, memory, recalled, failures } = await rememberingIn(t, t.testdir());
  const anna = { tenant: 'default', id: 'anna' };
  remembering.identify('anna', { memory: 'given' });
  remembering.note(angry, said);
  remembering.identify('anna', { emotion: 'given' });
  await remembering.settled();
  t.type(remembering.reminder, 'string');
  await memory.erase(anna);
  remembering.note(angry, said);
  await remembering.settled();
  t.same(failures, [], 'nothing broke');
  t.same((await memory.export(anna)).turns, []);
  t.equal(remembering.reminder, null);
  t.same([remembering.consent.memory, recalled.at(-1)?.consent.memory], ['unknown', 'unknown']);
  t.equal(remembering.consent.emotion, 'given', 'what was told in this call holds for this call');
});

t.test('a store that is slow may cost turns, never a withdrawal', async (t) => {
  const { remembering, memory, store } = await rememberingIn(t, t.testdir());
  remembering.identify('anna', { memory: 'given' });
  remembering.note(angry, said);
  await remembering.settled();
  let goOn: () => void = () => undefined;
  store.beforePut = () => new Promise((resolve) => (goOn = () => resolve()));
  for (let turn = 0; turn < 100; turn += 1) remembering.note(angry, said);
  while (store.beforePut !== undefined) await new Promise((resolve) => setImmediate(resolve));
  remembering.identify('anna', { memory: 'refused' });
  goOn();
  await remembering.settled();
  const left = await memory.export({ tenant: 'default', id: 'anna' });
  t.same([left.turns.length, left.consent.memory], [0, 'withdrawn']);
});

t.test('a client that never stops naming people is told that it is too much', async (t) => {
  const { remembering, failures } = await rememberingIn(t, t.testdir());
  for (let index = 0; index < 2_000; index += 1) remembering.identify(`person ${index}`, {});
  await remembering.settled();
  t.same(
    failures.map(({ code }) => code),
    ['QUEUE_FULL'],
    'once',
  );
});

t.test('what was said once does not undo an erasure when other settings change', async (t) => {
  const { remembering, memory } = await rememberingIn(t, t.testdir());
  const told: Partial<Consent> = { memory: 'given' };
  remembering.identify('anna', told);
  await remembering.settled();
  await memory.erase({ tenant: 'default', id: 'anna' });
  remembering.note(angry, said);
  await remembering.settled();
  remembering.identify('anna', told);
  remembering.note(angry, said);
  await remembering.settled();
  t.equal((await memory.consentOf({ tenant: 'default', id: 'anna' })).memory, 'unknown');
  remembering.identify('anna', { memory: 'unknown' });
  remembering.identify('anna', told);
  await remembering.settled();
  t.equal((await memory.consentOf({ tenant: 'default', id: 'anna' })).memory, 'given', 'said anew');
});

t.test('a withdrawal that could not be written is written with the next settings', async (t) => {
  const { remembering, memory, store, failures } = await rememberingIn(t, t.testdir());
  remembering.identify('anna', { memory: 'given' });
  await remembering.settled();
  store.beforePut = () => Promise.reject(new AttuneError('MEMORY_UNAVAILABLE', 'away'));
  remembering.identify('anna', { memory: 'refused' });
  await remembering.settled();
  t.equal(failures[0]?.code, 'MEMORY_UNAVAILABLE');
  t.equal(remembering.consent.memory, 'withdrawn', 'for the call it holds');
  remembering.identify('anna', { memory: 'refused' });
  await remembering.settled();
  t.equal((await memory.consentOf({ tenant: 'default', id: 'anna' })).memory, 'withdrawn');
});

t.test('a withdrawal that leaves traces is a withdrawal, and the traces are reported', async (t) => {
  const { remembering, store, recalled, failures } = await rememberingIn(t, t.testdir());
  remembering.identify('anna', { memory: 'given' });
  await remembering.settled();
  store.scrubFailure = new AttuneError('MEMORY_ERASURE_UNFINISHED', 'in use');
  remembering.identify('anna', { memory: 'refused' });
  await remembering.settled();
  remembering.identify('anna', { memory: 'refused' });
  await remembering.settled();
  t.same(
    failures.map(({ code }) => code),
    ['MEMORY_ERASURE_UNFINISHED'],
  );
  t.equal(recalled.at(-1)?.consent.memory, 'withdrawn', 'and the client hears what holds');
});
