/**
 * What was heard, in both its forms: as spoken, and as one would write it (ADR 18).
 *
 * The spoken form has the recognised words, all of them and nothing else, with capitals and punctuation; numbers stay words.
 * The written form has digits, money, times, addresses instead. Both have the same marks; none stands inside a span.
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../../../core/errors.js';
import type { SttWord } from '../stt.js';
import { CapitalList, capitalised } from './capital-list.js';
import { PunctuationModel, type Mark } from './punctuation-model.js';
import type { WrittenSpan } from './written-span.js';
import { writtenSpans } from './written-words.js';

export interface Transcript {
  /** The spoken words with capitals and punctuation; '' without words. */
  readonly text: string;
  /** The written form of the same words. */
  readonly writtenText: string;
  /** The pieces of the written form, in order, with the words each stands for; their text is without sentence capitals. */
  readonly writtenSpans: readonly WrittenSpan[];
}

export class TranscriptWriter {
  readonly #capitals: CapitalList;
  readonly #punctuation: PunctuationModel;

  constructor(parts: { readonly capitals: CapitalList; readonly punctuation: PunctuationModel }) {
    this.#capitals = parts.capitals;
    this.#punctuation = parts.punctuation;
  }

  /** Reads the two data files. Rejects with MODEL_MISSING, MODEL_CORRUPT. */
  static async read(files: { readonly capitals: string; readonly punctuation: string }): Promise<TranscriptWriter> {
    const [capitals, punctuation] = await Promise.all([read(files.capitals), read(files.punctuation)]);
    return new TranscriptWriter({
      capitals: new CapitalList(new TextDecoder().decode(capitals)),
      punctuation: new PunctuationModel(punctuation),
    });
  }

  /** @param words recognised words, lower case, with their times */
  write(words: readonly SttWord[]): Transcript {
    const spoken = words.map((word) => word.text);
    const pausesMs = words.map((word, at) => Math.max(0, (words[at + 1]?.startMs ?? word.endMs) - word.endMs));
    const marks = this.#punctuation.marks(spoken, pausesMs);
    const cased = this.#capitals.apply(spoken);
    const spans = writtenSpans(spoken, cased);
    for (const { startWord, wordCount } of spans) marks.fill('', startWord, startWord + wordCount - 1);
    const spokenSpans = cased.map((text, startWord) => ({ text, startWord, wordCount: 1 }));
    return {
      text: sentences(spokenSpans, { marks, spoken }),
      writtenText: sentences(spans, { marks, spoken }),
      writtenSpans: spans,
    };
  }
}

/** The spans as text: a mark after each that has one, a capital where a sentence begins with a plain word. */
function sentences(
  spans: readonly WrittenSpan[],
  { marks, spoken }: { readonly marks: readonly Mark[]; readonly spoken: readonly string[] },
): string {
  let isStart = true;
  return spans
    .map(({ text, startWord, wordCount }) => {
      const mark = marks[startWord + wordCount - 1] ?? '';
      const isPlain = wordCount === 1 && text === spoken[startWord];
      const shown = isStart && isPlain ? capitalised(text) : text;
      isStart = mark === '.' || mark === '?';
      return mark === '.' && shown.endsWith('.') ? shown : shown + mark;
    })
    .join(' ');
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AttuneError('MODEL_MISSING', `cannot read ${path}`, { field: path, cause: error });
  }
}
