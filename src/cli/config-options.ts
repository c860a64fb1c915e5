/**
 * The server's options as flags of a command: all of them for `serve`, a few for the tools.
 */
import { Option, type Command } from 'commander';
import { loadConfig } from '../server/config.js';
import {
  flagOf,
  optionNames,
  optionTable,
  variableOf,
  type Config,
  type OptionDeclaration,
  type OptionName,
} from '../server/option-table.js';

/** What commander hands to an action of a command with these flags: raw text by option name. */
export type ConfigFlags = Readonly<Partial<Record<OptionName | 'config', string>>>;

/** Adds the flags of `names` and `--config`. Values are checked by `configFrom`, not by commander. */
export function addConfigOptions(command: Command, names: readonly OptionName[] = optionNames): Command {
  for (const name of names) {
    const { group, kind, help, default: initial }: OptionDeclaration<unknown> = optionTable[name];
    command.addOption(
      new Option(
        `${flagOf(name)} <${kind.placeholder}>`,
        `${help} (default: ${shown(initial)}, variable: ${variableOf(name)})`,
      ).helpGroup(`${group}:`),
    );
  }
  return command.option('--config <file>', 'YAML or JSON file with these options by name (variable: ATTUNE_CONFIG)');
}

/** Throws OPTION_INVALID, CONFIG_FILE_INVALID or EMOTION_PURPOSE_FORBIDDEN. */
export function configFrom({ config, ...flags }: ConfigFlags): Config {
  return loadConfig({ flags, file: config });
}

function shown(initial: unknown): string {
  if (initial === null) return 'none';
  if (Array.isArray(initial)) return initial.length === 0 ? 'none' : initial.join(',');
  return typeof initial === 'string' ? initial : JSON.stringify(initial);
}
