/**
 * The audit chain: what it notices, and what survives a death in the middle of a line.
 */
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  emptyChain,
  nextEntry,
  verifyChain,
  type AuditEvent,
  type ChainHead,
} from '../../../src/privacy/audit-chain.js';
import { AuditLog, readAuditFile } from '../../../src/privacy/audit-log.js';

const event: AuditEvent = {
  action: 'consent.changed',
  tenant: 'default',
  actor: 'server',
  subject: 'ab12',
  facts: { memory: 'given' },
};

function chainOf(count: number, key: string | null = null): string[] {
  let head: ChainHead = emptyChain;
  return Array.from({ length: count }, (_, index) => {
    const entry = nextEntry(head, { ...event, facts: { turn: index } }, `2026-01-0${index + 1}T00:00:00.000Z`, key);
    head = { sequence: entry.sequence, hash: entry.hash };
    return JSON.stringify(entry);
  });
}

t.test('a chain that nobody touched holds', async (t) => {
  const verdict = verifyChain(chainOf(5), null);
  t.ok(verdict.ok && verdict.entryCount === 5 && verdict.head.sequence === 5);
  t.ok(verifyChain([], null).ok);
});

t.test('every changed character of a middle entry is noticed', async (t) => {
  const lines = chainOf(3);
  const middle = lines[1]!;
  for (let at = 0; at < middle.length; at += 1) {
    const letter = middle[at] === 'a' ? 'b' : 'a';
    const changed = [lines[0]!, middle.slice(0, at) + letter + middle.slice(at + 1), lines[2]!];
    const verdict = verifyChain(changed, null);
    if (verdict.ok) t.fail(`character ${at} of ${middle}`);
  }
});

t.test('what is dropped, moved or put in between is named by its line', async (t) => {
  const [a, b, c, d] = chainOf(4) as [string, string, string, string];
  t.match(verifyChain([a, c, d], null), { ok: false, line: 2 });
  t.match(verifyChain([a, c, b, d], null), { ok: false, line: 2 });
  t.match(verifyChain([a, b, b, c, d], null), { ok: false, line: 3 });
  t.match(verifyChain([b, c, d], null), { ok: false, line: 1 });
  t.ok(verifyChain([a, b], null).ok, 'a shortened end is only noticed by a head that was kept elsewhere');
});

t.test('with a key nobody else can write the log anew', async (t) => {
  t.ok(verifyChain(chainOf(3, 'secret'), 'secret').ok);
  t.match(verifyChain(chainOf(3), 'secret'), { ok: false, line: 1 });
  t.match(verifyChain(chainOf(3, 'other'), 'secret'), { ok: false, line: 1 });
});

t.test('a log goes on where it ended, and cuts off what was never acknowledged', async (t) => {
  const file = join(t.testdir(), 'audit.jsonl');
  const options = { key: null, wallTimeMs: () => 0 };
  const first = await AuditLog.open(file, options);
  await Promise.all([first.note(event), first.note(event), first.note(event)]);
  await first[Symbol.asyncDispose]();
  appendFileSync(file, '{"sequence":4,"time":"19');
  t.equal((await readAuditFile(file)).isTorn, true);
  const second = await AuditLog.open(file, options);
  await second.note(event);
  await second[Symbol.asyncDispose]();
  const { lines, isTorn } = await readAuditFile(file);
  t.same([lines.length, isTorn], [4, false]);
  t.ok(verifyChain(lines, null).ok);
  t.equal(second.head.sequence, 4);
  t.notMatch(readFileSync(file, 'utf8'), /anna/);
});

t.test('two who write one log make one chain, and the unfinished line of a third does not stay', async (t) => {
  const file = join(t.testdir(), 'audit.jsonl');
  const options = { key: 'secret', wallTimeMs: () => 0 };
  await using first = await AuditLog.open(file, options);
  await using second = await AuditLog.open(file, options);
  await first.note(event);
  await second.note(event);
  appendFileSync(file, '{"sequence":3,"ti');
  await first.note(event);
  await Promise.all([1, 2, 3, 4].flatMap(() => [first.note(event), second.note(event)]));
  const { lines, isTorn } = await readAuditFile(file);
  t.same([lines.length, isTorn], [11, false]);
  t.ok(verifyChain(lines, 'secret').ok);
});

t.test('a log that somebody else has broken or shortened meanwhile is not written to any more', async (t) => {
  const file = join(t.testdir(), 'audit.jsonl');
  await using log = await AuditLog.open(file, { key: null, wallTimeMs: () => 0 });
  await log.note(event);
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, '{"sequence":7}\n');
  await t.rejects(log.note(event), { code: 'AUDIT_BROKEN', message: /line 2/ });
  writeFileSync(file, whole.slice(0, 20));
  await t.rejects(log.note(event), { code: 'AUDIT_BROKEN', message: /shorter/ });
  writeFileSync(file, whole);
  await log.note(event);
  t.ok(verifyChain((await readAuditFile(file)).lines, null).ok, 'as it was, it goes on');
});

t.test('the lock of a process that died is taken over', async (t) => {
  const file = join(t.testdir({ 'audit.jsonl': '', 'audit.jsonl.lock': {} }), 'audit.jsonl');
  utimesSync(`${file}.lock`, 0, 0);
  await using log = await AuditLog.open(file, { key: null, wallTimeMs: () => 0 });
  await log.note(event);
  t.equal(log.head.sequence, 1);
});

t.test('a broken log is not written to', async (t) => {
  const file = join(t.testdir({ 'audit.jsonl': '{"sequence":1}\n' }), 'audit.jsonl');
  await t.rejects(AuditLog.open(file, { key: null, wallTimeMs: () => 0 }), { code: 'AUDIT_BROKEN', field: 'auditLog' });
});
