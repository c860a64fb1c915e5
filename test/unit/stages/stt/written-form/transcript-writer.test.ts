/**
 * Capitals, marks and both forms of a transcript, with the committed data files.
 */
import t from 'tap';
import { readFileSync } from 'node:fs';
import { CapitalList } from '../../../../../src/stages/stt/written-form/capital-list.js';
import { PunctuationModel, type Mark } from '../../../../../src/stages/stt/written-form/punctuation-model.js';
import { TranscriptWriter } from '../../../../../src/stages/stt/written-form/transcript-writer.js';
import { weightlessModel } from '../../../../support/plain-writer.js';

const files = { capitals: 'models/stt-en.capitals.txt', punctuation: 'models/stt-en.punctuation.bin' };
/** Words of 200 ms with 80 ms between them. */
const wordsOf = (text: string) =>
  (text === '' ? [] : text.split(' ')).map((word, at) => ({
    text: word,
    startMs: at * 280,
    endMs: at * 280 + 200,
    confidence: 0.9,
  }));

t.test('scores are those of the training', async (t) => {
  const model = new PunctuationModel(readFileSync(files.punctuation));
  const { cases } = JSON.parse(readFileSync('test/golden/punctuation.json', 'utf8')) as {
    readonly cases: readonly { words: string; marks: string[]; scores: number[][] }[];
  };
  const markOf: Readonly<Record<string, Mark>> = { none: '', comma: ',', period: '.', question: '?' };
  for (const { words, marks, scores } of cases) {
    const given = marks.map((name) => markOf[name] ?? '');
    const spoken = words.split(' ');
    const farthest = model
      .scores(spoken, given)
      .flatMap((row, at) => row.map((score, column) => Math.abs(score - (scores[at]?.[column] ?? NaN))));
    t.ok(Math.max(...farthest) < 2e-3, words);
    t.same(model.marks(spoken), given, words);
  }
});

t.test('a long pause invites a mark, none keeps it away', async (t) => {
  const model = new PunctuationModel(weightlessModel());
  t.same(model.marks(['one', 'two', 'three'], [700, 0, 0]), [',', '', '.']);
  t.same(model.marks(['one', 'two', 'three'], [100, 0, 0]), ['', '', '.']);
  t.same(model.marks([]), []);
});

t.test('a damaged file is refused', async (t) => {
  const bytes = Uint8Array.from(readFileSync(files.punctuation));
  t.throws(() => new PunctuationModel(bytes.subarray(0, 1_000)), { code: 'MODEL_CORRUPT' });
  bytes[0] = 0;
  t.throws(() => new PunctuationModel(bytes), { code: 'MODEL_CORRUPT' });
  await t.rejects(TranscriptWriter.read({ ...files, capitals: 'models/none.txt' }), { code: 'MODEL_MISSING' });
});

t.test('capitals', async (t) => {
  const list = new CapitalList('London\nNew York\nMcDonald\nTV\n');
  const table: readonly (readonly [words: string, cased: string])[] = [
    ['from london to new york', 'from London to New York'],
    ['a new house in york', 'a new house in york'],
    ["london's fog", "London's fog"],
    ["i think i'm mcdonald", "I think I'm McDonald"],
    ['my name is mark and i will', 'my name is Mark and I will'],
    ['my name is not important', 'my name is not important'],
    ['will you mark it', 'will you mark it'],
    ['the tv', 'the TV'],
  ];
  for (const [words, cased] of table) t.equal(list.apply(words.split(' ')).join(' '), cased);
});

t.test('the committed list has names and no common words', async (t) => {
  const list = new CapitalList(readFileSync(files.capitals, 'utf8'));
  const [names, common] = [
    'monday june london spanish sarah france',
    'will mark may march bill miss doctor the street number cancel please',
  ];
  for (const name of names.split(' ')) t.match(list.apply([name])[0], /^[A-Z]/, name);
  for (const word of common.split(' ')) t.equal(list.apply([word])[0], word, word);
});

t.test('both forms of what was heard', async (t) => {
  const writer = await TranscriptWriter.read(files);
  const table: readonly (readonly [words: string, text: string, writtenText: string])[] = [
    ['', '', ''],
    ['hello', 'Hello.', 'Hello.'],
    ['what is my balance', 'What is my balance?', 'What is my balance?'],
    ['can i speak to an agent', 'Can I speak to an agent?', 'Can I speak to an agent?'],
    ["don't hang up", "Don't hang up.", "Don't hang up."],
    ['my order number is four one seven five', 'My order number is four one seven five.', 'My order number is 4175.'],
    [
      'i was in london on march fifth nineteen eighty four',
      'I was in London on March fifth nineteen eighty four.',
      'I was in London on March 5th, 1984.',
    ],
    ['seven thirty p m', 'Seven thirty p m.', '7:30 PM.'],
    ['john dot smith at gmail dot com', 'John dot Smith at gmail dot com.', 'john.smith@gmail.com.'],
  ];
  for (const [words, text, writtenText] of table) {
    const transcript = writer.write(wordsOf(words));
    t.same([transcript.text, transcript.writtenText], [text, writtenText]);
    const plain = transcript.text.toLowerCase().replace(/[.,?]/gu, '');
    t.equal(plain, words, 'the spoken form keeps the words');
  }
  const { writtenSpans } = writer.write(wordsOf('call extension four two'));
  t.same(writtenSpans.at(-1), { text: '42', startWord: 2, wordCount: 2 });
});
