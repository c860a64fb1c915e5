/**
 * "Yeah" over a greeting on lines that cannot pause, against a whole server with real models: the line falls silent, and then
 * everything is heard that a caller who listens hears, once. To a syllable: the exact sample is a matter of the codec's tests, for
 * how long a message is on its way is nobody's to say.
 */
import t from 'tap';
import { SystemClock } from '../../src/core/system-clock.js';
import { Caller } from '../../src/lab/caller.js';
import { AudiosocketWire } from '../../src/lab/wires/audiosocket-wire.js';
import type { CallerWire } from '../../src/lab/wires/caller-wire.js';
import { TwilioWire } from '../../src/lab/wires/twilio-wire.js';
import { audibleDb } from '../../src/lab/turn-latency.js';
import { loadFixture } from '../support/fixture-audio.js';
import { freePort } from '../support/free-port.js';
import { startServer, testApiKey } from '../support/running-server.js';

const greeting = 'Hello, this is the automated assistant of the parcel service, how can I help you today?';
const syllableSamples = 100 * 8;
const uuid = Buffer.from('40325ec25ecf4c4380ca8b2c9a1d2a11', 'hex');

interface HeardCall {
  /** What came out of the telephone, without the silence that the line or a pause made of it. */
  readonly sound: Float32Array;
  readonly clears: number;
}

/** Listens to the greeting to its end, and makes a sound over it. */
async function listen(url: string, wire: CallerWire, { over }: { readonly over: string | null }): Promise<HeardCall> {
  const caller = await Caller.connect({ url, apiKey: null, clock: new SystemClock(), wire });
  let clears = 0;
  caller.listen((event) => (clears += event.type === 'clear' ? 1 : 0));
  const audibleAtMs = (): number => caller.tape.firstAudibleMs(0, audibleDb) ?? Infinity;
  await caller.until(() => caller.nowMs > audibleAtMs() + 1_000, 30_000, 'some of the greeting');
  if (over !== null) {
    const clip = await loadFixture(over);
    await caller.say(clip.samples, clip.sampleRateHz);
  }
  await caller.until(() => caller.nowMs > caller.tape.playedOutMs + 2_500, 30_000, 'its end');
  await caller[Symbol.asyncDispose]();
  return { sound: caller.tape.channels().answer.filter((sample) => sample !== 0), clears };
}

/** How many samples of `whole` are at the beginning of `heard` together with those that are at its end. */
function explained(whole: Float32Array, heard: Float32Array): number {
  const most = Math.min(whole.length, heard.length);
  let head = 0;
  while (head < most && whole[head] === heard[head]) head += 1;
  let tail = 0;
  while (tail < most && whole.at(-1 - tail) === heard.at(-1 - tail)) tail += 1;
  return head + tail;
}

t.test('nothing is lost, and next to nothing comes twice', { timeout: 180_000 }, async (t) => {
  const port = await freePort();
  await using server = await startServer({
    audiosocketPort: String(port),
    twilioSignature: 'off',
    greeting,
    emotionNotice: '',
  });
  const lines = [
    {
      url: `ws://127.0.0.1:${server.port}/twilio/media`,
      wire: () =>
        new TwilioWire({ streamSid: 'MZ1', callSid: 'CA1', accountSid: 'AC1', parameters: { key: testApiKey } }),
      clears: 1,
    },
    { url: `tcp://127.0.0.1:${port}`, wire: () => new AudiosocketWire(uuid), clears: 0 },
  ];
  for (const { url, wire, clears } of lines) {
    const whole = await listen(url, wire(), { over: null });
    const heard = await listen(url, wire(), { over: 'backchannel' });
    const { name } = wire();
    t.ok(whole.sound.length > 16_000, 'more than two seconds of greeting');
    t.equal(whole.clears, 0);
    t.equal(heard.clears, clears, `${name} was held`);
    const moreSamples = heard.sound.length - whole.sound.length;
    t.ok(Math.abs(moreSamples) < syllableSamples, `${name}: ${moreSamples} samples more than without`);
    const lostSamples = whole.sound.length - explained(whole.sound, heard.sound);
    t.ok(lostSamples < syllableSamples, `${name}: ${lostSamples} samples are missing where it was held`);
  }
});
