/**
 * `attune say`: speaks a text with an emotion into a 16-bit WAV file.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { encodeWav } from '../audio/wav-writer.js';
import { AttuneError } from '../core/errors.js';
import { joinedFloats } from '../core/joined-floats.js';
import { SystemClock } from '../core/system-clock.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';
import { styleFromArgument } from './emotion-argument.js';
import { terminal } from './terminal.js';
import { openToolStack } from './tool-stack.js';

type SayFlags = ConfigFlags & { readonly json?: boolean; readonly emotion: string; readonly out: string };

export function register(program: Command): void {
  const command = program
    .command('say')
    .description('speak a text with an emotion')
    .argument('<text>', 'what to say')
    .option('--emotion <emotion>', 'a name, or valence,arousal,dominance as three numbers from 0 to 1', 'neutral')
    .option('--out <file>', 'WAV file to write', 'speech.wav')
    .option('--json', 'describe the file as one object');
  addConfigOptions(command, ['voice', 'locale', 'ttsEngine']).action((text: string, flags: SayFlags) =>
    run(text, flags),
  );
}

async function run(text: string, { json = false, emotion, out, ...flags }: SayFlags): Promise<void> {
  const style = styleFromArgument(emotion);
  const config = configFrom(flags);
  const { voice, locale } = config;
  const { signal } = new AbortController();
  await using stack = await openToolStack(config, new SystemClock());
  const tts = await stack.openTts(signal);
  if (flags.voice !== undefined && !tts.voices.includes(voice)) {
    throw new AttuneError('VOICE_UNKNOWN', `${tts.name} has no voice '${voice}' but ${tts.voices.join(', ')}`, {
      field: 'voice',
    });
  }
  const blocks: Float32Array[] = [];
  for await (const block of tts.synthesise({ text, style, voice, language: locale }, { signal })) blocks.push(block);
  const samples = joinedFloats(blocks);
  if (samples.length === 0)
    throw new AttuneError('SYNTHESIS_FAILED', 'the text has nothing that can be spoken', { field: 'text' });
  await writeWav(out, samples, tts.sampleRateHz);
  const durationMs = Math.round((samples.length * 1000) / tts.sampleRateHz);
  if (json) terminal.json({ file: out, style: style.name, sampleRateHz: tts.sampleRateHz, durationMs });
  else terminal.print(`${terminal.bold(out)}  ${terminal.dim(`${(durationMs / 1000).toFixed(1)} s, ${style.name}`)}`);
}

async function writeWav(out: string, samples: Float32Array, sampleRateHz: number): Promise<void> {
  try {
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, encodeWav({ channels: [samples], sampleRateHz }));
  } catch (cause) {
    throw new AttuneError('FILE_UNREADABLE', 'the file cannot be written', { field: out, cause });
  }
}
