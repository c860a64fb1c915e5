/**
 * Tells a benchmark whether it was started by itself or imported by the run of all of them.
 */
import { realpathSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** True when the module at `moduleUrl` (its `import.meta.url`) is the program that Node was started with. */
export function isProgram(moduleUrl: string): boolean {
  const [, program] = argv;
  return program !== undefined && realpathSync(program) === fileURLToPath(moduleUrl);
}
