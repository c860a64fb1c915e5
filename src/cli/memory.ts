/**
 * `attune memory`: what is remembered about a person, and everything that may be done with it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { silentLogger } from '../core/logger.js';
import { SystemClock } from '../core/system-clock.js';
import type { EmotionalMemory, PersonExport, PersonName, Recording } from '../memory/emotional-memory.js';
import { Vault } from '../memory/vault.js';
import { consentStates, consentSubjects, type Consent, type ConsentState } from '../privacy/consent.js';
import { openAudit } from '../server/open-audit.js';
import { openMemory } from '../server/open-memory.js';
import type { OptionName } from '../server/option-table.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';
import { terminal } from './terminal.js';

type MemoryFlags = ConfigFlags & { readonly json?: boolean; readonly tenant: string };

const memoryOptions: readonly OptionName[] = [
  'memory',
  'memoryPath',
  'memoryUrl',
  'memoryKey',
  'memoryKeyFile',
  'auditLog',
  'auditKey',
];

export function register(program: Command): void {
  const memory = program
    .command('memory')
    .description('what is remembered about people: show, export, erase, and more');
  const ofPerson = (name: string, description: string): Command =>
    addConfigOptions(
      memory.command(name).description(description).argument('<id>', 'the person, as clients name them'),
      [...memoryOptions],
    )
      .option('--tenant <name>', 'whose customer the person is', 'default')
      .option('--json', 'one object');
  ofPerson('show', 'what is remembered of a person, and why').action((id: string, flags: MemoryFlags) =>
    withMemory(flags, (kept, tenant) => show(kept, { tenant, id }, flags.json === true)),
  );
  ofPerson('export', 'everything about a person, as JSON').action((id: string, flags: MemoryFlags) =>
    withMemory(flags, async (kept, tenant) =>
      terminal.json(exported(await kept.disclose({ tenant, id }, 'memory.exported'))),
    ),
  );
  ofPerson('recordings', 'turns that were recorded of a person who agreed to it, as files for `attune explain`')
    .option('--out <folder>', 'write them there; without it they are listed')
    .action((id: string, flags: MemoryFlags & { readonly out?: string }) =>
      withMemory(flags, async (kept, tenant) => saveRecordings(await kept.recordings({ tenant, id }), flags)),
    );
  ofPerson('erase', 'forget everything about a person, without a trace')
    .requiredOption('--yes', 'really: it cannot be taken back')
    .action((id: string, flags: MemoryFlags) =>
      withMemory(flags, async (kept, tenant) => {
        const erasedRecords = await kept.erase({ tenant, id });
        if (flags.json) terminal.json({ erasedRecords });
        else terminal.print(`${erasedRecords} records erased`);
      }),
    );
  ofPerson('consent', 'what a person agreed to; with a subject and a state, record it')
    .argument('[subject]', consentSubjects.join(', '))
    .argument('[state]', consentStates.join(', '))
    .action((id: string, subject: string | undefined, state: string | undefined, flags: MemoryFlags) =>
      withMemory(flags, async (kept, tenant) => {
        const person = { tenant, id };
        const told = toldOf(subject, state);
        const consent = told === null ? await kept.consentOf(person) : await kept.setConsent(person, told);
        if (flags.json) terminal.json(consent);
        else printConsent(consent);
      }),
    );
  const ofAll = (name: string, description: string, more: readonly OptionName[] = []): Command =>
    addConfigOptions(memory.command(name).description(description), [...memoryOptions, ...more]);
  ofAll('sweep', 'forget what is past its retention', ['memoryRetentionDays']).action((flags: MemoryFlags) =>
    withMemory(flags, async (kept) => {
      const { memoryRetentionDays } = configFrom(flags);
      terminal.print(`${await kept.sweep(() => memoryRetentionDays)} records forgotten`);
    }),
  );
  ofAll('rotate', 'seal everything again with the newest key').action((flags: MemoryFlags) =>
    withMemory(flags, async (kept) => terminal.print(`${await kept.rotate()} records sealed again`)),
  );
  memory
    .command('new-key')
    .description('a new key for the memory, to keep in ATTUNE_MEMORY_KEY or a file')
    .action(() => terminal.print(Vault.newKey()));
}

async function withMemory(
  { json: _json, tenant = 'default', ...flags }: MemoryFlags,
  work: (memory: EmotionalMemory, tenant: string) => Promise<void>,
): Promise<void> {
  const config = configFrom(flags);
  const clock = new SystemClock();
  await using audit = await openAudit(config, clock);
  const memory = await openMemory(config, { clock, logger: silentLogger, audit, actor: 'operator' });
  if (memory === null) {
    throw new AttuneError('OPTION_INVALID', 'the configuration turns the memory off', { field: 'memory' });
  }
  await using kept = memory;
  await work(kept, tenant);
}

function toldOf(subject: string | undefined, state: string | undefined): Partial<Consent> | null {
  if (subject === undefined) return null;
  const known = consentSubjects.find((name) => name === subject);
  if (known === undefined || !consentStates.includes(state as ConsentState)) {
    throw new AttuneError('OPTION_INVALID', `'${subject} ${state ?? ''}' is no consent`, {
      field: known === undefined ? 'subject' : 'state',
      hint: `Use one of ${consentSubjects.join(', ')} with one of ${consentStates.join(', ')}.`,
    });
  }
  return { [known]: state as ConsentState };
}

async function show(memory: EmotionalMemory, person: PersonName, json: boolean): Promise<void> {
  const { consent, recollection, turns, voice } = await memory.disclose(person, 'memory.shown');
  if (json) {
    terminal.json({ consent, rememberedTurns: turns.length, recollection, voiceHeardS: voice?.heardS ?? 0 });
    return;
  }
  printConsent(consent);
  if (recollection === null) {
    terminal.print('Nothing is remembered.');
    return;
  }
  const { usual, triggers, lastLabel, lastAtMs, reminder } = recollection;
  const shown = (value: number): string => value.toFixed(2);
  terminal.print(
    `Turns         ${turns.length}, the last ${new Date(lastAtMs).toISOString().slice(0, 10)} (${lastLabel})`,
  );
  terminal.print(
    `Usual mood    pleasantness ${shown(usual.valence)}, arousal ${shown(usual.arousal)}, control ${shown(usual.dominance)}`,
  );
  terminal.print(`Usual voice   ${voice === null ? 'unknown' : `from ${voice.heardS.toFixed(0)} s of speech`}`);
  for (const { topic, label, weight, turnCount } of triggers)
    terminal.print(`Trigger       ${topic}: ${label}, weight ${shown(weight)}, ${turnCount} turns`);
  if (reminder !== null) terminal.print(`An assistant is told: ${reminder}`);
}

async function saveRecordings(
  recordings: readonly Recording[],
  { out, json }: { readonly out?: string; readonly json?: boolean },
): Promise<void> {
  if (out !== undefined) await mkdir(out, { recursive: true, mode: 0o700 });
  for (const { id, atMs, text } of recordings) {
    const at = new Date(atMs).toISOString();
    const file = out === undefined ? null : join(out, `${at.replace(/[:.]/gu, '-')}-${id}.json`);
    if (file !== null) await writeFile(file, text, { mode: 0o600 });
    if (json) terminal.json({ at, id, file });
    else terminal.print(`${at}  ${file ?? id}`);
  }
  if (recordings.length === 0 && !json) terminal.print('No turn was recorded.');
}

function printConsent(consent: Consent): void {
  for (const subject of consentSubjects) terminal.print(`Consent       ${subject}: ${consent[subject]}`);
}

function exported({ voice, ...rest }: PersonExport): unknown {
  return { ...rest, voice: voice && { heardS: voice.heardS, mean: Array.from(voice.mean) } };
}
