/**
 * `attune evaluate stt`: the word error rate of the recogniser on a list of transcribed recordings.
 *
 * Exit status: 0 when every recording was heard and `--max-wer`, if given, was kept; 1 otherwise or when the list cannot
 * be used; 2 when the command line was not understood.
 */
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { SystemClock } from '../core/system-clock.js';
import { AttuneError } from '../core/errors.js';
import { comparisonRules } from '../stages/stt/comparable-words.js';
import { encoderFrameMs } from '../stages/stt/ctc-decoder.js';
import { defaultCtcSttOptions } from '../stages/stt/ctc-stt-options.js';
import { parseHotwordList } from '../stages/stt/hotwords.js';
import type { RecognitionFigures } from '../stages/stt/recognition-score.js';
import { complainAboutFile } from './audio-file-results.js';
import { ClipSource } from './clip-source.js';
import { ProgressBar } from './progress-bar.js';
import { clipsOfSplit, evenlySpread, readSpeechManifest, type ManifestClip } from './speech-manifest.js';
import {
  evaluateStt,
  type Channel,
  type NamedFigures,
  type SttEvaluationOptions,
  type SttReport,
} from './stt-evaluation.js';
import { terminal } from './terminal.js';
import {
  addToolOptions,
  openToolStack,
  recogniserOptions,
  toolConcurrency,
  toolConfigFrom,
  toolTimeoutMs,
  type ToolFlags,
} from './tool-stack.js';
import { wholeNumber } from './whole-number.js';

type EvaluateSttFlags = ToolFlags & {
  readonly manifest?: string;
  readonly split?: string;
  readonly audioRoot?: string;
  readonly channel: Channel | 'both';
  readonly limit?: number;
  readonly chunkMs: number;
  readonly perSpeaker?: boolean;
  readonly hotwords?: string;
  readonly dropFillers?: boolean;
  readonly maxWer?: number;
  readonly rules?: boolean;
};

/** So few speakers have their rows without being asked for. */
const fewSpeakers = 8;

export function addSttEvaluation(evaluate: Command): void {
  const command = evaluate
    .command('stt')
    .description('word error rate on transcribed recordings')
    .option('--manifest <file>', 'TSV with the columns file and transcript (also split, speaker, corpus)')
    .option('--split <name>', 'only the recordings of this split')
    .option('--audio-root <dir>', 'folder of the recordings or of CORPUS.tar (default: that of the manifest)')
    .addOption(
      new Option('--channel <name>', 'as recorded, through a telephone, or both')
        .choices(['clean', 'mulaw', 'both'])
        .default('clean'),
    )
    .option('--limit <count>', 'at most so many recordings, evenly spread over the list', wholeNumber)
    .option(
      '--chunk-ms <ms>',
      `audio per model run, in steps of ${encoderFrameMs}; a call’s by default`,
      wholeNumber,
      defaultCtcSttOptions.chunkFrames * encoderFrameMs,
    )
    .option('--per-speaker', 'a row for every speaker, however many')
    .option('--hotwords <words>', 'words to expect, separated by commas')
    .option('--drop-fillers', 'leave uh, um and the like out on both sides')
    .option('--max-wer <share>', 'exit with status 1 when the word error rate is above it, 0…1', share)
    .option('--rules', 'say how both sides are brought to one spelling');
  addToolOptions(command, ['maxUtteranceMs', ...recogniserOptions]).action((flags: EvaluateSttFlags) =>
    run(flags, command),
  );
}

async function run(flags: EvaluateSttFlags, command: Command): Promise<void> {
  const { manifest, split, audioRoot, channel, limit, chunkMs, maxWer, ...more } = flags;
  const { hotwords = '', perSpeaker = false, dropFillers = false, rules = false, ...toolFlags } = more;
  const json = toolFlags.json ?? false;
  if (rules) printRules(dropFillers, json);
  if (manifest === undefined) {
    if (!rules) command.error("error: required option '--manifest <file>' not specified");
    return;
  }
  if (chunkMs % encoderFrameMs !== 0)
    throw new AttuneError('OPTION_INVALID', `--chunk-ms is not a multiple of ${encoderFrameMs}`, { field: 'chunkMs' });
  const listed = await readSpeechManifest(manifest);
  const chosen = split === undefined ? listed : clipsOfSplit(listed, split, manifest);
  const clips = evenlySpread(chosen, limit ?? chosen.length);
  const clock = new SystemClock();
  await using stack = await openToolStack(toolConfigFrom(toolFlags), clock);
  const stt = await stack.openStt({
    chunkFrames: chunkMs / encoderFrameMs,
    partials: false,
    chunkDeadlineMs: toolTimeoutMs,
  });
  await using source = new ClipSource([...(audioRoot === undefined ? [] : [audioRoot]), path.dirname(manifest)]);
  for (const one of channel === 'both' ? (['clean', 'mulaw'] as const) : [channel]) {
    const options: SttEvaluationOptions = {
      stt,
      clock,
      source,
      channel: one,
      hotwords: parseHotwordList(hotwords),
      concurrency: toolConcurrency,
      signal: new AbortController().signal,
      dropFillers,
    };
    const report = await evaluateWithProgress(clips, options, json);
    if (json) terminal.json({ manifest, split: split ?? null, ...report });
    else printReport(report, perSpeaker);
    if (report.failedCount > 0) process.exitCode = 1;
    if (maxWer !== undefined) checkWer(report, maxWer);
  }
}

async function evaluateWithProgress(
  clips: readonly ManifestClip[],
  options: SttEvaluationOptions,
  json: boolean,
): Promise<SttReport> {
  using progress = new ProgressBar({ total: clips.length, noun: 'clips', clock: options.clock });
  return await evaluateStt(clips, {
    ...options,
    onClip: (outcome) => {
      if ('error' in outcome) {
        progress.clear();
        complainAboutFile(outcome.clip.file, outcome.error, json);
      }
      progress.advance();
    },
  });
}

/** Nothing heard keeps no promise. */
function checkWer({ channel, total }: SttReport, maxWer: number): void {
  if (total.clipCount > 0 && total.wer <= maxWer) return;
  process.exitCode = 1;
  const found = total.clipCount > 0 ? percent(total.wer) : 'unknown';
  terminal.complain(
    `${terminal.bad('above the limit')}: ${channel} WER ${found}, at most ${percent(maxWer)} is allowed`,
  );
}

function printRules(dropFillers: boolean, json: boolean): void {
  for (const { name, sentence } of comparisonRules({ dropFillers })) {
    if (json) terminal.json({ rule: name, sentence });
    else terminal.print(`${terminal.bold(name)}  ${sentence}`);
  }
}

function printReport(report: SttReport, everySpeaker: boolean): void {
  const { channel, total, corpora, speakers, confusions, failedCount, audioMs, processingMs } = report;
  terminal.print(`${terminal.bold(`Channel ${channel}`)}  ${total.clipCount} clips heard, ${failedCount} failed`);
  terminal.table(
    ['', 'clips', 'words', 'WER', '95 %', 'sub', 'del', 'ins', 'clips with errors', 'confidence', 'ECE'],
    [
      ...(corpora.length > 1 || total.clipCount === 0 ? corpora.map(row) : []),
      ...(everySpeaker || speakers.length <= fewSpeakers ? speakers.map((one) => row(speakerRow(one))) : []),
      row({ name: 'total', ...total }),
    ],
  );
  if (confusions.length > 0) {
    const shown = confusions.map(({ reference, heard, count }) => `${reference} → ${heard} ${count}`);
    terminal.print(`most frequent confusions: ${shown.join(', ')}`);
  }
  const factor = report.realTimeFactor;
  const speed =
    factor === null ? '' : `, real-time factor ${factor.toFixed(3)} (${(1 / factor).toFixed(0)}× real time)`;
  terminal.print(`${(audioMs / 1000).toFixed(1)} s of audio in ${(processingMs / 1000).toFixed(1)} s${speed}`);
}

function speakerRow(figures: NamedFigures): NamedFigures {
  return { ...figures, name: `speaker ${figures.name}` };
}

function row(figures: RecognitionFigures & { readonly name: string }): readonly string[] {
  const { werInterval, meanConfidence, calibrationError } = figures;
  return [
    figures.name,
    String(figures.clipCount),
    String(figures.words),
    percent(figures.wer),
    werInterval === null ? '–' : `${(100 * werInterval.low).toFixed(1)}–${(100 * werInterval.high).toFixed(1)}`,
    String(figures.substitutions),
    String(figures.deletions),
    String(figures.insertions),
    percent(figures.sentenceErrorRate),
    meanConfidence === null ? '–' : meanConfidence.toFixed(2),
    calibrationError === null ? '–' : calibrationError.toFixed(3),
  ];
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It is not a share of 0 to 1; 0.25 is 25 %.');
  return value;
}
