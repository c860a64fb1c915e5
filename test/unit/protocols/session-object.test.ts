/**
 * How an update changes the session object of the wire, and what the object means inside.
 */
import t from 'tap';
import {
  initialSession,
  mergeSession,
  settingsOf,
  type WireSession,
} from '../../../src/protocols/openai-realtime/session-object.js';
import { wireSession } from '../../support/wire-session.js';

const initial = initialSession({ ...wireSession, instructions: 'Be kind.', expiresAtS: 1_700_000_000 });

type Update = Readonly<Record<string, unknown>>;

const input = (fields: Update): Update => ({ audio: { input: fields } });

const merges: readonly { readonly name: string; readonly updates: readonly Update[]; readonly session: Update }[] = [
  {
    name: 'objects are merged field by field',
    updates: [input({ transcription: { model: 'whisper-1' } }), input({ transcription: { language: 'en' } })],
    session: input({ transcription: { model: 'whisper-1', language: 'en' }, turn_detection: { type: 'server_vad' } }),
  },
  {
    name: 'null clears',
    updates: [input({ transcription: {}, turn_detection: null }), input({ transcription: null })],
    session: input({ transcription: null, turn_detection: null }),
  },
  {
    name: 'a turn detection of the same type keeps what it had',
    updates: [
      input({ turn_detection: { type: 'server_vad', threshold: 0.7 } }),
      input({ turn_detection: { silence_duration_ms: 200 } }),
    ],
    session: input({ turn_detection: { type: 'server_vad', threshold: 0.7, silence_duration_ms: 200 } }),
  },
  {
    name: 'one of another type begins with its own defaults',
    updates: [
      input({ turn_detection: { type: 'server_vad', threshold: 0.7, create_response: false } }),
      input({ turn_detection: { type: 'semantic_vad' } }),
    ],
    session: input({ turn_detection: { type: 'semantic_vad', eagerness: 'auto', create_response: true } }),
  },
  {
    name: 'one that was cleared begins with its own defaults',
    updates: [input({ turn_detection: null }), input({ turn_detection: { type: 'server_vad' } })],
    session: input({ turn_detection: { type: 'server_vad', threshold: 0.5, silence_duration_ms: 500 } }),
  },
  {
    name: 'a format is replaced as a whole',
    updates: [input({ format: { type: 'audio/pcmu' } })],
    session: input({ format: { type: 'audio/pcmu', rate: undefined } }),
  },
  {
    name: 'back to PCM without naming its only rate',
    updates: [input({ format: { type: 'audio/pcma' } }), input({ format: { type: 'audio/pcm' } })],
    session: input({ format: { type: 'audio/pcm', rate: 24_000 } }),
  },
  {
    name: 'arrays are replaced',
    updates: [
      { tools: [{ type: 'function', name: 'a' }], output_modalities: ['text'] },
      { tools: [{ type: 'function', name: 'b' }, { type: 'mcp' }] },
    ],
    session: { tools: [{ name: 'b', description: '', parameters: {} }, { type: 'mcp' }], output_modalities: ['text'] },
  },
  {
    name: 'what the server sets stays',
    updates: [{ id: 'mine', object: 'other', expires_at: 1, model: 'other-model' }],
    session: { id: 'sess_1', object: 'realtime.session', expires_at: 1_700_000_000, model: 'other-model' },
  },
  {
    name: 'unknown fields are kept and merged',
    updates: [{ future: { a: 1, b: { c: 2 } } }, { future: { b: { d: 3 } } }],
    session: { future: { a: 1, b: { c: 2, d: 3 } } },
  },
];

for (const { name, updates, session } of merges) {
  t.test(name, (t) => {
    const merged = updates.reduce<WireSession>((before, update) => mergeSession(before, update), initial);
    t.match(merged, session);
    t.same(JSON.parse(JSON.stringify(merged)), merged, 'it can be echoed');
    t.end();
  });
}

t.test('names that every object has are no settings of ours', (t) => {
  const update = JSON.parse(
    '{"__proto__":{"future":1},"audio":{"__proto__":{"input":null}},"constructor":{"x":1}}',
  ) as Update;
  const merged = mergeSession(initial, update);
  t.equal(merged['future'], undefined);
  t.same(merged.audio, initial.audio);
  t.equal(Object.getPrototypeOf(merged), Object.prototype);
  t.match(JSON.parse(JSON.stringify(merged)), { constructor: { x: 1 } });
  t.end();
});

const deep = (): Update => {
  let value: Update = {};
  for (let level = 0; level < 100_000; level += 1) value = { value };
  return value;
};

const refusals: readonly { readonly name: string; readonly update: Update; readonly field: string }[] = [
  {
    name: 'two modalities',
    update: { output_modalities: ['text', 'audio'] },
    field: 'session.output_modalities',
  },
  {
    name: 'a speed beyond the limit',
    update: { audio: { output: { speed: 2 } } },
    field: 'session.audio.output.speed',
  },
  { name: 'no tokens', update: { max_output_tokens: 0 }, field: 'session.max_output_tokens' },
  { name: 'instructions that are no text', update: { instructions: 7 }, field: 'session.instructions' },
  { name: 'audio that is cleared', update: { audio: null }, field: 'session.audio' },
  {
    name: 'an unknown turn detection',
    update: input({ turn_detection: { type: 'telepathy' } }),
    field: 'session.audio.input.turn_detection.type',
  },
  { name: 'a tool without a name', update: { tools: [{ type: 'function' }] }, field: 'session.tools.0' },
  { name: 'more than it may hold', update: { future: 'x'.repeat(1024 * 1024) }, field: 'session' },
  { name: 'more levels than can be written', update: { future: deep() }, field: 'session' },
];

for (const { name, update, field } of refusals) {
  t.test(`refused: ${name}`, (t) => {
    t.throws(() => mergeSession(initial, update), { name: 'AttuneError', field, code: /^(invalid_value|missing_)/u });
    t.end();
  });
}

t.test('what it means inside', (t) => {
  t.match(settingsOf(initial), {
    modality: 'audio',
    transcription: null,
    turnDetection: { type: 'silence', silenceDurationMs: 500, idleTimeoutMs: null, createReply: true },
    maxOutputTokens: null,
    toolChoice: 'auto',
    emotionEnabled: true,
    tones: null,
    locale: 'en-US',
  });
  const chosen = mergeSession(initial, {
    tool_choice: { type: 'function', name: 'look_up' },
    tools: [{ type: 'mcp' }, { type: 'function', name: 'look_up' }],
    max_output_tokens: 50,
    audio: {
      input: {
        transcription: { language: 'en', prompt: 'Names: Zoë, O’Brien, Zoë' },
        turn_detection: { type: 'semantic_vad', eagerness: 'auto', interrupt_response: false },
      },
      output: { voice: { id: 'rms' } },
    },
    attune: { emotion: false, line_tones: true },
  });
  t.match(settingsOf(chosen), {
    toolChoice: { name: 'look_up' },
    tools: [{ name: 'look_up' }],
    maxOutputTokens: 50,
    voice: 'rms',
    transcription: { language: 'en', hotwords: ['Zoë', 'O’Brien'] },
    turnDetection: { type: 'semantic', eagerness: 'medium', interruptReply: false },
    emotionEnabled: false,
    tones: { fax: 'tell', beep: 'tell' },
    locale: 'en-US',
  });
  t.end();
});

t.test('a session that only transcribes never answers', (t) => {
  const transcribing = mergeSession(initial, { type: 'transcription', audio: { input: { transcription: {} } } });
  t.match(settingsOf(transcribing), { turnDetection: { createReply: false } });
  t.end();
});
