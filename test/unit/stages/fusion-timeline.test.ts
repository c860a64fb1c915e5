/**
 * The course of a call as sequences of estimates.
 */
import t from 'tap';
import { emotionCategories, type EmotionCategory } from '../../../src/stages/emotion/emotion-category.js';
import type { EmotionEstimate } from '../../../src/stages/fusion/emotion-estimate.js';
import {
  advanceTimeline,
  emptyTimeline,
  maxTimelinePoints,
  type EmotionTrend,
} from '../../../src/stages/fusion/emotion-timeline.js';

function estimate(category: EmotionCategory, probability: number, valence: number, confidence = 0.7): EmotionEstimate {
  const rest = (1 - probability) / (emotionCategories.length - 1);
  return {
    label: category,
    categories: Object.fromEntries(
      emotionCategories.map((name) => [name, name === category ? probability : rest]),
    ) as Record<EmotionCategory, number>,
    arousal: 0.5,
    valence,
    dominance: 0.5,
    confidence,
    weights: { voice: 0.5, text: 0.5 },
    evidence: [],
    counterfactual: { withoutVoice: { label: category, probability }, withoutText: { label: category, probability } },
    explanation: '',
    disagreement: 0,
  };
}

const neutral = estimate('neutral', 0.6, 0.5);
const annoyed = estimate('angry', 0.4, 0.35);
const furious = estimate('angry', 0.8, 0.2);
const calm = estimate('calm', 0.5, 0.6);
const happy = estimate('happy', 0.7, 0.85);
const sad = estimate('sad', 0.7, 0.2);

const courses: readonly [string, readonly EmotionEstimate[], EmotionTrend][] = [
  ['one turn has no direction', [furious], 'steady'],
  ['the same mood', [neutral, neutral, neutral], 'steady'],
  ['anger builds up', [neutral, annoyed, furious], 'rising-anger'],
  ['anger stays', [furious, furious, furious, furious, furious], 'steady'],
  ['anger gives way to good news', [furious, furious, calm, happy], 'relief'],
  ['anger ebbs into sadness', [furious, furious, sad, sad], 'calming'],
  ['mood sinks', [happy, neutral, sad], 'worsening'],
  ['mood rises from neutral', [neutral, neutral, happy], 'improving'],
];

for (const [name, course, trend] of courses) {
  t.equal(course.reduce(advanceTimeline, emptyTimeline).trend, trend, name);
}

t.test('an unsure estimate moves the timeline less', (t) => {
  const after = (confidence: number): number =>
    advanceTimeline(advanceTimeline(emptyTimeline, neutral), estimate('angry', 0.8, 0.2, confidence)).points.at(-1)
      ?.categories.angry ?? 0;
  t.ok(after(0.1) < after(0.5) && after(0.5) < after(0.9));
  t.end();
});

t.test('one odd turn is smoothed', (t) => {
  const last = [neutral, neutral, furious].reduce(advanceTimeline, emptyTimeline).points.at(-1);
  t.ok((last?.categories.angry ?? 1) < furious.categories.angry);
  t.end();
});

t.test('a turn without grounds changes nothing; the past is bounded', (t) => {
  const timeline = advanceTimeline(emptyTimeline, neutral);
  t.equal(advanceTimeline(timeline, { ...furious, weights: { voice: 0, text: 0 } }), timeline);
  const long = Array.from({ length: 50 }, () => neutral).reduce(advanceTimeline, emptyTimeline);
  t.equal(long.points.length, maxTimelinePoints);
  t.end();
});
