/**
 * The letter-to-sound model against its Python original, on words neither was trained on
 * (test/golden/letters-to-sounds.json, written by training/stt/letters_to_sounds.py --golden).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { LettersToSounds } from '../../../../src/stages/stt/letters-to-sounds.js';
import { spokenCharacters, WordPronouncer } from '../../../../src/stages/stt/word-pronouncer.js';
import { tinyLettersToSounds } from '../../../support/tiny-recogniser.js';

const root = join(import.meta.dirname, '../../../..');
const { tokens } = JSON.parse(await readFile(join(root, 'models/stt-en.tokens.json'), 'utf8')) as { tokens: string[] };
const golden = JSON.parse(await readFile(join(root, 'test/golden/letters-to-sounds.json'), 'utf8')) as Record<
  string,
  [phones: string, probability: number][]
>;
const model = new LettersToSounds(await readFile(join(root, 'models/stt-en.g2p.bin')), tokens);
const pronouncer = new WordPronouncer(model);

const spoken = (phones: readonly number[]): string => phones.map((phone) => tokens[phone]).join(' ');

t.test('200 held-out words: the same guesses with the same probabilities as in Python', (t) => {
  t.equal(Object.keys(golden).length, 200);
  for (const [word, expected] of Object.entries(golden)) {
    const found = model.pronounce(word).map(({ phones, probability }) => [spoken(phones), probability] as const);
    t.strictSame(
      found.map(([phones]) => phones),
      expected.map(([phones]) => phones),
      word,
    );
    t.ok(
      found.every(([, probability], index) => Math.abs(probability - (expected[index]?.[1] ?? NaN)) < 2e-6),
      `probabilities of ${word}`,
    );
  }
  t.end();
});

t.test('what people write, as it may be said', (t) => {
  const table: readonly (readonly [word: string, ...pronunciations: string[]])[] = [
    ['José', spoken(model.pronounce('jose')[0]?.phones ?? [])],
    ['Zürich', spoken(model.pronounce('zurich')[0]?.phones ?? [])],
    ["O'Neill", spoken(model.pronounce("o'neill")[0]?.phones ?? [])],
    ['IBM', 'AY B IY EH M'],
    ['kfc', 'K EY EH F S IY'],
    ['NASA', 'EH N EY EH S EY', spoken(model.pronounce('nasa')[0]?.phones ?? [])],
    ['4G', 'F AO R JH IY'],
    ['B12', 'B IY T W EH L V', 'B IY W AH N T UW'],
    ['747', 'S EH V AH N F AO R T IY S EH V AH N', 'S EH V AH N F AO R S EH V AH N'],
    ['1905', 'N AY N T IY N OW F AY V'],
    ['90210', 'N AY N Z IH R OW T UW W AH N Z IH R OW'],
    ['日本'],
    [''],
  ];
  for (const [word, ...expected] of table) {
    const found = pronouncer.pronounce(word).map((one) => spoken(one.phones));
    if (expected.length === 0) t.strictSame(found, [], `nothing to say in ${word}`);
    for (const phones of expected) t.ok(found.includes(phones), `${word}: ${phones} among ${found.join(' | ')}`);
    t.equal(pronouncer.pronounce(word), pronouncer.pronounce(word), 'a word asked for again is remembered');
  }
  t.end();
});

t.test('spelling without what cannot be said', (t) => {
  for (const [written, plain] of [
    ['Brzęczyszczykiewicz', 'brzeczyszczykiewicz'],
    ['Ångström', 'angstrom'],
    ['Þórr', 'thorr'],
    ['O’Brien', "o'brien"],
    ['Müller-Lüdenscheidt', 'mullerludenscheidt'],
    ['№5', '5'],
  ] as const)
    t.equal(spokenCharacters(written), plain);
  t.end();
});

t.test('damaged files are refused', (t) => {
  const bytes = tinyLettersToSounds(['a A']);
  t.doesNotThrow(() => new LettersToSounds(bytes, ['', 'A']));
  t.throws(() => new LettersToSounds(bytes, ['', 'B']), { code: 'MODEL_INTERFACE_MISMATCH' });
  t.throws(() => new LettersToSounds(bytes.subarray(0, bytes.length - 1), ['', 'A']), { code: 'MODEL_CORRUPT' });
  t.end();
});
