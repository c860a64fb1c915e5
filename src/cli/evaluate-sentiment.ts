/**
 * `attune evaluate sentiment`: recall, F1 and calibration of the text model on a list of labelled sentences.
 */
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import { bestAmong, classificationFigures, type Classified } from '../stages/classification-figures.js';
import { goEmotions } from '../stages/sentiment/go-emotions.js';
import type { SentimentStage } from '../stages/sentiment/sentiment.js';
import { printClassification, type GroupFigures } from './classification-report.js';
import { inOrder } from './in-order.js';
import { readLabelledList, rowsOfSplit, type ListRow } from './labelled-list.js';
import { ProgressBar } from './progress-bar.js';
import { evenlySpread } from './speech-manifest.js';
import { terminal } from './terminal.js';
import {
  addToolOptions,
  emotionToolConfigFrom,
  openToolStack,
  toolConcurrency,
  toolTimeoutMs,
  type ToolFlags,
} from './tool-stack.js';
import { wholeNumber } from './whole-number.js';

type EvaluateSentimentFlags = ToolFlags & {
  readonly manifest: string;
  readonly split?: string;
  readonly language: string;
  readonly limit?: number;
  readonly spoken?: boolean;
};

const polarities = ['negative', 'neutral', 'positive'];
/** What corpora call GoEmotions' labels. */
const otherNames: Readonly<Record<string, string>> = {
  happy: 'joy',
  happiness: 'joy',
  like: 'joy',
  angry: 'anger',
  sad: 'sadness',
  fearful: 'fear',
  disgusted: 'disgust',
  surprised: 'surprise',
};
const emotionNames: ReadonlySet<string> = new Set(goEmotions.map(({ name }) => name));

interface Sentence {
  readonly text: string;
  readonly language: string;
  /** More than one when annotators saw several. */
  readonly truths: readonly string[];
}

export function addSentimentEvaluation(evaluate: Command): void {
  const command = evaluate
    .command('sentiment')
    .description('emotion or polarity of labelled sentences')
    .requiredOption('--manifest <file>', 'TSV (or .xz) with the columns label and text (also split, language)')
    .option('--split <name>', 'only the sentences of this split')
    .option('--language <tag>', 'language of sentences whose line names none', 'en')
    .option('--limit <count>', 'at most so many sentences, evenly spread over the list', wholeNumber)
    .option('--spoken', 'as a recogniser gives them: without capitals and punctuation');
  addToolOptions(command, ['purpose', 'licence']).action((flags: EvaluateSentimentFlags) => run(flags));
}

async function run(flags: EvaluateSentimentFlags): Promise<void> {
  const { manifest, split, language, limit, spoken = false, ...toolFlags } = flags;
  const rows = rowsOfSplit(await readLabelledList(manifest, ['label', 'text']), split, manifest);
  const sentences = evenlySpread(rows, limit ?? rows.length).map((row) => sentenceOf(row, language, spoken));
  const labels = labelsOf(sentences, manifest);
  const clock = new SystemClock();
  await using stack = await openToolStack(emotionToolConfigFrom(toolFlags), clock);
  const stage = await stack.openSentiment();
  const classified: (Classified & { readonly language: string })[] = [];
  {
    using progress = new ProgressBar({ total: sentences.length, noun: 'sentences', clock });
    const results = inOrder({
      concurrency: toolConcurrency,
      source: () => sentences,
      work: (sentence: Sentence) => classify(stage, sentence, labels, clock.nowMs() + toolTimeoutMs),
    });
    for await (const one of results) {
      classified.push(one);
      progress.advance();
    }
  }
  const total = classificationFigures(classified, labels);
  const languages = [...new Set(classified.map((one) => one.language))];
  const groups: readonly GroupFigures[] =
    languages.length < 2
      ? []
      : languages.map((name) => ({
          name,
          ...classificationFigures(
            classified.filter((one) => one.language === name),
            labels,
          ),
        }));
  if (toolFlags.json) terminal.json({ manifest, split: split ?? null, spoken, ...total, groups });
  else printClassification(total, groups);
}

async function classify(
  stage: SentimentStage,
  { text, language, truths }: Sentence,
  labels: readonly string[],
  deadlineMs: number,
): Promise<Classified & { readonly language: string }> {
  const { signal } = new AbortController();
  const { emotions, sentiment } = await stage.analyse(text, { language, callId: 'list', signal, deadlineMs });
  const { guess, confidence } = bestAmong(isPolarity(labels) ? sentiment : emotions, labels);
  // A sentence with several labels is found when one of them is.
  const truth = truths.includes(guess) ? guess : (truths[0] ?? '');
  return { truth, guess, confidence, isNamed: true, language };
}

function sentenceOf(row: ListRow, language: string, spoken: boolean): Sentence {
  const { text = '', label = '' } = row;
  return {
    text: spoken ? spokenForm(text) : text,
    language: row['language'] ?? language,
    truths: label
      .split(',')
      .map((name) => name.trim())
      .map((name) => otherNames[name] ?? name),
  };
}

/** The labels of the list, all polarities or all emotions. Throws MANIFEST_INVALID for others. */
function labelsOf(sentences: readonly Sentence[], field: string): readonly string[] {
  const found = new Set(sentences.flatMap(({ truths }) => truths));
  if ([...found].every((label) => polarities.includes(label)) && found.has('positive')) {
    return polarities.filter((label) => found.has(label));
  }
  const unknown = [...found].find((label) => !emotionNames.has(label));
  if (unknown !== undefined) {
    throw new AttuneError('MANIFEST_INVALID', `'${unknown}' is neither a polarity nor an emotion of GoEmotions`, {
      field,
    });
  }
  return goEmotions.map(({ name }) => name).filter((name) => found.has(name));
}

function isPolarity(labels: readonly string[]): boolean {
  return labels.includes('positive');
}

/** Letters, marks, apostrophes and spaces alone, in lower case. */
function spokenForm(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\[[^\]\s]{1,8}\]/gu, ' ')
    .replace(/[^\p{L}\p{M}' ]+/gu, ' ')
    .replace(/ +/gu, ' ')
    .trim();
}
