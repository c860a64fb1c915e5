/**
 * The assistant calls a function of yours and answers with its result, with `@openai/agents-realtime`.
 *
 * `npx attune serve` in one terminal, `npx tsx examples/06-tool-calls.ts` in another.
 */
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { z } from 'zod';

const url = process.env['ATTUNE_URL'] ?? 'ws://127.0.0.1:8787/v1/realtime';

const weather = tool({
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string().describe('name of the city') }),
  execute: async ({ city }) => {
    console.log(`looking up ${city}`);
    return `It is sunny in ${city}, 21 degrees.`;
  },
});

const agent = new RealtimeAgent({ name: 'helper', instructions: 'You know the weather.', tools: [weather] });
const session = new RealtimeSession(agent, {
  transport: new OpenAIRealtimeWebSocket({ url }),
  model: 'attune',
  tracingDisabled: true,
});
session.on('error', ({ error }) => console.error(error));
const answered = new Promise<string>((resolve) => {
  session.on('transport_event', (event) => {
    if (event.type === 'response.output_audio_transcript.done') resolve(String(event['transcript']));
  });
});

await session.connect({ apiKey: process.env['ATTUNE_API_KEY'] ?? 'none' });
session.sendMessage('What is the weather in Paris?');
console.log(`attune: ${await answered}`);
session.close();
