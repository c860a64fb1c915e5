/**
 * The remote recogniser against a real HTTP server whose answers are scripted, with time advanced by hand.
 */
import { createServer, type AddressInfo } from 'node:net';
import { plainWriter } from '../support/plain-writer.js';
import t, { type Test } from 'tap';
import { readWav } from '../../src/audio/wav-file.js';
import { AttuneError, CancelledError } from '../../src/core/errors.js';
import type { RemoteSttOptions } from '../../src/stages/stt/remote/remote-stt-options.js';
import { remoteStt } from '../../src/stages/stt/remote/remote-stt.js';
import type { SttHypothesis, SttOpenOptions } from '../../src/stages/stt/stt.js';
import { ManualClock } from '../support/manual-clock.js';
import {
  transcriptionServer,
  type TranscriptionScript,
  type TranscriptionServer,
} from '../support/transcription-server.js';

const never = new AbortController().signal;

const answers =
  (body: unknown, status = 200, headers: Record<string, string> = {}): TranscriptionScript =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

const silent: TranscriptionScript = () => undefined;

function recogniserOn({ baseUrl }: Pick<TranscriptionServer, 'baseUrl'>, options: Partial<RemoteSttOptions> = {}) {
  const clock = new ManualClock();
  const stt = remoteStt({
    writer: plainWriter(),
    baseUrl,
    model: 'whisper-1',
    apiKey: 'sk-secret',
    clock,
    maxUtteranceMs: 60_000,
    timeoutMs: 8_000,
    partialEveryMs: null,
    ...options,
  });
  return { clock, stt };
}

/** One utterance of two seconds. */
function speak({ stt }: ReturnType<typeof recogniserOn>, options: Partial<SttOpenOptions> = {}) {
  const utterance = stt.open({ signal: never, callId: 'c', ...options });
  utterance.accept(new Float32Array(32_000).fill(0.25));
  return utterance.finish();
}

/** Waits until the clock holds a timer of this length, then lets it pass. */
async function passTimer(clock: ManualClock, delayMs: number): Promise<void> {
  while (!clock.pendingDelaysMs.includes(delayMs)) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(delayMs);
}

async function failureOf(t: Test, work: Promise<SttHypothesis>): Promise<AttuneError> {
  const error: unknown = await work.then(
    ({ text }) => `heard ${text}`,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AttuneError)) {
    t.fail(`no typed error but ${String(error)}`);
    throw error;
  }
  t.notMatch(
    `${error.message} ${error.hint} ${String(error.cause)}`,
    /sk-secret|meant for nobody/,
    'no key, no answer',
  );
  return error;
}

const verbose = {
  text: 'Good morning. Thank you for watching!',
  words: [
    { word: 'Good', start: 0.1, end: 0.4 },
    { word: 'morning', start: 0.5, end: 0.9 },
    { word: 'Thank', start: 1.3, end: 1.4 },
  ],
  segments: [
    { text: ' Good morning.', start: 0, end: 1.0, avg_logprob: -0.2, no_speech_prob: 0.01 },
    { text: ' Thank you for watching!', start: 1.2, end: 2.0, avg_logprob: -1.4, no_speech_prob: 0.9 },
  ],
};

t.test('what is sent, and words with times', async (t) => {
  const server = await transcriptionServer(t, 'in order', answers(verbose));
  const under = recogniserOn(server);
  const final = await speak(under, { language: 'en-GB', hotwords: ['Attune', 'Zürich'] });
  t.equal(final.text, 'Good morning.', 'what Whisper makes up in silence is left out');
  t.same(
    final.words.map(({ text, startMs, endMs }) => [text, startMs, endMs]),
    [
      ['good', 100, 400],
      ['morning', 500, 900],
    ],
  );
  t.ok(Math.abs(final.confidence - Math.exp(-0.2)) < 1e-9);
  const [request] = server.requests;
  t.equal(request?.path, '/v1/audio/transcriptions');
  t.equal(request?.headers.authorization, 'Bearer sk-secret');
  t.same(request?.fields, [
    ['model', 'whisper-1'],
    ['response_format', 'verbose_json'],
    ['language', 'en'],
    ['prompt', 'Attune, Zürich'],
    ['timestamp_granularities[]', 'word'],
    ['timestamp_granularities[]', 'segment'],
  ]);
  t.match(request?.file, { name: 'utterance.wav', type: 'audio/wav' });
  const wav = readWav(request?.file.bytes ?? new Uint8Array());
  t.match(wav, { sampleRateHz: 16_000, channels: { length: 1 } });
  t.equal(wav.channels[0]?.length, 32_000);
  t.same(under.clock.pendingDelaysMs, [], 'no timer is left');
});

t.test('segments alone, plain text alone, and silence alone', async (t) => {
  const server = await transcriptionServer(
    t,
    'in order',
    answers({ text: 'One two.', segments: [{ text: ' One two.', start: 1, end: 3, avg_logprob: null }] }),
    answers({ text: ' HELLO THERE ' }),
    answers({ ...verbose, segments: verbose.segments.slice(1), words: [] }),
  );
  const under = recogniserOn(server);
  t.match((await speak(under)).words, [
    { text: 'one', startMs: 1000 },
    { text: 'two', endMs: 2000 },
  ]);
  t.match(await speak(under), { text: 'Hello there.', words: [{ text: 'hello', startMs: 0 }, { text: 'there' }] });
  t.match(await speak(under), { text: '', words: [], confidence: 1 });
});

t.test('a model that knows no times is asked for text alone, from then on', async (t) => {
  const plain = answers({ text: 'Yes.' });
  const server = await transcriptionServer(t, 'in order', answers({}, 400), plain, plain);
  const under = recogniserOn(server);
  t.equal((await speak(under)).text, 'Yes.');
  t.equal((await speak(under)).text, 'Yes.');
  const formats = server.requests.map(({ fields }) => new Map(fields).get('response_format'));
  t.same(formats, ['verbose_json', 'json', 'json']);
});

t.test('429 and 5xx are tried again within the deadline', async (t) => {
  const server = await transcriptionServer(
    t,
    'in order',
    answers({}, 429, { 'retry-after': '2' }),
    answers({}, 503),
    answers({ text: 'Third time.' }),
  );
  const under = recogniserOn(server);
  const final = speak(under);
  await passTimer(under.clock, 2_000);
  await passTimer(under.clock, 500);
  t.equal((await final).text, 'Third time.');
  t.same(under.clock.pendingDelaysMs, []);
});

t.test('a pause that would end after the deadline is not waited for', async (t) => {
  const server = await transcriptionServer(t, 'in order', answers({}, 429, { 'retry-after': '60' }));
  const under = recogniserOn(server);
  t.match(await failureOf(t, speak(under)), { code: 'TRANSCRIPTION_FAILED', message: /status 429/, hint: /limits/ });
  t.same(under.clock.pendingDelaysMs, []);
});

t.test('attempts are bounded', async (t) => {
  const server = await transcriptionServer(t, 'in order', answers({}, 500), answers({}, 500));
  const under = recogniserOn(server, { maxAttempts: 2 });
  const failure = failureOf(t, speak(under));
  await passTimer(under.clock, 250);
  t.match(await failure, { code: 'TRANSCRIPTION_FAILED', message: /status 500/, hint: /trouble/ });
});

for (const [what, script, expected] of [
  ['a wrong key', answers({ error: { message: 'meant for nobody' } }, 401), { message: /status 401/, hint: /key/ }],
  ['a wrong path', answers('', 404), { message: /status 404/, hint: /base URL/ }],
  ['a recording too large', answers('', 413), { hint: /max-utterance-ms/ }],
  ['a redirect', answers('', 302, { location: 'http://127.0.0.1:1/' }), { message: /status 302/, hint: /redirect/ }],
  ['an answer that is no JSON', answers('meant for nobody'), { message: /cannot be read/ }],
  ['an answer without text', answers({ transcript: 'meant for nobody' }), { message: /cannot be read/ }],
  ['an endless answer', answers(`"${'x'.repeat(5 * 1024 * 1024)}"`), { message: /longer than/ }],
] as const) {
  t.test(`${what} is told at once`, async (t) => {
    const server = await transcriptionServer(t, 'in order', script);
    const under = recogniserOn(server);
    t.match(await failureOf(t, speak(under)), { code: 'TRANSCRIPTION_FAILED', ...expected });
    t.same(under.clock.pendingDelaysMs, []);
  });
}

t.test('a connection that breaks in the middle is tried again', async (t) => {
  const server = await transcriptionServer(
    t,
    'in order',
    (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"text":"Ha', () => response.destroy());
    },
    answers({ text: 'Whole.' }),
  );
  const under = recogniserOn(server);
  const final = speak(under);
  await passTimer(under.clock, 250);
  t.equal((await final).text, 'Whole.');
});

t.test('nobody at the address', async (t) => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const under = recogniserOn({ baseUrl: `http://127.0.0.1:${port}/v1` }, { maxAttempts: 1 });
  t.match(await failureOf(t, speak(under)), { code: 'TRANSCRIPTION_FAILED', message: /ECONNREFUSED/ });
});

t.test('a server that is silent runs into the deadline, and the connection is closed', async (t) => {
  const server = await transcriptionServer(t, 'in order', silent);
  const under = recogniserOn(server);
  const failure = failureOf(t, speak(under));
  await server.received(1);
  await under.clock.advance(8_000);
  t.match(await failure, { code: 'DEADLINE_EXCEEDED', message: /longer than 8000 ms/ });
  await server.brokenOff;
});

t.test('cancelling closes the connection', async (t) => {
  const server = await transcriptionServer(t, 'in order', silent);
  const under = recogniserOn(server);
  const controller = new AbortController();
  const final = speak(under, { signal: controller.signal });
  await server.received(1);
  controller.abort(new CancelledError('client-left'));
  await t.rejects(final, new CancelledError('client-left'));
  await server.brokenOff;
  t.same(under.clock.pendingDelaysMs, []);
});

t.test('requests on their way are bounded, and so are those that wait', async (t) => {
  const server = await transcriptionServer(t, 'in order', silent, answers({ text: 'Second.' }));
  const under = recogniserOn(server, { maxRequests: 1 });
  const controller = new AbortController();
  const first = speak(under, { signal: controller.signal });
  await server.received(1);
  const second = speak(under);
  t.match(await failureOf(t, speak(under)), { code: 'OVERLOADED' });
  controller.abort(new CancelledError('client-left'));
  await t.rejects(first, new CancelledError('client-left'));
  t.equal((await second).text, 'Second.');
});

t.test('partial texts, if they are wanted, are requests of their own and not repeated', async (t) => {
  const server = await transcriptionServer(
    t,
    'in order',
    answers({ text: 'Good' }),
    answers({}, 503),
    answers({ text: 'Good day.' }),
  );
  const under = recogniserOn(server, { partialEveryMs: 1_000 });
  const utterance = under.stt.open({ signal: never, callId: 'c' });
  const texts: string[] = [];
  const reading = t.rejects(
    (async () => {
      for await (const { text } of utterance.partials) texts.push(text);
    })(),
    { code: 'TRANSCRIPTION_FAILED' },
  );
  for (const count of [1, 2]) {
    utterance.accept(new Float32Array(16_000));
    await server.received(count);
    while (count === 1 && texts.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await reading;
  t.same(texts, ['good']);
  t.equal((await utterance.finish()).text, 'Good day.');
});

t.test('options that cannot work', async (t) => {
  const make = (options: Partial<RemoteSttOptions>) => () => recogniserOn({ baseUrl: 'http://localhost/v1' }, options);
  t.throws(make({ baseUrl: 'localhost' }), { code: 'OPTION_INVALID', field: 'sttBaseUrl' });
  t.throws(make({ baseUrl: 'ftp://localhost/v1' }), { code: 'OPTION_INVALID', message: /not http/ });
  t.throws(make({ baseUrl: 'http://me:sk-secret@localhost/v1' }), { message: /^((?!sk-secret).)*$/ });
  t.throws(make({ apiKey: 'sk\nsecret' }), { code: 'OPTION_INVALID', field: 'sttApiKey' });
});
