/**
 * Unweighted average recall and calibration of the voice emotion stage on the dev split, utterance by utterance.
 *
 * It measures what a caller gets: the project's own decoder, feature extraction, batcher and network. Categories a corpus
 * does not have are left out of the choice, as in training. The corpora are read from a folder outside the repository; a
 * corpus that is not there is left out, and without a manifest the answer is null.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAudioFile } from '../src/audio/audio-file.js';
import { overTelephone } from '../src/audio/telephone-channel.js';
import { calibrationError } from '../src/stages/calibration-error.js';
import { emotionCategories, type EmotionCategory } from '../src/stages/emotion/emotion-category.js';
import type { SpeakerBaseline } from '../src/stages/emotion/speaker-baseline.js';
import type { VoiceEmotionStage } from '../src/stages/emotion/voice-emotion.js';

/** One corpus over one channel. */
export interface EmotionFigures {
  readonly corpus: string;
  readonly channel: 'clean' | 'mulaw';
  readonly clipCount: number;
  /** Mean recall over the corpus's categories when every clip is a stranger's. */
  readonly uarUnknownCaller: number;
  /** The same when the caller's baseline grows from clip to clip, in a fixed mixed order. */
  readonly uarKnownCaller: number;
  /** Expected calibration error of the known caller's probabilities, ten bins. */
  readonly calibrationError: number;
  /** Share of the known caller's clips that get a label instead of `unknown`, and how many of these labels are right. */
  readonly labelledShare: number;
  readonly labelledAccuracy: number;
}

export interface EmotionBenchOptions {
  readonly stage: VoiceEmotionStage;
  /** Folder with emotion/manifest.tsv and one archive per corpus. */
  readonly corporaFolder: string;
  readonly signal: AbortSignal;
}

const categoryOfLabel: Readonly<Record<string, EmotionCategory>> = {
  neutral: 'neutral',
  calm: 'calm',
  happy: 'happy',
  sad: 'sad',
  angry: 'angry',
  fear: 'fearful',
  disgust: 'disgusted',
  surprise: 'surprised',
};

interface LabelledClip {
  readonly file: string;
  readonly speaker: string;
  readonly category: EmotionCategory;
}

interface Judgement {
  readonly truth: EmotionCategory;
  readonly guess: EmotionCategory;
  /** Probability of the guess among the corpus's categories. */
  readonly probability: number;
  readonly label: EmotionCategory | 'unknown';
}

/** Null when there is no manifest. Needs the `tar` command. */
export async function measureEmotionUar(options: EmotionBenchOptions): Promise<readonly EmotionFigures[] | null> {
  const folder = join(options.corporaFolder, 'emotion');
  const manifest = join(folder, 'manifest.tsv');
  if (!existsSync(manifest)) return null;
  const corpora = new Map<string, LabelledClip[]>();
  for (const line of (await readFile(manifest, 'utf8')).trimEnd().split('\n')) {
    const [split, file, , speaker, label, , , , corpus] = line.split('\t');
    const category = categoryOfLabel[label ?? ''];
    if (split !== 'dev' || category === undefined || !file || !speaker || !corpus) continue;
    corpora.set(corpus, [...(corpora.get(corpus) ?? []), { file, speaker, category }]);
  }
  const figures: EmotionFigures[] = [];
  for (const [corpus, clips] of corpora) {
    const archive = join(folder, `${corpus}.tar`);
    if (!existsSync(archive)) continue;
    const unpacked = await mkdtemp(join(tmpdir(), 'attune-emotion-'));
    try {
      await promisify(execFile)('tar', ['-xf', archive, '-C', unpacked, ...clips.map((clip) => clip.file)]);
      for (const channel of ['clean', 'mulaw'] as const) {
        figures.push(await measureCorpus({ ...options, corpus, channel, clips, unpacked }));
      }
    } finally {
      await rm(unpacked, { recursive: true });
    }
  }
  return figures;
}

async function measureCorpus(
  options: EmotionBenchOptions & {
    readonly corpus: string;
    readonly channel: 'clean' | 'mulaw';
    readonly clips: readonly LabelledClip[];
    readonly unpacked: string;
  },
): Promise<EmotionFigures> {
  const { corpus, channel, clips, unpacked } = options;
  const possible = emotionCategories.filter((category) => clips.some((clip) => clip.category === category));
  const baselines = new Map<string, SpeakerBaseline>();
  const strangers: Judgement[] = [];
  const callers: Judgement[] = [];
  for (const clip of inMixedOrder(clips)) {
    const { samples } = await readAudioFile(join(unpacked, clip.file));
    const heard = channel === 'clean' ? samples : overTelephone(samples);
    let nextBaseline: SpeakerBaseline | undefined;
    const judge = async (baseline: SpeakerBaseline | null): Promise<Judgement> => {
      const { signal } = options;
      const result = await options.stage.estimate(heard, {
        baseline,
        signal,
        deadlineMs: Infinity,
        callId: clip.speaker,
      });
      nextBaseline = result.baseline;
      const { categories, label } = result.emotion;
      const guess = possible.reduce((best, category) => (categories[category] > categories[best] ? category : best));
      const mass = possible.reduce((sum, category) => sum + categories[category], 0);
      return { truth: clip.category, guess, probability: categories[guess] / mass, label };
    };
    const known = baselines.get(clip.speaker) ?? null;
    const stranger = await judge(null);
    strangers.push(stranger);
    callers.push(known === null ? stranger : await judge(known));
    if (nextBaseline !== undefined) baselines.set(clip.speaker, nextBaseline);
  }
  const labelled = callers.filter((judgement) => judgement.label !== 'unknown');
  return {
    corpus,
    channel,
    clipCount: clips.length,
    uarUnknownCaller: unweightedRecall(strangers, possible),
    uarKnownCaller: unweightedRecall(callers, possible),
    calibrationError: calibrationError(
      callers.map(({ probability, truth, guess }) => ({ confidence: probability, right: truth === guess })),
    ),
    labelledShare: labelled.length / callers.length,
    labelledAccuracy: labelled.filter(({ label, truth }) => label === truth).length / labelled.length,
  };
}

/** A fixed order in which categories alternate: a prime stride through the list, which visits every clip once. */
function inMixedOrder(clips: readonly LabelledClip[]): readonly LabelledClip[] {
  const stride = clips.length % 37 === 0 ? 41 : 37;
  return clips.map((_, index) => clips[(index * stride) % clips.length]!);
}

function unweightedRecall(judgements: readonly Judgement[], possible: readonly EmotionCategory[]): number {
  const recalls = possible.map((category) => {
    const ofCategory = judgements.filter(({ truth }) => truth === category);
    return ofCategory.filter(({ guess }) => guess === category).length / ofCategory.length;
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}
