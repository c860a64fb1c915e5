/**
 * How the console becomes the files that the server serves. Nothing is inlined: the page's policy forbids it.
 */
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/console',
  base: '/',
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  worker: { format: 'es' },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
});
