/**
 * A language model of your own behind Attune: anything that streams OpenAI-compatible chat completions will do.
 *
 * This one is a stand-in that needs no download. It answers with what it was told of the caller's feeling.
 * `npx tsx examples/04-own-language-model.ts`, then `npx attune serve --llm-base-url http://127.0.0.1:8000/v1`, then
 * any of the other examples. With a real model only the address differs, as http://127.0.0.1:11434/v1 for Ollama.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
}

function answerTo({ messages }: ChatRequest): string {
  const prompt = messages.find(({ role }) => role === 'system')?.content ?? '';
  const said = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const feeling = /how the user feels right now: (\w+)/u.exec(prompt)?.[1] ?? 'nothing I was told of';
  return `You said: ${said} You sound like this: ${feeling}. How can I help?`;
}

const server = createServer((request, response) => {
  void json(request).then((body) => {
    const answer = answerTo(body as ChatRequest);
    const event = (delta: object, finish_reason: 'stop' | null): string =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const word of answer.split(/(?<= )/u)) response.write(event({ content: word }, null));
    response.end(`${event({}, 'stop')}data: [DONE]\n\n`);
  });
});

server.listen(Number(process.env['PORT'] ?? 8000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});
