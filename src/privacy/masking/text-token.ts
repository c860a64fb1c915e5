/**
 * Text as words and numbers with their places: what every detector that looks at neighbours reads.
 */

export interface TextToken {
  readonly text: string;
  /** In lower case. */
  readonly word: string;
  readonly startChar: number;
  readonly endChar: number;
  /** What stands between the token before and this one; everything in front of the first. */
  readonly gap: string;
}

const tokenPattern = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)?|\p{N}+/gu;

/** Linear in the text. */
export function tokensOf(text: string): readonly TextToken[] {
  const tokens: TextToken[] = [];
  let previousEnd = 0;
  for (const match of text.matchAll(tokenPattern)) {
    const [found] = match;
    tokens.push({
      text: found,
      word: found.toLowerCase(),
      startChar: match.index,
      endChar: match.index + found.length,
      gap: text.slice(previousEnd, match.index),
    });
    previousEnd = match.index + found.length;
  }
  return tokens;
}

/** True when a sentence may begin at this token: then a capital says nothing. */
export function mayBeginSentence(token: TextToken): boolean {
  return token.startChar === token.gap.length || /[.!?…:;"“„«¿¡\n]/u.test(token.gap);
}

export function isCapitalised({ text }: TextToken): boolean {
  return /^\p{Lu}/u.test(text);
}
