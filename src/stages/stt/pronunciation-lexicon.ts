/**
 * The words a recogniser knows and how they sound, as read from the lexicon file.
 *
 * Word ids count from 0; the first `countedWords` are the language model's. Pronunciations are kept flat: pronunciation p of word w occupies
 * `phones[phoneStart[p] … phoneStart[p + 1]]` for `p` in `pronunciationStart[w] … pronunciationStart[w + 1]`. Phones
 * are token ids of the acoustic model, mapped by name when the file is read.
 */
import { AttuneError } from '../../core/errors.js';
import { BinaryFile } from './binary-file.js';

export interface PronunciationLexicon {
  readonly words: readonly string[];
  /** The language model counts the first so many words; the others are rare and share what it gives to unknown ones. */
  readonly countedWords: number;
  /** [words + 1] */
  readonly pronunciationStart: Uint32Array;
  /** [pronunciations + 1] */
  readonly phoneStart: Uint32Array;
  /** Token ids of the acoustic model. */
  readonly phones: Uint8Array;
}

/**
 * @param tokens the acoustic model's output names in order, blank first
 * Throws MODEL_CORRUPT when the file is damaged and MODEL_INTERFACE_MISMATCH when it uses a phone the model lacks.
 */
export function readPronunciationLexicon(bytes: Uint8Array, tokens: readonly string[]): PronunciationLexicon {
  const file = new BinaryFile(bytes, 'ATLX');
  const tokenOfPhone = file.strings('phones').map((phone) => {
    const token = tokens.indexOf(phone);
    if (token < 0)
      throw new AttuneError(
        'MODEL_INTERFACE_MISMATCH',
        `the acoustic model has no token for the lexicon's phone ${phone}`,
      );
    return token;
  });
  const words = new TextDecoder().decode(file.bytes(file.count('wordBytes'))).split('\n');
  const pronunciationCount = file.count('pronunciationCount');
  if (words.length !== file.count('wordCount'))
    throw new AttuneError('MODEL_CORRUPT', 'the lexicon has another number of words than it says');
  const pronunciationStart = new Uint32Array(words.length + 1);
  const phoneStart = new Uint32Array(pronunciationCount + 1);
  const phones: number[] = [];
  let pronunciation = 0;
  for (let word = 0; word < words.length; word++) {
    const count = file.bytes(1)[0] as number;
    for (let variant = 0; variant < count; variant++) {
      const length = file.bytes(1)[0] as number;
      for (const phone of file.bytes(length)) {
        const token = tokenOfPhone[phone];
        if (token === undefined) throw new AttuneError('MODEL_CORRUPT', 'the lexicon names a phone it does not list');
        phones.push(token);
      }
      pronunciation += 1;
      phoneStart[pronunciation] = phones.length;
    }
    pronunciationStart[word + 1] = pronunciation;
  }
  if (pronunciation !== pronunciationCount)
    throw new AttuneError('MODEL_CORRUPT', 'the lexicon has another number of pronunciations than it says');
  const countedWords = file.count('countedWords');
  if (countedWords > words.length) throw new AttuneError('MODEL_CORRUPT', 'the lexicon counts more words than it has');
  return { words, countedWords, pronunciationStart, phoneStart, phones: Uint8Array.from(phones) };
}
