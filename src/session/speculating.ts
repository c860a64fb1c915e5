/**
 * Prepares the answer to a turn that may well be over: judges the feeling and decides the response as the end of the turn
 * would, without noting any of it, and lets the answer be made.
 *
 * The conversation, the course of the feeling, memory and client learn nothing. Whether the answer is used, the question that
 * the finished turn asks decides; see pipeline/speculation.ts.
 */
import type { Scope } from '../core/scope.js';
import type { Feeling } from '../pipeline/feeling.js';
import type { ListenerEvent } from '../pipeline/listener.js';
import type { Speculation } from '../pipeline/speculation.js';
import type { Replies } from './replies.js';
import type { Responding } from './responding.js';
import type { SessionSettings } from './settings.js';

export interface SpeculatingOptions {
  readonly speculation: Speculation;
  /** The session's. */
  readonly scope: Scope;
  readonly feeling: Pick<Feeling, 'foresee'>;
  readonly responding: Pick<Responding, 'foresee'>;
  readonly replies: Pick<Replies, 'questionAfter'>;
  readonly settings: () => SessionSettings;
  /** False when the turn would not be answered, or not by the responder. */
  readonly mayAnswer: () => boolean;
}

export class Speculating {
  readonly #options: SpeculatingOptions;
  /** Judging and deciding, before the answer is begun. */
  #preparing: Scope | undefined;

  constructor(options: SpeculatingOptions) {
    this.#options = options;
  }

  expect({ hypothesis, voice, speechMs, snrDb }: Extract<ListenerEvent, { type: 'turn-expected' }>): void {
    const { scope, feeling, responding, replies, settings, speculation, mayAnswer } = this.#options;
    const { text, writtenText = text, confidence } = hypothesis;
    if (text === '' || !mayAnswer()) return;
    this.turnEnded();
    const preparing = scope.child('expected-turn');
    this.#preparing = preparing;
    preparing.spawn('prepare', async (signal) => {
      const { emotionEnabled, transcription, locale } = settings();
      const language = transcription?.language ?? locale;
      const words = { text, confidence, language, speechMs, snrDb };
      const emotion = emotionEnabled ? await feeling.foresee(words, voice, signal) : null;
      signal.throwIfAborted();
      speculation.begin(replies.questionAfter(writtenText, emotion, responding.foresee(emotion)));
    });
  }

  /** The turn is over: what was not begun by now comes too late. */
  turnEnded(): void {
    const preparing = this.#preparing;
    if (!preparing) return;
    this.#preparing = undefined;
    preparing.cancel('superseded');
    this.#options.scope.spawn('end-expected-turn', () => preparing[Symbol.asyncDispose]());
  }

  /** The caller goes on, or the turn is not answered. */
  giveUp(): void {
    this.turnEnded();
    this.#options.speculation.discard();
  }
}
