/**
 * Reads the configuration: flags before `ATTUNE_*` variables before the file before defaults. The only reader of the
 * environment.
 *
 * Every option comes from src/server/option-table.ts. A value that does not fit is OPTION_INVALID and says which option,
 * variable and flag; a file that cannot be read or has an unknown key is CONFIG_FILE_INVALID.
 */
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { AttuneError } from '../core/errors.js';
import { assertPurposeAllowed } from '../privacy/emotion-purpose.js';
import {
  flagOf,
  optionNames,
  optionTable,
  variableOf,
  type Config,
  type Environment,
  type OptionDeclaration,
  type OptionName,
} from './option-table.js';

export interface ConfigSources {
  /** Raw values of the flags by option name; absent ones were not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** The process's own when left out. */
  readonly environment?: Environment;
  /** Path of a YAML or JSON file; ATTUNE_CONFIG when left out. */
  readonly file?: string | undefined;
}

/** Throws OPTION_INVALID, CONFIG_FILE_INVALID or EMOTION_PURPOSE_FORBIDDEN. */
export function loadConfig(sources: ConfigSources = {}): Config {
  const environment = sources.environment ?? process.env;
  const file = sources.file ?? environment['ATTUNE_CONFIG'];
  const fromFile = file === undefined || file === '' ? {} : readConfigFile(file);
  const values = optionNames.map((name) => {
    const variable = variableOf(name);
    const candidates = [
      { raw: sources.flags?.[name], source: `the flag ${flagOf(name)}` },
      // Compose files and shells set a variable to nothing where they mean to leave it out.
      { raw: environment[variable] || undefined, source: `the variable ${variable}` },
      { raw: fromFile[name], source: `the file ${file}` },
    ];
    const given = candidates.find(({ raw }) => raw !== undefined);
    return [name, given === undefined ? initialOf(name, environment) : valueOf(name, given)] as const;
  });
  // Each value was parsed by the kind of its own name, which is what Config says.
  const config = Object.fromEntries(values) as unknown as Config;
  assertPurposeAllowed(config);
  return config;
}

/** The environment variables that would be read but belong to no option: usually typing errors. */
export function unknownVariables(environment: Environment = process.env): readonly string[] {
  const known = new Set(['ATTUNE_CONFIG', 'ATTUNE_CORPORA', ...optionNames.map(variableOf)]);
  return Object.keys(environment).filter((name) => name.startsWith('ATTUNE_') && !known.has(name));
}

function initialOf(name: OptionName, environment: Environment): unknown {
  const { suggested, default: initial }: OptionDeclaration<unknown> = optionTable[name];
  return suggested?.(environment) ?? initial;
}

function valueOf(name: OptionName, given: { readonly raw: unknown; readonly source: string }): unknown {
  const { kind }: OptionDeclaration<unknown> = optionTable[name];
  const value = kind.parse(given.raw);
  if (value !== undefined) return value;
  const shown = kind.secret ? '' : `, not ${JSON.stringify(given.raw)}`;
  throw new AttuneError('OPTION_INVALID', `${name} must be ${kind.accepts}${shown} (from ${given.source})`, {
    field: name,
    hint: `Set ${flagOf(name)}, ${variableOf(name)} or ${name} in the configuration file.`,
  });
}

function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    // JSON is YAML.
    content = parseYaml(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AttuneError('CONFIG_FILE_INVALID', `cannot read ${file}: ${reason}`, { field: 'config', cause: error });
  }
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new AttuneError('CONFIG_FILE_INVALID', `${file} must hold options with their values`, { field: 'config' });
  }
  const unknownKey = Object.keys(content).find((key) => !Object.hasOwn(optionTable, key));
  if (unknownKey !== undefined) {
    throw new AttuneError('CONFIG_FILE_INVALID', `${file} has the unknown option ${unknownKey}`, { field: unknownKey });
  }
  return content as Readonly<Record<string, unknown>>;
}
