/**
 * The console in a real Chromium whose microphone plays a file.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { build } from 'vite';
import { resampleAll } from '../../src/audio/resampler.js';
import { encodeWav } from '../../src/audio/wav-writer.js';
import { loadFixture } from './fixture-audio.js';

const chromiumPath = '/usr/bin/chromium';

/** Why tests in a browser are left out here; undefined where they can run. */
export const noChromium: string | undefined = existsSync(chromiumPath)
  ? undefined
  : `there is no ${chromiumPath} (apt install chromium)`;

/** Builds the console into `folder`, as `npm run build` does. */
export async function buildConsole(folder: string): Promise<void> {
  await build({ build: { outDir: path.resolve(folder) }, logLevel: 'error' });
}

/** Builds `examples/browser-page.html` into `folder`, on the sources of the client. */
export async function buildExamplePage(folder: string): Promise<void> {
  const client = path.resolve('src/client/attune-client.ts');
  await build({
    configFile: path.resolve('vite.config.js'),
    root: 'examples',
    resolve: { alias: { '../dist/src/client/attune-client.js': client } },
    build: { outDir: path.resolve(folder), rollupOptions: { input: path.resolve('examples/browser-page.html') } },
    logLevel: 'error',
  });
}

const microphoneRateHz = 48_000;

/**
 * A file for the microphone: clips of `audio-fixtures/`, each after a pause. Silence follows the last.
 *
 * @param clips name of the clip, and milliseconds of silence before it
 */
export async function microphoneFile(
  file: string,
  clips: readonly (readonly [name: string, pauseMs: number])[],
): Promise<string> {
  const parts: Float32Array[] = [];
  for (const [name, pauseMs] of clips) {
    const clip = await loadFixture(name);
    parts.push(new Float32Array((pauseMs * microphoneRateHz) / 1000));
    parts.push(resampleAll(clip.samples, { sourceRateHz: clip.sampleRateHz, targetRateHz: microphoneRateHz }));
  }
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    samples.set(part, position);
    position += part.length;
  }
  await writeFile(file, encodeWav({ channels: [samples], sampleRateHz: microphoneRateHz }));
  return file;
}

/** @param microphone the file that the microphone plays once; without it, a page that asks is refused */
export function openBrowser(microphone: string | null): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--autoplay-policy=user-gesture-required'],
      '--use-fake-device-for-media-stream',
      ...(microphone === null
        ? ['--deny-permission-prompts']
        : ['--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${path.resolve(microphone)}%noloop`]),
    ],
  });
}
