/**
 * `attune keys`: make, list and take away the keys of a file of tenants. A key is shown once; the file holds its digest.
 */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { AttuneError } from '../core/errors.js';
import { keyScopes, newApiKey, type KeyScope } from '../server/api-key.js';
import { addKey, entryOf, listKeys, removeKey, type ListedKey } from '../server/tenants-document.js';
import { terminal } from './terminal.js';

interface NewFlags {
  readonly tenant: string;
  readonly name?: string;
  readonly scopes?: readonly string[];
  readonly maxCalls?: string;
  readonly callsPerMinute?: string;
  readonly requestsPerMinute?: string;
  readonly tenantsFile?: string;
  readonly json?: boolean;
}

interface FileFlags {
  readonly tenantsFile: string;
  readonly json?: boolean;
}

const fileOption = ['--tenants-file <path>', 'the file that the server runs with'] as const;

export function register(program: Command): void {
  const keys = program.command('keys').description('keys of clients: make, list, take away');
  keys
    .command('new')
    .description('make a key; it is shown once')
    .option('--tenant <name>', 'whose key it is', 'default')
    .option('--name <name>', 'what you call it')
    .option('--scopes <scopes...>', `what it is good for: ${keyScopes.join(', ')}; all without`)
    .option('--max-calls <count>', 'calls at once')
    .option('--calls-per-minute <count>', 'calls begun in a minute')
    .option('--requests-per-minute <count>', 'requests of the HTTP side in a minute')
    .option('--tenants-file <path>', 'add it to this file; without, what belongs there is shown')
    .option('--json', 'one object')
    .action((flags: NewFlags) => makeKey(flags));
  keys
    .command('list')
    .description('the keys of a file of tenants')
    .requiredOption(...fileOption)
    .option('--json', 'one object per key')
    .action(async (flags: FileFlags) => show(await listKeys(flags.tenantsFile), flags.json === true));
  keys
    .command('revoke')
    .description('take a key away; a running server refuses it from then on')
    .argument('<key>', 'its id or name, as `attune keys list` shows them')
    .requiredOption(...fileOption)
    .option('--json', 'one object')
    .action(async (which: string, flags: FileFlags) => {
      const { id, tenant } = await removeKey(flags.tenantsFile, which);
      if (flags.json) terminal.json({ revoked: id, tenant });
      else terminal.print(`key ${terminal.bold(id)} of ${tenant} opens nothing any more`);
    });
}

async function makeKey(flags: NewFlags): Promise<void> {
  const key = newApiKey();
  const made = {
    tenant: flags.tenant,
    key,
    name: flags.name,
    scopes: flags.scopes?.flatMap((text) => text.split(',')).map(scopeOf),
    limits: {
      maxCalls: countOf(flags.maxCalls, 'maxCalls'),
      callsPerMinute: countOf(flags.callsPerMinute, 'callsPerMinute'),
      requestsPerMinute: countOf(flags.requestsPerMinute, 'requestsPerMinute'),
    },
  };
  if (flags.tenantsFile !== undefined) await addKey(flags.tenantsFile, made);
  if (flags.json) {
    terminal.json({ key, tenant: flags.tenant, entry: entryOf(made) });
    return;
  }
  terminal.print(terminal.bold(key));
  terminal.complain('This is the only time it is shown.');
  if (flags.tenantsFile === undefined) {
    terminal.complain('For the file of tenants:');
    terminal.write(stringify({ tenants: { [flags.tenant]: { keys: [entryOf(made)] } } }, { lineWidth: 0 }));
  }
}

function show(keys: readonly ListedKey[], asJson: boolean): void {
  if (asJson) {
    for (const key of keys) terminal.json(key);
    return;
  }
  const limitText = ({ limits }: ListedKey): string =>
    Object.entries(limits)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  terminal.table(
    ['tenant', 'id', 'name', 'scopes', 'limits'],
    keys.map((key) => [key.tenant, key.id, key.name ?? '', key.scopes.join(' '), limitText(key)]),
  );
}

function scopeOf(text: string): KeyScope {
  const scope = keyScopes.find((one) => one === text);
  if (scope === undefined)
    throw new AttuneError('OPTION_INVALID', `'${text}' is no scope; there are ${keyScopes.join(', ')}`, {
      field: 'scopes',
    });
  return scope;
}

function countOf(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/u.test(text))
    throw new AttuneError('OPTION_INVALID', `${field} must be a number from 1 to 999999`, { field });
  return Number(text);
}
