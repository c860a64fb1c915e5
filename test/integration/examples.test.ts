/**
 * The examples run as their first lines say, as processes of their own against a whole server.
 */
import t, { type Test } from 'tap';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadFixture, wordOverlap } from '../support/fixture-audio.js';
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
