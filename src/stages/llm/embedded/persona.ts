/**
 * What the embedded responder takes from its instructions: who it is, where it works, which language is wanted, and
 * plain facts it may tell a caller.
 *
 * Pure. Only sentences that state something are told; directions to the assistant and anything that sounds confidential
 * are never read out.
 */
import { stemOf } from './word-likeness.js';
import { wordsOf } from './utterance.js';

export interface Persona {
  readonly name: string | null;
  readonly organisation: string | null;
  /** English name of a language other than English that the instructions or the locale ask for; null for English. */
  readonly foreignLanguage: string | null;
  /** Sentences that may be told as they are. */
  readonly facts: readonly string[];
}

const capitalisedWord = String.raw`[A-Z][\w'’-]*`;
const namePattern = new RegExp(
  String.raw`\b(?:[Yy]ou(?:'re| are)(?: called| named)?|[Yy]our name is|[Yy]ou go by|[Aa]ct as|[Cc]all yourself)\s+(${capitalisedWord})(?=[\s,.;!]|$)`,
);
const organisationPattern = new RegExp(
  String.raw`\b(?:[Yy]ou(?:'re| are)|[Yy]ou work|[Aa]ssistant|[Aa]gent|[Rr]eceptionist|[Hh]elpline|[Ss]ervice|[Ss]upport)\b[^.\n]{0,60}?\b(?:of|from|at|for|by)\s+((?:the\s+)?${capitalisedWord}(?:\s+(?:(?:of|and|&)\s+)?${capitalisedWord})*)`,
);
const languagePattern = /\b(?:answer|reply|respond|speak|talk|converse)\b[^.\n]{0,20}?\bin\s+([A-Z]\p{L}+)/iu;
const direction =
  /\b(?:you(?:'re| are| must| should| will| shall| may)\b|always|never|do not|don't|secret|password|internal|confidential|reveal|caller|the user|customers?'|instructions?|prompt)\b|^(?:be|keep|speak|answer|reply|use|ask|avoid|act|help|greet|if|when|respond|make|stay|try|call|tell|say|please|remember)\b/i;
const uninformative = new Set(
  'a an the i you me my your it is are am was do does did to of for in on at and that this be can could would will have has what when where who how which please tell there any about we our us'.split(
    ' ',
  ),
);

/** Reads the instructions; `locale` (BCP 47) decides the language when they do not. */
export function personaOf(instructions: string, locale: string): Persona {
  const language = languagePattern.exec(instructions)?.[1] ?? languageOf(locale);
  const name = namePattern.exec(instructions)?.[1] ?? null;
  return {
    name: name !== null && !/^(?:An?|The|AI|Answering|Speaking)$/.test(name) ? name : null,
    organisation: organisationPattern.exec(instructions)?.[1]?.replace(/['’]s$/, '') ?? null,
    foreignLanguage: /^english$/i.test(language) || !/^\p{Lu}/u.test(language) ? null : language,
    facts: instructions
      .split(/(?<=[.!])\s+|\n+/)
      .map((sentence) => sentence.replace(/^[-*•\s]+/, '').trim())
      .filter(
        (sentence) =>
          sentence.length >= 12 && sentence.length <= 240 && !sentence.endsWith('?') && !direction.test(sentence),
      ),
  };
}

function languageOf(locale: string): string {
  const code = locale.split('-')[0] ?? '';
  return /^[a-z]{2,3}$/i.test(code)
    ? (new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? 'English')
    : 'English';
}

/** The fact that shares the most content words with the question, at least two of them or the only one there is. */
export function factFor(facts: readonly string[], words: readonly string[]): string | undefined {
  const asked = new Set(words.filter((word) => !uninformative.has(word)).map(stemOf));
  let best: { readonly fact: string; readonly shared: number } | undefined;
  for (const fact of facts) {
    const told = new Set(wordsOf(fact).map(stemOf));
    const shared = [...asked].filter((stem) => told.has(stem)).length;
    if (shared > (best?.shared ?? 0)) best = { fact, shared };
  }
  return best && (best.shared >= 2 || asked.size === 1) ? best.fact : undefined;
}
