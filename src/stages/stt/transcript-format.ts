/**
 * Plain recognised words to a readable sentence: capitals and one mark at the end.
 *
 * A rule of thumb for readers and language models, not a punctuation model; words are neither added nor changed
 * otherwise. Numbers stay words.
 */

const questionStarts = new Set(
  (
    'who what when where why how which whose is are am was were do does did can could will would should shall may might has have had ' +
    "isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't what's where's who's how's"
  ).split(' '),
);
/** Beginnings that look like questions and are not: "what a day", "have a nice day". */
const statementStarts = ['what a ', 'what an ', 'how nice', 'have a ', 'do not ', "don't ", 'may the '];
const alwaysCapital = new Set(['i', "i'm", "i've", "i'd", "i'll"]);

/** "what is it" → "What is it?"; empty stays empty. */
export function formatTranscript(words: readonly string[]): string {
  const first = words[0];
  if (first === undefined) return '';
  const plain = words.join(' ');
  const isQuestion = questionStarts.has(first) && !statementStarts.some((start) => `${plain} `.startsWith(start));
  const cased = words.map((word, index) =>
    index === 0 || alwaysCapital.has(word) ? word.charAt(0).toUpperCase() + word.slice(1) : word,
  );
  return cased.join(' ') + (isQuestion ? '?' : '.');
}
