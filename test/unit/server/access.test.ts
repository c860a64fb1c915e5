/**
 * Who may do what: scopes, limits, secrets of browsers, pages of other origins.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { silentLogger } from '../../../src/core/logger.js';
import { Access } from '../../../src/server/access.js';
import { keyScopes, type KeyScope } from '../../../src/server/api-key.js';
import { ClientSecrets } from '../../../src/server/client-secrets.js';
import { loadConfig } from '../../../src/server/config.js';
import { addKey, removeKey } from '../../../src/server/tenants-document.js';
import { watchTenants } from '../../../src/server/tenants-file.js';
import { ManualClock } from '../../support/manual-clock.js';
import { accessOf, tenantsOfKeys } from '../../support/tenants.js';

async function accessWith(t: Test, keys: string, allowedOrigins: readonly string[] = []) {
  const tenantsFile = join(t.testdir({ 'tenants.yaml': `tenants: { acme: { keys: ${keys} } }` }), 'tenants.yaml');
  const clock = new ManualClock();
  const config = loadConfig({ flags: { tenantsFile }, environment: {} });
  const tenants = await watchTenants(config, { clock, logger: silentLogger, onChanged: () => undefined });
  t.teardown(() => tenants[Symbol.asyncDispose]());
  const secrets = new ClientSecrets(clock);
  const access = new Access({ tenants: () => tenants.current, secrets, allowedOrigins, clock });
  return { access, secrets, clock, tenantsFile };
}

const grant = (access: Access, credential: string | undefined, scope: KeyScope, headers: IncomingHttpHeaders = {}) =>
  access.grantFor(credential, headers, scope);

t.test('a key is good for what was said of it, and a plain one for everything', async (t) => {
  const { access } = await accessWith(t, '[plain-key, { key: talking-key, name: ivr, scopes: [talk] }]');
  for (const scope of keyScopes) {
    t.equal(grant(access, 'plain-key', scope).key.tenant.name, 'acme');
    if (scope === 'talk') t.equal(grant(access, 'talking-key', scope).key.name, 'ivr');
    else t.throws(() => grant(access, 'talking-key', scope), { code: 'KEY_SCOPE_MISSING', field: scope });
  }
  for (const wrong of [undefined, '', 'talking-ke', 'ek_unknown'])
    t.throws(() => grant(access, wrong, 'talk'), { code: 'UNAUTHORIZED' });
});

t.test('a minute’s calls come back evenly, and calls at once are counted', async (t) => {
  const { access, clock } = await accessWith(t, '[{ key: slow-key, maxCalls: 2, callsPerMinute: 4 }, free-key]');
  const { key } = grant(access, 'slow-key', 'talk');
  const [first] = [access.beginCall(key), access.beginCall(key)];
  t.throws(() => access.beginCall(key), { code: 'RATE_LIMITED', field: 'maxCalls' });
  first?.();
  first?.();
  access.beginCall(key)();
  access.beginCall(key)();
  t.throws(() => access.beginCall(key), { code: 'RATE_LIMITED', field: 'callsPerMinute' }, 'four in this minute');
  await clock.advance(14_000);
  t.throws(() => access.beginCall(key), { code: 'RATE_LIMITED' });
  await clock.advance(1_000);
  access.beginCall(key)();
  const free = grant(access, 'free-key', 'talk').key;
  for (let call = 0; call < 100; call += 1) access.beginCall(free);
});

t.test('requests of a key are counted apart from its calls', async (t) => {
  const { access } = await accessWith(t, '[{ key: some-key, requestsPerMinute: 2 }]');
  const request = { headers: { authorization: 'Bearer some-key' }, socket: {} } as IncomingMessage;
  access.keyOf(request, 'memory');
  access.beginCall(access.keyOf(request, 'memory'));
  t.throws(() => access.keyOf(request, 'memory'), { code: 'RATE_LIMITED', field: 'requestsPerMinute' });
});

t.test('a secret talks as its key until its time is over, and does nothing else', async (t) => {
  const { access, secrets, clock } = await accessWith(t, '[some-key]');
  const { key } = grant(access, 'some-key', 'talk');
  const { value, expiresAtS } = secrets.create(key, { lifeMs: 60_000, session: { type: 'realtime' } });
  t.equal(expiresAtS, Math.floor(clock.wallTimeMs() / 1000) + 60);
  t.match(grant(access, value, 'talk'), { key: { id: key.id }, session: { type: 'realtime' } });
  t.throws(() => grant(access, value, 'memory'), { code: 'KEY_SCOPE_MISSING' });
  t.throws(() => grant(access, `${value}x`, 'talk'), { code: 'UNAUTHORIZED' });
  await clock.advance(60_000);
  t.throws(() => grant(access, value, 'talk'), { code: 'UNAUTHORIZED' });
});

t.test('secrets are bounded: the one that ends first makes room', async (t) => {
  const clock = new ManualClock();
  const { key } = grant(accessOf(tenantsOfKeys('some-key'), { clock }), 'some-key', 'talk');
  const secrets = new ClientSecrets(clock);
  const make = (lifeMs: number) => secrets.create(key, { lifeMs, session: null }).value;
  const [long, short] = [make(60_000), make(10_000)];
  for (let count = 2; count < 10_000; count += 1) make(30_000);
  t.ok(secrets.find(short));
  make(30_000);
  t.notOk(secrets.find(short));
  t.ok(secrets.find(long));
});

t.test('a key that is taken out of the file opens nothing more, nor do its secrets; a new one does', async (t) => {
  const { access, secrets, clock, tenantsFile } = await accessWith(t, '[staying-key, { key: leaving-key, name: old }]');
  const look = async (): Promise<void> => {
    for (let count = 0; count < 2; count += 1) {
      await clock.advance(1_000);
      // The look itself is a file operation, which no clock moves.
      for (let round = 0; round < 10; round += 1) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const secret = secrets.create(grant(access, 'leaving-key', 'talk').key, { lifeMs: 600_000, session: null }).value;
  t.ok(grant(access, secret, 'talk'));
  await removeKey(tenantsFile, 'old');
  await addKey(tenantsFile, { tenant: 'acme', key: 'arriving-key', scopes: ['observe'] });
  await look();
  for (const gone of ['leaving-key', secret]) t.throws(() => grant(access, gone, 'talk'), { code: 'UNAUTHORIZED' });
  t.ok(grant(access, 'staying-key', 'admin'));
  t.ok(grant(access, 'arriving-key', 'observe'));
  t.throws(() => grant(access, 'arriving-key', 'talk'), { code: 'KEY_SCOPE_MISSING' });
});

const own = { host: '127.0.0.1:8787', origin: 'http://127.0.0.1:8787' };
const origins: readonly (readonly [
  what: string,
  keys: readonly string[],
  allowed: readonly string[],
  headers: IncomingHttpHeaders,
  isLetIn: boolean,
])[] = [
  ['no browser, open', [], [], { host: '127.0.0.1:8787' }, true],
  ['own page, open', [], [], own, true],
  ['own page at localhost, open', [], [], { host: 'localhost:1', origin: 'http://localhost:1' }, true],
  ['own page at IPv6, open', [], [], { host: '[::1]:1', origin: 'http://[::1]:1' }, true],
  ['another port, open', [], [], { ...own, origin: 'http://127.0.0.1:8788' }, false],
  ['a stranger’s page, open', [], [], { ...own, origin: 'https://evil.example' }, false],
  ['a stranger’s name for this machine, open', [], [], { host: 'evil.example', origin: 'http://evil.example' }, false],
  ['a page without an origin, open', [], [], { ...own, origin: 'null' }, false],
  ['a listed page, open', [], ['https://shop.example'], { ...own, origin: 'https://shop.example' }, true],
  ['any page, open', [], ['*'], { ...own, origin: 'https://evil.example' }, true],
  ['any page with a key', ['some-key'], [], { ...own, origin: 'https://shop.example' }, true],
  [
    'an unlisted page with a key',
    ['some-key'],
    ['https://shop.example'],
    { ...own, origin: 'https://a.example' },
    false,
  ],
  ['its own page with a key', ['some-key'], ['https://shop.example'], own, true],
];

for (const [what, keys, allowedOrigins, headers, isLetIn] of origins) {
  t.test(`${what}: ${isLetIn ? 'let in' : 'refused'}`, async (t) => {
    const access = accessOf(tenantsOfKeys(...keys), { clock: new ManualClock(), allowedOrigins });
    const knock = () => grant(access, keys[0], 'talk', headers);
    if (isLetIn) t.ok(knock());
    else t.throws(knock, { code: 'ORIGIN_REFUSED', field: 'origin' });
  });
}
