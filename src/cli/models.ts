/**
 * `attune models list`, `verify`, `pull` and `remove`: what the models are, whether their files are whole, and which
 * third-party recognisers can be fetched or were.
 */
import path from 'node:path';
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { Scope } from '../core/scope.js';
import { SystemClock } from '../core/system-clock.js';
import { ModelManifest, type ModelVerdict } from '../inference/model-manifest.js';
import { PulledModel, pulledNames, removePulled, stateOf } from '../inference/pulled-model.js';
import { readCatalogue } from '../inference/pull/catalogue-source.js';
import { PullLock } from '../inference/pull/pull-lock.js';
import type { OptionName } from '../server/option-table.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';
import { ownCatalogue, registerPull } from './pull.js';
import { terminal } from './terminal.js';

type ModelsFlags = ConfigFlags & { readonly json?: boolean };

export function register(program: Command): void {
  const models = program.command('models').description('the models: what they are, whether they are whole, and more');
  const subcommand = (name: string, description: string, options: readonly OptionName[]): Command =>
    addConfigOptions(models.command(name).description(description), options).option('--json', 'one object per line');
  subcommand('list', 'name, size, licence and origin of every model, and what can be pulled', ['modelDir', 'modelHome'])
    .option('--catalogue <file|url>', 'another catalogue of what can be pulled')
    .action((flags: ModelsFlags & { readonly catalogue?: string }) => list(flags));
  subcommand('verify', 'compare every file with its checksum; exit status 1 when one is not whole', [
    'modelDir',
    'modelHome',
  ]).action((flags: ModelsFlags) => verify(flags));
  registerPull(models);
  subcommand('remove', 'delete a model that was pulled', ['modelHome'])
    .argument('<name>')
    .option('--forget', 'forget its digests too, so that the next pull may bring other files')
    .action((name: string, flags: ModelsFlags & { readonly forget?: boolean }) => remove(name, flags));
}

async function list({
  json = false,
  catalogue = ownCatalogue,
  ...flags
}: ModelsFlags & { readonly catalogue?: string }): Promise<void> {
  const { modelDir, modelHome } = configFrom(flags);
  const { models } = await ModelManifest.read(modelDir);
  await using scope = new Scope('list', () => undefined);
  const pullable = (await readCatalogue(catalogue, { clock: new SystemClock(), scope })).models;
  const states = await Promise.all(pullable.map(({ name }) => stateOf(modelHome, name)));
  const elsewhere = (await pulledNames(modelHome)).filter((name) => !pullable.some((model) => model.name === name));
  const others = await Promise.all(
    elsewhere.map((name) => PulledModel.read(path.join(modelHome, name)).catch(noModel)),
  );
  const rows = [
    ...pullable.map((model, index) => ({ ...model, state: states[index] ?? 'absent', bytes: sum(model.files) })),
    ...others
      .filter((model) => model !== undefined)
      .map(({ facts }) => ({ ...facts, state: 'pulled' as const, bytes: sum(facts.files) })),
  ].map(({ name, engine, languages, bytes, licence, homepage, state, files }) => ({
    name,
    kind: 'pulled',
    engine,
    languages,
    bytes,
    licence: licence.id,
    source: homepage,
    state,
    undigested: files.filter((file) => file.sha256 === null).map((file) => file.path),
  }));
  if (json) {
    for (const { name, kind, file, bytes, licence, source } of models) {
      terminal.json({ name, kind, file, bytes, licence, source });
    }
    for (const row of rows) terminal.json(row);
    return;
  }
  terminal.table(
    ['model', 'kind', 'MB', 'licence', 'origin'],
    models.map(({ name, kind, bytes, licence, source }) => [name, kind, megabytes(bytes), licence, source]),
  );
  terminal.print(`\nTo be pulled with ${terminal.bold('attune models pull NAME')} to ${modelHome}:`);
  terminal.table(
    ['model', 'engine', 'languages', 'MB', 'licence', 'digests', ''],
    rows.map(({ name, engine, languages, bytes, licence, undigested, state }) => [
      name,
      engine,
      languages.join(' '),
      megabytes(bytes),
      licence,
      undigested.length === 0 ? 'published' : `${undigested.length} unpublished`,
      state === 'absent' ? '' : state,
    ]),
  );
}

async function verify({ json = false, ...flags }: ModelsFlags): Promise<void> {
  const { modelDir, modelHome } = configFrom(flags);
  const show = (name: string, file: string, verdict: ModelVerdict): void => {
    if (json) terminal.json({ name, file, verdict });
    else
      terminal.print(
        `${verdict === 'ok' ? terminal.good('ok     ') : terminal.bad(verdict.padEnd(7))} ${name}  ${terminal.dim(file)}`,
      );
    if (verdict !== 'ok') process.exitCode = 1;
  };
  const manifest = await ModelManifest.read(modelDir);
  for (const entry of manifest.models) show(entry.name, entry.file, await manifest.verify(entry));
  for (const name of await pulledNames(modelHome)) {
    const folder = path.join(modelHome, name);
    try {
      const model = await PulledModel.read(folder);
      for (const file of model.facts.files) show(name, path.join(folder, file.path), await model.verify(file));
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      show(name, path.join(folder, 'model.json'), error.code === 'MODEL_MISSING' ? 'missing' : 'corrupt');
    }
  }
}

async function remove(
  name: string,
  { json = false, forget = false, ...flags }: ModelsFlags & { readonly forget?: boolean },
): Promise<void> {
  const { modelHome } = configFrom(flags);
  await using scope = new Scope('remove', () => undefined);
  const { models } = await readCatalogue(ownCatalogue, { clock: new SystemClock(), scope });
  const listed = models.find((model) => model.name === name)?.files.map((file) => file.path);
  const isThere = (await stateOf(modelHome, name)) !== 'absent';
  // What is remembered of a model may be forgotten when the model is gone already.
  const { removedBytes, left } =
    isThere || !forget ? await removePulled(modelHome, name, listed) : { removedBytes: 0, left: [] };
  if (forget) await (await PullLock.read(modelHome)).forget(name);
  if (json) {
    terminal.json({ name, removedBytes, left });
    return;
  }
  terminal.print(`${terminal.good('ok')} ${terminal.bold(name)} removed, ${megabytes(removedBytes)} MB`);
  if (left.length > 0)
    terminal.complain(`left in ${path.join(modelHome, name)}, not put there by a pull: ${left.join(', ')}`);
}

function sum(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

function noModel(): undefined {
  return undefined;
}
