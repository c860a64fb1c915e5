/**
 * Opens a memory when it is told to, prints a pseudonym and ends: several of them start on one new file.
 *
 *   node --import=…/typescript-loader.js memory-opener.ts FILE KEY
 */
import { once } from 'node:events';
import { SystemClock } from '../../src/core/system-clock.js';
import { EmotionalMemory } from '../../src/memory/emotional-memory.js';
import { LibsqlMemoryStore } from '../../src/memory/libsql-memory-store.js';
import { Vault } from '../../src/memory/vault.js';

const [file = '', key = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const clock = new SystemClock();
const store = await LibsqlMemoryStore.open(file, { clock });
await using memory = await EmotionalMemory.open({ store, vault: Vault.fromText(key), clock });
process.stdout.write(`${memory.pseudonymOf({ tenant: 'default', id: 'anna' })}\n`);
