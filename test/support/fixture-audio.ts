/**
 * Clips of `audio-fixtures/` in the forms that clients send.
 */
import path from 'node:path';
import { encodeMulaw } from '../../src/audio/g711.js';
import { encodePcm16 } from '../../src/audio/pcm16.js';
import { resampleAll } from '../../src/audio/resampler.js';
import { AudioFixtures, type FixtureAudio } from '../../src/lab/audio-fixtures.js';

const fixtures = await AudioFixtures.read(path.resolve(import.meta.dirname, '..', '..', 'audio-fixtures'));

export function loadFixture(name: string): Promise<FixtureAudio> {
  return fixtures.load(name);
}

/** 16-bit PCM at 24 kHz, with silence after it. */
export async function fixturePcm24k(name: string, silenceMs = 0): Promise<Buffer> {
  const clip = await fixtures.load(name);
  const samples = resampleAll(clip.samples, { sourceRateHz: clip.sampleRateHz, targetRateHz: 24_000 });
  return Buffer.concat([encodePcm16(samples), Buffer.alloc(silenceMs * 48)]);
}

/** μ-law at 8 kHz, with silence after it. */
export async function fixtureMulaw(name: string, silenceMs = 0): Promise<Buffer> {
  const clip = await fixtures.load(name);
  const samples = resampleAll(clip.samples, { sourceRateHz: clip.sampleRateHz, targetRateHz: 8_000 });
  return Buffer.concat([encodeMulaw(samples), encodeMulaw(new Float32Array(silenceMs * 8))]);
}

/** Words that two sentences share, as a part of the first one's words: tolerant of a recogniser's errors. */
export function wordOverlap(expected: string, found: string): number {
  const words = (text: string): string[] => text.toLowerCase().match(/[a-z']+/gu) ?? [];
  const have = new Set(words(found));
  const wanted = words(expected);
  return wanted.filter((word) => have.has(word)).length / Math.max(1, wanted.length);
}
