/**
 * Reasons of real turns, taken away from the turn itself: the score moves as the explanation said it would.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { measureFaithfulness } from '../../bench/faithfulness.js';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { loadConfig } from '../../src/server/config.js';
import { packageRoot } from '../../src/server/package-root.js';
import { VoiceStack } from '../../src/server/voice-stack.js';

const corporaFolder = process.env['ATTUNE_CORPORA'] ?? join(packageRoot, '..', 'shared', 'data');
const skip = !existsSync(join(corporaFolder, 'emotion', 'manifest.tsv')) && `no corpora in ${corporaFolder}`;

t.test('two hundred turns', { skip, timeout: 240_000 }, async (t) => {
  const config = loadConfig({ flags: { providers: 'cpu' }, environment: {} });
  const parts = { config, clock: new SystemClock(), logger: silentLogger, metrics: silentMetrics };
  await using stack = await VoiceStack.create(parts);
  const figures = await measureFaithfulness({
    voiceEmotion: await stack.openVoiceEmotion(),
    sentiment: await stack.openSentiment(),
    corporaFolder,
    turnCount: 200,
    signal: new AbortController().signal,
  });
  if (figures === null) throw new Error('the corpora are there');
  t.equal(figures.turnCount, 200);
  const least = { word: 0.95, loudness: 0.85, pitch: 1, rate: 1 } as const;
  for (const [kind, share] of Object.entries(least)) {
    const found = figures.kinds.find((one) => one.kind === kind);
    t.ok((found?.count ?? 0) >= 40, `${kind}: ${found?.count ?? 0} reasons taken away`);
    t.ok((found?.agreeing ?? 0) >= share, `${kind}: ${found?.agreeing ?? 0} as stated`);
  }
  t.ok(figures.allTogether.falling / figures.allTogether.count >= 0.95, JSON.stringify(figures.allTogether));
  t.ok(figures.withAcoustics >= 0.5, `${figures.withAcoustics} name an acoustic reason`);
});
