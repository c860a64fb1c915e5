/**
 * What a thread with somebody else's recogniser is asked and what it answers. Every request has one answer or a typed
 * failure.
 */
import type { SttWord } from '../stt.js';

export type ThreadEngineName = 'transformers' | 'sherpa';

/** `workerData` of an engine thread. */
export interface EngineThreadSettings {
  readonly engine: ThreadEngineName;
  /** Absolute path of the model's folder. */
  readonly folder: string;
  /** Names of the files in it, with `/` between folders. */
  readonly files: readonly string[];
  /** `options` of the folder's model.json; checked by the engine that reads them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly threads: number;
}

export interface UtteranceHints {
  /** BCP 47. */
  readonly language: string | undefined;
  readonly hotwords: readonly string[];
}

export type EngineRequest =
  /** Answered when the model is loaded. */
  | { readonly type: 'load' }
  /** One whole recording; the buffer is transferred. */
  | { readonly type: 'recognise'; readonly samples: Float32Array; readonly hints: UtteranceHints }
  /** The next audio of an utterance; the buffer is transferred. */
  | {
      readonly type: 'feed';
      readonly utteranceId: number;
      /** True for the first audio, which opens the utterance: later audio of one that is lost is refused. */
      readonly isFirst: boolean;
      readonly samples: Float32Array;
      readonly hints: UtteranceHints;
    }
  /** Ends the utterance. */
  | { readonly type: 'finish'; readonly utteranceId: number }
  /** Forgets the utterance; harmless when there is none. */
  | { readonly type: 'drop'; readonly utteranceId: number };

/** What the loaded model can do. */
export interface EngineAbilities {
  /** True when it takes an utterance piece by piece (`feed`, `finish`), false when it takes whole recordings. */
  readonly isStreaming: boolean;
  /** Primary language subtags; null when not known. */
  readonly languages: readonly string[] | null;
}

/** Times are milliseconds from the recording's, or the utterance's, first sample. */
export interface EngineText {
  readonly text: string;
  readonly words: readonly SttWord[];
}

export type EngineAnswer =
  | ({ readonly type: 'loaded' } & EngineAbilities)
  | ({ readonly type: 'text' } & EngineText)
  | { readonly type: 'done' };

/** A recogniser inside its thread. One of the two ways of recognising is used, as `abilities` says. */
export interface ThreadEngine {
  readonly abilities: EngineAbilities;
  recognise(samples: Float32Array, hints: UtteranceHints): Promise<EngineText>;
  openStream(hints: UtteranceHints): EngineStream;
}

/** One utterance of a streaming engine. */
export interface EngineStream {
  feed(samples: Float32Array): EngineText;
  finish(): EngineText;
}
