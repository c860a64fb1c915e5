/**
 * What a client says on the wire, message by message, and that nothing it may say breaks the decoder.
 */
import t from 'tap';
import { ClientDecoder } from '../../../src/protocols/openai-realtime/client-decoder.js';
import { initialSession } from '../../../src/protocols/openai-realtime/session-object.js';
import { ProtocolError } from '../../../src/protocols/protocol.js';
import { seededRandom } from '../../support/simulated-phones.js';
import { wireSession } from '../../support/wire-session.js';

function newDecoder(): ClientDecoder {
  return new ClientDecoder(initialSession(wireSession));
}

type Wire = Readonly<Record<string, unknown>>;

const pcm = (samples: number): string => Buffer.alloc(samples * 2).toString('base64');

const user = (...content: readonly Wire[]): Wire => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content },
});

/** A conversation as clients hold it, with what each message means. */
const conversation: readonly { readonly wire: Wire; readonly event: Wire }[] = [
  {
    wire: { type: 'session.update', event_id: 'e1', session: { type: 'realtime', instructions: 'Short.' } },
    event: { type: 'settings.update', clientEventId: 'e1', patch: { instructions: 'Short.' } },
  },
  { wire: { type: 'input_audio_buffer.append', audio: pcm(480) }, event: { type: 'audio', frame: { startSample: 0 } } },
  {
    wire: { type: 'input_audio_buffer.append', audio: pcm(480) },
    event: { type: 'audio', clientEventId: null, frame: { startSample: 480, sampleRateHz: 24_000 } },
  },
  { wire: { type: 'input_audio_buffer.commit' }, event: { type: 'input.commit' } },
  { wire: { type: 'input_audio_buffer.clear', event_id: 7 }, event: { type: 'input.clear', clientEventId: null } },
  {
    wire: { ...user({ type: 'input_text', text: 'Hello' }), previous_item_id: 'root' },
    event: { type: 'item.create', after: 'root', item: { kind: 'message', role: 'user', text: 'Hello' } },
  },
  {
    wire: user({ type: 'input_text', text: 'A' }, { type: 'input_image' }, { type: 'input_text', text: 'B' }),
    event: { type: 'item.create', after: null, item: { kind: 'message', text: 'A\nB' } },
  },
  {
    wire: user({ type: 'input_audio', audio: pcm(2_400), transcript: 'Said' }),
    event: { type: 'item.create', item: { kind: 'speech', transcript: 'Said', frame: { sampleRateHz: 24_000 } } },
  },
  {
    wire: user({ type: 'input_audio', audio: pcm(2_400) }),
    event: { type: 'item.create', item: { kind: 'speech', transcript: null } },
  },
  {
    wire: {
      type: 'conversation.item.create',
      item: { type: 'message', id: 'a1', role: 'assistant', content: [{ type: 'output_audio', transcript: 'I said' }] },
    },
    event: { type: 'item.create', item: { kind: 'message', id: 'a1', role: 'assistant', text: 'I said' } },
  },
  {
    wire: {
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: 'c1', output: '{"ok":true}' },
    },
    event: { type: 'item.create', item: { kind: 'tool-result', callId: 'c1', output: '{"ok":true}' } },
  },
  {
    wire: {
      type: 'conversation.item.create',
      item: { type: 'function_call', call_id: 'c1', name: 'look_up', arguments: '{}' },
    },
    event: { type: 'item.create', item: { kind: 'tool-call', callId: 'c1', name: 'look_up', argumentsJson: '{}' } },
  },
  { wire: { type: 'conversation.item.retrieve', item_id: 'a1' }, event: { type: 'item.retrieve', itemId: 'a1' } },
  { wire: { type: 'conversation.item.delete', item_id: 'a1' }, event: { type: 'item.delete', itemId: 'a1' } },
  {
    wire: { type: 'conversation.item.truncate', item_id: 'a1', content_index: 0, audio_end_ms: 120 },
    event: { type: 'item.truncate', itemId: 'a1', audioEndMs: 120 },
  },
  {
    wire: { type: 'response.create' },
    event: { type: 'reply.create', request: { inConversation: true, input: null, modality: null, tools: null } },
  },
  { wire: { type: 'response.create', response: null }, event: { type: 'reply.create', request: { input: null } } },
  {
    wire: {
      type: 'response.create',
      response: {
        conversation: 'none',
        input: [
          { type: 'item_reference', id: 'a1' },
          { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'Sum up.' }] },
        ],
        output_modalities: ['text'],
        max_output_tokens: 'inf',
        tool_choice: 'none',
        metadata: { topic: 'side' },
      },
    },
    event: {
      type: 'reply.create',
      request: {
        inConversation: false,
        input: [
          { kind: 'reference', id: 'a1' },
          { kind: 'message', role: 'system', text: 'Sum up.' },
        ],
        modality: 'text',
        maxOutputTokens: null,
        toolChoice: 'none',
        metadata: { topic: 'side' },
      },
    },
  },
  { wire: { type: 'response.cancel' }, event: { type: 'reply.cancel', replyId: null } },
  { wire: { type: 'response.cancel', response_id: 'r1' }, event: { type: 'reply.cancel', replyId: 'r1' } },
];

t.test('a recorded conversation, message by message', (t) => {
  const decoder = newDecoder();
  for (const { wire, event } of conversation) {
    t.match(decoder.decode(JSON.stringify(wire)), [event], String(wire['type']));
  }
  t.end();
});

const refusals: readonly { readonly wire: Wire; readonly code: string; readonly field?: string }[] = [
  { wire: { type: 'constructor' }, code: 'invalid_event', field: 'type' },
  { wire: { type: 7 }, code: 'missing_required_parameter', field: 'type' },
  { wire: { type: 'session.update' }, code: 'missing_required_parameter', field: 'session' },
  { wire: user(), code: 'invalid_value', field: 'item.content' },
  { wire: user({ type: 'input_image' }), code: 'invalid_value', field: 'item.content' },
  { wire: user({ type: 'input_audio', audio: 'AAAA' }), code: 'AUDIO_ODD_BYTE_COUNT', field: 'item.content' },
  { wire: user({ type: 'input_audio', audio: '!' }), code: 'invalid_value', field: 'item.content' },
  {
    wire: { type: 'conversation.item.truncate', item_id: 'a', audio_end_ms: -1 },
    code: 'invalid_value',
    field: 'audio_end_ms',
  },
  {
    wire: { type: 'conversation.item.truncate', item_id: 'a', audio_end_ms: 1.5 },
    code: 'invalid_value',
    field: 'audio_end_ms',
  },
  { wire: { type: 'conversation.item.delete', item_id: '' }, code: 'invalid_value', field: 'item_id' },
  {
    wire: { type: 'response.create', response: { max_output_tokens: 'many' } },
    code: 'invalid_value',
    field: 'response.max_output_tokens',
  },
];

t.test('refusals name the code, the field and the message', (t) => {
  const decoder = newDecoder();
  for (const { wire, code, field } of refusals) {
    const refused = refusalOf(decoder, JSON.stringify({ ...wire, event_id: 'mine' }));
    t.match(refused?.cause, { code, field }, JSON.stringify(wire));
    t.equal(refused?.clientEventId, 'mine');
  }
  for (const message of ['', 'null', '[]', '"text"', '7', '{', Buffer.from('{}')]) {
    t.match(refusalOf(decoder, message)?.cause, { code: 'invalid_event' }, String(message));
  }
  t.end();
});

t.test('a refused update leaves the session as it was', (t) => {
  const decoder = newDecoder();
  const before = decoder.session;
  const session = { instructions: 'New.', audio: { output: { speed: 9 } } };
  t.ok(refusalOf(decoder, JSON.stringify({ type: 'session.update', session })));
  t.equal(decoder.session, before);
  t.end();
});

/** Values that a careless or hostile client might put anywhere. */
const oddValues: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(70),
  'AAA',
  [],
  [[]],
  {},
  { type: 'message' },
  { type: 'server_vad' },
  { __proto__: null, toString: 1 },
];

t.test('5,000 mutated messages: understood or refused, never anything else', (t) => {
  const random = seededRandom(20_260);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const decoder = newDecoder();
  const outcomes = { understood: 0, refused: 0 };
  for (let round = 0; round < 5_000; round += 1) {
    const message = mutated(JSON.stringify(pick(conversation).wire), random, pick);
    try {
      const events = decoder.decode(message);
      if (events.length !== 1) t.fail(`${events.length} events for ${message}`);
      outcomes.understood += 1;
    } catch (error) {
      if (!(error instanceof ProtocolError)) return t.fail(`${String(error)} for ${message}`);
      if (error.cause.code === 'INTERNAL' || error.cause.code === 'INVARIANT_BROKEN') t.fail(message);
      outcomes.refused += 1;
    }
  }
  t.ok(outcomes.understood > 500 && outcomes.refused > 500, JSON.stringify(outcomes));
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
  t.doesNotThrow(() => JSON.stringify(decoder.session));
  return t.end();
});

t.test('on hold and taken back', async (t) => {
  const decoder = new ClientDecoder(initialSession(wireSession));
  t.match(decoder.decode('{"type":"attune.call.hold","event_id":"e1"}'), [{ type: 'call.hold', clientEventId: 'e1' }]);
  t.match(decoder.decode('{"type":"attune.call.take_back"}'), [{ type: 'call.take-back' }]);
});

/** Half of the time a value somewhere in the message is another one, otherwise its text is damaged. */
function mutated(json: string, random: () => number, pick: <T>(values: readonly T[]) => T): string {
  if (random() < 0.3) {
    const at = Math.floor(random() * json.length);
    return json.slice(0, at) + pick(['', '"', '}', '\\', '0', '\u2028']) + json.slice(at + Math.floor(random() * 3));
  }
  const message = JSON.parse(json) as Record<string, unknown>;
  let place: Record<string, unknown> = message;
  for (;;) {
    const key = pick([...Object.keys(place), 'extra', '__proto__']);
    const inside = Object.hasOwn(place, key) ? place[key] : undefined;
    if (typeof inside === 'object' && inside !== null && random() < 0.8) {
      place = inside as Record<string, unknown>;
      continue;
    }
    Object.defineProperty(place, key, { value: pick(oddValues), enumerable: true, configurable: true, writable: true });
    return JSON.stringify(message).replace('"extra":', random() < 0.5 ? '"__proto__":' : '"polluted":');
  }
}

function refusalOf(decoder: ClientDecoder, message: string | Uint8Array): ProtocolError | undefined {
  try {
    decoder.decode(message);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
