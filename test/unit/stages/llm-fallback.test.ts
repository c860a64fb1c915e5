/**
 * When the fallback sentence is spoken, and when the failure is passed on instead.
 */
import t from 'tap';
import { AttuneError, CancelledError } from '../../../src/core/errors.js';
import { fallbackSentence, respondOrApologise } from '../../../src/stages/llm/fallback.js';
import type { Responder, ResponderEvent, ResponderRequest } from '../../../src/stages/llm/responder.js';

const request: ResponderRequest = {
  callId: 'c',
  instructions: '',
  messages: [],
  tools: [],
  toolChoice: 'auto',
  maxOutputTokens: null,
  emotion: null,
  locale: 'de-AT',
};
const text: ResponderEvent = { type: 'text', delta: 'Hello' };
const ended: ResponderEvent = { type: 'ended', reason: 'completed', usage: null };

function responderOf(events: readonly ResponderEvent[], error?: Error): Responder {
  return {
    name: 'scripted',
    async *respond() {
      yield* events;
      if (error) throw error;
    },
  };
}

async function run(responder: Responder, signal = new AbortController().signal) {
  const failures: AttuneError[] = [];
  const events: ResponderEvent[] = [];
  let thrown: unknown;
  try {
    for await (const event of respondOrApologise(responder, request, { signal, onFailure: (error) => failures.push(error) })) {
      events.push(event);
    }
  } catch (error) {
    thrown = error;
  }
  return { failures, events, thrown };
}

const timeout = new AttuneError('RESPONDER_TIMEOUT', 'no token');
const apology: readonly ResponderEvent[] = [
  { type: 'intent', intent: 'apologise' },
  { type: 'text', delta: 'Entschuldigung, ich kann gerade nicht antworten. Bitte sagen Sie das gleich noch einmal.' },
  ended,
];

t.test('an answer passes unchanged', async (t) => {
  t.strictSame(await run(responderOf([text, ended])), { failures: [], events: [text, ended], thrown: undefined });
});

t.test('a failure before the first token is reported and apologised for', async (t) => {
  t.strictSame(await run(responderOf([], timeout)), { failures: [timeout], events: apology, thrown: undefined });
});

t.test('an intent alone is not a beginning', async (t) => {
  const intent: ResponderEvent = { type: 'intent', intent: 'inform' };
  t.strictSame((await run(responderOf([intent], timeout))).events, [intent, ...apology]);
});

t.test('an unexpected error gets the code of the stage', async (t) => {
  t.match((await run(responderOf([], new TypeError('x')))).failures, [{ code: 'RESPONDER_FAILED' }]);
});

t.test('a failure after the first token is passed on', async (t) => {
  t.strictSame(await run(responderOf([text], timeout)), { failures: [], events: [text], thrown: timeout });
});

t.test('cancelling is not a failure', async (t) => {
  const cancelled = new CancelledError('barge-in');
  t.strictSame(await run(responderOf([], cancelled)), { failures: [], events: [], thrown: cancelled });
  t.strictSame((await run(responderOf([], timeout), AbortSignal.abort())).thrown, timeout);
});

t.test('sentences by language', async (t) => {
  for (const [locale, expected] of [['en-GB', /^Sorry/], ['ES', /^Perdone/], ['zh-CN', /抱歉/], ['ja-JP', /申し訳/], ['fr-FR', /^Sorry/]] as const) {
    t.match(fallbackSentence(locale), expected, locale);
  }
});
