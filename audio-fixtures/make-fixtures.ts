/**
 * Writes the clips of clips.ts as 16-bit mono WAV beside this file, and index.json with what is in them and when.
 *
 * The voices are Attune's own; noise comes from a seeded generator. The same sources give the same bytes:
 * `node --import=./bin/typescript-loader.js audio-fixtures/make-fixtures.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { resampleAll } from '../src/audio/resampler.js';
import { encodeWav } from '../src/audio/wav-writer.js';
import { joinedFloats } from '../src/core/joined-floats.js';
import { FliteSpeaker } from '../src/stages/tts/flite-speaker.js';
import { speakableText } from '../src/stages/tts/speakable-text.js';
import { styleForEmotion } from '../src/stages/tts/style-table.js';
import { clips, type SoundClip, type SpokenClip } from './clips.js';

interface Clip {
  readonly samples: Float32Array;
  readonly transcript: string;
  readonly voice: string | null;
  readonly style: string | null;
  readonly emotion: string | null;
  /** Where speech begins and ends in the file; equal when there is none. */
  readonly speechStartMs: number;
  readonly speechEndMs: number;
}

const sampleRateHz = 16_000;
const leadMs = 300;
const tailMs = 500;
/** What the speaker leaves of silence before and after its speech. */
const speakerLeadMs = 15;
const speakerTailMs = 35;
/** −72 dBFS: no microphone is silent. */
const roomLevel = 2.5e-4;

const speaker = await FliteSpeaker.load();
const index: unknown[] = [];

for (const clip of clips) {
  const made = clip.kind === 'speech' ? spoken(clip) : sounding(clip);
  await store(clip.name, made, sampleRateHz);
  if (clip.kind === 'speech' && clip.alsoAt8Khz) await store(`${clip.name}-8k`, made, 8_000);
}
const licence = 'Apache-2.0, as Attune; synthetic speech made with the voices of CMU Flite, no recording of a person';
const text = JSON.stringify({ licence, clips: index }, null, 2);
await writeFile(new URL('./index.json', import.meta.url), `${text}\n`);
process.stdout.write(`${index.length} clips written\n`);

function spoken(clip: SpokenClip): Clip {
  const style = styleForEmotion(clip.emotion);
  if (!style) throw new Error(`${clip.name}: there is no emotion ${clip.emotion}`);
  const phrases = clip.phrases.map((phrase) => speaker.speak({ text: speakableText(phrase), voice: clip.voice, style }));
  const pause = new Float32Array(toSamples(clip.pauseMs ?? 0));
  const speech = joinedFloats(phrases.flatMap((phrase, place) => (place === 0 ? [phrase] : [pause, phrase])));
  const samples = withRoom(joinedFloats([new Float32Array(toSamples(leadMs)), speech, new Float32Array(toSamples(tailMs))]));
  return {
    samples,
    transcript: clip.transcript ?? clip.phrases.join(' '),
    voice: clip.voice,
    style: style.name,
    emotion: clip.emotion,
    speechStartMs: leadMs + speakerLeadMs,
    speechEndMs: Math.round(leadMs + (speech.length * 1_000) / sampleRateHz - speakerTailMs),
  };
}

function sounding(clip: SoundClip): Clip {
  const sampleCount = toSamples(clip.durationMs);
  const makers = { silence: () => new Float32Array(sampleCount), noise: streetNoise, cough };
  const samples = withRoom(makers[clip.kind](sampleCount));
  return { samples, transcript: '', voice: null, style: null, emotion: null, speechStartMs: 0, speechEndMs: 0 };
}

/** Brown noise, as of distant traffic, at about −38 dBFS. */
function streetNoise(sampleCount: number): Float32Array {
  const random = noiseSource(7);
  let level = 0;
  return Float32Array.from({ length: sampleCount }, () => {
    level = 0.985 * level + 0.0022 * random();
    return level;
  });
}

/** Two bursts of noise with a sharp beginning: 60 ms and, 180 ms later, a weaker 130 ms. */
function cough(sampleCount: number): Float32Array {
  const random = noiseSource(11);
  let low = 0;
  return Float32Array.from({ length: sampleCount }, (_, n) => {
    const atMs = (n * 1_000) / sampleRateHz - 400;
    low += 0.35 * (random() - low);
    return 0.5 * low * (burst(atMs, 25) + 0.6 * burst(atMs - 240, 55));
  });
}

/** 2 ms rise, then exponential decay with the given time constant. */
function burst(sinceMs: number, decayMs: number): number {
  return sinceMs < 0 ? 0 : Math.min(1, sinceMs / 2) * Math.exp(-sinceMs / decayMs);
}

function withRoom(samples: Float32Array): Float32Array {
  const random = noiseSource(3);
  return samples.map((sample) => sample + roomLevel * random());
}

/** Uniform −1…1, mulberry32. */
function noiseSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

async function store(name: string, { samples, ...about }: Clip, targetRateHz: number): Promise<void> {
  const file = `${name}.wav`;
  const resampled = resampleAll(samples, { sourceRateHz: sampleRateHz, targetRateHz });
  await writeFile(new URL(file, import.meta.url), encodeWav({ channels: [resampled], sampleRateHz: targetRateHz }));
  const durationMs = Math.round((resampled.length * 1_000) / targetRateHz);
  index.push({ file, ...about, sampleRateHz: targetRateHz, durationMs });
}

function toSamples(durationMs: number): number {
  return Math.round((durationMs * sampleRateHz) / 1_000);
}
