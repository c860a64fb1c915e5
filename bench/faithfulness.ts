/**
 * Whether the reasons of an explanation are the reasons: each is taken away from the turn itself, and the score must move the
 * way the explanation says.
 *
 * Turns are dev clips of acted speech, each with a sentence that its speaker did not say: what is tested is the explanation, not
 * the estimate. A word is taken out of the text and the text read anew; loudness is taken away by playing the sound at the
 * caller's usual level; pitch and rate, which nothing here can change in a sound without changing more, by judging the sound
 * again and fusing without the one cue.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAudioFile } from '../src/audio/audio-file.js';
import { estimateTurn, type TurnWords } from '../src/pipeline/turn-estimate.js';
import type { SpeakerBaseline, VoiceEmotion, VoiceEmotionStage } from '../src/stages/emotion/voice-emotion.js';
import type { EmotionEvidence } from '../src/stages/fusion/emotion-estimate.js';
import type { SentimentStage, TextSentiment } from '../src/stages/sentiment/sentiment.js';

export interface FaithfulnessOptions {
  readonly voiceEmotion: VoiceEmotionStage;
  readonly sentiment: SentimentStage;
  /** Folder with emotion/manifest.tsv, emotion/CORPUS.tar and text/goemotions.tsv.xz. */
  readonly corporaFolder: string;
  readonly signal: AbortSignal;
  /** At most so many; all by default. */
  readonly turnCount?: number;
}

export interface KindFigures {
  readonly kind: EmotionEvidence['kind'];
  /** Reasons of this kind that could be taken away by themselves. */
  readonly count: number;
  /** Share that moved the score the stated way. */
  readonly agreeing: number;
  /** The same among those said to matter by .05 or more; null without any. */
  readonly agreeingStrong: number | null;
  readonly meanStrength: number;
}

export interface FaithfulnessFigures {
  readonly turnCount: number;
  readonly kinds: readonly KindFigures[];
  /** Turns whose label falls in probability when all that is named for it is taken away at once, among those with such reasons. */
  readonly allTogether: { readonly count: number; readonly falling: number };
  /** Share of turns that name pitch, loudness or rate against the caller's usual. */
  readonly withAcoustics: number;
}

interface Turn {
  readonly samples: Float32Array;
  readonly against: SpeakerBaseline | null;
  readonly words: TurnWords;
  readonly voice: VoiceEmotion;
  readonly text: TextSentiment;
}

interface Removal {
  readonly kind: EmotionEvidence['kind'];
  readonly strength: number;
  readonly agrees: boolean;
}

const corpora = ['ravdess', 'emodb'];
const strongFrom = 0.05;

/** Null without the corpora. Needs the commands `tar` and `xz`. */
export async function measureFaithfulness(options: FaithfulnessOptions): Promise<FaithfulnessFigures | null> {
  const removals: Removal[] = [];
  let turnCount = 0;
  let withAcoustics = 0;
  const allTogether = { count: 0, falling: 0 };
  const turns = await turnsOf(options);
  if (turns === null) return null;
  for await (const turn of turns) {
    turnCount += 1;
    const { estimate } = estimateTurn(turn.words, turn);
    const top = Object.entries(estimate.categories).reduce((best, one) => (one[1] > best[1] ? one : best))[0];
    const score = (changed: Partial<Turn>): number =>
      estimateTurn(changed.words ?? turn.words, { ...turn, ...changed }).estimate.categories[
        top as keyof typeof estimate.categories
      ];
    const before = score({});
    if (estimate.evidence.some(({ kind }) => kind === 'pitch' || kind === 'loudness' || kind === 'rate'))
      withAcoustics += 1;
    let bare: Partial<Turn> = {};
    for (const { kind, description, direction, strength } of estimate.evidence) {
      const without = await withoutPiece(turn, { kind, description }, options);
      if (without === null) continue;
      const change = before - score(without);
      removals.push({ kind, strength, agrees: direction === 'toward' ? change > 0 : change < 0 });
      if (direction === 'toward' && (kind === 'word' || kind === 'loudness'))
        bare = await withoutBoth(turn, bare, { kind, description }, options);
    }
    if (Object.keys(bare).length > 0) {
      allTogether.count += 1;
      if (score(bare) < before) allTogether.falling += 1;
    }
  }
  const kinds = [...new Set(removals.map(({ kind }) => kind))].sort();
  return {
    turnCount,
    kinds: kinds.map((kind) => figuresOf(kind, removals)),
    allTogether,
    withAcoustics: withAcoustics / turnCount,
  };
}

function figuresOf(kind: EmotionEvidence['kind'], removals: readonly Removal[]): KindFigures {
  const ofKind = removals.filter((removal) => removal.kind === kind);
  const strong = ofKind.filter(({ strength }) => strength >= strongFrom);
  const share = (some: readonly Removal[]): number => some.filter(({ agrees }) => agrees).length / some.length;
  return {
    kind,
    count: ofKind.length,
    agreeing: share(ofKind),
    agreeingStrong: strong.length === 0 ? null : share(strong),
    meanStrength: ofKind.reduce((sum, { strength }) => sum + strength, 0) / ofKind.length,
  };
}

type Piece = Pick<EmotionEvidence, 'kind' | 'description'>;

/** What changes in the turn when the piece is not there; null for a piece that cannot be taken away by itself. */
async function withoutPiece(turn: Turn, piece: Piece, options: FaithfulnessOptions): Promise<Partial<Turn> | null> {
  switch (piece.kind) {
    case 'word': {
      const text = withoutQuoted(turn.words.text, piece.description);
      return text === null ? null : { text: await read(text, options) };
    }
    case 'loudness': {
      const { loudnessVsBaselineDb } = turn.voice.acoustics;
      if (loudnessVsBaselineDb === null) return null;
      const gain = 10 ** (-loudnessVsBaselineDb / 20);
      const { emotion } = await hear(
        turn.samples.map((sample) => sample * gain),
        turn.against,
        options,
      );
      return { voice: emotion };
    }
    case 'pitch':
    case 'rate': {
      const cue = turn.voice.cues.find(({ kind }) => kind === piece.kind);
      const acoustics = { ...turn.voice.acoustics };
      if (piece.kind === 'pitch') acoustics.pitchVsBaselinePct = null;
      else acoustics.rateVsBaselinePct = null;
      return { voice: { ...turn.voice, categories: cue?.categoriesWithout ?? turn.voice.categories, acoustics } };
    }
    default:
      return null;
  }
}

/** The same with what was taken away before. */
async function withoutBoth(
  turn: Turn,
  bare: Partial<Turn>,
  piece: Piece,
  options: FaithfulnessOptions,
): Promise<Partial<Turn>> {
  const words = bare.words ?? turn.words;
  if (piece.kind !== 'word') return { ...bare, ...(await withoutPiece(turn, piece, options)) };
  const text = withoutQuoted(words.text, piece.description);
  if (text === null || text.trim() === '') return bare;
  // The circumstances stay: only what was said is missing, not how long it took.
  return { ...bare, words: { ...words, text }, text: await read(text, options) };
}

/** The text without the words between the quotation marks; null where they are not there exactly once. */
function withoutQuoted(text: string, description: string): string | null {
  const quoted = /“(.+)”/u.exec(description)?.[1];
  if (quoted === undefined) return null;
  const parts = text.split(quoted);
  if (parts.length !== 2 || /\p{L}$/u.test(parts[0]!) || /^\p{L}/u.test(parts[1]!)) return null;
  return parts.join('').replace(/\s+/gu, ' ').trim();
}

function read(text: string, { sentiment, signal }: FaithfulnessOptions): Promise<TextSentiment> {
  return sentiment.analyse(text, { language: 'en', callId: 'bench', signal, deadlineMs: Infinity });
}

function hear(samples: Float32Array, baseline: SpeakerBaseline | null, { voiceEmotion, signal }: FaithfulnessOptions) {
  return voiceEmotion.estimate(samples, { baseline, explain: true, callId: 'bench', signal, deadlineMs: Infinity });
}

async function turnsOf(options: FaithfulnessOptions): Promise<AsyncIterable<Turn> | null> {
  const { corporaFolder, turnCount = Infinity } = options;
  const manifest = join(corporaFolder, 'emotion', 'manifest.tsv');
  const sentenceFile = join(corporaFolder, 'text', 'goemotions.tsv.xz');
  const archives = corpora.map((name) => join(corporaFolder, 'emotion', `${name}.tar`));
  if (![manifest, sentenceFile, ...archives].every(existsSync)) return null;
  const clips = (await readFile(manifest, 'utf8'))
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([split, , , , , , , , corpus]) => split === 'dev' && corpora.includes(corpus ?? ''))
    .map(([, file = '', , speaker = '', , , , , corpus = '']) => ({ file, speaker, corpus }));
  const { stdout } = await promisify(execFile)('xz', ['-dc', sentenceFile], { maxBuffer: 64 << 20 });
  const sentences = stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(
      ([split, , labels = '', text = '']) => split === 'dev' && labels !== 'neutral' && text.split(' ').length >= 4,
    )
    .map(([, , , text = '']) => text);
  return (async function* () {
    const folder = await mkdtemp(join(tmpdir(), 'attune-faithful-'));
    try {
      for (const [index, archive] of archives.entries()) {
        const files = clips.filter(({ corpus }) => corpus === corpora[index]).map(({ file }) => file);
        await promisify(execFile)('tar', ['-xf', archive, '-C', folder, ...files]);
      }
      const baselines = new Map<string, SpeakerBaseline>();
      for (const [index, { file, speaker }] of inMixedOrder(clips).slice(0, turnCount).entries()) {
        const { samples } = await readAudioFile(join(folder, file));
        const against = baselines.get(speaker) ?? null;
        const { emotion, baseline } = await hear(samples, against, options);
        baselines.set(speaker, baseline);
        const sentence = sentences[(index * 7) % sentences.length]!;
        const speechMs = samples.length / 16;
        const words = { text: sentence, confidence: 0.9, language: 'en', speechMs, snrDb: null };
        yield { samples, against, words, voice: emotion, text: await read(sentence, options) };
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  })();
}

/** A fixed order in which speakers and categories alternate. */
function inMixedOrder<T>(clips: readonly T[]): readonly T[] {
  const stride = clips.length % 37 === 0 ? 41 : 37;
  return clips.map((_, index) => clips[(index * stride) % clips.length]!);
}
