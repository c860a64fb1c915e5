/**
 * How long to wait in a pause: completeness of the words, monotone in both cues, inside the policy's bounds.
 */
import t from 'tap';
import { completenessOf, endpointWaitMs } from '../../../src/pipeline/endpointing.js';
import { judgeOverlap } from '../../../src/pipeline/overlap.js';

const adaptive = { type: 'adaptive', shortestWaitMs: 200, usualWaitMs: 400, longestWaitMs: 1_600 } as const;

for (const [text, least, most] of [
  ['where is my parcel', 0.8, 1],
  ['yes', 0.8, 1],
  ['can you tell me what time it is', 0.8, 1],
  ['my order number is', 0, 0.1],
  ['i would like to', 0, 0.1],
  ['well', 0, 0.1],
  ['', 0.5, 0.5],
] as const) {
  t.test(`completeness of “${text}”`, (t) => {
    const completeness = completenessOf(text, 'en-GB');
    t.ok(completeness >= least && completeness <= most, String(completeness));
    t.end();
  });
}

t.test('other languages say nothing by their words', (t) => {
  t.equal(completenessOf('wo ist mein paket', 'de-DE'), 0.5);
  t.end();
});

t.test('the wait falls with finality and stays inside its bounds', (t) => {
  for (const transcript of ['', 'where is my order', 'i want to']) {
    let before = Infinity;
    for (const finality of [0, 0.25, 0.5, 0.75, 1]) {
      const waitMs = endpointWaitMs(adaptive, { transcript, finality, endProbability: null, language: 'en' });
      t.ok(waitMs <= before && waitMs >= 200 && waitMs <= 1_600, `${transcript} ${finality}: ${waitMs}`);
      before = waitMs;
    }
  }
  t.equal(
    endpointWaitMs(
      { type: 'fixed', silenceDurationMs: 700 },
      { transcript: 'yes', finality: 1, endProbability: null, language: 'en' },
    ),
    700,
  );
  t.end();
});

t.test('where the model has answered it weighs more than the cadence, and words most', (t) => {
  const waitFor = (transcript: string, finality: number, endProbability: number | null): number =>
    endpointWaitMs(adaptive, { transcript, finality, endProbability, language: 'en' });
  t.ok(waitFor('', 1, 0.1) > waitFor('', 0, 0.9));
  t.ok(waitFor('', 0.5, 1) < waitFor('', 0.5, 0.6));
  t.equal(waitFor('', 0.5, 0.5), adaptive.usualWaitMs);
  t.ok(waitFor('i would like to', 0.5, 0.8) > waitFor('where is my order', 0.5, 0.8));
  t.equal(waitFor('where is my order', 0.5, 1), adaptive.shortestWaitMs);
  t.end();
});

for (const [text, verdict] of [
  ['', 'backchannel'],
  ['mm hmm', 'backchannel'],
  ['Yeah, okay.', 'backchannel'],
  ['stop', 'interruption'],
  ['wait a moment', 'interruption'],
  ['yeah yeah yeah yeah', 'interruption'],
] as const) {
  t.test(`“${text}” over the reply is a ${verdict}`, (t) => {
    t.equal(judgeOverlap(text), verdict);
    t.end();
  });
}
