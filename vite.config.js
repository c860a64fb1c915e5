/**
 * How the console becomes the files that the server serves, and (`--mode worklets`) how the client's modules for the audio
 * thread become files without imports, which is what a bundler of others can take along.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const target = 'es2022';

const page = {
  root: 'src/console',
  base: '/',
  resolve: {
    alias: [
      {
        find: /^\.\/worklet-addresses\.js$/,
        replacement: fileURLToPath(new URL('src/console/talk/worklet-addresses.ts', import.meta.url)),
      },
    ],
  },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    // Nothing is inlined: the page's policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target,
  },
  worker: { format: 'es' },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
};

const worklets = {
  build: {
    outDir: 'dist/src/client',
    emptyOutDir: false,
    minify: false,
    target,
    lib: {
      entry: {
        'capture-worklet': 'src/client/capture-worklet.ts',
        'playback-worklet': 'src/client/playback-worklet.ts',
      },
      formats: ['es'],
      fileName: (_format, name) => `${name}.js`,
    },
  },
};

export default defineConfig(({ mode }) => (mode === 'worklets' ? worklets : page));
