/**
 * What the timeline of a call shows.
 */
import t from 'tap';
import { callExport } from '../../../src/console/calls/call-export.js';
import {
  callerSpans,
  mergedCalls,
  moodsUntil,
  replySpans,
  wordsOf,
  type CallRecord,
} from '../../../src/console/calls/call-record.js';

const mood = { label: 'angry', confidence: 0.5, arousal: 0.8, valence: 0.2, trend: 'steady' };
const record: CallRecord = {
  id: 'c1',
  protocol: 'openai-realtime',
  startedAt: '2026-01-01T10:00:00.000Z',
  durationMs: 9_000,
  state: 'caller-speaking',
  endedBy: null,
  recordedMs: null,
  mood,
  ...{ turns: 2, bargeIns: 1, problems: 0, latencyMs: { latest: 450, median: 450 } },
  entries: [
    { atMs: 1_000, kind: 'speech', startMs: 700, endMs: 2_700 },
    { atMs: 2_000, kind: 'emotion', final: false, ...mood, label: 'unknown', explanation: null },
    { atMs: 3_100, kind: 'heard', text: null },
    { atMs: 3_400, kind: 'emotion', final: true, ...mood, explanation: null },
    { atMs: 6_000, kind: 'reply', reason: 'barge-in', text: null, startMs: 3_450, audioMs: 2_000 },
    { atMs: 8_000, kind: 'speech', startMs: 7_700, endMs: null },
  ],
};

t.test('an export has words, feeling and times apart', async (t) => {
  const { transcript, emotion, speech, call, problems } = callExport(record);
  t.same(transcript, [
    { atMs: 3_100, speaker: 'caller', text: null },
    { atMs: 6_000, speaker: 'assistant', text: null, reason: 'barge-in' },
  ]);
  t.same(
    emotion.map(({ atMs, label, final }) => [atMs, label, final]),
    [
      [2_000, 'unknown', false],
      [3_400, 'angry', true],
    ],
  );
  t.same(speech.assistant, [{ startMs: 4_000, endMs: 6_000 }]);
  t.notOk('entries' in call);
  t.same(problems, []);
});

t.test('spans end where they ended, or now', async (t) => {
  t.same(callerSpans(record), [
    { startMs: 1_000, endMs: 3_000 },
    { startMs: 8_000, endMs: 9_000 },
  ]);
  t.same(replySpans(record), [{ startMs: 4_000, endMs: 6_000 }]);
});

t.test('the mood at a moment is the last one before it', async (t) => {
  t.same(moodsUntil(record, 1_999), []);
  t.equal(moodsUntil(record, 3_399).at(-1)?.label, 'unknown');
  t.equal(moodsUntil(record, 3_400).at(-1)?.label, 'angry');
});

t.test('an entry in words, and the words of the call where they are kept', async (t) => {
  t.equal(wordsOf(record.entries[0]!), null);
  t.equal(wordsOf(record.entries[2]!), null);
  t.equal(wordsOf(record.entries[3]!), 'felt angry, steady');
  t.equal(wordsOf(record.entries[4]!), 'answered (barge in)');
  t.equal(wordsOf({ atMs: 1, kind: 'heard', text: 'Hello.' }), 'caller: “Hello.”');
  t.equal(wordsOf({ atMs: 1, kind: 'spans', spans: { firstAudioMs: 451.4 } }), 'first sound after 451 ms');
});

t.test('calls in progress come first, then the latest', async (t) => {
  const call = (id: string, startedAt: string, state: CallRecord['state']) => ({ ...record, id, startedAt, state });
  const before = [call('a', '2026-01-01T10', 'replying'), call('b', '2026-01-01T11', 'ended')];
  const merged = mergedCalls(before, [call('a', '2026-01-01T10', 'ended'), call('c', '2026-01-01T09', 'listening')]);
  t.same(
    merged.map(({ id }) => id),
    ['c', 'b', 'a'],
  );
});
