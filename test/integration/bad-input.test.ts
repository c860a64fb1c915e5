/**
 * Clients and operators that do it wrong, against whole servers with real models: each is answered by its code, and the
 * other calls go on.
 */
import t, { type Test } from 'tap';
import { once } from 'node:events';
import { copyFile, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ModelManifest } from '../../src/inference/model-manifest.js';
import { runCommand, startCommand } from '../support/attune-command.js';
import { startServer, testApiKey } from '../support/running-server.js';
import { WireClient } from '../support/wire-client.js';

const running = await startServer();
t.teardown(() => running[Symbol.asyncDispose]());

async function connect(session: Readonly<Record<string, unknown>> = {}): Promise<WireClient> {
  const client = await WireClient.open(running.url, testApiKey);
  client.send({ type: 'session.update', session: { type: 'realtime', ...session } });
  await client.nextOfType('session.updated');
  return client;
}

/** The call is served: a question is answered. */
async function isServed(t: Test, client: WireClient): Promise<void> {
  const from = client.events.length;
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
  });
  client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
  const done = await client.nextOfType('response.done', from);
  t.match(done['response'], { status: 'completed' }, 'the other call goes on');
}

/** Resolves when the server holds no other calls than `count`. */
async function callsLeft(count: number): Promise<void> {
  while (running.server.callCount > count) await delay(50);
}

t.test('a frame of 100 MB closes its call with 1009', async (t) => {
  await using other = await connect();
  await using client = await connect();
  client.send(Buffer.alloc(100 * 1024 * 1024));
  t.equal((await client.closed).code, 1009);
  await isServed(t, other);
});

t.test(
  'ten minutes in one message: too large as PCM, worked through as μ-law without holding up anybody',
  async (t) => {
    await using other = await connect();
    await using tooLarge = await connect();
    tooLarge.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(600 * 48_000).toString('base64') });
    t.equal((await tooLarge.closed).code, 1009);
    await using client = await connect({ audio: { input: { format: { type: 'audio/pcmu' } } } });
    const silence = Buffer.alloc(600 * 8_000, 0xff).toString('base64');
    const beforeBytes = process.memoryUsage().rss;
    client.send({ type: 'input_audio_buffer.append', audio: silence, event_id: 'all-at-once' });
    for (let round = 0; round < 3; round += 1) await isServed(t, other);
    const grownMb = (process.memoryUsage().rss - beforeBytes) / 2 ** 20;
    t.ok(grownMb < 250, `${Math.round(grownMb)} MB more than before`);
    t.equal(client.ofType('error').length, 0, 'it is taken, not refused');
    client.send({ type: 'input_audio_buffer.append', audio: '!', event_id: 'afterwards' });
    const refused = await client.nextOfType('error');
    t.match(
      refused['error'],
      { code: 'invalid_value', event_id: 'afterwards' },
      'the call itself is answered afterwards',
    );
  },
);

t.test('a client that stops reading is given up, alone', async (t) => {
  await using other = await connect();
  await using client = await connect();
  client.pause();
  const instructions = 'x'.repeat(900_000);
  for (let round = 0; round < 30; round += 1) client.send({ type: 'session.update', session: { instructions } });
  await isServed(t, other);
  await callsLeft(1);
  t.match(await running.metrics.text(), /calls_failed_total\{code="SLOW_CONSUMER"\} 1/u);
  await isServed(t, other);
});

t.test('a client that vanishes in mid sentence leaves nothing behind', async () => {
  const client = await connect();
  client.sendAudio(Buffer.alloc(48_000, 0x11));
  await client[Symbol.asyncDispose]();
  await callsLeft(0);
});

t.test('SIGTERM in the middle of a reply: it is finished, the call handed back, the status 0', async (t) => {
  const environment = { ATTUNE_API_KEYS: testApiKey };
  const child = startCommand(['serve', '--port', '0', '--log-format', 'json', '--drain-timeout-ms', '120000'], {
    environment,
  });
  t.teardown(() => child.kill('SIGKILL'));
  child.stderr?.resume();
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  let port = 0;
  const reader = createInterface({ input: child.stdout ?? process.stdin });
  for await (const line of reader) {
    const entry = JSON.parse(line) as { readonly message: string; readonly port?: number };
    if (entry.message !== 'listening') continue;
    port = entry.port ?? 0;
    break;
  }
  child.stdout?.resume();
  await using client = await WireClient.open(`ws://127.0.0.1:${port}/v1/realtime`, testApiKey);
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello, who are you?' }] },
  });
  client.send({ type: 'response.create' });
  await client.nextOfType('response.output_audio.delta');
  t.equal(client.ofType('response.done').length, 0, 'the reply is in progress');
  child.kill('SIGTERM');
  t.match((await client.nextOfType('response.done'))['response'], { status: 'completed' });
  t.match((await client.nextOfType('error'))['error'], { code: 'SERVER_DRAINING' });
  t.equal((await client.closed).code, 1012);
  t.same(await exited, [0, null]);
});

t.test('a model file that is damaged is named, and nothing is served', async (t) => {
  const original = path.resolve(import.meta.dirname, '..', '..', 'models');
  const folder = t.testdir({});
  await copyFile(path.join(original, 'manifest.json'), path.join(folder, 'manifest.json'));
  const damaged = 'stt-en.tokens.json';
  for (const { file } of (await ModelManifest.read(original)).models) {
    if (!file.startsWith('npm:') && file !== damaged) await symlink(path.join(original, file), path.join(folder, file));
  }
  const bytes = await readFile(path.join(original, damaged));
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  await writeFile(path.join(folder, damaged), bytes);
  t.match(await runCommand(['serve', '--port', '0', '--model-dir', folder]), {
    status: 1,
    stderr: /MODEL_CORRUPT.*stt-en/u,
  });
});

t.test('a recording with samples that are no numbers is refused by name, the next one is transcribed', async (t) => {
  const samples = new Float32Array(16_000);
  samples[8_000] = Number.NaN;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(3, 20); // IEEE float
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(64_000, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(32, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  const file = path.join(t.testdir({}), 'nan.wav');
  await writeFile(file, Buffer.concat([header, Buffer.from(samples.buffer)]));
  const good = path.resolve(import.meta.dirname, '..', '..', 'audio-fixtures', 'yes.wav');
  const { status, json } = await runCommand(['transcribe', '--json', file, good]);
  t.equal(status, 1, 'one has failed');
  t.match(json(), [
    { file, error: { code: 'AUDIO_SAMPLE_INVALID' } },
    { file: good, text: /yes/iu },
  ]);
});
