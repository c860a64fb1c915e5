/**
 * What the timeline of a call shows.
 */
import t from 'tap';
import { mergedCalls, moodsUntil, spansOf, wordsOf, type CallRecord } from '../../../src/console/calls/call-record.js';

const mood = { label: 'angry', confidence: 0.5, arousal: 0.8, valence: 0.2, trend: 'steady' };
const record: CallRecord = {
  id: 'c1',
  startedAtIso: '2026-01-01T10:00:00.000Z',
  durationMs: 9_000,
  ended: false,
  outcome: null,
  mood,
  ...{ turns: 2, interruptions: 1, problems: 0, escalations: 0, firstAudioMs: 450 },
  entries: [
    { atMs: 1_000, kind: 'speech.started' },
    { atMs: 2_000, kind: 'mood', final: false, ...mood, label: 'unknown' },
    { atMs: 3_000, kind: 'speech.ended' },
    { atMs: 3_400, kind: 'mood', final: true, ...mood },
    { atMs: 8_000, kind: 'speech.started' },
  ],
};

t.test('spans end where they ended, or now', async (t) => {
  t.same(spansOf(record, 'speech.started', 'speech.ended'), [
    { startMs: 1_000, endMs: 3_000 },
    { startMs: 8_000, endMs: 9_000 },
  ]);
});

t.test('the mood at a moment is the last one before it', async (t) => {
  t.same(moodsUntil(record, 1_999), []);
  t.equal(moodsUntil(record, 3_399).at(-1)?.label, 'unknown');
  t.equal(moodsUntil(record, 3_400).at(-1)?.label, 'angry');
});

t.test('an entry in words, where the lanes do not show it', async (t) => {
  t.equal(wordsOf(record.entries[0]!), null);
  t.equal(wordsOf(record.entries[3]!), 'felt angry, steady');
  t.equal(wordsOf({ atMs: 1, kind: 'reply.ended', reason: 'barge-in' }), 'reply ended: barge in');
  t.equal(wordsOf({ atMs: 1, kind: 'timing', endpointMs: 1, firstAudioMs: 451.4 }), 'answered after 451 ms');
});

t.test('calls in progress come first, then the latest', async (t) => {
  const call = (id: string, startedAtIso: string, ended: boolean) => ({ ...record, id, startedAtIso, ended });
  const before = [call('a', '2026-01-01T10', false), call('b', '2026-01-01T11', true)];
  const merged = mergedCalls(before, [call('a', '2026-01-01T10', true), call('c', '2026-01-01T09', false)]);
  t.same(
    merged.map(({ id }) => id),
    ['c', 'b', 'a'],
  );
});
