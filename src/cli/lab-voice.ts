/**
 * The voice of the laboratory's callers: Attune's own synthesiser and its recorded fixtures.
 */
import path from 'node:path';
import { readAudioFile, type AudioClip } from '../audio/audio-file.js';
import type { Clock } from '../core/clock.js';
import { AudioFixtures } from '../lab/audio-fixtures.js';
import { rehearse, type RehearsedStep } from '../lab/script/rehearsal.js';
import type { CallScript } from '../lab/script/call-script.js';
import { packageRoot } from '../server/package-root.js';
import { configFrom } from './config-options.js';
import { styleFromArgument } from './emotion-argument.js';
import { openToolStack } from './tool-stack.js';

const fixtureFolder = path.join(packageRoot, 'audio-fixtures');

/** The scripts that come with Attune. */
export const scriptFolder = path.join(packageRoot, 'lab-scripts');

/** Speaks every line of a script; recordings are looked for beside it. Throws what speaking and reading throw. */
export async function rehearseScript(
  script: CallScript,
  { folder, clock }: { readonly folder: string; readonly clock: Clock },
): Promise<readonly RehearsedStep[]> {
  const config = configFrom({ providers: 'cpu' });
  const { signal } = new AbortController();
  await using stack = await openToolStack(config, clock);
  const tts = await stack.openTts(signal);
  // Awaited here, for the voice is shut down on return.
  return await rehearse(script, {
    cough: await readAudioFile(path.join(fixtureFolder, 'cough.wav'), { sampleRateHz: 'original' }),
    pathOf: (file) => path.resolve(folder, file),
    speak: async (text, { mood, voice }) => {
      const blocks: Float32Array[] = [];
      const clause = { text, style: styleFromArgument(mood), voice: voice ?? config.voice, language: config.locale };
      for await (const block of tts.synthesise(clause, { signal })) blocks.push(block);
      return { samples: Float32Array.from(blocks.flatMap((block) => [...block])), sampleRateHz: tts.sampleRateHz };
    },
  });
}

/** What callers of a load say when there is no script: short recorded questions, cut to their speech. */
export async function defaultLines(): Promise<readonly AudioClip[]> {
  const fixtures = await AudioFixtures.read(fixtureFolder);
  const names = ['greeting', 'opening-hours', 'return-shoes', 'time-question', 'order-number', 'thanks-happy', 'yes'];
  return Promise.all(
    names.map(async (name) => {
      const { samples, sampleRateHz, speechStartMs, speechEndMs } = await fixtures.load(name);
      const at = (ms: number): number => Math.round((ms * sampleRateHz) / 1000);
      return { samples: samples.slice(at(speechStartMs), at(speechEndMs)), sampleRateHz };
    }),
  );
}

/** Mean level of what is said, dBFS: noise is set under it. */
export function speechLevelDbOf(clips: readonly AudioClip[]): number {
  let sum = 0;
  let count = 0;
  for (const { samples } of clips) {
    for (const sample of samples) {
      if (Math.abs(sample) < 0.003) continue;
      sum += sample * sample;
      count += 1;
    }
  }
  return count === 0 ? -20 : 10 * Math.log10(sum / count);
}
