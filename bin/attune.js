#!/usr/bin/env node
/**
 * Starts the command line: the compiled one when it was built, otherwise the sources in a child process with the
 * TypeScript loader.
 *
 * A build older than the sources answers with yesterday's behaviour, so `npm start` and `npm run demo` build first.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const compiled = new URL('../dist/src/cli/main.js', import.meta.url);

if (existsSync(compiled)) {
  await import(compiled.href);
} else {
  const { spawn } = await import('node:child_process');
  const loader = new URL('./typescript-loader.js', import.meta.url).href;
  const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, [`--import=${loader}`, source, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes; the child decides when the command has ended.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
