import t from 'tap';
import { formatTranscript } from '../../../../src/stages/stt/transcript-format.js';

t.test('capitals and one end mark', (t) => {
  const table: readonly [words: string, text: string][] = [
    ['', ''],
    ['hello', 'Hello.'],
    ["i think i'm late", "I think I'm late."],
    ['what is my balance', 'What is my balance?'],
    ['can i speak to an agent', 'Can I speak to an agent?'],
    ['what a lovely day', 'What a lovely day.'],
    ["don't hang up", "Don't hang up."],
  ];
  for (const [words, text] of table) t.equal(formatTranscript(words === '' ? [] : words.split(' ')), text);
  t.end();
});
