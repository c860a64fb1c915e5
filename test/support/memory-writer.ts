/**
 * Writes turns into a memory for ever and prints `kept` after each acknowledged one, to be killed by a test.
 *
 *   node --import=…/typescript-loader.js memory-writer.ts FILE KEY
 */
import { SystemClock } from '../../src/core/system-clock.js';
import { EmotionalMemory } from '../../src/memory/emotional-memory.js';
import { LibsqlMemoryStore } from '../../src/memory/libsql-memory-store.js';
import { Vault } from '../../src/memory/vault.js';

const [file = '', key = ''] = process.argv.slice(2);
const clock = new SystemClock();
const store = await LibsqlMemoryStore.open(file, { clock });
const memory = await EmotionalMemory.open({ store, vault: Vault.fromText(key), clock });
const person = { tenant: 'default', id: 'writer' };
await memory.setConsent(person, { memory: 'given' });
for (;;) {
  await memory.remember(person, {
    atMs: clock.wallTimeMs(),
    label: 'calm',
    arousal: 0.2,
    valence: 0.6,
    dominance: 0.5,
    confidence: 0.5,
    topics: [],
  });
  process.stdout.write('kept\n');
}
