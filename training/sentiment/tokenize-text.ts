/**
 * Makes the sentiment model's WordPiece vocabulary and turns text into token ids.
 *
 * Training tokenises through the same library and the same tokenizer.json as the server, so the ids a model was trained
 * on are the ids it is served with; there is no second implementation to keep equal.
 *
 *   tokenize-text.ts build OUT.json VOCABULARY_SIZE < lines     (a line is "weight<TAB>text")
 *   tokenize-text.ts build-characters OUT.json LANGUAGES < lines   (lines of text; languages as `ar,de`)
 *   tokenize-text.ts encode TOKENIZER.json < lines > ids        (a line of space-separated ids for every line of text)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as library from '@huggingface/tokenizers';

/** The part of the package used here; its own type files do not resolve under NodeNext. */
interface TokenizerParts {
  encode(text: string): { readonly ids: readonly number[] };
  readonly normalizer: ((text: string) => string) | null;
  readonly pre_tokenizer: ((texts: readonly string[]) => readonly string[]) | null;
}

const { Tokenizer } = library as unknown as {
  readonly Tokenizer: new (definition: object, config: object) => TokenizerParts;
};

const unknownToken = '[UNK]';
const paddingToken = '[PAD]';
const maxPieceChars = 6;

/** A word with inner apostrophes, one Han character, one digit, or any other single visible character. */
const wordPattern = "\\p{Script=Han}|[\\p{L}\\p{M}]+(?:'[\\p{L}\\p{M}]+)*|\\p{N}|[^\\s]";

interface Replacement {
  readonly type: 'Replace';
  readonly pattern: { readonly Regex: string };
  readonly content: string;
}

const replacement = (regex: string, content: string): Replacement => ({
  type: 'Replace',
  pattern: { Regex: regex },
  content,
});

/** What says nothing in the multilingual model: user names, addresses, Arabic vowel signs and stretching, which digit. */
const multilingualCleaning = [
  replacement('@\\S+|https?:\\S*', ' '),
  replacement('[\\u064b-\\u0652\\u0640]', ''),
  replacement('\\p{N}', '0'),
];

function tokenizerJson(vocabulary: readonly string[], cleaning: readonly Replacement[] = []): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        ...cleaning,
        { type: 'Lowercase' },
        { type: 'Replace', pattern: { String: '’' }, content: "'" },
        { type: 'Replace', pattern: { String: '‘' }, content: "'" },
      ],
    },
    pre_tokenizer: { type: 'Split', pattern: { Regex: wordPattern }, behavior: 'Removed', invert: true },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
    model: {
      type: 'WordPiece',
      unk_token: unknownToken,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 40,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}

/** Words by weighted count, then every character, then the word beginnings and endings that cover most rare words. */
function buildVocabulary(lines: readonly string[], vocabularySize: number): readonly string[] {
  const splitter = new Tokenizer(tokenizerJson([paddingToken, unknownToken]), {});
  const wordWeights = new Map<string, number>();
  for (const line of lines) {
    const tab = line.indexOf('\t');
    const weight = Number(line.slice(0, tab));
    const normalized = splitter.normalizer === null ? line.slice(tab + 1) : splitter.normalizer(line.slice(tab + 1));
    for (const word of splitter.pre_tokenizer?.([normalized]) ?? []) {
      wordWeights.set(word, (wordWeights.get(word) ?? 0) + weight);
    }
  }
  const characterWeights = new Map<string, number>();
  const pieceWeights = new Map<string, number>();
  const ranked = [...wordWeights].sort(([a, weightA], [b, weightB]) => weightB - weightA || (a < b ? -1 : 1));
  const pieceCount = Math.floor(vocabularySize / 5);
  for (const [index, [word, weight]] of ranked.entries()) {
    const characters = [...word];
    for (const [position, character] of characters.entries()) {
      const piece = position === 0 ? character : `##${character}`;
      characterWeights.set(piece, (characterWeights.get(piece) ?? 0) + weight);
    }
    if (index < vocabularySize - pieceCount || characters.length < 4) continue;
    for (let size = 2; size <= Math.min(maxPieceChars, characters.length - 1); size++) {
      const beginning = characters.slice(0, size).join('');
      const ending = `##${characters.slice(-size).join('')}`;
      pieceWeights.set(beginning, (pieceWeights.get(beginning) ?? 0) + weight * size);
      pieceWeights.set(ending, (pieceWeights.get(ending) ?? 0) + weight * size);
    }
  }
  const heaviest = (weights: ReadonlyMap<string, number>, count: number): string[] =>
    [...weights]
      .sort(([a, weightA], [b, weightB]) => weightB - weightA || (a < b ? -1 : 1))
      .slice(0, count)
      .map(([token]) => token);
  const vocabulary = new Set([
    paddingToken,
    unknownToken,
    ...heaviest(characterWeights, 600),
    ...heaviest(pieceWeights, pieceCount - 600),
  ]);
  for (const [word] of ranked) {
    if (vocabulary.size >= vocabularySize) break;
    vocabulary.add(word);
  }
  return [...vocabulary];
}

/** Characters below this count are left to `[UNK]`, unless a language's alphabet has them. */
const minCharacterCount = 2;

/**
 * Every character as a piece of its own. The order is the network's: padding, unknown, a token per language, characters
 * inside a word, characters that begin a word, Han characters; `first` says where the last two begin.
 */
function characterVocabulary(
  lines: readonly string[],
  languages: readonly string[],
): { vocabulary: readonly string[]; firstInitial: number; firstHan: number } {
  const splitter = new Tokenizer(tokenizerJson([paddingToken, unknownToken], multilingualCleaning), {});
  const counts = new Map<string, number>();
  const isHan = (character: string): boolean => /\p{Script=Han}/u.test(character);
  for (const line of lines) {
    const normalized = splitter.normalizer === null ? line : splitter.normalizer(line);
    for (const word of splitter.pre_tokenizer?.([normalized]) ?? []) {
      for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  const alphabets = Array.from({ length: 0x0970 - 0x61 }, (_, offset) => String.fromCodePoint(0x61 + offset)).filter(
    (character) =>
      /\p{L}|\p{M}/u.test(character) &&
      /[\u0061-\u00ff\u0620-\u06ff\u0900-\u096f]/u.test(character) &&
      character === character.toLowerCase(),
  );
  const known = [
    ...new Set([...alphabets, ...[...counts].filter(([, count]) => count >= minCharacterCount).map(([name]) => name)]),
  ].sort();
  const letters = known.filter((character) => !isHan(character));
  const inside = letters.filter((character) => /[\p{L}\p{M}']/u.test(character)).map((character) => `##${character}`);
  const beginning = [paddingToken, unknownToken, ...languages.map((language) => `[${language}]`), ...inside];
  return {
    vocabulary: [...beginning, ...letters, ...known.filter(isHan)],
    firstInitial: beginning.length,
    firstHan: beginning.length + letters.length,
  };
}

const [command, path, size] = process.argv.slice(2);
const lines = readFileSync(0, 'utf8').split('\n');
if (lines.at(-1) === '') lines.pop();
if (command === 'build' && path !== undefined) {
  writeFileSync(path, `${JSON.stringify(tokenizerJson(buildVocabulary(lines, Number(size))))}\n`);
} else if (command === 'build-characters' && path !== undefined && size !== undefined) {
  const { vocabulary, firstInitial, firstHan } = characterVocabulary(lines, size.split(','));
  writeFileSync(path, `${JSON.stringify(tokenizerJson(vocabulary, multilingualCleaning))}\n`);
  process.stdout.write(`${JSON.stringify({ firstInitial, firstHan, size: vocabulary.length })}\n`);
} else if (command === 'encode' && path !== undefined) {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(path, 'utf8')) as object, {});
  process.stdout.write(lines.map((line) => `${tokenizer.encode(line).ids.join(' ')}\n`).join(''));
} else {
  process.stderr.write(
    'usage: tokenize-text.ts build OUT.json VOCABULARY_SIZE | build-characters OUT.json LANGUAGES | encode TOKENIZER.json\n',
  );
  process.exitCode = 2;
}
