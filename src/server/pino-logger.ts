/**
 * The `Logger` of core over pino: one JSON object per line, or lines for people.
 *
 * Fields that could carry a key are redacted should one slip in; that no field carries what people say is a rule for the
 * callers, kept by test/architecture.
 */
import { pino, stdTimeFunctions, type DestinationStream, type Logger as Pino } from 'pino';
import type { Logger, LogFields } from '../core/logger.js';

export interface PinoLoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'json' | 'pretty';
  /** Standard output when left out. */
  readonly destination?: DestinationStream;
}

const redacted = ['apiKey', 'llmApiKey', 'authorization', 'key', 'token', 'password'];

const levelNames: Readonly<Record<string, string>> = { '20': 'debug', '30': 'info ', '40': 'warn ', '50': 'error' };

export class PinoLogger implements Logger {
  readonly #pino: Pino;

  constructor(options: PinoLoggerOptions) {
    const destination = options.destination ?? pino.destination({ fd: 1, sync: true });
    this.#pino = pino(
      {
        level: options.level,
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        redact: redacted,
        messageKey: 'message',
      },
      options.format === 'pretty' ? { write: (line) => destination.write(prettyLineOf(line)) } : destination,
    );
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#pino.debug(fields, message);
  }

  info(message: string, fields: LogFields = {}): void {
    this.#pino.info(fields, message);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#pino.warn(fields, message);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#pino.error(fields, message);
  }
}

/** `12:34:56.789 info  message key=value …` from pino's JSON line. */
function prettyLineOf(line: string): string {
  const { level, time, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clockTime = String(time).slice(11, 23);
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
  return `${clockTime} ${levelNames[String(level)] ?? String(level)} ${String(message)}${pairs.join('')}\n`;
}
