/**
 * The words that carry out the dialogue acts of a reply: the first sentences, and the offer of a person at its end.
 *
 * Pure. Whether an act is due is the response policy's business; here it is only said. No phrasing names an emotion, since the
 * estimate may be wrong.
 */
import type { DialogueAct } from '../../response/dialogue-act.js';
import type { ReplyIntent } from '../responder.js';
import type { ReplySentence } from './dialogue-state.js';
import type { Variation } from './variation.js';

interface Phrasings {
  readonly intent: ReplyIntent;
  readonly texts: readonly string[];
}

/** The question whose yes means that a person should take over. */
export const personOffer = 'Would you like a person to take over?';

/** Null: not done by words; the replies here are brief already. */
const openings: Readonly<Record<Exclude<DialogueAct, 'offer-person'>, Phrasings | null>> = {
  acknowledge: { intent: 'acknowledge', texts: ['I hear you.', 'I understand.', 'Thank you for telling me.'] },
  apologise: {
    intent: 'apologise',
    texts: [
      'I am sorry for the trouble, let us sort this out.',
      'You are right to expect better, I am sorry.',
      'I am sorry, that should not have happened.',
    ],
  },
  reassure: {
    intent: 'reassure',
    texts: ['Take all the time you need.', 'We will look at it together.', 'I am glad that you called.'],
  },
  'slow-down': { intent: 'reassure', texts: ['Let us go through it step by step.', 'One thing at a time.'] },
  'be-brief': null,
  'share-joy': { intent: 'good-news', texts: ['With pleasure!', 'Gladly!', 'Happy to help!'] },
  'welcome-relief': { intent: 'reassure', texts: ['I am glad that is better now.', 'Good to hear.'] },
};

/** Two sentences of sympathy are enough before an answer. */
const maxOpenings = 2;

/** The sentences with what the acts ask for around them. */
export function withActs(
  sentences: readonly ReplySentence[],
  { acts, variation }: { readonly acts: readonly DialogueAct[]; readonly variation: Variation },
): readonly ReplySentence[] {
  const first = sentences[0];
  if (!first || first.intent === 'farewell') return sentences;
  const opened = acts.flatMap((act) => (act === 'offer-person' ? [] : (openings[act] ?? []))).slice(0, maxOpenings);
  const isApology = (sentence: ReplySentence | Phrasings): boolean => sentence.intent === 'apologise';
  const apologises = opened.some(isApology);
  // A reply that apologises by itself gives its apology up for the fuller one; when it has nothing else, it keeps it.
  const rest = apologises && isApology(first) && sentences.length > 1 ? sentences.slice(1) : sentences;
  const due = rest === sentences && isApology(first) ? opened.filter((opening) => !isApology(opening)) : opened;
  return [
    ...due
      .filter(({ intent }) => intent !== rest[0]?.intent || intent === 'apologise')
      .map(({ intent, texts }) => ({ intent, text: variation.pick(texts) })),
    ...rest,
    ...(acts.includes('offer-person') ? [{ intent: 'question', text: personOffer } as const] : []),
  ];
}
