/**
 * The memory on its embedded store: consent, erasure without a trace, retention, rotation, and a process killed at any time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { EmotionalMemory } from '../../../src/memory/emotional-memory.js';
import { LibsqlMemoryStore } from '../../../src/memory/libsql-memory-store.js';
import type { MemoryStore } from '../../../src/memory/memory-store.js';
import type { RememberedTurn } from '../../../src/memory/remembered-turn.js';
import { Vault } from '../../../src/memory/vault.js';
import { unheardSpeaker } from '../../../src/stages/emotion/speaker-baseline.js';
import { ManualClock } from '../../support/manual-clock.js';

const dayMs = 86_400_000;
const key = Vault.newKey();
const anna = { tenant: 'default', id: 'anna@example.com' };

const turnAt = (atMs: number): RememberedTurn => ({
  atMs,
  label: 'angry',
  arousal: 0.8,
  valence: 0.2,
  dominance: 0.5,
  confidence: 0.8,
  topics: ['delivery'],
});

async function memoryIn(t: Test, folder: string, { keys = key, clock = new ManualClock() } = {}) {
  const store = await LibsqlMemoryStore.open(join(folder, 'memory.db'));
  const memory = await EmotionalMemory.open({ store, vault: Vault.fromText(keys), clock });
  t.teardown(() => memory[Symbol.asyncDispose]());
  return { memory, store, clock };
}

/** Every byte that the store has on disk. */
function bytesIn(folder: string): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

t.test('nothing is kept of somebody who has not agreed', async (t) => {
  const { memory } = await memoryIn(t, t.testdir());
  await t.rejects(memory.remember(anna, turnAt(0)), { code: 'MEMORY_CONSENT_MISSING' });
  await t.rejects(memory.rememberVoice(anna, unheardSpeaker), { code: 'MEMORY_CONSENT_MISSING' });
  t.same((await memory.recall(anna)).consent, { emotion: 'unknown', memory: 'unknown', recording: 'unknown' });
});

t.test('turns and the voice come back in the next call', async (t) => {
  const folder = t.testdir();
  const first = await memoryIn(t, folder);
  await first.memory.setConsent(anna, { memory: 'given' });
  await first.memory.remember(anna, turnAt(first.clock.wallTimeMs()));
  const mean = unheardSpeaker.mean.map((_, index) => index / 7);
  await first.memory.rememberVoice(anna, { heardS: 12, mean });
  const { memory, clock } = await memoryIn(t, folder);
  await clock.advance(7 * dayMs);
  const { recollection, voice } = await memory.recall(anna);
  t.equal(recollection?.reminder, 'Last week the delivery made them angry.');
  t.equal(voice?.heardS, 12);
  t.same(voice?.mean, mean);
  t.equal((await memory.recall({ ...anna, tenant: 'other' })).recollection, null, 'tenants do not share people');
});

t.test('the file names nobody and says nothing', async (t) => {
  const folder = t.testdir();
  const { memory } = await memoryIn(t, folder);
  await memory.setConsent(anna, { memory: 'given' });
  await memory.remember(anna, turnAt(5));
  for (const word of ['anna', 'delivery', 'angry', 'given']) t.notOk(bytesIn(folder).includes(word), word);
  t.ok(bytesIn(folder).includes(memory.pseudonymOf(anna)), 'the search would find what is there');
});

t.test('an erased person leaves no trace in the files', async (t) => {
  const folder = t.testdir();
  const { memory, store } = await memoryIn(t, folder);
  const pseudonym = memory.pseudonymOf(anna);
  const bea = { tenant: 'default', id: 'bea' };
  for (const person of [anna, bea]) {
    await memory.setConsent(person, { memory: 'given' });
    for (let at = 0; at < 200; at += 1) await memory.remember(person, turnAt(at));
  }
  const sealed = (await store.list('default', pseudonym)).map((record) => Buffer.from(record.sealed));
  t.equal(sealed.length, 201);
  t.equal(await memory.erase(anna), 201);
  const bytes = bytesIn(folder);
  t.notOk(bytes.includes(pseudonym));
  t.notOk(
    sealed.some((record) => bytes.includes(record.subarray(17))),
    'not even what cannot be read any more',
  );
  t.equal((await memory.export(bea)).turns.length, 200, 'others stay');
});

t.test('a withdrawal forgets the feelings and keeps the no', async (t) => {
  const { memory } = await memoryIn(t, t.testdir());
  await memory.setConsent(anna, { memory: 'given' });
  await memory.remember(anna, turnAt(0));
  t.equal((await memory.setConsent(anna, { memory: 'refused' })).memory, 'withdrawn', 'a no after a yes');
  const left = await memory.export(anna);
  t.same([left.turns.length, left.consent.memory], [0, 'withdrawn']);
});

t.test('turns past their retention are forgotten, by tenant', async (t) => {
  const clock = new ManualClock();
  const { memory } = await memoryIn(t, t.testdir(), { clock });
  const people = [anna, { tenant: 'strict', id: 'carl' }];
  for (const person of people) {
    await memory.setConsent(person, { memory: 'given' });
    await memory.remember(person, turnAt(clock.wallTimeMs()));
  }
  await clock.advance(10 * dayMs);
  t.equal(await memory.sweep((tenant) => (tenant === 'strict' ? 7 : 365)), 1);
  t.same(await Promise.all(people.map(async (person) => (await memory.export(person)).turns.length)), [1, 0]);
});

t.test('rotation seals again; then the old key may go', async (t) => {
  const folder = t.testdir();
  const { memory } = await memoryIn(t, folder);
  await memory.setConsent(anna, { memory: 'given' });
  await memory.remember(anna, turnAt(0));
  const fresh = Vault.newKey();
  await t.rejects(memoryIn(t, folder, { keys: fresh }), { code: 'MEMORY_SEALED' });
  const both = await memoryIn(t, folder, { keys: `${fresh},${key}` });
  t.equal(await both.memory.rotate(), 3, 'the secret, the consent and the turn');
  t.equal(await both.memory.rotate(), 0);
  const { memory: after } = await memoryIn(t, folder, { keys: fresh });
  t.equal((await after.export(anna)).turns.length, 1, 'under the same pseudonym');
});

t.test('a process killed while it writes loses nothing that it had acknowledged', async (t) => {
  const folder = t.testdir();
  const writer = fileURLToPath(new URL('../../support/memory-writer.ts', import.meta.url));
  const loader = fileURLToPath(new URL('../../../bin/typescript-loader.js', import.meta.url));
  let acknowledged = 0;
  for (const lifeOfAcknowledgements of [3, 40, 17]) {
    const child = spawn(process.execPath, [`--import=${loader}`, writer, join(folder, 'memory.db'), key], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'kept') {
        seen += 1;
        acknowledged += 1;
      }
      if (seen === lifeOfAcknowledgements) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    t.equal(child.signalCode, 'SIGKILL');
  }
  const { memory } = await memoryIn(t, folder);
  const { turns } = await memory.export({ tenant: 'default', id: 'writer' });
  t.ok(turns.length >= acknowledged, `${turns.length} of ${acknowledged} acknowledged turns are there`);
});

/** A store before whose next write something else happens, as another process would do it. */
function overtaken(store: LibsqlMemoryStore, meanwhile: () => Promise<unknown>): MemoryStore {
  let isDue = true;
  return {
    name: store.name,
    find: (address) => store.find(address),
    list: (...of) => store.list(...of),
    remove: (...of) => store.remove(...of),
    people: () => store.people(),
    put: async (...of) => {
      if (isDue) {
        isDue = false;
        await meanwhile();
      }
      return store.put(...of);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

for (const [name, happens] of [
  ['withdrawn', (memory: EmotionalMemory) => memory.setConsent(anna, { memory: 'withdrawn' })],
  ['erased', (memory: EmotionalMemory) => memory.erase(anna)],
] as const) {
  t.test(`a turn on its way is not kept of a person who was ${name} meanwhile`, async (t) => {
    const { memory, store, clock } = await memoryIn(t, t.testdir());
    await memory.setConsent(anna, { memory: 'given' });
    const slow = await EmotionalMemory.open({
      store: overtaken(store, () => happens(memory)),
      vault: Vault.fromText(key),
      clock,
    });
    await t.rejects(slow.remember(anna, turnAt(1)), { code: 'MEMORY_CONSENT_MISSING' });
    t.equal((await memory.export(anna)).turns.length, 0);
  });
}

t.test('a consent that changes meanwhile is read again, and the turn is kept', async (t) => {
  const { memory, store, clock } = await memoryIn(t, t.testdir());
  await memory.setConsent(anna, { memory: 'given' });
  const meanwhile = () => memory.setConsent(anna, { recording: 'given' });
  const slow = await EmotionalMemory.open({ store: overtaken(store, meanwhile), vault: Vault.fromText(key), clock });
  await slow.remember(anna, turnAt(1));
  t.equal((await memory.export(anna)).turns.length, 1);
  t.match((await memory.export(anna)).consent, { memory: 'given', recording: 'given' });
});

t.test('rotation does not bring back what is erased meanwhile', async (t) => {
  const folder = t.testdir();
  const { memory, store, clock } = await memoryIn(t, folder);
  await memory.setConsent(anna, { memory: 'given' });
  await memory.remember(anna, turnAt(0));
  const vault = Vault.fromText(`${Vault.newKey()},${key}`);
  const rotating = await EmotionalMemory.open({ store: overtaken(store, () => memory.erase(anna)), vault, clock });
  await rotating.rotate();
  t.same(await store.list(anna.tenant, memory.pseudonymOf(anna)), []);
});

t.test('two processes that begin at once know people under the same pseudonyms', async (t) => {
  const folder = t.testdir();
  const opened = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const store = await LibsqlMemoryStore.open(join(folder, 'memory.db'));
      return EmotionalMemory.open({ store, vault: Vault.fromText(key), clock: new ManualClock() });
    }),
  );
  t.equal(new Set(opened.map((memory) => memory.pseudonymOf(anna))).size, 1);
  for (const memory of opened) await memory[Symbol.asyncDispose]();
});

t.test('recordings: with their own consent, apart from the turns, at most fifty, and gone with it', async (t) => {
  const folder = t.testdir();
  const { memory } = await memoryIn(t, folder);
  const recording = (at: number) => ({ id: `item-${at}`, atMs: at, text: `sound ${at}` });
  await t.rejects(memory.keepRecording(anna, recording(1)), { code: 'RECORDING_CONSENT_MISSING' });
  await memory.setConsent(anna, { recording: 'given' });
  for (let at = 1; at <= 53; at += 1) await memory.keepRecording(anna, recording(at));
  const kept = await memory.recordings(anna);
  t.same([kept.length, kept[0], kept.at(-1)], [50, recording(4), recording(53)]);
  t.equal((await memory.export(anna)).turns.length, 0);
  t.notOk(bytesIn(folder).includes('sound 53'), 'sealed');
  await memory.setConsent(anna, { recording: 'withdrawn' });
  t.same(await memory.recordings(anna), []);
  await memory.setConsent(anna, { recording: 'given' });
  await memory.keepRecording(anna, recording(99));
  t.equal(await memory.erase(anna), 2, 'the recording and the consent');
  t.same(await memory.recordings(anna), []);
});
