// PLACEHOLDER by lead 20:39 so that end-to-end work can go on: helper for responders, overwrite this file with the real one.
import type { Clock } from '../../core/clock.js';
import type { Responder, ResponderEvent, ResponderRequest } from './responder.js';
export class EmbeddedResponder implements Responder {
  readonly name = 'embedded';
  constructor(_options: { readonly clock: Clock }) {}
  async *respond(_request: ResponderRequest): AsyncIterable<ResponderEvent> {
    yield { type: 'intent', intent: 'inform' };
    for (const word of 'I hear you. Let me look at that for you, one moment please, and then we will see what we can do about it together.'.split(' ')) yield { type: 'text', delta: `${word} ` };
    yield { type: 'ended', reason: 'completed', usage: null };
  }
}
