/**
 * Signed connections of Genesys: the documented example, and every reason for which one is refused.
 */
import t from 'tap';
import { loadConfig } from '../../../src/server/config.js';
import { GenesysLine } from '../../../src/server/genesys-line.js';
import { HttpSignature } from '../../../src/server/http-signature.js';
import { Tenants } from '../../../src/server/tenants.js';
import { genesysHeaders, signedComponents, type SignedRequest } from '../../support/genesys-signer.js';
import { ManualClock } from '../../support/manual-clock.js';
import { accessOf } from '../../support/tenants.js';

const secret = Buffer.from('MySuperSecretKeyTellNo-1!2@3#4$5');
const apiKey = 'some-key-of-ours';
const target = '/genesys/audiohook?mode=bot';

function openLine(
  clock: ManualClock,
  flags: Readonly<Record<string, string>> = {
    genesysClientSecrets: secret.toString('base64'),
    publicUrl: 'https://voice.example.com',
  },
): GenesysLine {
  const config = loadConfig({ flags: { apiKeys: apiKey, ...flags }, environment: {} });
  return new GenesysLine(config, { access: accessOf(Tenants.ofConfig(config), { clock }), clock });
}

function signedRequest(clock: ManualClock, other: Partial<SignedRequest> = {}): SignedRequest {
  const createdS = Math.floor(clock.wallTimeMs() / 1_000);
  return { secret, authority: 'voice.example.com', target, apiKey, createdS, ...other };
}

const refused = { code: 'SIGNATURE_UNACCEPTED' };

t.test('the example of the documentation of AudioHook', async (t) => {
  const headers = {
    'audiohook-organization-id': 'd7934305-0972-4844-938e-9060eef73d05',
    'audiohook-session-id': '30b0e395-84d3-4570-ac13-9a62d8f514c0',
    'audiohook-correlation-id': 'e160e428-53e2-487c-977d-96989bf5c99d',
    'x-api-key': 'SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh',
    signature: 'sig1=:NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=:',
    'signature-input':
      'sig1=("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id" "audiohook-correlation-id" "x-api-key")' +
      ';keyid="SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh";nonce="VGhpc0lzQVVuaXF1ZU5vbmNl";alg="hmac-sha256";created=1641013200;expires=3282026430',
  };
  const values: Record<string, string | undefined> = {
    ...headers,
    '@request-target': '/api/v1/voicebiometrics/ws',
    '@authority': 'audiohook.example.com',
  };
  const signature = HttpSignature.of(headers)!;
  t.match(signature, { createdS: 1_641_013_200, expiresS: 3_282_026_430, nonce: 'VGhpc0lzQVVuaXF1ZU5vbmNl' });
  const documented = Buffer.from('TXlTdXBlclNlY3JldEtleVRlbGxOby0xITJAMyM0JDU=', 'base64');
  t.equal(
    signature.isMadeWith([documented], (name) => values[name]),
    true,
  );
  t.equal(
    signature.isMadeWith([secret.subarray(1), documented], (name) => values[name]),
    true,
    'the older of two secrets, while one is being changed',
  );
  t.equal(
    signature.isMadeWith([], (name) => values[name]),
    false,
  );
});

t.test('a signed connection is let in, and counts for its key', async (t) => {
  const clock = new ManualClock();
  const line = openLine(clock);
  const key = line.admit({ target, headers: genesysHeaders(signedRequest(clock)) });
  t.match(key, { tenant: { name: 'default' } });
  t.equal(key.scopes.has('talk'), true);
});

t.test('what the signature says of itself', async (t) => {
  const nonce = (length: number): string => 'n'.repeat(length);
  const clock = new ManualClock();
  const nowS = clock.wallTimeMs() / 1_000;
  const base = `;keyid="${apiKey}";nonce="${nonce(22)}"`;
  const cases: readonly (readonly [why: string, request: Partial<SignedRequest>, isTaken?: boolean])[] = [
    ['22 characters', { nonce: nonce(22) }, true],
    ['a nonce of 21 characters', { nonce: nonce(21) }],
    ['no nonce', { nonce: null }],
    ['10 s old', { createdS: nowS - 10 }, true],
    ['11 s old', { createdS: nowS - 11 }],
    ['3 s ahead', { createdS: nowS + 3 }, true],
    ['4 s ahead', { createdS: nowS + 4 }],
    ['never made', { parameters: base }],
    ['made at a text', { parameters: `${base};created="${nowS}"` }],
    ['expired', { parameters: `${base};created=${nowS};expires=${nowS - 1}` }],
    ['not expired', { parameters: `${base};created=${nowS};expires=${nowS + 30}` }, true],
    ['no algorithm named', { parameters: `${base};created=${nowS}` }, true],
    ['another algorithm', { parameters: `${base};created=${nowS};alg="rsa-v1_5-sha256"` }],
    ['an unknown parameter', { parameters: `${base};created=${nowS};tag="x"` }],
    ['a parameter twice', { parameters: `${base};created=${nowS - 60};created=${nowS}` }],
    ['no parameters', { parameters: '' }],
    ['another key id', { keyId: 'some-key-of-theirs' }],
    ['no key id', { parameters: `;nonce="${nonce(22)}";created=${nowS}` }],
    ['another secret', { secret: Buffer.alloc(32) }],
    ['an empty secret', { secret: Buffer.alloc(0) }],
    ['another host', { authority: 'other.example.com' }],
    ['the host with a port', { authority: 'voice.example.com:443' }],
    ['another query', { target: '/genesys/audiohook?mode=listen' }],
    ['no query', { target: '/genesys/audiohook' }],
    ['something unknown covered', { components: [...signedComponents, '@query'] }],
    ['a header covered that is not there', { components: [...signedComponents, 'date'] }],
    ['a component twice', { components: [...signedComponents, 'x-api-key'] }],
    ['another order', { components: signedComponents.toReversed() }, true],
    ...signedComponents.map(
      (name) => [`${name} not covered`, { components: signedComponents.filter((other) => other !== name) }] as const,
    ),
  ];
  for (const [why, request, isTaken = false] of cases) {
    const line = openLine(clock);
    const act = (): unknown => line.admit({ target, headers: genesysHeaders(signedRequest(clock, request)) });
    if (isTaken) t.doesNotThrow(act, why);
    else t.throws(act, refused, why);
  }
});

t.test('headers that were changed, left out or written in another way', async (t) => {
  const clock = new ManualClock();
  const line = openLine(clock);
  const good = genesysHeaders(signedRequest(clock));
  const { signature = '', 'signature-input': input = '' } = good;
  const short = Buffer.alloc(31).toString('base64');
  const changes: readonly (readonly [why: string, headers: Readonly<Record<string, string | undefined>>])[] = [
    ['no signature', { signature: undefined }],
    ['no input', { 'signature-input': undefined }],
    ['neither', { signature: undefined, 'signature-input': undefined }],
    ['another label', { signature: signature.replace('sig1', 'sig2') }],
    ['two signatures', { signature: `${signature}, sig2=:${short}:`, 'signature-input': `${input}, sig2=${input}` }],
    ['31 bytes', { signature: `sig1=:${short}:` }],
    ['33 bytes', { signature: `sig1=:${Buffer.alloc(33).toString('base64')}:` }],
    ['no base64', { signature: 'sig1=:????:' }],
    ['text for bytes', { signature: 'sig1="x"' }],
    ['spaces between parameters', { 'signature-input': input.replaceAll(';', '; ') }],
    ['two spaces', { 'signature-input': input.replace('" "', '"  "') }],
    ['a parameter of a component', { 'signature-input': input.replace('"x-api-key"', '"x-api-key";sf') }],
    ['an escape', { 'signature-input': input.replace('nonce="V', 'nonce="\\V') }],
    ['a key that is not signed', { 'x-api-key': 'some-key-of-theirs' }],
    ['an empty key', { 'x-api-key': '' }],
    ['another session', { 'audiohook-session-id': '00000000-0000-0000-0000-000000000000' }],
    ['no organisation', { 'audiohook-organization-id': undefined }],
  ];
  for (const [why, headers] of changes)
    t.throws(() => line.admit({ target, headers: { ...good, ...headers } }), refused, why);
  t.doesNotThrow(() => line.admit({ target, headers: good }), 'and none of them used up the nonce');
});

t.test('a signature is good once', async (t) => {
  const clock = new ManualClock();
  const line = openLine(clock);
  const admit = (request: Partial<SignedRequest> = {}) =>
    line.admit({ target, headers: genesysHeaders(signedRequest(clock, request)) });
  const createdS = clock.wallTimeMs() / 1_000 + 3;
  admit({ createdS });
  t.throws(() => admit({ createdS }), refused, 'again');
  await clock.advance(12_999);
  t.throws(() => admit({ createdS }), refused, 'as long as its time is good');
  t.throws(() => admit(), refused, 'nor the nonce with another time');
  admit({ nonce: 'a-nonce-of-another-connection' });
  await clock.advance(1);
  t.doesNotThrow(() => admit(), 'forgotten when no signature with it can be good');
});

t.test('more nonces than can be remembered are refused, not forgotten', async (t) => {
  const clock = new ManualClock();
  const line = openLine(clock);
  const admit = (index: number) =>
    line.admit({
      target,
      headers: genesysHeaders(signedRequest(clock, { nonce: `nonce-${String(index).padStart(20, '0')}` })),
    });
  for (let index = 0; index < 20_000; index += 1) admit(index);
  t.throws(() => admit(20_000), refused);
  t.throws(() => admit(0), refused);
  await clock.advance(13_000);
  t.doesNotThrow(() => admit(20_000));
});

t.test('a good signature does not replace a good key', async (t) => {
  const clock = new ManualClock();
  const request = signedRequest(clock, { apiKey: 'some-key-of-theirs' });
  t.throws(() => openLine(clock).admit({ target, headers: genesysHeaders(request) }), { code: 'UNAUTHORIZED' });
  const inAddress = `/genesys/audiohook?key=${apiKey}`;
  const headers = genesysHeaders({ ...request, target: inAddress });
  t.throws(
    () => openLine(clock).admit({ target: inAddress, headers: { ...headers, authorization: `Bearer ${apiKey}` } }),
    { code: 'UNAUTHORIZED' },
    'nor does one that is not signed replace the one that is',
  );
});

t.test('an address with a path in front, as the integration has it', async (t) => {
  const clock = new ManualClock();
  const line = openLine(clock, {
    genesysClientSecrets: `${secret.toString('base64')},${Buffer.alloc(16, 7).toString('base64')}`,
    publicUrl: 'https://voice.example.com:8443/attune/',
  });
  const request = { authority: 'voice.example.com:8443', target: `/attune${target}`, secret: Buffer.alloc(16, 7) };
  t.doesNotThrow(() => line.admit({ target, headers: genesysHeaders(signedRequest(clock, request)) }));
});

t.test('options that cannot work are refused at the start', async (t) => {
  const clock = new ManualClock();
  t.equal(openLine(clock, {}).isSigned, false);
  const publicUrl = 'https://a.b';
  const genesysClientSecrets = secret.toString('base64');
  t.throws(() => openLine(clock, { genesysClientSecrets }), { code: 'OPTION_INVALID', field: 'publicUrl' });
  for (const other of ['AA==', Buffer.alloc(15, 1).toString('base64'), 'not base64, not at all !!'])
    t.throws(
      () => openLine(clock, { genesysClientSecrets: other, publicUrl }),
      { code: 'OPTION_INVALID', field: 'genesysClientSecrets' },
      other,
    );
});
