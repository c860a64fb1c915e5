/**
 * What the written form is made of: spans of text that each stand for neighbouring spoken words, and the rules that make them.
 *
 * The spans of an utterance cover its words in order, without gaps and without overlap, so that the times and confidences
 * of the words serve for the written text too.
 */

export interface WrittenSpan {
  /** Without the mark that follows it; never empty. */
  readonly text: string;
  /** Index of the first spoken word. */
  readonly startWord: number;
  /** At least 1. */
  readonly wordCount: number;
}

/** What a rule makes of the words from where it was asked up to `end`; a null text keeps them as they are. */
export interface Rewrite {
  readonly end: number;
  readonly text: string | null;
}

/**
 * Looks at lower-case words from index `at` on, and back for context; undefined when it has nothing to say. It reads a
 * bounded number of words, so that the whole stays linear.
 */
export type RewriteRule = (words: readonly string[], at: number) => Rewrite | undefined;

/** True when one of the last `reach` words before `at` is in the set. */
export function follows(
  words: readonly string[],
  at: number,
  { after, reach }: { readonly after: ReadonlySet<string>; readonly reach: number },
): boolean {
  for (let index = Math.max(0, at - reach); index < at; index += 1) if (after.has(words[index]!)) return true;
  return false;
}

/** A set of the words in a text. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
