/**
 * `attune audit verify` and `show`: whether the audit log is whole, and what it says.
 */
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { entryOf, verifyChain } from '../privacy/audit-chain.js';
import { readAuditFile } from '../privacy/audit-log.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';
import { terminal } from './terminal.js';

type AuditFlags = ConfigFlags & { readonly json?: boolean; readonly expectHead?: string; readonly action?: string };

export function register(program: Command): void {
  const audit = program.command('audit').description('the log of who did what to whose data: verify it, show it');
  const subcommand = (name: string, description: string): Command =>
    addConfigOptions(audit.command(name).description(description).argument('[file]', 'instead of --audit-log'), [
      'auditLog',
      'auditKey',
    ]).option('--json', 'one object per line');
  subcommand('verify', 'exit status 1 when an entry was changed, dropped or put in between')
    .option('--expect-head <hash>', 'the head that was noted elsewhere must be in the log')
    .action((file: string | undefined, flags: AuditFlags) => verify(file, flags));
  subcommand('show', 'the entries, oldest first')
    .option('--action <name>', 'only these, as memory.erased')
    .action((file: string | undefined, flags: AuditFlags) => show(file, flags));
}

async function verify(given: string | undefined, { json, expectHead, ...flags }: AuditFlags): Promise<void> {
  const { file, key, lines, isTorn } = await opened(given, flags);
  const verdict = verifyChain(lines, key);
  const isKnown = expectHead === undefined || lines.some((line) => entryOf(line)?.hash === expectHead);
  const ok = verdict.ok && isKnown;
  if (!ok) process.exitCode = 1;
  const problem = verdict.ok ? (isKnown ? null : 'the expected head is not in it') : verdict.problem;
  if (json) {
    const [entryCount, head] = verdict.ok ? [verdict.entryCount, verdict.head.hash] : [null, null];
    terminal.json({
      file,
      ok,
      entryCount,
      head,
      line: verdict.ok ? null : verdict.line,
      problem,
      unfinishedLine: isTorn,
    });
  } else if (ok && verdict.ok) {
    terminal.print(`${terminal.good('whole')}  ${verdict.entryCount} entries, head ${verdict.head.hash}`);
    if (isTorn) terminal.print('The last line is unfinished: the process died while it wrote it, before it counted.');
  } else {
    const where = verdict.ok ? '' : `line ${verdict.line}: `;
    terminal.print(`${terminal.bad('broken')}  ${where}${problem ?? ''}`);
  }
}

async function show(given: string | undefined, { json, action, ...flags }: AuditFlags): Promise<void> {
  const { lines } = await opened(given, flags);
  const entries = lines.map(entryOf).filter((entry) => entry !== undefined);
  const shown = entries.filter((entry) => action === undefined || entry.action === action);
  if (json) {
    for (const entry of shown) terminal.json(entry);
    return;
  }
  terminal.table(
    ['', 'time', 'action', 'tenant', 'actor', 'subject', 'facts'],
    shown.map(({ sequence, time, action: what, tenant, actor, subject, facts }) => [
      String(sequence),
      time.slice(0, 19),
      what,
      tenant,
      actor.slice(0, 12),
      subject?.slice(0, 12) ?? '–',
      Object.entries(facts)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(', '),
    ]),
  );
}

async function opened(given: string | undefined, flags: ConfigFlags) {
  const { auditLog, auditKey } = configFrom(flags);
  const file = given ?? auditLog;
  if (file === 'off')
    throw new AttuneError('OPTION_INVALID', 'the configuration keeps no audit log', { field: 'auditLog' });
  try {
    return { file, key: auditKey, ...(await readAuditFile(file)) };
  } catch (error) {
    throw new AttuneError('FILE_UNREADABLE', 'the audit log cannot be read', { field: file, cause: error });
  }
}
