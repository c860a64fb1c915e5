/**
 * What a turn may be remembered by: subjects, and never a name, however it is written.
 */
import t from 'tap';
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

for (const [language, text, topics] of cases) t.same(topicsOf(text, language), topics, text);
