/**
 * Finds the wire for an address: by the name somebody gave, or by its path.
 */
import { randomBytes } from 'node:crypto';
import { AttuneError } from '../../core/errors.js';
import { AudiosocketWire } from './audiosocket-wire.js';
import type { CallerWire } from './caller-wire.js';
import { EviWire } from './evi-wire.js';
import { RealtimeWire } from './realtime-wire.js';
import { TwilioWire } from './twilio-wire.js';

export const wireNames = [
  'realtime',
  'realtime-mulaw',
  'realtime-mulaw-plain',
  'evi',
  'twilio',
  'audiosocket',
] as const;
export type WireName = (typeof wireNames)[number];

/**
 * `tcp:` is AudioSocket's, `/v0/evi/chat` Hume's, a path with `twilio` in it the telephone's, anything else OpenAI's. Throws
 * OPTION_INVALID, also for a wire that the address cannot carry.
 */
export function wireNameOf(url: string, chosen?: string): WireName {
  const { protocol, pathname } = new URL(url);
  const isTcp = protocol === 'tcp:';
  const usual = isTcp ? 'audiosocket' : ofPath(pathname);
  const name = chosen === undefined ? usual : wireNames.find((one) => one === chosen);
  if (name === undefined) {
    throw new AttuneError('OPTION_INVALID', `there is no wire '${chosen}' but ${wireNames.join(', ')}`, {
      field: 'wire',
    });
  }
  if ((name === 'audiosocket') !== isTcp) {
    throw new AttuneError('OPTION_INVALID', `the wire '${name}' does not go over ${protocol}//`, {
      field: 'wire',
      hint: 'AudioSocket is at an address like tcp://127.0.0.1:9092, the others at ws:// or wss://.',
    });
  }
  return name;
}

function ofPath(pathname: string): WireName {
  if (/\/v0\/evi\//u.test(pathname)) return 'evi';
  return /twilio/iu.test(pathname) ? 'twilio' : 'realtime';
}

/** A wire for one call. */
export function openWire(name: WireName): CallerWire {
  switch (name) {
    case 'realtime':
      return new RealtimeWire();
    case 'realtime-mulaw':
      return new RealtimeWire({ codec: 'mulaw' });
    case 'realtime-mulaw-plain':
      return new RealtimeWire({ codec: 'mulaw', pauses: false });
    case 'evi':
      return new EviWire();
    case 'twilio':
      return new TwilioWire({ streamSid: sid('MZ'), callSid: sid('CA'), accountSid: sid('AC') });
    case 'audiosocket':
      return new AudiosocketWire(randomBytes(16));
  }
}

function sid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}
