/**
 * The command line: knows the commands, prints their failures and sets the exit status.
 *
 * 0 means done, 1 a failure with its code, 2 a call that was not understood. A new command is a file that exports
 * `register`, imported and listed here.
 */
import { Command, CommanderError } from 'commander';
import { toAttuneError, type AttuneError } from '../core/errors.js';
import { packageVersion } from '../server/package-root.js';
import { register as registerAudit } from './audit.js';
import { register as registerCall } from './call.js';
import { register as registerDemo } from './demo.js';
import { register as registerDoctor } from './doctor.js';
import { register as registerEmotion } from './emotion.js';
import { register as registerEvaluate } from './evaluate.js';
import { register as registerExplain } from './explain.js';
import { register as registerKeys } from './keys.js';
import { register as registerLab } from './lab.js';
import { register as registerMemory } from './memory.js';
import { register as registerModels } from './models.js';
import { register as registerRules } from './rules.js';
import { register as registerSay } from './say.js';
import { register as registerSentiment } from './sentiment.js';
import { register as registerServe } from './serve.js';
import { register as registerTranscribe } from './transcribe.js';
import { register as registerVad } from './vad.js';
import { terminal } from './terminal.js';

/** In the order of the help. */
const commands = [
  registerServe,
  registerDemo,
  registerCall,
  registerTranscribe,
  registerEmotion,
  registerSentiment,
  registerExplain,
  registerVad,
  registerSay,
  registerEvaluate,
  registerKeys,
  registerLab,
  registerMemory,
  registerRules,
  registerAudit,
  registerModels,
  registerDoctor,
];

/** Runs one command line and answers the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('attune')
    .description('A voice assistant server that hears what people say and how they say it.')
    .version(packageVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.complain(text.trimEnd()),
    });
  for (const register of commands) register(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.complain(describe(toAttuneError(error, 'INTERNAL')));
    return 1;
  }
}

/** `error PORT_IN_USE: 127.0.0.1:8787 is taken (port) — Choose another with --port or ATTUNE_PORT.` */
function describe({ code, message, field, hint }: AttuneError): string {
  const place = field === undefined ? '' : ` (${field})`;
  return `${terminal.bad('error')} ${terminal.bold(code)}: ${message}${place} — ${hint}`;
}

process.exitCode = await main(process.argv.slice(2));
