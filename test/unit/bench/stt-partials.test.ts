/** Flicker of partial texts, counted by hand. */
import t from 'tap';
import { flickerFigures, flickerOf } from '../../../bench/stt-partials.js';

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
const partial = (heardMs: number, text: string, stable = '') => ({
  heardMs,
  words: words(text),
  stableWords: words(stable),
});

t.test('an utterance that only grows does not flicker', (t) => {
  const partials = [partial(320, ''), partial(640, 'i'), partial(960, 'i see', 'i')];
  const final = [
    { text: 'i', endMs: 300 },
    { text: 'see', endMs: 800 },
  ];
  t.strictSame(flickerOf(partials, final, 1_000), {
    utteranceCount: 1,
    finalWordCount: 2,
    shownWordCount: 3,
    wrongShownWordCount: 0,
    unstableWordCount: 0,
    unstableUtteranceCount: 0,
    stableWordCount: 1,
    changedStableWordCount: 0,
    lagMs: 340 + 160,
  });
  t.end();
});

t.test('a change counts with everything behind it, and a broken promise is seen', (t) => {
  const partials = [partial(320, 'hear'), partial(640, 'here we'), partial(960, 'hear we are', 'hear we')];
  const final = ['here', 'we', 'go'].map((text, index) => ({ text, endMs: 300 * (index + 1) }));
  const counts = flickerOf(partials, final, 1_000);
  t.match(counts, {
    shownWordCount: 6,
    wrongShownWordCount: 3,
    // hear; here we; hear we are
    unstableWordCount: 1 + 2 + 3,
    unstableUtteranceCount: 1,
    stableWordCount: 2,
    changedStableWordCount: 1,
    // here came with 640 ms, we with 640 ms, go with the end.
    lagMs: 340 + 40 + 100,
  });
  t.match(flickerFigures([counts, flickerOf([], [], 0)]), {
    utteranceCount: 2,
    wrongShownShare: 0.5,
    unstablePartialWordRatio: 2,
    unstableSegmentRatio: 0.5,
    changedStableShare: 0.5,
    meanLagMs: 160,
  });
  t.end();
});
