/**
 * Speak with Attune: the microphone through `node-record-lpcm16`, the answer through the loudspeaker. Wear headphones.
 *
 * Needs SoX (`apt install sox`). `npx attune serve` in one terminal, `npx tsx examples/08-microphone-assistant.ts` in another;
 * Ctrl-C ends it.
 */
import { spawn } from 'node:child_process';
import record from 'node-record-lpcm16';
import WebSocket from 'ws';

const url = process.env['ATTUNE_URL'] ?? 'ws://127.0.0.1:8787/v1/realtime';
const headers = { Authorization: `Bearer ${process.env['ATTUNE_API_KEY'] ?? 'none'}` };
const raw = ['-q', '-t', 'raw', '-r', '24000', '-e', 'signed', '-b', '16', '-c', '1', '-'];

interface ServerEvent {
  readonly type: string;
  readonly delta: string;
  readonly transcript: string;
  readonly emotion: { readonly label: string };
  readonly final: boolean;
}

const socket = new WebSocket(url, { headers });
const send = (message: object): void => socket.send(JSON.stringify(message));
let player = spawn('play', raw, { stdio: ['pipe', 'ignore', 'inherit'] });

/** What was not played yet is thrown away with the player that holds it. */
function fallSilent(): void {
  player.kill();
  player = spawn('play', raw, { stdio: ['pipe', 'ignore', 'inherit'] });
  player.stdin.on('error', () => undefined);
}

socket.on('open', () => {
  const input = { transcription: { model: 'attune' }, turn_detection: { type: 'semantic_vad' } };
  send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
  const microphone = record.record({ recorder: 'sox', sampleRate: 24_000, channels: 1, audioType: 'raw' });
  // The recorder's end is an error to the package when it is ended.
  microphone.stream().on('error', () => undefined);
  microphone.stream().on('data', (sound: Buffer) => {
    if (socket.readyState === WebSocket.OPEN)
      send({ type: 'input_audio_buffer.append', audio: sound.toString('base64') });
  });
  socket.on('close', () => microphone.stop());
});

socket.on('message', (data: Buffer) => {
  const event = JSON.parse(data.toString('utf8')) as ServerEvent;
  if (event.type === 'input_audio_buffer.speech_started') fallSilent();
  if (event.type === 'response.output_audio.delta') player.stdin.write(Buffer.from(event.delta, 'base64'));
  if (event.type === 'conversation.item.input_audio_transcription.completed') console.log(`you: ${event.transcript}`);
  if (event.type === 'attune.emotion' && event.final) console.log(`  (${event.emotion.label})`);
  if (event.type === 'response.output_audio_transcript.done') console.log(`attune: ${event.transcript}`);
});

process.once('SIGINT', () => socket.close());
socket.once('close', () => player.kill());
