/**
 * A codec of a telephone platform: as any other, and it knows the call only once the platform has introduced it.
 */
import { AttuneError, toAttuneError } from '../../core/errors.js';
import { isDigit, type ClientEvent } from '../../session/events.js';
import type { HeldSound } from '../../session/settings.js';
import { ProtocolError, type Protocol } from '../protocol.js';

export interface PhoneStart {
  /** The platform's name of the call. */
  readonly callId: string;
  /** What the operator's configuration of the platform says about it. May hold a key: never log it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** False: the platform only lets us listen. */
  readonly maySpeak: boolean;
}

export interface PhoneProtocol extends Protocol {
  /** Null until the platform has said which call this is. */
  readonly start: PhoneStart | null;
  /** Paused: the line falls silent on `reply.held`, and goes on where it stopped on `reply.resumed`. */
  readonly heldSound: HeldSound;
}

/** A client event without the id that telephones do not give. */
export type PhoneEvent = ClientEvent extends infer E
  ? E extends ClientEvent
    ? Omit<E, 'clientEventId'>
    : never
  : never;

/** Sound of a minute in base64 is below it. */
const mostTextChars = 1 << 20;

/** Throws ProtocolError for whatever `decode` throws. */
export function decoded(decode: () => readonly PhoneEvent[]): readonly ClientEvent[] {
  try {
    return decode().map((event) => ({ clientEventId: null, ...event }));
  } catch (error) {
    throw new ProtocolError(toAttuneError(error, 'invalid_event'), null);
  }
}

/** Throws invalid_value. */
export function checkedText(message: string): string {
  if (message.length > mostTextChars)
    throw new AttuneError('invalid_value', `a message of ${message.length} characters is no message of a telephone`);
  return message;
}

/** What is sound before the platform introduced the call, or from nowhere. Throws invalid_event. */
export function started<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new AttuneError('invalid_event', 'the call was not introduced yet');
  return value;
}

/** Nothing for what is no key of a telephone. */
export function digitEvents(digit: string): readonly PhoneEvent[] {
  return isDigit(digit) ? [{ type: 'digit.pressed', digit }] : [];
}
