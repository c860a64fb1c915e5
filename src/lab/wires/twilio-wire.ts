/**
 * Twilio Media Streams from the side of the telephone network: μ-law in frames of 20 ms, marks that come back when the
 * sound before them was played, and a clear that returns them all.
 *
 * Counters are strings on this wire. A lost frame leaves a gap in chunk numbers and timestamps.
 */
import { createHmac } from 'node:crypto';
import { decodeMulaw, encodeMulaw } from '../../audio/g711.js';
import { frameMs, type CallerWire, type ServerEvent, type WireEvent, type WireRead } from './caller-wire.js';
import type { WireMessage } from '../../protocols/protocol.js';
import { readJsonMessage } from './json-message.js';

export interface TwilioWireOptions {
  /** Names of this call on the network, as `MZ…`, `CA…` and `AC…`. */
  readonly streamSid: string;
  readonly callSid: string;
  readonly accountSid: string;
  /** What the markup's `<Parameter>` elements hand to the server. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export class TwilioWire implements CallerWire {
  readonly name = 'Twilio Media Streams';
  readonly sampleRateHz = 8_000;
  readonly isGapless = false;
  readonly tellsWords = false;
  readonly awaitsGreeting = false;
  readonly #options: TwilioWireOptions;
  #sequence = 0;
  #frames = 0;

  constructor(options: TwilioWireOptions) {
    this.#options = options;
  }

  /** Signed with the account's token over the address alone, as an upgrade request is. */
  headers(url: string, apiKey: string | null): Readonly<Record<string, string>> {
    if (apiKey === null) return {};
    return { 'X-Twilio-Signature': createHmac('sha1', apiKey).update(url).digest('base64') };
  }

  hello(): readonly string[] {
    const { streamSid, callSid, accountSid, parameters = {} } = this.#options;
    return [
      JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }),
      this.#message('start', {
        start: {
          streamSid,
          accountSid,
          callSid,
          tracks: ['inbound'],
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
          customParameters: parameters,
        },
      }),
    ];
  }

  frame(samples: Float32Array): readonly string[] {
    const payload = Buffer.from(encodeMulaw(samples)).toString('base64');
    this.#frames += 1;
    const timestamp = String(this.#frames * frameMs);
    return [this.#message('media', { media: { track: 'inbound', chunk: String(this.#frames), timestamp, payload } })];
  }

  skipFrame(): void {
    this.#frames += 1;
  }

  digit(digit: string): readonly string[] {
    return [this.#message('dtmf', { dtmf: { track: 'inbound_track', digit } })];
  }

  played(mark: string): readonly string[] {
    return [this.#message('mark', { mark: { name: mark } })];
  }

  goodbye(): readonly string[] {
    const { accountSid, callSid } = this.#options;
    return [this.#message('stop', { stop: { accountSid, callSid } })];
  }

  read(wire: WireMessage): WireRead {
    const message = readJsonMessage(wire, 'event');
    return { message, events: eventsOf(message), answers: [] };
  }

  #message(event: string, content: Readonly<Record<string, unknown>>): string {
    this.#sequence += 1;
    return JSON.stringify({
      event,
      sequenceNumber: String(this.#sequence),
      streamSid: this.#options.streamSid,
      ...content,
    });
  }
}

function eventsOf(message: ServerEvent): readonly WireEvent[] {
  switch (message.type) {
    case 'media': {
      const { payload } = (message['media'] ?? {}) as { readonly payload?: unknown };
      return [{ type: 'audio', samples: decodeMulaw(Buffer.from(String(payload), 'base64')) }];
    }
    case 'mark':
      return [{ type: 'mark', name: String((message['mark'] as { readonly name?: unknown } | undefined)?.name) }];
    case 'clear':
      return [{ type: 'clear' }];
    default:
      return [{ type: 'error', code: `unknown message ${message.type}` }];
  }
}
