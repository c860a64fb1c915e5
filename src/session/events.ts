/**
 * What goes into a session and what comes out of it: the one turn model that every wire protocol translates.
 *
 * Times on the caller's audio are milliseconds from the first sample of the session (`audioMs`); ids are opaque strings
 * made by the session. Every reply that started ends with `reply.ended`, every item that was added becomes `item.done`.
 */
import type { AudioFrame } from '../audio/audio-frame.js';
import type { AttuneError } from '../core/errors.js';
import type { LineToneName } from '../dsp/line-tone-detector.js';
import type { Consent } from '../privacy/consent.js';
import type { EmotionEstimate, EmotionLabel } from '../stages/fusion/emotion-estimate.js';
import type { EmotionTrend } from '../stages/fusion/emotion-timeline.js';
import type { ExpressionScores } from '../stages/fusion/expression-scores.js';
import type { SttWord } from '../stages/stt/stt.js';
import type { WrittenSpan } from '../stages/stt/written-form/written-span.js';
import type { SpeakingStyle } from '../stages/tts/speaking-style.js';
import type { ResponseDecision } from '../stages/response/response-policy.js';
import type { Escalation } from '../stages/response/response-rule.js';
import type { ResponderUsage, ToolChoice, ToolDefinition } from '../stages/llm/responder.js';
import type { SessionSettings, SettingsPatch } from './settings.js';

/** One entry of the conversation, oldest first in the history. */
export type ConversationItem = MessageItem | ToolCallItem | ToolResultItem;

export interface MessageItem {
  readonly kind: 'message';
  readonly id: string;
  readonly role: 'system' | 'user' | 'assistant';
  readonly status: ItemStatus;
  /** What was typed or said; null for speech that is not transcribed yet. */
  readonly text: string | null;
  /** True when it came in or goes out as sound. */
  readonly spoken: boolean;
  /** Duration of the sound; for an assistant's item what was made so far. 0 for text. */
  readonly audioMs: number;
  /** How the person sounded and what the words say; absent when not estimated. */
  readonly emotion?: EmotionEstimate;
}

export interface ToolCallItem {
  readonly kind: 'tool-call';
  readonly id: string;
  readonly status: ItemStatus;
  readonly callId: string;
  readonly name: string;
  readonly argumentsJson: string;
}

export interface ToolResultItem {
  readonly kind: 'tool-result';
  readonly id: string;
  readonly status: ItemStatus;
  readonly callId: string;
  readonly output: string;
}

export type ItemStatus = 'in-progress' | 'completed' | 'incomplete';

export type ReplyStatus = 'completed' | 'cancelled' | 'failed' | 'incomplete';

export type ReplyEndReason =
  'finished' | 'barge-in' | 'client-cancelled' | 'max-output-tokens' | 'content-filter' | 'error' | 'session-ended';

export interface ReplyDescription {
  readonly id: string;
  /** False for an answer outside the conversation. */
  readonly inConversation: boolean;
  readonly modality: 'audio' | 'text';
  readonly voice: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly maxOutputTokens: number | null;
}

/** Where one turn's time went: instants on the session's clock, milliseconds; absent steps did not happen. */
export interface TurnTiming {
  /** End of the caller's speech, placed on the clock by the arrival of its last frame. */
  readonly speechEndMs: number;
  readonly endpointMs: number;
  readonly transcriptMs?: number;
  readonly voiceEmotionMs?: number;
  readonly textSentimentMs?: number;
  readonly fusionMs?: number;
  readonly replyRequestedMs?: number;
  readonly firstTokenMs?: number;
  readonly firstClauseMs?: number;
  readonly firstAudioMs?: number;
}

/** Fields that the events of one output item share. */
interface ReplyPart {
  readonly replyId: string;
  readonly itemId: string;
  readonly outputIndex: number;
}

export type SessionEvent =
  | { readonly type: 'session.ready'; readonly sessionId: string; readonly settings: SessionSettings }
  | { readonly type: 'settings.updated'; readonly settings: SessionSettings }
  | { readonly type: 'notice'; readonly text: string }
  /** The person was looked up, or what they agreed to has changed. */
  | {
      readonly type: 'person.recalled';
      readonly consent: Consent;
      /** Turns remembered from earlier calls. */
      readonly turnCount: number;
      readonly reminder: string | null;
    }
  | { readonly type: 'input.cleared' }
  | { readonly type: 'input.idle'; readonly itemId: string; readonly startMs: number; readonly endMs: number }
  | { readonly type: 'speech.started'; readonly itemId: string; readonly startMs: number }
  | { readonly type: 'speech.ended'; readonly itemId: string; readonly endMs: number }
  | { readonly type: 'utterance.committed'; readonly itemId: string; readonly previousItemId: string | null }
  | { readonly type: 'item.added'; readonly item: ConversationItem; readonly previousItemId: string | null }
  | { readonly type: 'item.done'; readonly item: ConversationItem; readonly previousItemId: string | null }
  | { readonly type: 'item.retrieved'; readonly item: ConversationItem }
  | { readonly type: 'item.deleted'; readonly itemId: string }
  | { readonly type: 'item.truncated'; readonly itemId: string; readonly audioEndMs: number }
  /** A key of the caller's telephone. Keys become an entry: a message of the user. */
  | { readonly type: 'digit.pressed'; readonly digit: Digit }
  /** A machine on the caller's side. Times on the caller's audio. */
  | {
      readonly type: 'tone.detected';
      readonly tone: LineToneName;
      readonly frequencyHz: number;
      readonly startMs: number;
      readonly endMs: number;
    }
  /** `text` is all that is known so far; `stableText` is the part that will not change. */
  | { readonly type: 'transcript.partial'; readonly itemId: string; readonly text: string; readonly stableText: string }
  | {
      readonly type: 'transcript.final';
      readonly itemId: string;
      /** The spoken words with capitals and punctuation. */
      readonly text: string;
      /** The same in written form; the item's text in the conversation. */
      readonly writtenText: string;
      /** Its pieces and the words each stands for; empty when the recogniser does not tell. */
      readonly writtenSpans: readonly WrittenSpan[];
      readonly words: readonly SttWord[];
      readonly confidence: number;
      readonly audioMs: number;
    }
  | { readonly type: 'transcript.failed'; readonly itemId: string; readonly error: AttuneError }
  /** `final` is false while the caller still speaks. */
  | {
      readonly type: 'emotion.estimated';
      readonly itemId: string;
      readonly final: boolean;
      readonly estimate: EmotionEstimate;
      readonly trend: EmotionTrend;
      /** The 48 expressions of a whole turn; null while the caller speaks. */
      readonly expressions: ExpressionScores | null;
    }
  /** The operator's people should know of the caller, or take over, by one of the response rules. */
  | {
      readonly type: 'escalation';
      readonly itemId: string;
      /** Name of the rule. */
      readonly rule: string;
      readonly action: Escalation['action'];
      readonly reason: string;
      readonly label: EmotionLabel;
      readonly confidence: number;
      readonly trend: EmotionTrend;
      /** BCP 47, of the call. */
      readonly locale: string;
      /** Holds words of the caller. */
      readonly explanation: string;
    }
  /** `decision` is how the reply responds to the feeling, and by which rules. */
  | { readonly type: 'reply.started'; readonly reply: ReplyDescription; readonly decision: ResponseDecision }
  | ({
      readonly type: 'reply.message.started';
      readonly previousItemId: string | null;
      readonly inConversation: boolean;
      readonly modality: 'audio' | 'text';
    } & ReplyPart)
  | ({ readonly type: 'reply.text'; readonly delta: string; readonly modality: 'audio' | 'text' } & ReplyPart)
  /** A clause begins; the sound that follows, up to the next one, is its. */
  | ({ readonly type: 'reply.clause'; readonly text: string; readonly style: SpeakingStyle } & ReplyPart)
  /** 16 kHz mono; consecutive within an item. */
  | ({ readonly type: 'reply.audio'; readonly samples: Float32Array; readonly sampleRateHz: number } & ReplyPart)
  /**
   * Speech over the reply: a client that pauses plays none of its sound until `reply.resumed`, or the end of the reply.
   * `unplayedMs` of what the item has sent is what the client has left where it stops: one that throws it away plays as much again.
   */
  | ({ readonly type: 'reply.held'; readonly heardMs: number; readonly unplayedMs: number } & ReplyPart)
  | ({ readonly type: 'reply.resumed' } & ReplyPart)
  | ({
      readonly type: 'reply.message.ended';
      readonly item: MessageItem;
      readonly previousItemId: string | null;
      readonly inConversation: boolean;
      readonly modality: 'audio' | 'text';
    } & ReplyPart)
  | ({
      readonly type: 'reply.tool.started';
      readonly item: ToolCallItem;
      readonly previousItemId: string | null;
      readonly inConversation: boolean;
    } & ReplyPart)
  | ({ readonly type: 'reply.tool.delta'; readonly callId: string; readonly delta: string } & ReplyPart)
  | ({
      readonly type: 'reply.tool.ended';
      readonly item: ToolCallItem;
      readonly previousItemId: string | null;
      readonly inConversation: boolean;
    } & ReplyPart)
  | {
      readonly type: 'reply.ended';
      readonly reply: ReplyDescription;
      readonly status: ReplyStatus;
      readonly reason: ReplyEndReason;
      readonly error: AttuneError | null;
      readonly output: readonly ConversationItem[];
      readonly usage: ResponderUsage | null;
    }
  /** The caller waits: nothing they do counts, and nothing is said to them, until `call.taken-back`. */
  | { readonly type: 'call.held' }
  | { readonly type: 'call.taken-back'; readonly heldMs: number }
  /** Sound for the caller's line that belongs to no reply: of waiting, or of a line that is not dead. 16 kHz mono. */
  | { readonly type: 'line.audio'; readonly samples: Float32Array; readonly sampleRateHz: number }
  /** A component failed but the call goes on, perhaps with less: says which and why. */
  | {
      readonly type: 'degraded';
      readonly component: string;
      readonly error: AttuneError;
      readonly itemId: string | null;
    }
  | { readonly type: 'turn.timed'; readonly itemId: string; readonly replyId: string; readonly timing: TurnTiming }
  | { readonly type: 'request.failed'; readonly error: AttuneError; readonly clientEventId: string | null }
  /** A person takes over: the session ends, and the client puts the caller through. */
  | { readonly type: 'call.transferred'; readonly reason: string }
  | { readonly type: 'session.ended'; readonly error: AttuneError | null };

export interface ReplyRequest {
  readonly inConversation: boolean;
  /** Replaces the conversation as input; item references are resolved by the session. */
  readonly input: readonly (NewItem | { readonly kind: 'reference'; readonly id: string })[] | null;
  readonly instructions: string | null;
  readonly modality: 'audio' | 'text' | null;
  readonly voice: string | null;
  readonly tools: readonly ToolDefinition[] | null;
  readonly toolChoice: ToolChoice | null;
  /** Undefined keeps the session's. */
  readonly maxOutputTokens?: number | null;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** A reply as the session's settings have it. */
export const ordinaryReply: ReplyRequest = {
  inConversation: true,
  input: null,
  instructions: null,
  modality: null,
  voice: null,
  tools: null,
  toolChoice: null,
  metadata: null,
};

/** A key of a telephone: 0…9, `*`, `#`, A…D. */
export type Digit = string;

export function isDigit(text: string): text is Digit {
  return /^[0-9*#A-D]$/u.test(text);
}

/** An item a client brings along. */
export type NewItem =
  | {
      readonly kind: 'message';
      readonly id?: string;
      readonly role: 'system' | 'user' | 'assistant';
      readonly text: string;
    }
  /** Recorded speech of the user, 16-bit audio already decoded. */
  | { readonly kind: 'speech'; readonly id?: string; readonly frame: AudioFrame; readonly transcript: string | null }
  | {
      readonly kind: 'tool-call';
      readonly id?: string;
      readonly callId: string;
      readonly name: string;
      readonly argumentsJson: string;
    }
  | { readonly kind: 'tool-result'; readonly id?: string; readonly callId: string; readonly output: string };

export type ClientEvent = { readonly clientEventId: string | null } & (
  | { readonly type: 'audio'; readonly frame: AudioFrame }
  /** A key of the caller's telephone. */
  | { readonly type: 'digit.pressed'; readonly digit: Digit }
  /** The client has played the first `playedMs` of a spoken item to the caller. */
  | { readonly type: 'playback.reached'; readonly itemId: string; readonly playedMs: number }
  | { readonly type: 'input.commit' }
  | { readonly type: 'input.clear' }
  | { readonly type: 'settings.update'; readonly patch: SettingsPatch }
  /** `after` is `root`, an item's id, or null for the end. */
  | { readonly type: 'item.create'; readonly item: NewItem; readonly after: string | null }
  | { readonly type: 'item.retrieve'; readonly itemId: string }
  | { readonly type: 'item.delete'; readonly itemId: string }
  | { readonly type: 'item.truncate'; readonly itemId: string; readonly audioEndMs: number }
  /** `overtakes`: breaks off the reply in the conversation, where there is one; otherwise that one refuses another. */
  | { readonly type: 'reply.create'; readonly request: ReplyRequest; readonly overtakes?: boolean }
  /** Said as it is, as a turn of the assistant. */
  | { readonly type: 'reply.say'; readonly text: string }
  | { readonly type: 'reply.cancel'; readonly replyId: string | null }
  /** The caller is to wait, and no longer; asked for again, nothing changes. */
  | { readonly type: 'call.hold' }
  | { readonly type: 'call.take-back' }
  /** Whatever is being said is broken off; the call ends once the farewell was heard, at once without one. */
  | { readonly type: 'hang-up'; readonly farewell: string | null }
);

/** True for events after which what was held back of a reply is heard: it goes on, or has ended without being broken off. */
export function releasesAssistant(event: SessionEvent): boolean {
  return event.type === 'reply.resumed' || (event.type === 'reply.ended' && event.status !== 'cancelled');
}

/** True for events after which nothing of what was being said or sounded may be heard. */
export function silencesAssistant(event: SessionEvent): boolean {
  return (
    event.type === 'speech.started' ||
    event.type === 'digit.pressed' ||
    event.type === 'call.taken-back' ||
    (event.type === 'reply.ended' && event.status === 'cancelled')
  );
}
