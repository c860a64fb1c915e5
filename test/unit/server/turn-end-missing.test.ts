/**
 * A folder of models without an end-of-turn model, or with a broken one: told about, not refused.
 */
import t from 'tap';
import { silentLogger } from '../../../src/core/logger.js';
import { silentMetrics } from '../../../src/core/metrics.js';
import { SystemClock } from '../../../src/core/system-clock.js';
import { optionNames, optionTable, type Config } from '../../../src/server/option-table.js';
import { VoiceStack } from '../../../src/server/voice-stack.js';

const defaults = Object.fromEntries(optionNames.map((name) => [name, optionTable[name].default])) as unknown as Config;

const entry = {
  name: 'turn-end',
  kind: 'onnx',
  file: 'turn-end.onnx',
  licence: 'CC BY 4.0',
  source: 'training/turn-end',
  sha256: '0'.repeat(64),
  bytes: 1,
};

for (const { name, folder, code } of [
  { name: 'not listed', folder: { 'manifest.json': '{ "models": [] }' }, code: 'MODEL_UNKNOWN' },
  { name: 'not there', folder: { 'manifest.json': JSON.stringify({ models: [entry] }) }, code: 'MODEL_MISSING' },
  {
    name: 'not itself',
    folder: { 'manifest.json': JSON.stringify({ models: [entry] }), 'turn-end.onnx': 'x' },
    code: 'MODEL_CORRUPT',
  },
]) {
  t.test(`a model that is ${name}`, async (t) => {
    const told: unknown[] = [];
    await using stack = await VoiceStack.create({
      config: { ...defaults, modelDir: t.testdir(folder) },
      clock: new SystemClock(),
      logger: { ...silentLogger, warn: (_message, fields) => told.push(fields) },
      metrics: { ...silentMetrics, count: (metric, labels) => told.push({ metric, ...labels }) },
    });
    t.equal(await stack.openTurnEndIfPossible(), null);
    t.match(told, [{ code }, { metric: 'degraded_total', component: 'turn-end', code }]);
  });
}
