/**
 * What people say never reaches a log line: no field that could carry words, sound, prompts or keys, and no message
 * put together from such values.
 */
import t from 'tap';
import ts from 'typescript';
import { nodesOf, parseSource, placeOf, sourceFiles, type SourceFile } from './source-files.js';

const logReceiver = /(^|\.)#?(log|logger)$/i;
const logMethods = new Set(['debug', 'info', 'warn', 'error', 'trace', 'fatal']);
const personal =
  /^(.*(text|transcript|prompt|instructions|utterance|content|samples|audio|message|words|arguments|argumentsJson|apiKey|token|authorization|user|userId|query|url|headers))$/i;
const harmless = /(count|length|bytes|ms|chars|size)$/i;

function isPersonal(name: string): boolean {
  return personal.test(name) && !harmless.test(name);
}

function personalPartsOf(argument: ts.Expression): readonly string[] {
  if (ts.isObjectLiteralExpression(argument)) {
    return argument.properties
      .map((property) => property.name?.getText() ?? property.getText())
      .filter((name) => name.startsWith('...') || isPersonal(name));
  }
  if (ts.isTemplateExpression(argument)) {
    return argument.templateSpans
      .map((span) => span.expression.getText())
      .filter((expression) => isPersonal(expression.split('.').at(-1) ?? ''));
  }
  return [];
}

function leaks(file: SourceFile): readonly string[] {
  return [...nodesOf(file.tree)].flatMap((node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const { expression, name } = node.expression;
    if (!logMethods.has(name.text) || !logReceiver.test(expression.getText())) return [];
    return node.arguments.flatMap(personalPartsOf).map((part) => `${placeOf(file, node)} logs ${part}`);
  });
}

t.test('no log call carries words, sound, prompts or keys', async (t) => {
  t.same(sourceFiles().flatMap(leaks), []);
});

t.test('the check sees fields, spreads and composed messages', async (t) => {
  const text = [
    `this.#logger.info('utterance ended', { transcript: x, audioMs: 5, textLength: 3 });`,
    `log.warn('odd', { ...event });`,
    'options.logger.debug(`heard ${result.text}`);',
    `logger.error('model failed', { code: error.code, model });`,
  ].join('\n');
  t.same(leaks(parseSource('src/x.ts', text)), [
    'src/x.ts:1 logs transcript',
    'src/x.ts:2 logs ...event',
    'src/x.ts:3 logs result.text',
  ]);
});
