/**
 * A responder that never reads who somebody is: names, numbers and addresses of the conversation are masked before it is asked.
 *
 * The instructions are the operator's and stay. What a tool gets to see is what the model read, so a tool that needs an order
 * number does not get one: whoever masks prompts collects such things elsewhere.
 */
import { maskPersonalData } from '../../privacy/masking/mask-personal-data.js';
import type { DialogueMessage, Responder, ResponderEvent, ResponderRequest } from './responder.js';

export class MaskedResponder implements Responder {
  readonly name: string;
  readonly #responder: Responder;

  constructor(responder: Responder) {
    this.name = `masked ${responder.name}`;
    this.#responder = responder;
  }

  respond(request: ResponderRequest, options: { readonly signal: AbortSignal }): AsyncIterable<ResponderEvent> {
    const mask = (text: string): string => maskPersonalData(text, request.locale).text;
    const { emotion, reminder } = request;
    return this.#responder.respond(
      {
        ...request,
        messages: request.messages.map((message) => maskedMessage(message, mask)),
        emotion: emotion && { ...emotion, explanation: mask(emotion.explanation) },
        reminder: reminder === null ? null : mask(reminder),
      },
      options,
    );
  }
}

function maskedMessage(message: DialogueMessage, mask: (text: string) => string): DialogueMessage {
  switch (message.role) {
    case 'tool-call':
      return { ...message, argumentsJson: maskedJson(message.argumentsJson, mask) };
    case 'tool-result':
      return { ...message, output: maskedJson(message.output, mask) };
    default:
      return { ...message, text: mask(message.text) };
  }
}

/** JSON stays JSON: its texts are masked one by one, and its long numbers. Anything else is masked as text. */
function maskedJson(text: string, mask: (text: string) => string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return mask(text);
  }
  return JSON.stringify(maskedValue(value, mask));
}

function maskedValue(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'number') {
    const masked = mask(String(value));
    return masked === String(value) ? value : masked;
  }
  if (Array.isArray(value)) return value.map((one) => maskedValue(one, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskedValue(one, mask)]));
}
