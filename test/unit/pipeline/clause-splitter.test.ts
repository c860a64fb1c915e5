/**
 * Clauses out of streamed text: where they end, that no word is lost, and that the division into deltas does not matter.
 */
import t from 'tap';
import { ClauseSplitter } from '../../../src/pipeline/clause-splitter.js';

function split(deltas: Iterable<string>, locale = 'en-US'): string[] {
  const splitter = new ClauseSplitter({ locale });
  const clauses: string[] = [];
  for (const delta of deltas) clauses.push(...splitter.push(delta));
  return [...clauses, ...splitter.flush()];
}

const cases: readonly (readonly [name: string, text: string, clauses: readonly string[], locale?: string])[] = [
  ['nothing', '', []],
  ['only punctuation', ' … --- ', []],
  ['one sentence', 'Good morning.', ['Good morning.']],
  ['the first clause ends at its comma', "I'm sorry, that must be annoying.", ["I'm sorry,", 'that must be annoying.']],
  ['one word is too short for a clause', 'Well, I think so.', ['Well, I think so.']],
  [
    'later commas need more before them',
    'Sure thing. First, open the door, then go in.',
    ['Sure thing.', 'First, open the door, then go in.'],
  ],
  [
    'later commas that leave enough',
    'Hello there. I looked at your order from last week, and it is on its way.',
    ['Hello there.', 'I looked at your order from last week,', 'and it is on its way.'],
  ],
  [
    'a long beginning breaks before a phrase',
    'I can help you out with your order and your invoice today.',
    ['I can help you out', 'with your order and your invoice today.'],
  ],
  [
    'titles',
    'Dr. Smith met Mrs. Jones at St. Mary. Then they left.',
    ['Dr. Smith met Mrs. Jones at St. Mary.', 'Then they left.'],
  ],
  ['initials', 'J. K. Rowling wrote it.', ['J. K. Rowling wrote it.']],
  ['abbreviations', 'Use fruit, e.g. an apple etc. for it.', ['Use fruit,', 'e.g. an apple etc. for it.']],
  ['an abbreviation at the end', 'We open at 8 a.m. Come early.', ['We open at 8 a.m.', 'Come early.']],
  ['decimals and times', 'It is 3.14 or 1,000.50 at 10:30 now.', ['It is 3.14', 'or 1,000.50 at 10:30 now.']],
  ['addresses', 'See https://a.b/c?d=e, please. Bye.', ['See https://a.b/c?d=e,', 'please.', 'Bye.']],
  ['an ordinal in German', 'Am 3. Oktober geht es. Danke!', ['Am 3. Oktober geht es.', 'Danke!'], 'de-DE'],
  ['a number at the end in English', 'You owe 3. October is fine.', ['You owe 3.', 'October is fine.']],
  ['a question inside a sentence', '"Really?" she said. "Yes!"', ['"Really?" she said.', '"Yes!"']],
  ['ellipses', 'Let me see... It is here. Or maybe... not.', ['Let me see...', 'It is here.', 'Or maybe... not.']],
  ['several marks', 'What?! No. Yes.', ['What?!', 'No.', 'Yes.']],
  ['a number sign', 'Take bus No. 5 home. No. Yes.', ['Take bus No. 5 home.', 'No.', 'Yes.']],
  ['a dash', 'My friend – the tall one – is here.', ['My friend –', 'the tall one – is here.']],
  ['Chinese', '你好，很高兴认识你。今天怎么样？', ['你好，很高兴认识你。', '今天怎么样？'], 'zh-CN'],
  ['Japanese quotes', '「はい。」と言いました。', ['「はい。」', 'と言いました。'], 'ja-JP'],
  [
    'emphasis and links',
    '**Hello**, *dear* `friend`! See [the page, here](https://x.y/z) now.',
    ['Hello, dear friend!', 'See the page, here now.'],
  ],
  ['lists', '# Options\n- tea\n- coffee\n1. milk\n2. sugar', ['Options', 'tea', 'coffee', '1: milk', '2: sugar']],
  ['a code block', 'So:\n```js\nrun it\n```\nDone.', ['So:', 'run it', 'Done.']],
  ['stars that are no marks', 'So 2 * 3 in snake_case is fine.', ['So 2 * 3 in snake_case is fine.']],
  ['emoji', 'Great 🎉👨‍👩‍👧! Yes 👍🏽.', ['Great !', 'Yes .']],
  ['signs that look like emoji', 'Attune™ is © 2026.', ['Attune™ is © 2026.']],
];

for (const [name, text, expected, locale] of cases) {
  t.test(name, async (t) => {
    t.strictSame(split([text], locale), expected, 'at once');
    t.strictSame(split([...text], locale), expected, 'character by character');
    t.strictSame(split(text.split(''), locale), expected, 'in the middle of surrogate pairs');
  });
}

t.test('the first clause comes as soon as the next word begins', async (t) => {
  const splitter = new ClauseSplitter();
  t.strictSame(splitter.push('Of course,'), []);
  t.strictSame(splitter.push(' I'), ['Of course,']);
  t.strictSame(splitter.flush(), ['I']);
  t.strictSame(splitter.push('Of course, I'), [], 'what follows a flush is not the beginning');
  t.strictSame(splitter.flush(), ['Of course, I']);
});

t.test('a clause without end is bounded', async (t) => {
  const clauses = [
    ...split(['word '.repeat(500)]),
    ...split(['字'.repeat(500)], 'zh-CN'),
    ...split(['x'.repeat(5000)]),
  ];
  t.ok(Math.max(...clauses.map((clause) => clause.length)) <= 400);
  t.equal(clauses.join('').replace(/[^字x]/g, '').length, 5500, 'and loses nothing');
});

t.test('what is held back for markup is bounded', async (t) => {
  const splitter = new ClauseSplitter();
  splitter.push('Look: [');
  const clauses = splitter.push('never closed '.repeat(100));
  t.ok(clauses.length > 5, `${clauses.length} clauses came although the bracket is open`);
});

t.test('random text: every word comes out in order, however the text is divided', async (t) => {
  let state = 20261123;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  const words =
    'a I and because Dr. e.g. 3.14 10:30 12. U.S. it’s "yes" (no) well-known 你好 はい world https://a.b/c over x_y Zoë'.split(
      ' ',
    );
  const marks = ['', '', '', '', ',', '.', '!', '?', '...', ';', ':', ' –', '。', '，', '\n', '\n\n'];
  const wordsIn = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
  for (let round = 0; round < 300; round += 1) {
    const text = Array.from({ length: random(60) }, () => `${pick(words)}${pick(marks)}`).join(' ');
    const clauses = split([text]);
    const deltas: string[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + random(9);
      deltas.push(text.slice(at, at + length));
      at += length;
    }
    if (wordsIn(clauses.join(' ')) !== wordsIn(text)) return t.fail(`words differ: ${JSON.stringify(text)}`);
    if (split(deltas).join('|') !== clauses.join('|')) return t.fail(`deltas matter: ${JSON.stringify(text)}`);
    if (clauses.some((clause) => clause !== clause.trim() || wordsIn(clause) === ''))
      return t.fail(`empty: ${JSON.stringify(text)}`);
  }
  t.pass('300 texts');
});
