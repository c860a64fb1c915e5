/**
 * What a turn may be remembered by: subjects, and never a name, however it is written.
 */
import t from 'tap';
import type { RememberedTurn } from '../../../src/memory/remembered-turn.js';
import { readTurn, textOf } from '../../../src/memory/record-text.js';
import { topicsOf } from '../../../src/memory/topics.js';

const cases: readonly (readonly [language: string, text: string, topics: readonly string[]])[] = [
  ['en-US', 'My deliveries are late and the invoices are wrong.', ['delivery', 'invoice']],
  ['en', 'siobhan featherstone said my refund is with petrovsky', ['refund']],
  ['en', 'nobody from manchester answered', []],
  ['en', 'order package payment refund', ['order', 'package', 'payment']],
  ['de', 'Die Rechnung von Frau Lehmann stimmt nicht', ['rechnung']],
  ['zh', '我的快递还没到，王小明说要退款', ['快递', '退款']],
  ['en', 'the refund for order 4175 has not arrived, says Margaret', ['refund', 'order']],
  ['tlh', 'order', []],
];

const turn: RememberedTurn = {
  atMs: 1,
  label: 'angry',
  arousal: 0.8,
  valence: 0.2,
  dominance: 0.5,
  confidence: 0.8,
  topics: [],
};

for (const [language, text, topics] of cases) t.same(topicsOf(text, language), topics, text);

t.test('a name that a recogniser wrote small does not become a topic, whatever stands beside it', async (t) => {
  t.same(topicsOf('catherine miller', 'en'), []);
  t.same(topicsOf('the delivery that catherine signed for in birmingham', 'en'), ['delivery']);
  t.same(topicsOf('müllers lieferung an schröder', 'de'), ['lieferung']);
  t.same(topicsOf('bill called about the weather', 'en'), ['weather'], 'a name and a word at once');
  t.same(topicsOf('my phone bill and the bill of last month', 'en'), ['phone', 'bill']);
  const names =
    'anna catherine james jessica margaret miller mohammed olivia schneider smith tanaka wang will mark grace rose'.split(
      ' ',
    );
  const words = 'delivery order invoice refund appointment account'.split(' ');
  for (const language of ['en', 'en-GB', 'de', 'es', 'fr', 'zh', 'ja', 'xx'])
    for (const name of names)
      for (const word of words)
        for (const topic of topicsOf(`the ${word} of ${name} and ${name}s ${word}`, language))
          t.not(topic.startsWith(name), true, `${language} ${name}`);
});

t.test('a topic outside the vocabulary is neither sealed nor read', async (t) => {
  const kept = readTurn(textOf({ ...turn, topics: ['delivery', 'catherine', 'vuelo', '快递'] }));
  t.same(kept.topics, ['delivery', 'vuelo', '快递']);
  t.same(readTurn(JSON.stringify({ ...turn, topics: ['catherine', 'refund'] })).topics, ['refund']);
});
