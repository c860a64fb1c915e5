/**
 * Takes out of a streamed text what cannot be spoken: Markdown marks, emoji, control characters.
 *
 * Pure. A piece of markup that may still go on in the next delta is held back, never guessed at: the output does not
 * depend on where the stream was divided. What is held is bounded by the longest link. Words pass unchanged.
 */

interface Rule {
  /** Sticky. */
  readonly pattern: RegExp;
  readonly onlyAtLineStart?: true;
  /** What is spoken instead. */
  readonly spoken: (
    match: RegExpExecArray,
    surroundings: { readonly before: string; readonly after: string },
  ) => string;
}

/** The first rule that matches decides. */
const rules: readonly Rule[] = [
  // The number of a list item stays; its dot would end a sentence. The line break divides items without punctuation.
  { pattern: /[ \t]*(\d{1,2})[.)][ \t]+/y, onlyAtLineStart: true, spoken: (match) => `\n${match[1]}: ` },
  { pattern: /[ \t]*(?:[-*_][ \t]*){3,}(?=\n|$)/y, onlyAtLineStart: true, spoken: () => '\n' },
  {
    pattern: /[ \t]*(?:#{1,6}[ \t]+|[-*+•][ \t]+|>[ \t]*|(?:`{3,}|~{3,})[^\n]*)/y,
    onlyAtLineStart: true,
    spoken: () => '\n',
  },
  { pattern: /!?\[([^\][\n]{0,200})\]\([^()\s]{0,500}\)/y, spoken: (match) => match[1] ?? '' },
  { pattern: /[*_~`]+/y, spoken: ([mark], { before, after }) => (isEmphasis(mark, before, after) ? '' : mark) },
  { pattern: /[\p{L}\p{N} ,.;:?'"()-]+/uy, spoken: ([words]) => words },
  { pattern: /[©®™\t\n]/y, spoken: ([sign]) => sign },
  { pattern: /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Cc}]/uy, spoken: () => '' },
  // Zero-width joiners, variation selectors, the keycap, the byte order mark.
  { pattern: /[\u200b-\u200d\u2060\ufe0e\ufe0f\u20e3\ufeff]/uy, spoken: () => '' },
  { pattern: /./suy, spoken: ([character]) => character },
];

/** The beginning of a line that more input may turn into a mark of that line. */
const unfinishedLineMark =
  /^[ \t]*(?:\d{1,2}[.)]?|#{1,6}|[-*+•_>](?:[ \t]*[-*_])*|`{1,2}|~{1,2}|(?:`{3,}|~{3,})[^\n]{0,40})?[ \t]*$/;
const unfinishedLink = /^(?:!|!?\[[^\][\n]{0,200}(?:\](?:\([^()\s]{0,500})?)?)$/;
const unfinishedMark = /^(?:[*_~`]+|[\ud800-\udbff])$/;
/** Nothing that is held back is longer. */
const maxHeldCharacters = 720;

export class MarkupStripper {
  #held = '';
  #atLineStart = true;
  /** The character before what is held, for marks that depend on it. */
  #before = ' ';

  /** The speakable part of what is decided by now. */
  push(delta: string): string {
    this.#held += delta;
    return this.#take((rest) => {
      if (rest.length > maxHeldCharacters) return false;
      return (
        (this.#atLineStart && unfinishedLineMark.test(rest)) || unfinishedLink.test(rest) || unfinishedMark.test(rest)
      );
    });
  }

  /** What was held back, read as if nothing more came. */
  flush(): string {
    return this.#take(() => false);
  }

  #take(mayStillGrow: (rest: string) => boolean): string {
    let spoken = '';
    let at = 0;
    while (at < this.#held.length && !mayStillGrow(this.#held.slice(at, at + maxHeldCharacters + 1))) {
      for (const rule of rules) {
        if (rule.onlyAtLineStart && !this.#atLineStart) continue;
        rule.pattern.lastIndex = at;
        const match = rule.pattern.exec(this.#held);
        if (match === null) continue;
        const end = at + match[0].length;
        spoken += rule.spoken(match, { before: this.#before, after: this.#held[end] ?? ' ' });
        this.#before = this.#held[end - 1] ?? ' ';
        this.#atLineStart = this.#before === '\n';
        at = end;
        break;
      }
    }
    this.#held = this.#held.slice(at);
    return spoken;
  }
}

/** Emphasis touches a word on one side only, so `2 * 3` and `snake_case` stay. Runs and backticks are always marks. */
function isEmphasis(mark: string, before: string, after: string): boolean {
  if (mark.length > 1 || mark === '`') return true;
  const spacesAround = /\s/.test(before) && /\s/.test(after);
  const insideWord = /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after);
  return !spacesAround && !insideWord;
}
