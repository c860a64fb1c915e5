/**
 * How long to wait in a pause before the turn counts as over. Pure.
 *
 * Two cues move the wait between the policy's bounds: what was said so far (a sentence that is complete, or one that
 * cannot end there; English word lists) and how it sounded: whether pitch and level fall as they do at the close of a
 * statement, and, once it has answered, what the end-of-turn model says.
 */
import type { EndpointingPolicy } from './turn-policy.js';

export interface EndpointCues {
  /** Partial transcript of the utterance, lower case; empty when nothing is recognised yet. */
  readonly transcript: string;
  /** 0 (holds the floor) … 1 (closes); 0.5 when unknown. See dsp/final-cadence. */
  readonly finality: number;
  /** What the end-of-turn model says, 0…1; null while or where it says nothing. */
  readonly endProbability: number | null;
  readonly language: string;
}

/** Words after which an English speaker almost always goes on. */
const openEnds = new Set(
  (
    'a an the my your his her its our their this that these those and or but because so if when while where which who whose ' +
    'to of in on at for from with by about into than as is are was were am be been has have had do does did will would can could ' +
    'should may might must i you he she we they it not very really just um uh er erm hmm like well please mister missus doctor'
  ).split(' '),
);

/** Openings that ask: with a verb and some words behind them they are usually complete. */
const questionOpenings = new Set(
  'what when where who why how which is are do does did can could will would should'.split(' '),
);

/** Answers that are whole turns. */
const shortAnswers = new Set(
  'yes no yeah yep nope okay ok sure thanks hello hi hey bye goodbye stop wait right correct exactly please help'.split(
    ' ',
  ),
);

/** How complete a partial transcript looks, 0 (goes on) … 1 (complete); 0.5 when it says nothing. */
export function completenessOf(transcript: string, language: string): number {
  const words = transcript.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  if (words.length === 0 || !language.toLowerCase().startsWith('en')) return 0.5;
  const first = words[0] ?? '';
  const last = words[words.length - 1] ?? '';
  if (words.length <= 2 && shortAnswers.has(last)) return 0.9;
  if (last === 'please' || last === 'it' || last === 'that' || last === 'you' || last === 'do')
    return words.length >= 3 ? 0.75 : 0.4;
  if (words.length >= 4 && /^(?:it|that|this|they|you) (?:is|was|are|were)$/u.test(words.slice(-2).join(' ')))
    return 0.8;
  if (openEnds.has(last)) return 0.05;
  if (words.length >= 4 && questionOpenings.has(first)) return 0.9;
  if (words.length >= 3) return 0.8;
  return 0.6;
}

/**
 * How much speaks for the turn being over, 0…1; 0.5 is undecided. Words weigh twice as much as the cadence, for a falling tone
 * alone also closes clauses inside a turn; where the model has answered they weigh half, and its answer twice the cadence. The
 * shares were chosen out of fold on training speakers, see ADR 0038.
 */
export function turnOverScore({ transcript, language, finality, endProbability }: EndpointCues): number {
  const completeness = completenessOf(transcript, language);
  if (endProbability === null) return (2 * completeness + finality) / 3;
  return (3 * completeness + 2 * endProbability + finality) / 6;
}

/** Silence to wait, counted from the last speech window, milliseconds. */
export function endpointWaitMs(policy: EndpointingPolicy, cues: EndpointCues): number {
  if (policy.type === 'fixed') return policy.silenceDurationMs;
  const over = turnOverScore(cues);
  const { shortestWaitMs, usualWaitMs, longestWaitMs } = policy;
  if (over >= 0.5) {
    const sureness = Math.min(1, (over - 0.5) / 0.25);
    return usualWaitMs + (shortestWaitMs - usualWaitMs) * sureness;
  }
  const openness = Math.min(1, (0.5 - over) / 0.3);
  return usualWaitMs + (longestWaitMs - usualWaitMs) * openness;
}
