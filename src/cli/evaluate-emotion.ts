/**
 * `attune evaluate emotion`: recall, calibration and fairness of the voice model on a list of labelled recordings.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { readAudioBytes } from '../audio/audio-file.js';
import { overTelephone } from '../audio/telephone-channel.js';
import type { Clock } from '../core/clock.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import { bestAmong, classificationFigures, type Classified } from '../stages/classification-figures.js';
import { emotionCategories, type EmotionCategory } from '../stages/emotion/emotion-category.js';
import type { SpeakerBaseline, VoiceEmotionStage } from '../stages/emotion/voice-emotion.js';
import { complainAboutFile } from './audio-file-results.js';
import { printClassification, type GroupFigures } from './classification-report.js';
import { ClipSource } from './clip-source.js';
import { fairnessPicture } from './fairness-picture.js';
import { readLabelledList, rowsOfSplit, type ListRow } from './labelled-list.js';
import { ProgressBar } from './progress-bar.js';
import { evenlySpread } from './speech-manifest.js';
import { terminal } from './terminal.js';
import { addToolOptions, emotionToolConfigFrom, openToolStack, toolTimeoutMs, type ToolFlags } from './tool-stack.js';
import { wholeNumber } from './whole-number.js';

type EvaluateEmotionFlags = ToolFlags & {
  readonly manifest: string;
  readonly split?: string;
  readonly audioRoot?: string;
  readonly channel: 'clean' | 'mulaw';
  readonly limit?: number;
  readonly adapt?: boolean;
  readonly labels?: string;
  readonly allCategories?: boolean;
  readonly by: string;
  readonly picture?: string;
};

interface LabelledClip {
  readonly file: string;
  readonly corpus: string | null;
  readonly truth: EmotionCategory;
  readonly row: ListRow;
}

/** What corpora call the categories. */
const categoryOf: Readonly<Record<string, EmotionCategory>> = {
  ...(Object.fromEntries(emotionCategories.map((name) => [name, name])) as Record<EmotionCategory, EmotionCategory>),
  happiness: 'happy',
  joy: 'happy',
  sadness: 'sad',
  anger: 'angry',
  fear: 'fearful',
  disgust: 'disgusted',
  surprise: 'surprised',
};

export function addEmotionEvaluation(evaluate: Command): void {
  const command = evaluate
    .command('emotion')
    .description('emotion of labelled recordings, by the voice alone')
    .requiredOption('--manifest <file>', 'TSV with the columns file and label (also split, speaker, corpus and others)')
    .option('--split <name>', 'only the recordings of this split')
    .option('--audio-root <dir>', 'folder of the recordings or of CORPUS.tar (default: that of the manifest)')
    .addOption(
      new Option('--channel <name>', 'as recorded or through a telephone').choices(['clean', 'mulaw']).default('clean'),
    )
    .option('--limit <count>', 'at most so many recordings, evenly spread over the list', wholeNumber)
    .option('--adapt', 'a speaker’s earlier recordings are his usual voice, as in a call; else everybody is a stranger')
    .option('--labels <list>', 'only recordings of these categories, and only these compete')
    .option('--all-categories', 'all eight categories compete, also those the corpus does not have')
    .option('--by <columns>', 'figures by the values of these columns', 'corpus')
    .option('--picture <file>', 'draw accuracy with its interval by group, as SVG');
  addToolOptions(command, ['purpose', 'licence']).action((flags: EvaluateEmotionFlags) => run(flags));
}

async function run(flags: EvaluateEmotionFlags): Promise<void> {
  const { manifest, split, audioRoot, channel, limit, adapt = false, labels, ...more } = flags;
  const { allCategories = false, by, picture, ...toolFlags } = more;
  const json = toolFlags.json ?? false;
  const rows = rowsOfSplit(await readLabelledList(manifest, ['file', 'label']), split, manifest);
  const wanted = labels === undefined ? emotionCategories : labels.split(',').map((name) => categoryNamed(name.trim()));
  const usable = rows.flatMap((row): LabelledClip[] => {
    const truth = categoryOf[row['label'] ?? ''];
    return truth !== undefined && wanted.includes(truth)
      ? [{ file: row['file'] ?? '', corpus: row['corpus'] ?? null, truth, row }]
      : [];
  });
  if (usable.length === 0)
    throw new AttuneError('MANIFEST_INVALID', 'no recording has a label that is a category', { field: manifest });
  const clips = evenlySpread(usable, limit ?? usable.length);
  const clock = new SystemClock();
  await using stack = await openToolStack(emotionToolConfigFrom(toolFlags), clock);
  const stage = await stack.openVoiceEmotion();
  await using source = new ClipSource([...(audioRoot === undefined ? [] : [audioRoot]), path.dirname(manifest)]);
  const competing = (clip: LabelledClip): readonly EmotionCategory[] =>
    allCategories
      ? emotionCategories
      : emotionCategories.filter((category) =>
          usable.some((other) => other.corpus === clip.corpus && other.truth === category),
        );
  const judged = await judgeAll(clips, { stage, source, clock, channel, adapt, competing, json });
  const present = emotionCategories.filter((category) =>
    judged.some(({ classified }) => classified.truth === category || classified.guess === category),
  );
  const figuresOf = (some: readonly JudgedClip[]) =>
    classificationFigures(
      some.map(({ classified }) => classified),
      present,
    );
  const total = figuresOf(judged);
  const groups = by.split(',').flatMap((column) => groupsBy(judged, column.trim(), figuresOf));
  const skippedCount = rows.length - usable.length;
  if (json) terminal.json({ manifest, split: split ?? null, channel, adapt, skippedCount, ...total, groups });
  else {
    if (skippedCount > 0) terminal.print(`${skippedCount} recordings have other labels and are left out.`);
    printClassification(total, groups);
  }
  if (picture !== undefined) await writeFile(picture, fairnessPicture(groups, total));
}

interface JudgedClip {
  readonly clip: LabelledClip;
  readonly classified: Classified;
}

/** One after the other: a speaker's earlier recordings shape the later ones. */
async function judgeAll(
  clips: readonly LabelledClip[],
  options: {
    readonly stage: VoiceEmotionStage;
    readonly source: ClipSource;
    readonly clock: Clock;
    readonly channel: 'clean' | 'mulaw';
    readonly adapt: boolean;
    readonly competing: (clip: LabelledClip) => readonly EmotionCategory[];
    readonly json: boolean;
  },
): Promise<readonly JudgedClip[]> {
  const { stage, source, clock, channel, adapt, competing, json } = options;
  const baselines = new Map<string, SpeakerBaseline>();
  const judged: JudgedClip[] = [];
  const { signal } = new AbortController();
  using progress = new ProgressBar({ total: clips.length, noun: 'recordings', clock });
  for (const clip of inMixedOrder(clips)) {
    const speaker = `${clip.corpus ?? ''} ${clip.row['speaker'] ?? ''}`;
    try {
      const { samples } = await readAudioBytes(await source.read(clip), { field: clip.file });
      const { emotion, baseline } = await stage.estimate(channel === 'clean' ? samples : overTelephone(samples), {
        baseline: (adapt && baselines.get(speaker)) || null,
        callId: speaker,
        signal,
        deadlineMs: clock.nowMs() + toolTimeoutMs,
      });
      baselines.set(speaker, baseline);
      const best = bestAmong(emotion.categories, competing(clip));
      judged.push({ clip, classified: { ...best, truth: clip.truth, isNamed: emotion.label !== 'unknown' } });
    } catch (error) {
      progress.clear();
      complainAboutFile(clip.file, toAttuneError(error, 'INTERNAL'), json);
      process.exitCode = 1;
    }
    progress.advance();
  }
  return judged;
}

/** A fixed order in which categories alternate, for lists are sorted by label: a prime stride that visits every clip once. */
function inMixedOrder<T>(clips: readonly T[]): readonly T[] {
  const stride = [37, 41, 43].find((prime) => clips.length % prime !== 0) ?? 1;
  return clips.map((_, index) => clips[(index * stride) % clips.length]!);
}

function groupsBy(
  judged: readonly JudgedClip[],
  column: string,
  figuresOf: (some: readonly JudgedClip[]) => ReturnType<typeof classificationFigures>,
): readonly GroupFigures[] {
  const values = [...new Set(judged.map(({ clip }) => clip.row[column]))].filter((value) => value !== undefined);
  if (values.length < 2) return [];
  return values.map((value) => ({
    name: `${column} ${value}`,
    ...figuresOf(judged.filter(({ clip }) => clip.row[column] === value)),
  }));
}

function categoryNamed(name: string): EmotionCategory {
  const category = categoryOf[name];
  if (category !== undefined) return category;
  throw new AttuneError('OPTION_INVALID', `'${name}' is no category`, {
    field: 'labels',
    hint: `Use ${emotionCategories.join(', ')}.`,
  });
}
