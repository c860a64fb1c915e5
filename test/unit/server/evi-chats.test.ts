/**
 * Chats that are written down: what a resumed one begins with, what is forgotten when, and chats that end by time.
 */
import t from 'tap';
import { silentLogger } from '../../../src/core/logger.js';
import { SealedDocuments } from '../../../src/memory/sealed-documents.js';
import { Vault } from '../../../src/memory/vault.js';
import { VolatileMemoryStore, type VolatilePlace } from '../../../src/memory/volatile-memory-store.js';
import {
  eventOfClientMessage,
  historyOf,
  type ChatEvent,
  type NewChatEvent,
} from '../../../src/protocols/evi/chat-event.js';
import { ChatLog } from '../../../src/server/evi/chat-log.js';
import { ChatTimeouts } from '../../../src/server/evi/chat-timeouts.js';
import type { SessionEvent } from '../../../src/session/events.js';
import { ManualClock } from '../../support/manual-clock.js';

const dayMs = 86_400_000;
const numbered = (...events: readonly NewChatEvent[]): readonly ChatEvent[] =>
  events.map((event, sequence) => ({ ...event, sequence, atMs: sequence }));
const user = (text: string): NewChatEvent => ({ type: 'USER_MESSAGE', role: 'USER', text });
const agent = (text: string): NewChatEvent => ({ type: 'AGENT_MESSAGE', role: 'AGENT', text });
const call = (callId: string): NewChatEvent => ({
  type: 'FUNCTION_CALL',
  role: 'AGENT',
  text: '{}',
  tool: { callId, name: 'look' },
});
const result = (callId: string): NewChatEvent => ({
  type: 'FUNCTION_CALL_RESPONSE',
  role: 'TOOL',
  text: '5',
  tool: { callId, name: '' },
});

const histories: readonly (readonly [
  what: string,
  events: readonly NewChatEvent[],
  limit: number,
  said: readonly string[],
])[] = [
  ['clauses of an answer are one message', [user('a'), agent('b.'), agent('c.'), user('d')], 9, ['a', 'b. c.', 'd']],
  ['the last ones when there are too many', [user('a'), agent('b'), user('c')], 2, ['b', 'c']],
  ['none', [user('a')], 0, []],
  ['a tool with its result', [user('a'), call('1'), result('1'), agent('b')], 9, ['a', 'call 1', 'result 1', 'b']],
  ['a call without a result is left out', [user('a'), call('1'), agent('b')], 9, ['a', 'b']],
  ['a result without its call as well', [result('1'), agent('b')], 9, ['b']],
  ['a result that lost its call to the limit', [call('1'), result('1'), agent('b')], 2, ['b']],
  ['what is no message', [{ type: 'PAUSE_ONSET', role: 'USER' }, user('a')], 9, ['a']],
];

for (const [what, events, limit, said] of histories) {
  t.test(`a resumed chat begins with: ${what}`, async (t) => {
    const items = historyOf(numbered(...events), limit).map((item) => {
      switch (item.kind) {
        case 'message':
          return item.text;
        case 'tool-call':
          return `call ${item.callId}`;
        case 'tool-result':
          return `result ${item.callId}`;
        default:
          return item.kind;
      }
    });
    t.same(items, said);
  });
}

t.test('a key of a language model is not written down', async (t) => {
  const event = eventOfClientMessage({
    type: 'session_settings',
    language_model_api_key: 'sk-secret',
    metadata: { a: 1 },
  });
  t.equal(event?.metadata, '{"metadata":{"a":1}}');
});

function logOn(place: VolatilePlace, vault: Vault, clock: ManualClock, isVolatile = true): ChatLog {
  const documents = new SealedDocuments({ store: new VolatileMemoryStore(place), vault });
  return new ChatLog({ documents, retentionDays: 2, isVolatile, clock, logger: silentLogger });
}

t.test('chats are forgotten when their time is over, running ones excepted', async (t) => {
  const [place, clock]: [VolatilePlace, ManualClock] = [new Map(), new ManualClock()];
  const log = logOn(place, Vault.fromText(Vault.newKey()), clock);
  const begin = (id: string) => log.begin('acme', { id, groupId: 'g', config: null });
  const [ended] = [begin('ended'), begin('running')];
  ended.note(user('hello'));
  await ended.end('USER_ENDED');
  t.same(
    (await log.chats('acme')).map(({ id, status, eventCount }) => [id, status, eventCount]),
    [
      ['ended', 'USER_ENDED', 2],
      ['running', 'ACTIVE', 0],
    ],
  );
  t.equal(await log.sweep(), 0);
  await clock.advance(2 * dayMs + 1);
  await begin('young').end('USER_ENDED');
  t.equal(await log.sweep(), 1);
  t.same(
    (await log.chats('acme')).map(({ id }) => id),
    ['running', 'young'],
  );
  t.same(await log.events('acme', 'ended'), []);
  t.equal([...place.keys()].filter((key) => key.includes('evi-chat-ended')).length, 0);
});

t.test('a chat that a crash broke off is not said to go on', async (t) => {
  const [place, clock, vault]: [VolatilePlace, ManualClock, Vault] = [
    new Map(),
    new ManualClock(),
    Vault.fromText(Vault.newKey()),
  ];
  logOn(place, vault, clock).begin('acme', { id: 'broken', groupId: 'g', config: null }).note(user('hello'));
  await clock.advance(1);
  t.match(await logOn(place, vault, clock).chat('acme', 'broken'), { status: 'ERROR', endMs: null });
});

t.test('a chat has so many events and no more', async (t) => {
  const log = logOn(new Map(), Vault.fromText(Vault.newKey()), new ManualClock());
  const writer = log.begin('acme', { id: 'long', groupId: 'g', config: null });
  for (let round = 0; round < 6; round += 1) {
    for (let count = 0; count < 999; count += 1) writer.note(user('again'));
    await new Promise((resolve) => setTimeout(resolve));
  }
  await writer.end('USER_ENDED');
  t.equal((await log.events('acme', 'long')).length, 5_000);
  t.equal((await log.chat('acme', 'long')).status, 'USER_ENDED', 'how it ended is written all the same');
});

t.test('silence ends a chat, speech does not; the whole has its own end', async (t) => {
  const clock = new ManualClock();
  const ended: string[] = [];
  const timeouts = new ChatTimeouts({
    timeouts: { inactivity: { afterMs: 10_000, farewell: 'Bye.' }, max_duration: { afterMs: 60_000, farewell: null } },
    clock,
    onTimeout: (which, farewell) => ended.push(`${which} ${farewell}`),
  });
  const note = (type: string): void => timeouts.note({ type } as SessionEvent);
  await clock.advance(9_000);
  note('speech.started');
  await clock.advance(20_000);
  t.same(ended, [], 'somebody speaks for long');
  note('utterance.committed');
  note('reply.started');
  await clock.advance(20_000);
  note('reply.ended');
  t.same(ended, []);
  await clock.advance(9_999);
  t.same(ended, []);
  await clock.advance(1);
  t.same(ended, ['inactivity Bye.']);
  await clock.advance(60_000);
  t.same(ended, ['inactivity Bye.'], 'once');
  t.same(clock.pendingDelaysMs, []);
});

t.test('what is said to a silent caller is no word of theirs', async (t) => {
  const clock = new ManualClock();
  const ended: string[] = [];
  const timeouts = new ChatTimeouts({
    timeouts: { inactivity: { afterMs: 10_000, farewell: null }, max_duration: null },
    clock,
    onTimeout: (which) => ended.push(which),
  });
  const note = (type: string): void => timeouts.note({ type } as SessionEvent);
  note('reply.started');
  await clock.advance(4_000);
  note('reply.ended');
  for (const nudge of ['first', 'second']) {
    await clock.advance(4_000);
    t.same(ended, [], nudge);
    note('reply.started');
    note('reply.ended');
  }
  await clock.advance(2_000);
  t.same(ended, ['inactivity']);
});
