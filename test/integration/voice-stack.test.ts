/** Opening the abilities when one of them cannot be. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { loadConfig } from '../../src/server/config.js';
import { defaultRulesFile } from '../../src/server/response-rules-file.js';
import { VoiceStack } from '../../src/server/voice-stack.js';
import { ManualClock } from '../support/manual-clock.js';

t.test('what opens after another ability has failed is closed with the rest', async (t) => {
  const folder = t.testdir({});
  const rules = join(folder, 'rules.fifo');
  execFileSync('mkfifo', [rules]);
  const missing = join(folder, 'no-words.txt');
  const flags = { responseRulesFile: rules, hotwordsFile: missing, emotion: 'off', providers: 'cpu' };
  const config = loadConfig({ environment: {}, flags });
  const clock = new ManualClock();
  const options = { config, clock, logger: silentLogger, metrics: silentMetrics };
  await using stack = await VoiceStack.create(options);
  await t.rejects(stack.openStt(), { code: 'FILE_UNREADABLE' }, 'the words fail while the rules wait for their file');
  const opening = t.rejects(stack.openAbilities({ level: 0 }, new AbortController().signal), {
    code: 'FILE_UNREADABLE',
  });
  await writeFile(rules, await readFile(defaultRulesFile));
  await opening;
  t.equal(clock.pendingDelaysMs.length, 1, 'the rules are watched');
  await stack[Symbol.asyncDispose]();
  t.equal(clock.pendingDelaysMs.length, 0, 'and nothing is once the stack is closed');
});
