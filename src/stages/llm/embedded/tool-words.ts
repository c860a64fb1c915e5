/**
 * Which tool a caller's words ask for, if any clearly does.
 *
 * Pure. Compares the words with the tool's name and description, tolerant of recognition errors; a verb such as `get`
 * says nothing. Requests that the responder knows by other words (`where is my parcel`) count as their usual terms.
 */
import type { ToolDefinition } from '../responder.js';
import { smallTalk } from './small-talk.js';
import { supportScenarios } from './support-scenarios.js';
import { wordsOf, type Utterance } from './utterance.js';
import { wordLikeness } from './word-likeness.js';

const sayNothing = new Set(
  'get set fetch find look lookup up read query request call do make create perform run tool function api a an the of for to by in on and or with from into given this that it its is are be current user users caller callers customer returns return when which what where who how please can you i me my want need would like about some any all as at if will tell show give know'.split(
    ' ',
  ),
);

/** Terms that tools use for what callers say in other words. */
const usualTerms: Readonly<Record<string, string>> = {
  'order-status': 'order status track delivery',
  'order-problem': 'order problem delivery complaint',
  refund: 'refund return',
  billing: 'bill billing invoice payment',
  'cancel-contract': 'cancel subscription',
  appointment: 'appointment book booking schedule',
  'technical-problem': 'technical support ticket',
  'account-access': 'password reset account',
  complaint: 'complaint ticket',
  weather: 'weather forecast',
  person: 'transfer human agent handoff escalate',
  farewell: 'hang end hangup',
};

export interface ToolMatch {
  readonly tool: ToolDefinition;
  /** 0…1: share of the telling words of the tool's name that were said. */
  readonly nameShare: number;
  /** Telling words of the description, beyond those of the name, that were said. */
  readonly descriptionHits: number;
}

/** The tool that is clearly asked for; undefined when none is. */
export function toolAskedFor(tools: readonly ToolDefinition[], utterance: Utterance): ToolMatch | undefined {
  const best = bestToolFor(tools, utterance);
  if (!best) return undefined;
  const { nameShare, descriptionHits } = best;
  return nameShare === 1 || (nameShare >= 0.5 && descriptionHits >= 1) || (nameShare > 0 && descriptionHits >= 2)
    ? best
    : undefined;
}

/** The best match, however weak; undefined only without tools. */
export function bestToolFor(tools: readonly ToolDefinition[], utterance: Utterance): ToolMatch | undefined {
  const said = [...utterance.words, ...impliedTerms(utterance)].filter((word) => !sayNothing.has(word));
  const isSaid = (word: string): boolean => said.some((heard) => wordLikeness(heard, word) > 0);
  let best: ToolMatch | undefined;
  for (const tool of tools) {
    const nameWords = tellingWords(tool.name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_\-.]+/g, ' '));
    const named = nameWords.filter(isSaid);
    const descriptionHits = tellingWords(tool.description).filter(
      (word) => !nameWords.includes(word) && isSaid(word),
    ).length;
    const match = { tool, nameShare: nameWords.length === 0 ? 0 : named.length / nameWords.length, descriptionHits };
    if (!best || scoreOf(match) > scoreOf(best)) best = match;
  }
  return best;
}

function scoreOf({ nameShare, descriptionHits }: ToolMatch): number {
  return 3 * nameShare + Math.min(descriptionHits, 4);
}

function tellingWords(text: string): string[] {
  return [...new Set(wordsOf(text).filter((word) => !sayNothing.has(word)))];
}

function impliedTerms(utterance: Utterance): string[] {
  return [...smallTalk, ...supportScenarios].flatMap(({ id, cues }) =>
    usualTerms[id] !== undefined && utterance.strengthOf(cues) >= 1 ? usualTerms[id].split(' ') : [],
  );
}
