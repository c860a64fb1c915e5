import t from 'tap';
import { LexiconTrie } from '../../../../src/stages/stt/lexicon-trie.js';
import { readPronunciationLexicon } from '../../../../src/stages/stt/pronunciation-lexicon.js';
import { tinyLexicon } from '../../../support/tiny-recogniser.js';

const phones = ['T', 'UW', 'AH', 'K'];
const tokens = ['<blank>', 'AH', 'K', 'T', 'UW'];
const file = tinyLexicon(phones, [
  ['to', 'T UW', 'T AH'],
  ['two', 'T UW'],
  ['took', 'T AH K'],
  ['a', 'AH'],
]);

/** Words that end where the named phones lead. */
function wordsAt(trie: LexiconTrie, words: readonly string[], path: string): string[] | undefined {
  let node = 0;
  for (const name of path.split(' ')) {
    const children = Array.from(
      { length: (trie.firstChild[node + 1] ?? 0) - (trie.firstChild[node] ?? 0) },
      (_, i) => (trie.firstChild[node] ?? 0) + i,
    );
    const child = children.find((candidate) => trie.phone[candidate] === tokens.indexOf(name));
    if (child === undefined) return undefined;
    t.equal(trie.depth[child], (trie.depth[node] ?? 0) + 1);
    node = child;
  }
  return [...trie.endingWords.subarray(trie.firstWord[node], trie.firstWord[node + 1])].map(
    (word) => words[word] ?? '',
  );
}

t.test('every pronunciation leads to its word, phones mapped to the acoustic model’s tokens', (t) => {
  const lexicon = readPronunciationLexicon(file, tokens);
  const trie = new LexiconTrie(lexicon, () => -1);
  t.strictSame(wordsAt(trie, lexicon.words, 'T UW'), ['to', 'two']);
  t.strictSame(wordsAt(trie, lexicon.words, 'T AH'), ['to']);
  t.strictSame(wordsAt(trie, lexicon.words, 'T AH K'), ['took']);
  t.strictSame(wordsAt(trie, lexicon.words, 'T'), []);
  t.equal(wordsAt(trie, lexicon.words, 'K'), undefined);
  t.equal(trie.nodeCount, 6, 'root, T, T UW, T AH, T AH K, AH');
  t.end();
});

t.test('look-ahead is the best word below, and children come after parents', (t) => {
  const lexicon = readPronunciationLexicon(file, tokens);
  const scores = [-3, -2, -1, -7];
  const trie = new LexiconTrie(lexicon, (word) => scores[word] ?? NaN);
  const first = Array.from(trie.phone).findIndex((phone) => phone === tokens.indexOf('T'));
  t.equal(trie.lookahead[0], 0);
  t.equal(trie.lookahead[first], -1);
  for (let node = 0; node < trie.nodeCount; node++) t.ok((trie.firstChild[node] ?? 0) > node);
  t.end();
});

t.test('files that do not fit are refused', (t) => {
  t.throws(() => readPronunciationLexicon(file, ['<blank>', 'AH', 'K', 'T']), { code: 'MODEL_INTERFACE_MISMATCH' });
  t.throws(() => readPronunciationLexicon(file.subarray(0, file.length - 1), tokens), { code: 'MODEL_CORRUPT' });
  t.throws(() => readPronunciationLexicon(new Uint8Array(0), tokens), { code: 'MODEL_CORRUPT' });
  t.end();
});
