/**
 * Word error rate of the embedded recogniser on the corpora, by corpus and channel: `attune evaluate stt` as a benchmark.
 *
 * The corpora are read from a folder outside the repository; without a manifest the answer is null.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../src/core/clock.js';
import { ClipSource } from '../src/cli/clip-source.js';
import { clipsOfSplit, evenlySpread, readSpeechManifest, type ManifestClip } from '../src/cli/speech-manifest.js';
import { evaluateStt, type Channel, type SttReport } from '../src/cli/stt-evaluation.js';
import type { RecognitionFigures } from '../src/stages/stt/recognition-score.js';
import type { Stt } from '../src/stages/stt/stt.js';

/** One corpus over one channel. */
export interface WerFigures
  extends RecognitionFigures, Pick<SttReport, 'channel' | 'failedCount' | 'audioMs' | 'processingMs'> {
  readonly corpus: string;
}

export interface SttBenchOptions {
  readonly stt: Stt;
  readonly clock: Clock;
  /** Folder with speech/manifest.tsv and one archive per corpus. */
  readonly corporaFolder: string;
  readonly signal: AbortSignal;
  readonly split?: 'train' | 'dev';
  /** Clips per corpus, evenly spread; all by default. */
  readonly clipsPerCorpus?: number;
  /** Clips in progress at once; they meet in the batcher. */
  readonly concurrency?: number;
  readonly channels?: readonly Channel[];
}

/** Null when there is no manifest. */
export async function measureSttWer(options: SttBenchOptions): Promise<readonly WerFigures[] | null> {
  const { stt, clock, signal, split = 'dev', clipsPerCorpus = Infinity, concurrency = 8 } = options;
  const folder = join(options.corporaFolder, 'speech');
  const corpora = await readCorpora(folder, split);
  if (corpora === null) return null;
  await using source = new ClipSource([folder]);
  const figures: WerFigures[] = [];
  for (const [corpus, clips] of corpora) {
    for (const channel of options.channels ?? (['clean', 'mulaw'] as const)) {
      const chosen = evenlySpread(clips, clipsPerCorpus);
      const report = await evaluateStt(chosen, {
        stt,
        clock,
        source,
        channel,
        concurrency,
        signal,
        dropFillers: false,
      });
      const { total, failedCount, audioMs, processingMs } = report;
      figures.push({ corpus, channel, ...total, failedCount, audioMs, processingMs });
    }
  }
  return figures;
}

/** The clips of a split by corpus, without corpora whose archive is not there; null without a manifest. */
export async function readCorpora(
  folder: string,
  split: string,
): Promise<ReadonlyMap<string, readonly ManifestClip[]> | null> {
  const manifest = join(folder, 'manifest.tsv');
  if (!existsSync(manifest)) return null;
  const clips = clipsOfSplit(await readSpeechManifest(manifest), split, manifest);
  const names = [...new Set(clips.map(({ corpus }) => corpus ?? ''))];
  return new Map(
    names
      .filter((name) => existsSync(join(folder, `${name}.tar`)))
      .map((name) => [name, clips.filter(({ corpus }) => corpus === name)]),
  );
}

/** One line per corpus and channel, for people. */
export function formatWer(figures: readonly WerFigures[]): string {
  const lines = figures.map((one) => {
    const realTime = one.audioMs / one.processingMs;
    const failed = one.failedCount === 0 ? '' : `  FAILED ${one.failedCount}`;
    return `${one.corpus.padEnd(32)} ${one.channel.padEnd(6)} WER ${(100 * one.wer).toFixed(1).padStart(5)} %  sub ${one.substitutions}  del ${one.deletions}  ins ${one.insertions}  words ${one.words}  ECE ${one.calibrationError?.toFixed(3) ?? '–'}  ${realTime.toFixed(0)}× real time${failed}`;
  });
  return lines.join('\n');
}
