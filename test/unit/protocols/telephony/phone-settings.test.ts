/**
 * What a platform's parameters may change, and what they may not.
 */
import t from 'tap';
import { phoneSettings } from '../../../../src/protocols/telephony/phone-settings.js';

const start = (parameters: Readonly<Record<string, string>>, maySpeak = true) => ({
  callId: 'c',
  parameters,
  maySpeak,
});
const first = { greeting: 'Hello.', notice: 'I listen to how you sound.' };

t.test('parameters of a call', async (t) => {
  t.match(phoneSettings(start({}), first), { greeting: 'Hello. I listen to how you sound.', mayHangUp: true });
  const said = phoneSettings(
    start({ locale: 'de-DE', voice: 'rms', instructions: 'Be brief.', person: 'p1', greeting: 'Hallo.', other: 'x' }),
    first,
  );
  t.match(said, { locale: 'de-DE', voice: 'rms', instructions: 'Be brief.', person: 'p1' });
  t.equal(said.greeting, 'Hallo. I listen to how you sound.', 'another greeting does not do away with the notice');
  t.equal(phoneSettings(start({ greeting: '' }), { greeting: 'Hello.', notice: null }).greeting, null);
  t.notOk('locale' in phoneSettings(start({ locale: 'x"; drop' }), first), 'only a language tag is one');
});

t.test('a platform that only lets us listen hears nothing', async (t) => {
  const { turnDetection, ...rest } = phoneSettings(start({ greeting: 'Hallo.' }, false), first);
  t.match(turnDetection, { createReply: false, interruptReply: false });
  t.match(rest, { greeting: null, silence: null, mayHangUp: false });
});
