/**
 * The laboratory's caller over AudioSocket against our own server: what Asterisk would hear and do in a call, and a command
 * line as a person types it.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { SystemClock } from '../../src/core/system-clock.js';
import { analyseCall } from '../../src/lab/analysis/call-analysis.js';
import { Caller } from '../../src/lab/caller.js';
import { audibleDb } from '../../src/lab/turn-latency.js';
import { AudiosocketWire } from '../../src/lab/wires/audiosocket-wire.js';
import { encodeAudiosocketFrame } from '../../src/protocols/telephony/audiosocket-frames.js';
import { runCommand } from '../support/attune-command.js';
import { loadFixture } from '../support/fixture-audio.js';
import { freePort } from '../support/free-port.js';
import { startServer } from '../support/running-server.js';

const clock = new SystemClock();
const connect = (port: number): Promise<Caller> =>
  Caller.connect({
    url: `tcp://127.0.0.1:${port}`,
    apiKey: null,
    clock,
    wire: new AudiosocketWire(Buffer.from('40325ec25ecf4c4380ca8b2c9a1d2a11', 'hex')),
  });

t.test('a caller is greeted, answered, heard over the answer, and leaves', { timeout: 120_000 }, async (t) => {
  const port = await freePort();
  await using server = await startServer({ audiosocketPort: String(port), greeting: 'Good day.', emotionNotice: '' });
  const caller = await connect(port);
  const audible = (fromMs: number): number | undefined => caller.tape.firstAudibleMs(fromMs, audibleDb);
  await caller.until(() => audible(0) !== undefined, 20_000, 'the greeting');
  await caller.until(() => caller.nowMs > caller.tape.playedOutMs + 500, 20_000, 'its end');
  const question = await loadFixture('late-delivery-angry');
  const said = await caller.say(question.samples, question.sampleRateHz);
  await caller.until(() => audible(said.endMs) !== undefined, 20_000, 'the answer');
  const answeredMs = audible(said.endMs)!;
  await caller.until(() => caller.nowMs > answeredMs + 700, 20_000, 'some of it');
  const over = await loadFixture('opening-hours');
  const saidOver = await caller.say(over.samples, over.sampleRateHz);
  await caller.until(() => caller.nowMs > caller.tape.playedOutMs + 1_500, 30_000, 'what is said to that');
  t.equal(caller.press('5'), true, 'the format has keys');
  await caller[Symbol.asyncDispose]();
  const cues = [said, saidOver].map((clip) => ({ kind: 'line' as const, ...clip }));
  const { caller: left, answer } = caller.tape.channels();
  const analysis = analyseCall({ caller: left, agent: answer, sampleRateHz: 8_000 }, cues);
  t.ok(analysis.turns[0]?.latencyMs, 'the first question was answered');
  t.equal(analysis.bargeIns.length, 1, 'the second was spoken over the answer');
  for (let tries = 0; server.server.callCount > 0 && tries < 100; tries += 1)
    await clock.sleep(50, new AbortController().signal);
  t.equal(server.server.callCount, 0, 'the server let go of the call');
});

/** A server that does with its one connection what it is told. */
async function peer(t: Test, serve: (socket: Socket) => void): Promise<number> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

t.test(
  'the end: a frame that hangs up is in good order, a lost connection is not, what is no frame is refused',
  async (t) => {
    const ends = [
      {
        hangsUp: true,
        say: /a frame that hangs up/u,
        serve: (socket: Socket) => socket.end(encodeAudiosocketFrame(0, new Uint8Array(0))),
      },
      { hangsUp: false, say: /nothing but the end/u, serve: (socket: Socket) => socket.end() },
    ] as const;
    for (const { hangsUp, say, serve } of ends) {
      const caller = await connect(await peer(t, serve));
      await t.rejects(
        caller.until(() => false, 5_000, 'nothing'),
        { code: 'CONNECTION_FAILED', message: say },
      );
      t.equal(caller.wasHungUp, hangsUp);
      await caller[Symbol.asyncDispose]();
    }
    await t.rejects(connect(await freePort()), { code: 'CONNECTION_FAILED', message: /ECONNREFUSED/u });
  },
);

t.test('from the command line: a load whose report says which wire it was', { timeout: 120_000 }, async (t) => {
  const port = await freePort();
  await using _server = await startServer({ audiosocketPort: String(port), greeting: '', emotionNotice: '' });
  const out = path.join(t.testdir({}), 'out');
  const load = ['lab', 'load', `127.0.0.1:${port}`, '--wire', 'audiosocket', '--calls', '2', '--turns', '1'];
  const held = await runCommand([...load, '--every', '9000', '--ramp', '500', '--out', out]);
  t.equal(held.status, 0, held.stderr);
  const report = JSON.parse(await readFile(path.join(out, 'report.json'), 'utf8')) as object;
  t.match(report, {
    url: `tcp://127.0.0.1:${port}`,
    wire: 'Asterisk AudioSocket',
    figures: [{ calls: 2, turns: 2, unanswered: 0, failed: 0 }],
  });
  t.match(await runCommand(['lab', 'call', 'tcp://127.0.0.1']), { status: 1, stderr: /OPTION_INVALID[^]*tcp:/u });
});
