/**
 * One suite for every protocol, against a whole server with real models: what holds for all of them, and how they may differ is
 * in their flags (test/support/platforms.ts).
 */
import t, { type Test } from 'tap';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resampleAll } from '../../src/audio/resampler.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { loadFixture } from '../support/fixture-audio.js';
import { freePort } from '../support/free-port.js';
import { PhoneSocket, PhoneTcp, type PhoneLink } from '../support/phone-socket.js';
import { platforms, type Platform } from '../support/platforms.js';
import { startServer, testApiKey } from '../support/running-server.js';
import { finishChunk, textChunk } from '../support/scripted-chat-server.js';

const maxMessageBytes = 128 * 1024;
const clock = new SystemClock();

/** Answers everything at length, so that there is something to speak over. */
async function startModel(t: Test): Promise<string> {
  const sentence = 'It was a long way home for the small grey cat of the lighthouse keeper. ';
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(textChunk(sentence).repeat(8) + finishChunk() + 'data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const model = await startModel(t);
const audiosocketPort = await freePort();
const server = await startServer({
  llmBaseUrl: model,
  audiosocketPort: String(audiosocketPort),
  twilioSignature: 'off',
  greeting: '',
  emotionNotice: '',
  maxMessageBytes: String(maxMessageBytes),
});
t.teardown(() => server[Symbol.asyncDispose]());

async function connected(platform: Platform): Promise<PhoneLink> {
  if (platform.path === null) return PhoneTcp.open(audiosocketPort);
  const headers = platform.name === 'openai-realtime' ? { Authorization: `Bearer ${testApiKey}` } : {};
  const { subprotocols } = platform;
  return PhoneSocket.open(`ws://127.0.0.1:${server.port}${platform.path}`, { headers, subprotocols });
}

/** The clip in pieces of 20 ms as a telephone sends them, in real time. */
async function speak(link: PhoneLink, platform: Platform, name: string, silenceMs: number): Promise<void> {
  const clip = await loadFixture(name);
  const line = resampleAll(clip.samples, { sourceRateHz: clip.sampleRateHz, targetRateHz: platform.rateHz });
  const piece = platform.rateHz / 50;
  const startedMs = clock.nowMs();
  for (let at = 0, count = 0; at < line.length + (silenceMs * platform.rateHz) / 1000; at += piece, count += 1) {
    const samples = new Float32Array(piece);
    samples.set(line.subarray(at, at + piece));
    link.send(platform.sound(samples));
    await clock.sleep(Math.max(0, startedMs + count * 20 - clock.nowMs()), new AbortController().signal);
  }
}

/** Answers marks as the platform does, at once. */
function answering(link: PhoneLink, platform: Platform): () => number {
  let seen = 0;
  let count = 0;
  return () => {
    for (; seen < link.received.length; seen += 1) {
      for (const answer of platform.answerTo(link.received[seen]!.message)) {
        link.send(answer);
        count += 1;
      }
    }
    return count;
  };
}

const soundMs = (link: PhoneLink, platform: Platform, from = 0): number =>
  link.received
    .slice(from)
    .reduce((sum, { message }) => sum + ((platform.soundOf(message)?.length ?? 0) * 1000) / platform.rateHz, 0);

async function untilHeard(link: PhoneLink, platform: Platform, wantedMs: number, from: number): Promise<void> {
  const answer = answering(link, platform);
  await link.until(() => {
    answer();
    return soundMs(link, platform, from) >= wantedMs ? true : undefined;
  });
}

// Calls take the time that they take: some side by side.
t.jobs = 4;

for (const platform of platforms(testApiKey)) {
  t.test(platform.name, { buffered: true }, async (t) => {
    await t.test('hello, garbage, a turn, barge-in, keys, leave', async (t) => {
      await using link = await connected(platform);
      if (link instanceof PhoneSocket) t.equal(link.subprotocol, platform.subprotocols[0] ?? '', 'the subprotocol');
      for (const message of platform.hello()) link.send(message);
      // Garbage and unknown messages end no call.
      link.send(platform.unknown());
      if (platform.path !== null) for (const garbage of ['{"half": ', '[]']) link.send(garbage);
      link.send(platform.sound(new Float32Array(0)));
      if (platform.tellsOfErrors)
        await link.until(() => link.received.some(({ message }) => platform.isError(message)) || undefined);
      await speak(link, platform, 'opening-hours', 500);
      await untilHeard(link, platform, 600, 0);
      const sound = link.received.flatMap(({ message }) => [...(platform.soundOf(message) ?? [])]);
      t.ok(
        sound.some((sample) => Math.abs(sample) > 0.02),
        'it speaks',
      );
      t.ok(sound.every(Number.isFinite));

      const flushes = () => link.received.filter(({ message }) => platform.isFlush(message)).length;
      const flushesBefore = flushes();
      await speak(link, platform, 'barge-in', 300);
      if (platform.flushes) {
        await link.until(() => (flushes() > flushesBefore ? true : undefined));
        t.pass('what is queued is taken back');
      }
      // The cut answer lasts half a minute; the next one begins anew.
      await untilHeard(link, platform, 400, link.received.length);
      if (platform.keys) {
        const from = link.received.length;
        for (const digit of ['1', '#']) for (const message of platform.key(digit)) link.send(message);
        await untilHeard(link, platform, 2_000, from);
        t.pass('keys are answered');
        if (platform.flushes) t.ok(flushes() > flushesBefore + 1, 'and silence what was said');
      }
      const goodbye = platform.leave();
      for (const message of goodbye) link.send(message);
      if (goodbye.length > 0) t.match((await link.closed).code, platform.path === null ? undefined : 1000);
    });

    await t.test('leaving without a word', async () => {
      const link = await connected(platform);
      for (const message of platform.hello()) link.send(message);
      link.send(platform.sound(new Float32Array(platform.rateHz / 50)));
      await link[Symbol.asyncDispose]();
    });

    if (platform.path !== null)
      await t.test('a message over the limit ends it', async (t) => {
        await using link = await connected(platform);
        link.send('x'.repeat(maxMessageBytes + 1));
        t.equal((await link.closed).code, 1009);
      });
  });
}

t.test('in the end nothing is left of all these calls', async (t) => {
  while (server.server.callCount > 0) await clock.sleep(10, new AbortController().signal);
  t.equal(server.server.callCount, 0);
});

t.test('a call that is never introduced, or with something else, is not served', async (t) => {
  for (const platform of platforms(testApiKey).filter(({ keys, path }) => keys && path !== null)) {
    await using link = await connected(platform);
    link.send('{"half": ');
    t.equal((await link.closed).code, 1008, platform.name);
  }
});

t.test('no telephone without its key', async (t) => {
  const telephones = platforms('wrong-key').filter(
    ({ keys, path, name }) => keys && path !== null && name !== 'twilio',
  );
  for (const platform of telephones) await t.rejects(connected(platform), /401/u, platform.name);
});
