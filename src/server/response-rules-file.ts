/**
 * The file of response rules: read at the start, and again when it has changed.
 *
 * The file is looked at once a second. It is read when two looks in a row agree that it differs from what is in force, so
 * that half a file, just being saved, is not taken. A file that cannot be read or understood leaves the rules in force as
 * they are, and is reported once.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { Scope } from '../core/scope.js';
import type { ResponseRules } from '../stages/response/response-rule.js';
import { parseResponseRules } from '../stages/response/rule-file.js';
import { packageRoot } from './package-root.js';

/** The rules that come with Attune. */
export const defaultRulesFile = join(packageRoot, 'rules', 'response.yaml');

const lookEveryMs = 1_000;

/** Throws FILE_UNREADABLE or RULES_INVALID. */
export async function readResponseRules(file: string): Promise<ResponseRules> {
  return parseResponseRules(await textOf(file), file);
}

export class ResponseRulesFile implements AsyncDisposable {
  readonly #file: string;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #scope = new Scope('response rules', () => undefined);
  #current: ResponseRules;
  #inForce: string;

  private constructor(
    file: string,
    { rules, mark }: { readonly rules: ResponseRules; readonly mark: string },
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#file = file;
    this.#current = rules;
    this.#inForce = mark;
    this.#clock = clock;
    this.#logger = logger;
    this.#scope.spawn('watch', (signal) => this.#watch(signal));
  }

  /** Throws as `readResponseRules`. */
  static async open(
    file: string,
    options: { readonly clock: Clock; readonly logger: Logger },
  ): Promise<ResponseRulesFile> {
    const mark = await markOf(file);
    return new ResponseRulesFile(file, { rules: await readResponseRules(file), mark }, options);
  }

  get current(): ResponseRules {
    return this.#current;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.cancel('shutdown');
    await this.#scope[Symbol.asyncDispose]();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    let seen = this.#inForce;
    for (;;) {
      await this.#clock.sleep(lookEveryMs, signal);
      const mark = await markOf(this.#file);
      if (mark === seen && mark !== this.#inForce) await this.#reload(mark);
      seen = mark;
    }
  }

  async #reload(mark: string): Promise<void> {
    this.#inForce = mark;
    try {
      this.#current = await readResponseRules(this.#file);
      this.#logger.info('response rules reloaded', { rules: this.#current.rules.length });
    } catch (error) {
      const { code, message } = toAttuneError(error, 'RULES_INVALID');
      this.#logger.error('the response rules stay as they were', { code, error: message });
    }
  }
}

/** What changes when the file does; `absent` for none. */
async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return 'absent';
  }
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
