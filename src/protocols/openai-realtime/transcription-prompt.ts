/**
 * What to listen for in a transcription prompt of the API, which is a list of words or free text.
 *
 * "Keywords: refund, Siobhan O'Neill" and a list by lines give their entries, as phrases, in the written form of
 * `stages/stt/hotwords.ts`. Of a sentence only what looks like a name, an acronym or a code is taken: making its ordinary
 * words likelier would bend what callers say towards the prompt.
 */
import { hotwordLimits } from '../../stages/stt/hotwords.js';

/** An entry of a list has at most so many words; more are a sentence. */
const longestEntry = 4;
const label = /^\s*[\p{L}][\p{L}\s]{0,40}:\s*/u;
const word = /[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu;
/** Capitalised at the beginning of a sentence, or always, without being a name. */
const notNames = new Set(
  (
    'a an and are as at be but by call can do expect for from he hello here hi how i if in is it listen may my no not of on or our please she ' +
    'so that the their there these they this to transcribe use was we what when where who with you your i’m i’ll'
  ).split(' '),
);

/** Phrases of a prompt, each once, at most as many as an utterance takes. */
export function hotwordsOf(prompt: string | undefined): readonly string[] {
  const found = (prompt ?? '').split(/[\r\n]+/).flatMap((line) => {
    const text = line.replace(label, '').replace(/^\s*[-*•]\s+/, '');
    const entries = text.split(/[,;|•]/).map((entry) => entry.trim().replace(/^(?:and|or)\s+/i, ''));
    const isList = entries.every((entry) => countWords(entry) <= longestEntry && !/[.!?]\s/.test(entry));
    return isList ? entries.map((entry) => entry.replace(/[.!?]+$/, '')) : namesIn(text);
  });
  return [...new Set(found)].filter((entry) => entry !== '').slice(0, hotwordLimits.phrases);
}

function countWords(text: string): number {
  return text.replace(/=.*$/, '').match(word)?.length ?? 0;
}

/** Neighbouring words that are written like names; a single one at the beginning of a sentence may be any word. */
function namesIn(text: string): readonly string[] {
  return text.split(/[.!?]+\s+/).flatMap((sentence) =>
    sentence.split(/[,;:()"“”]+/).flatMap((part, index) => {
      const words = part.match(word) ?? [];
      const names: string[][] = [];
      words.forEach((one, position) => {
        if (!isNameLike(one)) return;
        const continues = position > 0 && isNameLike(words[position - 1] ?? '') && names.length > 0;
        if (continues) names.at(-1)?.push(one);
        else names.push([one]);
      });
      const first = names[0];
      const isDoubtful =
        index === 0 && first?.length === 1 && first[0] === words[0] && !/\p{L}.*[\p{Lu}\p{N}]/u.test(first[0] ?? '');
      return (isDoubtful ? names.slice(1) : names).map((name) => name.join(' '));
    }),
  );
}

function isNameLike(text: string): boolean {
  return /\p{Lu}|\p{L}\p{N}|\p{N}\p{L}/u.test(text) && !notNames.has(text.toLowerCase());
}
