/**
 * One typed turn with the `openai` package: text in, text out.
 *
 * `npx attune serve` in one terminal, `npx tsx examples/01-text-turn.ts` in another.
 */
import net from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const address = new URL(process.env['ATTUNE_URL'] ?? 'ws://127.0.0.1:8787/v1/realtime');
const apiKey = process.env['ATTUNE_API_KEY'] ?? 'none';

// The package always speaks TLS. Behind a proxy with a certificate nothing but `baseURL` is needed; for plain
// ws:// on this machine the connection is opened here.
const client = new OpenAI({ apiKey, baseURL: `https://${address.host}/v1` });
const createConnection = (): net.Socket => net.connect(Number(address.port), address.hostname);
const socket = new OpenAIRealtimeWS({ model: 'attune', options: { createConnection } }, client);

socket.on('session.created', () => {
  socket.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
  socket.send({
    type: 'conversation.item.create',
    item: {
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'Hello, can you help me with my order?' }],
    },
  });
  socket.send({ type: 'response.create' });
});
socket.on('response.output_text.delta', ({ delta }) => process.stdout.write(delta));
socket.on('response.done', ({ response }) => {
  console.log(`\n(${response.status})`);
  process.exitCode = response.status === 'completed' ? 0 : 1;
  socket.close();
});
socket.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
  socket.close();
});
