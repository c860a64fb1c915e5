/**
 * What `evaluate.py --split tune --dump FOLDER` wrote: log-probabilities of clips with their transcripts, and the decoder's
 * data files of `models/`.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadDecoderResources, type DecoderResources } from '../../src/stages/stt/decoder-resources.js';

export interface DumpedClip {
  readonly corpus: string;
  /** Lower-case words. */
  readonly words: readonly string[];
  readonly frames: number;
  /** [frames, vocabulary] */
  readonly logProbs: Float32Array;
}

interface IndexEntry {
  readonly file: string;
  readonly corpus: string;
  readonly transcript: string;
  readonly frames: number;
  readonly vocabulary: number;
}

export async function readDump(folder: string): Promise<readonly DumpedClip[]> {
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as readonly IndexEntry[];
  return Promise.all(
    index.map(async ({ file, corpus, transcript, frames, vocabulary }) => {
      const bytes = await readFile(join(folder, file));
      return {
        corpus,
        words: transcript.toLowerCase().match(/[a-z']+/gu) ?? [],
        frames,
        logProbs: new Float32Array(bytes.buffer, bytes.byteOffset, frames * vocabulary),
      };
    }),
  );
}

export function shippedResources(): Promise<DecoderResources> {
  const models = resolve(import.meta.dirname, '../../models');
  return loadDecoderResources({
    lexicon: join(models, 'stt-en.lexicon.bin'),
    languageModel: join(models, 'stt-en.lm.bin'),
    lettersToSounds: join(models, 'stt-en.g2p.bin'),
    tokens: join(models, 'stt-en.tokens.json'),
  });
}
