/**
 * Listens to `attune.emotion`: what the voice and the words of a recorded caller say, over a bare WebSocket.
 *
 * `npx attune serve` in one terminal, `npx tsx examples/03-emotion-events.ts` in another.
 */
import { readFile } from 'node:fs/promises';
import WebSocket from 'ws';
import wavefile from 'wavefile';

const url = process.env['ATTUNE_URL'] ?? 'ws://127.0.0.1:8787/v1/realtime';
const headers = { Authorization: `Bearer ${process.env['ATTUNE_API_KEY'] ?? 'none'}` };

interface EmotionEvent {
  readonly type: 'attune.emotion';
  /** False while the caller still speaks: then the voice alone is judged. */
  readonly final: boolean;
  readonly trend: string;
  readonly emotion: {
    readonly label: string;
    readonly confidence: number;
    readonly weights: { readonly voice: number; readonly text: number };
    readonly explanation: string;
  };
}

// μ-law at 8 kHz, as telephones have it: one byte per sample.
const clip = new wavefile.WaveFile(await readFile('audio-fixtures/late-delivery-angry-8k.wav'));
clip.toMuLaw();
const sound = Buffer.from((clip.data as { samples: Uint8Array }).samples);

const socket = new WebSocket(url, { headers });
const send = (message: object): void => socket.send(JSON.stringify(message));

socket.on('open', () => {
  send({ type: 'session.update', session: { type: 'realtime', audio: { input: { format: { type: 'audio/pcmu' } } } } });
  send({ type: 'input_audio_buffer.append', audio: sound.toString('base64') });
});

socket.on('message', (data: Buffer) => {
  const event = JSON.parse(data.toString('utf8')) as EmotionEvent | { readonly type: 'response.done' | 'error' };
  if (event.type === 'attune.emotion') {
    const { label, confidence, weights, explanation } = event.emotion;
    console.log(`${event.final ? 'final  ' : 'so far '} ${label} (confidence ${confidence.toFixed(2)})`);
    console.log(
      `  trusted: voice ${weights.voice.toFixed(2)}, words ${weights.text.toFixed(2)}; trend: ${event.trend}`,
    );
    console.log(`  ${explanation}`);
  } else if (event.type === 'response.done') {
    socket.close();
  } else if (event.type === 'error') {
    console.error(event);
    process.exitCode = 1;
  }
});
