/**
 * What masking finds and misses, on sentences written for it: half in the form a recogniser gives, a third without personal data.
 *
 * Lines of even number (dev) may be looked at while rules are written, the others (test) only be measured. The sentences and
 * the rules have one author, so strangers' sentences will fare worse.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { maskPersonalData } from '../src/privacy/masking/mask-personal-data.js';
import { personalDataKinds, type PersonalDataKind, type PersonalSpan } from '../src/privacy/masking/personal-span.js';

export const maskingLanguages = ['en', 'de', 'es', 'zh', 'ja'] as const;

export interface MaskingCount {
  /** Labelled spans, and those wholly inside masks. */
  readonly labelled: number;
  readonly covered: number;
  /** Masks, and those that touch a labelled span. */
  readonly masked: number;
  readonly right: number;
}

export interface MaskingFigures {
  readonly language: string;
  readonly split: 'dev' | 'test';
  readonly sentenceCount: number;
  readonly all: MaskingCount;
  readonly kinds: Readonly<Record<PersonalDataKind, MaskingCount>>;
  /** Sentences without personal data that came back changed. */
  readonly innocent: { readonly count: number; readonly changed: number };
}

interface LabelledSentence {
  readonly text: string;
  readonly spans: readonly { readonly kind: PersonalDataKind; readonly startChar: number; readonly text: string }[];
}

/** @param folder of the sentences. */
export async function measureMasking(folder: string): Promise<readonly MaskingFigures[]> {
  const figures: MaskingFigures[] = [];
  for (const language of maskingLanguages) {
    const lines = (await readFile(join(folder, `${language}.jsonl`), 'utf8')).trimEnd().split('\n');
    const sentences = lines.map((line) => JSON.parse(line) as LabelledSentence);
    for (const split of ['dev', 'test'] as const)
      figures.push(
        measured(
          language,
          split,
          sentences.filter((_, index) => (index % 2 === 0) === (split === 'dev')),
        ),
      );
  }
  return figures;
}

/** What went wrong on the dev lines, for whoever writes rules. */
export function maskingFaults(sentences: readonly LabelledSentence[], language: string): readonly string[] {
  return sentences.flatMap((sentence) => {
    const masked = maskPersonalData(sentence.text, language);
    const missed = sentence.spans.filter((span) => !isCovered(span, masked.spans));
    const wrong = masked.spans.filter((mask) => !sentence.spans.some((span) => touches(span, mask)));
    return missed.length + wrong.length === 0 ? [] : [`${masked.text}   <- ${sentence.text}`];
  });
}

function measured(language: string, split: 'dev' | 'test', sentences: readonly LabelledSentence[]): MaskingFigures {
  const counts = new Map(personalDataKinds.map((kind) => [kind, { labelled: 0, covered: 0, masked: 0, right: 0 }]));
  const innocent = { count: 0, changed: 0 };
  for (const { text, spans } of sentences) {
    const { spans: masks } = maskPersonalData(text, language);
    if (spans.length === 0) {
      innocent.count += 1;
      innocent.changed += Number(masks.length > 0);
    }
    for (const span of spans) {
      const count = counts.get(span.kind)!;
      count.labelled += 1;
      count.covered += Number(isCovered(span, masks));
    }
    for (const mask of masks) {
      const count = counts.get(mask.kind)!;
      count.masked += 1;
      count.right += Number(spans.some((span) => touches(span, mask)));
    }
  }
  const all = [...counts.values()].reduce((sum, count) => ({
    labelled: sum.labelled + count.labelled,
    covered: sum.covered + count.covered,
    masked: sum.masked + count.masked,
    right: sum.right + count.right,
  }));
  const kinds = Object.fromEntries(counts) as Record<PersonalDataKind, MaskingCount>;
  return { language, split, sentenceCount: sentences.length, all, kinds, innocent };
}

type Labelled = LabelledSentence['spans'][number];

/** Whatever the masks call it: nothing of it may be left to read. */
function isCovered({ startChar, text }: Labelled, masks: readonly PersonalSpan[]): boolean {
  const left = Array.from({ length: text.length }, (_, offset) => startChar + offset).filter(
    (char) =>
      /[\p{L}\p{N}]/u.test(text[char - startChar]!) &&
      !masks.some((mask) => char >= mask.startChar && char < mask.endChar),
  );
  return left.length === 0;
}

function touches({ startChar, text }: Labelled, mask: PersonalSpan): boolean {
  return mask.startChar < startChar + text.length && startChar < mask.endChar;
}

const share = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(2));

/** Rows for a table: recall of every kind, then precision. */
export function maskingRows(figures: readonly MaskingFigures[]): readonly (readonly string[])[] {
  return figures.map(({ language, split, sentenceCount, all, kinds, innocent }) => [
    `${language} ${split}`,
    String(sentenceCount),
    ...personalDataKinds.map(
      (kind) => `${share(kinds[kind].covered, kinds[kind].labelled)} of ${kinds[kind].labelled}`,
    ),
    share(all.covered, all.labelled),
    share(all.right, all.masked),
    `${innocent.changed} of ${innocent.count}`,
  ]);
}

export const maskingHead = ['', 'sentences', ...personalDataKinds, 'recall', 'precision', 'innocent changed'];
