/**
 * `attune emotion`: how the voice in recordings sounds, by the voice alone.
 *
 * An estimate of how somebody sounds, never knowledge of how they feel.
 */
import type { Command } from 'commander';
import { SystemClock } from '../core/system-clock.js';
import type { SpeakerBaseline, VoiceEmotion } from '../stages/emotion/voice-emotion.js';
import { printAudioFileResults } from './audio-file-results.js';
import { terminal } from './terminal.js';
import {
  addToolOptions,
  emotionToolConfigFrom,
  openToolStack,
  toolConcurrency,
  toolTimeoutMs,
  type ToolFlags,
} from './tool-stack.js';
import { describeVoice, type VoiceEvidence } from './voice-evidence.js';

type EmotionFlags = ToolFlags & { readonly sameSpeaker?: boolean };

interface EmotionResult extends Pick<
  VoiceEmotion,
  'categories' | 'arousal' | 'valence' | 'dominance' | 'label' | 'confidence'
> {
  readonly evidence: readonly VoiceEvidence[];
}

export function register(program: Command): void {
  const command = program
    .command('emotion')
    .description('estimate how the voice in audio files sounds')
    .argument('<files...>', 'WAV or Ogg Opus, one utterance each; of a long one the last ten seconds are judged')
    .option('--same-speaker', 'the files are utterances of one person, in order: compare each with those before it');
  addToolOptions(command, ['purpose', 'licence']).action((files: readonly string[], flags: EmotionFlags) =>
    run(files, flags),
  );
}

async function run(files: readonly string[], { sameSpeaker = false, ...flags }: EmotionFlags): Promise<void> {
  const clock = new SystemClock();
  await using stack = await openToolStack(emotionToolConfigFrom(flags), clock);
  const stage = await stack.openVoiceEmotion();
  let known: SpeakerBaseline | null = null;
  await printAudioFileResults<EmotionResult>({
    files,
    json: flags.json ?? false,
    concurrency: sameSpeaker ? 1 : toolConcurrency,
    work: async ({ file, samples }, signal) => {
      const deadlineMs = clock.nowMs() + toolTimeoutMs;
      const { emotion, baseline } = await stage.estimate(samples, {
        baseline: known,
        explain: false,
        signal,
        deadlineMs,
        callId: file,
      });
      if (sameSpeaker) known = baseline;
      const { acoustics, cues: _unasked, ...judgement } = emotion;
      return { ...judgement, evidence: describeVoice(acoustics, judgement) };
    },
    print: ({ file }, result) => print(file, result),
  });
}

function print(
  file: string,
  { label, confidence, categories, arousal, valence, dominance, evidence }: EmotionResult,
): void {
  const share = (value: number): string => value.toFixed(2);
  const ranking = Object.entries(categories).sort(([, a], [, b]) => b - a);
  const first = ranking.slice(0, 3).map(([name, probability]) => `${name} ${share(probability)}`);
  terminal.print(`${terminal.bold(file)}  ${terminal.accent(label)} ${share(confidence)}`);
  terminal.print(
    `  ${first.join(', ')}; arousal ${share(arousal)}, valence ${share(valence)}, dominance ${share(dominance)}`,
  );
  terminal.print(`  ${terminal.dim(evidence.map(({ description }) => description).join('; '))}`);
}
