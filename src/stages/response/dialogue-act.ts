/**
 * What a reply does to a person's feelings, before it does what they asked for.
 *
 * The acts are those that service and counselling talk has names for (after the apology and support moves of
 * S. Blum-Kulka, J. House and G. Kasper, Cross-Cultural Pragmatics, 1989). An act says what to do, never with which words:
 * a language model gets the instruction, the embedded responder has phrasings of its own.
 */

export const dialogueActs = [
  'acknowledge',
  'apologise',
  'reassure',
  'slow-down',
  'be-brief',
  'offer-person',
  'share-joy',
  'welcome-relief',
] as const;

export type DialogueAct = (typeof dialogueActs)[number];

/** One sentence each, for a language model. */
export const actInstructions: Readonly<Record<DialogueAct, string>> = {
  acknowledge: 'Show in a few words that you took in what this is like for them, without naming a feeling.',
  apologise: 'Apologise once, briefly and without excuses, and say what you do about it.',
  reassure: 'Give them calm: say what will happen next, and that there is time.',
  'slow-down': 'Go one step at a time, and ask whether they are with you before the next one.',
  'be-brief': 'Keep it short: the answer first, nothing that was not asked for.',
  'offer-person': 'Offer that a person takes over, and leave the choice to them.',
  'share-joy': 'Be glad with them in a few words.',
  'welcome-relief': 'Say that you are glad it is better now, without going back to what was wrong.',
};
