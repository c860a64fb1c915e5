/**
 * What all decoders of one thread share: the lexicon, its prefix tree, the language model and how unknown words are said.
 *
 * About 60 MB for the English set and some 150 ms to build, so it is made once per thread and never copied.
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../../core/errors.js';
import type { SearchResources } from './ctc-beam-search.js';
import { LettersToSounds } from './letters-to-sounds.js';
import { LexiconTrie } from './lexicon-trie.js';
import { readPronunciationLexicon, type PronunciationLexicon } from './pronunciation-lexicon.js';
import { TrigramModel } from './trigram-model.js';
import { WordPronouncer } from './word-pronouncer.js';

export interface DecoderResources extends SearchResources {
  /** Spelling by word id. */
  readonly words: readonly string[];
  readonly wordIds: ReadonlyMap<string, number>;
  readonly lexicon: PronunciationLexicon;
  readonly pronouncer: WordPronouncer;
  /** The acoustic model's outputs in order, blank first. */
  readonly tokens: readonly string[];
}

/** Absolute paths of the recogniser's data files. */
export interface DecoderFiles {
  readonly lexicon: string;
  readonly languageModel: string;
  readonly lettersToSounds: string;
  /** JSON `{"tokens": [...]}`: the acoustic model's outputs in order, blank first. */
  readonly tokens: string;
}

/** Builds the shared parts. Throws MODEL_CORRUPT when lexicon and language model do not belong together. */
export function buildDecoderResources(data: {
  readonly lexicon: Uint8Array;
  readonly languageModel: Uint8Array;
  readonly lettersToSounds: Uint8Array;
  readonly tokens: readonly string[];
}): DecoderResources {
  const lexicon = readPronunciationLexicon(data.lexicon, data.tokens);
  const languageModel = new TrigramModel(data.languageModel);
  if (languageModel.wordCount !== lexicon.countedWords) {
    throw new AttuneError(
      'MODEL_CORRUPT',
      `the language model knows ${languageModel.wordCount} words, the lexicon ${lexicon.countedWords}`,
    );
  }
  const rareCount = lexicon.words.length - lexicon.countedWords;
  const rareWordShare = -Math.log(Math.max(1, rareCount));
  return {
    words: lexicon.words,
    wordIds: new Map(lexicon.words.map((word, id) => [word, id])),
    trie: new LexiconTrie(
      lexicon,
      (word) => languageModel.unigram(word) + (word < lexicon.countedWords ? 0 : rareWordShare),
    ),
    rareWordShare,
    languageModel,
    lexicon,
    pronouncer: new WordPronouncer(new LettersToSounds(data.lettersToSounds, data.tokens)),
    tokens: data.tokens,
    vocabularySize: data.tokens.length,
  };
}

/** Reads the files. Rejects with MODEL_MISSING when one cannot be read and with MODEL_CORRUPT when it is damaged. */
export async function loadDecoderResources(files: DecoderFiles): Promise<DecoderResources> {
  const [lexicon, languageModel, lettersToSounds, tokens] = await Promise.all([
    read(files.lexicon),
    read(files.languageModel),
    read(files.lettersToSounds),
    readTokens(files.tokens),
  ]);
  return buildDecoderResources({ lexicon, languageModel, lettersToSounds, tokens });
}

/** The acoustic model's output names. */
export async function readTokens(path: string): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await read(path));
  try {
    const { tokens } = JSON.parse(text) as { tokens?: unknown };
    if (Array.isArray(tokens) && tokens.every((token) => typeof token === 'string')) return tokens;
  } catch (error) {
    throw new AttuneError('MODEL_CORRUPT', `${path} is not JSON`, { field: path, cause: error });
  }
  throw new AttuneError('MODEL_CORRUPT', `${path} lists no tokens`, { field: path });
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AttuneError('MODEL_MISSING', `cannot read ${path}`, { field: path, cause: error });
  }
}
