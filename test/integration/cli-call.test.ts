/**
 * `attune call` against a real server: a recording and a microphone are answered, and what stands in the way is named.
 */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { decodeAudio, readAudioFile } from '../../src/audio/audio-file.js';
import { Microphone } from '../../src/cli/microphone.js';
import { finished, runCommand, startCommand } from '../support/attune-command.js';
import { documentedOutput, shapeOf } from '../support/documented-output.js';
import { fixturePcm24k } from '../support/fixture-audio.js';
import { startServer, testApiKey } from '../support/running-server.js';

const yes = path.join('audio-fixtures', 'yes.wav');

/** A folder for PATH with a `sox` that plays raw audio at the pace of speech, then ends or goes on in silence. */
async function fakeRecorder(t: Test, audio: Buffer, options: { readonly ends: boolean }): Promise<string> {
  const folder = t.testdir({});
  const program = path.join(folder, 'sox');
  await writeFile(path.join(folder, 'audio.raw'), audio);
  const script = `#!${process.execPath}
    if (process.argv[2] === '--version') process.exit(0);
    const audio = require('node:fs').readFileSync(require('node:path').join(__dirname, 'audio.raw'));
    let at = 0;
    setInterval(() => {
      process.stdout.write(at < audio.length ? audio.subarray(at, at + 960) : Buffer.alloc(960));
      at += 960;
      if (${options.ends} && at >= audio.length) process.exit(1);
    }, 20);
  `;
  await writeFile(program, script);
  await chmod(program, 0o755);
  return folder;
}

t.test('without a recorder the microphone is named missing before anything is called', async (t) => {
  const environment = { PATH: t.testdir({}) };
  t.match(await runCommand(['call', 'ws://127.0.0.1:9', '--mic'], { environment }), {
    status: 1,
    stdout: '',
    stderr: /RECORDER_MISSING.*sox, rec, arecord.*apt install/,
  });
});

t.test('a call needs a server and something to say', async (t) => {
  t.match(await runCommand(['call', 'ftp://host', '--audio', yes]), { status: 1, stderr: /OPTION_INVALID.*\(url\)/ });
  t.match(await runCommand(['call', 'ws://127.0.0.1:9']), { status: 1, stderr: /--audio or --mic/ });
  t.match(await runCommand(['call', 'ws://127.0.0.1:9', '--audio', 'none.wav']), {
    status: 1,
    stderr: /FILE_UNREADABLE/,
  });
  t.match(await runCommand(['call', 'ws://127.0.0.1:9', '--audio', yes]), { status: 1, stderr: /CONNECTION_FAILED/ });
});

t.test('the microphone gives frames of 20 ms, and says when the recorder stops', async (t) => {
  const samples = Buffer.alloc(960 * 5);
  for (let at = 0; at < samples.length; at += 2) samples.writeInt16LE(8_192, at);
  const before = process.env['PATH'];
  t.teardown(() => (process.env['PATH'] = before));
  process.env['PATH'] = await fakeRecorder(t, samples, { ends: true });
  await using microphone = await Microphone.open();
  t.equal(microphone.recorder, 'sox');
  while (microphone.failure === undefined) await sleep(5);
  const frames: Float32Array[] = [];
  for (let frame = microphone.read(); frame; frame = microphone.read()) frames.push(frame);
  t.equal(frames.length, 5);
  t.ok(frames.every((frame) => frame.length === 480 && frame.every((sample) => sample === 0.25)));
  t.match(microphone.failure, { code: 'RECORDER_MISSING', message: /sox stopped/ });
});

t.test('a call', async (t) => {
  await using server = await startServer();
  const call = ['call', server.url, '--json', '--api-key', testApiKey];

  await t.test('with recordings shows every turn and keeps the tape', async (t) => {
    const out = path.join(t.testdir({}), 'tapes', 'call.wav');
    const { status, stderr, json } = await runCommand([...call, '--out', out, '--audio', yes]);
    t.equal(status, 0, stderr);
    const [turn] = json();
    t.match(turn, { file: yes, transcript: /yes/i, emotion: { label: String }, reply: /\w/, status: 'completed' });
    // The estimate is the server's own, of any size.
    const withoutEmotion = { ...turn, emotion: null };
    t.same(shapeOf(withoutEmotion), shapeOf({ ...documentedOutput('call'), emotion: null }), 'as documented');
    const latency = turn!['latency'] as Record<string, number>;
    t.ok(latency['firstAudibleMs']! >= latency['endpointMs']!);
    const { channels, sampleRateHz } = await decodeAudio(await readFile(out));
    t.equal(sampleRateHz, 24_000);
    const { samples } = await readAudioFile(yes, { sampleRateHz: sampleRateHz });
    t.ok(channels[0]!.length > samples.length, 'the tape goes on after the caller');
    t.ok(channels.length === 2 && channels.every((channel) => channel.some((sample) => Math.abs(sample) > 0.05)));
  });

  await t.test('with the microphone lasts until Ctrl-C', async (t) => {
    const folder = await fakeRecorder(t, await fixturePcm24k('yes'), { ends: false });
    const out = path.join(folder, 'call.wav');
    const child = startCommand([...call, '--mic', '--out', out], { environment: { PATH: folder } });
    t.teardown(() => child.kill('SIGKILL'));
    const output = finished(child);
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const { status, stderr, json } = await output;
    t.equal(status, 0, stderr);
    t.match(json(), [{ file: null, transcript: /yes/i, reply: /\w/, status: 'completed', latency: null }]);
    t.ok((await decodeAudio(await readFile(out))).channels[1]!.some((sample) => Math.abs(sample) > 0.05));
  });

  await t.test('with a wrong key is refused', async (t) => {
    t.match(await runCommand(['call', server.url, '--audio', yes, '--api-key', 'wrong']), {
      status: 1,
      stdout: '',
      stderr: /CONNECTION_FAILED.*401/,
    });
  });
});
