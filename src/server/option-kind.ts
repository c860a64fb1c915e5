/**
 * The kinds of value a configuration option can have: how text from a flag or variable, or a value from a file, becomes
 * the typed value, and what to tell a person whose value does not fit.
 *
 * A kind is pure. It answers undefined for what it does not accept; the caller knows the option's name and complains.
 */

export interface OptionKind<T> {
  /** Stands for the value in the help, as `number` in `--port <number>`. */
  readonly placeholder: string;
  /** Completes "must be …". */
  readonly accepts: string;
  /** True for keys and passwords, which no message may repeat. */
  readonly secret: boolean;
  /** The typed value, or undefined when the raw one is not acceptable. `raw` is text or a value out of YAML or JSON. */
  parse(raw: unknown): T | undefined;
}

/** Any text, with a lower bound on its length. */
export function text(options: { readonly placeholder?: string; readonly minLength?: number } = {}): OptionKind<string> {
  const minLength = options.minLength ?? 1;
  return {
    placeholder: options.placeholder ?? 'text',
    accepts: minLength > 0 ? 'text that is not empty' : 'text',
    secret: false,
    parse: (raw) => (typeof raw === 'string' && raw.trim().length >= minLength ? raw.trim() : undefined),
  };
}

/** Text or nothing: an empty text means null. */
export function optional(kind: OptionKind<string>): OptionKind<string | null> {
  return {
    ...kind,
    accepts: `${kind.accepts}, or empty for none`,
    parse: (raw) => (raw === '' || raw === null ? null : kind.parse(raw)),
  };
}

/** A text that must not be shown. */
export function secret(kind: OptionKind<string>): OptionKind<string> {
  return { ...kind, secret: true };
}

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
}

export function integer({ min, max }: IntegerBounds): OptionKind<number> {
  return {
    placeholder: 'number',
    accepts: `a whole number from ${min} to ${max}`,
    secret: false,
    parse: (raw) => {
      const value =
        typeof raw === 'number' ? raw : typeof raw === 'string' && /^\s*-?\d+\s*$/.test(raw) ? Number(raw) : NaN;
      return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
    },
  };
}

export function oneOf<const T extends string>(choices: readonly T[]): OptionKind<T> {
  return {
    placeholder: choices.length <= 4 ? choices.join('|') : 'name',
    accepts: `one of ${choices.join(', ')}`,
    secret: false,
    // YAML reads a bare `on` or `off` as text, but `true` and `false` as booleans.
    parse: (raw) => {
      const wanted = raw === true ? 'on' : raw === false ? 'off' : raw;
      return choices.find((choice) => choice === wanted);
    },
  };
}

/** A list: separated by commas as text, or a list in the file. */
export function listOf<T>(kind: OptionKind<T>, options: { readonly minCount: number }): OptionKind<readonly T[]> {
  return {
    placeholder: `${kind.placeholder},…`,
    accepts: `a list separated by commas, each ${kind.accepts}`,
    secret: kind.secret,
    parse: (raw) => {
      const parts: readonly unknown[] | undefined = Array.isArray(raw)
        ? (raw as readonly unknown[])
        : typeof raw === 'string'
          ? raw.split(',').filter((part) => part.trim() !== '')
          : undefined;
      const values = parts?.map((part) => kind.parse(typeof part === 'string' ? part.trim() : part));
      if (values === undefined || values.length < options.minCount || values.includes(undefined)) return undefined;
      return values as readonly T[];
    },
  };
}
