/** The style table: ranges, directions, monotony, and that anger is answered and not mirrored. */
import t from 'tap';
import { emotionCategories } from '../../../src/stages/emotion/emotion-category.js';
import type { SpeakingStyle } from '../../../src/stages/tts/speaking-style.js';
import {
  answerStyles,
  expressedStyles,
  intentStyles,
  neutralStyle,
  styleFor,
  styleForEmotion,
  type PerceivedEmotion,
} from '../../../src/stages/tts/style-table.js';
import type { ReplyIntent } from '../../../src/stages/llm/responder.js';

const intents = Object.keys(intentStyles) as readonly ReplyIntent[];
const shares = [0, 0.25, 0.5, 0.75, 1];

function perceived(label: string, values: Partial<PerceivedEmotion> = {}): PerceivedEmotion {
  return { label, arousal: 0.5, valence: 0.5, confidence: 1, ...values };
}

function isWithinRanges(style: SpeakingStyle): boolean {
  const ranges: readonly (readonly [value: number, low: number, high: number])[] = [
    [style.pitchShiftSemitones, -6, 6],
    [style.pitchRangeScale, 0.3, 2],
    [style.rateScale, 0.6, 1.5],
    [style.gainDb, -9, 6],
    [style.pauseScale, 0.5, 2.5],
  ];
  return ranges.every(([value, low, high]) => value >= low && value <= high);
}

/** −1, 0 or 1 for each control against neutral. */
function directions(style: SpeakingStyle): readonly number[] {
  return [
    Math.sign(style.pitchShiftSemitones),
    Math.sign(style.pitchRangeScale - 1),
    Math.sign(style.rateScale - 1),
    Math.sign(style.gainDb),
    Math.sign(style.pauseScale - 1),
  ];
}

t.test('every combination stays within the ranges of a speaking style', async (t) => {
  for (const label of [...emotionCategories, 'unknown', 'toString']) {
    for (const intent of intents) {
      for (const confidence of shares) {
        for (const arousal of shares)
          t.ok(isWithinRanges(styleFor({ estimate: perceived(label, { arousal, confidence }), intent })));
      }
    }
  }
  for (const arousal of shares) {
    for (const valence of shares)
      for (const dominance of shares) t.ok(isWithinRanges(styleForEmotion({ arousal, valence, dominance })));
  }
});

t.test('nothing known, nothing intended: neutral', async (t) => {
  for (const estimate of [null, perceived('unknown'), perceived('neutral'), perceived('angry', { confidence: 0 })]) {
    t.strictSame({ ...styleFor({ estimate, intent: 'inform' }), name: '' }, { ...neutralStyle, name: '' });
  }
  t.equal(styleFor({ estimate: null, intent: 'inform' }).name, 'neutral');
  t.strictSame(styleFor({ estimate: null, intent: 'apologise' }), intentStyles.apologise);
});

t.test('names say which answer and which intent', async (t) => {
  t.equal(styleFor({ estimate: perceived('angry'), intent: 'inform' }).name, 'calming');
  t.equal(styleFor({ estimate: perceived('angry'), intent: 'apologise' }).name, 'calming-apologise');
  t.equal(styleFor({ estimate: perceived('neutral'), intent: 'greet' }).name, 'greet');
});

t.test('the answer to distress is lower, slower, softer, with longer pauses, whatever is intended', async (t) => {
  for (const label of ['angry', 'fearful', 'sad', 'disgusted'] as const) {
    for (const intent of intents) {
      const answer = styleFor({ estimate: perceived(label, { arousal: 0.8 }), intent });
      t.strictSame(directions(answer), [-1, -1, -1, -1, 1], `${label}, ${intent}`);
    }
    t.not(Math.sign(answerStyles[label].pitchShiftSemitones + answerStyles[label].gainDb), 1);
  }
  t.strictSame(
    directions(styleFor({ estimate: perceived('happy'), intent: 'inform' })),
    [1, 1, 1, 1, -1],
    'joy is shared',
  );
});

t.test('an answer to anger is the opposite of anger in every control', async (t) => {
  t.strictSame(
    directions(answerStyles.angry),
    directions(expressedStyles.angry).map((direction) => -direction),
  );
});

t.test('more confidence and more arousal move further from neutral, never back', async (t) => {
  const distances = (style: SpeakingStyle): readonly number[] => [
    Math.abs(style.pitchShiftSemitones),
    Math.abs(Math.log(style.pitchRangeScale)),
    Math.abs(Math.log(style.rateScale)),
    Math.abs(style.gainDb),
    Math.abs(Math.log(style.pauseScale)),
  ];
  for (const label of emotionCategories) {
    for (const key of ['confidence', 'arousal'] as const) {
      let before = [0, 0, 0, 0, 0] as readonly number[];
      for (const share of shares) {
        const now = distances(styleFor({ estimate: perceived(label, { [key]: share }), intent: 'inform' }));
        t.ok(
          now.every((distance, index) => distance >= before[index]! - 1e-12),
          `${label}, ${key} ${share}`,
        );
        before = now;
      }
    }
  }
});

t.test('values outside 0…1 count as the nearest within', async (t) => {
  t.strictSame(
    styleFor({ estimate: perceived('sad', { confidence: 9, arousal: -4 }), intent: 'inform' }),
    styleFor({ estimate: perceived('sad', { confidence: 1, arousal: 0 }), intent: 'inform' }),
  );
});

t.test('expressed emotions go the ways the studies agree on: pitch, range, rate, loudness, pauses', async (t) => {
  const expected = {
    angry: [1, 1, 1, 1, -1],
    happy: [1, 1, 1, 1, -1],
    sad: [-1, -1, -1, -1, 1],
    calm: [-1, -1, -1, -1, 1],
    fearful: [1, -1, 1, -1, -1],
    surprised: [1, 1, 1, 1, -1],
    disgusted: [-1, 1, -1, -1, 1],
    neutral: [0, 0, 0, 0, 0],
  };
  for (const [name, directionsOfIt] of Object.entries(expected))
    t.strictSame(directions(styleForEmotion(name)!), directionsOfIt, name);
  t.equal(styleForEmotion('grumpy'), undefined);
  t.equal(styleForEmotion('constructor'), undefined);
});

t.test('on the plane, arousal raises pitch, range, rate and loudness and shortens pauses', async (t) => {
  for (const valence of shares) {
    for (const dominance of shares) {
      const [low, high] = [0.2, 0.8].map((arousal) => styleForEmotion({ arousal, valence, dominance }));
      t.ok(high!.pitchShiftSemitones > low!.pitchShiftSemitones);
      t.ok(high!.pitchRangeScale > low!.pitchRangeScale);
      t.ok(high!.rateScale > low!.rateScale);
      t.ok(high!.gainDb > low!.gainDb);
      t.ok(high!.pauseScale < low!.pauseScale);
    }
  }
  t.strictSame({ ...styleForEmotion({ arousal: 0.5, valence: 0.5, dominance: 0.5 }), name: 'neutral' }, neutralStyle);
});
