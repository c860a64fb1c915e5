/**
 * `attune evaluate turn-end`: false cut-offs against latency on a list of recordings, each of which is one whole turn.
 *
 * Exit status: 0 when every recording was heard; 1 otherwise or when the list cannot be used; 2 when the command line was not
 * understood.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { AttuneError, toAttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import { completenessOf, endpointWaitMs, turnOverScore } from '../pipeline/endpointing.js';
import { defaultTurnPolicy } from '../pipeline/turn-policy.js';
import { complainAboutFile } from './audio-file-results.js';
import { ClipSource } from './clip-source.js';
import { inOrder } from './in-order.js';
import { readLabelledList, rowsOfSplit } from './labelled-list.js';
import { ProgressBar } from './progress-bar.js';
import { evenlySpread } from './speech-manifest.js';
import { terminal } from './terminal.js';
import {
  addToolOptions,
  openToolStack,
  toolConcurrency,
  toolConfigFrom,
  toolTimeoutMs,
  type ToolFlags,
} from './tool-stack.js';
import { hearPauses, type HeardPause, type PauseScoringOptions } from './turn-pause-scoring.js';
import { turnSweepPicture } from './turn-sweep-picture.js';
import {
  cutOffBudget,
  latencyBudgetMs,
  pointOfRule,
  rankingOf,
  sweepPolicies,
  type BudgetFigures,
  type ScoredPause,
  type SweepPoint,
} from './turn-sweep.js';
import { wholeNumber } from './whole-number.js';

type EvaluateTurnEndFlags = ToolFlags & {
  readonly manifest: string;
  readonly split?: string;
  readonly corpus?: string;
  readonly audioRoot?: string;
  readonly channel: 'clean' | 'mulaw';
  readonly limit?: number;
  readonly words: boolean;
  readonly pauses?: string;
  readonly picture?: string;
};

type Judged = HeardPause & ScoredPause;

/** A way of telling pauses from ends, and what it makes of the cues. */
interface Way {
  readonly name: string;
  readonly scoreOf: (pause: HeardPause) => number;
  /** The server's rule of this way; null where it has none. */
  readonly waitMsOf: ((pause: HeardPause) => number) | null;
}

const language = 'en';
const undecided = 0.5;

const waitMsOf = (pause: HeardPause, endProbability: number | null): number =>
  endpointWaitMs(defaultTurnPolicy.endpointing, { ...pause, endProbability, language });

const ways: readonly Way[] = [
  {
    name: 'words and cadence',
    scoreOf: (pause) => turnOverScore({ ...pause, endProbability: null, language }),
    waitMsOf: (pause) => waitMsOf(pause, null),
  },
  {
    name: 'words, cadence and model',
    scoreOf: (pause) => turnOverScore({ ...pause, language }),
    waitMsOf: (pause) => waitMsOf(pause, pause.endProbability),
  },
  { name: 'model alone', scoreOf: (pause) => pause.endProbability ?? undecided, waitMsOf: null },
  { name: 'cadence alone', scoreOf: (pause) => pause.finality, waitMsOf: null },
];

export function addTurnEndEvaluation(evaluate: Command): void {
  const command = evaluate
    .command('turn-end')
    .description('false cut-offs against latency on recordings of whole turns')
    .requiredOption('--manifest <file>', 'TSV with the column file (also split, speaker, corpus)')
    .option('--split <name>', 'only the recordings of this split')
    .option('--corpus <names>', 'only the recordings of these corpora, separated by commas')
    .option('--audio-root <dir>', 'folder of the recordings or of CORPUS.tar (default: that of the manifest)')
    .addOption(
      new Option('--channel <name>', 'as recorded or through a telephone').choices(['clean', 'mulaw']).default('clean'),
    )
    .option('--limit <count>', 'at most so many recordings, evenly spread over the list', wholeNumber)
    .option('--no-words', 'leave the recogniser and the words out of it')
    .option('--pauses <file>', 'write every pause with what each cue says of it, as TSV')
    .option('--picture <file>', 'draw false cut-offs against latency, as SVG');
  addToolOptions(command).action((flags: EvaluateTurnEndFlags) => run(flags));
}

async function run(flags: EvaluateTurnEndFlags): Promise<void> {
  const { manifest, split, corpus, audioRoot, channel, limit, words, pauses, picture, ...toolFlags } = flags;
  const json = toolFlags.json ?? false;
  const rows = rowsOfSplit(await readLabelledList(manifest, ['file']), split, manifest);
  const wanted = corpus?.split(',').map((name) => name.trim());
  const listed = rows
    .map((row) => ({ file: row['file'] ?? '', corpus: row['corpus'] ?? null, speaker: row['speaker'] ?? null }))
    .filter((clip) => wanted === undefined || wanted.includes(clip.corpus ?? ''));
  if (listed.length === 0)
    throw new AttuneError('MANIFEST_INVALID', 'no recording is of these corpora', { field: manifest });
  const clips = evenlySpread(listed, limit ?? listed.length);
  const clock = new SystemClock();
  await using stack = await openToolStack(toolConfigFrom(toolFlags), clock);
  await using source = new ClipSource([...(audioRoot === undefined ? [] : [audioRoot]), path.dirname(manifest)]);
  const heard = await hearAll(clips, json, {
    vad: await stack.openVad({ windowTimeoutMs: toolTimeoutMs }),
    turnEnd: await stack.openTurnEnd(),
    stt: words ? await stack.openStt({ partials: false, chunkDeadlineMs: toolTimeoutMs }) : null,
    source,
    channel,
    clock,
  });
  if (pauses !== undefined) await writeFile(pauses, pauseList(heard));
  const corpora = [...new Set(heard.map(({ clip }) => clip.corpus ?? ''))];
  const groups = [
    ...(corpora.length > 1
      ? corpora.map((name) =>
          groupOf(
            name,
            heard.filter(({ clip }) => clip.corpus === name),
          ),
        )
      : []),
    groupOf('total', heard),
  ];
  if (json) terminal.json({ manifest, split: split ?? null, channel, words, latencyBudgetMs, cutOffBudget, groups });
  else groups.forEach(printGroup);
  const total = groups.at(-1);
  if (picture !== undefined && total !== undefined) await writeFile(picture, pictureOf(total));
}

async function hearAll(
  clips: readonly HeardPause['clip'][],
  json: boolean,
  options: PauseScoringOptions,
): Promise<readonly HeardPause[]> {
  const heard: HeardPause[] = [];
  using progress = new ProgressBar({ total: clips.length, noun: 'recordings', clock: options.clock });
  const results = inOrder({
    concurrency: toolConcurrency,
    source: () => clips,
    work: (clip: HeardPause['clip']) =>
      hearPauses(clip, options).catch((error: unknown) => ({ clip, error: toAttuneError(error, 'INTERNAL') })),
  });
  for await (const result of results) {
    if ('error' in result) {
      progress.clear();
      complainAboutFile(result.clip.file, result.error, json);
      process.exitCode = 1;
    } else heard.push(...result);
    progress.advance();
  }
  return heard;
}

interface WayFigures extends BudgetFigures {
  readonly name: string;
  /** Chance that an end scores above a pause; null for silence alone. */
  readonly ranking: number | null;
  /** What the server's own rule of this way does. */
  readonly served: SweepPoint | null;
}

interface GroupFigures {
  readonly name: string;
  readonly speakerCount: number;
  readonly pauseCount: number;
  readonly endCount: number;
  readonly ways: readonly WayFigures[];
}

function groupOf(name: string, heard: readonly HeardPause[]): GroupFigures {
  const judgedBy = (scoreOf: Way['scoreOf']): readonly Judged[] =>
    heard.map((pause) => ({ ...pause, speaker: `${pause.clip.corpus} ${pause.clip.speaker}`, score: scoreOf(pause) }));
  const silence = judgedBy(() => undecided);
  return {
    name,
    speakerCount: new Set(silence.map(({ speaker }) => speaker)).size,
    pauseCount: heard.filter(({ holdMs }) => holdMs !== null).length,
    endCount: heard.filter(({ holdMs }) => holdMs === null).length,
    ways: [
      { name: 'silence alone', ranking: null, served: null, ...sweepPolicies(silence, 'silence') },
      ...ways.map((way): WayFigures => {
        const judged = judgedBy(way.scoreOf);
        return {
          name: way.name,
          ranking: rankingOf(judged),
          served: way.waitMsOf === null ? null : pointOfRule(judged, way.waitMsOf),
          ...sweepPolicies(judged, 'score'),
        };
      }),
    ],
  };
}

function printGroup({ name, speakerCount, pauseCount, endCount, ways: figures }: GroupFigures): void {
  terminal.print(
    `${terminal.bold(name)}  ${pauseCount} pauses and ${endCount} ends of turns of ${speakerCount} speakers`,
  );
  terminal.table(
    [
      '',
      `cut-offs at ${latencyBudgetMs} ms`,
      '95 %',
      `latency at ${percent(cutOffBudget)} cut-offs`,
      '95 %',
      'ranking',
      'served',
    ],
    figures.map((way) => [
      way.name,
      way.cutOffShare === null ? '–' : percent(way.cutOffShare),
      way.cutOffInterval === null ? '–' : `${percent(way.cutOffInterval.low)} – ${percent(way.cutOffInterval.high)}`,
      way.latencyMs === null ? '–' : `${Math.round(way.latencyMs)} ms`,
      way.latencyInterval === null
        ? '–'
        : `${Math.round(way.latencyInterval.low)} – ${Math.round(way.latencyInterval.high)}`,
      way.ranking === null ? '–' : way.ranking.toFixed(3),
      way.served === null ? '–' : `${percent(way.served.cutOffShare)} at ${Math.round(way.served.latencyMs)} ms`,
    ]),
  );
}

function pictureOf({ ways: figures }: GroupFigures): string {
  const dots = figures.flatMap(({ name, served }) =>
    served === null ? [] : [{ name: `${name}, as served`, point: served }],
  );
  return turnSweepPicture(figures.slice(0, 4), dots);
}

/** No words: what was said stays out of files. */
function pauseList(heard: readonly HeardPause[]): string {
  const head = ['file', 'corpus', 'speaker', 'speechEndMs', 'holdMs', 'endProbability', 'finality', 'words'];
  const lines = heard.map(({ clip, speechEndMs, holdMs, endProbability, finality, transcript }) =>
    [
      clip.file,
      clip.corpus,
      clip.speaker,
      speechEndMs,
      holdMs ?? '',
      endProbability?.toFixed(4) ?? '',
      finality.toFixed(4),
      completenessOf(transcript, language).toFixed(2),
    ].join('\t'),
  );
  return `${[head.join('\t'), ...lines].join('\n')}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
