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
import { AttuneError } from '../../../src/core/errors.js';
import { EmotionalMemory } from '../../../src/memory/emotional-memory.js';
import { LibsqlMemoryStore } from '../../../src/memory/libsql-memory-store.js';
import type { MemoryStore } from '../../../src/memory/memory-store.js';
import type { RememberedTurn } from '../../../src/memory/remembered-turn.js';
import { Vault } from '../../../src/memory/vault.js';
import { unheardSpeaker } from '../../../src/stages/emotion/speaker-baseline.js';
import { ManualClock } from '../../support/manual-clock.js';
import { InterruptedStore } from '../../support/interrupted-store.js';

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
  const store = await LibsqlMemoryStore.open(join(folder, 'memory.db'), { clock });
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

/** A memory that is interrupted, and another on the same file, which does not know of it. */
async function twoMemoriesIn(t: Test, { keys = key } = {}) {
  const folder = t.testdir();
  const other = await memoryIn(t, folder);
  const clock = new ManualClock();
  const store = new InterruptedStore(await LibsqlMemoryStore.open(join(folder, 'memory.db'), { clock }));
  const memory = await EmotionalMemory.open({ store, vault: Vault.fromText(keys), clock });
  t.teardown(() => memory[Symbol.asyncDispose]());
  return {
    memory,
    store,
    other: other.memory,
    otherClock: other.clock,
    plainStore: other.store as MemoryStore,
    folder,
  };
}

t.test('nothing is written after a withdrawal or an erasure that came in between', async (t) => {
  const ways: Record<string, (other: EmotionalMemory, clock: ManualClock) => Promise<unknown>> = {
    withdrawn: (other) => other.setConsent(anna, { memory: 'refused' }),
    erased: (other) => other.erase(anna),
    'erased and agreed to anew': async (other, clock) => {
      await other.erase(anna);
      await clock.advance(1);
      await other.setConsent(anna, { memory: 'given' });
    },
  };
  for (const [way, interrupt] of Object.entries(ways)) {
    const { memory, store, other, otherClock, plainStore } = await twoMemoriesIn(t);
    const writes: (() => Promise<void>)[] = [
      () => memory.remember(anna, turnAt(0)),
      () => memory.rememberVoice(anna, unheardSpeaker),
    ];
    for (const write of writes) {
      await other.setConsent(anna, { memory: 'given' });
      store.beforePut = async () => void (await interrupt(other, otherClock));
      await t.rejects(write(), { code: 'MEMORY_CONSENT_MISSING' }, way);
      const left = await plainStore.list('default', other.pseudonymOf(anna));
      t.same(
        left.filter(({ id }) => id !== 'consent'),
        [],
        way,
      );
    }
  }
});

t.test('a turn is kept when something else was agreed to in between, or the consent was sealed anew', async (t) => {
  const { memory, store, other, folder } = await twoMemoriesIn(t, { keys: `${key},${Vault.newKey()}` });
  await other.setConsent(anna, { memory: 'given' });
  store.beforePut = async () => void (await other.setConsent(anna, { recording: 'refused' }));
  await memory.remember(anna, turnAt(0));
  t.equal((await other.export(anna)).turns.length, 1);
  const turned = await memoryIn(t, folder, { keys: `${Vault.newKey()},${key}` });
  const back = await memoryIn(t, folder, { keys: key });
  store.beforePut = async () => {
    const [consent] = (await turned.store.list('default', memory.pseudonymOf(anna))).filter(
      ({ id }) => id === 'consent',
    );
    const place = JSON.stringify(['default', memory.pseudonymOf(anna), 'consent']);
    const text = Vault.fromText(key).open(consent!.sealed, place);
    await back.store.put([{ ...consent!, sealed: Vault.fromText(key).seal(text, place) }]);
  };
  await memory.remember(anna, turnAt(1));
  t.equal((await other.export(anna)).turns.length, 2);
});

t.test('two who record consent at once lose neither', async (t) => {
  const { memory, store, other } = await twoMemoriesIn(t);
  store.beforePut = async () => void (await other.setConsent(anna, { recording: 'refused' }));
  t.same(await memory.setConsent(anna, { memory: 'given' }), {
    emotion: 'unknown',
    memory: 'given',
    recording: 'refused',
  });
  t.same(await other.consentOf(anna), { emotion: 'unknown', memory: 'given', recording: 'refused' });
});

t.test('nothing new is written where nothing new was said', async (t) => {
  const { memory, store } = await twoMemoriesIn(t);
  await memory.setConsent(anna, {});
  t.same(await store.list('default', memory.pseudonymOf(anna)), []);
});

t.test('rotation does not bring back who was erased meanwhile', async (t) => {
  const fresh = Vault.newKey();
  const { memory, store, other, plainStore } = await twoMemoriesIn(t, { keys: `${fresh},${key}` });
  await other.setConsent(anna, { memory: 'given' });
  for (let at = 0; at < 5; at += 1) await other.remember(anna, turnAt(at));
  store.beforePut = async (records) => {
    if (records[0]?.person === '') return 'again';
    await other.erase(anna);
    return undefined;
  };
  t.equal(await memory.rotate(), 1, 'the secret');
  t.same(await plainStore.list('default', memory.pseudonymOf(anna)), []);
  t.same(await plainStore.people(), []);
});

t.test('the consent is one record, read alone', async (t) => {
  const { memory, store } = await twoMemoriesIn(t);
  await memory.setConsent(anna, { memory: 'given' });
  for (let at = 0; at < 3; at += 1) await memory.remember(anna, turnAt(at));
  store.listCount = 0;
  await memory.consentOf(anna);
  await memory.remember(anna, turnAt(3));
  await memory.recall({ ...anna, id: 'stranger' });
  t.equal(store.listCount, 0);
  await memory.recall(anna);
  t.equal(store.listCount, 1);
});

t.test('those who open a new memory at once agree on its secret', async (t) => {
  const folder = t.testdir();
  const clock = new ManualClock();
  const memories = await Promise.all([1, 2, 3, 4].map(() => memoryIn(t, folder, { clock })));
  t.equal(new Set(memories.map(({ memory }) => memory.pseudonymOf(anna))).size, 1);
  const { memory, store, other } = await twoMemoriesIn(t);
  t.equal(memory.pseudonymOf(anna), other.pseudonymOf(anna));
  await store.remove('', '');
  let winner: EmotionalMemory | undefined;
  store.beforePut = async () => {
    winner = await EmotionalMemory.open({ store: store.inner, vault: Vault.fromText(key), clock });
    return undefined;
  };
  const late = await EmotionalMemory.open({ store, vault: Vault.fromText(key), clock });
  t.equal(late.pseudonymOf(anna), winner?.pseudonymOf(anna));
});

t.test('processes that start on a new file at once agree on its secret', async (t) => {
  const file = join(t.testdir(), 'memory.db');
  const opener = fileURLToPath(new URL('../../support/memory-opener.ts', import.meta.url));
  const loader = fileURLToPath(new URL('../../../bin/typescript-loader.js', import.meta.url));
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, [`--import=${loader}`, opener, file, key], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const said = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]());
  const next = async (): Promise<readonly unknown[]> =>
    (await Promise.all(said.map((lines) => lines.next()))).map(({ value }) => value as unknown);
  t.same(await next(), ['ready', 'ready', 'ready']);
  for (const child of children) child.stdin.end('go\n');
  const pseudonyms = await next();
  t.match(pseudonyms[0], /^[0-9a-f]{64}$/u);
  t.equal(new Set(pseudonyms).size, 1);
});

t.test('an erasure that leaves traces says so, and the next one finishes it', async (t) => {
  const { memory, store } = await twoMemoriesIn(t);
  await memory.setConsent(anna, { memory: 'given' });
  store.scrubFailure = new AttuneError('MEMORY_ERASURE_UNFINISHED', 'in use');
  await t.rejects(memory.erase(anna), { code: 'MEMORY_ERASURE_UNFINISHED' });
  t.same((await memory.consentOf(anna)).memory, 'unknown', 'but nothing can be read any more');
  store.scrubFailure = null;
  store.scrubCount = 0;
  t.equal(await memory.sweep(() => 365), 0);
  t.equal(store.scrubCount, 1, 'the sweep makes up for it');
  await memory.sweep(() => 365);
  t.equal(store.scrubCount, 1);
  t.equal(await memory.erase(anna), 0);
  t.equal(store.scrubCount, 2, 'who asks again is not told that all is well without looking');
});

t.test('the sweep finishes a withdrawal that was broken off', async (t) => {
  const { memory, store } = await twoMemoriesIn(t);
  const bea = { tenant: 'default', id: 'bea' };
  for (const person of [anna, bea]) {
    await memory.setConsent(person, { memory: 'given', recording: 'given' });
    await memory.remember(person, turnAt(0));
    await memory.keepRecording(person, { id: 'turn-1', atMs: 0, text: 'sound' });
  }
  store.removeFailure = new AttuneError('MEMORY_UNAVAILABLE', 'the process died here');
  await t.rejects(memory.setConsent(anna, { memory: 'refused', recording: 'refused' }), { code: 'MEMORY_UNAVAILABLE' });
  store.removeFailure = null;
  t.equal((await memory.export(anna)).turns.length, 1, 'the no is written, the turns are still there');
  t.equal(await memory.sweep(() => 365_000), 2);
  t.same([(await memory.export(anna)).turns, await memory.recordings(anna)], [[], []]);
  t.equal((await memory.consentOf(anna)).memory, 'withdrawn');
  t.same([(await memory.export(bea)).turns.length, (await memory.recordings(bea)).length], [1, 1], 'others stay');
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
