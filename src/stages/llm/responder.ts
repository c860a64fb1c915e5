/**
 * What thinks of an answer: a language model behind HTTP, or the embedded one that needs nothing.
 */
import type { EmotionLabel } from '../fusion/emotion-estimate.js';
import type { EmotionTrend } from '../fusion/emotion-timeline.js';
import type { DialogueAct } from '../response/dialogue-act.js';

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export type DialogueMessage =
  | { readonly role: 'system' | 'user' | 'assistant'; readonly text: string }
  | { readonly role: 'tool-call'; readonly callId: string; readonly name: string; readonly argumentsJson: string }
  | { readonly role: 'tool-result'; readonly callId: string; readonly output: string };

/** What the responder is told of how the person feels; null when unknown, switched off or not allowed. */
export interface EmotionContext {
  readonly label: EmotionLabel;
  /** 0…1 each. */
  readonly arousal: number;
  readonly valence: number;
  readonly dominance: number;
  readonly confidence: number;
  /** Course over the turns. */
  readonly trend: EmotionTrend;
  /** One sentence with the evidence. */
  readonly explanation: string;
}

export interface ResponderRequest {
  readonly callId: string;
  readonly instructions: string;
  /** Oldest first; the last one is what is to be answered. */
  readonly messages: readonly DialogueMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly maxOutputTokens: number | null;
  readonly emotion: EmotionContext | null;
  /** One sentence about earlier calls, as “Last week the delivery made them angry.”; null when there is none. */
  readonly reminder: string | null;
  /** What the reply does about the feeling, most important first. */
  readonly acts: readonly DialogueAct[];
  /** How to address the caller, in sentences for a language model; may be empty. */
  readonly manner: string;
  /** BCP 47, as `en-US`. */
  readonly locale: string;
}

export interface ResponderUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type ResponderEvent =
  | { readonly type: 'text'; readonly delta: string }
  /** What the reply wants to sound like (`apology`, `good-news`, `question` …); before the text it applies to. */
  | { readonly type: 'intent'; readonly intent: ReplyIntent }
  /** Deltas of one call share its id, join to JSON, and at least one comes for every call. */
  | { readonly type: 'tool-call'; readonly callId: string; readonly name: string; readonly argumentsDelta: string }
  | {
      readonly type: 'ended';
      readonly reason: 'completed' | 'max-output-tokens' | 'content-filter';
      readonly usage: ResponderUsage | null;
    };

export type ReplyIntent =
  'inform' | 'greet' | 'acknowledge' | 'apologise' | 'reassure' | 'good-news' | 'question' | 'farewell';

export interface Responder {
  readonly name: string;
  /**
   * Streams an answer; the last event is `ended`. Aborting breaks off within the stream by throwing the signal's reason.
   * Throws RESPONDER_FAILED or RESPONDER_TIMEOUT; nothing was yielded when it could still have been retried.
   */
  respond(request: ResponderRequest, options: { readonly signal: AbortSignal }): AsyncIterable<ResponderEvent>;
}
