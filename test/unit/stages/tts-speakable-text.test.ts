/** Written text to speakable text: markup, symbols, addresses, characters, hostile input. */
import t from 'tap';
import { plainText, speakableText } from '../../../src/stages/tts/speakable-text.js';

const cases: readonly (readonly [written: string, spoken: string])[] = [
  ['Hello, world!', 'Hello, world!'],
  ['  two   spaces\nand a line ', 'two spaces and a line'],
  ['<speak>Hi <break time="1s"/>there</speak>', 'Hi there'],
  ['an <unclosed tag goes on', 'an'],
  ['a < b and c > d', 'a b and c d'],
  ['<!-- hidden --> shown', 'shown'],
  ['**Bold** and _soft_ and `code`', 'Bold and soft and code'],
  ['## Title\n- one\n- two', 'Title one two'],
  ['See [our page](https://example.com/x).', 'See our page.'],
  ['Go to https://www.example.com/help-me.', 'Go to example dot com slash help dash me.'],
  ['Write to jane.doe@example.org, please', 'Write to jane dot doe at example dot org, please'],
  ['It costs €12.50', 'It costs 12 euros and 50 cents'],
  ['It costs 12,50 €', 'It costs 12 euros and 50 cents'],
  ['Only $1!', 'Only 1 dollar!'],
  ['£3.01 off', '3 pounds and 1 penny off'],
  ['£0.20', '0 pounds and 20 pence'],
  ['20% more at 30 °C', '20 percent more at 30 degrees Celsius'],
  ['Order 12345678 came', 'Order 1 2 3 4 5 6 7 8 came'],
  ['about 1,250,000 people', 'about 1,250,000 people'],
  ['from 9–17 today', 'from 9 to 17 today'],
  ['“Yes” – it’s here…', "Yes, it's here."],
  ['Café für Zoë', 'Cafe fur Zoe'],
  ['salt & pepper and/or both', 'salt and pepper and or or both'],
  ['number #5', 'number number 5'],
  ['Mm-hmm, hmm.', 'uh-huh, hum.'],
  ['Great! 😀👍', 'Great!'],
  ['zero\u200bwidth and \u0007bell', 'zero width and bell'],
  ['wait....', 'wait.'],
  ['', ''],
  ['...', ''],
  ['😀', ''],
  ['<speak/>', ''],
];

for (const [written, spoken] of cases) {
  t.test(JSON.stringify(written), async (t) => {
    t.equal(speakableText(written), spoken);
  });
}

t.test('whatever comes in, only one line of harmless ASCII comes out', async (t) => {
  const hostile = Array.from({ length: 500 }, (_, seed) =>
    String.fromCodePoint(...Array.from({ length: 40 }, (_, index) => (seed * 7919 + index * 104_729) % 0xd7ff)),
  );
  for (const text of [...hostile, '<'.repeat(5_000), '<a '.repeat(2_000), '*'.repeat(5_000), '-t -o /etc/x']) {
    t.match(speakableText(text), /^[\x20-\x7e]*$/);
    t.notMatch(speakableText(text), /[<>\\]/);
  }
});

t.test('plain text keeps other languages', async (t) => {
  t.equal(plainText('<b>Schöne</b> Grüße, **Zoë** 😀'), 'Schöne Grüße, Zoë');
  t.equal(plainText('— …'), '');
});
