/**
 * Time, configuration and printing have one owner each; everything else is handed what it needs.
 */
import t from 'tap';
import ts from 'typescript';
import { nodesOf, parseSource, placeOf, sourceFiles, type SourceFile } from './source-files.js';

const owners: Readonly<Record<string, string>> = {
  'Date.now': 'src/core/system-clock.ts',
  'new Date()': 'src/core/system-clock.ts',
  'performance.now': 'src/core/system-clock.ts',
  setTimeout: 'src/core/system-clock.ts',
  setInterval: 'src/core/system-clock.ts',
  'process.env': 'src/server/config.ts',
  'process.stdout': 'src/cli/terminal.ts',
  'process.stderr': 'src/cli/terminal.ts',
  console: 'src/cli/terminal.ts',
};

/** Leaks memory against a long-lived signal or promise, so nobody owns them. */
const forbidden = ['AbortSignal.any', 'Promise.race'];

/** The web page is another program: the browser's clock and console are its own. */
const exempt = /^src\/console\//;

function ownedName(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()';
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.getText();
    if (Object.hasOwn(owners, name) || forbidden.includes(name)) return name;
    if (node.expression.getText() === 'console') return 'console';
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && Object.hasOwn(owners, node.expression.text)) {
    return node.expression.text;
  }
  return undefined;
}

function trespasses(file: SourceFile): readonly string[] {
  if (exempt.test(file.path)) return [];
  return [...nodesOf(file.tree)].flatMap((node) => {
    const name = ownedName(node);
    return name === undefined || owners[name] === file.path ? [] : [`${placeOf(file, node)} uses ${name}`];
  });
}

t.test('only the owner of time, environment and printing touches it', async (t) => {
  t.same(sourceFiles().flatMap(trespasses), []);
});

t.test('the check sees uses and overlooks words in comments', async (t) => {
  const text = [
    '// setTimeout and process.env in a comment',
    'const a = Date.now() + performance.now() + new Date().getTime();',
    'setTimeout(() => console.log(process.env.HOME), 5);',
    'await AbortSignal.any([]);',
    'const when = new Date(0);',
  ].join('\n');
  t.same(trespasses(parseSource('src/audio/x.ts', text)), [
    'src/audio/x.ts:2 uses Date.now',
    'src/audio/x.ts:2 uses performance.now',
    'src/audio/x.ts:2 uses new Date()',
    'src/audio/x.ts:3 uses setTimeout',
    'src/audio/x.ts:3 uses console',
    'src/audio/x.ts:3 uses process.env',
    'src/audio/x.ts:4 uses AbortSignal.any',
  ]);
});
