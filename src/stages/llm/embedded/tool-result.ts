/**
 * Says the result of a tool: JSON becomes short sentences, text is read as it is.
 *
 * Pure and bounded: at most six facts of a result and five entries of a list are spoken.
 */
import type { ReplySentence } from './dialogue-state.js';
import { readableName } from './tool-arguments.js';

const maxFacts = 6;
const maxListed = 5;
const maxTextCharacters = 400;
/** Fields whose text already is a sentence for people. */
const spokenFields = ['message', 'summary', 'answer', 'text', 'description', 'result', 'output'];
const units: readonly (readonly [RegExp, string])[] = [
  [/ (?:c|celsius)$/, ' degrees Celsius'],
  [/ (?:f|fahrenheit)$/, ' degrees Fahrenheit'],
  [/ (?:pct|percent)$/, ' percent'],
  [/ km$/, ' kilometres'],
  [/ (?:min|minutes)$/, ' minutes'],
  [/ days$/, ' days'],
  [/ (?:eur|euros)$/, ' euros'],
  [/ (?:usd|dollars)$/, ' dollars'],
];

/** Sentences about the outputs of the tools that were called, oldest first. */
export function sayToolResults(outputs: readonly string[]): ReplySentence[] {
  return outputs.map((output) => sayOne(output));
}

function sayOne(output: string): ReplySentence {
  const value = parsed(output);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const record = value as Record<string, unknown>;
    const problem = record['error'] ?? record['errors'];
    if (problem !== undefined && problem !== null && problem !== false) {
      return {
        intent: 'apologise',
        text: `I am sorry, that did not work${typeof problem === 'string' ? `: ${sentence(problem)}` : '.'}`,
      };
    }
    const field = spokenFields.find((name) => typeof record[name] === 'string');
    if (field !== undefined) return { intent: 'inform', text: sentence(record[field] as string) };
    const facts = Object.entries(record)
      .filter(([, fact]) => fact !== null && fact !== '')
      .slice(0, maxFacts);
    if (facts.length === 0) return { intent: 'inform', text: 'That is done.' };
    return { intent: 'inform', text: facts.map(([name, fact]) => factSentence(name, fact)).join(' ') };
  }
  if (Array.isArray(value))
    return { intent: 'inform', text: value.length === 0 ? 'I found nothing.' : `I found ${listed(value)}.` };
  const text =
    value === true || value === null || output.trim() === ''
      ? 'That is done.'
      : value === false
        ? 'That was not possible.'
        : sentence(typeof value === 'number' ? String(value) : output.replace(/^"|"$/g, ''));
  return { intent: 'inform', text };
}

function factSentence(name: string, fact: unknown): string {
  const readable = readableName(name);
  const unit = units.find(([pattern]) => pattern.test(` ${readable}`));
  const subject =
    unit && typeof fact === 'number' ? readable.replace(new RegExp(unit[0].source.trimStart()), '').trim() : readable;
  if (typeof fact === 'boolean')
    return `${fact ? '' : 'Not '}${subject}.`.replace(/^./, (first) => first.toUpperCase());
  return `The ${subject || 'answer'} is ${spoken(fact)}${unit && typeof fact === 'number' ? unit[1] : ''}.`;
}

function spoken(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : listed(value);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .slice(0, maxFacts)
      .map(([name, inner]) => `${readableName(name)} ${spoken(inner)}`)
      .join(', ');
  }
  return String(value).slice(0, maxTextCharacters);
}

function listed(values: readonly unknown[]): string {
  const shown = values.slice(0, maxListed).map(spoken);
  const more = values.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function sentence(text: string): string {
  const cut = text.replace(/\s+/g, ' ').trim().slice(0, maxTextCharacters);
  return /[.!?。！？]$/.test(cut) ? cut : `${cut}.`;
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output) as unknown;
  } catch {
    return output;
  }
}
