/**
 * How steady the text is while somebody speaks, and whether an hour of speech costs as much at its end as at its start.
 *
 * Flicker: dev clips go in 320 ms at a time, each partial text is read before the next piece goes in, so that the figures
 * depend on the audio alone and not on the machine. Time counts audio, not computation. Memory: the same clips without
 * pause between them, cut into utterances of at most a minute, as a call that never rests would be.
 */
import { memoryUsage } from 'node:process';
import { join } from 'node:path';
import { readAudioBytes } from '../src/audio/audio-file.js';
import { modelSampleRateHz } from '../src/audio/audio-frame.js';
import { ClipSource } from '../src/cli/clip-source.js';
import { evenlySpread } from '../src/cli/speech-manifest.js';
import type { Clock } from '../src/core/clock.js';
import type { Stt, SttHypothesis } from '../src/stages/stt/stt.js';
import { readCorpora } from './stt-wer.js';

export interface PartialsBenchOptions {
  readonly stt: Stt;
  readonly clock: Clock;
  /** Folder with speech/manifest.tsv and one archive per corpus. */
  readonly corporaFolder: string;
  readonly signal: AbortSignal;
  /** Clips of the dev corpus of read books, evenly spread. */
  readonly clipCount: number;
  /** Of the memory section. */
  readonly minutes: number;
}

/** A partial text and how much audio had gone in when it came. */
export interface ShownPartial {
  readonly words: readonly string[];
  readonly stableWords: readonly string[];
  readonly heardMs: number;
}

export interface FinalWord {
  readonly text: string;
  readonly endMs: number;
}

/** Counts over some utterances; add up. */
export interface FlickerCounts {
  readonly utteranceCount: number;
  readonly finalWordCount: number;
  /** Words of all partials: a word shown in ten partials counts ten times. */
  readonly shownWordCount: number;
  /** Of these, words that the final text does not have at their place. */
  readonly wrongShownWordCount: number;
  /** Words of a partial from the first place on where the next text differs (Shangguan et al. 2020). */
  readonly unstableWordCount: number;
  /** Utterances in which that happened. */
  readonly unstableUtteranceCount: number;
  /** Words of stable beginnings, and those that the final text does not have at their place. */
  readonly stableWordCount: number;
  readonly changedStableWordCount: number;
  /** From a final word's end to the audio with which it first stood at its place, summed over the final words. */
  readonly lagMs: number;
}

export interface FlickerFigures extends FlickerCounts {
  readonly wrongShownShare: number;
  /** Unstable partial words over final words. */
  readonly unstablePartialWordRatio: number;
  readonly unstableSegmentRatio: number;
  readonly changedStableShare: number;
  readonly meanLagMs: number;
}

export interface MemoryPoint {
  readonly minute: number;
  /** After a forced collection where the process allows one. */
  readonly heapMb: number;
  readonly bufferMb: number;
  readonly residentMb: number;
  /** Processor seconds per second of audio since the point before. */
  readonly cpuPerSecond: number;
}

export interface PartialsFigures {
  readonly flicker: FlickerFigures;
  readonly memory: readonly MemoryPoint[];
}

const corpusOfBooks = 'librispeech_dev_clean_mp3_24k';
const pieceMs = 320;
const concurrency = 8;
const longestUtteranceMs = 60_000;
const reportedMinutes = [1, 5, 10, 20, 30, 40, 50, 60];

/** Null when there is no manifest. */
export async function measurePartials(options: PartialsBenchOptions): Promise<PartialsFigures | null> {
  const folder = join(options.corporaFolder, 'speech');
  const clips = (await readCorpora(folder, 'dev'))?.get(corpusOfBooks);
  if (clips === undefined) return null;
  await using source = new ClipSource([folder]);
  const recordings: Float32Array[] = [];
  for (const clip of evenlySpread(clips, options.clipCount)) {
    const { samples } = await readAudioBytes(await source.read(clip), { field: clip.file });
    recordings.push(samples);
  }
  const flicker = await measureFlicker(recordings, options);
  return { flicker, memory: await measureMemory(recordings, options) };
}

async function measureFlicker(
  recordings: readonly Float32Array[],
  options: PartialsBenchOptions,
): Promise<FlickerFigures> {
  const waiting = recordings.values();
  const counts: FlickerCounts[] = [];
  const worker = async (id: number): Promise<void> => {
    for (const samples of waiting) counts.push(await streamOne(samples, `bench-${id}`, options));
  };
  await Promise.all(Array.from({ length: concurrency }, (_, id) => worker(id)));
  return flickerFigures(counts);
}

/** Feeds one clip piece by piece; every whole piece makes one partial, because a piece is as long as a model run. */
async function streamOne(
  samples: Float32Array,
  callId: string,
  { stt, signal }: PartialsBenchOptions,
): Promise<FlickerCounts> {
  const utterance = stt.open({ signal, callId, language: 'en' });
  const partials = utterance.partials[Symbol.asyncIterator]();
  const shown: ShownPartial[] = [];
  const pieceSamples = (pieceMs * modelSampleRateHz) / 1000;
  for (let at = 0; at < samples.length; at += pieceSamples) {
    const piece = samples.subarray(at, at + pieceSamples);
    utterance.accept(piece);
    if (piece.length < pieceSamples) break;
    const next = await partials.next();
    if (next.done) break;
    shown.push(shownPartial(next.value, ((at + pieceSamples) * 1000) / modelSampleRateHz));
  }
  const final = await utterance.finish();
  return flickerOf(shown, final.words, (samples.length * 1000) / modelSampleRateHz);
}

function shownPartial({ words, stableText }: SttHypothesis, heardMs: number): ShownPartial {
  return {
    words: words.map((word) => word.text),
    stableWords: stableText.split(' ').filter((word) => word !== ''),
    heardMs,
  };
}

/** Compares the partials of one utterance, in order, with one another and with the final words. Pure. */
export function flickerOf(
  partials: readonly ShownPartial[],
  final: readonly FinalWord[],
  durationMs: number,
): FlickerCounts {
  const finalWords = final.map((word) => word.text);
  const differing = (words: readonly string[]): number => words.filter((word, at) => word !== finalWords[at]).length;
  const texts = [...partials.map(({ words }) => words), finalWords];
  const unstableWordCount = sumOf(partials, ({ words }, index) => {
    const next = texts[index + 1] ?? [];
    const change = words.findIndex((word, at) => word !== next[at]);
    return change < 0 ? 0 : words.length - change;
  });
  return {
    utteranceCount: 1,
    finalWordCount: final.length,
    shownWordCount: sumOf(partials, ({ words }) => words.length),
    wrongShownWordCount: sumOf(partials, ({ words }) => differing(words)),
    unstableWordCount,
    unstableUtteranceCount: unstableWordCount > 0 ? 1 : 0,
    stableWordCount: sumOf(partials, ({ stableWords }) => stableWords.length),
    changedStableWordCount: sumOf(partials, ({ stableWords }) => differing(stableWords)),
    lagMs: sumOf(final, ({ text, endMs }, at) => {
      const first = partials.find(({ words }) => words[at] === text);
      return (first?.heardMs ?? durationMs) - endMs;
    }),
  };
}

/** Adds up and divides. Pure. */
export function flickerFigures(counts: readonly FlickerCounts[]): FlickerFigures {
  const sum = (pick: (one: FlickerCounts) => number): number => sumOf(counts, pick);
  const total: FlickerCounts = {
    utteranceCount: sum((one) => one.utteranceCount),
    finalWordCount: sum((one) => one.finalWordCount),
    shownWordCount: sum((one) => one.shownWordCount),
    wrongShownWordCount: sum((one) => one.wrongShownWordCount),
    unstableWordCount: sum((one) => one.unstableWordCount),
    unstableUtteranceCount: sum((one) => one.unstableUtteranceCount),
    stableWordCount: sum((one) => one.stableWordCount),
    changedStableWordCount: sum((one) => one.changedStableWordCount),
    lagMs: sum((one) => one.lagMs),
  };
  const per = (count: number, all: number): number => count / Math.max(1, all);
  return {
    ...total,
    wrongShownShare: per(total.wrongShownWordCount, total.shownWordCount),
    unstablePartialWordRatio: per(total.unstableWordCount, total.finalWordCount),
    unstableSegmentRatio: per(total.unstableUtteranceCount, total.utteranceCount),
    changedStableShare: per(total.changedStableWordCount, total.stableWordCount),
    meanLagMs: per(total.lagMs, total.finalWordCount),
  };
}

/** One caller who speaks without a rest: full utterances, one after another, each partial read. */
async function measureMemory(
  recordings: readonly Float32Array[],
  { stt, signal, minutes }: PartialsBenchOptions,
): Promise<readonly MemoryPoint[]> {
  const points: MemoryPoint[] = [];
  const pieces = endlessPieces(recordings);
  const perUtterance = Math.floor(longestUtteranceMs / pieceMs);
  let heardMs = 0;
  let cpuSeconds = cpuSecondsSoFar();
  let measuredMs = 0;
  for (const minute of reportedMinutes.filter((one) => one <= minutes)) {
    while (heardMs < minute * 60_000) {
      const utterance = stt.open({ signal, callId: 'bench', language: 'en' });
      const partials = utterance.partials[Symbol.asyncIterator]();
      for (let piece = 0; piece < perUtterance; piece += 1) {
        utterance.accept(pieces.next().value);
        if ((await partials.next()).done) break;
      }
      await utterance.finish();
      heardMs += perUtterance * pieceMs;
    }
    (globalThis as { readonly gc?: () => void }).gc?.();
    const { heapUsed, arrayBuffers, rss } = memoryUsage();
    const now = cpuSecondsSoFar();
    points.push({
      minute,
      heapMb: heapUsed / 2 ** 20,
      bufferMb: arrayBuffers / 2 ** 20,
      residentMb: rss / 2 ** 20,
      cpuPerSecond: ((now - cpuSeconds) * 1000) / (heardMs - measuredMs),
    });
    cpuSeconds = now;
    measuredMs = heardMs;
  }
  return points;
}

/** Pieces of all recordings, over and over; what is shorter than a piece at a recording's end is left out. */
function* endlessPieces(recordings: readonly Float32Array[]): Generator<Float32Array, never> {
  const pieceSamples = (pieceMs * modelSampleRateHz) / 1000;
  for (;;) {
    for (const samples of recordings) {
      for (let at = 0; at + pieceSamples <= samples.length; at += pieceSamples)
        yield samples.subarray(at, at + pieceSamples);
    }
  }
}

function cpuSecondsSoFar(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function sumOf<T>(items: readonly T[], pick: (item: T, index: number) => number): number {
  return items.reduce((sum, item, index) => sum + pick(item, index), 0);
}
