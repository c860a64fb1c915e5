/**
 * EVI messages both ways, without a socket: what is read, what is refused, and in which order things are told.
 */
import t from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { EviProtocol } from '../../../src/protocols/evi/evi-protocol.js';
import { ProtocolError } from '../../../src/protocols/protocol.js';
import type { SessionEvent } from '../../../src/session/events.js';

function protocol(query = ''): EviProtocol {
  return new EviProtocol({
    query: new URLSearchParams(query),
    defaultPrompt: 'Be kind.',
    chatId: 'chat-1',
    chatGroupId: 'group-1',
    requestId: 'conn-1',
    wallTimeMs: () => 1_700_000_000_000,
  });
}

const send = (evi: EviProtocol, message: object) => evi.decode(JSON.stringify(message));
const told = (evi: EviProtocol, ...events: readonly object[]) =>
  events
    .flatMap((event) => evi.encode(event as SessionEvent))
    .map((message) => JSON.parse(message as string) as Record<string, unknown>);

t.test('settings in the query, brackets and all', async (t) => {
  const evi = protocol(
    'session_settings[system_prompt]=You are {{ who }}.&session_settings[variables][who]=Ada&session_settings[audio][encoding]=linear16&session_settings[audio][sample_rate]=16000&session_settings[context][text]=It rains.&session_settings[context][type]=persistent&fernSdkVersion=1&session_settings[__proto__][x]=1',
  );
  t.equal(evi.initialSettings.instructions, 'You are Ada.\n\nIt rains.');
  const [event] = send(evi, { type: 'audio_input', data: Buffer.alloc(640).toString('base64') });
  t.match(event, { type: 'audio', frame: { sampleRateHz: 16_000, startSample: 0 } });
});

t.test('a variable that nobody has set stays as it is written, whatever objects have by nature', async (t) => {
  const evi = protocol();
  const events = send(evi, {
    type: 'session_settings',
    system_prompt: '{{constructor}} {{ toString }} {{who}}',
    variables: { who: 'Ada' },
  });
  t.match(events, [{ patch: { instructions: '{{constructor}} {{ toString }} Ada' } }]);
});

t.test('settings in the query that do not fit are told, and the chat goes on', async (t) => {
  const evi = protocol('session_settings[audio][encoding]=linear16&session_settings[audio][sample_rate]=12');
  const [first, second] = told(evi, { type: 'session.ready', settings: { emotionEnabled: true } });
  t.match(first, { type: 'chat_metadata' });
  t.match(second, { type: 'error', code: 'invalid_value', message: /session_settings\.audio\.sample_rate/ });
  t.match(send(evi, { type: 'user_input', text: 'hello' }), [{ type: 'item.create' }, {}]);
});

t.test('what clients send', async (t) => {
  const evi = protocol();
  t.match(send(evi, { type: 'user_input', text: 'hello' }), [
    { type: 'item.create', item: { role: 'user', text: 'hello' } },
    { type: 'reply.create', overtakes: true },
  ]);
  t.match(send(evi, { type: 'assistant_input', text: 'One moment.' }), [{ type: 'reply.say', text: 'One moment.' }]);
  t.match(send(evi, { type: 'tool_response', tool_call_id: 'c', content: '5' }), [
    { item: { kind: 'tool-result', callId: 'c', output: '5' } },
    { type: 'reply.create' },
  ]);
  t.match(send(evi, { type: 'tool_error', tool_call_id: 'c', error: 'gone', content: null }), [
    { item: { output: '{"error":"gone"}' } },
    {},
  ]);
  t.match(send(evi, { type: 'pause_assistant_message' }), [{ patch: { turnDetection: { createReply: false } } }]);
  t.match(
    send(evi, { type: 'user_input', text: 'still there?' }),
    [{ type: 'item.create' }],
    'not answered while paused',
  );
  t.match(send(evi, { type: 'resume_assistant_message' }), [{ patch: { turnDetection: { createReply: true } } }]);
  t.match(send(evi, { type: 'session_settings', context: { text: 'They are late.', type: 'temporary' } }), [
    { type: 'settings.update' },
    { item: { role: 'system', text: 'They are late.' } },
  ]);
});

t.test('stereo is mixed, and a change of rate goes on at the same moment', async (t) => {
  const evi = protocol();
  send(evi, { type: 'session_settings', audio: { encoding: 'linear16', sample_rate: 16_000, channels: 2 } });
  const stereo = new Int16Array([1_000, 3_000, -2_000, 2_000]);
  const [first] = evi.decode(new Uint8Array(stereo.buffer));
  t.match(first, { type: 'audio', frame: { samples: [2_000 / 32_768, 0] } });
  send(evi, { type: 'session_settings', audio: { encoding: 'linear16', sample_rate: 8_000, channels: 1 } });
  const [second] = evi.decode(new Uint8Array(4));
  t.match(second, { frame: { sampleRateHz: 8_000, startSample: 1 } });
});

const faults: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['no JSON', '{', 'invalid_event'],
  ['no object', '[]', 'invalid_event'],
  ['no type', '{}', 'missing_required_parameter'],
  ['another type', '{"type":"shout"}', 'invalid_event'],
  ['no text', '{"type":"user_input"}', 'missing_required_parameter'],
  ['no base64', '{"type":"audio_input","data":"*"}', 'invalid_value'],
  ['sound without a format', new Uint8Array(8), 'invalid_value'],
  [
    'a tool without a schema',
    '{"type":"session_settings","tools":[{"type":"function","name":"f","parameters":"5"}]}',
    'invalid_value',
  ],
];

for (const [name, message, code] of faults) {
  t.test(`${name} is refused, and the chat goes on`, async (t) => {
    const evi = protocol();
    try {
      evi.decode(message);
      t.fail('it was accepted');
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      t.equal(error.cause.code, code);
    }
    t.match(send(evi, { type: 'user_input', text: 'hello' }), [{}, {}]);
  });
}

const started = { type: 'session.ready', sessionId: 's', settings: { emotionEnabled: true } };
const heard = (itemId: string, text: string) => [
  { type: 'speech.started', itemId, startMs: 100 },
  { type: 'speech.ended', itemId, endMs: 1_900 },
  { type: 'transcript.final', itemId, text, writtenText: text, audioMs: 1_800 },
];

t.test('a user’s message waits for its feeling, once; noise is no message', async (t) => {
  const evi = protocol();
  t.match(told(evi, started), [{ type: 'chat_metadata', chat_id: 'chat-1', chat_group_id: 'group-1' }]);
  t.same(told(evi, ...heard('u1', 'Hello.')), []);
  const scores = { Joy: 0.5 };
  t.match(told(evi, { type: 'emotion.estimated', itemId: 'u1', final: true, expressions: scores }), [
    {
      type: 'user_message',
      time: { begin: 100, end: 1_900 },
      models: { prosody: { scores } },
      interim: false,
      from_text: false,
    },
  ]);
  t.same(told(evi, { type: 'emotion.estimated', itemId: 'u1', final: true, expressions: scores }), []);
  t.same(
    told(evi, ...heard('u2', ''), { type: 'emotion.estimated', itemId: 'u2', final: true, expressions: scores }),
    [],
  );
  told(evi, { type: 'settings.updated', settings: { emotionEnabled: false } });
  t.match(told(evi, ...heard('u3', 'Bye.')), [{ type: 'user_message', models: {}, message: { content: 'Bye.' } }]);
});

t.test('an interrupted answer sends nothing more, and has no end', async (t) => {
  const evi = protocol('verbose_transcription=true');
  const reply = { id: 'r1' };
  const part = { replyId: 'r1', itemId: 'a1', outputIndex: 0 };
  const style = { name: 'neutral', pitchShiftSemitones: 0, pitchRangeScale: 1, rateScale: 1, gainDb: 0, pauseScale: 1 };
  const clause = { type: 'reply.clause', ...part, text: 'First.', style };
  const sound = { type: 'reply.audio', ...part, samples: new Float32Array(160), sampleRateHz: 16_000 };
  told(evi, started);
  const before = told(evi, { type: 'reply.started', reply }, clause, sound, sound);
  t.same(
    before.map(({ type, index }) => [type, index]),
    [
      ['assistant_message', undefined],
      ['assistant_prosody', undefined],
      ['audio_output', 0],
      ['audio_output', 1],
    ],
  );
  const after = told(
    evi,
    { type: 'speech.started', itemId: 'u', startMs: 5 },
    sound,
    { ...clause, text: 'Second.' },
    { type: 'reply.ended', reply, status: 'cancelled', error: null, output: [] },
    { type: 'transcript.partial', itemId: 'u', text: 'wait', stableText: '' },
  );
  t.same(
    after.map(({ type }) => type),
    ['user_interruption', 'user_message'],
  );
  t.match(after[0], { time: 1_700_000_000_000 });
  t.match(after[1], { interim: true, message: { content: 'wait' } });
});

t.test('typed words break off the answer, unless answers are paused', async (t) => {
  const part = { replyId: 'r1', itemId: 'a1', outputIndex: 0 };
  const sound = { type: 'reply.audio', ...part, samples: new Float32Array(16), sampleRateHz: 16_000 };
  const typed = { type: 'item.added', item: { kind: 'message', role: 'user', spoken: false, text: 'Stop.' } };
  const typesAfter = (evi: EviProtocol): readonly unknown[] =>
    told(evi, typed, sound, {
      type: 'reply.ended',
      reply: { id: 'r1' },
      status: 'cancelled',
      error: null,
      output: [],
    }).map(({ type }) => type);
  const evi = protocol();
  told(evi, started, { type: 'reply.started', reply: { id: 'r1' } }, sound);
  t.same(typesAfter(evi), ['user_interruption', 'user_message']);
  const paused = protocol();
  told(paused, started, { type: 'reply.started', reply: { id: 'r1' } }, sound);
  send(paused, { type: 'pause_assistant_message' });
  t.same(typesAfter(paused), ['user_message', 'audio_output']);
});

t.test('an answer that nobody heard yet is not interrupted, only dropped', async (t) => {
  const evi = protocol();
  const part = { replyId: 'r1', itemId: 'a1', outputIndex: 0 };
  told(evi, started, { type: 'reply.started', reply: { id: 'r1' } });
  t.same(told(evi, { type: 'speech.started', itemId: 'u', startMs: 5 }), []);
  t.same(told(evi, { type: 'reply.audio', ...part, samples: new Float32Array(16), sampleRateHz: 16_000 }), []);
});

t.test('the id of the client’s own session is on every message once it is known', async (t) => {
  const evi = protocol();
  t.notOk('custom_session_id' in told(evi, started)[0]!);
  send(evi, { type: 'session_settings', custom_session_id: 'mine' });
  const failed = {
    type: 'request.failed',
    error: new AttuneError('invalid_value', 'no', { field: 'x', hint: 'Try y.' }),
    clientEventId: null,
  };
  t.match(told(evi, failed), [
    {
      type: 'error',
      code: 'invalid_value',
      slug: 'invalid_value',
      message: 'no (x). Try y.',
      custom_session_id: 'mine',
    },
  ]);
});
