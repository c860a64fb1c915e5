import t from 'tap';
import type { IncomingHttpHeaders } from 'node:http';
import { credentialOf, publicSubprotocols } from '../../../src/server/auth.js';

t.test('the key is found wherever clients put it', async (t) => {
  const cases: readonly (readonly [headers: IncomingHttpHeaders, key: string | undefined])[] = [
    [{}, undefined],
    [{ authorization: 'Bearer k1' }, 'k1'],
    [{ authorization: 'bearer   k1' }, 'k1'],
    [{ authorization: 'Basic k1' }, undefined],
    [{ authorization: 'Bearer ' }, undefined],
    [{ 'api-key': 'k2' }, 'k2'],
    [{ 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.k3,openai-project.p' }, 'k3'],
    [{ 'sec-websocket-protocol': 'realtime' }, undefined],
    [{ authorization: 'Bearer k1', 'api-key': 'k2' }, 'k1'],
  ];
  for (const [headers, key] of cases) t.equal(credentialOf(headers), key, JSON.stringify(headers));
});

t.test('the subprotocol that bears the key is not passed on', async (t) => {
  t.same(publicSubprotocols({ 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.k3, other' }), [
    'realtime',
    'other',
  ]);
  t.same(publicSubprotocols({}), []);
});
