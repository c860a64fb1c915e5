/** The words that count in a comparison: every rule with what it changes and what it must leave alone. */
import t from 'tap';
import { comparableWords, comparisonRules } from '../../../../src/stages/stt/comparable-words.js';

const table: readonly [rule: string, text: string, words: string][] = [
  ['case', 'Northanger ABBEY', 'northanger abbey'],
  ['case', 'Café naïve', 'cafe naive'],
  ['apostrophes', 'Don’t, it`s', "don't it's"],
  ['apostrophes', "the boys' 'twas 'quoted'", 'the boys twas quoted'],
  ['apostrophes', "o'clock", "o'clock"],
  ['joined words', 'To-day and to-morrow, good-bye, e-mail', 'today and tomorrow goodbye email'],
  ['symbols', 'R&D, 50%, a + b = c, 20°, #1', 'r and d fifty per cent a plus b equals c twenty degrees number one'],
  ['numbers', '0 7 13 20 21 100 105', 'zero seven thirteen twenty twenty one one hundred one hundred five'],
  [
    'numbers',
    '1000 1,250 12,345',
    'one thousand one thousand two hundred fifty twelve thousand three hundred forty five',
  ],
  ['numbers', '1,000,000 2,000,001', 'one million two million one'],
  ['numbers', '1st 2nd 3rd 12th 20th 21st 100th', 'first second third twelfth twentieth twenty first one hundredth'],
  ['numbers', '2.5 0.75', 'two point five zero point seven five'],
  [
    'numbers',
    '1803 1900 1999 2000 2005 2024',
    'eighteen oh three nineteen hundred nineteen ninety nine two thousand two thousand five twenty twenty four',
  ],
  ['numbers', "1980s 90's 2000s", 'nineteen eighties nineties two thousands'],
  ['numbers', '007 5551234', 'zero zero seven five five five one two three four'],
  ['numbers', '10:30 9:05 8:00', "ten thirty nine oh five eight o'clock"],
  [
    'numbers',
    '$5 $1.50 £1 £2.01 €3,000',
    'five dollars one dollar and fifty cents one pound two pounds and one penny three thousand euros',
  ],
  ['numbers', 'B2B', 'b two b'],
  ['punctuation', 'Well, “yes” — really?! (maybe); a/b', 'well yes really maybe a b'],
  ['punctuation', 'twenty-one well-known', 'twenty one well known'],
  ['punctuation', 'the U.S. at 5 p.m.', 'the us at five pm'],
  ['variants', 'OK Mr. Smith and Mrs Jones', 'okay mister smith and missus jones'],
  ['variants', 'colour neighbours honourable harbour', 'color neighbors honorable harbor'],
  ['variants', 'four hours your tour contour', 'four hours your tour contour'],
  ['variants', 'realise organised recognising realist promise', 'realize organized recognizing realist promise'],
  ['variants', 'travelled cancelling totally called', 'traveled canceling totally called'],
  ['variants', 'grey centre theatre cheque constructor', 'gray center theater check constructor'],
  ['variants', 'alright cannot percent', 'all right can not per cent'],
  ['contractions', "I'm don't gonna", "i'm don't gonna"],
  ['nothing', ' … — ', ''],
];

t.test('every rule', (t) => {
  for (const [rule, text, words] of table) {
    t.equal(comparableWords(text, { dropFillers: false }).join(' '), words, `${rule}: ${text}`);
  }
  t.end();
});

t.test('a text that was brought over once stays as it is', (t) => {
  for (const [, , words] of table) t.equal(comparableWords(words, { dropFillers: false }).join(' '), words);
  t.end();
});

t.test('fillers go only where they are told to', (t) => {
  const text = 'Uh, I, um, see: umbrella';
  t.strictSame(comparableWords(text, { dropFillers: false }), ['uh', 'i', 'um', 'see', 'umbrella']);
  t.strictSame(comparableWords(text, { dropFillers: true }), ['i', 'see', 'umbrella']);
  t.end();
});

t.test('every rule says what it does', (t) => {
  for (const { name, sentence } of comparisonRules({ dropFillers: true })) t.match(sentence, /^[A-Z].{20,}\.$/u, name);
  t.end();
});
