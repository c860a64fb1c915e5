/**
 * What is made of a caller's turn before it can be answered: transcript, feeling, and both in the conversation.
 *
 * Turns are understood one after the other, in the order in which they were said or typed. A part that fails is told and
 * costs no other; only the end of the session breaks it off.
 */
import { isCancelled, toAttuneError } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import type { Abilities } from '../pipeline/abilities.js';
import type { Feeling, TurnImpression } from '../pipeline/feeling.js';
import type { HeardUtterance } from '../pipeline/heard-utterance.js';
import type { Listener } from '../pipeline/listener.js';
import type { TurnWords } from '../pipeline/turn-estimate.js';
import { encodeTurnRecord, type RecordedModel } from '../pipeline/turn-record.js';
import type { JudgedVoice } from '../pipeline/voice-listening.js';
import type { SttHypothesis } from '../stages/stt/stt.js';
import type { Conversation } from './conversation.js';
import type { MessageItem, NewItem, SessionEvent } from './events.js';
import type { Remembering } from './remembering.js';
import type { Responding } from './responding.js';
import type { SessionSettings } from './settings.js';
import type { TurnClock } from './turn-clock.js';

export interface UnderstandingOptions {
  readonly abilities: Pick<Abilities, 'clock'>;
  /** The session's. */
  readonly scope: Scope;
  readonly conversation: Conversation;
  readonly feeling: Feeling;
  readonly remembering: Remembering;
  readonly responding: Responding;
  readonly listener: Pick<Listener, 'voiceBaseline' | 'transcribe'>;
  readonly settings: () => SessionSettings;
  /** What turns of people who agreed are recorded with; null: none is recorded. */
  readonly recordedModels: readonly RecordedModel[] | null;
  readonly emit: (event: SessionEvent) => void;
}

export class Understanding {
  readonly #options: UnderstandingOptions;
  #settled: Promise<void> = Promise.resolve();

  constructor(options: UnderstandingOptions) {
    this.#options = options;
  }

  /** Settles when everything said or typed so far has been understood. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Resolves with what was said, after transcript and emotion were told. Rejects only when the session ends. */
  hear(utterance: HeardUtterance, item: MessageItem, times: TurnClock): Promise<string> {
    const understood = this.#settled.then(() => this.#understand(utterance, item, times));
    this.#settled = understood.then(() => undefined).catch(ignoreCancel);
    return understood;
  }

  /** An item the client brought: typed text, or recorded speech. */
  read(wanted: NewItem, item: MessageItem): void {
    this.#settled = this.#settled.then(() => this.#readItem(wanted, item)).catch(ignoreCancel);
  }

  async #understand(utterance: HeardUtterance, item: MessageItem, times: TurnClock): Promise<string> {
    const { scope, emit, abilities, settings } = this.#options;
    let hypothesis;
    try {
      hypothesis = await utterance.transcript;
    } catch (error) {
      if (scope.signal.aborted) throw scope.signal.reason;
      emit({ type: 'transcript.failed', itemId: item.id, error: toAttuneError(error, 'transcription_failed') });
      return '';
    }
    times.mark('transcriptMs', abilities.clock.nowMs());
    const { text, confidence, error: shortened } = hypothesis;
    if (shortened) emit({ type: 'degraded', component: 'stt', error: shortened, itemId: item.id });
    const heard = this.#tellTranscript(item, hypothesis);
    if (settings().emotionEnabled) {
      const language = settings().transcription?.language ?? settings().locale;
      const voice = utterance.voice.then((judged) => {
        times.mark('voiceEmotionMs', abilities.clock.nowMs());
        return judged;
      });
      const { speechMs, snrDb } = utterance;
      const words = { text, confidence, language, speechMs, snrDb };
      const impression = await this.#feel(
        heard,
        words,
        voice.then((judged) => judged?.emotion ?? null),
        times,
      );
      this.#record(item.id, { words, voice: await voice, impression });
    }
    return text;
  }

  /** The conversation reads the written form: digits and addresses are what a responder and its tools can use. */
  #tellTranscript(item: MessageItem, hypothesis: SttHypothesis): MessageItem {
    const { text, writtenText = text, writtenSpans = [], words, confidence } = hypothesis;
    const heard = { ...item, text: writtenText };
    this.#options.conversation.replace(heard);
    this.#options.emit({
      type: 'transcript.final',
      itemId: item.id,
      text,
      writtenText,
      writtenSpans,
      words,
      confidence,
      audioMs: item.audioMs,
    });
    return heard;
  }

  async #feel(
    item: MessageItem,
    words: Parameters<Feeling['judge']>[0],
    voice: Parameters<Feeling['judge']>[1],
    times: TurnClock | null,
  ): Promise<TurnImpression> {
    const { feeling, scope, conversation, remembering, responding, listener, emit } = this.#options;
    const impression = await feeling.judge(words, voice, scope.signal);
    const { estimate, trend, expressions, sentimentAtMs, fusedAtMs } = impression;
    times?.mark('textSentimentMs', sentimentAtMs);
    times?.mark('fusionMs', fusedAtMs);
    conversation.replace({ ...item, emotion: estimate });
    remembering.note(estimate, { text: words.text, language: words.language });
    if (listener.voiceBaseline !== null) remembering.noteVoice(listener.voiceBaseline);
    emit({ type: 'emotion.estimated', itemId: item.id, final: true, estimate, trend, expressions });
    responding.noteTurn(item.id, feeling.context());
    return impression;
  }

  #record(
    itemId: string,
    {
      words,
      voice,
      impression,
    }: { readonly words: TurnWords; readonly voice: JudgedVoice | null; readonly impression: TurnImpression },
  ): void {
    const { recordedModels: models, remembering, abilities } = this.#options;
    if (models === null || !remembering.mayRecord) return;
    const atMs = abilities.clock.wallTimeMs();
    const { estimate, expressions, textJudged } = impression;
    const text = encodeTurnRecord({ atMs, itemId, words, voice, textJudged, models, estimate, expressions });
    remembering.noteRecording({ id: itemId, atMs, text });
  }

  async #readItem(wanted: NewItem, item: MessageItem): Promise<void> {
    const { listener, scope, emit, settings } = this.#options;
    let read = item;
    let { text } = item;
    let confidence: number | null = null;
    if (wanted.kind === 'speech' && item.text === null) {
      try {
        const heard = await listener.transcribe(wanted.frame, scope);
        ({ text, confidence } = heard);
        read = this.#tellTranscript(item, heard);
      } catch (error) {
        if (isCancelled(error)) throw error;
        emit({ type: 'transcript.failed', itemId: item.id, error: toAttuneError(error, 'transcription_failed') });
        return;
      }
    }
    if (!settings().emotionEnabled || text === null) return;
    const words = { text, confidence, language: settings().locale, speechMs: 0, snrDb: null };
    await this.#feel(read, words, Promise.resolve(null), null);
  }
}

function ignoreCancel(error: unknown): void {
  if (!isCancelled(error)) throw error;
}
