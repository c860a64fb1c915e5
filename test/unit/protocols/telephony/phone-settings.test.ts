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
const tones = { fax: 'hang-up', beep: 'tell' } as const;
const first = { greeting: 'Hello.', notice: 'I listen to how you sound.', tones, holdSound: 'tone' } as const;

t.test('parameters of a call', async (t) => {
  t.match(phoneSettings(start({}), first), { greeting: 'Hello. I listen to how you sound.', mayHangUp: true });
  const said = phoneSettings(
    start({ locale: 'de-DE', voice: 'rms', instructions: 'Be brief.', person: 'p1', greeting: 'Hallo.', other: 'x' }),
    first,
  );
  t.match(said, { locale: 'de-DE', voice: 'rms', instructions: 'Be brief.', person: 'p1' });
  t.equal(said.greeting, 'Hallo. I listen to how you sound.', 'another greeting does not do away with the notice');
  t.equal(phoneSettings(start({ greeting: '' }), { ...first, notice: null }).greeting, null);
  t.notOk('locale' in phoneSettings(start({ locale: 'x"; drop' }), first), 'only a language tag is one');
});

t.test('a platform that only lets us listen hears nothing', async (t) => {
  const { turnDetection, ...rest } = phoneSettings(start({ greeting: 'Hallo.' }, false), first);
  t.match(turnDetection, { createReply: false, interruptReply: false });
  t.match(rest, { greeting: null, silence: null, mayHangUp: false });
  t.same(rest.tones, { fax: 'tell', beep: 'tell' }, 'nor does a fax end what is another server’s call');
});

t.test('what machines on the line come to', async (t) => {
  const tonesOf = (parameters: Readonly<Record<string, string>>) => phoneSettings(start(parameters), first).tones;
  t.same(tonesOf({}), tones, 'as the operator has it');
  t.same(tonesOf({ beep: 'greet' }), { fax: 'hang-up', beep: 'greet' }, 'a call to somebody');
  t.same(tonesOf({ fax: 'tell' }), { fax: 'tell', beep: 'tell' });
  t.same(tonesOf({ fax: 'greet', beep: 'hang-up' }), tones, 'what is not known counts for nothing');
});

t.test('holding', async (t) => {
  t.match(phoneSettings(start({}), first), { mayHold: false, holdSound: 'tone' });
  t.equal(phoneSettings(start({ hold: 'on' }), first).mayHold, true, 'the assistant may, where somebody takes back');
  t.match(phoneSettings(start({ hold: 'on' }, false), first), { mayHold: false, holdSound: 'none' });
});
