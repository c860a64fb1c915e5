/**
 * What a client may choose for its session, independent of any wire format. Codecs validate; here the values are sound.
 */
import type { Consent } from '../privacy/consent.js';
import type { EmotionPurpose } from '../privacy/emotion-purpose.js';
import type { ToolChoice, ToolDefinition } from '../stages/llm/responder.js';

export type Eagerness = 'low' | 'medium' | 'high';

interface Interrupting {
  /** Speech over the assistant that stops it whatever its words are; absent, as the pipeline has it. */
  readonly certainInterruptionMs?: number;
  readonly createReply: boolean;
  readonly interruptReply: boolean;
}

export type TurnDetection =
  | ({
      readonly type: 'silence';
      /** Speech probability above which a window counts as speech, 0…1. */
      readonly threshold: number;
      readonly prefixPaddingMs: number;
      readonly silenceDurationMs: number;
      /** Tells the client and answers after this much silence; null never. */
      readonly idleTimeoutMs: number | null;
    } & Interrupting)
  | ({
      readonly type: 'semantic';
      readonly eagerness: Eagerness;
    } & Interrupting);

/** A silent caller is asked `prompts` times, then the call ends with a farewell; Infinity: never for that reason. */
export interface SilencePolicy {
  readonly promptAfterMs: number;
  readonly prompts: number;
}

/** What a call does when a machine is on the line: hang up, start the greeting again, or only tell. */
export interface ToneReactions {
  readonly fax: 'hang-up' | 'tell';
  readonly beep: 'greet' | 'tell';
}

/**
 * What the client does with sound it has when a reply is held: it plays that to its end, or pauses until the reply resumes. A
 * line that forgets what it has and is sent it again pauses, too.
 */
export type HeldSound = 'played' | 'paused';

export interface TranscriptionSettings {
  /** BCP 47 or null for the session's locale. */
  readonly language: string | null;
  /** Words and phrases to listen for, as `stages/stt/hotwords.ts` writes them: names, menu options. */
  readonly hotwords: readonly string[];
}

export interface SessionSettings {
  readonly instructions: string;
  readonly modality: 'audio' | 'text';
  readonly voice: string;
  /** Factor on the speaking rate, 0.25…1.5. */
  readonly speed: number;
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  /** True: the assistant may end the call, by the tool of hang-up.ts. */
  readonly mayHangUp: boolean;
  /** True: a response rule may hand the call to a person; the session says so and ends. */
  readonly mayTransfer: boolean;
  /** Said first, as it is; null: the caller begins. */
  readonly greeting: string | null;
  /** Null: a silent caller is waited for. */
  readonly silence: SilencePolicy | null;
  /** Null: nobody listens for the tones of machines. */
  readonly tones: ToneReactions | null;
  /** True: the assistant may put the caller on hold, by the tool of hold.ts. */
  readonly mayHold: boolean;
  /** What a caller on hold hears from us. */
  readonly holdSound: 'tone' | 'noise' | 'none';
  readonly maxOutputTokens: number | null;
  readonly heldSound: HeldSound;
  /** Null: the client does not want transcripts (Attune still transcribes to answer). */
  readonly transcription: TranscriptionSettings | null;
  /** Null: the client commits and asks for replies itself. */
  readonly turnDetection: TurnDetection | null;
  /** False switches every emotion inference of this call off. */
  readonly emotionEnabled: boolean;
  /** What emotion is inferred for in this call; a forbidden purpose switches it off. */
  readonly purpose: EmotionPurpose;
  /** BCP 47. */
  readonly locale: string;
  /** Who is speaking, as the client knows them; null when it does not say. Never leaves the session but to the memory. */
  readonly person: string | null;
  /** What the client says that the person agreed to; what it leaves out stays as it was. */
  readonly consent: Partial<Consent>;
}

export type SettingsPatch = Partial<SessionSettings>;

export const semanticTurnDetection: TurnDetection = {
  type: 'semantic',
  eagerness: 'medium',
  createReply: true,
  interruptReply: true,
};
