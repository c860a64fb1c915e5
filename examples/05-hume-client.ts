/**
 * A client written for Hume's EVI, pointed at Attune: what a recorded caller says, how it sounds, and the answer.
 *
 * `npx attune serve` in one terminal, `npx tsx examples/05-hume-client.ts` in another.
 */
import { readFile } from 'node:fs/promises';
import { HumeClient } from 'hume';
import wavefile from 'wavefile';

const address = new URL(process.env['ATTUNE_URL'] ?? 'ws://127.0.0.1:8787');
const client = new HumeClient({
  apiKey: process.env['ATTUNE_API_KEY'] ?? 'none',
  environment: `http://${address.host}`,
});
const audio = { encoding: 'linear16', sampleRate: 16_000, channels: 1 } as const;
const chat = client.empathicVoice.chat.connect({ reconnectAttempts: 0, sessionSettings: { audio } });

chat.on('message', (message) => {
  if (message.type === 'user_message') {
    const scores = Object.entries<number>({ ...message.models.prosody?.scores }).sort(([, a], [, b]) => b - a);
    console.log(`caller: ${message.message.content ?? ''}`);
    for (const [name, score] of scores.slice(0, 3)) console.log(`  ${name} ${score.toFixed(2)}`);
  }
  if (message.type === 'assistant_message') console.log(`attune: ${message.message.content ?? ''}`);
  if (message.type === 'assistant_end') chat.close();
  if (message.type === 'error') {
    console.error(message.message);
    process.exitCode = 1;
    chat.close();
  }
});

await chat.tillSocketOpen();
const clip = new wavefile.WaveFile(await readFile('audio-fixtures/late-delivery-angry.wav'));
clip.toSampleRate(audio.sampleRate);
const pcm = Buffer.from((clip.data as { samples: Uint8Array }).samples);
const silence = Buffer.alloc(2 * audio.sampleRate);
chat.sendAudioInput({ data: Buffer.concat([pcm, silence]).toString('base64') });
