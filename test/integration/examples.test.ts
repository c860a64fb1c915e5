/**
 * The examples run as their first lines say, as processes of their own against a whole server.
 */
import t, { type Test } from 'tap';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fixturePcm24k, loadFixture, wordOverlap } from '../support/fixture-audio.js';
import { startServer, testApiKey, type RunningServer } from '../support/running-server.js';

const folder = 'examples';
const loader = '--import=./bin/typescript-loader.js';

async function run(name: string, server: RunningServer, args: readonly string[] = []): Promise<string> {
  const child = spawn(process.execPath, [loader, path.join(folder, name), ...args], {
    env: { ...process.env, ATTUNE_URL: server.url, ATTUNE_API_KEY: testApiKey },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString('utf8')));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${name} ended with status ${status}: ${output}`);
  return output;
}

/** Starts the language model of example 04; resolves with its base URL. */
async function startModel(t: Test): Promise<string> {
  const child = spawn(process.execPath, [loader, path.join(folder, '04-own-language-model.ts')], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill());
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return line;
}

t.test('examples are numbered without a gap and short', async (t) => {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort();
  for (const [index, name] of names.entries()) {
    t.equal(Number(name.slice(0, 2)), index + 1, name);
    t.ok(readFileSync(path.join(folder, name), 'utf8').split('\n').length < 60, `${name} has under 60 lines`);
  }
});

t.test('with the embedded responder', async (t) => {
  await using server = await startServer();

  await t.test('01: a text turn', async (t) => {
    t.match(await run('01-text-turn.ts', server), /\w.*\n\(completed\)\n$/su);
  });

  await t.test('02: a spoken turn', async (t) => {
    const out = path.join(t.testdir({}), 'reply.wav');
    const output = await run('02-spoken-turn.ts', server, [out]);
    const clip = await loadFixture('opening-hours');
    const heard = /^caller: (.+)$/mu.exec(output)?.[1] ?? '';
    t.ok(wordOverlap(clip.transcript, heard) >= 0.6, `heard “${heard}”`);
    t.match(output, /^attune: \w/mu);
    const soundMs = Number(/(\d+) ms of sound/u.exec(output)?.[1]);
    t.ok(soundMs > 500, `${soundMs} ms`);
    t.equal(statSync(out).size, 44 + soundMs * 48, 'the file has that sound');
  });

  await t.test('05: a client of Hume’s', async (t) => {
    const output = await run('05-hume-client.ts', server);
    t.match(output, /^caller: .*third time[^]*^ {2}[a-z][A-Za-z]+ 0\.\d\d$[^]*^attune: \w/mu);
  });

  await t.test('06: a function of one’s own', async (t) => {
    const output = await run('06-tool-calls.ts', server);
    t.match(output, /^looking up Paris\nattune: .*sunny/imu);
  });

  await t.test('08: the microphone and the loudspeaker', async (t) => {
    const place = t.testdir({ 'speech.raw': await fixturePcm24k('opening-hours', 3_000), bin: {} });
    const [speech, played] = [path.join(place, 'speech.raw'), path.join(place, 'played.raw')];
    const program = (name: string, script: string): void =>
      writeFileSync(path.join(place, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    program('sox', `cat ${speech}; exec sleep 60`);
    program('play', `exec cat >> ${played}`);
    const child = spawn(process.execPath, [loader, path.join(folder, '08-microphone-assistant.ts')], {
      env: {
        ...process.env,
        PATH: `${path.join(place, 'bin')}${path.delimiter}${process.env['PATH']}`,
        ATTUNE_URL: server.url,
        ATTUNE_API_KEY: testApiKey,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill());
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith('attune: ')) break;
    }
    t.match(lines.join('\n'), /^you: .*open[^]*^ {2}\(\w+\)$[^]*^attune: \w/mu);
    t.ok(statSync(played).size > 20_000, 'the answer was played');
    child.kill('SIGINT');
    t.same(await once(child, 'close'), [0, null], 'Ctrl-C ends it in order');
  });

  await t.test('03: emotion events', async (t) => {
    const output = await run('03-emotion-events.ts', server);
    t.match(output, /^final +\w+ \(confidence 0\.\d\d\)$/mu);
    t.match(output, /trusted: voice 0\.\d\d, words 0\.\d\d; trend: steady/u);
  });
});

t.test('04: a language model of its own, which is told the emotion', async (t) => {
  await using server = await startServer({ llmBaseUrl: await startModel(t) });
  const output = await run('01-text-turn.ts', server);
  t.match(output, /You said: Hello, can you help me with my order\? You sound like this: \w+\./u);
  t.notMatch(output, /nothing I was told of/u);
});

t.test('07: a receiver of escalations, which refuses what is not signed', async (t) => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const receiver = spawn(process.execPath, [loader, path.join(folder, '07-escalation-webhook.ts')], {
    env: { ...process.env, PORT: '0', WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => receiver.kill());
  const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const address = (await next()).split(' ')[1]!;
  t.equal(await next(), `--escalation-webhook-secret ${secret}`);
  t.equal((await fetch(address, { method: 'POST', body: '{}' })).status, 401);
  const rules =
    'rules: [{ name: any anger, when: { feeling: angry }, acts: apologise, escalate: { action: notify, reason: angry } }]';
  await using server = await startServer({
    escalationWebhookUrl: address,
    escalationWebhookSecret: secret,
    responseRulesFile: path.join(t.testdir({ 'rules.yaml': rules }), 'rules.yaml'),
  });
  await run('03-emotion-events.ts', server);
  t.match(await next(), /^notify sess_\S+: angry$/u);
  t.match(await next(), /^ {2}angry, \S+\. Angry .*because/u);
});

t.test('09: a telephone call', async (t) => {
  await using server = await startServer({ twilioSignature: 'off', emotionNotice: '' });
  const file = path.join(t.testdir({}), 'call.wav');
  const output = await run('09-twilio-call.ts', server, [file]);
  t.match(output, /^stream to wss:\/\/127\.0\.0\.1:\d+\/twilio\/media$/mu);
  t.match(output, /^2 phrases, \d{4,} ms of sound \(1000\)$/mu);
  t.ok(statSync(file).size > 8_000);
});
