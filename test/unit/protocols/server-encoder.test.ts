/**
 * Session events on the wire: fields that clients check, transcripts that only grow, sound of the right length.
 */
import t from 'tap';
import { ResponseCourse } from '../../../src/stages/response/response-course.js';
import { decideResponse } from '../../../src/stages/response/response-policy.js';
import { AttuneError } from '../../../src/core/errors.js';
import { errorCatalogue, type ErrorCode } from '../../../src/core/error-catalogue.js';
import { OpenAiRealtimeProtocol } from '../../../src/protocols/openai-realtime/openai-realtime-protocol.js';
import type { MessageItem, ReplyDescription, SessionEvent } from '../../../src/session/events.js';
import { wireSession } from '../../support/wire-session.js';

type Wire = Record<string, unknown> & { readonly type: string };

class Connection {
  readonly #protocol: OpenAiRealtimeProtocol;

  constructor(session: Readonly<Record<string, unknown>> = {}) {
    let ids = 0;
    this.#protocol = new OpenAiRealtimeProtocol({
      broughtSession: null,
      session: wireSession,
      conversationId: 'conv_1',
      newId: (prefix) => `${prefix}_${(ids += 1)}`,
    });
    this.#protocol.decode(JSON.stringify({ type: 'session.update', session }));
  }

  encode(...events: readonly SessionEvent[]): readonly Wire[] {
    return events.flatMap((event) => this.#protocol.encode(event)).map((text) => JSON.parse(String(text)) as Wire);
  }
}

const transcribing = { audio: { input: { transcription: { model: 'whisper-1' } } } };
const itemId = 'item_1';

const partial = (text: string, stableText: string): SessionEvent => ({
  type: 'transcript.partial',
  itemId,
  text,
  stableText,
});
const final = (writtenText: string): SessionEvent => ({
  type: 'transcript.final',
  itemId,
  text: 'Spoken.',
  writtenText,
  writtenSpans: [],
  words: [],
  confidence: 0.9,
  audioMs: 1_500,
});

const transcripts: readonly {
  readonly name: string;
  readonly events: readonly SessionEvent[];
  readonly deltas: readonly string[];
}[] = [
  {
    name: 'what is stable is sent once',
    events: [
      partial('where', ''),
      partial('where is', 'where'),
      partial('where is my', 'where'),
      partial('where is my order', 'where is my'),
    ],
    deltas: ['where', ' is my'],
  },
  {
    name: 'a final text that continues the partial one adds the rest',
    events: [partial('where is', 'where is'), final('where is my order')],
    deltas: ['where is', ' my order'],
  },
  {
    name: 'a final text that was written otherwise is only in completed',
    events: [partial('where is', 'where is'), final('Where is my order?')],
    deltas: ['where is'],
  },
  {
    name: 'a stable text that changed is not taken back',
    events: [partial('a', 'wear'), partial('b', 'where is')],
    deltas: ['wear'],
  },
  {
    name: 'a failed one leaves nothing',
    events: [
      partial('a', 'one'),
      { type: 'transcript.failed', itemId, error: new AttuneError('INFERENCE_FAILED', 'x') },
      partial('b', 'two'),
    ],
    deltas: ['one', 'two'],
  },
];

for (const { name, events, deltas } of transcripts) {
  t.test(`transcripts: ${name}`, (t) => {
    const wire = new Connection(transcribing).encode(...events);
    const sent = wire.filter(({ type }) => type === 'conversation.item.input_audio_transcription.delta');
    t.same(
      sent.map((event) => event['delta']),
      deltas,
    );
    const completed = wire.filter(({ type }) => type.endsWith('.completed'));
    t.equal(completed.length, events.filter((event) => event.type === 'transcript.final').length);
    t.end();
  });
}

t.test('a client that wants no transcripts gets only the vendor events', (t) => {
  const wire = new Connection().encode(partial('a', 'a'), final('A.'), {
    type: 'transcript.failed',
    itemId,
    error: new AttuneError('INFERENCE_FAILED', 'x'),
  });
  t.same(
    wire.map(({ type }) => type),
    ['attune.transcript', 'attune.words'],
  );
  t.end();
});

const undecided = decideResponse(
  { rules: [], locales: [] },
  { feeling: null, locale: 'en-US', course: new ResponseCourse() },
);
const reply: ReplyDescription = {
  id: 'resp_1',
  inConversation: true,
  modality: 'audio',
  voice: 'slt',
  metadata: null,
  maxOutputTokens: null,
};
const at = { replyId: 'resp_1', itemId: 'item_2', outputIndex: 0 };
const spoken: MessageItem = {
  kind: 'message',
  id: 'item_2',
  role: 'assistant',
  status: 'completed',
  text: 'Hello there.',
  spoken: true,
  audioMs: 1_001,
};
const call = {
  kind: 'tool-call',
  id: 'item_3',
  status: 'completed',
  callId: 'call_1',
  name: 'look_up',
  argumentsJson: '{"a":1}',
} as const;
const user: MessageItem = {
  kind: 'message',
  id: itemId,
  role: 'user',
  status: 'completed',
  text: null,
  spoken: true,
  audioMs: 900,
};

function audio(samples: number): SessionEvent {
  return { type: 'reply.audio', ...at, samples: new Float32Array(samples).fill(0.25), sampleRateHz: 16_000 };
}

function spokenReply(status: 'completed' | 'incomplete'): readonly SessionEvent[] {
  return [
    { type: 'reply.started', reply, decision: undecided },
    { type: 'reply.message.started', ...at, previousItemId: itemId, inConversation: true, modality: 'audio' },
    { type: 'reply.text', ...at, delta: 'Hello ', modality: 'audio' },
    { type: 'reply.text', ...at, delta: 'there.', modality: 'audio' },
    ...Array.from({ length: 10 }, () => audio(1_601)),
    {
      type: 'reply.message.ended',
      ...at,
      item: { ...spoken, status },
      previousItemId: itemId,
      inConversation: true,
      modality: 'audio',
    },
  ];
}

t.test('errors: every code is told with texts where clients want texts', (t) => {
  const connection = new Connection(transcribing);
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    const error = new AttuneError(code, 'What is wrong.');
    const told = connection.encode(
      { type: 'request.failed', error, clientEventId: null },
      { type: 'transcript.failed', itemId, error },
      { type: 'degraded', component: 'tts', error, itemId: null },
    );
    const ended = connection.encode({
      type: 'reply.ended',
      reply,
      status: 'failed',
      reason: 'error',
      error,
      output: [],
      usage: null,
    });
    const details = (ended[0]?.['response'] as { status_details: { error: unknown } }).status_details;
    for (const wire of [...told.map((event) => event['error']), details.error]) {
      t.match(wire, { type: /^(invalid_request|server)_error$/u, code, message: /What is wrong\. \S/u }, code);
    }
  }
  const [named] = connection.encode({
    type: 'request.failed',
    error: new AttuneError('invalid_value', 'x', { field: 'a.b' }),
    clientEventId: 'mine',
  });
  t.match(named, {
    type: 'error',
    event_id: /^event_/u,
    error: { type: 'invalid_request_error', param: 'a.b', event_id: 'mine' },
  });
  t.end();
});

/** A turn with a tool call as the session tells it, and the wire's events for each step. */
const recorded: readonly {
  readonly events: readonly SessionEvent[];
  readonly wire: readonly Readonly<Record<string, unknown>>[];
}[] = [
  {
    events: [{ type: 'speech.started', itemId, startMs: 100.4 }],
    wire: [{ type: 'input_audio_buffer.speech_started', item_id: itemId, audio_start_ms: 100 }],
  },
  {
    events: [{ type: 'speech.ended', itemId, endMs: 1_000.5 }],
    wire: [{ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 1_001 }],
  },
  {
    events: [{ type: 'utterance.committed', itemId, previousItemId: null }],
    wire: [{ type: 'input_audio_buffer.committed', previous_item_id: null }],
  },
  {
    events: [{ type: 'item.added', item: user, previousItemId: null }],
    wire: [
      {
        type: 'conversation.item.added',
        item: {
          object: 'realtime.item',
          type: 'message',
          status: 'completed',
          content: [{ type: 'input_audio', transcript: null }],
        },
      },
    ],
  },
  {
    events: [final('Hi.')],
    wire: [
      { type: 'attune.words' },
      { type: 'conversation.item.input_audio_transcription.delta' },
      {
        type: 'conversation.item.input_audio_transcription.completed',
        transcript: 'Hi.',
        usage: { type: 'duration', seconds: 1.5 },
      },
    ],
  },
  {
    events: [{ type: 'reply.started', reply, decision: undecided }],
    wire: [
      {
        type: 'response.created',
        response: {
          id: 'resp_1',
          object: 'realtime.response',
          status: 'in_progress',
          conversation_id: 'conv_1',
          output: [],
          max_output_tokens: 'inf',
        },
      },
    ],
  },
  {
    events: spokenReply('completed').slice(1, 4),
    wire: [
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { id: 'item_2', status: 'in_progress', content: [] },
      },
      { type: 'conversation.item.added', previous_item_id: itemId },
      { type: 'response.content_part.added', content_index: 0, part: { type: 'audio' } },
      { type: 'response.output_audio_transcript.delta', delta: 'Hello ' },
      { type: 'response.output_audio_transcript.delta', delta: 'there.' },
    ],
  },
  {
    events: spokenReply('completed').slice(-1),
    wire: [
      { type: 'response.output_audio.done', response_id: 'resp_1', item_id: 'item_2' },
      { type: 'response.output_audio_transcript.done', transcript: 'Hello there.' },
      { type: 'response.content_part.done', part: { transcript: 'Hello there.' } },
      { type: 'conversation.item.done', item: { status: 'completed' } },
      { type: 'response.output_item.done', item: { content: [{ type: 'output_audio', transcript: 'Hello there.' }] } },
    ],
  },
  {
    events: [
      {
        type: 'reply.tool.started',
        ...at,
        itemId: call.id,
        outputIndex: 1,
        item: { ...call, status: 'in-progress' },
        previousItemId: 'item_2',
        inConversation: true,
      },
      { type: 'reply.tool.delta', ...at, itemId: call.id, outputIndex: 1, callId: call.callId, delta: '{"a":1}' },
      {
        type: 'reply.tool.ended',
        ...at,
        itemId: call.id,
        outputIndex: 1,
        item: call,
        previousItemId: 'item_2',
        inConversation: true,
      },
    ],
    wire: [
      { type: 'response.output_item.added', output_index: 1, item: { type: 'function_call', arguments: '' } },
      { type: 'conversation.item.added' },
      { type: 'response.function_call_arguments.delta', call_id: 'call_1', delta: '{"a":1}' },
      { type: 'response.function_call_arguments.done', name: 'look_up', arguments: '{"a":1}' },
      { type: 'conversation.item.done' },
      { type: 'response.output_item.done', item: { call_id: 'call_1', arguments: '{"a":1}' } },
    ],
  },
  {
    events: [
      {
        type: 'reply.ended',
        reply,
        status: 'completed',
        reason: 'finished',
        error: null,
        output: [spoken, call],
        usage: { inputTokens: 3, outputTokens: 4 },
      },
    ],
    wire: [
      {
        type: 'response.done',
        response: {
          status: 'completed',
          status_details: null,
          output: [{ type: 'message' }, { type: 'function_call' }],
          usage: { total_tokens: 7 },
        },
      },
    ],
  },
  { events: [{ type: 'session.ended', error: null }], wire: [] },
];

t.test('a recorded turn, step by step', (t) => {
  const connection = new Connection(transcribing);
  for (const { events, wire } of recorded) {
    const told = connection.encode(...events);
    t.equal(told.length, wire.length, `for ${events[0]?.type}`);
    t.match(told, wire);
    t.ok(told.every((event) => typeof event['event_id'] === 'string'));
  }
  t.end();
});

t.test('a reply outside the conversation has no conversation events', (t) => {
  const outside = spokenReply('completed').map((event) =>
    'inConversation' in event ? { ...event, inConversation: false } : event,
  ) as SessionEvent[];
  t.notOk(new Connection().encode(...outside).some(({ type }) => type.startsWith('conversation.')));
  t.end();
});

const formats = [
  { type: 'audio/pcm', bytesPerSample: 2, rateHz: 24_000 },
  { type: 'audio/pcmu', bytesPerSample: 1, rateHz: 8_000 },
];

for (const { type, bytesPerSample, rateHz } of formats) {
  t.test(`${type}: all sound of an item, to the sample, and for a broken one nothing after its end`, (t) => {
    const bytesOf = (wire: readonly Wire[]): number =>
      wire
        .filter((event) => event.type === 'response.output_audio.delta')
        .reduce((sum, event) => sum + Buffer.from(String(event['delta']), 'base64').length, 0);
    const session = { audio: { output: { format: { type } } } };
    const whole = new Connection(session).encode(...spokenReply('completed'));
    t.equal(bytesOf(whole), Math.round((16_010 * rateHz) / 16_000) * bytesPerSample);
    const last = whole.map((event) => event.type).lastIndexOf('response.output_audio.delta');
    t.equal(whole[last + 1]?.type, 'response.output_audio.done', 'done follows the last sound');
    const broken = new Connection(session);
    broken.encode(...spokenReply('incomplete').slice(0, -1));
    t.equal(bytesOf(broken.encode(...spokenReply('incomplete').slice(-1))), 0);
    t.end();
  });
}

t.test('machines on the line', async (t) => {
  const heard = new Connection().encode({
    type: 'tone.detected',
    tone: 'fax-calling',
    frequencyHz: 1_100,
    startMs: 4_000.4,
    endMs: 4_500,
  });
  t.same(heard, [
    {
      type: 'attune.tone',
      event_id: heard[0]?.['event_id'],
      tone: 'fax-calling',
      frequency_hz: 1_100,
      audio_start_ms: 4_000,
      audio_end_ms: 4_500,
    },
  ]);
});

t.test('a call on hold, and taken back', async (t) => {
  const told = new Connection().encode(
    { type: 'call.held' },
    { type: 'line.audio', samples: new Float32Array(160), sampleRateHz: 16_000 },
    { type: 'call.taken-back', heldMs: 1_500.4 },
  );
  t.match(told, [{ type: 'attune.call.held' }, { type: 'attune.call.taken_back', held_ms: 1_500 }]);
  t.equal(told.length, 2, 'its client makes the sound of waiting itself');
});
