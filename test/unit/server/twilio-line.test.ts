/**
 * Addresses and signatures of Twilio: exactly as Twilio has them, whatever the proxy in front shows.
 */
import t from 'tap';
import twilio from 'twilio';
import { Access } from '../../../src/server/access.js';
import { ClientSecrets } from '../../../src/server/client-secrets.js';
import { loadConfig } from '../../../src/server/config.js';
import { Tenants } from '../../../src/server/tenants.js';
import { TwilioLine } from '../../../src/server/twilio-line.js';
import { ManualClock } from '../../support/manual-clock.js';

const authToken = '12345678901234567890123456789012';

const clock = new ManualClock();

function line(flags: Readonly<Record<string, string>>): TwilioLine {
  const config = loadConfig({ flags, environment: {} });
  const tenants = Tenants.ofConfig(config);
  const access = new Access({
    tenants: () => tenants,
    secrets: new ClientSecrets(clock),
    allowedOrigins: [],
    clock,
  });
  return new TwilioLine(config, { tenants: () => tenants, access });
}

const signed = (url: string) => ({ 'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, url, {}) });

t.test('the address that signatures cover', async (t) => {
  const one = line({ twilioAuthToken: authToken, publicUrl: 'https://example.com/voice/' });
  const refusal = (url: string) =>
    one.refusalOf({ target: '/twilio/media', headers: signed(url), scheme: 'wss', fields: {} });
  t.equal(refusal('wss://example.com/voice/twilio/media'), null, 'a path in front is kept');
  for (const url of [
    'https://example.com/voice/twilio/media',
    'wss://example.com/twilio/media',
    'wss://example.com/voice/twilio/media/',
    'wss://other.com/voice/twilio/media',
  ])
    t.match(refusal(url), { code: 'SIGNATURE_INVALID' }, url);
  t.equal(one.addressOf('/twilio/media', 'wss', 'ignored'), 'wss://example.com/voice/twilio/media');
  t.equal(line({}).addressOf('/twilio/media', 'wss', 'host:1'), 'wss://host:1/twilio/media');
  t.equal(
    line({ publicUrl: 'http://127.0.0.1:8787' }).addressOf('/twilio/media', 'wss', ''),
    'ws://127.0.0.1:8787/twilio/media',
    'a plain one for tests',
  );
});

t.test('options that cannot work are refused at the start', async (t) => {
  t.throws(() => line({ twilioAuthToken: authToken }), { code: 'OPTION_INVALID', field: 'publicUrl' });
  for (const publicUrl of ['example.com', 'ftp://example.com', 'https://example.com/?a=1'])
    t.throws(() => line({ publicUrl }), { code: 'OPTION_INVALID', field: 'publicUrl' }, publicUrl);
});

t.test('who is let in', async (t) => {
  const request = { path: '/twilio/media', headers: {}, query: new URLSearchParams() };
  t.throws(() => line({}).admit(request), { code: 'SIGNATURE_INVALID' }, 'no account');
  t.throws(() => line({ twilioAuthToken: authToken, publicUrl: 'https://a.b' }).admit(request), {
    code: 'SIGNATURE_INVALID',
  });
  const open = line({ twilioSignature: 'off' });
  t.equal(open.admit(request).tenant.name, 'default');
  const foreign = { ...request, headers: { origin: 'https://evil.example', host: '127.0.0.1:8787' } };
  t.throws(() => open.admit(foreign), { code: 'ORIGIN_REFUSED' }, 'no page that somebody visits');
  t.equal(open.needsKey, false);
  t.equal(line({ twilioSignature: 'off', apiKeys: 'some-key-of-ours' }).needsKey, true);
  const account = line({ twilioAuthToken: authToken, publicUrl: 'https://a.b', apiKeys: 'some-key-of-ours' });
  t.equal(account.needsKey, false, 'a signature is enough');
});

t.test('a call is put through once', async (t) => {
  const one = line({});
  one.noteTransfer('CA1');
  t.equal(one.takeTransfer('CA1'), true);
  t.equal(one.takeTransfer('CA1'), false);
  for (let count = 0; count < 1_001; count += 1) one.noteTransfer(`CA${count}`);
  t.equal(one.takeTransfer('CA0'), false, 'and the oldest are forgotten');
});
