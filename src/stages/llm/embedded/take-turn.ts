/**
 * One turn of a conversation with the embedded responder: what the caller said and where things stand go in, the answer
 * and where things stand then come out.
 *
 * Pure. The order of the questions it asks itself is the policy: emergency, answer to an open question, what can be worked
 * out, requests, everyday talk, facts of the instructions, and last an honest `I do not know`.
 */
import { computedReply, factReply } from './computed-replies.js';
import type { DialogueState, DialogueStep, PendingQuestion } from './dialogue-state.js';
import { answerPending, beginScenario } from './scenario-talk.js';
import { answerFor, nameIn } from './slot-answer.js';
import { smallTalk, type SmallTalk } from './small-talk.js';
import { spacedOut } from './spoken-number.js';
import { slots, supportScenarios, type SlotName, type SupportScenario } from './support-scenarios.js';
import { introductionOf, type TurnContext } from './turn-context.js';
import type { Cue, Utterance } from './utterance.js';

/** Interrupts the questions of a scenario. */
const interruptions = new Set([
  'emergency',
  'person',
  'never-mind',
  'farewell',
  'wait',
  'slower',
  'can-you-hear-me',
  'misunderstanding',
]);
/** Leaves the request that was being taken down. */
const endsScenario = new Set(['never-mind', 'person', 'misunderstanding']);
const greetings: readonly Cue[] = ['^hello', '^hi', '^hey', '^good morning|afternoon|evening'];
const openingHours: readonly Cue[] = [
  'open|opening|business|office hours|times',
  'when open|close',
  'are you open',
  'you open|close',
  'closing time',
];
const otherFacts: readonly Cue[] = [
  'where are you located',
  'your address',
  'how much',
  'what price|cost',
  'the price',
  'shipping cost',
  'how long does',
];

/** Answers the utterance. The reply is never empty. */
export function takeTurn(state: DialogueState, utterance: Utterance, context: TurnContext): DialogueStep {
  const talk = strongest(smallTalk, utterance);
  const named = nameIn(utterance, { bare: false });
  const before: DialogueState = {
    ...state,
    turn: state.turn + 1,
    callerName: named !== undefined && !utterance.words.includes('back') ? named : state.callerName,
  };
  const answered =
    before.pending && !(talk && interruptions.has(talk.item.id)) && !changesRequest(before, utterance)
      ? answerPending(before, utterance, context)
      : undefined;
  const step = answered ?? answerRequest(before, utterance, context, talk);
  return { ...step, state: { ...step.state, lastReply: step.sentences.map((sentence) => sentence.text).join(' ') } };
}

function answerRequest(
  state: DialogueState,
  utterance: Utterance,
  context: TurnContext,
  talk: Match<SmallTalk> | undefined,
): DialogueStep {
  const understood: DialogueState = { ...state, misunderstood: 0, pending: null };
  if (talk?.item.id === 'emergency') return sayTalk(understood, talk.item, context);
  const computed = computedReply(utterance, state, context);
  if (computed) {
    const next = { ...understood, callerName: computed.callerName ?? understood.callerName };
    return withReminder(state, { state: next, sentences: [computed] });
  }
  const scenario = strongest(supportScenarios, utterance);
  const isComplaint = scenario?.item.unpleasant && scenario.strength >= 2 && !interruptions.has(talk?.item.id ?? '');
  if (scenario && (isComplaint || scenario.strength >= (talk && !talk.item.givesWay ? talk.strength : 0))) {
    const step = beginScenario(understood, scenario.item, utterance, context);
    const greets = state.turn === 1 && utterance.strengthOf(greetings) > 0;
    return greets ? { ...step, sentences: [{ intent: 'greet', text: 'Hello.' }, ...step.sentences] } : step;
  }
  if (!scenario) {
    const noted = noteNumber(understood, utterance);
    if (noted) return noted;
  }
  const fact = factReply(utterance, context);
  if (fact && (!talk || talk.item.givesWay)) return withReminder(state, { state: understood, sentences: [fact] });
  if (utterance.strengthOf([...openingHours, ...otherFacts]) >= 1) {
    return {
      state: understood,
      sentences: [
        {
          intent: 'inform',
          text: 'That is not in what I was told, and I do not want to guess. Can I help with something else?',
        },
      ],
    };
  }
  if (talk) return withReminder(state, sayTalk(understood, talk.item, context));
  return followUp(state, utterance, context) ?? admitIgnorance(state, utterance, context);
}

/** Keeps a number that is told before anything asked for it. */
function noteNumber(state: DialogueState, utterance: Utterance): DialogueStep | undefined {
  if (utterance.strengthOf(['number is']) === 0) return undefined;
  const slot: SlotName =
    utterance.strengthOf(['phone|telephone|mobile number']) > 0
      ? 'phoneNumber'
      : utterance.strengthOf(['account|customer number']) > 0
        ? 'accountNumber'
        : 'orderNumber';
  const number = answerFor(slot, utterance);
  if (number === undefined) return undefined;
  const heardAs = 'What is it about?';
  return {
    state: { ...state, slots: { ...state.slots, [slot]: number }, pending: { kind: 'open', heardAs } },
    sentences: [
      { intent: 'acknowledge', text: `I have ${spacedOut(number)}.` },
      { intent: 'question', text: heardAs },
    ],
  };
}

/** True when a number was asked for, and the caller brings up another request without giving one. */
function changesRequest({ pending, scenario }: DialogueState, utterance: Utterance): boolean {
  if (pending?.kind !== 'slot' || !slots[pending.slot].readBack) return false;
  if (answerFor(pending.slot, utterance) !== undefined) return false;
  const other = strongest(supportScenarios, utterance);
  return other !== undefined && other.strength >= 2 && other.item.id !== scenario;
}

function sayTalk(state: DialogueState, talk: SmallTalk, context: TurnContext): DialogueStep {
  let phrasing = context.variation.pick(talk.phrasings);
  if (talk.id === 'greeting' && state.turn > 1) phrasing = 'Hello again{caller}. What can I do for you?';
  const text = phrasing
    .replaceAll('{self}', introductionOf(context.persona))
    .replaceAll('{caller}', state.callerName === null ? '' : `, ${state.callerName}`);
  const keepsQuestion = talk.id === 'wait' || talk.id === 'can-you-hear-me' || talk.id === 'slower';
  const asked: PendingQuestion | null = !text.includes('?')
    ? null
    : { kind: talk.asksForMore ? 'anything-else' : 'open', topic: talk.id, heardAs: lastSentence(text) };
  return {
    state: {
      ...state,
      pending: keepsQuestion ? state.pending : asked,
      scenario: endsScenario.has(talk.id) ? null : state.scenario,
    },
    sentences: [{ intent: talk.intent, text }],
  };
}

/** An answer in passing leaves the question of a scenario open, and asks it again. */
function withReminder(before: DialogueState, step: DialogueStep): DialogueStep {
  const { pending } = before;
  const closing = step.sentences.some(({ intent }) => intent === 'farewell');
  if (pending?.kind !== 'slot' || closing || step.state.scenario === null || step.state.pending === pending)
    return step;
  if (step.sentences.some(({ text }) => text.includes(pending.heardAs)))
    return { ...step, state: { ...step.state, pending } };
  return {
    state: { ...step.state, pending },
    sentences: [...step.sentences, { intent: 'question', text: pending.heardAs }],
  };
}

/** Takes what the caller says after being asked to go on as just that. */
function followUp(state: DialogueState, utterance: Utterance, { variation }: TurnContext): DialogueStep | undefined {
  const followUps = smallTalk.find(({ id }) => id === state.pending?.topic)?.followUps;
  if (!followUps || utterance.words.length < 2 || isQuestion(utterance)) return undefined;
  const text = variation.pick(followUps);
  const pending: PendingQuestion | null = text.includes('?')
    ? { kind: 'anything-else', heardAs: lastSentence(text) }
    : null;
  return { state: { ...state, misunderstood: 0, pending }, sentences: [{ intent: 'acknowledge', text }] };
}

function isQuestion(utterance: Utterance): boolean {
  return (
    utterance.strengthOf([
      '^what|when|where|who|how|which|why',
      '^do|does|are|is|can|could|will|would you|it|there|we|i',
    ]) > 0
  );
}

const unknownQuestion = [
  'I do not know that, I only have simple rules and no language model. You can ask me the time, a sum, or tell me about an order, a bill or an appointment.',
  'That is beyond what I know. I can note a request, a complaint or an appointment, or do a sum for you.',
];
const unknownStatement = [
  'I see. Could you tell me a little more about that?',
  'I want to be sure I understand. What would you like me to do about it?',
  'Thank you for telling me. Is it about an order, a bill, an appointment, or something else?',
];
const unknownAgain = [
  'I am sorry, I still do not follow. Shall I note that you want to talk to a person?',
  'This goes beyond my simple rules, I am afraid. I can note that a person should call you. Would you like that?',
];

function admitIgnorance(state: DialogueState, utterance: Utterance, { variation }: TurnContext): DialogueStep {
  if (isQuestion(utterance)) {
    const text = variation.pick(unknownQuestion);
    return { state: { ...state, pending: null }, sentences: [{ intent: 'inform', text }] };
  }
  const misunderstood = state.misunderstood + 1;
  if (utterance.words.length === 0) {
    return {
      state: { ...state, misunderstood },
      sentences: [{ intent: 'question', text: 'I did not catch that. Could you say it again?' }],
    };
  }
  const text = variation.pick(misunderstood >= 3 ? unknownAgain : unknownStatement);
  const kind = misunderstood >= 3 ? 'offer-person' : 'open';
  const pending: PendingQuestion | null = text.includes('?') ? { kind, heardAs: lastSentence(text) } : null;
  return { state: { ...state, misunderstood, pending }, sentences: [{ intent: 'question', text }] };
}

interface Match<T> {
  readonly item: T;
  readonly strength: number;
}

/** The entry whose cues match best, when at least one content word of them was said; the first one of equals. */
function strongest<T extends SmallTalk | SupportScenario>(
  entries: readonly T[],
  utterance: Utterance,
): Match<T> | undefined {
  let best: Match<T> | undefined;
  for (const item of entries) {
    const strength = utterance.strengthOf(item.cues);
    if (strength >= 0.8 && strength > (best?.strength ?? 0)) best = { item, strength };
  }
  return best;
}

function lastSentence(text: string): string {
  return text.split(/(?<=[.!?])\s+/).at(-1) ?? text;
}
