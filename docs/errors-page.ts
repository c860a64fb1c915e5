/**
 * The text of docs/errors.md, made from the error catalogue so that the two cannot differ.
 */
import type { ErrorCatalogueEntry } from '../src/core/error-catalogue.js';

const introduction = `# Errors

Every error that Attune raises on purpose has a code. Codes are stable: programs may depend on them; messages may change.
An error also names the offending input (\`field\`), where there is one, and says what to do (the hint below, unless a
better one is known). "Goes on" tells whether the call, or the process for start-up errors, survives it. Lower-case codes
are those of the OpenAI Realtime API and are kept as its clients know them.

This page is written from \`src/core/error-catalogue.ts\` by \`npm run docs\`.

| Code | What happened | What to do | Goes on |
|---|---|---|---|
`;

/** The whole page as Markdown, codes in the order of the catalogue. */
export function errorsPage(catalogue: Readonly<Record<string, ErrorCatalogueEntry>>): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = Object.entries(catalogue).map(
    ([code, { meaning, hint, recoverable }]) =>
      `| \`${code}\` | ${cell(meaning)} | ${cell(hint)} | ${recoverable ? 'yes' : 'no'} |\n`,
  );
  return introduction + rows.join('');
}
