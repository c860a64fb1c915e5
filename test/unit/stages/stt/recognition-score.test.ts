/** Figures over clips whose errors are known by hand. */
import t from 'tap';
import { bootstrapInterval } from '../../../../src/core/bootstrap-interval.js';
import { frequentConfusions, recognitionFigures, scoreClip } from '../../../../src/stages/stt/recognition-score.js';

const comparison = { dropFillers: false };

function score(transcript: string, heard: string, confidence = 0.75) {
  const words = heard.split(' ').filter((word) => word !== '');
  return scoreClip(
    transcript,
    words.map((text) => ({ text, confidence })),
    comparison,
  );
}

t.test('both sides are compared in one spelling, and a word’s confidence goes with its parts', (t) => {
  const { errors, judgements } = scoreClip(
    'Per cent of Mr. Grey’s 21 colours',
    [
      { text: 'percent', confidence: 0.9 },
      { text: 'of', confidence: 0.8 },
      { text: 'mister', confidence: 0.7 },
      { text: "grey's", confidence: 0.6 },
      { text: 'twenty-one', confidence: 0.5 },
      { text: 'colors', confidence: 0.4 },
    ],
    comparison,
  );
  t.strictSame(errors, { substitutions: 0, deletions: 0, insertions: 0, words: 8 });
  t.strictSame(
    judgements.map(({ confidence, right }) => [confidence, right]),
    [0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.4].map((confidence) => [confidence, true]),
  );
  t.end();
});

t.test('figures over clips', (t) => {
  const scores = [score('the cat sat', 'the cat sat'), score('a b', 'a x y'), score('silence', '')];
  const figures = recognitionFigures(scores);
  t.match(figures, {
    clipCount: 3,
    substitutions: 1,
    deletions: 1,
    insertions: 1,
    words: 6,
    wer: 0.5,
    sentenceErrorRate: 2 / 3,
    meanConfidence: 0.75,
  });
  t.ok(Math.abs(figures.calibrationError! - (0.75 - 4 / 6)) < 1e-9);
  const nothing = recognitionFigures([]);
  t.match(nothing, { clipCount: 0, wer: 0, sentenceErrorRate: 0 });
  t.strictSame([nothing.werInterval, nothing.meanConfidence, nothing.calibrationError], [null, null, null]);
  t.end();
});

t.test('confusions are counted and ordered', (t) => {
  const scores = [score('a b c', 'a x c'), score('b d', 'x e'), score('b', 'x')];
  t.strictSame(frequentConfusions(scores, 10), [
    { reference: 'b', heard: 'x', count: 3 },
    { reference: 'd', heard: 'e', count: 1 },
  ]);
  t.equal(frequentConfusions(scores, 1).length, 1);
  t.end();
});

t.test('the bootstrap interval', (t) => {
  const clips = Array.from({ length: 200 }, (_, index) => ({ numerator: index % 4 === 0 ? 1 : 0, denominator: 1 }));
  const interval = bootstrapInterval(clips)!;
  t.ok(interval.low < 0.25 && interval.high > 0.25, 'holds the rate');
  // 1.96·√(p(1 − p)/n) = 0.06 for p = 1/4 and n = 200.
  t.ok(Math.abs(interval.low - 0.19) < 0.015 && Math.abs(interval.high - 0.31) < 0.015, JSON.stringify(interval));
  t.strictSame(bootstrapInterval(clips), interval, 'the same seed, the same interval');
  t.not(bootstrapInterval(clips, { seed: 2 })!.low + bootstrapInterval(clips, { seed: 3 })!.low, 2 * interval.low);
  t.strictSame(bootstrapInterval([{ numerator: 1, denominator: 4 }]), null, 'one clip says nothing');
  const equal = Array.from({ length: 5 }, () => ({ numerator: 1, denominator: 4 }));
  t.strictSame(bootstrapInterval(equal), { low: 0.25, high: 0.25 });
  t.end();
});
