/**
 * The OpenAI Realtime wire against a whole server with real models: order of events, fields, formats, refusals.
 */
import t from 'tap';
import { fixtureMulaw, fixturePcm24k, loadFixture, wordOverlap } from '../support/fixture-audio.js';
import { startServer, testApiKey } from '../support/running-server.js';
import { WireClient, type WireEvent } from '../support/wire-client.js';

const running = await startServer();
t.teardown(() => running[Symbol.asyncDispose]());

const transcribing = {
  audio: { input: { transcription: { model: 'whisper-1' }, turn_detection: { type: 'semantic_vad' } } },
};

async function connect(session: Readonly<Record<string, unknown>> = transcribing): Promise<WireClient> {
  const client = await WireClient.open(running.url, testApiKey);
  client.send({ type: 'session.update', session: { type: 'realtime', ...session } });
  await client.nextOfType('session.updated');
  return client;
}

const errorOf = (event: WireEvent): Record<string, unknown> => event['error'] as Record<string, unknown>;

t.test('a spoken turn: every event, in order, with its ids', async (t) => {
  await using client = await connect();
  const clip = await loadFixture('opening-hours');
  client.sendAudio(await fixturePcm24k('opening-hours', 1_500));
  const done = await client.nextOfType('response.done');
  await client.nextOfType('attune.timing');
  const types = client.events.map((event) => event.type);
  const order = [
    'session.created',
    'session.updated',
    'input_audio_buffer.speech_started',
    'input_audio_buffer.speech_stopped',
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
    'response.created',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_audio_transcript.delta',
    'response.output_audio.delta',
    'response.output_audio.done',
    'response.output_audio_transcript.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.done',
  ];
  t.same(
    order.map((type) => types.indexOf(type)),
    order.map((type) => types.indexOf(type)).sort((a, b) => a - b),
    'first occurrences are in order',
  );
  t.notOk(
    order.some((type) => !types.includes(type)),
    'all are there',
  );
  t.ok(
    client.events.every((event) => typeof event.event_id === 'string' && event.event_id !== ''),
    'every event has an id',
  );
  const itemId = client.ofType('input_audio_buffer.speech_started')[0]?.['item_id'];
  for (const type of ['input_audio_buffer.speech_stopped', 'input_audio_buffer.committed'])
    t.equal(client.ofType(type)[0]?.['item_id'], itemId);
  const added = client.ofType('conversation.item.added')[0]?.['item'] as Record<string, unknown>;
  t.match(added, {
    id: itemId,
    role: 'user',
    status: 'completed',
    content: [{ type: 'input_audio', transcript: null }],
  });
  const completed = client.ofType('conversation.item.input_audio_transcription.completed')[0];
  t.ok(wordOverlap(clip.transcript, String(completed?.['transcript'])) >= 0.6, String(completed?.['transcript']));
  t.match(completed, { item_id: itemId, usage: { type: 'duration' } });
  const emotion = client.ofType('attune.emotion').find((event) => event['final'] === true);
  t.match(emotion, {
    item_id: itemId,
    emotion: { label: String, explanation: String, weights: { voice: Number, text: Number } },
  });
  const deltas = client
    .ofType('response.output_audio_transcript.delta')
    .map((event) => event['delta'])
    .join('');
  t.equal(
    client.ofType('response.output_audio_transcript.done')[0]?.['transcript'],
    deltas,
    'the transcript is the sum of its deltas',
  );
  t.match(done['response'], {
    status: 'completed',
    output: [{ role: 'assistant', content: [{ type: 'output_audio', transcript: deltas }] }],
  });
  const bytes = client
    .ofType('response.output_audio.delta')
    .reduce((sum, event) => sum + Buffer.from(String(event['delta']), 'base64').length, 0);
  t.ok(bytes > 24_000 && bytes % 2 === 0, `${bytes} bytes of sound`);
});

t.test('μ-law in and out', async (t) => {
  const format = { type: 'audio/pcmu' };
  await using client = await connect({ audio: { input: { ...transcribing.audio.input, format }, output: { format } } });
  const clip = await loadFixture('greeting');
  client.sendAudio(await fixtureMulaw('greeting', 1_500), 160);
  await client.nextOfType('response.done');
  const completed = client.ofType('conversation.item.input_audio_transcription.completed')[0];
  t.ok(wordOverlap(clip.transcript, String(completed?.['transcript'])) >= 0.5, String(completed?.['transcript']));
  const durationMs = client
    .ofType('response.output_audio.delta')
    .reduce((sum, event) => sum + Buffer.from(String(event['delta']), 'base64').length / 8, 0);
  t.ok(durationMs > 300, `${durationMs} ms of sound`);
});

t.test('no audio after speech ends: time ends the turn', async (t) => {
  await using client = await connect();
  client.sendAudio(await fixturePcm24k('greeting'));
  const stopped = await client.nextOfType('input_audio_buffer.speech_stopped');
  t.ok(Number(stopped['audio_end_ms']) > 2_000);
});

t.test('text in, text out; instructions and history are used; nothing is spoken', async (t) => {
  await using client = await connect({ output_modalities: ['text'] });
  client.send({
    type: 'conversation.item.create',
    item: {
      type: 'message',
      id: 'mine',
      role: 'user',
      content: [{ type: 'input_text', text: 'Thank you so much, that is wonderful!' }],
    },
  });
  client.send({ type: 'response.create' });
  const done = await client.nextOfType('response.done');
  t.match(client.ofType('conversation.item.added')[0], {
    previous_item_id: null,
    item: { id: 'mine', content: [{ type: 'input_text' }] },
  });
  t.match(done['response'], { status: 'completed', output: [{ content: [{ type: 'output_text', text: /\w/ }] }] });
  t.equal(client.ofType('response.output_audio.delta').length, 0);
  const emotion = client.ofType('attune.emotion')[0]?.['emotion'] as Record<string, unknown>;
  t.match(emotion, { weights: { voice: 0, text: 1 } }, 'typed text is judged by its words alone');
  t.ok(Number(emotion['valence']) > 0.5, 'thanks are pleasant');
});

t.test('a response outside the conversation leaves no trace in it', async (t) => {
  await using client = await connect();
  client.send({
    type: 'response.create',
    response: {
      conversation: 'none',
      output_modalities: ['text'],
      metadata: { topic: 'side' },
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }],
    },
  });
  const done = await client.nextOfType('response.done');
  t.match(done['response'], { status: 'completed', conversation_id: null, metadata: { topic: 'side' } });
  t.equal(client.ofType('conversation.item.added').length, 0);
});

t.test('cancel, and cancel with nothing to cancel', async (t) => {
  await using client = await connect();
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What can you do?' }] },
  });
  client.send({ type: 'response.create' });
  await client.nextOfType('response.output_audio.delta');
  client.send({ type: 'response.cancel' });
  const done = await client.nextOfType('response.done');
  t.match(done['response'], {
    status: 'cancelled',
    status_details: { type: 'cancelled', reason: 'client_cancelled' },
    output: [{ status: 'incomplete' }],
  });
  const after = client.events.length;
  client.send({ type: 'response.cancel', event_id: 'again' });
  const error = await client.nextOfType('error');
  t.match(errorOf(error), { code: 'response_cancel_not_active', event_id: 'again' });
  t.notOk(
    client.events.slice(after).some((event) => event.type === 'response.output_audio.delta'),
    'no sound after the end',
  );
});

t.test('truncation cuts the item to what was heard', async (t) => {
  await using client = await connect();
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What can you do?' }] },
  });
  client.send({ type: 'response.create' });
  const done = await client.nextOfType('response.done');
  const item = (
    (done['response'] as Record<string, unknown>)['output'] as { id: string; content: { transcript: string }[] }[]
  )[0];
  client.send({ type: 'conversation.item.truncate', item_id: item?.id, content_index: 0, audio_end_ms: 600 });
  t.match(await client.nextOfType('conversation.item.truncated'), { item_id: item?.id, audio_end_ms: 600 });
  client.send({ type: 'conversation.item.retrieve', item_id: item?.id });
  const retrieved = (await client.nextOfType('conversation.item.retrieved'))['item'] as {
    content: { transcript: string }[];
  };
  const heard = retrieved.content[0]?.transcript ?? '';
  const whole = item?.content[0]?.transcript ?? '';
  t.ok(heard.length > 0 && heard.length < whole.length, `“${heard}” of “${whole}”`);
  client.send({ type: 'conversation.item.truncate', item_id: item?.id, content_index: 0, audio_end_ms: 9_999_999 });
  t.match(errorOf(await client.nextOfType('error')), { code: 'invalid_value', param: 'audio_end_ms' });
});

t.test('manual turns: commit and response.create', async (t) => {
  await using client = await connect({ audio: { input: { transcription: {}, turn_detection: null } } });
  client.send({ type: 'input_audio_buffer.commit', event_id: 'empty' });
  t.match(errorOf(await client.nextOfType('error')), { code: 'input_audio_buffer_commit_empty', event_id: 'empty' });
  const clip = await loadFixture('thanks-happy');
  client.sendAudio(await fixturePcm24k('thanks-happy'));
  client.send({ type: 'input_audio_buffer.commit' });
  const completed = await client.nextOfType('conversation.item.input_audio_transcription.completed');
  t.ok(wordOverlap(clip.transcript, String(completed['transcript'])) >= 0.5, String(completed['transcript']));
  t.equal(client.ofType('response.created').length, 0, 'nothing is answered unasked');
  t.equal(client.ofType('input_audio_buffer.speech_started').length, 0);
  client.send({ type: 'response.create' });
  t.match((await client.nextOfType('response.done'))['response'], { status: 'completed' });
});

t.test('an utterance of no words is not answered: a cough', async (t) => {
  await using client = await connect();
  client.sendAudio(await fixturePcm24k('cough', 1_000));
  client.send({ type: 'conversation.item.retrieve', item_id: 'marker', event_id: 'marker' });
  await client.next((event) => event.type === 'error' && errorOf(event)['event_id'] === 'marker');
  client.sendAudio(await fixturePcm24k('yes', 1_500));
  await client.nextOfType('response.done');
  t.equal(client.ofType('response.created').length, 1, 'only the yes is answered');
});

const refusals: readonly {
  readonly name: string;
  readonly message: Readonly<Record<string, unknown>> | string;
  readonly error: Readonly<Record<string, unknown>>;
}[] = [
  { name: 'no JSON', message: '{"type":', error: { code: 'invalid_event' } },
  { name: 'no object', message: '[1,2]', error: { code: 'invalid_event' } },
  {
    name: 'no type',
    message: { event_id: 'x' },
    error: { code: 'missing_required_parameter', param: 'type', event_id: 'x' },
  },
  {
    name: 'unknown type',
    message: { type: 'input_audio_buffer.explode' },
    error: { code: 'invalid_event', param: 'type' },
  },
  {
    name: 'truncated base64',
    message: { type: 'input_audio_buffer.append', audio: 'AAAAA' },
    error: { code: 'invalid_value', param: 'audio' },
  },
  {
    name: 'no base64',
    message: { type: 'input_audio_buffer.append', audio: '!!!!' },
    error: { code: 'invalid_value', param: 'audio' },
  },
  {
    name: 'no audio',
    message: { type: 'input_audio_buffer.append' },
    error: { code: 'missing_required_parameter', param: 'audio' },
  },
  {
    name: 'wrong sample rate',
    message: { type: 'session.update', session: { audio: { input: { format: { type: 'audio/pcm', rate: 44_100 } } } } },
    error: { code: 'invalid_value', param: 'session.audio.input.format' },
  },
  {
    name: 'threshold beyond 1',
    message: {
      type: 'session.update',
      session: { audio: { input: { turn_detection: { type: 'server_vad', threshold: 7 } } } },
    },
    error: { code: 'invalid_value', param: 'session.audio.input.turn_detection.threshold' },
  },
  {
    name: 'odd byte count in an item',
    message: {
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: 'AAAA' }] },
    },
    error: { code: 'AUDIO_ODD_BYTE_COUNT' },
  },
  {
    name: 'unknown item',
    message: { type: 'conversation.item.delete', item_id: 'nobody' },
    error: { code: 'item_not_found', param: 'item_id' },
  },
];

t.test('bad input is refused by name and the call goes on', async (t) => {
  await using client = await connect();
  for (const { name, message, error } of refusals) {
    const from = client.events.length;
    client.send(message);
    const refused = await client.nextOfType('error', from);
    t.match(errorOf(refused), { type: 'invalid_request_error', message: String, ...error }, name);
  }
  client.send(Buffer.from([1, 2, 3]));
  client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(961).toString('base64') });
  client.send({
    type: 'session.update',
    session: { instructions: 'Be brief.', future_field: { a: 1 }, model: 'never-heard-of' },
  });
  const updated = await client.next(
    (event) =>
      event.type === 'session.updated' && (event['session'] as Record<string, unknown>)['instructions'] === 'Be brief.',
  );
  t.match(updated['session'], {
    future_field: { a: 1 },
    audio: { input: { turn_detection: { type: 'semantic_vad', interrupt_response: true } } },
  });
});

t.test('the key: a wrong one is refused before the upgrade, a subprotocol carries one', async (t) => {
  await t.rejects(WireClient.open(running.url, 'wrong'), { message: /401/ });
  await t.rejects(WireClient.open(running.url, null), { message: /401/ });
  await using client = await WireClient.open(running.url, null, ['realtime', `openai-insecure-api-key.${testApiKey}`]);
  t.equal(client.protocol, 'realtime', 'the key is not echoed');
  t.match(await client.nextOfType('session.created'), { session: { object: 'realtime.session', type: 'realtime' } });
});

t.test('a message beyond the limit closes this call with 1009, the others go on', async (t) => {
  await using other = await connect();
  await using client = await connect();
  client.send(Buffer.alloc(21 * 1024 * 1024, 0x20).toString('latin1'));
  t.equal((await client.closed).code, 1009);
  const from = other.events.length;
  other.send({ type: 'input_audio_buffer.clear' });
  t.ok(await other.nextOfType('input_audio_buffer.cleared', from));
});
