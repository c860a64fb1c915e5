/**
 * Voice features on a real thread: the same numbers, cancelling, refusing, and ending.
 */
import t from 'tap';
import { extractVoiceFeatures } from '../../src/stages/emotion/voice-features.js';
import { WorkerVoiceFeatures } from '../../src/stages/emotion/worker-voice-features.js';
import { syntheticVowel } from '../unit/dsp/synthetic-voice.js';

const vowel = syntheticVowel({ durationS: 1, startF0Hz: 150 });
const { signal } = new AbortController();

t.test('the thread answers what the function answers and leaves the samples alone', async (t) => {
  await using extractor = new WorkerVoiceFeatures();
  const [features, silence] = await Promise.all([
    extractor.extract({ samples: vowel, explainAgainst: null }, signal),
    extractor.extract({ samples: new Float32Array(16_000), explainAgainst: null }, signal),
  ]);
  t.same(features, { features: extractVoiceFeatures(vowel), occluded: [] });
  t.equal(silence, null);
  t.equal(vowel.length, 16_000, 'not transferred away');
});

t.test('an aborted request rejects with its reason, the others go on', async (t) => {
  await using extractor = new WorkerVoiceFeatures();
  const abort = new AbortController();
  const cancelled = extractor.extract({ samples: vowel, explainAgainst: null }, abort.signal);
  const kept = extractor.extract({ samples: vowel, explainAgainst: null }, signal);
  abort.abort(new Error('barge-in'));
  await t.rejects(cancelled, { message: 'barge-in' });
  t.ok(await kept);
  await t.rejects(
    extractor.extract({ samples: vowel, explainAgainst: null }, abort.signal),
    { message: 'barge-in' },
    'refused at once',
  );
});

t.test('a full queue refuses', async (t) => {
  await using extractor = new WorkerVoiceFeatures({ maxQueueDepth: 1 });
  const first = extractor.extract({ samples: vowel, explainAgainst: null }, signal);
  await t.rejects(extractor.extract({ samples: vowel, explainAgainst: null }, signal), { code: 'OVERLOADED' });
  t.ok(await first);
  t.ok(await extractor.extract({ samples: vowel, explainAgainst: null }, signal), 'room again after the answer');
});

t.test('disposing rejects what waits', async (t) => {
  const extractor = new WorkerVoiceFeatures();
  const waiting = t.rejects(extractor.extract({ samples: vowel, explainAgainst: null }, signal), {
    code: 'WORKER_CRASHED',
  });
  await extractor[Symbol.asyncDispose]();
  await waiting;
  await t.rejects(extractor.extract({ samples: vowel, explainAgainst: null }, signal), { code: 'WORKER_CRASHED' });
});
