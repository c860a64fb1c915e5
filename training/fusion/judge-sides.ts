/**
 * What each side says of material that neither model was trained on, judged by the code that serves.
 *
 *   node --import=./bin/typescript-loader.js training/fusion/judge-sides.ts <corpora> <output folder> [--texts 600]
 *
 * Writes `voices.jsonl` (clips of the training speakers kept aside, set `fit`, and of the dev split, set `dev`; each clip
 * several times: cut short, over a telephone, under noise, from a stranger or a known caller) and `texts.jsonl` (single-label
 * GoEmotions sentences of the calibration slice and of dev, as written and as the recogniser heard our own voice say them
 * under noise). `fit.py` pairs them. Needs the `tar` and `xz` commands.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { setMaxListeners } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { readAudioFile } from '../../src/audio/audio-file.js';
import { modelSampleRateHz } from '../../src/audio/audio-frame.js';
import { resampleAll } from '../../src/audio/resampler.js';
import { overTelephone } from '../../src/audio/telephone-channel.js';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { configFrom } from '../../src/cli/config-options.js';
import { VoiceStack } from '../../src/server/voice-stack.js';
import type { EmotionCategory } from '../../src/stages/emotion/emotion-category.js';
import type { SpeakerBaseline } from '../../src/stages/emotion/speaker-baseline.js';
import { goEmotions } from '../../src/stages/sentiment/go-emotions.js';
import { neutralStyle } from '../../src/stages/tts/style-table.js';

const run = promisify(execFile);

/** As HELD_SPEAKERS of training/emotion/prepare.py: they chose its epoch and its calibration, not its weights. */
const heldSpeakers = new Set(['ravdess_17', 'ravdess_18', 'nemo_MP0', 'emodb_12']);
const categoryOfLabel: Readonly<Record<string, EmotionCategory>> = {
  neutral: 'neutral',
  calm: 'calm',
  happy: 'happy',
  sad: 'sad',
  angry: 'angry',
  fear: 'fearful',
  disgust: 'disgusted',
  surprise: 'surprised',
};
/** A clean recording, as far as fusion can tell. */
const cleanSnrDb = 40;
const snrsDb = [20, 12, 6, 0];
/** Of nEMO's one dev speaker only so many clips, lest he outvote everybody. */
const mostClipsOfOneSpeaker = 120;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { texts: { type: 'string', default: '600' } },
});
const [corpora, output] = positionals;
if (corpora === undefined || output === undefined) throw new Error('usage: judge-sides.ts <corpora> <output folder>');

/** Park and Miller's minimal standard generator: the same draws every time. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function levelOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length + 1e-12);
}

const clock = new SystemClock();
const stack = await VoiceStack.create({
  config: configFrom({ providers: 'cpu', inferenceWorkers: '1' }),
  clock,
  logger: silentLogger,
  metrics: silentMetrics,
});
const { signal } = new AbortController();
setMaxListeners(0, signal);
const chance = chanceOf(11);
const scratch = await mkdtemp(join(tmpdir(), 'attune-fusion-'));
await run('tar', ['-xf', join(corpora, 'noise.tar'), '-C', scratch]);
const noises: Float32Array[] = [];
for (const name of (await run('tar', ['-tf', join(corpora, 'noise.tar')])).stdout.trim().split('\n')) {
  if (!/\.(?:wav|flac|ogg|opus)$/u.test(name)) continue;
  const { samples } = await readAudioFile(join(scratch, name));
  if (samples.length > modelSampleRateHz / 2) noises.push(samples);
}

function withNoise(samples: Float32Array, snrDb: number): Float32Array {
  const noise = noises[Math.floor(chance() * noises.length)]!;
  const start = Math.floor(chance() * noise.length);
  const gain = (levelOf(samples) * 10 ** (-snrDb / 20)) / levelOf(noise);
  return samples.map((value, index) => value + gain * noise[(start + index) % noise.length]!);
}

const pick = <T>(items: readonly T[]): T => items[Math.floor(chance() * items.length)]!;

async function judgeVoices(): Promise<void> {
  const stage = await stack.openVoiceEmotion();
  const lines = (await readFile(join(corpora!, 'emotion', 'manifest.tsv'), 'utf8')).trimEnd().split('\n').slice(1);
  const counts = new Map<string, number>();
  const rows = lines
    .map((line) => line.split('\t'))
    .map(([split, file, , speaker, label, language, gender, , corpus]) => ({
      split: split!,
      file: file!,
      speaker: speaker!,
      category: categoryOfLabel[label!],
      language: language!,
      gender: gender!,
      corpus: corpus!,
    }))
    .filter(({ split, speaker, category, corpus }) => {
      if (category === undefined || corpus === 'emodb_orig4') return false;
      return split === 'dev' || heldSpeakers.has(speaker);
    })
    .sort((a, b) => hash(a.file) - hash(b.file))
    .filter(({ speaker }) => {
      const count = (counts.get(speaker) ?? 0) + 1;
      counts.set(speaker, count);
      return count <= mostClipsOfOneSpeaker;
    });
  const out = createWriteStream(join(output!, 'voices.jsonl'));
  const baselines = new Map<string, SpeakerBaseline>();
  for (const corpus of new Set(rows.map((row) => row.corpus))) {
    const mine = rows.filter((row) => row.corpus === corpus);
    const files = mine.map((row) => row.file);
    await run('tar', ['-xf', join(corpora!, 'emotion', `${corpus}.tar`), '-C', scratch, ...files]);
    for (const row of mine) {
      const { samples } = await readAudioFile(join(scratch, row.file));
      for (const form of ['whole', 'telephone', 'noisy', 'short'] as const) {
        const snrDb = form === 'noisy' ? pick(snrsDb) : cleanSnrDb;
        const kept = form === 'short' ? Math.floor(samples.length * (0.25 + 0.5 * chance())) : samples.length;
        const start = Math.floor(chance() * (samples.length - kept));
        const cut = samples.subarray(start, start + kept);
        const heard = form === 'telephone' ? overTelephone(cut) : form === 'noisy' ? withNoise(cut, snrDb) : cut;
        // What the caller has said before came the same way.
        const key = `${row.speaker} ${form}`;
        const known = baselines.get(key) ?? null;
        for (const baseline of known === null ? [null] : [null, known]) {
          const result = await stage.estimate(heard, { baseline, signal, deadlineMs: Infinity, callId: key });
          if (baseline !== null || known === null) baselines.set(key, result.baseline);
          const { categories, arousal, valence, dominance, label, confidence, acoustics } = result.emotion;
          const line = {
            set: row.split === 'dev' ? 'dev' : 'fit',
            truth: row.category,
            speaker: row.speaker,
            corpus,
            form,
            snrDb,
            speechDurationMs: (1000 * heard.length) / modelSampleRateHz,
            known: baseline !== null,
            voice: { categories, arousal, valence, dominance, label, confidence, acoustics },
          };
          out.write(`${JSON.stringify(line)}\n`);
        }
      }
    }
    process.stderr.write(`${corpus}: ${mine.length} clips\n`);
  }
  await new Promise((resolve) => out.end(resolve));
}

function hash(text: string): number {
  let value = 7;
  for (const letter of text) value = (value * 31 + letter.codePointAt(0)!) % 1_000_003;
  return value;
}

async function judgeTexts(count: number): Promise<void> {
  const sentiment = await stack.openSentiment();
  const tts = await stack.openTts(signal);
  const stt = await stack.openStt();
  const { stdout } = await run('xz', ['-dc', join(corpora!, 'text', 'goemotions.tsv.xz')], { maxBuffer: 64 << 20 });
  const categories = new Map(goEmotions.map(({ name, categories: shares }) => [name, shares]));
  let seenInTrain = 0;
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .flatMap(([split, , label = '', text = '']) => {
      // The slice that training/sentiment keeps for calibration: every tenth sentence of train.
      const set = split === 'dev' ? 'dev' : split === 'train' && seenInTrain++ % 10 === 9 ? 'fit' : null;
      const shares = Object.entries(categories.get(label) ?? {});
      const truth = shares.find(([, share]) => share >= 0.8)?.[0];
      const plain = text.replace(/\[(?:NAME|RELIGION)\]/gu, 'they');
      return set === null || truth === undefined || plain.length > 160 || plain.length < 4
        ? []
        : [{ set, truth, text: plain }];
    })
    .sort((a, b) => hash(a.text) - hash(b.text));
  const out = createWriteStream(join(output!, 'texts.jsonl'));
  for (const set of ['fit', 'dev']) {
    // As many of each category as there are, up to an even share: most sentences are happy ones.
    const perCategory = Math.ceil(count / 7);
    const counts = new Map<string, number>();
    for (const row of rows.filter((candidate) => candidate.set === set)) {
      const taken = (counts.get(row.truth) ?? 0) + 1;
      counts.set(row.truth, taken);
      if (taken > perCategory) continue;
      const forms = [{ text: row.text, sttConfidence: null as number | null, snrDb: cleanSnrDb, form: 'written' }];
      const snrDb = pick([cleanSnrDb, ...snrsDb]);
      const heard = await hear(row.text, snrDb);
      if (heard !== null) forms.push({ ...heard, snrDb, form: 'heard' });
      for (const { text, sttConfidence, snrDb: noise, form } of forms) {
        const result = await sentiment.analyse(text, { language: 'en', callId: set, signal, deadlineMs: Infinity });
        const { categories: found, arousal, valence, dominance, confidence } = result;
        const line = {
          set,
          truth: row.truth,
          form,
          sttConfidence,
          snrDb: noise,
          wordCount: text.split(/\s+/u).filter((word) => word !== '').length,
          text: { categories: found, arousal, valence, dominance, confidence, evidence: [] },
        };
        out.write(`${JSON.stringify(line)}\n`);
      }
    }
    process.stderr.write(`${set}: ${[...counts].map(([name, n]) => `${name} ${n}`).join(', ')}\n`);
  }
  await new Promise((resolve) => out.end(resolve));

  async function hear(
    text: string,
    snrDb: number,
  ): Promise<{ readonly text: string; readonly sttConfidence: number } | null> {
    const blocks: Float32Array[] = [];
    try {
      const clause = { text, style: neutralStyle, voice: '', language: 'en' };
      for await (const block of tts.synthesise(clause, { signal })) blocks.push(block);
      const whole = Float32Array.from(blocks.flatMap((block) => Array.from(block)));
      const spoken = resampleAll(whole, { sourceRateHz: tts.sampleRateHz, targetRateHz: modelSampleRateHz });
      const utterance = stt.open({ signal, callId: 'heard' });
      utterance.accept(snrDb === cleanSnrDb ? spoken : withNoise(spoken, snrDb));
      const { text: recognised, confidence } = await utterance.finish();
      return recognised === '' ? null : { text: recognised, sttConfidence: confidence };
    } catch {
      // A sentence the voice cannot say, such as one of emoji alone.
      return null;
    }
  }
}

try {
  await judgeVoices();
  await judgeTexts(Number(values.texts));
} finally {
  await stack[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
}
