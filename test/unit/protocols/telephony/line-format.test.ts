/**
 * Names of formats as platforms write them.
 */
import t from 'tap';
import { lineFormatOf } from '../../../../src/protocols/telephony/line-format.js';

t.test('what is understood', async (t) => {
  const cases: readonly (readonly [string, number | undefined, string, number])[] = [
    ['audio/x-mulaw', 8_000, 'mulaw', 8_000],
    ['ulaw', undefined, 'mulaw', 8_000],
    ['PCMU', undefined, 'mulaw', 8_000],
    ['PCMA', 8_000, 'alaw', 8_000],
    ['audio/l16;rate=16000', undefined, 'l16', 16_000],
    ['L16', 24_000, 'l16', 24_000],
    ['slin', undefined, 'l16', 8_000],
    ['slin16', undefined, 'l16', 16_000],
    ['slin44', undefined, 'l16', 44_100],
    ['base64', 8_000, 'l16', 8_000],
    ['linear16', 16_000, 'l16', 16_000],
  ];
  for (const [name, rate, encoding, sampleRateHz] of cases)
    t.same(lineFormatOf(name, rate), { encoding, sampleRateHz }, name);
});

t.test('what is refused by name', async (t) => {
  for (const name of ['OPUS', 'G722', 'AMR-WB', '', '__proto__', 'constructor'])
    t.throws(() => lineFormatOf(name), { code: 'AUDIO_FORMAT_UNSUPPORTED' }, name);
  t.throws(() => lineFormatOf('PCMU', 16_000), { code: 'AUDIO_RATE_UNSUPPORTED' });
  t.throws(() => lineFormatOf('L16', 1), { code: 'AUDIO_RATE_UNSUPPORTED' });
  t.throws(() => lineFormatOf('audio/l16;rate=99999999'), { code: 'AUDIO_RATE_UNSUPPORTED' });
});
