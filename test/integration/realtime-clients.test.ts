/**
 * Unmodified third-party clients hold whole conversations with the server: `openai` and `@openai/agents-realtime`.
 */
import net from 'node:net';
import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  RealtimeSession,
  tool,
  type RealtimeItem,
} from '@openai/agents-realtime';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import t from 'tap';
import { z } from 'zod';
import { fixturePcm24k, loadFixture, wordOverlap } from '../support/fixture-audio.js';
import { startServer, testApiKey } from '../support/running-server.js';

const running = await startServer();
t.teardown(() => running[Symbol.asyncDispose]());

/** Resolves when `fits` holds, looked at after every notification. */
function watcher(): { notify: () => void; until: (fits: () => boolean) => Promise<void> } {
  const waiting = new Set<() => void>();
  return {
    notify: () => waiting.forEach((look) => look()),
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!fits()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

const orderTool = tool({
  name: 'get_order_status',
  description: 'Look up the status of an order by its number',
  parameters: z.object({ order_number: z.string().describe('the number of the order') }),
  execute: async () => 'The order is on its way and arrives tomorrow.',
});

async function agentsSession(options: { readonly tools?: readonly (typeof orderTool)[] } = {}): Promise<{
  session: RealtimeSession;
  seen: string[];
  history: () => RealtimeItem[];
  until: (fits: () => boolean) => Promise<void>;
  audioBytes: () => number;
  errors: unknown[];
}> {
  const agent = new RealtimeAgent({
    name: 'helper',
    instructions: 'You help callers with their orders.',
    tools: [...(options.tools ?? [])],
  });
  const transport = new OpenAIRealtimeWebSocket({ url: running.url });
  const session = new RealtimeSession(agent, { transport, model: 'attune', tracingDisabled: true });
  const { notify, until } = watcher();
  const seen: string[] = [];
  const errors: unknown[] = [];
  let history: RealtimeItem[] = [];
  let audioBytes = 0;
  session.on('transport_event', (event) => {
    seen.push(event.type);
    notify();
  });
  session.on('history_updated', (items) => {
    history = items;
    notify();
  });
  session.on('audio', (event) => {
    audioBytes += event.data.byteLength;
    notify();
  });
  session.on('audio_interrupted', () => {
    seen.push('audio_interrupted');
    notify();
  });
  session.on('error', (error) => errors.push(error));
  await session.connect({ apiKey: testApiKey });
  await until(() => seen.includes('session.updated'));
  return { session, seen, history: () => history, until, audioBytes: () => audioBytes, errors };
}

const assistantItems = (items: readonly RealtimeItem[]): readonly RealtimeItem[] =>
  items.filter((item) => item.type === 'message' && item.role === 'assistant');

t.test('agents-realtime: a spoken turn', async (t) => {
  const call = await agentsSession();
  const clip = await loadFixture('opening-hours');
  call.session.sendAudio(toArrayBuffer(await fixturePcm24k('opening-hours', 1_500)));
  await call.until(() => call.seen.includes('response.done'));
  await call.until(() =>
    assistantItems(call.history()).some((item) => 'status' in item && item.status === 'completed'),
  );
  const user = call.history().find((item) => item.type === 'message' && item.role === 'user');
  const said = user?.type === 'message' ? (user.content[0] as { transcript?: string | null }).transcript : undefined;
  t.ok(wordOverlap(clip.transcript, said ?? '') >= 0.6, `the history has what was said: ${said}`);
  t.ok(call.audioBytes() > 24_000, `${call.audioBytes()} bytes of sound`);
  t.ok(call.seen.includes('attune.emotion'), 'emotion arrives as a raw event');
  t.same(call.errors, []);
  call.session.close();
});

t.test('agents-realtime: a tool is called, its result is spoken', async (t) => {
  const call = await agentsSession({ tools: [orderTool] });
  call.session.sendMessage('What is the status of my order number 4711?');
  await call.until(() => call.seen.filter((type) => type === 'response.done').length >= 2);
  const toolCall = call.history().find((item) => item.type === 'function_call');
  t.match(toolCall, { name: 'get_order_status', status: 'completed', output: /arrives tomorrow/ });
  t.match(toolCall?.type === 'function_call' ? JSON.parse(toolCall.arguments) : {}, { order_number: /4711/ });
  const last = assistantItems(call.history()).at(-1);
  t.match(last, { content: [{ transcript: /tomorrow/ }] }, 'the answer tells the result');
  t.same(call.errors, []);
  call.session.close();
});

t.test('agents-realtime: barge-in stops the reply and cuts the history', async (t) => {
  const call = await agentsSession();
  call.session.sendMessage('What can you do for me?');
  await call.until(() => call.audioBytes() > 0);
  call.session.sendAudio(toArrayBuffer(await fixturePcm24k('barge-in', 1_500)));
  await call.until(() => call.seen.includes('audio_interrupted'));
  const speechStarted = call.seen.indexOf('input_audio_buffer.speech_started');
  const cancelled = call.seen.indexOf('response.done');
  t.ok(speechStarted >= 0 && cancelled > speechStarted, 'speech start goes out before the cancelled response ends');
  t.notOk(
    call.seen.slice(speechStarted, cancelled).includes('response.output_audio.delta'),
    'no sound of the old reply in between',
  );
  await call.until(() => call.seen.filter((type) => type === 'response.done').length >= 2);
  await call.until(() => call.seen.includes('conversation.item.truncated'));
  t.same(call.errors, []);
  call.session.close();
});

t.test('agents-realtime: a wrong key is refused', async (t) => {
  const session = new RealtimeSession(new RealtimeAgent({ name: 'nobody' }), {
    transport: new OpenAIRealtimeWebSocket({ url: running.url }),
    tracingDisabled: true,
  });
  session.on('error', () => undefined);
  await t.rejects(session.connect({ apiKey: 'wrong' }));
});

async function openaiSocket(): Promise<OpenAIRealtimeWS> {
  const client = new OpenAI({ apiKey: testApiKey, baseURL: `https://127.0.0.1:${running.port}/v1` });
  const options = { createConnection: () => net.connect(running.port, '127.0.0.1') };
  const socket = new OpenAIRealtimeWS({ model: 'attune', options: options }, client);
  await new Promise<void>((resolve, reject) => {
    socket.once('session.created', () => resolve());
    socket.once('error', reject);
  });
  return socket;
}

t.test('openai: text turn, then garbage, then another turn on the same socket', async (t) => {
  const socket = await openaiSocket();
  const { notify, until } = watcher();
  const done: OpenAI.Realtime.ResponseDoneEvent[] = [];
  const errors: string[] = [];
  socket.on('response.done', (event) => {
    done.push(event);
    notify();
  });
  socket.on('error', (error) => {
    errors.push(error.error?.code ?? error.message);
    notify();
  });
  const ask = (text: string): void => {
    socket.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    socket.send({ type: 'response.create' });
  };
  socket.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
  ask('Hello there!');
  await until(() => done.length === 1);
  socket.socket.send('this is not JSON');
  socket.socket.send(
    JSON.stringify({ type: 'conversation.item.create', item: { type: 'message', role: 'nobody', content: [] } }),
  );
  await until(() => errors.length === 2);
  ask('Thanks, goodbye.');
  await until(() => done.length === 2);
  t.same(errors, ['invalid_event', 'invalid_value']);
  for (const event of done)
    t.match(event.response, {
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: /\w/ }] }],
    });
  socket.close();
});

t.test('openai: a spoken turn with partial transcripts', async (t) => {
  const socket = await openaiSocket();
  const { notify, until } = watcher();
  const clip = await loadFixture('return-shoes');
  let transcript: string | undefined;
  let finished = false;
  socket.on('conversation.item.input_audio_transcription.completed', (event) => {
    transcript = event.transcript;
    notify();
  });
  socket.on('response.done', () => {
    finished = true;
    notify();
  });
  socket.send({
    type: 'session.update',
    session: {
      type: 'realtime',
      audio: {
        input: {
          transcription: { model: 'whisper-1' },
          turn_detection: { type: 'server_vad', silence_duration_ms: 300 },
        },
      },
    },
  });
  socket.send({
    type: 'input_audio_buffer.append',
    audio: (await fixturePcm24k('return-shoes', 1_500)).toString('base64'),
  });
  await until(() => transcript !== undefined && finished);
  t.ok(wordOverlap(clip.transcript, transcript ?? '') >= 0.6, transcript ?? '');
  socket.close();
});
