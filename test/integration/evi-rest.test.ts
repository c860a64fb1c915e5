/**
 * The unmodified `hume` package configures, converses, looks back and resumes, also after the server was started anew.
 */
import { join } from 'node:path';
import { readFileSync, readdirSync } from 'node:fs';
import { HumeClient, type Hume } from 'hume';
import t, { type Test } from 'tap';
import { startServer, testApiKey, type RunningServer } from '../support/running-server.js';

type Chat = Awaited<ReturnType<HumeClient['empathicVoice']['chat']['connect']>>;
type Event = Hume.empathicVoice.SubscribeEvent;

/** What the package complains about, which it does on standard error alone. */
const complaints = t.capture(process.stderr, 'write', () => true);

const clientOf = ({ port }: RunningServer, apiKey = testApiKey): HumeClient =>
  new HumeClient({ apiKey, environment: `http://127.0.0.1:${port}`, maxRetries: 0 });

/** A chat, its messages so far, and how it ended. */
async function chatWith(
  t: Test,
  client: HumeClient,
  options: Parameters<HumeClient['empathicVoice']['chat']['connect']>[0],
) {
  const chat: Chat = client.empathicVoice.chat.connect({ reconnectAttempts: 0, ...options });
  const events: Event[] = [];
  let wake = (): void => undefined;
  chat.on('message', (message) => {
    events.push(message);
    wake();
  });
  const closed = new Promise<number>((resolve) => chat.on('close', ({ code }) => resolve(code)));
  t.teardown(() => chat.close());
  await chat.tillSocketOpen();
  const next = async <T extends Event['type']>(type: T, from = 0): Promise<Extract<Event, { type: T }>> => {
    for (;;) {
      const found = events.slice(from).find((event) => event.type === type);
      if (found) return found as Extract<Event, { type: T }>;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const spoken = (from = 0): string =>
    events
      .slice(from)
      .flatMap((event) => (event.type === 'assistant_message' ? [event.message.content] : []))
      .join(' ');
  return { chat, events, next, spoken, closed };
}

const gathered = async <T>(page: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const one of page) all.push(one);
  return all;
};

/** 200 for what did not fail. */
const statusOf = async (answer: Promise<unknown>): Promise<number> => {
  try {
    await answer;
    return 200;
  } catch (error) {
    return (error as { readonly statusCode: number }).statusCode;
  }
};

const weatherTool = JSON.stringify({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] });

t.test('configured, conversed, looked back at, resumed after a restart', { timeout: 180_000 }, async (t) => {
  const folder = t.testdir();
  const flags = { eviPath: join(folder, 'evi.db'), chatHistory: 'on' };
  let groupId = '';
  let configId = '';
  {
    await using running = await startServer(flags);
    const client = clientOf(running);
    const evi = client.empathicVoice;

    await t.test('prompts have versions, and names of their own', async (t) => {
      const first = await evi.prompts.createPrompt({
        name: 'clerk',
        text: 'You are Ada.',
        versionDescription: 'first',
      });
      t.match(first, {
        name: 'clerk',
        version: 0,
        text: 'You are Ada.',
        versionType: 'FIXED',
        versionDescription: 'first',
      });
      const id = first!.id;
      t.match(await evi.prompts.createPromptVersion(id, { text: 'You are {{who}} of Example Bank.' }), { version: 1 });
      t.equal(await statusOf(evi.prompts.createPrompt({ name: 'clerk', text: 'Again.' })), 409);
      t.equal(await evi.prompts.updatePromptName(id, { name: 'bank clerk' }), 'OK');
      t.match(await evi.prompts.updatePromptDescription(id, 0, { versionDescription: 'old' }), {
        versionDescription: 'old',
      });
      t.match(await evi.prompts.getPromptVersion(id, 0), { name: 'bank clerk', text: 'You are Ada.' });
      const versions = await evi.prompts.listPromptVersions(id, { pageSize: 1, pageNumber: 1 });
      t.match(versions, { pageNumber: 1, pageSize: 1, totalPages: 2, promptsPage: [{ version: 0 }] });
      await evi.prompts.deletePromptVersion(id, 0);
      t.match(
        (await gathered(await evi.prompts.listPrompts({ restrictToMostRecent: false }))).map(
          (prompt) => prompt?.version,
        ),
        [1],
      );
      t.match(
        await evi.prompts.createPromptVersion(id, { text: 'You are {{who}} of Example Bank.' }),
        { version: 2 },
        'no number twice',
      );
      t.equal(await statusOf(evi.prompts.getPromptVersion(id, 7)), 404);
    });

    await t.test('tools, and configurations that refer to both', async (t) => {
      t.equal(await statusOf(evi.tools.createTool({ name: 'x', parameters: 'no schema' })), 400);
      const tool = await evi.tools.createTool({
        name: 'get_weather',
        description: 'The weather in a city',
        parameters: weatherTool,
      });
      t.match(tool, { toolType: 'FUNCTION', parameters: weatherTool });
      const [prompt] = await gathered(await evi.prompts.listPrompts({ name: 'bank clerk' }));
      const voices = await gathered(await client.tts.voices.list({ provider: 'CUSTOM_VOICE' }));
      t.ok(voices.some(({ name }) => name === 'slt'));
      const config = await evi.configs.createConfig({
        name: 'desk',
        eviVersion: '3',
        prompt: { id: prompt!.id },
        voice: { provider: 'CUSTOM_VOICE', name: 'slt' },
        tools: [{ id: tool!.id }],
        builtinTools: [{ name: 'hang_up' }],
        eventMessages: { onNewChat: { enabled: true, text: 'Welcome to Example Bank.' } },
        languageModel: { modelProvider: 'ANTHROPIC', modelResource: 'claude-3-7-sonnet-latest', temperature: 0.5 },
        timeouts: { inactivity: { enabled: true, durationSecs: 600 } },
      });
      t.match(config, {
        name: 'desk',
        version: 0,
        prompt: { text: /Example Bank/ },
        voice: { name: 'slt' },
        tools: [{ name: 'get_weather' }],
        builtinTools: [{ name: 'hang_up' }],
        languageModel: { temperature: 0.5 },
        timeouts: { inactivity: { enabled: true, durationSecs: 600 }, maxDuration: { enabled: false } },
      });
      configId = config.id!;
      t.equal(
        await statusOf(evi.configs.createConfig({ name: 'y', eviVersion: '3', tools: [{ id: 'nothing' }] })),
        400,
      );
      t.match(await evi.configs.createConfigVersion(configId, { eviVersion: '3', prompt: { text: 'You are Bo.' } }), {
        version: 1,
        prompt: { text: 'You are Bo.' },
      });
      t.same(
        (await gathered(await evi.configs.listConfigs())).map(({ version }) => version),
        [1],
      );
      t.same(
        (await gathered(await evi.configs.listConfigVersions(configId))).map(({ version }) => version),
        [1, 0],
      );
      t.equal(await evi.configs.updateConfigName(configId, { name: 'front desk' }), 'OK');
      t.match(await evi.configs.updateConfigDescription(configId, 1, { versionDescription: 'Bo' }), {
        versionDescription: 'Bo',
      });
    });

    await t.test('a chat with a configuration begins with its greeting, its prompt and its tools', async (t) => {
      const one = await chatWith(t, client, {
        configId,
        configVersion: 0,
        sessionSettings: { variables: { who: 'Ada' } },
      });
      ({ chatGroupId: groupId } = await one.next('chat_metadata'));
      await one.next('assistant_end');
      t.equal(one.spoken(), 'Welcome to Example Bank.');
      let from = one.events.length;
      one.chat.sendUserInput('hello my name is Karin who are you');
      await one.next('assistant_end', from);
      t.match(one.spoken(from), /Ada/);
      from = one.events.length;
      one.chat.sendUserInput('what is the weather in Paris');
      const asked = await one.next('tool_call', from);
      t.equal(asked.name, 'get_weather');
      one.chat.sendToolResponseMessage({ toolCallId: asked.toolCallId, content: 'It is sunny in Paris, 21 degrees.' });
      await one.next('assistant_end', from);
      const { chatId } = one.events[0] as Hume.empathicVoice.ChatMetadata;
      from = one.events.length;
      await evi.controlPlane.send(chatId, { type: 'assistant_input', text: 'Your colleague says hello.' });
      t.match(await one.next('assistant_message', from), { message: { content: 'Your colleague says hello.' } });
      await one.next('assistant_end', from);
      await evi.controlPlane.send(chatId, {
        type: 'session_settings',
        languageModelApiKey: 'sk-secret',
        variables: { who: 'Bo' },
      });
      const told = await one.next('session_settings', from);
      t.match(told, { variables: { who: 'Bo' } });
      t.notOk(told.languageModelApiKey);
      t.equal(await statusOf(evi.controlPlane.send('nobody', { type: 'user_input', text: 'x' })), 404);
      t.match((await evi.chats.listChats({})).data, [
        { id: chatId, status: 'ACTIVE', config: { id: configId, version: 0 } },
      ]);
      one.chat.close();
    });

    await t.test('looking back: chats, groups and events, page by page', async (t) => {
      const ended = async (): Promise<readonly Hume.empathicVoice.ReturnChat[]> => {
        for (;;) {
          const chats = await gathered(await evi.chats.listChats({}));
          if (chats.every(({ status }) => status === 'USER_ENDED')) return chats;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      const [chat] = await ended();
      t.ok(chat!.endTimestamp! >= chat!.startTimestamp);
      const events = await gathered(await evi.chats.listChatEvents(chat!.id, { pageSize: 3, pageNumber: 0 }));
      t.equal(events.length, chat!.eventCount, 'page after page');
      t.match(events[0], { type: 'SYSTEM_PROMPT', role: 'SYSTEM', messageText: /Ada of Example Bank/ });
      t.ok(events.some(({ type, messageText }) => type === 'USER_MESSAGE' && /Karin/.test(messageText ?? '')));
      t.ok(events.some(({ type, role }) => type === 'FUNCTION_CALL_RESPONSE' && role === 'TOOL'));
      const prosody = events.find(({ type }) => type === 'ASSISTANT_PROSODY');
      t.equal(Object.keys(JSON.parse(prosody!.emotionFeatures!) as object).length, 48);
      t.equal(events.at(-1)?.type, 'CHAT_END_MESSAGE');
      t.match((await evi.chatGroups.listChatGroups({})).data, [{ id: groupId, numChats: 1, active: false }]);
      t.match(await evi.chatGroups.getChatGroup(groupId, {}), { chatsPage: [{ id: chat!.id }], totalPages: 1 });
      t.equal(
        (await gathered(await evi.chatGroups.listChatGroupEvents(groupId, { pageSize: 100 }))).length,
        events.length,
      );
      t.equal(await statusOf(evi.chats.getAudio(chat!.id)), 404);
    });
  }
  for (const name of readdirSync(folder).filter((file) => file.startsWith('evi.db')))
    t.notOk(readFileSync(join(folder, name)).includes('Karin'), `${name} is sealed`);
  {
    await using running = await startServer(flags);
    const client = clientOf(running);

    await t.test('a resumed group goes on where it was, without saying it again', async (t) => {
      const one = await chatWith(t, client, { configId, configVersion: 0, resumedChatGroupId: groupId });
      const { chatGroupId } = await one.next('chat_metadata');
      t.equal(chatGroupId, groupId);
      one.chat.sendUserInput('what is my name');
      await one.next('assistant_end');
      t.match(one.spoken(), /Karin/);
      t.notMatch(one.spoken(), /Welcome/);
      t.equal(one.events.filter(({ type }) => type === 'user_message').length, 1);
      one.chat.close();
      t.match((await client.empathicVoice.chatGroups.listChatGroups({})).data, [{ id: groupId, numChats: 2 }]);
    });

    await t.test('event_limit shortens what is remembered', async (t) => {
      const one = await chatWith(t, client, { configId, configVersion: 0, resumedChatGroupId: groupId, eventLimit: 0 });
      one.chat.sendUserInput('what is my name');
      await one.next('assistant_end');
      t.notMatch(one.spoken(), /Karin/);
      one.chat.close();
    });

    await t.test('what is asked for and not there is told, and the chat goes on', async (t) => {
      const one = await chatWith(t, client, { configId: 'nothing', resumedChatGroupId: 'nobody' });
      t.match(await one.next('error'), { code: 'NOT_FOUND', message: /config_id/ });
      one.chat.sendUserInput('hello');
      await one.next('assistant_end');
      one.chat.close();
    });

    await t.test('a silent chat is ended with the words of its configuration', async (t) => {
      const config = await client.empathicVoice.configs.createConfig({
        name: 'impatient',
        eviVersion: '3',
        timeouts: { inactivity: { enabled: true, durationSecs: 1 } },
        eventMessages: { onInactivityTimeout: { enabled: true, text: 'Are you gone? Goodbye.' } },
      });
      const one = await chatWith(t, client, { configId: config.id! });
      const { chatId } = await one.next('chat_metadata');
      t.equal(await one.closed, 1000);
      t.equal(one.spoken(), 'Are you gone? Goodbye.');
      const found = async () =>
        (await gathered(await client.empathicVoice.chats.listChats({}))).find(({ id }) => id === chatId);
      while ((await found())?.status === 'ACTIVE') await new Promise((resolve) => setTimeout(resolve, 20));
      t.equal((await found())?.status, 'INACTIVITY_TIMEOUT');
    });

    await t.test('a chat is deleted without a trace', async (t) => {
      const evi = client.empathicVoice;
      for (const { id } of await gathered(await evi.chats.listChats({}))) {
        const answer = await fetch(`http://127.0.0.1:${running.port}/v0/evi/chats/${id}`, {
          method: 'DELETE',
          headers: { 'x-hume-api-key': testApiKey },
        });
        t.equal(answer.status, 204);
        t.equal(await statusOf(evi.chats.listChatEvents(id, {})), 404);
      }
      t.same((await evi.chatGroups.listChatGroups({})).data, []);
    });

    await t.test('a configuration goes with its last version', async (t) => {
      const { configs } = client.empathicVoice;
      await configs.deleteConfigVersion(configId, 1);
      t.match(await configs.getConfigVersion(configId, 0), { version: 0 });
      await configs.deleteConfigVersion(configId, 0);
      t.equal(await statusOf(configs.getConfigVersion(configId, 0)), 404);
      t.equal(await statusOf(configs.deleteConfig(configId)), 404);
    });
  }
  t.same(
    complaints().map(({ args: [line] }) => String(line)),
    [],
    'the package has nothing to complain of',
  );
});

t.test('each tenant sees its own, and a key what it is good for', { timeout: 60_000 }, async (t) => {
  const folder = t.testdir({
    'tenants.yaml': `tenants:
  acme: { keys: [acme-admin-key, { key: acme-talk-key, scopes: [talk] }, { key: acme-look-key, scopes: [observe] }] }
  betty: { keys: [betty-admin-key] }
`,
  });
  await using running = await startServer({ tenantsFile: join(folder, 'tenants.yaml'), apiKeys: '' });
  const evi = (key: string) => clientOf(running, key).empathicVoice;
  const config = await evi('acme-admin-key').configs.createConfig({ name: 'desk', eviVersion: '3' });
  t.same((await evi('betty-admin-key').configs.listConfigs()).data, []);
  t.equal(await statusOf(evi('betty-admin-key').configs.getConfigVersion(config.id!, 0)), 404);
  t.equal(await statusOf(evi('acme-talk-key').configs.listConfigs()), 403);
  t.equal(await statusOf(evi('acme-talk-key').chats.listChats({})), 403);
  t.equal(await statusOf(evi('guess').chats.listChats({})), 401);
  const one = await chatWith(t, clientOf(running, 'acme-talk-key'), { configId: config.id! });
  await one.next('chat_metadata');
  t.equal((await evi('acme-look-key').chats.listChats({})).data.length, 1);
  t.same((await evi('betty-admin-key').chats.listChats({})).data, []);
  t.notOk(one.events.some(({ type }) => type === 'error'));
});
