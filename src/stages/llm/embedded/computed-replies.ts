/**
 * Answers that must be worked out: time, date, sums, spelling, what was said before, who is who.
 *
 * A table of rules tried in order; the first that has an answer wins. A rule sees the utterance, the dialogue so far and
 * the turn's context, and returns nothing when it does not apply.
 */
import { answerSum } from './arithmetic.js';
import type { DialogueState, ReplySentence } from './dialogue-state.js';
import { factFor } from './persona.js';
import { nameIn } from './slot-answer.js';
import { spacedOut } from './spoken-number.js';
import { slots, type SlotName } from './support-scenarios.js';
import type { TurnContext } from './turn-context.js';
import type { Cue, Utterance } from './utterance.js';

export interface ComputedReply extends ReplySentence {
  /** The caller's name, when it was given in this turn. */
  readonly callerName?: string;
}

interface Rule {
  readonly cues: readonly Cue[];
  /** Strength from which the rule is tried. */
  readonly minStrength: number;
  readonly answer: (
    utterance: Utterance,
    state: DialogueState,
    context: TurnContext,
  ) => ComputedReply | string | undefined;
}

const recallNames: readonly (readonly [readonly Cue[], SlotName])[] = [
  [['order number', 'my order'], 'orderNumber'],
  [['account|customer number'], 'accountNumber'],
  [['phone number', 'my number'], 'phoneNumber'],
];

/** With one of these in it a question for a time or day is not about the clock or the calendar of today. */
const scheduled = new Set(
  'delivery deliver delivered open opening close closing appointment arrive arrives arriving order package parcel bill refund come comes coming late'.split(
    ' ',
  ),
);
const beforeClockTime = new Set(['what', 'the', 'current', 'local', 'exact', 'right']);
const afterOtherTime = new Set([
  'that',
  'when',
  'for',
  'of',
  'to',
  'i',
  'you',
  'we',
  'my',
  'does',
  'do',
  'will',
  'can',
]);

const rules: readonly Rule[] = [
  {
    cues: [
      'repeat that|it|please',
      'say that|it again',
      '^what',
      '=repeat',
      '=pardon',
      '=again please',
      'come again',
      'did not hear|catch|understand you|that|what',
      'what did you say',
      'one more time',
      'pardon me',
    ],
    minStrength: 1,
    answer: ({ words }, { lastReply }) => {
      if (words[0] === 'what' && words.length > 1 && !words.includes('say')) return undefined;
      return lastReply === ''
        ? 'I have not said anything yet. How can I help?'
        : `I said: ${lastReply.replace(/^I said: /, '')}`;
    },
  },
  {
    cues: [
      'what time is it',
      'what is the time',
      '=what time',
      '=the time',
      'tell|give me the|what time',
      'you know|have|got|tell the|what time',
    ],
    minStrength: 1,
    answer: ({ words }, _state, context) => {
      const at = words.indexOf('time');
      const isClockTime = beforeClockTime.has(words[at - 1] ?? '') && !afterOtherTime.has(words[at + 1] ?? '');
      if (!isClockTime || words.some((word) => scheduled.has(word))) return undefined;
      return `It is ${dateText(context, { hour: 'numeric', minute: '2-digit' })}.`;
    },
  },
  {
    cues: [
      'what|which day|date is it|today',
      '=what day|date',
      'what is the|today date|day',
      'tell me the|today date|day',
      'you know|tell what|the date|day',
      'what is today',
      'what year|month is it|this',
    ],
    minStrength: 1,
    answer: ({ words }, _state, context) =>
      words.some((word) => scheduled.has(word))
        ? undefined
        : `Today is ${dateText(context, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' })}.`,
  },
  {
    cues: ['how spell', 'spell'],
    minStrength: 1,
    answer: (utterance, state) => {
      const said = utterance.after(['spell', 'spell my|the word|name']) ?? [];
      const word = said.find(
        (candidate) => !['it', 'that', 'the', 'my', 'word', 'name', 'me', 'for', 'please'].includes(candidate),
      );
      const spelt = word ?? (said.includes('name') ? state.callerName : undefined);
      return spelt
        ? `${spelt.charAt(0).toUpperCase()}${spelt.slice(1)} is spelt ${spacedOut(spelt.toUpperCase())}.`
        : undefined;
    },
  },
  {
    cues: ['what is my name', 'my name again', 'do you know|remember my name', 'remember me', 'who am i'],
    minStrength: 1,
    answer: (_utterance, { callerName }) =>
      callerName === null
        ? 'You have not told me your name yet. What is it?'
        : `You told me that your name is ${callerName}.`,
  },
  {
    cues: [
      'what is|was my number',
      'what is|was my order|account|customer|phone',
      'read back',
      'which number',
      'number again',
      'remember number',
    ],
    minStrength: 1,
    answer: (utterance, { slots: known }) => {
      const wanted = recallNames.find(
        ([cues, slot]) => known[slot] !== undefined && utterance.strengthOf(cues) > 0,
      )?.[1];
      const slot = wanted ?? recallNames.find(([, name]) => known[name] !== undefined)?.[1];
      return slot && `I have ${spacedOut(known[slot] ?? '')} as your ${slots[slot].spokenName}.`;
    },
  },
  {
    cues: [
      '=your name',
      'what is your name',
      'have|get|know|tell your name',
      'who are you',
      'who is this|that|there',
      'what are you called',
      'who am i talking|speaking',
    ],
    minStrength: 1,
    answer: (_utterance, _state, { persona: { name, organisation } }) => {
      const place = organisation === null ? '' : ` of ${organisation}`;
      return name === null
        ? `I am the voice assistant${place}, I have no name of my own. What is yours?`
        : `My name is ${name}, I am the voice assistant${place}.`;
    },
  },
  {
    cues: [
      'speak|talk|answer in german|spanish|french|chinese|japanese|italian|mandarin|dutch|hindi|arabic|portuguese',
      'do you speak',
      'other language',
    ],
    minStrength: 1,
    answer: ({ words }) =>
      words.includes('english')
        ? 'Yes, I speak English.'
        : 'I only speak English as long as no language model is connected, sorry.',
  },
  {
    cues: ['my name is', 'i am called', 'call me', 'name is'],
    minStrength: 1,
    answer: (utterance) => {
      const callerName = utterance.words.includes('back') ? undefined : nameIn(utterance, { bare: false });
      return (
        callerName && { intent: 'greet', text: `Nice to meet you, ${callerName}. What can I do for you?`, callerName }
      );
    },
  },
];

/** The worked-out answer with the intent of telling something, unless the rule says otherwise; undefined when none fits. */
export function computedReply(
  utterance: Utterance,
  state: DialogueState,
  context: TurnContext,
): ComputedReply | undefined {
  const sum = answerSum(utterance.words);
  if (sum !== undefined) return { intent: 'inform', text: sum };
  for (const rule of rules) {
    if (utterance.strengthOf(rule.cues) < rule.minStrength) continue;
    const answer = rule.answer(utterance, state, context);
    if (answer) return typeof answer === 'string' ? { intent: 'inform', text: answer } : answer;
  }
  return undefined;
}

const questionCues: readonly Cue[] = [
  '^what|when|where|who|how|which|why',
  '^do|does|are|is|can|could',
  'tell me',
  'open|opening|close|hours',
  'i want|would know',
];

/** A fact of the instructions that answers a question. */
export function factReply(utterance: Utterance, context: TurnContext): ReplySentence | undefined {
  if (utterance.strengthOf(questionCues) === 0) return undefined;
  const fact = factFor(context.persona.facts, utterance.words);
  return fact === undefined ? undefined : { intent: 'inform', text: fact };
}

function dateText({ wallTimeMs, timeZone, locale }: TurnContext, parts: Intl.DateTimeFormatOptions): string {
  const spokenLocale = locale.toLowerCase().startsWith('en') ? locale : 'en-GB';
  return new Intl.DateTimeFormat(spokenLocale, { ...parts, timeZone }).format(wallTimeMs).replace(/\u202f/g, ' ');
}
