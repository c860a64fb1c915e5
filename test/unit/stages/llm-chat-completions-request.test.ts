/**
 * The order in which a conversation is told to a chat completions server.
 */
import t from 'tap';
import { chatBodyOf, chatMessagesOf } from '../../../src/stages/llm/chat-completions-request.js';
import { PromptTemplate } from '../../../src/stages/llm/prompt-template.js';
import type { DialogueMessage } from '../../../src/stages/llm/responder.js';

const call = (callId: string): DialogueMessage => ({
  role: 'tool-call',
  callId,
  name: 'look',
  argumentsJson: '{"id":1}',
});
const result = (callId: string): DialogueMessage => ({ role: 'tool-result', callId, output: `result ${callId}` });
const toolCall = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{"id":1}' } });
const tool = (id: string, content = `result ${id}`) => ({ role: 'tool', tool_call_id: id, content });
const user: DialogueMessage = { role: 'user', text: 'and now?' };

const cases: readonly [string, readonly DialogueMessage[], readonly object[]][] = [
  [
    'plain talk',
    [{ role: 'system', text: 'be kind' }, user],
    [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'and now?' },
    ],
  ],
  ['empty messages are left out', [{ role: 'user', text: '  ' }, user], [{ role: 'user', content: 'and now?' }]],
  [
    'calls made together share a message',
    [call('a'), call('b'), result('a'), result('b')],
    [{ role: 'assistant', content: null, tool_calls: [toolCall('a'), toolCall('b')] }, tool('a'), tool('b')],
  ],
  [
    'what was said before a call goes with it',
    [{ role: 'assistant', text: 'One moment.' }, call('a'), result('a')],
    [{ role: 'assistant', content: 'One moment.', tool_calls: [toolCall('a')] }, tool('a')],
  ],
  [
    'a second round of calls is a second message',
    [call('a'), result('a'), call('b'), result('b')],
    [
      { role: 'assistant', content: null, tool_calls: [toolCall('a')] },
      tool('a'),
      { role: 'assistant', content: null, tool_calls: [toolCall('b')] },
      tool('b'),
    ],
  ],
  [
    'a result follows its call even if the caller spoke in between',
    [call('a'), user, result('a')],
    [
      { role: 'assistant', content: null, tool_calls: [toolCall('a')] },
      tool('a'),
      { role: 'user', content: 'and now?' },
    ],
  ],
  [
    'a call without a result gets a placeholder',
    [call('a'), user],
    [
      { role: 'assistant', content: null, tool_calls: [toolCall('a')] },
      tool('a', '{"status":"no result yet"}'),
      { role: 'user', content: 'and now?' },
    ],
  ],
  [
    'a result without its call',
    [result('z'), user],
    [
      { role: 'system', content: 'Result of an earlier tool: result z' },
      { role: 'user', content: 'and now?' },
    ],
  ],
];

for (const [name, messages, expected] of cases) {
  t.test(name, async (t) => t.strictSame(chatMessagesOf(messages), expected));
}

t.test('the body', async (t) => {
  const request = {
    callId: 'c',
    instructions: 'Be Ada.',
    messages: [user],
    tools: [],
    toolChoice: 'required',
    maxOutputTokens: 9,
    emotion: null,
    reminder: null,
    acts: [],
    manner: '',
    locale: 'en',
  } as const;
  const options = {
    model: 'm',
    promptTemplate: new PromptTemplate('{{instructions}}'),
    extraBody: { stream: false, seed: 1 },
  };
  t.strictSame(chatBodyOf(request, { ...options, maxTokensField: 'max_completion_tokens', includeUsage: false }), {
    seed: 1,
    stream: true,
    model: 'm',
    max_completion_tokens: 9,
    messages: [
      { role: 'system', content: 'Be Ada.' },
      { role: 'user', content: 'and now?' },
    ],
  });
});
