/**
 * What a newcomer relies on when looking for the room of a line of code: a sentence for every folder, a header in every
 * file, names that say something, and no barrels.
 */
import t from 'tap';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';
import { knownFolders } from './layers.js';
import { sourceFiles } from './source-files.js';

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/;
/** Enough for a model wrapper's table of inputs and outputs; more belongs to a document. */
const longestHeaderLines = 20;
const sayNothing = /^(utils?|helpers?|types?|index|common|misc|manager|constants)\.ts$/;

t.test('every folder of src/ is known and has its sentence in ARCHITECTURE.md', async (t) => {
  const folders = readdirSync('src').sort();
  const architecture = readFileSync('ARCHITECTURE.md', 'utf8');
  t.same(
    folders.filter((folder) => !knownFolders.includes(folder)),
    [],
    'no unknown folder',
  );
  t.same(
    folders.filter((folder) => !new RegExp(`\`(src/)?${folder}/?\``).test(architecture)),
    [],
    'every folder is described',
  );
});

t.test('every source file opens with a short comment that says what it owns', async (t) => {
  const wanting = sourceFiles().filter(({ text }) => {
    const header = /^(#!.*\n)?\/\*\*\n(?<body>(?: \*.*\n)+?) \*\/\n/.exec(text)?.groups?.body;
    return header === undefined || header.split('\n').length > longestHeaderLines;
  });
  t.same(
    wanting.map(({ path }) => path),
    [],
  );
});

t.test('files are kebab-case nouns', async (t) => {
  const names = sourceFiles().map(({ path }) => path);
  t.same(
    names.filter((path) => !kebabCase.test(basename(path)) || sayNothing.test(basename(path))),
    [],
  );
});

t.test('no file only passes on what others export', async (t) => {
  const barrels = sourceFiles().filter(
    ({ tree }) => tree.statements.length > 0 && tree.statements.every((node) => ts.isExportDeclaration(node)),
  );
  t.same(
    barrels.map(({ path }) => path),
    [],
  );
});

t.test('the commands of package.json lead somewhere', async (t) => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
  for (const path of Object.values(bin)) t.ok(existsSync(path), path);
});
