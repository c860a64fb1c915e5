/**
 * Asks the questions of a support scenario and understands the answers, yes and no included.
 *
 * Pure. A detail that was given before is not asked again; one that cannot be understood twice is left out rather than
 * insisted on. Numbers are read back, and a correction instead of a yes is taken as the new number.
 */
import type { DialogueState, DialogueStep, PendingQuestion, ReplySentence } from './dialogue-state.js';
import { answerFor } from './slot-answer.js';
import { proceed, readBack, say } from './scenario-progress.js';
import { slots, type SlotName, type SupportScenario } from './support-scenarios.js';
import type { TurnContext } from './turn-context.js';
import type { Cue, Utterance } from './utterance.js';

const yes: readonly Cue[] = [
  '^yes',
  '^yeah',
  '^yep',
  '^yup',
  '^sure',
  '^correct',
  '^right',
  '^exactly',
  'that is right|correct|fine',
  '=okay',
  '^please do',
  '^of course',
  '^absolutely',
  '^go ahead',
  '=yes please',
  '=alright',
];
const no: readonly Cue[] = [
  '^no',
  '^nope',
  '^nah',
  '^not',
  'that is wrong|not|all|it',
  '^wrong',
  '^incorrect',
  'nothing else|more',
  '=i am good|fine',
  '^never',
];
const unknownToCaller: readonly Cue[] = [
  'do not know|have|remember',
  'not sure',
  'no idea',
  'can not find|remember',
  'lost it',
  'have not got',
];
/** Never an answer, not even to an open question. */
const counterQuestions: readonly Cue[] = [
  '^repeat',
  '^say that|it again',
  '=pardon',
  '=what',
  '^what did you',
  'come again',
  '^who are you',
  '^what time is it',
  '^what is your|my',
  '^what is weather',
];
const maxTries = 2;

/** Opens a scenario and asks its first question. */
export function beginScenario(
  state: DialogueState,
  scenario: SupportScenario,
  utterance: Utterance,
  context: TurnContext,
): DialogueStep {
  const opening: ReplySentence = { intent: 'acknowledge', text: context.variation.pick(scenario.openings) };
  const regret: ReplySentence[] = scenario.unpleasant
    ? [
        {
          intent: 'apologise',
          text: context.variation.pick([
            'I am sorry about that.',
            'That should not have happened.',
            'Sorry to hear that.',
          ]),
        },
      ]
    : [];
  const known = { ...state.slots };
  // Whatever was said along with the request counts, as `where is order four five two`.
  for (const slot of scenario.asks) {
    const given = slots[slot].readBack || slot === 'day' ? answerFor(slot, utterance) : undefined;
    if (given !== undefined) known[slot] = given;
  }
  if (state.callerName !== null) known.callerName = state.callerName;
  const { problem: _earlier, ...reusable } = known;
  return proceed({ ...state, scenario: scenario.id, slots: reusable }, [...regret, opening], context);
}

/** Reads the utterance as the answer to what was asked; undefined when it is about something else. */
export function answerPending(
  state: DialogueState,
  utterance: Utterance,
  context: TurnContext,
): DialogueStep | undefined {
  const { pending } = state;
  const saysYes = utterance.strengthOf(yes) > 0;
  const saysNo = utterance.strengthOf(no) > 0;
  switch (pending?.kind) {
    case 'slot':
      return answerSlot(state, pending, utterance, context);
    case 'confirm':
      return answerConfirmation(state, pending.slot, { utterance, context, saysYes, saysNo });
    case 'anything-else':
      if (saysNo && utterance.words.length <= 5) {
        return say(
          { ...state, pending: null, scenario: null },
          {
            intent: 'farewell',
            text: `All right. Thank you for calling${state.callerName === null ? '' : `, ${state.callerName}`}. Goodbye.`,
          },
        );
      }
      return saysYes && utterance.words.length <= 2
        ? say({ ...state, pending: null }, { intent: 'question', text: 'Go ahead, what is it?' })
        : undefined;
    case 'offer-person':
      if (saysYes)
        return say(
          { ...state, pending: null, misunderstood: 0 },
          { intent: 'reassure', text: 'I have noted that a person should call you. I cannot put you through myself.' },
        );
      return saysNo
        ? say(
            { ...state, pending: null, misunderstood: 0 },
            { intent: 'acknowledge', text: 'All right. Then tell me in other words what you need.' },
          )
        : undefined;
    case 'open':
      if (utterance.words.length > 2) return undefined;
      if (saysYes)
        return say({ ...state, pending: null }, { intent: 'question', text: 'Please go on, I am listening.' });
      return saysNo
        ? say(
            { ...state, pending: null },
            { intent: 'acknowledge', text: 'That is fine. Just tell me what you would like instead.' },
          )
        : undefined;
    case undefined:
      return undefined;
  }
}

function answerSlot(
  state: DialogueState,
  pending: PendingQuestion & { readonly kind: 'slot' },
  utterance: Utterance,
  context: TurnContext,
): DialogueStep | undefined {
  const { slot } = pending;
  if (utterance.strengthOf(counterQuestions) > 0) return undefined;
  const unable = utterance.strengthOf(unknownToCaller) > 0 && slot !== 'problem';
  const answer = unable ? undefined : answerFor(slot, utterance);
  if (answer !== undefined) {
    const named = slot === 'callerName' ? { callerName: answer } : {};
    const known = { ...state, ...named, slots: { ...state.slots, [slot]: answer } };
    return slots[slot].readBack ? readBack(known, slot) : proceed(known, [], context);
  }
  const asksSomething =
    utterance.strengthOf(['^what|when|where|who|how|which|why', '^can|could you', '^do|does|is|are']) > 0;
  if (asksSomething && !unable) return undefined;
  if (unable || pending.tries >= maxTries) {
    const sentence: ReplySentence = { intent: 'reassure', text: 'That is fine, we can do without it.' };
    return proceed({ ...state, slots: { ...state.slots, [slot]: '' } }, [sentence], context);
  }
  const { retry } = slots[slot];
  return say(
    { ...state, pending: { kind: 'slot', slot, tries: pending.tries + 1, heardAs: retry } },
    { intent: 'question', text: retry },
  );
}

function answerConfirmation(
  state: DialogueState,
  slot: SlotName,
  {
    utterance,
    context,
    saysYes,
    saysNo,
  }: {
    readonly utterance: Utterance;
    readonly context: TurnContext;
    readonly saysYes: boolean;
    readonly saysNo: boolean;
  },
): DialogueStep | undefined {
  const corrected = answerFor(slot, utterance);
  if (corrected !== undefined && corrected !== state.slots[slot]) {
    return readBack({ ...state, slots: { ...state.slots, [slot]: corrected } }, slot);
  }
  if (saysYes || corrected !== undefined) return proceed(state, [{ intent: 'acknowledge', text: 'Good.' }], context);
  if (!saysNo) return undefined;
  const { [slot]: _wrong, ...others } = state.slots;
  const question = 'Sorry about that. Please say it once more, digit by digit.';
  return say(
    { ...state, slots: others, pending: { kind: 'slot', slot, tries: 1, heardAs: question } },
    { intent: 'apologise', text: question },
  );
}
