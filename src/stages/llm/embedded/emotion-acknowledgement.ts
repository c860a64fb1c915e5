/**
 * The first words of a reply to somebody who sounds angry, sad, afraid or happy.
 *
 * Pure. Said only when the estimate is confident enough to act on, and not again while it still stands in one of the
 * assistant's last two replies: sympathy repeated every turn sounds like mockery. It never names the emotion, since the
 * estimate may be wrong.
 */
import type { EmotionContext, ReplyIntent } from '../responder.js';
import type { ReplySentence } from './dialogue-state.js';
import type { Variation } from './variation.js';

interface Acknowledgement {
  readonly intent: ReplyIntent;
  readonly phrasings: readonly string[];
}

const acknowledgements: Readonly<Record<string, Acknowledgement>> = {
  angry: {
    intent: 'apologise',
    phrasings: [
      'I am sorry for the trouble, let us sort this out.',
      'You are right to expect better, I am sorry.',
      'I am sorry, I will keep this short.',
    ],
  },
  disgusted: { intent: 'apologise', phrasings: ['I am sorry about that.', 'That is not as it should be, I am sorry.'] },
  sad: {
    intent: 'reassure',
    phrasings: ['We can take this slowly.', 'Take all the time you need.', 'I am glad that you called.'],
  },
  fearful: {
    intent: 'reassure',
    phrasings: ['Let us go through it step by step.', 'We will look at it together, one thing at a time.'],
  },
  happy: { intent: 'good-news', phrasings: ['With pleasure!', 'Gladly!', 'Happy to help!'] },
};

/** Below it the estimate is not acted on. */
const minConfidence = 0.45;
/** Replies that are looked back on. */
const memoryReplies = 2;

export interface AcknowledgementInput {
  readonly emotion: EmotionContext | null;
  /** The reply that follows. */
  readonly sentences: readonly ReplySentence[];
  /** What the assistant said before, oldest first. */
  readonly earlierReplies: readonly string[];
  readonly variation: Variation;
}

/** The sentences with an acknowledgement in front where one is due. */
export function withAcknowledgement({
  emotion,
  sentences,
  earlierReplies,
  variation,
}: AcknowledgementInput): readonly ReplySentence[] {
  const fitting = emotion && emotion.confidence >= minConfidence ? acknowledgements[emotion.label] : undefined;
  const first = sentences[0];
  if (!fitting || !first) return sentences;
  const recent = earlierReplies.slice(-memoryReplies).join(' ');
  if (fitting.phrasings.some((phrasing) => recent.includes(phrasing))) return sentences;
  // A farewell, or words that already do this, need no prefix; a spare apology is replaced by the stronger one.
  if (first.intent === 'farewell' || first.intent === 'good-news' || first.intent === 'reassure') return sentences;
  const rest =
    first.intent === 'apologise' && fitting.intent === 'apologise' && sentences.length > 1
      ? sentences.slice(1)
      : sentences;
  if (rest === sentences && first.intent === 'apologise') return sentences;
  return [{ intent: fitting.intent, text: variation.pick(fitting.phrasings) }, ...rest];
}
