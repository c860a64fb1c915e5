/**
 * YAML that people write, checked against a schema; every error names the line, the column and the field.
 */
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { ErrorCode } from './error-catalogue.js';
import { AttuneError } from './errors.js';

export interface YamlOptions<T> {
  readonly schema: z.ZodType<T>;
  /** Named in errors. */
  readonly fileName: string;
  /** Of every error. */
  readonly code: ErrorCode;
}

export interface YamlFile<T> {
  readonly value: T;
  /** The error of a place that the schema has nothing against. */
  readonly at: (path: readonly PropertyKey[], message: string) => AttuneError;
}

/** Throws `code` with the place, as `FILE, line 4, column 7: …` and the field `rules[2].when.feeling`. */
export function readYaml<T>(text: string, { schema, fileName, code }: YamlOptions<T>): YamlFile<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const invalid = (offset: number | undefined, message: string, field: string): AttuneError =>
    new AttuneError(code, `${fileName}${placeOf(lines, offset)}: ${message}`, { field });
  const at = (path: readonly PropertyKey[], message: string): AttuneError =>
    invalid(offsetOf(document, path), message, fieldOf(path));
  const fault = document.errors[0];
  if (fault !== undefined) throw invalid(fault.pos[0], fault.message, 'file');
  const read = schema.safeParse(document.toJS() ?? {});
  if (read.success) return { value: read.data, at };
  const issue = read.error.issues[0]!;
  throw at(issue.path, messageOf(issue));
}

function placeOf(lines: LineCounter, offset: number | undefined): string {
  if (offset === undefined) return '';
  const { line, col } = lines.linePos(offset);
  return `, line ${line}, column ${col}`;
}

/** Where the deepest part of the path that exists begins. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = (node as { readonly range?: readonly number[] } | undefined)?.range;
    if (range) return range[0];
  }
  return undefined;
}

function fieldOf(path: readonly PropertyKey[]): string {
  return (
    path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
      .replace(/^\./, '') || 'file'
  );
}

/** A union's own message says nothing; what its first branch has against the value does. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat()[0];
    if (inner) return inner.message;
  }
  return issue.message;
}
