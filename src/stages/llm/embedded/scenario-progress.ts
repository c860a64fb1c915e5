/**
 * How a support scenario goes on: reads a number back, asks for what is missing, or ends.
 *
 * Pure. Endings never name a detail that was not given.
 */
import type { DialogueState, DialogueStep, PendingQuestion, ReplySentence } from './dialogue-state.js';
import { spacedOut } from './spoken-number.js';
import { slots, supportScenarios, type SlotName } from './support-scenarios.js';
import type { TurnContext } from './turn-context.js';

/** Repeats a number and asks whether it is right. */
export function readBack(state: DialogueState, slot: SlotName): DialogueStep {
  const text = `I have ${spacedOut(state.slots[slot] ?? '')}. Is that right?`;
  return say(
    { ...state, misunderstood: 0, pending: { kind: 'confirm', slot, heardAs: 'Is that right?' } },
    { intent: 'question', text },
  );
}

/** Asks for the first detail that is missing, or ends the scenario. */
export function proceed(state: DialogueState, said: readonly ReplySentence[], context: TurnContext): DialogueStep {
  const scenario = supportScenarios.find(({ id }) => id === state.scenario);
  if (!scenario) return { state: { ...state, pending: null }, sentences: said };
  const missing = scenario.asks.find((slot) => state.slots[slot] === undefined);
  if (missing !== undefined) {
    const question = context.variation.pick(slots[missing].questions);
    const pending: PendingQuestion = { kind: 'slot', slot: missing, tries: 1, heardAs: question };
    return {
      state: { ...state, misunderstood: 0, pending },
      sentences: [...said, { intent: 'question', text: question }],
    };
  }
  const heardAs = 'Is there anything else?';
  const ending: ReplySentence = { intent: 'inform', text: filled(scenario.ending, state.slots) };
  const { problem: _told, ...kept } = state.slots;
  const sentences = [...said, ending, { intent: 'question', text: heardAs } as const];
  return {
    state: {
      ...state,
      misunderstood: 0,
      scenario: null,
      slots: withoutEmpty(kept),
      pending: { kind: 'anything-else', heardAs },
    },
    sentences,
  };
}

/** A sentence whose details are unknown gives way to one that needs none. */
function filled(ending: string, known: DialogueState['slots']): string {
  const sentences = ending.split(/(?<=\.)\s+/).map((sentence) => {
    let complete = true as boolean;
    const text = sentence.replace(/\{(\w+)\}/g, (_placeholder, name: string) => {
      const value = known[name as SlotName] ?? '';
      complete &&= value !== '';
      return slots[name as SlotName].readBack ? spacedOut(value) : value;
    });
    return complete ? text : 'I have noted what you told me.';
  });
  return [...new Set(sentences)].join(' ');
}

function withoutEmpty(known: DialogueState['slots']): DialogueState['slots'] {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== ''));
}

/** A step of one sentence. */
export function say(state: DialogueState, sentence: ReplySentence): DialogueStep {
  return { state, sentences: [sentence] };
}
