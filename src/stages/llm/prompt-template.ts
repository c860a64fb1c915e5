/**
 * The system prompt of a language model, written by the operator as a template.
 *
 * `{{name}}` inserts a value; `{{#emotion}} … {{/emotion}}` stays only when an estimate is
 * known, `{{#memory}} … {{/memory}}` only when an earlier call is remembered, `{{#acts}} … {{/acts}}` only when the reply is to
 * do something about the feeling. Strict: a placeholder that does not exist is an error at start-up, not an odd prompt in a
 * call. Values are inserted as they are and never read as template text, so nobody can reach a placeholder through the
 * instructions.
 */
import { AttuneError } from '../../core/errors.js';
import { actInstructions } from '../response/dialogue-act.js';
import type { EmotionContext, ResponderRequest } from './responder.js';

/** What the template can draw on. */
export type PromptInput = Pick<
  ResponderRequest,
  'instructions' | 'emotion' | 'reminder' | 'acts' | 'manner' | 'locale'
>;

type Placeholder = keyof typeof plainValues | keyof typeof emotionValues;

type Piece = string | { readonly placeholder: Placeholder };

const sectionNames = ['emotion', 'memory', 'acts'] as const;

type SectionName = (typeof sectionNames)[number];

interface Section {
  readonly onlyWith: SectionName | null;
  readonly pieces: readonly Piece[];
}

const plainValues = {
  instructions: (input: PromptInput) => input.instructions,
  /** BCP 47, as `de-DE`. */
  locale: (input: PromptInput) => input.locale,
  /** English name of the language, as `German`; the tag itself when it has no name. */
  language: (input: PromptInput) => languageName(input.locale),
  /** What an earlier call left behind. */
  'memory.reminder': (input: PromptInput) => input.reminder ?? 'nothing',
  /** How people who speak the language are addressed. */
  manner: (input: PromptInput) => input.manner,
  /** What the reply is to do about the feeling, a sentence each. */
  acts: (input: PromptInput) => input.acts.map((act) => actInstructions[act]).join(' '),
} as const;

const emotionValues = {
  'emotion.label': (emotion: EmotionContext) => emotion.label,
  'emotion.arousal': (emotion: EmotionContext) => emotion.arousal.toFixed(2),
  'emotion.valence': (emotion: EmotionContext) => emotion.valence.toFixed(2),
  'emotion.dominance': (emotion: EmotionContext) => emotion.dominance.toFixed(2),
  'emotion.confidence': (emotion: EmotionContext) => emotion.confidence.toFixed(2),
  'emotion.trend': (emotion: EmotionContext) => emotion.trend.replaceAll('-', ' '),
  'emotion.explanation': (emotion: EmotionContext) => emotion.explanation,
} as const;

/** The template used when the operator gives none. */
export const defaultPromptTemplate = `{{instructions}}

You are on a live voice call. Your answer is read aloud by a speech synthesiser, so write it as speech: one to three short
sentences in everyday words, the answer first. No markdown, no lists, no headings, no emoji, no stage directions. Say
numbers, dates and web addresses the way a person would say them. The user's words come from speech recognition and may
contain errors: take the meaning that makes sense, and ask briefly when it matters and you cannot tell.
Answer in {{language}} unless the user asks for another language. {{manner}}
{{#emotion}}

An automatic estimate, from voice and words, of how the user feels right now: {{emotion.label}} (confidence
{{emotion.confidence}} of 1; on scales from 0 to 1 arousal {{emotion.arousal}}, pleasantness {{emotion.valence}}, control
{{emotion.dominance}}; course of the call: {{emotion.trend}}). Evidence: {{emotion.explanation}}
The estimate can be wrong. Let it guide tone, pace and priorities. Do not mention the estimate or tell the user what they feel,
unless they bring it up or it clearly helps them.
{{/emotion}}
{{#memory}}

Remembered from earlier calls, with the user's consent: {{memory.reminder}} Use it to be considerate; do not recite it.
{{/memory}}
{{#acts}}

In this answer, before anything else: {{acts}}
{{/acts}}
`;

/** A checked template. */
export class PromptTemplate {
  readonly #sections: readonly Section[];

  /** Throws OPTION_INVALID naming the placeholder that does not exist, or the section that does not close. */
  constructor(template: string = defaultPromptTemplate) {
    this.#sections = parse(template);
  }

  /** The system prompt; runs of blank lines that empty values leave behind are closed up. */
  render(input: PromptInput): string {
    const parts: string[] = [];
    for (const section of this.#sections) {
      if (section.onlyWith === 'emotion' && input.emotion === null) continue;
      if (section.onlyWith === 'memory' && input.reminder === null) continue;
      if (section.onlyWith === 'acts' && input.acts.length === 0) continue;
      for (const piece of section.pieces)
        parts.push(typeof piece === 'string' ? piece : valueOf(piece.placeholder, input));
    }
    return parts
      .join('')
      .replace(/ +$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  }
}

function parse(template: string): Section[] {
  const sections: Section[] = [];
  let open: SectionName | null = null;
  let pieces: Piece[] = [];
  const close = (): void => {
    sections.push({ onlyWith: open, pieces });
    pieces = [];
  };
  let textStart = 0;
  for (const match of template.matchAll(/\{\{([^{}]*)\}\}(\n?)/g)) {
    const tag = match[1]?.trim() ?? '';
    const section = sectionNames.find((name) => tag === `#${name}` || tag === `/${name}`);
    pieces.push(template.slice(textStart, match.index));
    textStart = match.index + match[0].length - (section !== undefined ? 0 : (match[2] ?? '').length);
    if (section !== undefined) {
      const begins = tag.startsWith('#');
      if (begins ? open !== null : open !== section) throw invalid(`{{${tag}}} does not pair up`);
      close();
      open = begins ? section : null;
    } else if (isPlaceholder(tag)) {
      pieces.push({ placeholder: tag });
    } else {
      throw invalid(`{{${tag}}} does not exist`);
    }
  }
  if (open !== null) throw invalid(`{{#${String(open)}}} is not closed`);
  pieces.push(template.slice(textStart));
  close();
  return sections;
}

function invalid(problem: string): AttuneError {
  const known = [...Object.keys(plainValues), ...Object.keys(emotionValues)].map((name) => `{{${name}}}`).join(', ');
  return new AttuneError('OPTION_INVALID', `prompt template: ${problem}`, {
    field: 'promptTemplate',
    hint: `Use ${known} and the sections ${sectionNames.map((name) => `{{#${name}}} … {{/${name}}}`).join(', ')}.`,
  });
}

function isPlaceholder(tag: string): tag is Placeholder {
  return Object.hasOwn(plainValues, tag) || Object.hasOwn(emotionValues, tag);
}

/** Outside the emotion section an emotion placeholder reads `unknown` when there is no estimate. */
function valueOf(placeholder: Placeholder, input: PromptInput): string {
  if (placeholder in plainValues) return plainValues[placeholder as keyof typeof plainValues](input);
  return input.emotion === null ? 'unknown' : emotionValues[placeholder as keyof typeof emotionValues](input.emotion);
}

function languageName(locale: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}
