/**
 * The small language abilities of the embedded responder, as tables: words that sound alike, numbers, sums, names, days,
 * instructions, tool arguments and results.
 */
import t from 'tap';
import { answerSum } from '../../../src/stages/llm/embedded/arithmetic.js';
import { factFor, personaOf } from '../../../src/stages/llm/embedded/persona.js';
import { answerFor } from '../../../src/stages/llm/embedded/slot-answer.js';
import { digitsIn, quantitiesIn } from '../../../src/stages/llm/embedded/spoken-number.js';
import { argumentsFrom } from '../../../src/stages/llm/embedded/tool-arguments.js';
import { sayToolResults } from '../../../src/stages/llm/embedded/tool-result.js';
import { Utterance, wordsOf } from '../../../src/stages/llm/embedded/utterance.js';
import { wordLikeness } from '../../../src/stages/llm/embedded/word-likeness.js';

t.test('words that may be the same', async (t) => {
  const alike = [
    ['order', 'orders'],
    ['delivery', 'delivary'],
    ['received', 'recieved'],
    ['weather', 'wether'],
    ['appointment', 'apointment'],
    ['refund', 'refunds'],
    ['delayed', 'delay'],
  ];
  const different = [
    ['friday', 'fraud'],
    ['what', 'want'],
    ['hi', 'hey'],
    ['bill', 'ball'],
    ['thanks', 'banks'],
    ['four', 'for'],
    ['card', 'care'],
  ];
  for (const [heard, wanted] of alike) t.ok(wordLikeness(heard!, wanted!) > 0, `${heard} ~ ${wanted}`);
  for (const [heard, wanted] of different) t.equal(wordLikeness(heard!, wanted!), 0, `${heard} ≠ ${wanted}`);
});

t.test('words of a sentence', async (t) => {
  t.strictSame(wordsOf("Um, I can't — what's THAT? I’m, uh, here."), [
    'i',
    'can',
    'not',
    'what',
    'is',
    'that',
    'i',
    'am',
    'here',
  ]);
});

t.test('cues', async (t) => {
  const cases: readonly [string, string, boolean][] = [
    ['where|when my order', 'so where is my big order', true],
    ['where my order', 'my order is where', false],
    ['where order', 'where did you say that all of the order', false],
    ['^hello', 'well hello', true],
    ['^hello', 'i said hello', false],
    ['=stop', 'please stop', true],
    ['=stop', 'the bus stop is far', false],
  ];
  for (const [cue, said, matches] of cases)
    t.equal(new Utterance(said).strengthOf([cue]) > 0, matches, `${cue} in ${said}`);
});

t.test('quantities', async (t) => {
  const cases: readonly [string, readonly number[]][] = [
    ['twenty five', [25]],
    ['two hundred and six', [206]],
    ['three thousand four hundred and twelve', [3412]],
    ['one point five', [1.5]],
    ['minus seven', [-7]],
    ['five five', [5, 5]],
    ['between 3 and 12', [3, 12]],
    ['2 thousand', [2000]],
    ['nothing here', []],
  ];
  for (const [said, values] of cases)
    t.strictSame(
      quantitiesIn(said.split(' ')).map(({ value }) => value),
      values,
      said,
    );
});

t.test('digit strings', async (t) => {
  const cases: readonly [string, string][] = [
    ['four five double two', '4522'],
    ['oh one seven nine', '0179'],
    ['it is twenty five thirty one', '2531'],
    ['triple nine', '999'],
    ['12 34', '1234'],
    ['oh really', ''],
  ];
  for (const [said, digits] of cases) t.equal(digitsIn(said.split(' ')), digits, said);
});

t.test('sums', async (t) => {
  const cases: readonly [string, string | undefined][] = [
    ['what is twelve times seven', '12 times 7 is 84.'],
    ['two plus three times four', '2 plus 3 times 4 is 14.'],
    ['ten minus twelve', '10 minus 12 is minus 2.'],
    ['fifteen percent of eighty', '15 percent of 80 is 12.'],
    ['ten divided by three', '10 divided by 3 is about 3.3333333.'],
    ['one over zero', 'Nothing can be divided by zero.'],
    ['what is two and two', '2 and 2 is 4.'],
    ['a table for two and three chairs', undefined],
    ['my number is four five six', undefined],
  ];
  for (const [said, answer] of cases) t.equal(answerSum(said.split(' ')), answer, said);
});

t.test('answers to questions', async (t) => {
  const cases: readonly [Parameters<typeof answerFor>[0], string, string | undefined][] = [
    ['orderNumber', 'um it is b four five two', 'B452'],
    ['orderNumber', 'seven', undefined],
    ['phoneNumber', 'one two three', undefined],
    ['callerName', 'my name is anna schmidt', 'Anna Schmidt'],
    ['callerName', "it's bob", 'Bob'],
    ['callerName', 'i am not telling you', undefined],
    ['day', 'maybe next friday at ten', 'next Friday'],
    ['day', 'on the third of may', 'the third of May'],
    ['day', 'whenever', undefined],
    ['problem', 'well it broke in two', 'it broke in two'],
    ['problem', 'yes', undefined],
  ];
  for (const [slot, said, answer] of cases) t.equal(answerFor(slot, new Utterance(said)), answer, `${slot}: ${said}`);
});

t.test('instructions', async (t) => {
  const persona = personaOf(
    'You are Ada of Example Bank. Be brief. Our branch opens at nine. Never say that the vault is open.',
    'en-US',
  );
  t.match(persona, {
    name: 'Ada',
    organisation: 'Example Bank',
    foreignLanguage: null,
    facts: ['Our branch opens at nine.'],
  });
  t.equal(factFor(persona.facts, wordsOf('when does the branch open')), 'Our branch opens at nine.');
  t.equal(factFor(persona.facts, wordsOf('where is the vault')), undefined);
  t.match(personaOf('You are a helpful assistant from Acme. Reply in German.', 'en-US'), {
    name: null,
    organisation: 'Acme',
    foreignLanguage: 'German',
  });
  t.match(personaOf('', 'ja-JP'), { name: null, organisation: null, foreignLanguage: 'Japanese' });
  t.match(personaOf('', 'not a locale'), { foreignLanguage: null });
});

t.test('tool arguments', async (t) => {
  const object = (properties: object, required: readonly string[] = []) => ({ type: 'object', properties, required });
  const string = { type: 'string' };
  const cases: readonly [Record<string, unknown>, string, object, readonly string[]][] = [
    [object({ city: string }, ['city']), 'what is the weather in new york today', { city: 'new york' }, []],
    [object({ city: string }, ['city']), 'what is the weather', {}, ['city']],
    [
      object({ unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } }),
      'in fahrenheit please',
      { unit: 'fahrenheit' },
      [],
    ],
    [
      object({ people: { type: 'integer' }, hour: { type: 'integer' } }),
      'four people at hour seven',
      { people: 4, hour: 7 },
      [],
    ],
    [object({ outdoor: { type: 'boolean' } }), 'not outdoor', { outdoor: false }, []],
    [object({ orderId: string }, ['orderId']), 'order four five six', { orderId: '456' }, []],
    [
      object({ query: string }, ['query']),
      'search for books about whales and ships',
      { query: 'books about whales and ships' },
      [],
    ],
    [object({ email: string }), 'it is ann at example dot com', { email: 'ann@example.com' }, []],
    [object({ day: string }), 'on tuesday', { day: 'Tuesday' }, []],
    [{ type: 'string' }, 'anything', {}, []],
  ];
  for (const [parameters, said, values, missing] of cases)
    t.strictSame(argumentsFrom(parameters, new Utterance(said)), { values, missing }, said);
  t.strictSame(
    argumentsFrom(
      object({ city: string }, ['city']),
      new Utterance('weather. in new orleans'),
      new Utterance('in new orleans'),
    ),
    { values: { city: 'new orleans' }, missing: [] },
  );
});

t.test('tool results', async (t) => {
  const cases: readonly [string, string][] = [
    ['{"temperature_c":21,"condition":"sunny"}', 'The temperature is 21 degrees Celsius. The condition is sunny.'],
    ['{"message":"Booked for four","id":"x1"}', 'Booked for four.'],
    ['{"error":"no such order"}', 'I am sorry, that did not work: no such order.'],
    ['["tea","coffee","milk"]', 'I found tea, coffee and milk.'],
    ['[]', 'I found nothing.'],
    ['{"open":true,"seats":[1,2]}', 'Open. The seats is 1 and 2.'],
    ['true', 'That is done.'],
    ['Your parcel arrives tomorrow', 'Your parcel arrives tomorrow.'],
  ];
  for (const [output, spoken] of cases) t.equal(sayToolResults([output])[0]?.text, spoken, output);
  t.ok(sayToolResults([`{"message":"${'long '.repeat(500)}"}`])[0]!.text.length < 420);
});
