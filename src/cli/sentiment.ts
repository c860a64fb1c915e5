/**
 * `attune sentiment`: what lines of text say about feeling. A filter: one line in, one result out, in order.
 */
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { SystemClock } from '../core/system-clock.js';
import type { SentimentStage, TextSentiment } from '../stages/sentiment/sentiment.js';
import { inOrder } from './in-order.js';
import { terminal } from './terminal.js';
import {
  addToolOptions,
  emotionToolConfigFrom,
  openToolStack,
  toolConcurrency,
  toolTimeoutMs,
  type ToolFlags,
} from './tool-stack.js';

type SentimentFlags = ToolFlags & { readonly language: string };

interface SentimentLine extends Pick<TextSentiment, 'categories' | 'sentiment' | 'confidence'> {
  readonly text: string;
  readonly language: string;
}

export function register(program: Command): void {
  const command = program
    .command('sentiment')
    .description('read lines of text and estimate the feeling in each')
    .option('--language <tag>', 'language of the lines (BCP 47): ar, de, en, es, fr, hi, it, pt or zh', 'en');
  addToolOptions(command, ['purpose']).action((flags: SentimentFlags) => run(flags));
}

async function run({ language, ...flags }: SentimentFlags): Promise<void> {
  const clock = new SystemClock();
  await using stack = await openToolStack(emotionToolConfigFrom(flags), clock);
  const stage = await stack.openSentiment();
  // A language without a model is said at once and not at the first line.
  await analyse(stage, { text: '', language, deadlineMs: clock.nowMs() + toolTimeoutMs });
  const results = inOrder({
    concurrency: toolConcurrency,
    source: (signal) => createInterface({ input: process.stdin, signal, crlfDelay: Infinity }),
    work: (text: string) => analyse(stage, { text, language, deadlineMs: clock.nowMs() + toolTimeoutMs }),
  });
  for await (const line of results) {
    if (flags.json) terminal.json(line);
    else print(line);
  }
}

interface Analysis {
  readonly text: string;
  readonly language: string;
  readonly deadlineMs: number;
}

async function analyse(stage: SentimentStage, { text, language, deadlineMs }: Analysis): Promise<SentimentLine> {
  const { signal } = new AbortController();
  const found = await stage.analyse(text, { language, callId: 'lines', signal, deadlineMs });
  return { text, language, categories: found.categories, sentiment: found.sentiment, confidence: found.confidence };
}

function print({ text, sentiment, categories, confidence }: SentimentLine): void {
  const { negative, positive } = sentiment;
  const [best] = Object.entries(categories).sort(([, a], [, b]) => b - a);
  const polarity = positive - negative;
  const shown = `${polarity < 0 ? '−' : '+'}${Math.abs(polarity).toFixed(2)}`;
  const coloured = polarity > 0.2 ? terminal.good(shown) : polarity < -0.2 ? terminal.bad(shown) : terminal.dim(shown);
  terminal.print(`${coloured}  ${(best?.[0] ?? '').padEnd(9)} ${confidence.toFixed(2)}  ${text}`);
}
