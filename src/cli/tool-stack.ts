/**
 * What the tools for files and pipes share: their flags, how they open the models, and how much they do at one time.
 *
 * They speak through their results alone, so they log nothing and count nothing.
 */
import type { Command } from 'commander';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import { silentLogger } from '../core/logger.js';
import { silentMetrics } from '../core/metrics.js';
import { optionNames, optionTable, type Config, type OptionName } from '../server/option-table.js';
import { VoiceStack } from '../server/voice-stack.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';

export type ToolFlags = ConfigFlags & { readonly json?: boolean };

/** Files or lines in work at one time: enough to fill batches, few enough to bound memory. */
export const toolConcurrency = 8;

/** Time one request of a tool may take, queueing included: nobody waits at the other end of a line. */
export const toolTimeoutMs = 60_000;

/** The server's options about its recogniser that a tool for recordings takes too: nobody reads partial texts of a file. */
export const recogniserOptions: readonly OptionName[] = optionNames.filter(
  (name) => optionTable[name].group === 'Recogniser' && name !== 'sttPartials',
);

/** Adds `--json`, the options about models and `more` of the server's. */
export function addToolOptions(command: Command, more: readonly OptionName[] = []): Command {
  command.option('--json', 'one object per line');
  command.option(
    '--providers <list>',
    'execution providers to try, in order (default: cpu, variable: ATTUNE_PROVIDERS)',
  );
  return addConfigOptions(command, ['modelDir', 'inferenceWorkers', ...more]);
}

/** Throws as `configFrom`. */
export function toolConfigFrom({ json: _json, ...flags }: ToolFlags): Config {
  const config = configFrom(flags);
  // One user's files do not repay the start of an accelerator; who wants one says so.
  return config.providers === optionTable.providers.default ? { ...config, providers: ['cpu'] } : config;
}

/** The configuration of a tool that infers emotion. Throws as `configFrom`, and OPTION_INVALID when emotion is off. */
export function emotionToolConfigFrom(flags: ToolFlags): Config {
  const config = toolConfigFrom(flags);
  if (config.emotion === 'on') return config;
  throw new AttuneError('OPTION_INVALID', 'the configuration turns the inference of emotion off', { field: 'emotion' });
}

/** A stack with no ability open yet; the caller disposes it. Throws as `VoiceStack.create`. */
export function openToolStack(config: Config, clock: Clock): Promise<VoiceStack> {
  return VoiceStack.create({ config, clock, logger: silentLogger, metrics: silentMetrics });
}
