/**
 * `attune doctor`: looks at the machine and the installation and says what stands in the way.
 */
import type { Command } from 'commander';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';
import {
  checkMemory,
  checkModels,
  checkNode,
  checkOptionalPackages,
  checkPort,
  checkProcessor,
  checkProviders,
  checkRecorder,
  type Finding,
} from './host-checks.js';
import { terminal } from './terminal.js';

type DoctorFlags = ConfigFlags & { readonly json?: boolean };

export function register(program: Command): void {
  const command = program
    .command('doctor')
    .description('what on this machine helps or hinders; exit status 1 on a problem');
  addConfigOptions(command, ['host', 'port', 'modelDir', 'providers', 'sttEngine'])
    .option('--json', 'one object per line')
    .action((flags: DoctorFlags) => examine(flags));
}

async function examine({ json = false, ...flags }: DoctorFlags): Promise<void> {
  const config = configFrom(flags);
  const show = (finding: Finding): void => {
    if (json) terminal.json(finding);
    else terminal.print(`${markOf(finding)} ${finding.name.padEnd(22)} ${finding.detail}`);
    if (finding.verdict === 'problem') process.exitCode = 1;
  };
  [checkNode(), checkProcessor(), checkMemory(), checkRecorder()].forEach(show);
  show(await checkPort(config));
  (await checkModels(config)).forEach(show);
  (await checkProviders(config)).forEach(show);
  checkOptionalPackages(config).forEach(show);
}

function markOf({ verdict }: Finding): string {
  if (verdict === 'ok') return terminal.good('✓');
  return verdict === 'note' ? terminal.warn('!') : terminal.bad('✗');
}
