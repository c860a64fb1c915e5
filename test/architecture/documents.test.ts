/**
 * What the documents say about the rest of the repository holds: links lead somewhere, code blocks come from examples
 * that run, and lists are complete.
 */
import t from 'tap';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { optionNames, variableOf } from '../../src/server/option-table.js';

const read = (file: string): string => readFileSync(file, 'utf8');

function documentsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
}

const documents = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...['docs', 'models', 'training'].flatMap(documentsIn),
];

t.test('links to files lead somewhere', async (t) => {
  const broken = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:)([^)#\s]+)(#[^)]*)?\)/gu)]
      .map(([, target = '']) => path.join(path.dirname(file), target))
      .filter((target) => !existsSync(target))
      .map((target) => `${file} → ${target}`),
  );
  t.same(broken, []);
});

t.test('TypeScript in the README stands in the examples, which a test runs', async (t) => {
  const examples = readdirSync('examples').map((name) => read(path.join('examples', name)));
  const blocks = [...read('README.md').matchAll(/```ts\n(.*?)```/gsu)].map(([, code = '']) => code.trim().split('\n'));
  t.ok(blocks.length > 0);
  for (const lines of blocks) {
    t.ok(
      examples.some((example) => lines.every((line) => example.includes(`${line}\n`))),
      lines[0] ?? 'an empty block',
    );
  }
});

t.test('every dependency has its row', async (t) => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const page = read('docs/adr/0012-dependencies.md');
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) t.ok(page.includes(`\`${name}\``), name);
});

t.test('every vendor event and every client event of the protocol is described', async (t) => {
  const folder = 'src/protocols/openai-realtime';
  const events = [
    ...read(`${folder}/server-encoder.ts`).matchAll(/type: '(attune\.[a-z]+)'/gu),
    ...read(`${folder}/client-message.ts`).matchAll(/^ {2}'([a-z_.]+)':/gmu),
  ].map(([, name = '']) => name);
  t.ok(events.length > 10);
  const page = read('docs/protocols/openai-realtime.md');
  const described = (name: string): boolean =>
    page.includes(`\`${name}\``) || page.includes(`\`.${name.split('.').at(-1) ?? ''}\``);
  t.same(
    events.filter((name) => !described(name)),
    [],
  );
});

t.test('every command is in the README, and every option that the documents name exists', async (t) => {
  const commands = [...read('src/cli/main.ts').matchAll(/from '\.\/([a-z]+)\.js'/gu)].map(([, name = '']) => name);
  const readme = read('README.md');
  for (const name of commands.filter((command) => command !== 'terminal')) t.match(readme, `attune ${name}`);
  const variables = new Set(optionNames.map(variableOf));
  const outside = /^ATTUNE_(URL|API_KEY|CORPORA|CONFIG|PUBLISHED_PORT|WORK)$/u;
  const named = documents.flatMap((file) => [...read(file).matchAll(/ATTUNE_[A-Z_]*[A-Z]/gu)].map(([name]) => name));
  t.same(
    named.filter((name) => !variables.has(name) && !outside.test(name)),
    [],
  );
});
