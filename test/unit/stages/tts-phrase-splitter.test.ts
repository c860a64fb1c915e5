/** Clauses into phrases: where they are cut, how long they get, what pause follows. */
import t from 'tap';
import { splitPhrases } from '../../../src/stages/tts/phrase-splitter.js';

const texts = (text: string): readonly string[] => splitPhrases(text).map((phrase) => phrase.text);

t.test('short clauses stay whole; the pause follows their ending', async (t) => {
  const pauses = ['Done.', 'Done?', 'First:', 'Well,', 'Done'].map((text) => splitPhrases(text)[0]!.pauseMs);
  t.strictSame(pauses, [420, 420, 260, 160, 160]);
  t.strictSame(texts('One two three four five six seven eight.'), ['One two three four five six seven eight.']);
  t.strictSame(splitPhrases('   '), []);
});

t.test('the first phrase is cut at punctuation before anything else', async (t) => {
  t.strictSame(texts('I am very sorry, but we will have to call you back about it.'), [
    'I am very sorry,',
    'but we will have to call you back about it.',
  ]);
});

t.test('then before a conjunction, then before a preposition, then at the limit', async (t) => {
  t.equal(texts('We can send you a new one because the old parcel was lost.')[0], 'We can send you a new one');
  t.equal(
    texts('Our driver will bring your parcel to the front door tomorrow morning.')[0],
    'Our driver will bring your parcel',
  );
  t.equal(texts('a b c d e f g h i j k l')[0], 'a b c d e f g h');
});

t.test('no single word is left behind, and nothing is lost', async (t) => {
  t.strictSame(texts('one two, three four five six, seven eight nine'), [
    'one two, three four five six,',
    'seven eight nine',
  ]);
  t.strictSame(texts('one two three four five six seven, eight nine'), [
    'one two three four five six seven,',
    'eight nine',
  ]);
  const long = Array.from({ length: 70 }, (_, index) => (index % 9 === 4 ? `word${index},` : `word${index}`)).join(' ');
  t.equal(texts(long).join(' '), long);
  const counts = texts(long).map((text) => text.split(' ').length);
  t.ok(counts[0]! <= 8 && counts.every((count) => count <= 14), counts.join(' '));
});

t.test('a word without end is broken up', async (t) => {
  const parts = texts('x'.repeat(1_000));
  t.equal(parts.join('').replaceAll(' ', ''), 'x'.repeat(1_000));
  t.ok(parts.every((part) => part.split(' ').every((word) => word.length <= 40)));
});

t.test('within a clause the pauses fit the cuts', async (t) => {
  const phrases = splitPhrases(
    'I am very sorry, but we will have to call you back about this because nobody is here who knows about it.',
  );
  t.strictSame(
    phrases.map((phrase) => phrase.pauseMs),
    [160, 20, 420],
  );
});
