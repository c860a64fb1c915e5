/**
 * Speech to text by an engine that is driven from outside: opens utterances, refuses languages, ends what is open.
 *
 * What the engine is, its tasks know; this class owns the utterances in progress and disposes the engine after them.
 */
import { AttuneError } from '../../../core/errors.js';
import { primaryLanguage } from '../../../core/language-tag.js';
import type { Stt, SttOpenOptions, SttUtterance } from '../stt.js';
import { DrivenUtterance, type DrivenUtteranceOptions } from './driven-utterance.js';
import type { TaskRequest, UtteranceTask } from './utterance-task.js';

export interface DrivenSttOptions extends Omit<DrivenUtteranceOptions, 'openTask'> {
  readonly name: string;
  /** Primary language subtags the model knows; null when that is not known here, and every language is tried. */
  readonly languages: readonly string[] | null;
}

/** What recognises; owned by the recogniser and disposed with it. */
export interface DrivenEngine extends AsyncDisposable {
  openTask(request: TaskRequest): UtteranceTask;
}

export class DrivenStt implements Stt {
  readonly name: string;
  readonly #engine: DrivenEngine;
  readonly #options: DrivenSttOptions;
  readonly #open = new Set<DrivenUtterance>();

  constructor(engine: DrivenEngine, options: DrivenSttOptions) {
    this.name = options.name;
    this.#engine = engine;
    this.#options = options;
  }

  open(request: SttOpenOptions): SttUtterance {
    const { languages } = this.#options;
    const wanted = request.language === undefined ? undefined : primaryLanguage(request.language);
    if (wanted !== undefined && languages && !languages.includes(wanted)) {
      throw new AttuneError('LANGUAGE_UNSUPPORTED', `${this.name} recognises ${languages.join(', ')}, not ${wanted}`, {
        field: 'language',
      });
    }
    const utterance = new DrivenUtterance(
      { ...this.#options, openTask: (task) => this.#engine.openTask(task) },
      request,
      (ended) => this.#open.delete(ended),
    );
    if (!utterance.ended) this.#open.add(utterance);
    return utterance;
  }

  /** Cancels what is in progress, ends the engine, and settles when both have. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = [...this.#open].map((utterance) => utterance.close());
    await this.#engine[Symbol.asyncDispose]();
    await Promise.all(closed);
  }
}
