/**
 * `attune explain`: why a turn was taken to feel as it was.
 *
 * A recorded turn is judged again from its sound and words, and must come out bit for bit the same; a recording is judged
 * for the first time and may be kept as such a turn.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readAudioFile } from '../audio/audio-file.js';
import { modelSampleRateHz } from '../audio/audio-frame.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import { estimateTurn, type TurnWords } from '../pipeline/turn-estimate.js';
import { decodeTurnRecord, encodeTurnRecord, type TurnRecord } from '../pipeline/turn-record.js';
import { changedModels, replayTurn, type Difference } from '../pipeline/turn-replay.js';
import type { VoiceStack } from '../server/voice-stack.js';
import type { SpeakerBaseline, VoiceEmotionStage } from '../stages/emotion/voice-emotion.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';
import type { SentimentStage } from '../stages/sentiment/sentiment.js';
import { drawCategories, drawEvidence, drawSides } from './explanation-picture.js';
import { terminal } from './terminal.js';
import { addToolOptions, emotionToolConfigFrom, openToolStack, toolTimeoutMs, type ToolFlags } from './tool-stack.js';

type ExplainFlags = ToolFlags & {
  readonly said?: string;
  readonly language: string;
  readonly usual?: readonly string[];
  readonly save?: string;
};

interface Judges {
  readonly stack: VoiceStack;
  readonly voiceEmotion: VoiceEmotionStage;
  readonly sentiment: SentimentStage;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Differences shown to a person; `--json` has all. */
const mostShownDifferences = 8;

export function register(program: Command): void {
  const command = program
    .command('explain')
    .description('why a turn was taken to feel as it was; a recorded turn is judged again, bit for bit')
    .argument('<file>', 'a recorded turn (.json), or WAV or Ogg Opus of one utterance')
    .option('--said <text>', 'what is said in the recording; it is transcribed otherwise')
    .option('--language <tag>', 'language of the words (BCP 47)', 'en')
    .option('--usual <files...>', 'earlier recordings of the same person, to compare with their usual voice')
    .option('--save <file>', 'keep the judged recording as a turn that can be judged again');
  addToolOptions(command, ['purpose', 'licence']).action((file: string, flags: ExplainFlags) => run(file, flags));
}

async function run(file: string, { said, language, usual = [], save, ...flags }: ExplainFlags): Promise<void> {
  const clock = new SystemClock();
  const isRecord = file.endsWith('.json');
  await using stack = await openToolStack(emotionToolConfigFrom(flags), clock);
  const [voiceEmotion, sentiment] = await Promise.all([stack.openVoiceEmotion(), stack.openSentiment()]);
  const judges: Judges = { stack, voiceEmotion, sentiment, clock, signal: new AbortController().signal };
  if (isRecord) {
    await replay(file, judges, flags.json === true);
    return;
  }
  const record = await judge(file, judges, { said, language, usual });
  if (save !== undefined) await writeFile(save, encodeTurnRecord(record), { mode: 0o600 });
  if (flags.json) terminal.json({ file, text: record.words.text, ...record.estimate });
  else print(file, record.words.text, record.estimate);
}

async function replay(file: string, judges: Judges, json: boolean): Promise<void> {
  const record = decodeTurnRecord(await textOf(file));
  const { estimate, differences } = await replayTurn(record, judges);
  const changed = changedModels(record, judges.stack.emotionModels).map(({ name }) => name);
  const isSame = differences.length === 0;
  if (!isSame) process.exitCode = 1;
  if (json) {
    terminal.json({ file, same: isSame, differences, changedModels: changed, text: record.words.text, ...estimate });
    return;
  }
  print(file, record.words.text, estimate);
  terminal.print();
  if (isSame) {
    terminal.print(`${terminal.good('the same')}  judged again, every number is what it was, bit for bit`);
    return;
  }
  terminal.print(`${terminal.bad('not the same')}  ${differences.length} values differ from the record`);
  for (const difference of differences.slice(0, mostShownDifferences)) terminal.print(`  ${shown(difference)}`);
  if (changed.length > 0) terminal.print(`  The record was made with other weights of ${changed.join(', ')}.`);
}

async function judge(
  file: string,
  { stack, voiceEmotion, sentiment, clock, signal }: Judges,
  options: { readonly said: string | undefined; readonly language: string; readonly usual: readonly string[] },
): Promise<TurnRecord> {
  const asked = { callId: file, signal, deadlineMs: clock.nowMs() + toolTimeoutMs };
  let against: SpeakerBaseline | null = null;
  for (const earlier of options.usual) {
    const { samples } = await readAudioFile(earlier);
    ({ baseline: against } = await voiceEmotion.estimate(samples, { ...asked, baseline: against }));
  }
  const { samples } = await readAudioFile(file);
  const words: TurnWords = {
    ...(options.said === undefined
      ? await heardIn(samples, stack, { file, signal })
      : { text: options.said, confidence: null }),
    language: options.language,
    speechMs: (1000 * samples.length) / modelSampleRateHz,
    snrDb: null,
  };
  const textJudged = words.text.trim() !== '';
  const [heard, text] = await Promise.all([
    voiceEmotion.estimate(samples, { ...asked, baseline: against, explain: true }),
    textJudged ? sentiment.analyse(words.text, { ...asked, language: words.language }) : null,
  ]);
  return {
    atMs: clock.wallTimeMs(),
    itemId: file,
    words,
    voice: { samples, against },
    textJudged,
    models: stack.emotionModels,
    ...estimateTurn(words, { voice: heard.emotion, text }),
  };
}

async function heardIn(
  samples: Float32Array,
  stack: VoiceStack,
  { file, signal }: { readonly file: string; readonly signal: AbortSignal },
): Promise<Pick<TurnWords, 'text' | 'confidence'>> {
  const stt = await stack.openStt({ partials: false, chunkDeadlineMs: toolTimeoutMs });
  const utterance = stt.open({ signal, callId: file, hotwords: [] });
  utterance.accept(samples);
  const { text, confidence } = await utterance.finish();
  return { text, confidence };
}

function print(file: string, text: string, estimate: EmotionEstimate): void {
  const { label, confidence, arousal, valence, dominance, explanation } = estimate;
  const number = (value: number): string => value.toFixed(2);
  terminal.print(`${terminal.bold(file)}  ${text === '' ? terminal.dim('(no words)') : `“${text}”`}`);
  terminal.print(
    `${terminal.accent(label)} ${terminal.dim(`confidence ${number(confidence)}; arousal ${number(arousal)}, valence ${number(valence)}, dominance ${number(dominance)}`)}`,
  );
  for (const line of drawCategories(estimate)) terminal.print(`  ${line}`);
  for (const line of drawEvidence(estimate)) terminal.print(`  ${line}`);
  for (const line of drawSides(estimate)) terminal.print(`  ${terminal.dim(line)}`);
  terminal.print(explanation);
}

function shown({ path, recorded, replayed }: Difference): string {
  const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
  return `${path}: ${text(recorded)} recorded, ${text(replayed)} now`;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AttuneError('FILE_UNREADABLE', `the turn ${file} cannot be read`, { field: file, cause: error });
  }
}
