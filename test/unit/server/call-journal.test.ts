/**
 * What operators see of calls: how they stand, their timeline, with and without words, for how long, and whose.
 */
import t from 'tap';
import type { SessionEvent } from '../../../src/session/events.js';
import { CallJournal, type JournalExtent } from '../../../src/server/journal/call-journal.js';
import { ManualClock } from '../../support/manual-clock.js';

const estimate = {
  label: 'angry',
  confidence: 0.7,
  arousal: 0.8,
  valence: 0.2,
  dominance: 0.6,
  explanation: 'Angry because of the words “my name is jane”.',
};

function journalOf(extent: JournalExtent) {
  const clock = new ManualClock();
  const journal = new CallJournal({ extent, clock });
  const observe = journal.observer({ callId: 'sess_1', tenant: 'acme', protocol: 'evi' });
  const note = (event: object): void => observe?.(event as SessionEvent);
  return { clock, journal, note };
}

/** A turn with an answer that the caller breaks off. */
async function turn({ clock, note }: Pick<ReturnType<typeof journalOf>, 'clock' | 'note'>): Promise<void> {
  note({ type: 'speech.started', itemId: 'u', startMs: 100.4 });
  await clock.advance(1_000);
  note({ type: 'speech.ended', itemId: 'u', endMs: 900 });
  note({ type: 'transcript.final', itemId: 'u', text: 'my name', writtenText: 'My name is Jane.', confidence: 0.9 });
  note({ type: 'emotion.estimated', itemId: 'u', final: true, estimate, trend: 'rising-anger' });
  note({ type: 'reply.started', reply: { id: 'r' }, decision: { rules: ['anger'], acts: ['apologise'] } });
  note({ type: 'reply.audio', replyId: 'r', samples: new Float32Array(8_000), sampleRateHz: 16_000 });
  await clock.advance(400);
  const output = [{ kind: 'message', text: 'I am sorry, Jane.' }];
  note({ type: 'reply.ended', reply: { id: 'r' }, status: 'cancelled', reason: 'barge-in', output });
  note({
    type: 'turn.timed',
    itemId: 'u',
    replyId: 'r',
    timing: { speechEndMs: 1_000, endpointMs: 1_380, firstAudioMs: 1_500 },
  });
}

t.test('how a call stands, and its timeline', async (t) => {
  const made = journalOf('words');
  const { journal, note } = made;
  t.match(journal.summaries('acme'), [
    { id: 'sess_1', protocol: 'evi', state: 'listening', mood: null, latencyMs: null },
  ]);
  note({ type: 'speech.started', itemId: 'u', startMs: 0 });
  t.equal(journal.summaries('acme')[0]?.state, 'caller-speaking');
  await turn(made);
  note({ type: 'degraded', component: 'sentiment', error: { code: 'DEADLINE_EXCEEDED' } });
  t.match(journal.summaries('acme'), [
    {
      state: 'listening',
      turns: 1,
      bargeIns: 1,
      problems: 1,
      mood: { label: 'angry', trend: 'rising-anger' },
      latencyMs: { latest: 500, median: 500 },
      durationMs: 1_400,
    },
  ]);
  t.match(journal.story('acme', 'sess_1').entries.slice(1), [
    { kind: 'speech', startMs: 100, endMs: 900 },
    { kind: 'heard', text: 'My name is Jane.', atMs: 1_000 },
    { kind: 'emotion', label: 'angry', explanation: /jane/ },
    { kind: 'decision', rules: ['anger'], acts: ['apologise'] },
    { kind: 'reply', text: 'I am sorry, Jane.', reason: 'barge-in', startMs: 1_000, audioMs: 500 },
    { kind: 'spans', spans: { endpointMs: 380, firstAudioMs: 500 } },
    { kind: 'problem', code: 'DEADLINE_EXCEEDED' },
  ]);
});

t.test('facts hold no word of what was said', async (t) => {
  const made = journalOf('facts');
  await turn(made);
  t.notMatch(JSON.stringify(made.journal.story('acme', 'sess_1').entries).toLowerCase(), /jane/);
  t.equal(made.journal.story('acme', 'sess_1').entries.length, 6, 'but everything that happened');
});

t.test('without a journal nothing is written down', async (t) => {
  const { journal } = journalOf('off');
  t.same(journal.summaries('acme'), []);
});

t.test('a tenant sees its own calls, ended ones for an hour and a bounded number', async (t) => {
  const { journal, clock, note } = journalOf('facts');
  t.same(journal.summaries('betty'), []);
  t.throws(() => journal.story('betty', 'sess_1'), { code: 'NOT_FOUND' });
  for (let call = 0; call < 501; call += 1)
    journal.observer({ callId: `more_${call}`, tenant: 'acme', protocol: 'evi' })?.({
      type: 'session.ended',
      error: null,
    });
  t.equal(journal.summaries('acme').length, 501, 'the running one, and 500');
  t.throws(() => journal.story('acme', 'more_0'), { code: 'NOT_FOUND' });
  await clock.advance(3_600_001);
  t.same(
    journal.summaries('acme').map(({ id }) => id),
    ['sess_1'],
    'one that goes on stays',
  );
  note({ type: 'session.ended', error: { code: 'SLOW_CONSUMER' } });
  t.match(journal.summaries('acme'), [{ state: 'ended', endedBy: 'SLOW_CONSUMER' }]);
  await clock.advance(3_600_001);
  t.same(journal.summaries('acme'), []);
});

t.test('a long call keeps its latest part', async (t) => {
  const made = journalOf('facts');
  for (let count = 0; count < 200; count += 1) await turn(made);
  const { entries, summary } = made.journal.story('acme', 'sess_1');
  t.equal(entries.length, 1_000);
  t.equal(summary.turns, 200);
});

t.test('who watches hears of every change, and of no other tenant', async (t) => {
  const made = journalOf('facts');
  const heard: string[] = [];
  const unwatch = made.journal.watch('acme', ({ state }) => heard.push(state));
  made.journal.watch('betty', () => t.fail('not hers'));
  await turn(made);
  t.same([...new Set(heard)], ['caller-speaking', 'listening', 'replying']);
  unwatch();
  const count = heard.length;
  made.note({ type: 'session.ended', error: null });
  t.equal(heard.length, count);
});

t.test('a call on hold, and machines on the line', async (t) => {
  const { journal, note } = journalOf('facts');
  note({ type: 'tone.detected', tone: 'beep', frequencyHz: 1_000, startMs: 0, endMs: 400 });
  note({ type: 'call.held' });
  t.equal(journal.summaries('acme')[0]?.state, 'on-hold');
  note({ type: 'call.taken-back', heldMs: 10 });
  t.equal(journal.summaries('acme')[0]?.state, 'listening');
  t.match(journal.story('acme', 'sess_1').entries, [
    { kind: 'tone', tone: 'beep' },
    { kind: 'hold', held: true },
    { kind: 'hold', held: false },
  ]);
});
