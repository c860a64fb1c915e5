/**
 * One spoken turn with `@openai/agents-realtime`: a recorded caller asks, the answer is written to a WAV file.
 *
 * `npx attune serve` in one terminal, `npx tsx examples/02-spoken-turn.ts [reply.wav]` in another.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';
import wavefile from 'wavefile';

const url = process.env['ATTUNE_URL'] ?? 'ws://127.0.0.1:8787/v1/realtime';
const out = process.argv[2] ?? 'reply.wav';

const agent = new RealtimeAgent({ name: 'helper', instructions: 'You help callers with their orders.' });
const transport = new OpenAIRealtimeWebSocket({ url });
const session = new RealtimeSession(agent, { transport, model: 'attune', tracingDisabled: true });

const reply: Buffer[] = [];
session.on('audio', ({ data }) => reply.push(Buffer.from(data)));
session.on('error', ({ error }) => console.error(error));
const answered = new Promise<void>((resolve) => {
  session.on('transport_event', (event) => {
    if (event.type === 'conversation.item.input_audio_transcription.completed')
      console.log(`caller: ${event.transcript}`);
    if (event.type === 'response.output_audio_transcript.done') console.log(`attune: ${event['transcript']}`);
    if (event.type === 'response.done') resolve();
  });
});
await session.connect({ apiKey: process.env['ATTUNE_API_KEY'] ?? 'none' });

const clip = new wavefile.WaveFile(await readFile('audio-fixtures/opening-hours.wav'));
clip.toSampleRate(24_000);
const samples = Buffer.from(Int16Array.from(clip.getSamples()).buffer);
const frameBytes = 2 * 24 * 20; // 20 ms of 16-bit samples at 24 kHz
let sent = 0;
for await (const _tick of setInterval(20)) {
  session.sendAudio(Uint8Array.from(samples.subarray(sent, sent + frameBytes)).buffer);
  sent += frameBytes;
  if (sent >= samples.length) break;
}
await answered;
session.close();

const sound = Buffer.concat(reply);
const answer = new wavefile.WaveFile();
answer.fromScratch(1, 24_000, '16', new Int16Array(Uint8Array.from(sound).buffer));
await writeFile(out, answer.toBuffer());
console.log(`${Math.round(sound.length / 48)} ms of sound in ${out}`);
