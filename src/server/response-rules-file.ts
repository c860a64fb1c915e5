/**
 * The file of response rules, in force anew when it changes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { ResponseRules } from '../stages/response/response-rule.js';
import { parseResponseRules } from '../stages/response/rule-file.js';
import { packageRoot } from './package-root.js';
import { WatchedFile } from './watched-file.js';

/** The rules that come with Attune. */
export const defaultRulesFile = join(packageRoot, 'rules', 'response.yaml');

/** Throws FILE_UNREADABLE or RULES_INVALID. */
export async function readResponseRules(file: string): Promise<ResponseRules> {
  return parseResponseRules(await textOf(file), file);
}

/** Throws as `readResponseRules`. */
export function watchResponseRules(
  file: string,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<WatchedFile<ResponseRules>> {
  return WatchedFile.open({
    file,
    read: () => readResponseRules(file),
    clock,
    onChanged: ({ rules }) => logger.info('response rules reloaded', { rules: rules.length }),
    onRefused: ({ code, message }) => logger.error('the response rules stay as they were', { code, error: message }),
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AttuneError('FILE_UNREADABLE', `the response rules ${file} cannot be read`, {
      field: 'responseRulesFile',
      cause: error,
    });
  }
}
