/**
 * Writes docs/errors.md from the catalogue in src/core/error-catalogue.ts. Run it with `npm run docs`.
 */
import { writeFileSync } from 'node:fs';
import { errorCatalogue } from '../src/core/error-catalogue.js';
import { errorsPage } from './errors-page.js';

writeFileSync(new URL('./errors.md', import.meta.url), errorsPage(errorCatalogue));
