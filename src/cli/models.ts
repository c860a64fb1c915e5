/**
 * `attune models list` and `attune models verify`: what the models are, and whether their files are whole.
 */
import type { Command } from 'commander';
import { ModelManifest } from '../inference/model-manifest.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';
import { terminal } from './terminal.js';

type ModelsFlags = ConfigFlags & { readonly json?: boolean };

export function register(program: Command): void {
  const models = program.command('models').description('the models: what they are and whether they are whole');
  const subcommand = (name: string, description: string): Command =>
    addConfigOptions(models.command(name).description(description), ['modelDir']).option(
      '--json',
      'one object per line',
    );
  subcommand('list', 'name, size, licence and origin of every model').action((flags: ModelsFlags) => list(flags));
  subcommand('verify', 'compare every file with its checksum; exit status 1 when one is not whole').action(
    (flags: ModelsFlags) => verify(flags),
  );
}

async function list({ json = false, ...flags }: ModelsFlags): Promise<void> {
  const { models } = await ModelManifest.read(configFrom(flags).modelDir);
  if (json) {
    for (const { name, kind, file, bytes, licence, source } of models) {
      terminal.json({ name, kind, file, bytes, licence, source });
    }
    return;
  }
  terminal.table(
    ['model', 'kind', 'MB', 'licence', 'origin'],
    models.map(({ name, kind, bytes, licence, source }) => [name, kind, (bytes / 1e6).toFixed(2), licence, source]),
  );
}

async function verify({ json = false, ...flags }: ModelsFlags): Promise<void> {
  const manifest = await ModelManifest.read(configFrom(flags).modelDir);
  for (const entry of manifest.models) {
    const verdict = await manifest.verify(entry);
    if (json) terminal.json({ name: entry.name, file: entry.file, verdict });
    else
      terminal.print(
        `${verdict === 'ok' ? terminal.good('ok     ') : terminal.bad(verdict.padEnd(7))} ${entry.name}  ${terminal.dim(entry.file)}`,
      );
    if (verdict !== 'ok') process.exitCode = 1;
  }
}
