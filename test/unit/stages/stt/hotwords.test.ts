import t from 'tap';
import {
  hotwordLimits,
  parseHotwordLines,
  parseHotwordList,
  readHotwords,
  type Hotword,
} from '../../../../src/stages/stt/hotwords.js';

t.test('written forms and what they mean', (t) => {
  const table: readonly (readonly [entry: string | Hotword, phrase: object])[] = [
    ['refund', { words: ['refund'], weight: 1 }],
    [' Siobhan O’Neill ^ 2.5', { words: ['Siobhan', "O'Neill"], weight: 2.5 }],
    ['extension four-twelve', { words: ['extension', 'four', 'twelve'], weight: 1 }],
    ['“Zürich”, really?', { words: ['Zürich', 'really'], weight: 1 }],
    [
      'Siobhan Ng^0 = sh ih v ao n | ih ng',
      {
        words: ['Siobhan', 'Ng'],
        weight: 0,
        pronunciation: [
          ['SH', 'IH', 'V', 'AO', 'N'],
          ['IH', 'NG'],
        ],
      },
    ],
    [
      { text: '日本 Tower', pronunciation: 'N IH P AA N | T AW ER' },
      { words: ['日本', 'Tower'], weight: 1 },
    ],
    [
      { text: 'B12', weight: 3 },
      { words: ['B12'], weight: 3 },
    ],
  ];
  for (const [entry, phrase] of table) {
    const { phrases, ignored } = readHotwords([entry]);
    t.match(phrases, [phrase]);
    t.strictSame(ignored, []);
  }
  t.end();
});

t.test('what cannot be used is left out with its reason', (t) => {
  const table: readonly (readonly [entry: string | Hotword, reason: string])[] = [
    ['日本', 'unpronounceable'],
    ['…', 'unpronounceable'],
    ['refund^', 'weight-invalid'],
    ['refund^much', 'weight-invalid'],
    [{ text: 'refund', weight: -1 }, 'weight-invalid'],
    ['refund^11', 'weight-invalid'],
    ['refund = R IY X', 'pronunciation-invalid'],
    ['refund = ', 'pronunciation-invalid'],
    ['two words = T UW', 'pronunciation-invalid'],
    ['one two three four five six seven eight nine', 'too-long'],
    ['a'.repeat(41), 'too-long'],
  ];
  for (const [entry, reason] of table) {
    const { phrases, ignored } = readHotwords(['before', entry, 'after']);
    t.equal(phrases.length, 2);
    t.match(ignored, [{ reason }], JSON.stringify(entry));
  }
  t.strictSame(readHotwords(['', '  ', 'Refund', 'refund^3']).phrases, [{ words: ['Refund'], weight: 1 }], 'each once');
  t.end();
});

t.test('more than the limits is left out, from the end', (t) => {
  const many = Array.from({ length: hotwordLimits.phrases + 2 }, (_, index) => `name${index}`);
  const { phrases, ignored } = readHotwords(many);
  t.equal(phrases.length, hotwordLimits.phrases);
  t.strictSame(ignored, [
    { text: many.at(-2), reason: 'beyond-limit' },
    { text: many.at(-1), reason: 'beyond-limit' },
  ]);
  const long = many.slice(0, 201).map((name) => `${name} b c d`);
  t.equal(readHotwords(long).ignored.length, 1, 'words count too');
  t.end();
});

t.test('a list: commas separate, blanks do not count', (t) => {
  t.strictSame(parseHotwordList(" refund, Siobhan O'Neill^2,, "), ['refund', "Siobhan O'Neill^2"]);
  t.strictSame(parseHotwordList(''), []);
  t.end();
});

t.test('files: a phrase a line, comments and blank lines do not count', (t) => {
  t.strictSame(parseHotwordLines("# staff\nSiobhan O'Neill^2 # on call\r\n\n  refund  \n"), [
    "Siobhan O'Neill^2",
    'refund',
  ]);
  t.end();
});
