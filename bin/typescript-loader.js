/**
 * Lets Node run the TypeScript sources, in the main thread and in every worker thread: `node --import` hands this file
 * on to workers, where `--import=tsx` would do nothing. A worker started as `new URL('./name.js', import.meta.url)`
 * therefore finds `name.ts` here and `name.js` in the built package.
 */
import { register } from 'tsx/esm/api';

register();
