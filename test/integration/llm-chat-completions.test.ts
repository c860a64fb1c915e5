/**
 * The chat completions responder against a real HTTP server whose answers are scripted, with time advanced by hand.
 */
import { createServer, type AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { AttuneError, CancelledError } from '../../src/core/errors.js';
import {
  ChatCompletionsResponder,
  type ChatCompletionsOptions,
} from '../../src/stages/llm/chat-completions-responder.js';
import type { ResponderEvent, ResponderRequest } from '../../src/stages/llm/responder.js';
import { ManualClock } from '../support/manual-clock.js';
import {
  finishChunk,
  refuses,
  scriptedChatServer,
  sse,
  streams,
  streamsOpen,
  textChunk,
  type ScriptedChatServer,
} from '../support/scripted-chat-server.js';

const request: ResponderRequest = {
  callId: 'call-1',
  instructions: 'You are Ada. The password is swordfish.',
  messages: [{ role: 'user', text: 'hello there' }],
  tools: [],
  toolChoice: 'auto',
  maxOutputTokens: null,
  emotion: null,
  reminder: null,
  acts: [],
  manner: '',
  locale: 'en-US',
};

const tool = { name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object' } };
const never = new AbortController().signal;

function responderOn(server: ScriptedChatServer, options: Partial<ChatCompletionsOptions> = {}) {
  const clock = new ManualClock();
  const responder = new ChatCompletionsResponder({
    baseUrl: server.baseUrl,
    model: 'm',
    apiKey: 'sk-secret',
    clock,
    ...options,
  });
  return { clock, responder };
}

interface Outcome {
  readonly events: readonly ResponderEvent[];
  readonly text: string;
  readonly error: unknown;
}

async function collect(stream: AsyncIterable<ResponderEvent>): Promise<Outcome> {
  const events: ResponderEvent[] = [];
  let error: unknown;
  try {
    for await (const event of stream) events.push(event);
  } catch (caught) {
    error = caught;
  }
  return { events, text: events.map((event) => (event.type === 'text' ? event.delta : '')).join(''), error };
}

/** Waits until the clock holds a timer of this length, then lets it pass. */
async function passTimer(clock: ManualClock, delayMs: number): Promise<void> {
  while (!clock.pendingDelaysMs.includes(delayMs)) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(delayMs);
}

function checkSecret(t: Test, error: unknown): void {
  const shown = error instanceof AttuneError ? `${error.message} ${error.hint} ${String(error.cause)}` : '';
  t.notMatch(shown, /swordfish|sk-secret|hello there/, 'no prompt and no key in the error');
}

t.test('streams text, asks for usage and sends the key', async (t) => {
  const server = await scriptedChatServer(t, [
    streams(
      sse({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
      textChunk('Good'),
      textChunk(' morning.'),
      finishChunk(),
      sse({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 3 } }),
      sse('[DONE]'),
    ),
  ]);
  const { clock, responder } = responderOn(server, { extraBody: { temperature: 0.4, model: 'not this' } });
  const { events, error } = await collect(responder.respond({ ...request, maxOutputTokens: 50 }, { signal: never }));
  t.equal(error, undefined);
  t.strictSame(events, [
    { type: 'text', delta: 'Good' },
    { type: 'text', delta: ' morning.' },
    { type: 'ended', reason: 'completed', usage: { inputTokens: 12, outputTokens: 3 } },
  ]);
  const received = server.requests[0]!;
  t.equal(received.path, '/v1/chat/completions');
  t.equal(received.headers.authorization, 'Bearer sk-secret');
  t.match(received.body, {
    model: 'm',
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 50,
    temperature: 0.4,
  });
  t.match(received.body.messages[0], { role: 'system', content: /^You are Ada/ });
  t.strictSame(received.body.messages.slice(1), [{ role: 'user', content: 'hello there' }]);
  t.strictSame(clock.pendingDelaysMs, [], 'no timer is left');
});

t.test('pieces split inside characters, lines and events', async (t) => {
  const whole = Buffer.from(
    `: keep-alive\r\n\r\n${textChunk('Grüße, 世界')}${textChunk(' 🎉')}${finishChunk('length')}${sse('[DONE]')}`,
  );
  for (const size of [1, 2, 3, 7]) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size));
    const server = await scriptedChatServer(t, [streams(...pieces)]);
    const { text, events } = await collect(responderOn(server).responder.respond(request, { signal: never }));
    t.equal(text, 'Grüße, 世界 🎉', `pieces of ${size}`);
    t.strictSame(events.at(-1), { type: 'ended', reason: 'max-output-tokens', usage: null });
  }
});

t.test('servers that leave out [DONE] or the last blank line', async (t) => {
  const server = await scriptedChatServer(t, [streams(textChunk('Yes.'), finishChunk().trimEnd())]);
  const { text, events, error } = await collect(responderOn(server).responder.respond(request, { signal: never }));
  t.equal(error, undefined);
  t.equal(text, 'Yes.');
  t.match(events.at(-1), { type: 'ended', reason: 'completed' });
});

t.test('parallel tool calls with streamed arguments', async (t) => {
  const part = (index: number, call: object): string =>
    sse({ choices: [{ delta: { tool_calls: [{ index, ...call }] } }] });
  const server = await scriptedChatServer(t, [
    streams(
      part(0, { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '' } }),
      part(0, { function: { arguments: '{"city":' } }),
      part(0, { function: { arguments: '"Rome"}' } }),
      part(1, { id: 'b', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }),
      part(2, { id: 'c', type: 'function', function: { name: 'get_time' } }),
      finishChunk('tool_calls'),
      sse('[DONE]'),
    ),
  ]);
  const withTools = { ...request, tools: [tool], toolChoice: { name: 'get_weather' } as const };
  const { events } = await collect(responderOn(server).responder.respond(withTools, { signal: never }));
  t.strictSame(events, [
    { type: 'tool-call', callId: 'a', name: 'get_weather', argumentsDelta: '{"city":' },
    { type: 'tool-call', callId: 'a', name: 'get_weather', argumentsDelta: '"Rome"}' },
    { type: 'tool-call', callId: 'b', name: 'get_weather', argumentsDelta: '{"city":"Oslo"}' },
    { type: 'tool-call', callId: 'c', name: 'get_time', argumentsDelta: '{}' },
    { type: 'ended', reason: 'completed', usage: null },
  ]);
  t.match(server.requests[0]!.body, {
    tools: [{ type: 'function', function: tool }],
    tool_choice: { function: { name: 'get_weather' } },
  });
});

t.test('tries again before the first token, with growing pauses', async (t) => {
  const server = await scriptedChatServer(t, [
    refuses(500),
    refuses(408),
    streams(textChunk('Here.'), finishChunk(), sse('[DONE]')),
  ]);
  const { clock, responder } = responderOn(server);
  const outcome = collect(responder.respond(request, { signal: never }));
  await passTimer(clock, 250);
  await passTimer(clock, 500);
  const { text, error } = await outcome;
  t.equal(error, undefined);
  t.equal(text, 'Here.');
});

t.test('honours Retry-After', async (t) => {
  const server = await scriptedChatServer(t, [
    refuses(429, { 'retry-after': '3' }),
    streams(textChunk('Now.'), finishChunk()),
  ]);
  const { clock, responder } = responderOn(server);
  const outcome = collect(responder.respond(request, { signal: never }));
  await passTimer(clock, 3000);
  t.equal((await outcome).text, 'Now.');
});

t.test('gives up at once when Retry-After is longer than the caller would wait', async (t) => {
  const server = await scriptedChatServer(t, [refuses(429, { 'retry-after': '60' })]);
  const { error } = await collect(responderOn(server).responder.respond(request, { signal: never }));
  t.match(error, { code: 'RESPONDER_FAILED', message: /status 429/, hint: /limits requests/ });
});

t.test('failures that no second attempt would cure', async (t) => {
  const cases: readonly [string, ReturnType<typeof refuses>, object][] = [
    [
      'a wrong key',
      refuses(401, {}, { error: { message: 'bad key sk-secret', code: 'invalid_api_key' } }),
      { message: /status 401, invalid_api_key/, hint: /key/ },
    ],
    ['a wrong path', refuses(404), { message: /404/, hint: /base URL/ }],
    [
      'a bad field',
      refuses(400, {}, { error: { message: 'hello there', type: 'says hello there' } }),
      { message: /\(status 400\)/ },
    ],
    ['a redirect', refuses(307, { location: 'http://127.0.0.1:9/' }), { message: /307/, hint: /redirects/ }],
    [
      'no stream',
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      { message: /did not stream/ },
    ],
  ];
  for (const [name, script, expected] of cases) {
    await t.test(name, async (t) => {
      const server = await scriptedChatServer(t, [script]);
      const { error, events } = await collect(responderOn(server).responder.respond(request, { signal: never }));
      t.match(error, { code: 'RESPONDER_FAILED', ...expected });
      t.strictSame(events, []);
      checkSecret(t, error);
    });
  }
});

t.test('a refused connection is tried three times', async (t) => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const clock = new ManualClock();
  const responder = new ChatCompletionsResponder({ baseUrl: `http://127.0.0.1:${port}/v1`, model: 'm', clock });
  const outcome = collect(responder.respond(request, { signal: never }));
  await passTimer(clock, 250);
  await passTimer(clock, 500);
  t.match((await outcome).error, { code: 'RESPONDER_FAILED', message: /could not be reached \(ECONNREFUSED\)/ });
});

t.test('no second attempt after the first token', async (t) => {
  const cases: readonly [string, string, RegExp][] = [
    [
      'an error object',
      sse({ error: { message: 'hello there', code: 500, type: 'server_error' } }),
      /reported an error.*status 500, server_error/,
    ],
    ['a chunk that is no JSON', 'data: {"choices": [hello there\n\n', /cannot be read/],
    ['an end without a reason', '', /broke off/],
  ];
  for (const [name, piece, message] of cases) {
    await t.test(name, async (t) => {
      const server = await scriptedChatServer(t, [streams(textChunk('Half a'), piece)]);
      const { text, error } = await collect(responderOn(server).responder.respond(request, { signal: never }));
      t.equal(text, 'Half a');
      t.match(error, { code: 'RESPONDER_FAILED', message });
      checkSecret(t, error);
    });
  }
});

t.test('a socket destroyed in the middle', async (t) => {
  const server = await scriptedChatServer(t, [
    async (response) => {
      await streamsOpen(textChunk('Half a'))(response);
      response.destroy();
    },
  ]);
  const { text, error } = await collect(responderOn(server).responder.respond(request, { signal: never }));
  t.equal(text, 'Half a');
  t.match(error, { code: 'RESPONDER_FAILED', message: /connection .* broke/ });
});

t.test('time-outs', async (t) => {
  t.test('no answer at all', async (t) => {
    const server = await scriptedChatServer(t, [() => undefined]);
    const { clock, responder } = responderOn(server);
    const outcome = collect(responder.respond(request, { signal: never }));
    await server.answered();
    await clock.advance(7999);
    await clock.advance(1);
    t.match((await outcome).error, { code: 'RESPONDER_TIMEOUT', message: /no token for 8000 ms/ });
    await server.brokenOff;
  });

  t.test('a stream without a token', async (t) => {
    const server = await scriptedChatServer(t, [streamsOpen(sse({ choices: [{ delta: { role: 'assistant' } }] }))]);
    const { clock, responder } = responderOn(server, { firstTokenTimeoutMs: 500 });
    const outcome = collect(responder.respond(request, { signal: never }));
    await server.answered();
    await clock.advance(500);
    t.match((await outcome).error, { code: 'RESPONDER_TIMEOUT' });
    await server.brokenOff;
  });

  t.test('silence after the first token', async (t) => {
    const server = await scriptedChatServer(t, [streamsOpen(textChunk('Well'))]);
    const { clock, responder } = responderOn(server, { idleTimeoutMs: 700 });
    const outcome = collect(responder.respond(request, { signal: never }));
    await passTimer(clock, 700);
    const { text, error } = await outcome;
    t.equal(text, 'Well');
    t.match(error, { code: 'RESPONDER_TIMEOUT', message: /nothing more for 700 ms/ });
    await server.brokenOff;
  });

  t.test('a slow consumer is not a silent server', async (t) => {
    const server = await scriptedChatServer(t, [
      streams(textChunk('One'), textChunk(' two'), finishChunk(), sse('[DONE]')),
    ]);
    const { clock, responder } = responderOn(server);
    let text = '';
    for await (const event of responder.respond(request, { signal: never })) {
      if (event.type === 'text') text += event.delta;
      await clock.advance(60_000);
    }
    t.equal(text, 'One two');
  });

  t.test('a finished answer whose usage never comes is whole', async (t) => {
    const server = await scriptedChatServer(t, [streamsOpen(textChunk('Done.'), finishChunk())]);
    const { clock, responder } = responderOn(server);
    const outcome = collect(responder.respond(request, { signal: never }));
    await passTimer(clock, 1000);
    const { events, error } = await outcome;
    t.equal(error, undefined);
    t.strictSame(events.at(-1), { type: 'ended', reason: 'completed', usage: null });
  });
  t.end();
});

t.test('cancelling', async (t) => {
  t.test('before anything is sent', async (t) => {
    const server = await scriptedChatServer(t, []);
    const signal = AbortSignal.abort(new CancelledError('barge-in'));
    t.match((await collect(responderOn(server).responder.respond(request, { signal }))).error, { reason: 'barge-in' });
  });

  t.test('in the middle closes the connection', async (t) => {
    const server = await scriptedChatServer(t, [streamsOpen(textChunk('As I was'))]);
    const { clock, responder } = responderOn(server);
    const controller = new AbortController();
    let error: unknown;
    try {
      for await (const event of responder.respond(request, { signal: controller.signal })) {
        t.match(event, { type: 'text' });
        controller.abort(new CancelledError('barge-in'));
      }
    } catch (caught) {
      error = caught;
    }
    t.match(error, { name: 'Error', reason: 'barge-in' });
    await server.brokenOff;
    t.strictSame(clock.pendingDelaysMs, []);
  });

  t.test('during the pause between attempts', async (t) => {
    const server = await scriptedChatServer(t, [refuses(503)]);
    const { clock, responder } = responderOn(server);
    const controller = new AbortController();
    const outcome = collect(responder.respond(request, { signal: controller.signal }));
    while (!clock.pendingDelaysMs.includes(250)) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new CancelledError('client-left'));
    t.match((await outcome).error, { reason: 'client-left' });
    t.strictSame(clock.pendingDelaysMs, []);
  });

  t.test('by leaving the iteration', async (t) => {
    const server = await scriptedChatServer(t, [streamsOpen(textChunk('One'), textChunk(' two'))]);
    for await (const event of responderOn(server).responder.respond(request, { signal: never })) {
      t.match(event, { type: 'text', delta: 'One' });
      break;
    }
    await server.brokenOff;
  });
  t.end();
});

t.test('an answer beyond the size limit is refused', async (t) => {
  const server = await scriptedChatServer(t, [
    streamsOpen(textChunk('a'), ...Array.from({ length: 40 }, () => textChunk('b'.repeat(100)))),
  ]);
  const { responder } = responderOn(server, { maxResponseBytes: 2000 });
  const { error, text } = await collect(responder.respond(request, { signal: never }));
  t.match(error, { code: 'RESPONDER_FAILED', message: /longer than 2000 bytes/ });
  t.ok(text.length < 2000);
  await server.brokenOff;
});

t.test('options that cannot work', async (t) => {
  const clock = new ManualClock();
  const make = (options: Partial<ChatCompletionsOptions>): (() => unknown) => {
    return () => new ChatCompletionsResponder({ baseUrl: 'http://localhost/v1', model: 'm', clock, ...options });
  };
  t.throws(make({ baseUrl: 'localhost' }), { code: 'OPTION_INVALID', field: 'baseUrl' });
  t.throws(make({ baseUrl: 'ftp://localhost/v1' }), { code: 'OPTION_INVALID', message: /not http/ });
  t.throws(make({ baseUrl: 'http://me:sk-secret@localhost/v1' }), {
    code: 'OPTION_INVALID',
    message: /^((?!sk-secret).)*$/,
  });
  t.throws(make({ apiKey: 'sk\nsecret' }), { code: 'OPTION_INVALID', field: 'apiKey' });
});
