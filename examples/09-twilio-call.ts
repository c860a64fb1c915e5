/**
 * A telephone call as Twilio would bring it: the webhook, the stream it leads to, a question, the answer, goodbye. Writes what
 * was heard of the assistant to a file.
 *
 * `npx attune serve --twilio-signature off` in one terminal, `npx tsx examples/09-twilio-call.ts call.wav` in another.
 */
import { readFile, writeFile } from 'node:fs/promises';
import wavefile from 'wavefile';
import WebSocket from 'ws';

const [file = 'call.wav'] = process.argv.slice(2);
const { host } = new URL(process.env['ATTUNE_URL'] ?? 'ws://127.0.0.1:8787');
const key = process.env['ATTUNE_API_KEY'] ?? 'none';

// A call comes in: Twilio asks what to do with it.
const answer = await fetch(`http://${host}/twilio/voice?greeting=Welcome.&key=${key}`, {
  method: 'POST',
  body: new URLSearchParams({ CallSid: 'CA1', From: '+15550100', To: '+15550199' }),
});
const markup = await answer.text();
const stated = markup.matchAll(/<Parameter name="(\w+)" value="([^"]*)"/gu);
const customParameters = Object.fromEntries([...stated].map(([, name = '', value = '']) => [name, value]));
console.log(`stream to ${/<Stream url="([^"]+)"/u.exec(markup)?.[1] ?? 'nowhere'}`);

// The stream: μ-law at 8 kHz in messages of 20 ms.
const clip = new wavefile.WaveFile(await readFile('audio-fixtures/opening-hours-8k.wav'));
clip.toMuLaw();
const speech = Buffer.from((clip.data as { samples: Uint8Array }).samples);
const sound = Buffer.concat([speech, Buffer.alloc(12_000, 0xff)]);
const heard: Buffer[] = [];
let phrases = 0;

const call = new WebSocket(`ws://${host}/twilio/media`);
const send = (message: object): void => call.send(JSON.stringify({ streamSid: 'MZ1', ...message }));

call.on('open', () => {
  send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  send({ event: 'start', start: { streamSid: 'MZ1', callSid: 'CA1', customParameters } });
  for (let at = 0; at < sound.length; at += 160) {
    const payload = sound.subarray(at, at + 160).toString('base64');
    send({ event: 'media', media: { track: 'inbound', timestamp: String(at / 8), payload } });
  }
});
call.on('message', (data: Buffer) => {
  const message = JSON.parse(data.toString()) as { event: string; media: { payload: string }; mark: { name: string } };
  if (message.event === 'media') heard.push(Buffer.from(message.media.payload, 'base64'));
  if (message.event !== 'mark') return;
  send(message); // the phrase was played
  phrases += 1;
  if (phrases === 2) send({ event: 'stop' });
});
call.on('close', (code) => {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, 8_000, '8m', Buffer.concat(heard));
  void writeFile(file, wav.toBuffer());
  console.log(`${phrases} phrases, ${Buffer.concat(heard).length / 8} ms of sound (${code})`);
});
