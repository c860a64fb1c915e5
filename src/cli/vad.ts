/**
 * `attune vad`: where there is speech in recordings.
 */
import type { Command } from 'commander';
import { SystemClock } from '../core/system-clock.js';
import { printAudioFileResults } from './audio-file-results.js';
import { findSpeechSegments, type SpeechSegment } from './speech-segments.js';
import { terminal } from './terminal.js';
import { addToolOptions, openToolStack, toolConfigFrom, type ToolFlags } from './tool-stack.js';

export function register(program: Command): void {
  const command = program
    .command('vad')
    .description('find the speech in audio files')
    .argument('<files...>', 'WAV or Ogg Opus');
  addToolOptions(command).action((files: readonly string[], flags: ToolFlags) => run(files, flags));
}

async function run(files: readonly string[], flags: ToolFlags): Promise<void> {
  await using stack = await openToolStack(toolConfigFrom(flags), new SystemClock());
  const vad = await stack.openVad();
  await printAudioFileResults<{ readonly segments: readonly SpeechSegment[] }>({
    files,
    json: flags.json ?? false,
    work: async ({ file, samples }, signal) => ({
      segments: await findSpeechSegments(vad, samples, { signal, callId: file }),
    }),
    print: ({ file, durationMs }, { segments }) => {
      const speechMs = segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      terminal.print(
        `${terminal.bold(file)}  ${terminal.dim(`speech in ${seconds(speechMs)} of ${seconds(durationMs)} s`)}`,
      );
      for (const { startMs, endMs } of segments)
        terminal.print(`  ${seconds(startMs).padStart(8)} – ${seconds(endMs).padStart(8)} s`);
    },
  });
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
