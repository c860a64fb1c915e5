/**
 * The assistant does not take its own echo for the caller, and hears the caller over it.
 */
import t from 'tap';
import { seededRandom } from '../../../src/core/seeded-random.js';
import { OwnVoice } from '../../../src/pipeline/own-voice.js';
import { endOf, runEchoCall, type PlacedSound } from '../../support/echo-call.js';
import { loadFixture } from '../../support/fixture-audio.js';
import { ManualClock } from '../../support/manual-clock.js';

const spoken = await Promise.all(
  ['greeting', 'opening-hours', 'return-shoes', 'order-number', 'goodbye', 'cancelled-trip-sad', 'no', 'yes'].map(
    speechOf,
  ),
);
const bargeIn = await speechOf('time-question');

async function speechOf(name: string): Promise<Float32Array> {
  const { samples, speechStartMs, speechEndMs } = await loadFixture(name);
  return samples.subarray(speechStartMs * 16, speechEndMs * 16);
}

/** Replies of one or two sentences, close to each other. */
function repliesOf(count: number, seed: number): readonly PlacedSound[] {
  const random = seededRandom(seed);
  const replies: PlacedSound[] = [];
  let startMs = 700;
  for (let reply = 0; reply < count; reply += 1) {
    const sentences = Array.from(
      { length: 1 + Math.floor(2 * random()) },
      () => spoken[Math.floor(random() * spoken.length)]!,
    );
    const samples = new Float32Array(sentences.reduce((sum, one) => sum + one.length + 3_200, 0));
    let at = 0;
    for (const one of sentences) {
      samples.set(one, at);
      at += one.length + 3_200;
    }
    const placed = { startMs: Math.round(startMs), samples };
    replies.push(placed);
    startMs = endOf(placed) + 400 + 900 * random();
  }
  return replies;
}

const lastMs = (replies: readonly PlacedSound[]): number => Math.ceil(endOf(replies.at(-1)!)) + 1_500;

/** A hundred replies in all; every call learns its line anew. */
for (const lossDb of [10, 20])
  for (const delayMs of [100, 250, 400])
    t.test(`17 replies come back ${lossDb} dB softer after ${delayMs} ms: none is interrupted`, async (t) => {
      const replies = repliesOf(17, delayMs);
      const events = await runEchoCall({
        lossDb,
        delayMs,
        replies,
        speech: [],
        durationMs: lastMs(replies),
        jitterMs: 25,
      });
      t.same(events, [], 'neither held nor heard as speech');
    });

for (const lossDb of [null, 10, 20])
  t.test(
    `a barge-in ${lossDb === null ? 'without an echo' : `over an echo ${lossDb} dB softer`} is heard`,
    async (t) => {
      const delaysMs: number[] = [];
      for (let call = 0; call < 5; call += 1) {
        const replies = repliesOf(2, 40 + call);
        const startMs = Math.round(replies.at(-1)!.startMs + 500 + call * 37);
        const speech = [{ startMs, samples: bargeIn }];
        const events = await runEchoCall({ lossDb, delayMs: 250, replies, speech, durationMs: lastMs(replies) });
        t.match(events[0], { type: 'hold' }, 'nothing before it');
        delaysMs.push(events[0]!.atMs - startMs);
      }
      delaysMs.sort((a, b) => a - b);
      // A caller who is no louder than the echo is heard in one of its pauses.
      const [median, mostly] = [delaysMs[2]!, delaysMs.at(-2)!];
      t.ok(delaysMs[0]! >= 0 && median <= 110 && mostly <= 250, `held after ${delaysMs.join(', ')} ms`);
    },
  );

t.test('while the client pauses, nothing of what it has can come back', (t) => {
  const clock = new ManualClock();
  using voice = new OwnVoice({ clock });
  voice.play(new Float32Array(16_000).fill(0.1), 16_000);
  voice.pause();
  voice.pause();
  voice.play(new Float32Array(1_600).fill(0.1), 16_000);
  voice.resume();
  voice.resume();
  voice.stop();
  voice.hear(new Float32Array(512), 32);
  t.notOk(voice.isEcho(), 'silence is no echo');
  t.end();
});

t.test('what comes faster than it can be spoken is no echo', async (t) => {
  const clock = new ManualClock();
  using voice = new OwnVoice({ clock });
  const reply = spoken[0]!;
  const windowsOf = (count: number): readonly Float32Array[] =>
    Array.from({ length: count }, (_, index) => reply.subarray(index * 512, (index + 1) * 512));
  voice.play(reply, 16_000);
  await clock.advance(1_500);
  const verdicts = windowsOf(40).map((window, index) => {
    voice.hear(window, (index + 1) * 32);
    return voice.isEcho();
  });
  t.notOk(verdicts.slice(3).includes(true));
});

t.test('a voice of another rate is followed as well', (t) => {
  const clock = new ManualClock();
  using voice = new OwnVoice({ clock });
  for (const rateHz of [24_000, 22_050]) voice.play(new Float32Array(rateHz / 10), rateHz);
  voice.hear(new Float32Array(512), 32);
  t.notOk(voice.isEcho());
  t.end();
});
