/**
 * Replaces what says who somebody is by what kind of thing it was: `my card is [card]`.
 *
 * By rules over words, numbers and cues, in time linear in the text; what it finds and misses is measured (docs/privacy.md). Masked
 * text is masked into itself. Languages other than English, German, Spanish, Chinese and Japanese get what needs no language.
 */
import { primaryLanguage } from '../../core/language-tag.js';
import { findBirthDates } from './birth-date.js';
import { findEmailAddresses } from './email-address.js';
import { findHanNames } from './han-names.js';
import { findIbans } from './iban.js';
import { findNumbers } from './number-data.js';
import { findNames } from './person-names.js';
import { withoutOverlaps, type PersonalSpan } from './personal-span.js';
import { findAddresses } from './street-address.js';
import { tokensOf } from './text-token.js';

export interface MaskedText {
  readonly text: string;
  /** In the text as it was, in order. */
  readonly spans: readonly PersonalSpan[];
}

const languagesWithNames = new Set(['en', 'de', 'es']);

/** @param language BCP 47. */
export function maskPersonalData(text: string, language: string): MaskedText {
  const spans = personalSpans(text, primaryLanguage(language));
  let masked = '';
  let end = 0;
  for (const { kind, startChar, endChar } of spans) {
    masked += `${text.slice(end, startChar)}[${kind}]`;
    end = endChar;
  }
  return { text: masked + text.slice(end), spans };
}

/** The surest first: of two readings of the same characters the first stays. */
function personalSpans(text: string, language: string): readonly PersonalSpan[] {
  const tokens = tokensOf(text);
  return withoutOverlaps([
    ...placeholders(text),
    ...findIbans(text),
    ...findEmailAddresses(text, tokens),
    ...findBirthDates(text, tokens, language),
    ...findAddresses(text, tokens, language),
    ...findNumbers(text, tokens, language),
    ...(languagesWithNames.has(language) ? findNames(text, tokens, language) : findHanNames(text, language)),
  ]).filter(({ startChar, endChar }) => !isPlaceholder(text.slice(startChar, endChar)));
}

const placeholder = /\[(?:name|card|iban|phone|email|address|birth date|number)\]/gu;

/** Kept from being read as words: they win over whatever overlaps them, and are left as they are. */
function placeholders(text: string): readonly PersonalSpan[] {
  return Array.from(text.matchAll(placeholder), (match) => ({
    kind: 'name' as const,
    startChar: match.index,
    endChar: match.index + match[0].length,
  }));
}

function isPlaceholder(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']');
}
