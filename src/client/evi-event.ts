/**
 * The messages of Hume's EVI that a page acts on, as types. docs/protocols/evi.md says when each comes.
 */

/** Scores of 0…1 by name of the expression, from `Admiration` to `Triumph`; absent for typed words, and where none are inferred. */
export interface EviModels {
  readonly prosody?: { readonly scores: Readonly<Record<string, number>> } | null;
}

interface Chat {
  readonly custom_session_id?: string | null;
}

/** Fields by type of message; `type` itself is left out. */
interface EviEventFields {
  chat_metadata: Chat & {
    readonly chat_id: string;
    readonly chat_group_id: string;
    readonly request_id?: string | null;
  };
  user_message: Chat & {
    readonly message: { readonly role: 'user'; readonly content: string };
    readonly models: EviModels;
    /** Milliseconds of the caller's sound. */
    readonly time: { readonly begin: number; readonly end: number };
    readonly from_text: boolean;
    /** True while the caller speaks; the words may still change. */
    readonly interim: boolean;
  };
  user_interruption: Chat & { readonly time: number };
  /** One a clause. */
  assistant_message: Chat & {
    readonly id: string;
    readonly message: { readonly role: 'assistant'; readonly content: string };
    readonly models: EviModels;
    readonly from_text: boolean;
    readonly is_quick_response: boolean;
  };
  assistant_prosody: Chat & { readonly id: string; readonly models: EviModels };
  /** A whole WAV file in base64. */
  audio_output: Chat & { readonly id: string; readonly index: number; readonly data: string };
  assistant_end: Chat;
  tool_call: Chat & {
    readonly name: string;
    /** JSON in a string. */
    readonly parameters: string;
    readonly tool_call_id: string;
    readonly tool_type: 'function' | 'builtin';
    readonly response_required: boolean;
  };
  error: Chat & { readonly code: string; readonly slug: string; readonly message: string };
}

/** The message of each type. */
export type EviEvents = { [Type in keyof EviEventFields]: { readonly type: Type } & EviEventFields[Type] };

export type EviEvent = EviEvents[keyof EviEvents];
