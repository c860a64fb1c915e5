/**
 * The messages of `/v1/realtime` that a page acts on, as types: the protocol's own and Attune's (`attune.*`).
 *
 * docs/protocols/openai-realtime.md says what each field means. Messages of other types are delivered as `ServerMessage`.
 */

/** Any message of the server. */
export interface ServerMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

export type EmotionCategory = 'neutral' | 'calm' | 'happy' | 'sad' | 'angry' | 'fearful' | 'disgusted' | 'surprised';
export type EmotionLabel = EmotionCategory | 'unknown';

export interface EmotionEvidence {
  readonly modality: 'voice' | 'text';
  readonly kind: 'tone' | 'pitch' | 'loudness' | 'rate' | 'word' | 'wording';
  readonly description: string;
  readonly direction: 'toward' | 'away';
  readonly strength: number;
}

export interface Emotion {
  readonly label: EmotionLabel;
  readonly categories: Readonly<Record<EmotionCategory, number>>;
  readonly arousal: number;
  readonly valence: number;
  readonly dominance: number;
  readonly confidence: number;
  readonly weights: { readonly voice: number; readonly text: number };
  readonly evidence: readonly EmotionEvidence[];
  readonly counterfactual: {
    readonly without_voice: { readonly label: EmotionLabel; readonly probability: number };
    readonly without_text: { readonly label: EmotionLabel; readonly probability: number };
  };
  readonly explanation: string;
  readonly disagreement: number;
}

export interface RecognisedWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
}

export interface WireError {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
}

/** Instants on one clock; only differences mean something. */
export interface TurnTiming {
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

export interface SpeakingStyle {
  readonly pitch_shift_semitones: number;
  readonly pitch_range_scale: number;
  readonly rate_scale: number;
  readonly gain_db: number;
  readonly pause_scale: number;
}

export interface ConversationItem {
  readonly id: string;
  readonly type: 'message' | 'function_call' | 'function_call_output';
  readonly role?: 'system' | 'user' | 'assistant';
  readonly status?: string;
  readonly content?: readonly { readonly type: string; readonly text?: string; readonly transcript?: string | null }[];
}

export interface ResponseObject {
  readonly id: string;
  readonly status: 'in_progress' | 'completed' | 'cancelled' | 'failed' | 'incomplete';
  readonly status_details: { readonly reason?: string; readonly error?: WireError } | null;
  readonly output: readonly ConversationItem[];
}

interface OfItem {
  readonly item_id: string;
}

interface OfReply extends OfItem {
  readonly response_id: string;
}

type Session = Readonly<Record<string, unknown>> & { readonly id: string };

/** Fields by type of message; `type` itself is left out. */
interface ServerEventFields {
  'session.created': { readonly session: Session };
  'session.updated': { readonly session: Session };
  'input_audio_buffer.speech_started': OfItem & { readonly audio_start_ms: number };
  'input_audio_buffer.speech_stopped': OfItem & { readonly audio_end_ms: number };
  'input_audio_buffer.committed': OfItem & { readonly previous_item_id: string | null };
  'conversation.item.added': { readonly item: ConversationItem; readonly previous_item_id: string | null };
  'conversation.item.done': { readonly item: ConversationItem; readonly previous_item_id: string | null };
  'conversation.item.retrieved': { readonly item: ConversationItem };
  'conversation.item.truncated': OfItem & { readonly audio_end_ms: number };
  'conversation.item.input_audio_transcription.delta': OfItem & { readonly delta: string };
  'conversation.item.input_audio_transcription.completed': OfItem & { readonly transcript: string };
  'conversation.item.input_audio_transcription.failed': OfItem & { readonly error: WireError };
  'response.created': { readonly response: ResponseObject };
  'response.done': { readonly response: ResponseObject };
  'response.output_item.added': { readonly response_id: string; readonly item: ConversationItem };
  'response.output_audio.delta': OfReply & { readonly delta: string };
  'response.output_audio.done': OfReply;
  'response.output_audio_transcript.delta': OfReply & { readonly delta: string };
  'response.output_audio_transcript.done': OfReply & { readonly transcript: string };
  'response.output_text.delta': OfReply & { readonly delta: string };
  'response.output_text.done': OfReply & { readonly text: string };
  error: { readonly error: WireError & { readonly event_id: string | null } };
  'attune.notice': { readonly text: string };
  'attune.transcript': OfItem & { readonly text: string; readonly stable_text: string };
  'attune.words': OfItem & {
    readonly text: string;
    readonly confidence: number;
    readonly words: readonly RecognisedWord[];
    readonly written: readonly RecognisedWord[];
  };
  'attune.emotion': OfItem & {
    readonly final: boolean;
    readonly emotion: Emotion;
    readonly trend: string;
    readonly expressions?: Readonly<Record<string, number>>;
  };
  'attune.response': {
    readonly response_id: string;
    readonly acts: readonly string[];
    readonly rules: readonly string[];
    readonly strength: number;
    readonly style: SpeakingStyle;
  };
  'attune.clause': OfReply & { readonly text: string };
  'attune.hold': OfReply & { readonly audio_end_ms: number };
  'attune.resume': OfReply;
  'attune.timing': OfItem & { readonly response_id: string; readonly timing: TurnTiming };
  'attune.escalation': OfItem & { readonly action: string; readonly reason: string; readonly rule: string };
  'attune.call.held': object;
  'attune.call.taken_back': { readonly held_ms: number };
  'attune.tone': {
    readonly tone: 'fax-calling' | 'fax-answering' | 'beep';
    readonly frequency_hz: number;
    readonly audio_start_ms: number;
    readonly audio_end_ms: number;
  };
  'attune.degraded': { readonly component: string; readonly error: WireError; readonly item_id: string | null };
  'attune.person': {
    readonly consent: Readonly<Record<'emotion' | 'memory' | 'recording', string>>;
    readonly remembered_turns: number;
    readonly reminder: string | null;
  };
}

/** The message of each type. */
export type ServerEvents = { [Type in keyof ServerEventFields]: { readonly type: Type } & ServerEventFields[Type] };

export type ServerEvent = ServerEvents[keyof ServerEvents];
