/**
 * A line that cannot pause: what is held is cleared, and sent again from where it stopped, to the sample.
 *
 * The platform is played by a queue of numbered samples at the rate of the session, so that no filter stands between.
 */
import t from 'tap';
import { decodePcm16 } from '../../../../src/audio/pcm16.js';
import { LineOutput } from '../../../../src/protocols/telephony/line-audio.js';
import { MarkedSpeech, type SpeechStep } from '../../../../src/protocols/telephony/marked-speech.js';
import type { SessionEvent } from '../../../../src/session/events.js';
import { replyEvents } from '../../../support/reply-events.js';

const { clause, messageEnded, cancelled, speechStarted, held, resumed } = replyEvents;
const rateHz = 16_000;
const samplesPerMs = 16;

/** The reply's own samples, as numbers that 16 bits carry. */
const sampleAt = (index: number): number => (index % 30_000) + 1;

class Line {
  readonly speech: MarkedSpeech;
  readonly #frameBytes: number;
  /** What is queued. */
  queue: number[] = [];
  /** What the caller has heard. */
  readonly heard: number[] = [];
  readonly marks: { readonly name: string; readonly at: number }[] = [];
  clears = 0;
  #spokenSamples = 0;

  constructor(frameMs = 20) {
    const output = new LineOutput({ encoding: 'l16', sampleRateHz: rateHz }, { frameMs });
    this.#frameBytes = output.frameBytes;
    this.speech = new MarkedSpeech(output);
  }

  tell(event: SessionEvent): readonly SpeechStep['kind'][] {
    const steps = this.speech.stepsOf(event);
    for (const step of steps) {
      if (step.kind === 'clear') {
        this.clears += 1;
        this.queue = [];
        this.marks.length = 0;
      } else if (step.kind === 'mark') this.marks.push({ name: step.name, at: this.heard.length + this.queue.length });
      else {
        t.equal(step.bytes.length % this.#frameBytes, 0, 'whole frames');
        this.queue.push(...[...decodePcm16(step.bytes)].map((sample) => Math.round(sample * 32_768)));
      }
    }
    return steps.map(({ kind }) => kind);
  }

  speak(durationMs: number): void {
    const count = durationMs * samplesPerMs;
    const samples = Float32Array.from({ length: count }, (_, index) => sampleAt(this.#spokenSamples + index) / 32_768);
    this.#spokenSamples += count;
    this.tell({
      type: 'reply.audio',
      replyId: 'resp_1',
      itemId: 'item_1',
      outputIndex: 0,
      samples,
      sampleRateHz: rateHz,
    });
  }

  play(durationMs: number): void {
    this.heard.push(...this.queue.splice(0, durationMs * samplesPerMs));
  }

  /** Holds where the caller is. */
  hold(): readonly SpeechStep['kind'][] {
    return this.tell(held((this.#spokenSamples - this.heard.length) / samplesPerMs));
  }

  /** The samples that were spoken so far, each once and in order. */
  get spoken(): readonly number[] {
    return Array.from({ length: this.#spokenSamples }, (_, index) => sampleAt(index));
  }
}

for (const frameMs of [20, 200])
  t.test(`a cough: cleared, and on from the sample, in frames of ${frameMs} ms`, async (t) => {
    const line = new Line(frameMs);
    line.tell(clause('One.'));
    for (let count = 0; count < 5; count += 1) line.speak(100);
    line.play(233);
    t.same(line.hold(), ['clear']);
    t.same(line.queue, [], 'the line is silent');
    line.tell(resumed);
    line.speak(100);
    line.tell(messageEnded());
    line.play(10_000);
    t.same(line.heard.slice(0, line.spoken.length), line.spoken, 'nothing is lost, and nothing comes twice');
    t.ok(line.heard.slice(line.spoken.length).every((sample) => sample === 0));
    t.same(line.tell(cancelled), ['clear'], 'its marks have not come back');
  });

t.test('a line that stopped earlier than it is told to have stopped repeats no more than that', async (t) => {
  const line = new Line();
  line.speak(300);
  line.play(100);
  line.tell(held(240));
  line.tell(resumed);
  line.play(1_000);
  t.same(line.heard.slice(100 * samplesPerMs), line.spoken.slice(60 * samplesPerMs), '40 ms come twice');
});

t.test('an interruption: nothing is sent again, and one clear is enough', async (t) => {
  const line = new Line();
  line.tell(clause('One.'));
  line.speak(300);
  line.tell(clause('Two.'));
  line.play(100);
  line.hold();
  for (const event of [messageEnded('incomplete'), cancelled, speechStarted, resumed]) t.same(line.tell(event), []);
  t.same(line.speech.returned('phrase-1'), [], 'the mark that the clear brought back');
  const { length } = line.heard;
  line.speak(100);
  t.equal(line.queue.length, 100 * samplesPerMs, 'the next reply is heard at once, and alone');
  t.equal(line.heard.length, length);
});

t.test('marks: those before the hold mean nothing any more, those of what is sent again do', async (t) => {
  const line = new Line();
  line.speak(100);
  line.tell(clause('Two.'));
  line.speak(100);
  line.tell(clause('Three.'));
  line.speak(100);
  line.play(140);
  line.hold();
  t.same(line.tell(clause('Four.')), [], 'what happens meanwhile waits');
  for (const name of ['phrase-1', 'phrase-2']) t.same(line.speech.returned(name), [], name);
  t.same(line.tell(resumed), ['sound', 'mark', 'sound', 'mark']);
  t.same(
    line.marks.map(({ name, at }) => [line.speech.returned(name)[0], at / samplesPerMs]),
    [
      [{ type: 'playback.reached', itemId: 'item_1', playedMs: 200 }, 200],
      [{ type: 'playback.reached', itemId: 'item_1', playedMs: 300 }, 300],
    ],
  );
  t.same(line.tell(speechStarted), [], 'all was played');
});

t.test('several holds in one reply, the second before what came again was played', async (t) => {
  const line = new Line();
  line.speak(300);
  for (const playedMs of [70, 45, 0, 133]) {
    line.play(playedMs);
    t.same(line.hold(), ['clear']);
    t.same(line.tell(held(1_000)), [], 'held already');
    line.tell(resumed);
    t.same(line.tell(resumed), []);
    line.speak(100);
  }
  line.tell(messageEnded());
  line.play(10_000);
  t.same(line.heard.slice(0, line.spoken.length), line.spoken);
  t.equal(line.clears, 4);
});

t.test('held before anything was sent, or after everything was played: nothing to clear', async (t) => {
  const line = new Line();
  t.same(line.tell(held(0)), []);
  t.same(line.tell(resumed), []);
  line.speak(100);
  line.play(100);
  t.same(line.hold(), []);
  t.same(line.tell(resumed), []);
  line.hold();
  t.same(line.tell(speechStarted), ['clear'], 'no mark has said that it was played');
});

t.test('a message that ends while it is held ends after what is sent again', async (t) => {
  const line = new Line();
  line.speak(290);
  line.play(55);
  line.hold();
  t.same(line.tell(messageEnded()), []);
  t.same(line.tell(resumed), ['sound', 'sound', 'mark']);
  line.play(10_000);
  t.same(line.heard.slice(0, line.spoken.length), line.spoken);
  t.equal(line.heard.length, (55 + 240) * samplesPerMs, 'filled up to a whole frame');
});

t.test('a reply that fails while it is held is heard as far as it was sent', async (t) => {
  const line = new Line();
  line.speak(200);
  line.play(50);
  line.hold();
  line.tell(messageEnded());
  line.tell({ ...cancelled, status: 'failed', reason: 'error' });
  line.play(10_000);
  t.same(line.heard.slice(0, line.spoken.length), line.spoken);
});

t.test('more than is kept is played out', async (t) => {
  const line = new Line();
  for (let count = 0; count < 12; count += 1) line.speak(1_000);
  t.same(line.hold(), []);
  t.equal(line.queue.length, 12_000 * samplesPerMs);
  t.same(line.tell(resumed), []);
  line.hold();
  t.same(line.tell(speechStarted), ['clear'], 'until it is an interruption');
});
