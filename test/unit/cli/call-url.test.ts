/**
 * Addresses of servers as people write them.
 */
import t from 'tap';
import { realtimeUrlOf } from '../../../src/cli/call-url.js';

const table: readonly (readonly [string, string])[] = [
  ['ws://127.0.0.1:8787/v1/realtime', 'ws://127.0.0.1:8787/v1/realtime'],
  ['http://127.0.0.1:8787', 'ws://127.0.0.1:8787/v1/realtime'],
  ['https://voice.example/', 'wss://voice.example/v1/realtime'],
  ['localhost:8787', 'ws://localhost:8787/v1/realtime'],
  ['wss://voice.example/other?model=m#part', 'wss://voice.example/other?model=m'],
  ['ws://voice.example?model=m', 'ws://voice.example/v1/realtime?model=m'],
];

t.test('addresses', async (t) => {
  for (const [written, url] of table) t.equal(realtimeUrlOf(written), url, written);
});

t.test('what is no address of a server is named', async (t) => {
  for (const written of ['', 'ftp://host/', 'ws://', 'not a host', 'file:///tmp/x']) {
    t.throws(() => realtimeUrlOf(written), { code: 'OPTION_INVALID', field: 'url' }, written);
  }
});
