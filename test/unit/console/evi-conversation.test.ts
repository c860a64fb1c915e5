/**
 * The events of an EVI call become the conversation that is shown.
 */
import t from 'tap';
import { emptyConversation, type Conversation } from '../../../src/console/talk/conversation.js';
import { afterEviEvent, type EviConversationEvent } from '../../../src/console/talk/evi-conversation.js';

/** Events by what matters of them; the rest of their fields is not read. */
function after(events: readonly (Readonly<Record<string, unknown>> & { readonly type: string })[]): Conversation {
  return events.reduce<Conversation>(
    (before, event) => afterEviEvent(before, event as unknown as EviConversationEvent),
    emptyConversation,
  );
}

const scores = { Anger: 0.7, Joy: 0.1 };
const hears = (content: string) => ({ type: 'user_message', interim: true, message: { content }, models: {} });
const heard = (content: string) => ({
  type: 'user_message',
  interim: false,
  from_text: false,
  message: { content },
  models: { prosody: { scores } },
});
const typed = (content: string) => ({ ...heard(content), from_text: true, models: {} });
const says = (itemId: string, text: string) => ({ type: 'clause', itemId, text });
const plays = (itemId: string, heardText: string, finished = false) => ({
  type: 'playback',
  itemId,
  heardText,
  finished,
});
const turn = [hears('my'), hears('my package'), heard('My package is late.')] as const;

t.test('words grow while they are spoken, and settle with their expressions', async (t) => {
  const open = after(turn.slice(0, 2));
  t.equal(open.speaking, true);
  t.match(open.turns, [{ said: { text: 'my package', stableText: '', state: 'speaking' }, expressions: null }]);
  const { speaking, turns, expressions } = after(turn);
  t.equal(speaking, false);
  t.match(turns, [
    { said: { text: 'My package is late.', state: 'done' }, expressions: scores, felt: null, timing: null },
  ]);
  t.same(expressions, scores);
});

t.test('the messages of an answer are one reply, as far as it is heard', async (t) => {
  const spoken = [...turn, says('m0', 'I am sorry.'), says('m0', 'Which order?')];
  t.match(after(spoken).turns, [{ reply: { text: 'I am sorry. Which order?', heardText: '', state: 'thinking' } }]);
  const played = [...spoken, plays('m0', 'I am')];
  t.match(after(played).turns, [{ reply: { heardText: 'I am', state: 'speaking' } }]);
  t.match(after([...played, plays('m0', '', true)]).turns, [
    { reply: { heardText: 'I am sorry. Which order?', state: 'done' } },
  ]);
});

t.test('speech over a reply is shown once it interrupts', async (t) => {
  const speaking = [...turn, says('m0', 'I am sorry.'), plays('m0', 'I')];
  t.equal(after([...speaking, hears('mhm')]).turns.length, 1, 'a cough is no turn');
  const cut = [
    ...speaking,
    { type: 'user_interruption', time: 1 },
    { type: 'interrupted', itemId: 'm0', heardText: 'I' },
  ];
  t.equal(after(cut).speaking, true);
  t.match(after([...cut, hears('stop')]).turns, [
    { reply: { state: 'interrupted', heardText: 'I' } },
    { said: { text: 'stop', state: 'speaking' } },
  ]);
});

t.test('a reply that was overtaken before it was heard is broken off', async (t) => {
  t.match(after([...turn, says('m0', 'I am'), heard('And cold.'), says('n0', 'Oh.')]).turns, [
    { reply: { state: 'interrupted', heardText: '' } },
    { said: { text: 'And cold.' }, reply: { itemId: 'n0', text: 'Oh.', state: 'thinking' } },
  ]);
});

t.test('typed words are a turn without expressions; the last known stay', async (t) => {
  const { turns, expressions } = after([...turn, typed('Hello?')]);
  t.match(turns, [{}, { said: { typed: true, text: 'Hello?', state: 'done' }, expressions: null }]);
  t.same(expressions, scores);
});

t.test('what the assistant says by itself, an error, and a lost connection', async (t) => {
  const { turns, notices } = after([
    says('m0', 'Welcome.'),
    { type: 'error', code: 'x', slug: 'x', message: 'That did not fit.' },
    { type: 'lost' },
  ]);
  t.match(turns, [{ said: null, reply: { text: 'Welcome.', state: 'interrupted' } }]);
  t.match(notices, [{ kind: 'problem', text: 'That did not fit.', afterTurns: 1 }]);
});
