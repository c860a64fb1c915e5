/**
 * Requests that need a few questions: what starts them, what is asked, how they end.
 *
 * Data. The embedded responder has no access to anybody's systems; every ending says so and promises only that the
 * details are in the record of the call. `{orderNumber}` and the like insert an answer, digits apart.
 */
import type { Cue } from './utterance.js';

export type SlotName = 'orderNumber' | 'accountNumber' | 'phoneNumber' | 'day' | 'problem' | 'item' | 'callerName';

export interface Slot {
  readonly questions: readonly string[];
  /** What it is called in `I have … as your order number`. */
  readonly spokenName: string;
  /** Asked when the answer could not be used. */
  readonly retry: string;
  /** What is heard as digits is read back for a yes or no. */
  readonly readBack: boolean;
}

export const slots: Readonly<Record<SlotName, Slot>> = {
  orderNumber: {
    spokenName: 'order number',
    questions: ['What is your order number?', 'Could you tell me the order number?'],
    retry: 'I did not catch a number. Please say the order number digit by digit.',
    readBack: true,
  },
  accountNumber: {
    spokenName: 'account number',
    questions: ['What is your account or customer number?', 'Could you tell me your customer number?'],
    retry: 'I did not catch a number. Please say it digit by digit.',
    readBack: true,
  },
  phoneNumber: {
    spokenName: 'phone number',
    questions: ['On which phone number can you be reached?'],
    retry: 'I did not catch that number. Please say it digit by digit.',
    readBack: true,
  },
  day: {
    spokenName: 'day',
    questions: ['Which day would suit you?', 'For which day should it be?'],
    retry: 'Which day is that? You can say tomorrow, Friday, or a date.',
    readBack: false,
  },
  problem: {
    spokenName: 'description',
    questions: ['What happened exactly?', 'Please tell me in a sentence what went wrong.'],
    retry: 'Please say in a few words what went wrong.',
    readBack: false,
  },
  item: {
    spokenName: 'item',
    questions: ['Which item is it about?', 'What is it about, which item?'],
    retry: 'Which item do you mean?',
    readBack: false,
  },
  callerName: {
    spokenName: 'name',
    questions: ['And what is your name?', 'May I have your name?'],
    retry: 'Sorry, I did not get the name. How are you called?',
    readBack: false,
  },
};

export interface SupportScenario {
  readonly id: string;
  readonly cues: readonly Cue[];
  /** True when the caller has reason to be annoyed, so that it begins with a word of regret. */
  readonly unpleasant: boolean;
  readonly openings: readonly string[];
  readonly asks: readonly SlotName[];
  readonly ending: string;
}

export const supportScenarios: readonly SupportScenario[] = [
  {
    id: 'order-problem',
    cues: [
      'order|package|parcel|delivery late|delayed|missing|lost|broken|damaged|wrong',
      'order|package|parcel|delivery never|not arrived|come|arrive|delivered|received|here',
      'late|delayed|missing|damaged|broken|wrong order|package|parcel|delivery|item',
      'have not received|got',
      'received|got|sent wrong|broken|damaged',
      'still waiting for order|package|parcel|delivery',
      'waited for order|package|parcel|delivery',
    ],
    unpleasant: true,
    openings: ['Let us write down what happened to your order.', 'I will take the details of your order.'],
    asks: ['orderNumber', 'problem'],
    ending:
      'Thank you. I have your order number {orderNumber} and what went wrong. I cannot see the order from here, so someone with access has to follow this up.',
  },
  {
    id: 'order-status',
    cues: [
      'where|when order|package|parcel|delivery',
      'track|tracking|status order|package|parcel|delivery',
      'track my',
      'order|delivery|package status',
      'check order|delivery|package',
      'about order|delivery|package|parcel',
      'help with|about order|delivery|package|parcel',
      'help order|delivery|package|parcel',
      'when|will arrive|delivered|arriving',
      'what time|day order|package|parcel|delivery',
      'delivery time|times',
    ],
    unpleasant: false,
    openings: ['Let us see to your order.', 'Sure, about your order.'],
    asks: ['orderNumber'],
    ending:
      'Thank you, I have noted order number {orderNumber}. I have no view into the delivery system, so I cannot say where it is. Someone with access can look it up with that number.',
  },
  {
    id: 'refund',
    cues: [
      'refund',
      'money back',
      'help with refund|return',
      'return item|order|product|it|shoes|this|something',
      'send it back',
      'give back',
      'exchange',
    ],
    unpleasant: false,
    openings: ['I can take down your refund request.', 'All right, a refund.'],
    asks: ['orderNumber', 'problem'],
    ending:
      'Thank you. Your request for a refund of order {orderNumber} is noted with the reason. I cannot approve it myself.',
  },
  {
    id: 'billing',
    cues: [
      'charged twice|wrong|too|extra',
      'bill|invoice|charge|payment wrong|high|question|problem|incorrect|mistake|error',
      'wrong|high|problem|question|about bill|invoice|charge|payment',
      'my bill|invoice',
      'help with|about bill|invoice|payment',
      'pay bill|invoice',
      'overcharged',
    ],
    unpleasant: true,
    openings: ['Let us look at what is wrong with the bill.', 'I will note the problem with your bill.'],
    asks: ['accountNumber', 'problem'],
    ending:
      'Thank you. I have your customer number {accountNumber} and what is wrong with the bill. I cannot see the account, so someone in billing has to check it.',
  },
  {
    id: 'cancel-contract',
    cues: [
      'cancel subscription|contract|account|membership|order|service',
      'close account',
      'cancel trip|flight|booking|reservation|ticket',
      'unsubscribe',
      'end contract|subscription',
      'quit membership|subscription',
    ],
    unpleasant: false,
    openings: ['I can take down that you want to cancel.', 'All right, you want to cancel.'],
    asks: ['accountNumber', 'callerName'],
    ending:
      'Thank you. The cancellation for customer number {accountNumber} is noted. It counts only once someone confirms it to you in writing.',
  },
  {
    id: 'appointment',
    cues: [
      'appointment',
      'book|make|schedule|reschedule|change|move booking|reservation|meeting|visit|table|room',
      'reserve|book table|room',
      'reschedule',
      'schedule visit|call|meeting',
    ],
    unpleasant: false,
    openings: ['Let us find a time.', 'Sure, about an appointment.'],
    asks: ['day', 'callerName'],
    ending:
      'Thank you. I have noted {day} for {callerName}. I cannot see the calendar, so please wait for a confirmation.',
  },
  {
    id: 'technical-problem',
    cues: [
      'internet|wifi|phone|app|website|line|connection|device|router|computer|tv|machine not|down|slow|broken|crashed|crashing|stopped',
      'does not work',
      'is not working',
      'stopped working',
      'not working',
      'technical problem|issue|support',
      'error message',
      'keeps crashing',
    ],
    unpleasant: true,
    openings: ['Let us write down the fault.', 'I will note what is not working.'],
    asks: ['problem', 'phoneNumber'],
    ending:
      'Thank you. I have noted the fault and that you can be reached on {phoneNumber}. Switching the device off for half a minute and on again is always worth a try.',
  },
  {
    id: 'account-access',
    cues: [
      'forgot|reset|change|lost password|pin',
      'can not log|sign in',
      'locked out',
      'account locked|blocked',
      'log in problem|trouble',
      'password not',
      'help with password|login|account',
    ],
    unpleasant: true,
    openings: [
      'Access is something a person has to check, for your safety.',
      'I cannot reset a password myself, and please do not tell me yours.',
    ],
    asks: ['callerName', 'phoneNumber'],
    ending: 'Thank you, {callerName}. I have noted that you need access again and can be reached on {phoneNumber}.',
  },
  {
    id: 'lost-card',
    cues: [
      'lost|stolen|stole card|wallet|phone',
      'block|freeze card',
      'card lost|stolen|gone',
      'fraud',
      'did not make payment|purchase|transaction',
    ],
    unpleasant: true,
    openings: [
      'Please also call the emergency number of your card issuer at once, since I cannot block anything myself.',
    ],
    asks: ['callerName', 'phoneNumber'],
    ending:
      'Thank you, {callerName}. I have noted that, with your phone number {phoneNumber}. Please have the card blocked by its issuer right away.',
  },
  {
    id: 'complaint',
    cues: [
      'complain|complaint',
      'nobody answers|answered|helps|helping|helped|cares|listens|called|calls',
      'did not|never call|called back',
      'not have time for this',
      'waste of time',
      'not happy|satisfied with',
      'unacceptable',
      'ridiculous',
      'bad|terrible|awful|poor|worst service|experience',
      'very|so disappointed',
      'i am angry|furious|upset|annoyed|frustrated|fed',
    ],
    unpleasant: true,
    openings: ['I want to write this down properly.', 'Let me take your complaint.'],
    asks: ['problem', 'callerName'],
    ending: 'Thank you for telling me, {callerName}. Your complaint is noted in your own words.',
  },
  {
    id: 'something-to-report',
    cues: [
      'i have problem|question|issue|request',
      'there is problem|issue',
      'something is wrong',
      'something went wrong',
    ],
    unpleasant: false,
    openings: ['I am listening.', 'Of course.'],
    asks: ['problem'],
    ending: 'Thank you, I have noted that. I cannot solve it by myself, but it is in the record of this call.',
  },
];
