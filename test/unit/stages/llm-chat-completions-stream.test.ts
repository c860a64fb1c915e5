/**
 * What chat completion servers do differently in their streams, payload by payload.
 */
import t from 'tap';
import { ChatCompletionsStream } from '../../../src/stages/llm/chat-completions-stream.js';
import type { ResponderEvent } from '../../../src/stages/llm/responder.js';

type CallPart = { index?: number; id?: string; function?: { name?: string; arguments?: string } };

const callPayload = (...parts: readonly CallPart[]): string =>
  JSON.stringify({ choices: [{ delta: { tool_calls: parts } }] });
const finish = (reason: string): string => JSON.stringify({ choices: [{ delta: {}, finish_reason: reason }] });

function read(...payloads: readonly string[]): ResponderEvent[] {
  const stream = new ChatCompletionsStream();
  return [...payloads.flatMap((payload) => stream.accept(payload)), ...stream.end()];
}

/** Calls as name and joined arguments, in the order of their first delta. */
function callsOf(events: readonly ResponderEvent[]): [string, string][] {
  const calls = new Map<string, [string, string]>();
  for (const event of events) {
    if (event.type !== 'tool-call') continue;
    const call = calls.get(event.callId) ?? [event.name, ''];
    calls.set(event.callId, [event.name, call[1] + event.argumentsDelta]);
  }
  return [...calls.values()];
}

const cases: readonly [string, readonly string[], readonly [string, string][]][] = [
  [
    'every call numbered 0',
    [
      callPayload({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }),
      callPayload({ index: 0, id: 'b', function: { name: 'g', arguments: '{"y":2}' } }),
    ],
    [
      ['f', '{"x":1}'],
      ['g', '{"y":2}'],
    ],
  ],
  [
    'no index',
    [
      callPayload({ id: 'a', function: { name: 'f', arguments: '{' } }),
      callPayload({ function: { arguments: '}' } }),
      callPayload({ id: 'b', function: { name: 'g' } }),
    ],
    [
      ['f', '{}'],
      ['g', '{}'],
    ],
  ],
  [
    'neither index nor id',
    [callPayload({ function: { name: 'f', arguments: '{}' } }, { function: { name: 'f', arguments: '{"x":1}' } })],
    [
      ['f', '{}'],
      ['f', '{"x":1}'],
    ],
  ],
  [
    'the id again with every part',
    [
      callPayload({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }),
      callPayload({ index: 0, id: 'a', function: { arguments: '}' } }),
    ],
    [['f', '{}']],
  ],
  [
    'the name after the first arguments',
    [
      callPayload({ index: 0, id: 'a', function: { arguments: '{' } }),
      callPayload({ index: 0, function: { name: 'f', arguments: '}' } }),
    ],
    [['f', '{}']],
  ],
  [
    'interleaved calls',
    [
      callPayload(
        { index: 0, id: 'a', function: { name: 'f', arguments: '{' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{' } },
      ),
      callPayload({ index: 0, function: { arguments: '}' } }, { index: 1, function: { arguments: '"z":3}' } }),
    ],
    [
      ['f', '{}'],
      ['g', '{"z":3}'],
    ],
  ],
];

for (const [name, payloads, calls] of cases) {
  t.test(name, async (t) => t.strictSame(callsOf(read(...payloads, finish('tool_calls'))), calls));
}

t.test('reasons to end', async (t) => {
  const reasons = [
    ['stop', 'completed'],
    ['eos', 'completed'],
    ['length', 'max-output-tokens'],
    ['content_filter', 'content-filter'],
  ] as const;
  for (const [given, reason] of reasons) t.strictSame(read(finish(given)), [{ type: 'ended', reason, usage: null }]);
  t.throws(() => read(finish('abort')), { message: /gave the answer up/ });
  t.throws(() => read(), { message: /broke off/ });
  t.strictSame(read('[DONE]'), [{ type: 'ended', reason: 'completed', usage: null }]);
});

t.test('errors that may be tried again', async (t) => {
  const faultOf = (payload: string): unknown => {
    try {
      return read(payload);
    } catch (error) {
      return error;
    }
  };
  t.match(faultOf('{"error":{"code":503,"message":"x"}}'), { retryable: true });
  t.match(faultOf('{"error":{"code":400,"message":"x"}}'), { retryable: false });
  t.match(faultOf('{"error":"the prompt"}'), { retryable: true, message: /^((?!prompt).)*$/ });
});
