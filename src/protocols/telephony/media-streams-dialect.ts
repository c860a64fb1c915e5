/**
 * How the platforms differ that stream media in the manner of Twilio: names of events and of fields, and what goes back.
 *
 * Reading is one for all of them, under any of their names; only what is sent and what must be compensated stands here.
 */
import type { LineFormat } from './line-format.js';

export interface MediaStreamsDialect {
  readonly name: 'twilio' | 'telnyx' | 'plivo' | 'exotel';
  /** Taken where the start does not say. */
  readonly usualEncoding: string;
  /** Sound in one message is a multiple of this. Smaller messages are heard as jitter. */
  readonly messageMs: number;
  /** True: media may overtake each other and is put in order by its chunk number. */
  readonly reorders: boolean;
  readonly media: (streamId: string, payload: string, format: LineFormat) => object;
  readonly mark: (streamId: string, name: string) => object;
  readonly clear: (streamId: string) => object;
}

const twilio: MediaStreamsDialect = {
  name: 'twilio',
  usualEncoding: 'audio/x-mulaw',
  messageMs: 20,
  reorders: false,
  media: (streamSid, payload) => ({ event: 'media', streamSid, media: { payload } }),
  mark: (streamSid, name) => ({ event: 'mark', streamSid, mark: { name } }),
  clear: (streamSid) => ({ event: 'clear', streamSid }),
};

const telnyx: MediaStreamsDialect = {
  name: 'telnyx',
  usualEncoding: 'PCMU',
  messageMs: 20,
  reorders: true,
  media: (_streamId, payload) => ({ event: 'media', media: { payload } }),
  mark: (_streamId, name) => ({ event: 'mark', mark: { name } }),
  clear: () => ({ event: 'clear' }),
};

const plivo: MediaStreamsDialect = {
  name: 'plivo',
  usualEncoding: 'audio/x-mulaw',
  messageMs: 20,
  reorders: false,
  media: (streamId, payload, { encoding, sampleRateHz }) => ({
    event: 'playAudio',
    streamId,
    media: {
      contentType: encoding === 'l16' ? 'audio/x-l16' : `audio/x-${encoding}`,
      sampleRate: sampleRateHz,
      payload,
    },
  }),
  mark: (streamId, name) => ({ event: 'checkpoint', streamId, name }),
  clear: (streamId) => ({ event: 'clearAudio', streamId }),
};

const exotel: MediaStreamsDialect = {
  name: 'exotel',
  usualEncoding: 'audio/x-raw',
  // The platform asks for 3,200 bytes at least, in multiples of 320.
  messageMs: 200,
  reorders: false,
  media: (streamSid, payload) => ({ event: 'media', stream_sid: streamSid, media: { payload } }),
  mark: (streamSid, name) => ({ event: 'mark', stream_sid: streamSid, mark: { name } }),
  clear: (streamSid) => ({ event: 'clear', stream_sid: streamSid }),
};

export const mediaStreamsDialects = { twilio, telnyx, plivo, exotel } as const;
