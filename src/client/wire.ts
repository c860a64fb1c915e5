/**
 * The seam between a call and the protocol it is made in: what a message of the server means for the sound of the call, and
 * how what the page wants is said.
 *
 * A wire knows neither socket nor speaker. It may remember what the server said of the reply that is being given, and forgets
 * it with the session.
 */
import type { ServerMessage } from './server-event.js';
import type { Settings } from './session-settings.js';
import type { Sound } from './wire-audio.js';

export type ClientMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a message of the server means for the sound of a call; an item is what one reply says aloud. */
export type WireEffect =
  /** The sound that comes next speaks `text`. */
  | { readonly type: 'clause'; readonly itemId: string; readonly text: string }
  | ({ readonly type: 'sound'; readonly itemId: string } & Sound)
  /** All sound of the item has come. */
  | { readonly type: 'sound-over'; readonly itemId: string }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** The person speaks over what is played. */
  | { readonly type: 'barge-in' };

export interface Wire {
  /** Offered when the connection is made, beside the one that carries the key. */
  readonly subprotocol: string;
  /** Type of the message with which a session is there. */
  readonly greeting: string;
  /** What a session is asked for unless the page says otherwise. */
  readonly defaults: Settings;

  /** Where the call is made, from the address that the page gave; never with a key in it. */
  address(url: URL): URL;

  effectsOf(message: ServerMessage): readonly WireEffect[];

  /** The first messages of a session with these settings. */
  begin(settings: Settings): readonly ClientMessage[];

  /** @param settings those that change; @param all what then holds */
  change(settings: Settings, all: Settings): ClientMessage;

  /** @param samples at 24 kHz */
  audio(samples: Float32Array): ClientMessage;

  /** Something said in writing, to be answered. */
  text(text: string): readonly ClientMessage[];

  /** What asks the server to break off the reply that is being given; nothing when there is none. */
  breakOff(): readonly ClientMessage[];

  /** What tells the server that the item was heard so far and no further. */
  heard(item: { readonly itemId: string; readonly audioEndMs: number }): readonly ClientMessage[];

  /** The session is over, and what was known of it. */
  reset(): void;
}
