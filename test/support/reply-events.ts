/**
 * Events of a reply as a session makes them, for tests of what a codec encodes.
 */
import type { MessageItem, SessionEvent } from '../../src/session/events.js';

const part = { replyId: 'resp_1', itemId: 'item_1', outputIndex: 0 } as const;

export const replyEvents = {
  clause: (text: string): SessionEvent => ({
    type: 'reply.clause',
    ...part,
    text,
    style: { rateScale: 1, pitchScale: 1, pitchRangeScale: 1, gainDb: 0, pauseScale: 1, strength: 0 } as never,
  }),
  /** 16 kHz, as sessions have it. */
  audio: (durationMs: number): SessionEvent => ({
    type: 'reply.audio',
    ...part,
    samples: new Float32Array(durationMs * 16).fill(0.25),
    sampleRateHz: 16_000,
  }),
  messageEnded: (status: MessageItem['status'] = 'completed'): SessionEvent => ({
    type: 'reply.message.ended',
    ...part,
    item: { kind: 'message', id: 'item_1', role: 'assistant', status, text: 'x', spoken: true, audioMs: 0 },
    previousItemId: null,
    inConversation: true,
    modality: 'audio',
  }),
  held: (unplayedMs: number): SessionEvent => ({ type: 'reply.held', ...part, heardMs: 0, unplayedMs }),
  resumed: { type: 'reply.resumed', ...part } satisfies SessionEvent,
  cancelled: {
    type: 'reply.ended',
    reply: {
      id: 'resp_1',
      inConversation: true,
      modality: 'audio',
      voice: 'slt',
      metadata: null,
      maxOutputTokens: null,
    },
    status: 'cancelled',
    reason: 'barge-in',
    error: null,
    output: [],
    usage: null,
  } satisfies SessionEvent,
  speechStarted: { type: 'speech.started', itemId: 'item_2', startMs: 0 } satisfies SessionEvent,
  sessionEnded: { type: 'session.ended', error: null } satisfies SessionEvent,
  sessionReady: { type: 'session.ready', sessionId: 'sess_1', settings: {} as never } satisfies SessionEvent,
} as const;
