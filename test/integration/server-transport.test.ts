/**
 * The transport over real sockets with a clock that is moved by hand: peers that flood, do not read, or vanish.
 */
import t, { type Test } from 'tap';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { WebSocketTransport, type WebSocketTransportLimits } from '../../src/server/websocket-transport.js';
import { ManualClock } from '../support/manual-clock.js';

const block = 'x'.repeat(64 * 1024);

async function connected(t: Test, limits: Partial<WebSocketTransportLimits> = {}) {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, { autoPong: true });
  const [[serverSide]] = (await Promise.all([once(sockets, 'connection'), once(client, 'open')])) as [
    [WebSocket],
    unknown,
  ];
  const clock = new ManualClock();
  const transport = new WebSocketTransport(serverSide, { clock, limits });
  client.on('error', () => undefined);
  t.teardown(() => {
    client.terminate();
    serverSide.terminate();
    sockets.close();
    http.close();
  });
  return { client, serverSide, clock, transport };
}

/** Waits for what the network still has to bring; the clock of the transport stands still meanwhile. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Sends until the peer's and our kernel buffers are full and messages wait here; answers the last send. */
async function waitingSend(
  transport: WebSocketTransport,
  socket: WebSocket,
  aboveBytes: number,
): Promise<{ readonly last: Promise<void>; readonly count: number }> {
  for (let count = 1; ; count += 1) {
    const last = transport.send(block);
    last.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    if (socket.bufferedAmount > aboveBytes) return { last, count };
  }
}

t.test('sending waits above the high-water mark and goes on when the peer reads', async (t) => {
  const { client, serverSide, transport } = await connected(t, { sendHighWaterBytes: 100_000, maxBufferedBytes: 1e9 });
  let receivedCount = 0;
  client.on('message', () => (receivedCount += 1));
  client.pause();
  const { last, count } = await waitingSend(transport, serverSide, 100_000);
  client.resume();
  await last;
  t.ok(serverSide.bufferedAmount <= 100_000);
  await until(() => receivedCount === count);
});

t.test('a peer that does not read for too long is closed and its sender released', async (t) => {
  const { client, serverSide, clock, transport } = await connected(t, {
    sendHighWaterBytes: 50_000,
    maxBufferedBytes: 1e9,
    maxStallMs: 5_000,
    closeTimeoutMs: 1_000,
  });
  client.pause();
  const { last } = await waitingSend(transport, serverSide, 50_000);
  await clock.advance(4_999);
  t.equal(serverSide.readyState, WebSocket.OPEN);
  await clock.advance(1);
  await t.rejects(last, { code: 'SLOW_CONSUMER' });
  t.equal(serverSide.readyState, WebSocket.CLOSING);
  await clock.advance(1_000);
  await t.rejects(drainMessages(transport), { code: 'SLOW_CONSUMER' });
});

t.test('a peer that lets too much pile up is closed at once', async (t) => {
  const { client, serverSide, clock, transport } = await connected(t, {
    sendHighWaterBytes: 50_000,
    maxBufferedBytes: 500_000,
  });
  client.pause();
  const sends: Promise<unknown>[] = [];
  while (serverSide.readyState === WebSocket.OPEN) {
    sends.push(transport.send(block).catch((error: unknown) => error));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await clock.advance(2_000);
  t.match(await sends.at(-1), { code: 'SLOW_CONSUMER' });
  await t.rejects(drainMessages(transport), { code: 'SLOW_CONSUMER' });
});

t.test('a flood is held back by TCP until it is read, and nothing of it is lost', async (t) => {
  const { client, serverSide, transport } = await connected(t, { receiveHighWaterBytes: 200_000 });
  const messageCount = 400;
  for (let index = 0; index < messageCount; index += 1) client.send(`${index} ${block}`);
  await until(() => serverSide.isPaused);
  t.ok(client.bufferedAmount > 0, 'the rest waits on the side of the sender');
  const seen: string[] = [];
  for await (const message of transport.messages) {
    seen.push(String(message).split(' ')[0] ?? '');
    if (seen.length === messageCount) break;
  }
  t.same(
    seen,
    Array.from({ length: messageCount }, (_, index) => String(index)),
  );
});

t.test('a peer that answers no ping is dropped; one that answers stays', async (t) => {
  const silent = await connected(t, { heartbeatMs: 1_000 });
  silent.client.pause();
  await silent.clock.advance(2_000);
  t.equal(silent.serverSide.readyState, WebSocket.OPEN, 'one missed pong is forgiven');
  await silent.clock.advance(1_000);
  await drainMessages(silent.transport);
  t.equal(silent.serverSide.readyState, WebSocket.CLOSED);

  const lively = await connected(t, { heartbeatMs: 1_000 });
  for (let beat = 0; beat < 5; beat += 1) {
    const pong = once(lively.serverSide, 'pong');
    await lively.clock.advance(1_000);
    await pong;
  }
  t.equal(lively.serverSide.readyState, WebSocket.OPEN);
});

t.test('after the end nothing can be sent, and closing twice is harmless', async (t) => {
  const { client, transport, clock } = await connected(t);
  const closed = once(client, 'close') as Promise<[number, Buffer]>;
  await transport.close(1000, 'done');
  const [code, reason] = await closed;
  t.same([code, reason.toString()], [1000, 'done']);
  await transport.close(1011, 'again');
  await t.rejects(transport.send('x'), { name: 'CancelledError', reason: 'client-left' });
  t.same(clock.pendingDelaysMs, [], 'no timer is left');
});

t.test('a peer that does not answer the goodbye is cut off', async (t) => {
  const { client, transport, clock, serverSide } = await connected(t, { closeTimeoutMs: 1_000 });
  client.pause();
  const closed = transport.close(1000, '');
  await clock.advance(1_000);
  await closed;
  t.equal(serverSide.readyState, WebSocket.CLOSED);
});

t.test('what was received before the peer left is still delivered', async (t) => {
  const { client, transport } = await connected(t);
  client.send('last words');
  client.close();
  t.same(await drainMessages(transport), ['last words']);
});

async function drainMessages(transport: WebSocketTransport): Promise<readonly unknown[]> {
  const messages: unknown[] = [];
  for await (const message of transport.messages) messages.push(message);
  return messages;
}
