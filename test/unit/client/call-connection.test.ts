/**
 * A connection that is lost comes back, later each time; one that was refused does not.
 */
import t from 'tap';
import { CallConnection, type ConnectionState } from '../../../src/client/call-connection.js';
import { AttuneError } from '../../../src/core/errors.js';
import { ManualClock } from '../../support/manual-clock.js';

class FakeSocket {
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closedWith: number | undefined;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((closing: { code: number; reason: string }) => void) | null = null;
  send(text: string): void {
    this.sent.push(text);
  }
  close(code?: number): void {
    this.closedWith = code;
  }
  /** The server greets. */
  begin(): void {
    this.onopen?.();
    this.onmessage?.({ data: JSON.stringify({ type: 'session.created', session: {} }) });
  }
  end(code: number): void {
    this.onclose?.({ code, reason: '' });
  }
}

function connectionWith(refusal: AttuneError | null = null) {
  const clock = new ManualClock();
  const sockets: FakeSocket[] = [];
  const states: ConnectionState[] = [];
  const types: string[] = [];
  const connection = new CallConnection({
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    greeting: 'session.created',
    clock,
    random: () => 1,
    refusal: async () => refusal,
    onState: (state) => states.push(state),
    onMessage: ({ type }) => types.push(type),
  });
  return { clock, sockets, states, types, connection, last: () => sockets.at(-1)! };
}

t.test('open means that the session is there', async (t) => {
  const { connection, states, last } = connectionWith();
  connection.open();
  t.notOk(connection.send({ type: 'x' }), 'nothing is sent before');
  last().begin();
  t.same(
    states.map(({ state }) => state),
    ['connecting', 'open'],
  );
  t.ok(connection.send({ type: 'x', n: 1 }));
  t.same(last().sent, ['{"type":"x","n":1}']);
});

t.test('the delays double up to ten seconds and begin anew once a session was there', async (t) => {
  const { connection, clock, states, sockets, last } = connectionWith();
  connection.open();
  last().begin();
  const delays: number[] = [];
  const lose = async (): Promise<void> => {
    last().end(1006);
    await clock.settle();
    const state = states.at(-1);
    t.equal(state?.state, 'waiting');
    delays.push(state?.state === 'waiting' ? state.retryInMs : -1);
    await clock.advance(delays.at(-1)!);
  };
  for (let attempt = 0; attempt < 8; attempt += 1) await lose();
  t.same(delays, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  t.equal(sockets.length, 9);
  last().begin();
  await lose();
  t.equal(delays.at(-1), 250);
});

t.test('who is told to go does not come back', async (t) => {
  for (const [code, comesBack] of [
    [1000, false],
    [1008, false],
    [1009, false],
    [1001, true],
    [1011, true],
    [1012, true],
    [1013, true],
  ] as const) {
    const { connection, states, last } = connectionWith();
    connection.open();
    last().begin();
    last().end(code);
    t.equal(states.at(-1)?.state, comesBack ? 'waiting' : 'closed', String(code));
    t.equal(connection.send({ type: 'x' }), false);
  }
});

t.test('a refusal is final, and an unreachable server is not', async (t) => {
  const refused = connectionWith(new AttuneError('UNAUTHORIZED', 'wrong key'));
  refused.connection.open();
  refused.last().end(1006);
  await refused.clock.settle();
  t.match(refused.states.at(-1), { state: 'closed', error: { code: 'UNAUTHORIZED' } });

  const away = connectionWith();
  away.connection.open();
  away.last().end(1006);
  await away.clock.settle();
  t.match(away.states.at(-1), { state: 'waiting', attempt: 1 });
});

t.test('hanging up while waiting leaves no timer, and while the refusal is asked no state', async (t) => {
  const { connection, clock, states, sockets, last } = connectionWith();
  connection.open();
  last().end(1006);
  connection.close();
  await clock.settle();
  t.same(states.at(-1), { state: 'closed', error: null });
  t.same(clock.pendingDelaysMs, []);

  connection.open();
  last().begin();
  last().end(1006);
  connection.close();
  t.same(clock.pendingDelaysMs, []);
  t.equal(sockets.length, 2);
});

t.test('trying now takes the place of the delay', async (t) => {
  const { connection, clock, sockets, last } = connectionWith();
  connection.open();
  last().begin();
  last().end(1012);
  connection.retryNow();
  t.equal(sockets.length, 2);
  last().begin();
  await clock.advance(20_000);
  t.equal(sockets.length, 2);
});

t.test('a network that takes nothing counts as lost', async (t) => {
  const { connection, states, last, sockets } = connectionWith();
  connection.open();
  last().begin();
  last().bufferedAmount = 400_000;
  t.equal(connection.send({ type: 'x' }), false);
  t.match(states.at(-1), { state: 'waiting', closeCode: 1006 });
  t.equal(sockets[0]?.closedWith, 1000);
  t.equal(sockets[0]?.onclose, null, 'it is not heard of again');
});

t.test('a server that accepts and says nothing counts as lost', async (t) => {
  const { connection, clock, states, sockets } = connectionWith();
  connection.open();
  sockets[0]?.onopen?.();
  await clock.advance(9_999);
  t.equal(states.at(-1)?.state, 'connecting');
  await clock.advance(1);
  t.equal(states.at(-1)?.state, 'waiting');
  t.equal(sockets[0]?.closedWith, 1000);
  await clock.advance(250);
  sockets[1]?.begin();
  t.same(clock.pendingDelaysMs, [], 'a session that is there has no deadline');
});

t.test('what is no message is passed over', async (t) => {
  const { connection, types, last } = connectionWith();
  connection.open();
  last().begin();
  for (const data of ['{', 'null', '[]', '{"type":5}', new Uint8Array(2)]) last().onmessage?.({ data });
  last().onmessage?.({ data: '{"type":"attune.new"}' });
  t.same(types, ['session.created', 'attune.new']);
});
