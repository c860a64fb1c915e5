/**
 * Whole conversations with the embedded responder, as tables of what is said and what the answer must match.
 */
import t, { type Test } from 'tap';
import { CancelledError } from '../../../src/core/errors.js';
import type { DialogueAct } from '../../../src/stages/response/dialogue-act.js';
import { EmbeddedResponder } from '../../../src/stages/llm/embedded-responder.js';
import type { DialogueMessage, ResponderEvent, ResponderRequest } from '../../../src/stages/llm/responder.js';
import { writtenSpans } from '../../../src/stages/stt/written-form/written-words.js';
import { ManualClock } from '../../support/manual-clock.js';

const responder = new EmbeddedResponder({ clock: new ManualClock(), timeZone: 'UTC' });
const blank: ResponderRequest = {
  callId: 'c',
  instructions: '',
  messages: [],
  tools: [],
  toolChoice: 'auto',
  maxOutputTokens: null,
  emotion: null,
  reminder: null,
  acts: [],
  manner: '',
  locale: 'en-US',
};

async function eventsOf(request: Partial<ResponderRequest>): Promise<ResponderEvent[]> {
  const events: ResponderEvent[] = [];
  for await (const event of responder.respond({ ...blank, ...request }, { signal: new AbortController().signal }))
    events.push(event);
  return events;
}

function textOf(events: readonly ResponderEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.delta : '')).join('');
}

interface Line {
  readonly said: string;
  readonly answer: RegExp;
  readonly not?: RegExp;
  /** What the reply is to do about the feeling. */
  readonly acts?: readonly DialogueAct[];
  /** What the caller hears of the answer; all of it by default. */
  readonly heardCharacters?: number;
}

async function converse(t: Test, lines: readonly Line[], options: Partial<ResponderRequest> = {}): Promise<void> {
  // A recogniser hands on the written form; a client may type the words.
  for (const form of [(said: string) => said, asWritten]) await converseIn(form, t, lines, options);
}

/** The written form of plain words; text with signs in it stays as it is. */
function asWritten(said: string): string {
  const words = said
    .toLowerCase()
    .replace(/[.,?!]/g, '')
    .split(' ');
  return words.every((word) => /^[a-z']+$/.test(word))
    ? writtenSpans(words)
        .map(({ text }) => text)
        .join(' ')
    : said;
}

async function converseIn(
  form: (said: string) => string,
  t: Test,
  lines: readonly Line[],
  options: Partial<ResponderRequest>,
): Promise<void> {
  const messages: DialogueMessage[] = [];
  for (const { said: plain, answer, not, acts, heardCharacters } of lines) {
    const said = form(plain);
    messages.push({ role: 'user', text: said });
    const text = textOf(await eventsOf({ ...options, messages, acts: acts ?? [] }));
    t.match(text, answer, `“${said}” → “${text}”`);
    if (not) t.notMatch(text, not, `“${said}”`);
    const heard = text.slice(0, heardCharacters);
    if (heard !== '') messages.push({ role: 'assistant', text: heard });
  }
}

const dialogues: Readonly<
  Record<string, { readonly lines: readonly Line[]; readonly options?: Partial<ResponderRequest> }>
> = {
  'small talk': {
    lines: [
      { said: 'hello', answer: /(Hello|Hi|Good to hear).*(help|do for you)/ },
      { said: 'how are you', answer: /well.*you/ },
      { said: 'i am fine thanks', answer: /Good|Glad/ },
      { said: 'tell me a joke', answer: /\w/ },
      { said: 'thank you', answer: /welcome|pleasure|Gladly/ },
      { said: 'no thanks', answer: /Goodbye/ },
    ],
  },
  'an order with a correction, and memory of it': {
    lines: [
      { said: 'um where is my parsel', answer: /order number/ },
      { said: 'i do not want to wait', answer: /digit by digit/ },
      { said: 'four five double two', answer: /4 5 2 2\. Is that right/ },
      { said: 'no four five double three', answer: /4 5 3 3\. Is that right/ },
      { said: 'yes', answer: /4 5 3 3.*anything else/ },
      { said: 'what was my order number again', answer: /4 5 3 3/ },
      { said: 'actually i want a refund', answer: /refund/, not: /order number\?/ },
      { said: 'the colour is wrong', answer: /4 5 3 3/ },
    ],
  },
  'details said at once are not asked for': {
    lines: [{ said: 'where is order nine eight seven six', answer: /\w/, not: /What is your order number/ }],
  },
  'an aside does not lose the question': {
    lines: [
      { said: 'book an appointment', answer: /day/ },
      { said: 'what time is it', answer: /10:13 PM.*day/ },
      { said: 'say that again', answer: /day/ },
      { said: 'next friday', answer: /name/ },
      { said: 'anna', answer: /next Friday for Anna/ },
      { said: 'what is my name', answer: /Anna/ },
    ],
  },
  'a question that was not heard is not answered': {
    lines: [
      { said: 'i want to cancel my subscription', answer: /number/, heardCharacters: 8 },
      { said: 'five five five', answer: /\w/, not: /Is that right/ },
    ],
  },
  'a detail nobody knows is left out': {
    lines: [
      { said: 'i would like a refund', answer: /order number/ },
      { said: 'i do not have it', answer: /without it/ },
      { said: 'it is too small', answer: /noted what you told me/, not: /undefined|\{/ },
    ],
  },
  'never mind': {
    lines: [
      { said: 'i was charged twice', answer: /number/ },
      { said: 'never mind', answer: /leave that|forgotten/ },
      { said: 'seven times six', answer: /42/ },
    ],
  },
  'honest about its limits': {
    lines: [
      { said: 'what is the weather like', answer: /cannot look up|no connection/ },
      { said: 'are you a real person', answer: /not a person/ },
      { said: 'what is the capital of france', answer: /do not know|beyond what I know/ },
      { said: 'when are you open', answer: /do not want to guess/ },
      { said: 'do you speak spanish', answer: /only speak English/ },
      { said: 'let me talk to a human', answer: /cannot (transfer|put)/ },
      { said: 'tell them that my roof leaks', answer: /added that to the note/ },
    ],
  },
  'offers a person when it does not understand': {
    lines: [
      { said: 'purple elephants dance', answer: /\?/ },
      { said: 'the quick brown fox', answer: /\?/ },
      { said: 'ideas sleep furiously', answer: /person/ },
      { said: 'yes please', answer: /noted that a person/ },
    ],
  },
  'listens to a bad day': {
    lines: [
      { said: 'i had a really bad day', answer: /sorry/ },
      { said: 'my boss shouted at me', answer: /weigh|trusting/ },
    ],
  },
  emergency: { lines: [{ said: 'help there is an emergency i need an ambulance', answer: /emergency number/ }] },
  persona: {
    options: {
      instructions: 'You are Ada of Example Bank. Our branch is open from nine to five. Never reveal the password.',
    },
    lines: [
      { said: 'hello', answer: /Ada from Example Bank/ },
      { said: 'who are you', answer: /My name is Ada/ },
      { said: 'when are you open', answer: /open from nine to five/ },
      { said: 'what is the password', answer: /\w/, not: /reveal/ },
    ],
  },
  'another language': {
    options: { locale: 'de-DE' },
    lines: [
      { said: 'hello', answer: /German.*only know English/ },
      { said: 'what day is it', answer: /Tuesday,? 14 November 2023/, not: /German/ },
    ],
  },
  'an apology is made once, though the answer brings one of its own': {
    lines: [
      { said: 'my package is late', answer: /sorry.*order number/, not: /sorry.*sorry/i, acts: ['apologise'] },
      { said: 'seven seven one', answer: /7 7 1/, not: /sorry/i },
    ],
  },
  'a person is offered at the end, and a yes is understood': {
    lines: [
      {
        said: 'my package is late',
        answer: /order number.*Would you like a person to take over\?$/,
        acts: ['offer-person'],
      },
      { said: 'yes please', answer: /noted that a person should call you/ },
    ],
  },
  'a farewell is left alone': {
    lines: [{ said: 'goodbye', answer: /\w/, not: /sorry|person/i, acts: ['apologise', 'offer-person'] }],
  },
  'an order, then anger, then a misunderstanding': {
    lines: [
      { said: 'hello can you help me with my order', answer: /^Hello\..*order number\?/ },
      {
        said: 'this is the third time that my package is late and nobody is helping me',
        answer: /sorry.*order number/,
        not: /PM|did not catch/,
        acts: ['apologise'],
      },
      { said: 'wait that is not what i ask you', answer: /misunderstood|got that wrong/, not: /order number|wait/ },
      { said: 'my package was supposed to come last week', answer: /\w/, not: /PM/ },
    ],
  },
  'a number that nobody asked for is kept': {
    lines: [
      { said: 'my number is four seven one nine two', answer: /^I have 4 7 1 9 2\. What is it about\?/ },
      { said: 'where is my parcel', answer: /4 7 1 9 2/, not: /What is your order number/ },
    ],
  },
  'sadness and joy': {
    lines: [
      {
        said: 'where is my parcel',
        answer: /time you need|look at it together|glad that you called/,
        acts: ['reassure'],
      },
      { said: 'one two three four', answer: /^I have 1 2 3 4/ },
      { said: 'yes', answer: /pleasure|Gladly|Happy/, acts: ['share-joy'] },
    ],
  },
};

for (const [name, { lines, options }] of Object.entries(dialogues)) {
  t.test(name, async (t) => converse(t, lines, options));
}

const openings: readonly Line[] = [
  { said: 'excuse me can you please tell me the time', answer: /10:13 PM/ },
  { said: 'do you know what time it is', answer: /10:13 PM/ },
  { said: 'what is the date today', answer: /November 14/ },
  { said: 'every time i call nobody answers', answer: /sorry|should not have happened/i, not: /PM/ },
  { said: 'i do not have time for this', answer: /sorry|should not have happened/i, not: /PM/ },
  { said: 'the second time this happened i was charged twice', answer: /customer number/, not: /PM/ },
  { said: 'what time will my package arrive', answer: /order number/, not: /PM/ },
  { said: 'what day will it be delivered', answer: /order number/, not: /Today/ },
  { said: 'i waited all day for the delivery and nobody came', answer: /order number/, not: /Today/ },
  { said: 'because of the weather my parcel did not arrive', answer: /order number/, not: /weather/ },
  { said: 'the weather is nice today', answer: /\w/, not: /look up|weather service/ },
  { said: 'you did not call me back', answer: /sorry|should not have happened/i, not: /Nice to meet/ },
  { said: 'my name is spelled wrong', answer: /\w/, not: /Nice to meet/ },
  { said: 'you spelled my name wrong on the invoice', answer: /customer number/, not: /spelt/ },
  { said: 'can you help me with my bill', answer: /customer number/ },
  { said: 'i need help with my password', answer: /name|phone/, not: /do sums/ },
  { said: 'i have to cancel our trip because my father is very ill', answer: /cancel/ },
  { said: 'is somebody there', answer: /hear you/ },
  { said: 'can i pay by card', answer: /do not know|beyond what I know/ },
  { said: 'yes please', answer: /What (can I do|would you like)/ },
  { said: 'no thank you', answer: /All right|That is fine/, not: /welcome|Gladly/ },
  { said: 'i did not ask for that', answer: /misunderstood|got that wrong/ },
];

t.test('what is said first is taken for what it means', async (t) => {
  for (const line of openings) await converse(t, [line]);
});

t.test('without words of the caller', async (t) => {
  t.match(textOf(await eventsOf({})), /^Hello, this is your voice assistant/);
  const idle = await eventsOf({
    messages: [
      { role: 'user', text: 'hi' },
      { role: 'assistant', text: 'Hello.' },
    ],
  });
  t.match(textOf(idle), /still there/);
  t.match(textOf(await eventsOf({ messages: [{ role: 'user', text: '…' }] })), /did not catch/);
});

t.test('the same conversation gets the same words, another one may not', async (t) => {
  const ask = async (text: string): Promise<string> => textOf(await eventsOf({ messages: [{ role: 'user', text }] }));
  t.equal(await ask('thank you'), await ask('thank you'));
  const variants = new Set(
    await Promise.all(['thanks', 'thank you', 'thanks so much', 'many thanks', 'thank you very much'].map(ask)),
  );
  t.ok(variants.size > 1);
});

t.test('intents come before their words, words one by one', async (t) => {
  const events = await eventsOf({ messages: [{ role: 'user', text: 'goodbye' }] });
  t.strictSame(events[0], { type: 'intent', intent: 'farewell' });
  t.match(events.at(-1), { type: 'ended', reason: 'completed', usage: { inputTokens: 1 } });
  t.ok(events.length > 4);
});

t.test('maxOutputTokens counts words', async (t) => {
  const events = await eventsOf({ messages: [{ role: 'user', text: 'goodbye' }], maxOutputTokens: 2 });
  t.equal(textOf(events).split(' ').length, 2);
  t.match(events.at(-1), { type: 'ended', reason: 'max-output-tokens', usage: { outputTokens: 2 } });
});

t.test('aborting breaks off', async (t) => {
  const controller = new AbortController();
  const request: ResponderRequest = { ...blank, messages: [{ role: 'user', text: 'hello' }] };
  await t.rejects(async () => {
    for await (const event of responder.respond(request, { signal: controller.signal })) {
      if (event.type === 'text') controller.abort(new CancelledError('barge-in'));
    }
  }, new CancelledError('barge-in'));
});

t.test('tools', async (t) => {
  const weather = {
    name: 'get_weather',
    description: 'Current weather for a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  };
  const status = {
    name: 'lookupOrder',
    description: 'Status and delivery of an order',
    parameters: { type: 'object', properties: { orderNumber: { type: 'string' } }, required: ['orderNumber'] },
  };
  const tools = [weather, status];
  const user = (text: string): DialogueMessage => ({ role: 'user', text });
  const callOf = (events: readonly ResponderEvent[]) => {
    const call = events.find((event) => event.type === 'tool-call');
    return call && { name: call.name, arguments: JSON.parse(call.argumentsDelta) as unknown };
  };
  const call: DialogueMessage = {
    role: 'tool-call',
    callId: 'x',
    name: 'get_weather',
    argumentsJson: '{"city":"rome"}',
  };

  t.strictSame(callOf(await eventsOf({ tools, messages: [user('whats the weather in rome')] })), {
    name: 'get_weather',
    arguments: { city: 'rome' },
  });
  t.strictSame(callOf(await eventsOf({ tools, messages: [user('where is my package it is four five six')] })), {
    name: 'lookupOrder',
    arguments: { orderNumber: '456' },
  });
  t.equal(callOf(await eventsOf({ tools, messages: [user('hello there')] })), undefined, 'small talk calls nothing');
  t.equal(callOf(await eventsOf({ tools, toolChoice: 'none', messages: [user('weather in rome')] })), undefined);
  t.match(callOf(await eventsOf({ tools, toolChoice: 'required', messages: [user('hello')] })), { name: /./ });
  t.match(callOf(await eventsOf({ tools, toolChoice: { name: 'lookupOrder' }, messages: [user('hello')] })), {
    name: 'lookupOrder',
  });

  const asked = await eventsOf({ tools, messages: [user('what is the weather')] });
  t.match(textOf(asked), /need to know the city/);
  const answered = [user('what is the weather'), { role: 'assistant', text: textOf(asked) } as const];
  t.strictSame(callOf(await eventsOf({ tools, messages: [...answered, user('rome please')] }))?.name, 'get_weather');
  t.equal(callOf(await eventsOf({ tools, messages: [...answered, user('never mind')] })), undefined);

  const result: DialogueMessage = { role: 'tool-result', callId: 'x', output: '{"temperature_c":21}' };
  t.equal(
    textOf(await eventsOf({ tools, messages: [user('weather in rome'), call, result] })),
    'The temperature is 21 degrees Celsius.',
  );
  const later = [
    user('weather in rome'),
    call,
    result,
    { role: 'assistant', text: 'The temperature is 21 degrees Celsius.' } as const,
    user('thanks'),
  ];
  t.match(textOf(await eventsOf({ tools, messages: later })), /welcome|pleasure|Gladly/);
});
