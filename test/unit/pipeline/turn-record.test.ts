/**
 * A recorded turn as text and back, and what is refused.
 */
import t from 'tap';
import { estimateTurn } from '../../../src/pipeline/turn-estimate.js';
import { decodeTurnRecord, encodeTurnRecord, type TurnRecord } from '../../../src/pipeline/turn-record.js';
import { changedModels } from '../../../src/pipeline/turn-replay.js';
import { unheardSpeaker } from '../../../src/stages/emotion/speaker-baseline.js';
import { angryVoice, happyWords } from '../../support/fake-abilities.js';

const words = { text: 'héllo 你好', confidence: 0.1 + 0.2, language: 'en-US', speechMs: 1_234.5, snrDb: null };
const record: TurnRecord = {
  atMs: 1_700_000_000_000,
  itemId: 'item_1',
  words,
  voice: {
    samples: Float32Array.from({ length: 1_000 }, (_, index) => Math.sin(index) / 3),
    against: { heardS: 7.25, mean: unheardSpeaker.mean.map((_, index) => Math.cos(index) * 1e-7) },
  },
  textJudged: true,
  models: [{ name: 'emotion-voice', sha256: 'ab'.repeat(32) }],
  ...estimateTurn(words, { voice: angryVoice, text: happyWords }),
};

t.test('everything comes back, to the last bit', async (t) => {
  const back = decodeTurnRecord(encodeTurnRecord(record));
  t.same(back, record);
  t.ok(back.voice?.samples.every((value, index) => Object.is(value, record.voice?.samples[index])));
  const typed = { ...record, voice: null };
  t.same(decodeTurnRecord(encodeTurnRecord(typed)), typed);
});

t.test('what does not fit is refused by name', async (t) => {
  const changed = (change: Record<string, unknown>): string =>
    JSON.stringify({ ...(JSON.parse(encodeTurnRecord(record)) as object), ...change });
  const cases: readonly (readonly [string, string])[] = [
    ['not JSON', ''],
    [changed({ format: 'attune-turn-9' }), 'format'],
    [changed({ words: { ...words, speechMs: 'long' } }), 'words.speechMs'],
    [changed({ voice: { samples: 'AAA=', against: null } }), 'voice.samples'],
    [changed({ voice: { samples: '', against: { heardS: 1, mean: 'AAAAAA==' } } }), 'voice.against.mean'],
    [changed({ extra: 1 }), ''],
  ];
  for (const [text, field] of cases)
    t.throws(() => decodeTurnRecord(text), { code: 'RECORD_INVALID', ...(field === '' ? {} : { field }) }, field);
});

t.test('other weights are named', async (t) => {
  t.same(changedModels(record, [{ name: 'emotion-voice', sha256: 'ab'.repeat(32) }]), []);
  t.same(changedModels(record, [{ name: 'emotion-voice', sha256: 'cd'.repeat(32) }]), record.models);
  t.same(changedModels(record, []), record.models);
});
