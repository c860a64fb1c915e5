/**
 * Captions show the words that were heard, no sooner.
 */
import t from 'tap';
import { CaptionLedger } from '../../../src/client/caption-ledger.js';

t.test('within a clause, words last in proportion to their letters', async (t) => {
  const captions = new CaptionLedger();
  captions.beginClause('one two three.', 0);
  captions.beginClause('Four.', 1_200);
  captions.end(1_700);
  // 12 letters in 1,200 ms: the middles of the words are at 150, 450 and 900 ms.
  for (const [playedMs, heard] of [
    [0, ''],
    [149, ''],
    [151, 'one'],
    [451, 'one two'],
    [901, 'one two three.'],
    [1_201, 'one two three.'],
    [1_500, 'one two three. Four.'],
    [Infinity, 'one two three. Four.'],
  ] as const)
    t.equal(captions.heardText(playedMs), heard, `${playedMs} ms`);
});

t.test('a clause on its way is measured by the pace of those before it', async (t) => {
  const captions = new CaptionLedger();
  captions.beginClause('abcd', 0);
  t.equal(captions.heardText(159), '', '80 ms a letter until something was measured');
  t.equal(captions.heardText(161), 'abcd');
  captions.beginClause('efgh', 800);
  t.equal(captions.heardText(1_199), 'abcd', '200 ms a letter from now on');
  t.equal(captions.heardText(1_201), 'abcd efgh');
});

t.test('without clauses there is nothing to show', async (t) => {
  const captions = new CaptionLedger();
  captions.end(500);
  t.equal(captions.heardText(Infinity), '');
});
