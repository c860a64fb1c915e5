/**
 * Order, ids and what a responder reads.
 */
import t from 'tap';
import { Conversation } from '../../../src/session/conversation.js';
import type { MessageItem } from '../../../src/session/events.js';

const message = (id: string, text: string | null = id): MessageItem => ({
  kind: 'message',
  id,
  role: 'user',
  status: 'completed',
  text,
  spoken: false,
  audioMs: 0,
});

t.test('items go to the end, to the front or after another', (t) => {
  const conversation = new Conversation({ maxItems: 10 });
  t.equal(conversation.add(message('a')), null);
  t.equal(conversation.add(message('b')), 'a');
  t.equal(conversation.add(message('first'), 'root'), null);
  t.equal(conversation.add(message('between'), 'a'), 'a');
  t.same(
    conversation.items.map((item) => item.id),
    ['first', 'a', 'between', 'b'],
  );
  t.equal(conversation.previousIdOf('b'), 'between');
  t.end();
});

t.test('refusals are typed', (t) => {
  const conversation = new Conversation({ maxItems: 2 });
  conversation.add(message('a'));
  t.throws(() => conversation.add(message('a')), { code: 'invalid_value', field: 'item.id' });
  t.throws(() => conversation.add(message('b'), 'nobody'), { code: 'item_not_found', field: 'previous_item_id' });
  conversation.add(message('b'));
  t.throws(() => conversation.add(message('c')), { code: 'item_limit_reached' });
  t.throws(() => conversation.delete('nobody'), { code: 'item_not_found' });
  t.end();
});

t.test('items without words are not read', (t) => {
  const conversation = new Conversation({ maxItems: 5 });
  conversation.add(message('a', null));
  conversation.add({
    kind: 'tool-call',
    id: 'call',
    status: 'completed',
    callId: 'c1',
    name: 'lookup',
    argumentsJson: '{}',
  });
  conversation.add({ kind: 'tool-result', id: 'result', status: 'completed', callId: 'c1', output: '7' });
  t.same(
    conversation.messages().map((entry) => entry.role),
    ['tool-call', 'tool-result'],
  );
  conversation.replace(message('a', 'hello'));
  t.match(conversation.messages()[0], { role: 'user', text: 'hello' });
  t.end();
});
