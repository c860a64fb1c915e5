/**
 * Finds the wire for an address: by the name somebody gave, or by its path.
 */
import { randomBytes } from 'node:crypto';
import { AttuneError } from '../../core/errors.js';
import type { CallerWire } from './caller-wire.js';
import { EviWire } from './evi-wire.js';
import { RealtimeWire } from './realtime-wire.js';
import { TwilioWire } from './twilio-wire.js';

export const wireNames = ['realtime', 'realtime-mulaw', 'realtime-mulaw-plain', 'evi', 'twilio'] as const;
export type WireName = (typeof wireNames)[number];

/** `/v0/evi/chat` is Hume's, a path with `twilio` in it the telephone's, anything else OpenAI's. Throws OPTION_INVALID. */
export function wireNameOf(url: string, chosen?: string): WireName {
  if (chosen !== undefined) {
    const name = wireNames.find((one) => one === chosen);
    if (name) return name;
    throw new AttuneError('OPTION_INVALID', `there is no wire '${chosen}' but ${wireNames.join(', ')}`, {
      field: 'wire',
    });
  }
  const { pathname } = new URL(url);
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
  }
}

function sid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}
