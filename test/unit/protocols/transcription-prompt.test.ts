import t from 'tap';
import { hotwordsOf } from '../../../src/protocols/openai-realtime/transcription-prompt.js';
import { hotwordLimits } from '../../../src/stages/stt/hotwords.js';

t.test('prompts and what is listened for', (t) => {
  const table: readonly (readonly [prompt: string | undefined, hotwords: readonly string[]])[] = [
    [undefined, []],
    ['', []],
    ['refund', ['refund']],
    ["Keywords: refund, Siobhan O'Neill, order number^2", ['refund', "Siobhan O'Neill", 'order number^2']],
    ['Names: Zoë, O’Brien, Zoë.', ['Zoë', 'O’Brien']],
    ['- Acme Corp\n- refund\n* IBM', ['Acme Corp', 'refund', 'IBM']],
    ['alpha; beta | gamma', ['alpha', 'beta', 'gamma']],
    ['Attune, Zürich, and extension four twelve', ['Attune', 'Zürich', 'extension four twelve']],
    ['Siobhan = SH IH V AO N, refund', ['Siobhan = SH IH V AO N', 'refund']],
    ['expect words related to technology', []],
    [
      "The caller wants to speak with Siobhan O'Neill of Acme Corp about invoice B12. Please write IBM in capitals.",
      ["Siobhan O'Neill", 'Acme Corp', 'B12', 'IBM'],
    ],
    ['This is a call about orders and returns of the company Bluefin Goods, which I run.', ['Bluefin Goods']],
    ['Keywords: refund, parcel\nThe person who is calling today is probably Okafor.', ['refund', 'parcel', 'Okafor']],
  ];
  for (const [prompt, hotwords] of table) t.strictSame(hotwordsOf(prompt), hotwords, prompt ?? 'no prompt');
  t.end();
});

t.test('a prompt gives no more than an utterance takes', (t) => {
  const prompt = Array.from({ length: 2_000 }, (_, index) => `name${index}`).join(', ');
  t.equal(hotwordsOf(prompt).length, hotwordLimits.phrases);
  t.end();
});
