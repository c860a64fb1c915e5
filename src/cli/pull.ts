/**
 * `attune models pull`: shows a model's licence, has it accepted, and fetches the model.
 *
 * What the person reads goes to standard error, the result to standard output. Ctrl-C stops at once and keeps what has
 * arrived; the same command goes on from there.
 */
import path from 'node:path';
import type { Command } from 'commander';
import type { Clock } from '../core/clock.js';
import { AttuneError, isCancelled } from '../core/errors.js';
import { Scope } from '../core/scope.js';
import { SystemClock } from '../core/system-clock.js';
import type { CatalogueModel } from '../inference/model-catalogue.js';
import { sha256Text, stateOf } from '../inference/pulled-model.js';
import { readCatalogue } from '../inference/pull/catalogue-source.js';
import { ModelPull, type PullEvent } from '../inference/pull/model-pull.js';
import { packageRoot } from '../server/package-root.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';
import { DownloadProgress } from './download-progress.js';
import { terminal } from './terminal.js';

type PullFlags = ConfigFlags & {
  readonly catalogue?: string;
  readonly acceptLicence?: boolean;
  readonly sha256?: readonly string[];
  readonly trustFirstDownload?: boolean;
  readonly json?: boolean;
};

/** The catalogue that comes with Attune. */
export const ownCatalogue = path.join(packageRoot, 'models', 'catalogue.json');

export function registerPull(models: Command): void {
  addConfigOptions(
    models
      .command('pull')
      .description('fetch a third-party recogniser from its home, after its licence was accepted')
      .argument('<name>', 'as in `attune models list`'),
    ['modelHome'],
  )
    .option('--catalogue <file|url>', 'another catalogue than the one that comes with Attune')
    .option('--accept-licence', 'accept the licence without being asked')
    .option('--sha256 <path=digest...>', 'digests of files that have none in the catalogue')
    .option('--trust-first-download', 'take a file that nobody published a digest of, and hold later pulls to it')
    .option('--json', 'the pulled model as one object')
    .action((name: string, flags: PullFlags) => pull(name, flags));
}

async function pull(name: string, flags: PullFlags): Promise<void> {
  const {
    catalogue = ownCatalogue,
    acceptLicence = false,
    sha256 = [],
    trustFirstDownload = false,
    json = false,
  } = flags;
  const modelHome = path.resolve(configFrom(flags).modelHome);
  const clock = new SystemClock();
  await using scope = new Scope('pull', () => undefined);
  const stop = (): void => scope.cancel('client-cancelled');
  process.once('SIGINT', stop);
  try {
    const model = (await readCatalogue(catalogue, { clock, scope })).find(name);
    const plan = await ModelPull.plan({ model, modelHome, digests: digestsOf(sha256, model), trustFirstDownload });
    const isWhole = plan.missing.length === 0 && (await stateOf(modelHome, name)) === 'pulled';
    if (!isWhole) {
      showModel(model, plan);
      if (!acceptLicence) await askForLicence(model);
    }
    const { folder, facts } = await fetchShown(plan, { clock, scope });
    if (json) terminal.json({ folder, ...facts });
    else
      terminal.print(
        `${terminal.good('ok')} ${terminal.bold(name)} ${isWhole ? 'is whole already' : 'is whole'}: ${folder}`,
      );
  } catch (error) {
    if (!isCancelled(error)) throw error;
    terminal.complain('Stopped. What has arrived is kept; the same command goes on from there.');
    process.exitCode = 1;
  } finally {
    process.off('SIGINT', stop);
  }
}

/** Throws OPTION_INVALID. */
function digestsOf(texts: readonly string[], { name, files }: CatalogueModel): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.lastIndexOf('=');
      const without = files.filter(({ sha256 }) => sha256 === null);
      const file = at >= 0 ? text.slice(0, at) : without.length === 1 ? without[0]?.path : undefined;
      const digest = text.slice(at + 1).toLowerCase();
      if (file !== undefined && sha256Text.safeParse(digest).success) return [file, digest] as const;
      throw new AttuneError('OPTION_INVALID', `--sha256 ${text} is not PATH=DIGEST for a file of ${name}`, {
        field: 'sha256',
        hint: 'A digest has 64 hexadecimal digits; the path may be left out when one file alone has none.',
      });
    }),
  );
}

function showModel({ what, languages, licence, homepage }: CatalogueModel, plan: ModelPull): void {
  const rows = [
    [terminal.bold(plan.request.model.name), what],
    ['languages', languages.join(', ')],
    ['home', homepage],
    ['to fetch', `${(plan.missingBytes / 1e6).toFixed(1)} MB in ${plan.missing.length} files to ${plan.folder}`],
    ['licence', `${terminal.bold(licence.id)}  ${licence.url}`],
    ['', licence.meaning],
  ] as const;
  for (const [title, text] of rows) terminal.complain(`${title.padEnd(10)} ${text}`);
  const undigested = plan.undigested.map((file) => file.path);
  if (undigested.length > 0) {
    terminal.complain(
      terminal.warn(`No digest was published of ${undigested.join(', ')}: this project has not verified what comes.`),
    );
  }
}

/** Throws LICENCE_NOT_ACCEPTED. */
async function askForLicence({ name, licence }: CatalogueModel): Promise<void> {
  const answer = terminal.canAsk ? await terminal.ask(`Do you accept the licence ${licence.id}? [y/N] `) : 'n';
  if (/^y(es)?$/iu.test(answer.trim())) return;
  throw new AttuneError('LICENCE_NOT_ACCEPTED', `the licence ${licence.id} of ${name} was not accepted`, {
    field: 'acceptLicence',
  });
}

async function fetchShown(plan: ModelPull, { clock, scope }: { readonly clock: Clock; readonly scope: Scope }) {
  const progress = new DownloadProgress({
    totalBytes: Math.max(1, plan.missingBytes),
    clock,
    output: {
      interactive: terminal.rewritesErrors,
      columns: terminal.errorColumns,
      rewrite: (text) => terminal.rewrite(text),
      line: (text) => terminal.complain(text),
    },
  });
  try {
    return await plan.run({ clock, scope, report: (event) => showEvent(event, progress) });
  } finally {
    progress.end();
  }
}

const vouchers = {
  catalogue: 'the catalogue',
  person: '--sha256',
  home: 'its home alone',
  'first-download': 'nobody: later pulls must match it',
} as const;

function showEvent(event: PullEvent, progress: DownloadProgress): void {
  const { path: file } = event.file;
  switch (event.kind) {
    case 'started':
      progress.keep(event.keptBytes);
      if (event.keptBytes > 0) progress.note(terminal.dim(`${file}: goes on after ${event.keptBytes} bytes`));
      return;
    case 'received':
      progress.receive(event.bytes);
      return;
    case 'restarted':
      progress.lose(event.lostBytes);
      progress.note(terminal.warn(`${file}: from the beginning, ${event.reason}`));
      return;
    case 'retrying':
      progress.note(terminal.warn(`${file}: ${event.reason}; again in ${Math.ceil(event.pauseMs / 1_000)} s`));
      return;
    case 'digest':
      if (event.origin === 'home') progress.note(`${file}: its home says ${event.digest} at ${event.url}`);
      return;
    case 'done':
      progress.note(terminal.dim(`${file}: sha256 ${event.sha256}, vouched for by ${vouchers[event.origin]}`));
  }
}
