/**
 * Takes the arguments of a tool out of what the caller said, guided by the tool's JSON Schema.
 *
 * Pure. Understands objects of strings, enums, numbers, integers and booleans; other types stay unset. A value is only
 * taken where it clearly stands; what is required and missing is reported, so that the caller can be asked.
 */
import { z } from 'zod';
import { answerFor, dayIn } from './slot-answer.js';
import { digitsIn, quantitiesIn } from './spoken-number.js';
import { wordsOf, type Utterance } from './utterance.js';
import { wordLikeness } from './word-likeness.js';

const propertySchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
});
const parametersSchema = z.object({
  properties: z.record(z.string(), propertySchema).default({}),
  required: z.array(z.string()).default([]),
});

type Property = z.infer<typeof propertySchema>;

export interface ToolArguments {
  readonly values: Readonly<Record<string, string | number | boolean>>;
  /** Names of required arguments that were not said. */
  readonly missing: readonly string[];
}

/** Words after which a text argument is likely to stand, by words of its name. */
const leads: readonly (readonly [name: RegExp, lead: readonly string[]])[] = [
  [/city|place|location|country|town|region|destination/, ['in', 'at', 'for', 'near', 'to', 'around']],
  [/name|person|recipient|contact|to$/, ['named', 'called', 'to', 'for', 'with', 'is']],
  [
    /query|text|message|subject|topic|question|content|reason|title|note|term/,
    ['for', 'about', 'saying', 'that', 'because', 'on', 'titled'],
  ],
];
const anyLead = ['for', 'of', 'about', 'named', 'called', 'is'];
const valueEnds = new Set(
  'please today tomorrow now right tonight in at on for to from and with this next by thanks is'.split(' '),
);
const answerPreambles = new Set('it is that the in at for to my i mean would be well please'.split(' '));
const valueStarts = new Set(['the', 'a', 'an', 'my']);

/**
 * The arguments said in the utterance. Parameters that are no object schema count as having none. `answer` is what the
 * caller said when asked for the one missing argument: then a text argument is all of it.
 */
export function argumentsFrom(
  parameters: Readonly<Record<string, unknown>>,
  utterance: Utterance,
  answer: Utterance | null = null,
): ToolArguments {
  const schema = parametersSchema.safeParse(parameters);
  if (!schema.success) return { values: {}, missing: [] };
  const { properties, required } = schema.data;
  const values: Record<string, string | number | boolean> = {};
  const taken = new Set<number>();
  for (const [name, property] of Object.entries(properties)) {
    const value = valueOf(name, property, { utterance, taken });
    if (value !== undefined) values[name] = value;
  }
  const missing = required.filter((name) => values[name] === undefined && properties[name]?.default === undefined);
  const asked = missing[0];
  if (
    answer &&
    asked !== undefined &&
    missing.length === 1 &&
    properties[asked]?.type === 'string' &&
    !properties[asked].enum
  ) {
    const start = answer.words.findIndex((word) => !answerPreambles.has(word));
    if (start >= 0) return { values: { ...values, [asked]: answer.words.slice(start).join(' ') }, missing: [] };
  }
  return { values, missing };
}

interface Said {
  readonly utterance: Utterance;
  /** Starts of quantities that an earlier argument took. */
  readonly taken: Set<number>;
}

function valueOf(name: string, property: Property, said: Said): string | number | boolean | undefined {
  const type = Array.isArray(property.type) ? property.type[0] : property.type;
  const { words } = said.utterance;
  if (property.enum)
    return property.enum.find((option) =>
      wordsOf(String(option)).every((part) => words.some((word) => wordLikeness(word, part) > 0)),
    );
  const nameWords = wordsOf(readableName(name));
  switch (type) {
    case 'number':
    case 'integer':
      return numberFor(nameWords, type, said);
    case 'boolean': {
      const at = words.findIndex((word) => nameWords.some((part) => part.length > 2 && wordLikeness(word, part) > 0));
      return at < 0
        ? undefined
        : !words.slice(Math.max(0, at - 2), at).some((word) => ['no', 'not', 'without'].includes(word));
    }
    case 'string':
      return textFor(`${readableName(name)} ${property.description ?? ''}`.toLowerCase(), nameWords, said.utterance);
    default:
      return undefined;
  }
}

/** The number next to a word of the argument's name, or else the first one that is free. */
function numberFor(
  nameWords: readonly string[],
  type: 'number' | 'integer',
  { utterance: { words }, taken }: Said,
): number | undefined {
  const free = quantitiesIn(words).filter(
    ({ start, value }) => !taken.has(start) && (type === 'number' || Number.isInteger(value)),
  );
  const isNamed = (at: number): boolean => nameWords.some((part) => wordLikeness(words[at] ?? '', part) > 0);
  const chosen = free.find(({ start, end }) => isNamed(start - 1) || isNamed(end)) ?? free[0];
  if (chosen) taken.add(chosen.start);
  return chosen?.value;
}

function textFor(about: string, nameWords: readonly string[], utterance: Utterance): string | undefined {
  const { words } = utterance;
  if (/\b(?:number|id|code|pin|phone)\b/.test(about))
    return answerFor('orderNumber', utterance) ?? (digitsIn(words) || undefined);
  if (/\b(?:date|day|when)\b/.test(about)) return dayIn(words);
  if (/\be-?mail\b/.test(about)) return emailIn(words);
  const [kind, lead] = leads.find(([name]) => name.test(nameWords.join(' '))) ?? [undefined, anyLead];
  const openEnded = kind === leads[2]?.[0];
  return afterLead(words, nameWords, openEnded) ?? afterLead(words, lead, openEnded);
}

/** The words after the last lead that has any: up to the next function word, or all of them for free text. */
function afterLead(words: readonly string[], lead: readonly string[], openEnded: boolean): string | undefined {
  for (
    let at = openEnded ? 0 : words.length - 2;
    openEnded ? at < words.length - 1 : at >= 0;
    at += openEnded ? 1 : -1
  ) {
    if (!lead.includes(words[at]!)) continue;
    const value: string[] = [];
    for (const word of words.slice(at + 1)) {
      if (!openEnded && valueEnds.has(word) && value.length > 0) break;
      if (value.length === 0 && (valueStarts.has(word) || lead.includes(word) || valueEnds.has(word))) continue;
      value.push(word);
      if (!openEnded && value.length === 4) break;
    }
    if (value.length > 0) return value.join(' ');
  }
  return undefined;
}

/** `ann at example dot com`. */
function emailIn(words: readonly string[]): string | undefined {
  const written = words.find((word) => word.includes('@'));
  if (written !== undefined) return written;
  const at = words.indexOf('at');
  const dot = words.indexOf('dot', at);
  if (at < 1 || dot < 0) return undefined;
  return `${words[at - 1]}@${words.slice(at + 1, dot).join('')}.${words.slice(dot + 1, dot + 2).join('')}`;
}

/** `order_id` and `orderId` as `order id`. */
export function readableName(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_\-.]+/g, ' ')
    .toLowerCase();
}
