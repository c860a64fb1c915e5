/**
 * The laboratory's caller on real sockets: marks come back when they were played, a clear returns them at once, and a lossy
 * line leaves gaps where the format has time of its own.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { WebSocketServer, type WebSocket } from 'ws';
import { encodeMulaw } from '../../src/audio/g711.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { Caller } from '../../src/lab/caller.js';
import { readLineQuality } from '../../src/lab/line-quality.js';
import { TelephoneLine } from '../../src/lab/telephone-line.js';
import { TwilioWire } from '../../src/lab/wires/twilio-wire.js';

interface Message {
  readonly event: string;
  readonly media?: { readonly chunk: string };
  readonly mark?: { readonly name: string };
}

/** A server that keeps what the network says, and its end of the one call. */
async function phoneServer(t: Test): Promise<{ url: string; heard: Message[]; socket: Promise<WebSocket> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  t.teardown(() => server.close());
  const heard: Message[] = [];
  const socket = new Promise<WebSocket>((resolve) => {
    server.on('connection', (connection) => {
      connection.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString('utf8')) as Message));
      resolve(connection);
    });
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/twilio`, heard, socket };
}

const wire = (): TwilioWire => new TwilioWire({ streamSid: 'MZ1', callSid: 'CA1', accountSid: 'AC1' });
const media = (ms: number): string => {
  const payload = Buffer.from(encodeMulaw(new Float32Array(ms * 8).fill(0.25))).toString('base64');
  return JSON.stringify({ event: 'media', streamSid: 'MZ1', media: { payload } });
};
const mark = (name: string): string => JSON.stringify({ event: 'mark', streamSid: 'MZ1', mark: { name } });
const marksIn = (heard: readonly Message[]): (string | undefined)[] =>
  heard.filter(({ event }) => event === 'mark').map((message) => message.mark?.name);

t.test('marks come back as they are played, and all at once after a clear', async (t) => {
  const { url, heard, socket } = await phoneServer(t);
  const caller = await Caller.connect({ url, apiKey: null, clock: new SystemClock(), wire: wire() });
  const server = await socket;
  server.send(media(100));
  server.send(mark('first'));
  server.send(media(30_000));
  server.send(mark('second'));
  await caller.until(() => marksIn(heard).length === 1, 5_000, 'the first mark');
  t.same(marksIn(heard), ['first'], 'the second is still to be played');
  server.send(JSON.stringify({ event: 'clear', streamSid: 'MZ1' }));
  await caller.until(() => marksIn(heard).length === 2, 5_000, 'the second mark');
  t.ok(caller.tape.playedOutMs < 10_000, 'what was cleared is not on the tape');
  server.send(media(100));
  server.send(mark('again'));
  await caller.until(() => marksIn(heard).length === 3, 5_000, 'the sound after it');
  t.equal(caller.pacing.underruns, 0, 'the agent did not run dry');
  await caller[Symbol.asyncDispose]();
  t.same(
    heard.slice(0, 3).map(({ event }) => event),
    ['connected', 'start', 'media'],
  );
  t.equal(heard.at(-1)?.event, 'stop');
});

t.test('frames that the line loses leave a gap in the chunk numbers', async (t) => {
  const { url, heard } = await phoneServer(t);
  const line = new TelephoneLine({ ...readLineQuality('loss=30%'), seed: 1, sampleRateHz: 8_000, speechLevelDb: -20 });
  const caller = await Caller.connect({ url, apiKey: null, clock: new SystemClock(), wire: wire(), line });
  await caller.until(() => heard.length > 30, 10_000, 'frames');
  await caller[Symbol.asyncDispose]();
  const chunks = heard.flatMap((message) => (message.media ? [Number(message.media.chunk)] : []));
  t.ok(chunks.at(-1)! > chunks.length, `${chunks.length} of ${chunks.at(-1)} came through`);
  t.equal(caller.pacing.frames >= chunks.at(-1)!, true);
});

t.test('a server that hangs up ends the waiting with the reason', async (t) => {
  const { url, socket } = await phoneServer(t);
  const caller = await Caller.connect({ url, apiKey: null, clock: new SystemClock(), wire: wire() });
  (await socket).close(1008, 'no more');
  await t.rejects(
    caller.until(() => false, 5_000, 'nothing'),
    { code: 'CONNECTION_FAILED', message: /1008 no more/ },
  );
  await caller[Symbol.asyncDispose]();
});

t.test('a server that refuses a call says why', async (t) => {
  const refusals = [
    {
      body: '{"error":{"type":"server_error","code":"SERVER_BUSY","message":"x"}}',
      told: /refused with 503 SERVER_BUSY$/u,
    },
    { body: 'too many', told: /refused with 503$/u },
  ];
  for (const { body, told } of refusals) {
    const server = createServer((_request, response) => response.writeHead(503).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.on('upgrade', (_request, socket) =>
      socket.end(
        `HTTP/1.1 503 Service Unavailable\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      ),
    );
    t.teardown(() => server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/twilio`;
    await t.rejects(Caller.connect({ url, apiKey: null, clock: new SystemClock(), wire: wire() }), {
      code: 'CONNECTION_FAILED',
      message: told,
    });
  }
});
