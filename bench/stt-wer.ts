/**
 * Word error rate of the embedded recogniser on transcribed speech, through the same contract as a call's.
 *
 * It measures what a caller gets: the project's own decoder of Ogg Opus, feature extraction, chunks, batcher, acoustic
 * model, beam search. References and hypotheses are compared as lower-case words without punctuation. The corpora are
 * read from a folder outside the repository; without a manifest the answer is null.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../src/core/clock.js';
import { readAudioFile } from '../src/audio/audio-file.js';
import { decodeMulaw, encodeMulaw } from '../src/audio/g711.js';
import { resampleAll } from '../src/audio/resampler.js';
import type { Stt } from '../src/stages/stt/stt.js';
import { sumWordErrors, wordErrorRate, wordErrors, type WordErrors } from '../src/stages/stt/word-errors.js';

/** One corpus over one channel. */
export interface WerFigures extends WordErrors {
  readonly corpus: string;
  readonly channel: 'clean' | 'mulaw';
  readonly clipCount: number;
  /** (substitutions + deletions + insertions) / words. */
  readonly wer: number;
  readonly audioMs: number;
  /** Time all of it took, `concurrency` clips at a time. */
  readonly processingMs: number;
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
  readonly channels?: readonly WerFigures['channel'][];
}

interface TranscribedClip {
  readonly file: string;
  readonly transcript: string;
}

/** Null when there is no manifest. Needs the `tar` command. */
export async function measureSttWer(options: SttBenchOptions): Promise<readonly WerFigures[] | null> {
  const folder = join(options.corporaFolder, 'speech');
  const manifest = join(folder, 'manifest.tsv');
  if (!existsSync(manifest)) return null;
  const corpora = new Map<string, TranscribedClip[]>();
  for (const line of (await readFile(manifest, 'utf8')).trimEnd().split('\n')) {
    const [split, file, , , corpus, , transcript] = line.split('\t');
    if (split !== (options.split ?? 'dev') || !file || !corpus || transcript === undefined) continue;
    corpora.set(corpus, [...(corpora.get(corpus) ?? []), { file, transcript }]);
  }
  const figures: WerFigures[] = [];
  for (const [corpus, all] of corpora) {
    const archive = join(folder, `${corpus}.tar`);
    if (!existsSync(archive)) continue;
    const step = Math.max(1, Math.floor(all.length / (options.clipsPerCorpus ?? all.length)));
    const clips = all.filter((_, index) => index % step === 0);
    const unpacked = await mkdtemp(join(tmpdir(), 'attune-speech-'));
    try {
      await promisify(execFile)('tar', ['-xf', archive, '-C', unpacked, ...clips.map((clip) => clip.file)]);
      for (const channel of options.channels ?? (['clean', 'mulaw'] as const)) {
        figures.push(await measureCorpus(options, { corpus, channel, clips, unpacked }));
      }
    } finally {
      await rm(unpacked, { recursive: true });
    }
  }
  return figures;
}

async function measureCorpus(
  options: SttBenchOptions,
  part: {
    readonly corpus: string;
    readonly channel: WerFigures['channel'];
    readonly clips: readonly TranscribedClip[];
    readonly unpacked: string;
  },
): Promise<WerFigures> {
  const { corpus, channel, clips, unpacked } = part;
  const waiting = clips.values();
  const errors: WordErrors[] = [];
  let audioMs = 0;
  const startedMs = options.clock.nowMs();
  const worker = async (id: number): Promise<void> => {
    for (const clip of waiting) {
      const { samples } = await readAudioFile(join(unpacked, clip.file));
      const heard = channel === 'clean' ? samples : overTelephone(samples);
      const utterance = options.stt.open({ signal: options.signal, callId: `bench-${id}`, language: 'en' });
      utterance.accept(heard);
      const { words } = await utterance.finish();
      audioMs += heard.length / 16;
      errors.push(
        wordErrors(
          plainWords(clip.transcript),
          words.map((word) => word.text),
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: options.concurrency ?? 8 }, (_, id) => worker(id)));
  const sum = sumWordErrors(errors);
  const processingMs = options.clock.nowMs() - startedMs;
  return { corpus, channel, clipCount: clips.length, ...sum, wer: wordErrorRate(sum), audioMs, processingMs };
}

/** Lower case, letters and apostrophes only. */
function plainWords(transcript: string): readonly string[] {
  return transcript.toLowerCase().match(/[a-z']+/g) ?? [];
}

function overTelephone(samples: Float32Array): Float32Array {
  const narrow = resampleAll(samples, { sourceRateHz: 16_000, targetRateHz: 8_000 });
  return resampleAll(decodeMulaw(encodeMulaw(narrow)), { sourceRateHz: 8_000, targetRateHz: 16_000 });
}

/** One line per corpus and channel, for people. */
export function formatWer(figures: readonly WerFigures[]): string {
  const lines = figures.map((one) => {
    const realTime = one.audioMs / one.processingMs;
    return `${one.corpus.padEnd(32)} ${one.channel.padEnd(6)} WER ${(100 * one.wer).toFixed(1).padStart(5)} %  sub ${one.substitutions}  del ${one.deletions}  ins ${one.insertions}  words ${one.words}  ${realTime.toFixed(0)}× real time`;
  });
  return lines.join('\n');
}
