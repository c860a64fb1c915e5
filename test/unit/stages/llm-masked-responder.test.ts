/**
 * What a responder behind the mask gets to read.
 */
import t from 'tap';
import { MaskedResponder } from '../../../src/stages/llm/masked-responder.js';
import type { ResponderRequest } from '../../../src/stages/llm/responder.js';

t.test('the conversation is masked, the instructions are not', async (t) => {
  let read: ResponderRequest | undefined;
  const responder = new MaskedResponder({
    name: 'spy',
    async *respond(request) {
      read = request;
      yield { type: 'ended', reason: 'completed', usage: null };
    },
  });
  const request: ResponderRequest = {
    callId: 'c',
    instructions: 'You are Ada of Example Bank, 12 Baker Street.',
    messages: [
      { role: 'user', text: 'my name is jane miller and my card is 4111 1111 1111 1111' },
      {
        role: 'tool-call',
        callId: 'x',
        name: 'find',
        argumentsJson: '{"mail":"jane@example.com","order":88213,"count":2}',
      },
      { role: 'tool-result', callId: 'x', output: '{"to":["221b Baker Street"],"late":true}' },
      { role: 'tool-result', callId: 'y', output: 'sent to jane@example.com' },
    ],
    tools: [],
    toolChoice: 'auto',
    maxOutputTokens: null,
    emotion: {
      label: 'angry',
      arousal: 0.8,
      valence: 0.2,
      dominance: 0.5,
      confidence: 0.7,
      trend: 'steady',
      explanation: 'Angry because of the words “my name is jane miller”.',
    },
    reminder: null,
    acts: [],
    manner: '',
    locale: 'en-US',
  };
  for await (const event of responder.respond(request, { signal: new AbortController().signal }))
    t.equal(event.type, 'ended');
  t.equal(responder.name, 'masked spy');
  t.equal(read?.instructions, request.instructions);
  t.same(read?.messages, [
    { role: 'user', text: 'my name is [name] and my card is [card]' },
    { role: 'tool-call', callId: 'x', name: 'find', argumentsJson: '{"mail":"[email]","order":"[number]","count":2}' },
    { role: 'tool-result', callId: 'x', output: '{"to":["[address]"],"late":true}' },
    { role: 'tool-result', callId: 'y', output: 'sent to [email]' },
  ]);
  t.match(read?.emotion?.explanation, /my name is \[name\]/);
});
