/**
 * Reads the address of a server as people write it. Pure.
 */
import { AttuneError } from '../core/errors.js';

const webSocketSchemes: Readonly<Record<string, string>> = {
  'ws:': 'ws:',
  'wss:': 'wss:',
  'http:': 'ws:',
  'https:': 'wss:',
};

/** `http://host:8787` or `host:8787` → `ws://host:8787/v1/realtime`; a given path or query stays. Throws OPTION_INVALID. */
export function realtimeUrlOf(address: string): string {
  return serverUrlOf(address, '/v1/realtime');
}

/** As `realtimeUrlOf` with another path for an address that has none. */
export function serverUrlOf(address: string, defaultPath: string): string {
  const written = address.includes('://') ? address : `ws://${address}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const scheme = url && webSocketSchemes[url.protocol];
  if (url === undefined || scheme === undefined) {
    throw new AttuneError('OPTION_INVALID', `'${address}' is not the address of a server`, {
      field: 'url',
      hint: 'Write it as ws://127.0.0.1:8787/v1/realtime.',
    });
  }
  if (url.pathname === '/') url.pathname = defaultPath;
  url.hash = '';
  return url.href.replace(url.protocol, scheme);
}

/** `tcp://host:9092` or `host:9092`, the address of an AudioSocket server. Throws OPTION_INVALID; there is no usual port. */
export function audiosocketUrlOf(address: string): string {
  const written = address.includes('://') ? address : `tcp://${address}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url?.protocol === 'tcp:' && url.hostname !== '' && url.port !== '') return `tcp://${url.host}`;
  throw new AttuneError('OPTION_INVALID', `'${address}' is not the address of an AudioSocket server`, {
    field: 'url',
    hint: 'Write it as tcp://127.0.0.1:9092.',
  });
}
