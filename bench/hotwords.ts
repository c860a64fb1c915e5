/**
 * How much hot words help: recall of words a recogniser misses by itself, and how often a list brings in what nobody said.
 *
 * Read clips whose transcripts hold words the lexicon lacks, or words it thinks very rare, are recognised without hot
 * words, with the words of all chosen clips as one list (each clip's own and dozens of distractors), and with the
 * distractors alone. Same contract as a call's. Without the corpora the answer is null.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAudioFile } from '../src/audio/audio-file.js';
import type { DecoderResources } from '../src/stages/stt/decoder-resources.js';
import type { Stt } from '../src/stages/stt/stt.js';
import { sumWordErrors, wordErrorRate, wordErrors, type WordErrors } from '../src/stages/stt/word-errors.js';

export interface HotwordFigures {
  /** Words the lexicon lacks, or knows and thinks rare. */
  readonly words: 'unknown' | 'rare';
  readonly list: 'none' | 'own and distractors' | 'distractors';
  readonly clipCount: number;
  /** Phrases each clip listened for. */
  readonly listLength: number;
  readonly spoken: number;
  /** Share of the spoken words that were recognised. */
  readonly recall: number;
  /** Words of the list that were recognised where nobody said them. */
  readonly falseInsertions: number;
  readonly wer: number;
}

export interface HotwordBenchOptions {
  readonly stt: Stt;
  readonly resources: Pick<DecoderResources, 'wordIds' | 'languageModel'>;
  /** Folder with speech/manifest.tsv and one archive per corpus. */
  readonly corporaFolder: string;
  readonly signal: AbortSignal;
  readonly split?: 'train' | 'dev';
  /** Clips per kind of word; 40 by default. */
  readonly clipCount?: number;
}

interface Clip {
  readonly file: string;
  readonly words: readonly string[];
  /** Those that are listened for. */
  readonly wanted: readonly string[];
}

const corpus = 'librispeech_dev_clean_mp3_24k';
/** Natural log: one word in 300,000. */
const rareUnigram = -12.6;
const concurrency = 2;

/** Null when there are no corpora. Needs the `tar` command. */
export async function measureHotwords(options: HotwordBenchOptions): Promise<readonly HotwordFigures[] | null> {
  const folder = join(options.corporaFolder, 'speech');
  const archive = join(folder, `${corpus}.tar`);
  if (!existsSync(join(folder, 'manifest.tsv')) || !existsSync(archive)) return null;
  const lines = (await readFile(join(folder, 'manifest.tsv'), 'utf8')).trimEnd().split('\n');
  const rows = lines
    .map((line) => line.split('\t'))
    .filter((row) => row[0] === (options.split ?? 'dev') && row[4] === corpus);
  const { wordIds, languageModel } = options.resources;
  const isWanted = {
    unknown: (word: string): boolean => !wordIds.has(word),
    rare: (word: string): boolean => languageModel.unigram(wordIds.get(word) ?? 0) < rareUnigram && wordIds.has(word),
  };
  const figures: HotwordFigures[] = [];
  for (const kind of ['unknown', 'rare'] as const) {
    const clips = rows
      .map(([, file = '', , , , , transcript = '']): Clip => {
        const words = transcript.toLowerCase().match(/[a-z']+/g) ?? [];
        return { file, words, wanted: words.filter((word) => word.length > 2 && isWanted[kind](word)) };
      })
      .filter((clip) => clip.wanted.length > 0)
      .slice(0, options.clipCount ?? 40);
    const unpacked = await mkdtemp(join(tmpdir(), 'attune-hotwords-'));
    try {
      await promisify(execFile)('tar', ['-xf', archive, '-C', unpacked, ...clips.map((clip) => clip.file)]);
      for (const list of ['none', 'own and distractors', 'distractors'] as const)
        figures.push(await measureList(options, { kind, list, clips, unpacked }));
    } finally {
      await rm(unpacked, { recursive: true });
    }
  }
  return figures;
}

async function measureList(
  options: HotwordBenchOptions,
  part: {
    readonly kind: HotwordFigures['words'];
    readonly list: HotwordFigures['list'];
    readonly clips: readonly Clip[];
    readonly unpacked: string;
  },
): Promise<HotwordFigures> {
  const all = [...new Set(part.clips.flatMap((clip) => clip.wanted))];
  const waiting = part.clips.values();
  const errors: WordErrors[] = [];
  let recognised = 0;
  let falseInsertions = 0;
  let listLength = 0;
  const worker = async (id: number): Promise<void> => {
    for (const clip of waiting) {
      const hotwords =
        part.list === 'none' ? [] : all.filter((word) => part.list !== 'distractors' || !clip.wanted.includes(word));
      listLength = Math.max(listLength, hotwords.length);
      const { samples } = await readAudioFile(join(part.unpacked, clip.file));
      const utterance = options.stt.open({ signal: options.signal, callId: `bench-${id}`, language: 'en', hotwords });
      utterance.accept(samples);
      const { words } = await utterance.finish();
      const found = words.map((word) => word.text);
      const left = [...found];
      for (const word of clip.wanted) {
        const at = left.indexOf(word);
        if (at >= 0) left.splice(at, 1);
        recognised += at >= 0 ? 1 : 0;
      }
      falseInsertions += left.filter((word) => hotwords.includes(word) && !clip.words.includes(word)).length;
      errors.push(wordErrors(clip.words, found));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, id) => worker(id)));
  const spoken = part.clips.reduce((sum, clip) => sum + clip.wanted.length, 0);
  return {
    words: part.kind,
    list: part.list,
    clipCount: part.clips.length,
    listLength,
    spoken,
    recall: recognised / Math.max(1, spoken),
    falseInsertions,
    wer: wordErrorRate(sumWordErrors(errors)),
  };
}

/** Head and rows of a table for people. */
export function hotwordTable(figures: readonly HotwordFigures[]): readonly (readonly string[])[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    ['words', 'clips', 'hot words', 'spoken', 'recalled', 'false insertions', 'WER'],
    ...figures.map((one) => [
      one.words,
      String(one.clipCount),
      one.list === 'none' ? 'none' : `${one.listLength} (${one.list})`,
      String(one.spoken),
      percent(one.recall),
      String(one.falseInsertions),
      percent(one.wer),
    ]),
  ];
}
