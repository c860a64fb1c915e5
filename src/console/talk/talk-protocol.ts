/**
 * What the Talk view needs of a protocol: a client that speaks it, its settings, and the conversation that its events make.
 */
import type { AttuneClient, ClientProtocol } from '../../client/attune-client.js';
import type { Settings } from '../../client/session-settings.js';
import type { Conversation } from './conversation.js';

export interface TalkSettings {
  readonly protocol: ClientProtocol;
  readonly voice: string;
  readonly locale: string;
  /** Empty for the server's own instructions. */
  readonly persona: string;
  /** Who is speaking; empty for nobody known. */
  readonly person: string;
  readonly remember: boolean;
  readonly record: boolean;
}

export interface TalkClientOptions {
  readonly apiKey: string | null;
  readonly settings: TalkSettings;
  /** Told of every change of the conversation. */
  readonly onChange: (change: (before: Conversation) => Conversation) => void;
}

export interface TalkProtocol {
  sessionOf(settings: TalkSettings): Settings;
  openClient(options: TalkClientOptions): AttuneClient<ClientProtocol>;
}

/** The address of calls on this page's own server. */
export function callAddress(path: string): URL {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url;
}
