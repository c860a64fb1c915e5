/**
 * The outputs that docs/cli.md shows, to hold the page and the tools to one another.
 */
import { readFileSync } from 'node:fs';

const manual = readFileSync('docs/cli.md', 'utf8');

/** The example under a command's heading; without a name the object of a file that failed. */
export function documentedOutput(command?: string): Record<string, unknown> {
  const section = command === undefined ? manual : manual.slice(manual.indexOf(`\n## \`attune ${command}\``));
  const example = /```json\n(?<object>[\s\S]*?)```/u.exec(section)?.groups?.['object'];
  if (example === undefined) throw new Error(`docs/cli.md shows no output of attune ${command ?? ''}`);
  return JSON.parse(example) as Record<string, unknown>;
}

/** Names and kinds of values without the values: objects key by key in any order, lists by their first item. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, shapeOf(item)]));
}
