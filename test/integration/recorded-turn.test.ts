/**
 * A turn of a real call, recorded because the person agreed, is explained afterwards bit for bit, and is gone when they change
 * their mind.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../support/attune-command.js';
import { fixturePcm24k } from '../support/fixture-audio.js';
import { startServer, testApiKey } from '../support/running-server.js';
import { WireClient } from '../support/wire-client.js';

const session = (consent: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> => ({
  type: 'session.update',
  session: { type: 'realtime', output_modalities: ['text'], attune: { person: 'anna', consent } },
});

t.test('recorded, explained, forgotten', { timeout: 120_000 }, async (t) => {
  const folder = t.testdir();
  const memoryPath = join(folder, 'memory.db');
  const flags = { memory: 'file', memoryPath, turnRecords: 'on' };
  {
    await using server = await startServer(flags);
    await using client = await WireClient.open(server.url, testApiKey);
    for (const [consent, clip] of [
      [{ memory: 'given' }, 'greeting'],
      [{ recording: 'given' }, 'late-delivery-angry'],
      [{}, 'return-shoes'],
    ] as const) {
      const from = client.events.length;
      client.send(session(consent));
      await client.nextOfType('session.updated', from);
      if (Object.keys(consent).length > 0) await client.nextOfType('attune.person', from);
      client.sendAudio(await fixturePcm24k(clip, 1_500));
      await client.nextOfType('response.done', from);
    }
  }
  const memory = (...args: string[]) =>
    runCommand(['memory', ...args, '--memory', 'file', '--memory-path', memoryPath, '--audit-log', 'off']);
  const listed = await memory('recordings', 'anna', '--out', join(folder, 'turns'), '--json');
  t.equal(listed.status, 0, listed.stderr);
  const files = readdirSync(join(folder, 'turns')).sort();
  t.equal(files.length, 2, 'the turn before the consent was not recorded');
  for (const [index, file] of files.entries()) {
    const explained = await runCommand(['explain', join(folder, 'turns', file), '--json']);
    t.equal(explained.status, 0, explained.stdout + explained.stderr);
    t.match(explained.json()[0], { same: true, differences: [], changedModels: [] }, file);
    t.match(explained.json()[0]?.['text'], index === 0 ? /third time/ : /shoes/);
  }
  const tampered = join(folder, 'tampered.json');
  writeFileSync(tampered, readFileSync(join(folder, 'turns', files[0]!), 'utf8').replace('third', 'fourth'));
  const refused = await runCommand(['explain', tampered]);
  t.equal(refused.status, 1);
  t.match(refused.stdout, /not the same[\s\S]*estimate\./);
  t.equal((await memory('consent', 'anna', 'recording', 'withdrawn')).status, 0);
  t.match((await memory('recordings', 'anna')).stdout, /No turn was recorded/);
});
