/**
 * Signs as an AudioHook client does: every part can be said otherwise, to make what must be refused.
 */
import { createHmac } from 'node:crypto';

export interface SignedRequest {
  readonly secret: Uint8Array;
  readonly authority: string;
  /** Path and query as the client calls it. */
  readonly target: string;
  readonly apiKey: string;
  readonly createdS: number;
  readonly nonce?: string | null;
  readonly keyId?: string;
  readonly components?: readonly string[];
  /** In place of `;keyid=…;nonce=…;alg=…;created=…`. */
  readonly parameters?: string;
}

export const signedComponents = [
  '@request-target',
  '@authority',
  'audiohook-organization-id',
  'audiohook-session-id',
  'audiohook-correlation-id',
  'x-api-key',
];

export function genesysHeaders({
  secret,
  authority,
  target,
  apiKey,
  createdS,
  nonce = 'VGhpc0lzQVVuaXF1ZU5vbmNl',
  keyId = apiKey,
  components = signedComponents,
  parameters,
}: SignedRequest): Record<string, string> {
  const fields: Record<string, string> = {
    'audiohook-organization-id': 'd7934305-0972-4844-938e-9060eef73d05',
    'audiohook-session-id': '30b0e395-84d3-4570-ac13-9a62d8f514c0',
    'audiohook-correlation-id': 'e160e428-53e2-487c-977d-96989bf5c99d',
    'x-api-key': apiKey,
  };
  const values: Record<string, string> = { ...fields, '@request-target': target, '@authority': authority };
  const nonceText = nonce === null ? '' : `;nonce="${nonce}"`;
  const stated = parameters ?? `;keyid="${keyId}"${nonceText};alg="hmac-sha256";created=${createdS}`;
  const input = `(${components.map((name) => `"${name}"`).join(' ')})${stated}`;
  const lines = [...components.map((name) => `"${name}": ${values[name] ?? ''}`), `"@signature-params": ${input}`];
  const signature = createHmac('sha256', secret).update(lines.join('\n')).digest('base64');
  return { ...fields, 'signature-input': `sig1=${input}`, signature: `sig1=:${signature}:` };
}
