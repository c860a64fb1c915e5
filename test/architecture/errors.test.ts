/**
 * The documentation of errors is the catalogue, and the catalogue holds no code that nothing raises.
 */
import t from 'tap';
import { readFileSync } from 'node:fs';
import { errorsPage } from '../../docs/errors-page.js';
import { errorCatalogue } from '../../src/core/error-catalogue.js';
import { sourceFiles } from './source-files.js';

t.test('docs/errors.md is the catalogue', async (t) => {
  const page = readFileSync('docs/errors.md', 'utf8');
  t.equal(page, errorsPage(errorCatalogue), 'written anew by `npm run docs`');
});

t.test('every code is raised somewhere', async (t) => {
  const sources = sourceFiles()
    .filter(({ path }) => path !== 'src/core/error-catalogue.ts')
    .map(({ text }) => text)
    .join('\n');
  t.same(
    Object.keys(errorCatalogue).filter((code) => !sources.includes(`'${code}'`)),
    [],
  );
});
