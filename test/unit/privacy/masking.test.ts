/**
 * What is masked in which language, what is left alone, and that neither length nor malice makes it slow.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { measureMasking } from '../../../bench/masking.js';
import { isCardNumber } from '../../../src/privacy/masking/card-number.js';
import { maskPersonalData } from '../../../src/privacy/masking/mask-personal-data.js';
import { withoutOverlaps } from '../../../src/privacy/masking/personal-span.js';
import { packageRoot } from '../../../src/server/package-root.js';

const cases: Readonly<Record<string, readonly (readonly [text: string, masked: string])[]>> = {
  en: [
    ['My name is Jane Miller.', 'My name is [name].'],
    ['my name is jane miller and i am late', 'my name is [name] and i am late'],
    ['ask Mrs. van der Berg about it', 'ask [name] about it'],
    ['this is jane speaking', 'this is [name] speaking'],
    ['I spoke to Mark yesterday. May I ask why?', 'I spoke to [name] yesterday. May I ask why?'],
    ['four one one one one one one one one one one one one one one one', '[card]'],
    ['it is 4111-1111-1111-1111 until May', 'it is [card] until May'],
    ['a number like 4111 1111 1111 1112', 'a number like [number]'],
    ['use GB29 NWBK 6016 1331 9268 19 please', 'use [iban] please'],
    ['GB29 NWBK 6016 1331 9268 18', '[number]'],
    ['jane dot doe at example dot co dot uk', '[email]'],
    ['write to jane.doe+x@example.com now', 'write to [email] now'],
    ['call +1 (415) 555-0132 tonight', 'call [phone] tonight'],
    ['five five five double one two three four', '[phone]'],
    ['my pin is 4711', 'my pin is [number]'],
    ['I live at 221b Baker Street, London NW1 6XE', 'I live at [address], London [address]'],
    ['twelve old mill lane', '[address]'],
    ['I was born on March 3rd, 1985.', 'I was born on [birth date].'],
    ['It costs 12,500 dollars and took 45 minutes in 2026.', 'It costs 12,500 dollars and took 45 minutes in 2026.'],
    ['will you mark the order as late', 'will you mark the order as late'],
    ['I miss him. MY HOPE DOES NOT HELP', 'I miss him. MY HOPE DOES NOT HELP'],
    ['the meeting is at 10:30 on 2026-11-27', 'the meeting is at 10:30 on 2026-11-27'],
    ['this is ridiculous, nobody helps me', 'this is ridiculous, nobody helps me'],
    ['😀 my name is Zoë 😀', '😀 my name is [name] 😀'],
  ],
  de: [
    ['Ich heiße Anna Schmidt und wohne in der Hauptstraße 5.', 'Ich heiße [name] und wohne in der [address].'],
    ['null eins sieben sechs eins zwei drei vier fünf sechs sieben', '[phone]'],
    ['geboren am 3. März 1980', 'geboren am [birth date]'],
    ['wir gehen an der nächsten Straße rechts', 'wir gehen an der nächsten Straße rechts'],
  ],
  es: [
    ['Me llamo Carlos García y vivo en la calle Mayor 12.', 'Me llamo [name] y vivo en la [address].'],
    ['son veintiún grados', 'son veintiún grados'],
  ],
  zh: [
    ['我叫王小明，电话是13812345678', '我叫[name]，电话是[number]'],
    ['我住在建国路88号', '[address]'],
    ['我已经打了三次电话了', '我已经打了三次电话了'],
  ],
  ja: [
    ['佐藤と申します', '[name]と申します'],
    ['電話番号は090-1234-5678です', '電話番号は[phone]です'],
    ['もう三回も電話しました', 'もう三回も電話しました'],
  ],
  fr: [['écrivez à jean@exemple.fr ou 4111 1111 1111 1111', 'écrivez à [email] ou [card]']],
};

for (const [language, lines] of Object.entries(cases)) {
  t.test(language, async (t) => {
    for (const [text, masked] of lines) {
      t.equal(maskPersonalData(text, language).text, masked, text);
      t.equal(maskPersonalData(masked, language).text, masked, 'once is enough');
    }
  });
}

t.test('a language that is the name of something else is masked as one that is not known', (t) => {
  const text = 'one two, write to jane.doe@example.com';
  t.equal(maskPersonalData(text, 'constructor').text, 'one two, write to [email]');
  t.end();
});

t.test('spans are places in the text as it was', async (t) => {
  const text = '😀 my name is jane and my mail is a.b@c.org';
  const { spans } = maskPersonalData(text, 'en-GB');
  t.same(
    spans.map(({ kind, startChar, endChar }) => [kind, text.slice(startChar, endChar)]),
    [
      ['name', 'jane'],
      ['email', 'a.b@c.org'],
    ],
  );
});

t.test('of two readings the surer one stays', async (t) => {
  const span = (kind: 'name' | 'card' | 'phone', startChar: number, endChar: number) => ({ kind, startChar, endChar });
  t.same(withoutOverlaps([span('card', 5, 9), span('name', 0, 6), span('phone', 8, 12), span('name', 12, 14)]), [
    span('card', 5, 9),
    span('name', 12, 14),
  ]);
});

t.test('check digits', async (t) => {
  for (const digits of ['4111111111111111', '5500005555555559', '378282246310005', '6011111111111117'])
    t.ok(isCardNumber(digits));
  for (const digits of ['4111111111111112', '411111111111', '0000000000000000', '']) t.notOk(isCardNumber(digits));
});

t.test('no less is found than the documents say', async (t) => {
  const figures = await measureMasking(join(packageRoot, 'bench', 'masking-sentences'));
  for (const { language, split, all, innocent } of figures) {
    t.ok(
      all.covered / all.labelled >= (split === 'dev' ? 0.95 : 0.8),
      `${language} ${split}: recall ${all.covered} of ${all.labelled}`,
    );
    t.ok(all.right / all.masked >= 0.9, `${language} ${split}: precision`);
    t.ok(innocent.changed <= 1, `${language} ${split}: ${innocent.changed} innocent sentences changed`);
  }
  const documented = readFileSync(join(packageRoot, 'docs', 'privacy.md'), 'utf8');
  for (const { language, split, all } of figures.filter((one) => one.split === 'test'))
    t.match(
      documented,
      new RegExp(`\\| ${language} \\|.*\\| ${(all.covered / all.labelled).toFixed(2)} \\|`),
      `${language} ${split} as documented`,
    );
});

t.test('time grows with the text, whatever is in it', async (t) => {
  const pieces = [
    '1 ',
    'a',
    '@',
    'at dot ',
    'my name is ',
    '4111 ',
    'one ',
    'Mr ',
    '路',
    '丁目1',
    'A',
    '12 old ',
    '+',
    'double ',
    'x@y.',
    '王',
  ];
  for (const language of ['en', 'de', 'zh', 'ja']) {
    for (const piece of pieces) {
      const timeOf = (length: number): number => {
        const text = piece.repeat(Math.ceil(length / piece.length));
        const started = process.cpuUsage().user;
        maskPersonalData(text, language);
        return process.cpuUsage().user - started;
      };
      timeOf(10_000);
      // Quadratic would be four times, each time; small figures are noise, and so is one pair on a busy machine.
      const grows = (): boolean => {
        const [half, whole] = [timeOf(50_000), timeOf(100_000)];
        return whole >= 100_000 && whole >= 3.5 * half;
      };
      t.notOk(grows() && grows() && grows(), `${language} ${JSON.stringify(piece)}`);
    }
  }
});
