/**
 * Sound leaves a frame at a time, on schedule; what is dropped never leaves; the rest keeps its order.
 */
import t from 'tap';
import { CancelledError } from '../../../src/core/errors.js';
import type { WireMessage } from '../../../src/protocols/protocol.js';
import { PacedSender } from '../../../src/server/paced-sender.js';
import { ManualClock } from '../../support/manual-clock.js';

function paced(
  frameMs: number | undefined,
  send: (message: WireMessage) => Promise<void> = async () => undefined,
  filler: (() => readonly WireMessage[]) | null = null,
) {
  const clock = new ManualClock();
  const late = { ms: 0 };
  const sent: { readonly message: WireMessage; readonly atMs: number }[] = [];
  const failures: unknown[] = [];
  const sender = new PacedSender({
    transport: {
      messages: { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) },
      send: (message) => {
        sent.push({ message, atMs: clock.nowMs() });
        return send(message);
      },
      close: async () => undefined,
    },
    clock: {
      nowMs: () => clock.nowMs() + late.ms,
      wallTimeMs: () => clock.wallTimeMs(),
      sleep: (durationMs, signal) => clock.sleep(durationMs, signal),
      after: (delayMs, callback) => clock.after(delayMs, callback),
    },
    frameMs,
    onFailure: (error) => failures.push(error),
    filler,
  });
  return { clock, late, sent, failures, sender };
}

t.test('unpaced, everything leaves at once', async (t) => {
  const { sender, sent } = paced(undefined);
  for (const message of ['a', 'b']) await sender.send(message, 'sound');
  t.same(
    sent.map(({ message }) => message),
    ['a', 'b'],
  );
});

t.test('paced, frames leave on schedule and messages in their place', async (t) => {
  const { sender, sent, clock } = paced(20);
  for (const message of ['1', '2', '3']) await sender.send(message, 'sound');
  await sender.send('end', 'message');
  t.equal(sent.length, 1, 'the first leaves at once');
  await clock.advance(100);
  t.same(sent, [
    { message: '1', atMs: 0 },
    { message: '2', atMs: 20 },
    { message: '3', atMs: 40 },
    { message: 'end', atMs: 40 },
  ]);
  await sender.send('later', 'sound');
  t.same(sent.at(-1), { message: 'later', atMs: 100 }, 'after a pause it begins anew');
  await sender.send('and on', 'sound');
  await clock.advance(20);
  t.equal(sent.at(-1)?.atMs, 120);
  t.same(clock.pendingDelaysMs, []);
});

t.test('a barge-in drops the sound that has not left', async (t) => {
  const { sender, sent, clock } = paced(20);
  for (const message of ['1', '2', '3']) await sender.send(message, 'sound');
  await sender.send('told', 'message');
  sender.dropSound();
  await clock.advance(20);
  t.same(
    sent.map(({ message }) => message),
    ['1', 'told'],
  );
});

t.test('what is held waits, and goes on where it stopped', async (t) => {
  const { sender, sent, clock } = paced(20);
  for (const message of ['1', '2', '3']) await sender.send(message, 'sound');
  await sender.send('end', 'message');
  await clock.advance(20);
  sender.hold();
  await clock.advance(500);
  await sender.send('4', 'sound');
  t.equal(sent.length, 2);
  t.same(clock.pendingDelaysMs, [], 'nobody waits for a time');
  sender.release();
  sender.release();
  await clock.advance(40);
  t.same(sent.slice(2), [
    { message: '3', atMs: 520 },
    { message: 'end', atMs: 520 },
    { message: '4', atMs: 540 },
  ]);
});

t.test('what was held and is dropped never leaves, and holds up nothing', async (t) => {
  const { sender, sent, clock } = paced(20);
  for (const message of ['1', '2']) await sender.send(message, 'sound');
  await sender.send('told', 'message');
  sender.hold();
  await clock.advance(100);
  sender.dropSound();
  await sender.send('next', 'sound');
  t.same(
    sent.map(({ message }) => message),
    ['1', 'told', 'next'],
  );
  sender.hold();
  await sender.send('late', 'sound');
  sender.close();
  await clock.advance(100);
  t.equal(sent.length, 3);
  t.same(clock.pendingDelaysMs, []);
});

t.test('unpaced, a hold is the business of the format', async (t) => {
  const { sender, sent } = paced(undefined);
  sender.hold();
  await sender.send('a', 'sound');
  sender.release();
  t.equal(sent.length, 1);
});

t.test('at the end messages leave, sound does not, and no timer stays', async (t) => {
  const { sender, sent, clock } = paced(20);
  for (const message of ['1', '2']) await sender.send(message, 'sound');
  await sender.send('goodbye', 'message');
  sender.close();
  t.same(
    sent.map(({ message }) => message),
    ['1', 'goodbye'],
  );
  t.same(clock.pendingDelaysMs, []);
});

t.test('a connection that is gone is told, and a queue that grows is refused', async (t) => {
  const gone = new CancelledError('client-left');
  const { sender, failures, clock } = paced(20, async () => {
    throw gone;
  });
  await sender.send('1', 'sound');
  await clock.settle();
  t.same(failures, [gone]);
  const { sender: slow } = paced(20);
  for (let count = 0; count < 3_001; count += 1) await slow.send('x', 'sound');
  await t.rejects(slow.send('x', 'sound'), { code: 'SLOW_CONSUMER' });
});

t.test('pauses are filled from the first sound on, and give way to whatever comes', async (t) => {
  const { sender, sent, clock } = paced(20, undefined, () => ['~']);
  await sender.send('hello', 'message');
  await clock.advance(100);
  t.equal(sent.length, 1, 'not before');
  await sender.send('1', 'sound');
  await clock.advance(50);
  await sender.send('2', 'sound');
  await sender.send('mark', 'message');
  await clock.advance(30);
  t.same(sent.slice(1), [
    { message: '1', atMs: 100 },
    { message: '~', atMs: 120 },
    { message: '~', atMs: 140 },
    { message: '2', atMs: 160 },
    { message: 'mark', atMs: 160 },
    { message: '~', atMs: 180 },
  ]);
  sender.close();
  await clock.advance(100);
  t.equal(sent.length, 7, 'nothing after the end');
  t.same(clock.pendingDelaysMs, []);
});

t.test('what is held is a pause to be filled', async (t) => {
  const { sender, sent, clock } = paced(20, undefined, () => ['~']);
  for (const message of ['1', '2']) await sender.send(message, 'sound');
  sender.hold();
  await clock.advance(50);
  sender.release();
  await clock.advance(10);
  t.same(sent, [
    { message: '1', atMs: 0 },
    { message: '~', atMs: 20 },
    { message: '~', atMs: 40 },
    { message: '2', atMs: 60 },
  ]);
  sender.close();
});

t.test('a filler does not make up for a stall', async (t) => {
  const { sender, sent, clock, late } = paced(20, undefined, () => ['~']);
  await sender.send('1', 'sound');
  // The process did nothing for a second.
  late.ms = 1_000;
  await clock.advance(40);
  t.same(
    sent.map(({ message }) => message),
    ['1', '~', '~'],
  );
  sender.close();
});
