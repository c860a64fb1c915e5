/**
 * Macro-F1 of the text sentiment stage on the GoEmotions dev set, sentence by sentence through the stage itself.
 *
 * It measures what a caller gets (tokenizer, batcher, worker, calibration), not the network alone. The corpus is read from
 * `ATTUNE_CORPORA` or ../shared/data and stays outside the repository; without it the answer is null.
 */
import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SentimentStage } from '../src/stages/sentiment/sentiment.js';
import type { SentimentCalibration } from '../src/stages/sentiment/sentiment-calibration.js';

export interface SentimentFigures {
  readonly sentenceCount: number;
  /** As in the corpus: capitals, punctuation, emoji. */
  readonly written: FormFigures;
  /** As a recogniser gives it: lower case, letters and apostrophes only. */
  readonly spoken: FormFigures;
}

export interface FormFigures {
  /** Mean F1 of the 28 labels. */
  readonly macroF1: number;
  /** F1 by label. */
  readonly f1: Readonly<Record<string, number>>;
}

export interface SentimentBenchOptions {
  readonly stage: SentimentStage;
  /** Its thresholds decide when a label counts as found. */
  readonly calibration: SentimentCalibration;
  /** Folder with text/goemotions.tsv.xz. */
  readonly corporaFolder: string;
  readonly signal: AbortSignal;
  /** Sentences in flight at once; they meet in the batcher. */
  readonly concurrency?: number;
}

const defaultConcurrency = 32;

/** Null when the corpus is not there. Needs the `xz` command. */
export async function measureSentimentF1(options: SentimentBenchOptions): Promise<SentimentFigures | null> {
  const rows = await goEmotionsDev(options.corporaFolder);
  if (rows === null) return null;
  setMaxListeners((options.concurrency ?? defaultConcurrency) + 1, options.signal);
  return {
    sentenceCount: rows.length,
    written: await measureForm(rows, options),
    spoken: await measureForm(
      rows.map((row) => ({ ...row, text: spokenForm(row.text) })),
      options,
    ),
  };
}

/** The dev split. Null when the corpus is not there. Needs the `xz` command. */
export async function goEmotionsDev(corporaFolder: string): Promise<readonly LabelledSentence[] | null> {
  const path = join(corporaFolder, 'text', 'goemotions.tsv.xz');
  if (!existsSync(path)) return null;
  const { stdout } = await promisify(execFile)('xz', ['-dc', path], { maxBuffer: 64 << 20 });
  return stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([split]) => split === 'dev')
    .map(([, , labels = '', text = '']) => ({ labels: new Set(labels.split(',')), text }));
}

export interface LabelledSentence {
  readonly labels: ReadonlySet<string>;
  readonly text: string;
}

async function measureForm(rows: readonly LabelledSentence[], options: SentimentBenchOptions): Promise<FormFigures> {
  const { stage, calibration, signal, concurrency = defaultConcurrency } = options;
  const counts = new Map(calibration.labels.map((label) => [label, { hits: 0, found: 0, true: 0 }]));
  const waiting = rows.values();
  const worker = async (): Promise<void> => {
    for (const row of waiting) {
      const { emotions } = await stage.analyse(row.text, {
        language: 'en',
        callId: 'bench',
        signal,
        deadlineMs: Infinity,
      });
      for (const [index, label] of calibration.labels.entries()) {
        const count = counts.get(label);
        if (count === undefined) continue;
        const found = (emotions[label] ?? 0) >= (calibration.thresholds[index] ?? 1);
        const present = row.labels.has(label);
        count.found += Number(found);
        count.true += Number(present);
        count.hits += Number(found && present);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const f1 = Object.fromEntries(
    [...counts].map(([label, count]) => [label, (2 * count.hits) / Math.max(1, count.found + count.true)]),
  );
  return { macroF1: Object.values(f1).reduce((sum, value) => sum + value, 0) / counts.size, f1 };
}

const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

function numberWords(digits: string): string {
  if (digits.length > 2) return Array.from(digits, (digit) => units[Number(digit)]).join(' ');
  const value = Number(digits);
  if (value < 20) return units[value] ?? digits;
  const unit = value % 10;
  return [tens[Math.floor(value / 10)], ...(unit === 0 ? [] : [units[unit]])].join(' ');
}

/** The same form as training/sentiment/text_forms.py's `spoken`. */
export function spokenForm(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[‘’]/gu, "'")
    .replaceAll('&', ' and ')
    .replaceAll(/[0-9]+/gu, (digits) => ` ${numberWords(digits)} `)
    .replaceAll(/[^\p{L}\p{N}' ]/gu, ' ')
    .replaceAll(/(?<![\p{L}\p{N}])'|'(?![\p{L}\p{N}])/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}
