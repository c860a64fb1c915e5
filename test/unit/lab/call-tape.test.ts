/**
 * The tape of a call: what lies where, on both channels, and what a client never played.
 */
import t from 'tap';
import { CallTape } from '../../../src/lab/call-tape.js';

const block = (length: number, value: number): Float32Array => new Float32Array(length).fill(value);

t.test('the answer is played from its arrival, without a gap while it comes faster than it is played', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.appendCaller(block(50, 0.1));
  t.equal(tape.receive(block(100, 0.5), 40), 40);
  t.equal(tape.receive(block(100, 0.6), 60), 140, 'behind what still plays');
  t.equal(tape.receive(block(10, 0.7), 500), 500, 'at its arrival when everything was played');
  t.equal(tape.playedOutMs, 510);
  t.equal(tape.durationMs, 510);
  const { caller, answer } = tape.channels();
  t.same([caller.length, answer.length], [510, 510], 'both channels are equally long');
  t.same([answer[39], answer[40], answer[139], answer[140], answer[240]], [...new Float32Array([0, 0.5, 0.5, 0.6, 0])]);
  t.same([caller[49], caller[50]], [...new Float32Array([0.1, 0])]);
  t.end();
});

t.test('what was not played when the client was told to stop is not on the tape', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.receive(block(300, 0.5), 0);
  t.equal(tape.clear(100), 200, 'so much was thrown away');
  t.equal(tape.playedOutMs, 100);
  t.equal(tape.durationMs, 100);
  t.equal(tape.receive(block(10, 0.9), 105), 105);
  const { answer } = tape.channels();
  t.same([answer[99], answer[100], answer[105]], [...new Float32Array([0.5, 0, 0.9])]);
  t.end();
});

t.test('a client that is told to stop in silence loses nothing of what it has played', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.receive(block(100, 0.5), 0);
  t.equal(tape.clear(400), 0);
  t.equal(tape.durationMs, 100);
  t.equal(tape.channels().answer[99], 0.5);
  t.end();
});

t.test('the first audible sample, from an instant on', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.receive(block(100, 0.001), 0);
  tape.receive(block(100, -0.1), 0);
  t.equal(tape.firstAudibleMs(0, -45), 100, 'quiet sound is not heard');
  t.equal(tape.firstAudibleMs(150, -45), 150);
  t.equal(tape.firstAudibleMs(0, -80), 0);
  t.equal(tape.firstAudibleMs(0, -10), undefined);
  t.equal(tape.firstAudibleMs(900, -45), undefined, 'after the end');
  t.end();
});

t.test('a long call has room', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  for (let second = 0; second < 70; second += 1) tape.appendCaller(block(1_000, second / 100));
  tape.receive(block(1_000, 0.5), 90_000);
  const { caller, answer } = tape.channels();
  t.equal(answer.length, 91_000);
  t.same([caller[0], caller[69_999], caller[70_000]], [...new Float32Array([0, 0.69, 0])]);
  t.equal(answer[90_999], 0.5);
  t.end();
});

t.test('what the client has waits while it pauses, and goes on where it stopped', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.receive(
    Float32Array.from({ length: 300 }, (_, index) => index / 1_000),
    0,
  );
  tape.pause(100);
  tape.pause(110);
  t.equal(tape.receive(block(10, 0.9), 120), Infinity);
  t.equal(tape.playedOutMs, 100);
  tape.resume(400);
  t.equal(tape.playedOutMs, 610);
  const { answer } = tape.channels();
  t.same(
    [answer[99], answer[100], answer[399], answer[400], answer[599], answer[609]],
    [...new Float32Array([0.099, 0, 0, 0.1, 0.299, 0.9])],
  );
  tape.resume(700);
  t.equal(tape.playedOutMs, 610, 'one that plays is not disturbed');
  t.end();
});

t.test('what waits is thrown away by a client that is told to stop', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.receive(block(300, 0.5), 0);
  tape.pause(100);
  tape.clear(200);
  tape.resume(300);
  t.equal(tape.receive(block(10, 0.9), 400), 400);
  t.equal(tape.channels().answer[350], 0);
  t.end();
});

t.test('what the caller hears at an instant', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.receive(block(10, 0.5), 100);
  t.same([...tape.answerFrom(98, 4)], [0, 0, 0.5, 0.5]);
  t.same([...tape.answerFrom(-5, 2)], [0, 0], 'nothing before the call');
  t.end();
});
