/**
 * Lexicon, language-model and letter-to-sound files small enough to check by hand, in the recogniser's binary formats.
 */

const encoder = new TextEncoder();

function file(magic: string, header: object, columns: readonly Uint8Array[], aligned: boolean): Uint8Array {
  const json = encoder.encode(JSON.stringify(header));
  const parts: number[] = [...encoder.encode(magic), 1, 0, 0, 0, json.length & 255, json.length >> 8, 0, 0, ...json];
  for (const column of columns) {
    while (aligned && parts.length % 4 !== 0) parts.push(0);
    parts.push(...column);
  }
  return Uint8Array.from(parts);
}

const bytesOf = (array: Float32Array | Uint32Array | Uint16Array): Uint8Array => new Uint8Array(array.buffer.slice(0));

/** Words with their pronunciations as phone names; the phones listed in `phones`. */
export function tinyLexicon(
  phones: readonly string[],
  entries: readonly (readonly [word: string, ...pronunciations: string[]])[],
  countedWords = entries.length,
): Uint8Array {
  const words = encoder.encode(entries.map(([word]) => word).join('\n'));
  const body = entries.flatMap(([, ...pronunciations]) => [
    pronunciations.length,
    ...pronunciations.flatMap((text) => {
      const names = text.split(' ');
      return [names.length, ...names.map((name) => phones.indexOf(name))];
    }),
  ]);
  const pronunciationCount = entries.reduce((sum, [, ...pronunciations]) => sum + pronunciations.length, 0);
  return file(
    'ATLX',
    { phones, wordCount: entries.length, countedWords, pronunciationCount, wordBytes: words.length },
    [words, Uint8Array.from(body)],
    false,
  );
}

export interface TinyModel {
  readonly wordCount: number;
  /** Natural log probability and back-off weight of each id; `<s>`, `</s>`, `<unk>` last. */
  readonly unigrams: readonly (readonly [logP: number, backoff: number])[];
  /** Sorted by (v, w). */
  readonly bigrams: readonly {
    readonly v: number;
    readonly w: number;
    readonly logP: number;
    readonly backoff: number;
  }[];
  /** Sorted by (bigram, w); `bigram` is an index into `bigrams`. */
  readonly trigrams: readonly { readonly bigram: number; readonly w: number; readonly logP: number }[];
}

/** The model as the file `TrigramModel` reads. At most 256 different values of each kind. */
export function tinyLanguageModel(model: TinyModel): Uint8Array {
  const book = (values: readonly number[]): number[] => {
    const distinct = [...new Set(values)];
    return [...distinct, ...new Array<number>(256 - distinct.length).fill(0)];
  };
  const probabilities = book([...model.bigrams, ...model.trigrams].map((entry) => entry.logP));
  const backoffs = book(model.bigrams.map((entry) => entry.backoff));
  const starts = (count: number, owner: readonly number[]): Uint32Array =>
    Uint32Array.from({ length: count + 1 }, (_, index) => owner.filter((id) => id < index).length);
  return file(
    'ATLM',
    {
      wordCount: model.wordCount,
      bigramCount: model.bigrams.length,
      trigramCount: model.trigrams.length,
      probabilities,
      backoffs,
    },
    [
      bytesOf(Float32Array.from(model.unigrams, ([logP]) => logP)),
      bytesOf(Float32Array.from(model.unigrams, ([, backoff]) => backoff)),
      bytesOf(
        starts(
          model.unigrams.length,
          model.bigrams.map((entry) => entry.v),
        ),
      ),
      bytesOf(
        starts(
          model.bigrams.length,
          model.trigrams.map((entry) => entry.bigram),
        ),
      ),
      bytesOf(Uint16Array.from(model.bigrams, (entry) => entry.w)),
      Uint8Array.from(model.bigrams, (entry) => probabilities.indexOf(entry.logP)),
      Uint8Array.from(model.bigrams, (entry) => backoffs.indexOf(entry.backoff)),
      bytesOf(Uint16Array.from(model.trigrams, (entry) => entry.w)),
      Uint8Array.from(model.trigrams, (entry) => probabilities.indexOf(entry.logP)),
    ],
    true,
  );
}

/** A model in which every word and the sentence's end are equally likely, whatever came before. */
export function uniformLanguageModel(wordCount: number): Uint8Array {
  const logP = -Math.log(wordCount + 1);
  return tinyLanguageModel({
    wordCount,
    unigrams: Array.from({ length: wordCount + 3 }, () => [logP, 0] as const),
    bigrams: [],
    trigrams: [],
  });
}

/** A letter-to-sound model in which every unit ("th TH", "e") is equally likely; `names` as in the file. */
export function tinyLettersToSounds(
  units: readonly string[] = [],
  names: Readonly<Record<string, readonly string[]>> = {},
): Uint8Array {
  const ids = [...units.keys()].map((index) => index + 2);
  const nodes = [0, 1, ...ids];
  return file(
    'ATGP',
    {
      units: ['<s>', '</s>', ...units],
      names,
      order: 1,
      nodeCounts: [nodes.length],
      scores: [-1, 0],
      backoffs: [0, 0],
    },
    [bytesOf(Uint16Array.from(nodes)), new Uint8Array(nodes.length)],
    false,
  );
}
