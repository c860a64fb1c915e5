/**
 * The unmodified `hume` package holds conversations with a real server: every message arrives as the package means it.
 */
import { readFileSync } from 'node:fs';
import { HumeClient, type Hume } from 'hume';
import t, { type Test } from 'tap';
import { fixturePcm24k } from '../support/fixture-audio.js';
import { startServer, testApiKey } from '../support/running-server.js';

type Chat = Awaited<ReturnType<HumeClient['empathicVoice']['chat']['connect']>>;
type Event = Hume.empathicVoice.SubscribeEvent;
type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

const running = await startServer();
t.teardown(() => running[Symbol.asyncDispose]());

/** What the package complains about, which it does on standard error alone. */
const complaints = t.capture(process.stderr, 'write', () => true);

interface Call {
  readonly chat: Chat;
  readonly events: Event[];
  next<T extends Event['type']>(type: T, from?: number): Promise<EventOf<T>>;
}

async function call(
  t: Test,
  options: Parameters<HumeClient['empathicVoice']['chat']['connect']>[0] = {},
): Promise<Call> {
  const client = new HumeClient({ apiKey: testApiKey, environment: `http://127.0.0.1:${running.port}` });
  const chat = client.empathicVoice.chat.connect({ reconnectAttempts: 0, ...options });
  const events: Event[] = [];
  const watchers = new Set<() => void>();
  chat.on('message', (message) => {
    events.push(message);
    for (const watch of watchers) watch();
  });
  t.teardown(() => chat.close());
  await chat.tillSocketOpen();
  return {
    chat,
    events,
    async next(type, from = 0) {
      for (;;) {
        const found = events.slice(from).find((event): event is EventOf<typeof type> => event.type === type);
        if (found) return found;
        await new Promise<void>((resolve) => {
          const watch = (): void => {
            watchers.delete(watch);
            resolve();
          };
          watchers.add(watch);
        });
      }
    },
  };
}

const linear16 = { encoding: 'linear16', sampleRate: 24_000, channels: 1 } as const;

function speak({ chat }: Call, pcm: Buffer): void {
  for (let at = 0; at < pcm.length; at += 4_800)
    chat.sendAudioInput({ data: pcm.subarray(at, at + 4_800).toString('base64') });
}

t.test(
  'a spoken turn: transcript with 48 scores, an answer in clauses, sound numbered without a gap',
  { timeout: 60_000 },
  async (t) => {
    const one = await call(t, {
      verboseTranscription: true,
      sessionSettings: { audio: linear16, customSessionId: 'mine-1' },
    });
    const { chatId, chatGroupId } = await one.next('chat_metadata');
    t.ok(chatId !== '' && chatGroupId !== '');
    t.equal(one.events[0]?.type, 'chat_metadata', 'it comes first');
    speak(one, await fixturePcm24k('late-delivery-angry', 1_500));
    await one.next('assistant_end');
    const users = one.events.filter((event) => event.type === 'user_message');
    t.ok(
      users.some(({ interim }) => interim),
      'interim messages were asked for',
    );
    const final = users.find(({ interim }) => !interim);
    t.match(final?.message, { role: 'user', content: /third time/ });
    t.match(final, { fromText: false, customSessionId: 'mine-1' });
    t.ok((final?.time.end ?? 0) > (final?.time.begin ?? 0));
    const scores = Object.entries(final?.models.prosody?.scores ?? {});
    t.equal(scores.length, 48);
    t.ok(
      scores.every(([name, score]) => /^[a-z][A-Za-z]+$/.test(name) && score >= 0 && score <= 1),
      'names of the package',
    );
    t.equal(scores.reduce((best, one) => (one[1] > best[1] ? one : best))[0], 'anger');
    const answers = one.events.filter((event) => event.type === 'assistant_message');
    t.ok(answers.length >= 2, 'one message a clause');
    for (const { id, message } of answers) {
      const sound = one.events.filter(
        (event) => event.type === 'audio_output' && event.id === id,
      ) as EventOf<'audio_output'>[];
      const prosody = one.events.find(
        (event): event is EventOf<'assistant_prosody'> => event.type === 'assistant_prosody' && event.id === id,
      );
      t.equal(Object.keys(prosody?.models.prosody?.scores ?? {}).length, 48);
      t.ok(sound.length > 0, `“${message.content ?? ''}” sounds`);
      t.same(
        sound.map(({ index }) => index),
        sound.map((_, index) => index),
      );
      t.ok(sound.every(({ data }) => Buffer.from(data, 'base64').toString('latin1', 0, 4) === 'RIFF'));
    }
    const last = one.events.map(({ type }) => type).lastIndexOf('audio_output');
    t.ok(one.events.findIndex(({ type }) => type === 'assistant_end') > last, 'the end comes last');
  },
);

t.test('typed words, words to say, and a prompt with variables', { timeout: 60_000 }, async (t) => {
  const one = await call(t);
  await one.next('chat_metadata');
  one.chat.sendSessionSettings({
    systemPrompt: 'You are {{who}} of {{where}}.',
    variables: { who: 'Ada', where: 'Example Bank' },
  });
  one.chat.sendUserInput('hello who are you');
  const user = await one.next('user_message');
  t.match(user, { fromText: true, interim: false, message: { content: 'hello who are you' } });
  t.notOk(user.models.prosody);
  await one.next('assistant_end');
  const said = one.events
    .filter((event) => event.type === 'assistant_message')
    .map(({ message }) => message.content)
    .join(' ');
  t.match(said, /Ada/);
  const from = one.events.length;
  one.chat.sendAssistantInput({ text: 'Please hold the line.' });
  t.match(await one.next('assistant_message', from), { message: { content: 'Please hold the line.' } });
  await one.next('assistant_end', from);
});

t.test(
  'a tool is called with its arguments as a string, and the answer uses its result',
  { timeout: 60_000 },
  async (t) => {
    const one = await call(t);
    await one.next('chat_metadata');
    const parameters = JSON.stringify({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] });
    one.chat.sendSessionSettings({
      tools: [{ type: 'function', name: 'get_weather', description: 'The weather in a city', parameters }],
    });
    one.chat.sendUserInput('what is the weather in Paris');
    const asked = await one.next('tool_call');
    t.match(asked, { name: 'get_weather', toolType: 'function', responseRequired: true });
    t.match(JSON.parse(asked.parameters), { city: /paris/i });
    t.notOk(
      one.events.some(({ type }) => type === 'assistant_end'),
      'the turn goes on',
    );
    one.chat.sendToolResponseMessage({ toolCallId: asked.toolCallId, content: 'It is sunny in Paris, 21 degrees.' });
    await one.next('assistant_end');
    t.match(
      one.events
        .filter((event) => event.type === 'assistant_message')
        .map(({ message }) => message.content)
        .join(' '),
      /sunny/,
    );
  },
);

t.test(
  'paused, the caller is heard and not answered; resumed, the last words are answered',
  { timeout: 60_000 },
  async (t) => {
    const one = await call(t, { sessionSettings: { audio: linear16 } });
    await one.next('chat_metadata');
    one.chat.pauseAssistant({});
    speak(one, await fixturePcm24k('opening-hours', 1_500));
    await one.next('user_message');
    t.notOk(one.events.some(({ type }) => type === 'assistant_message'));
    one.chat.resumeAssistant({});
    await one.next('assistant_end');
  },
);

t.test(
  'speech over the answer: an interruption is told, and no sound of the old answer follows',
  { timeout: 60_000 },
  async (t) => {
    const one = await call(t, { sessionSettings: { audio: linear16 } });
    await one.next('chat_metadata');
    one.chat.sendAssistantInput({
      text: Array.from({ length: 12 }, (_, index) => `This is sentence number ${index + 1}.`).join(' '),
    });
    await one.next('audio_output');
    speak(one, await fixturePcm24k('barge-in', 1_500));
    const interruption = await one.next('user_interruption');
    t.ok(Math.abs(interruption.time - Date.now()) < 60_000);
    const at = one.events.indexOf(interruption);
    const old = new Set(
      one.events.slice(0, at).flatMap((event) => (event.type === 'assistant_message' ? [event.id] : [])),
    );
    await one.next('assistant_end', at);
    t.notOk(one.events.slice(at).some((event) => event.type === 'audio_output' && old.has(event.id)));
  },
);

t.test('the assistant hangs up once the caller has said goodbye', { timeout: 60_000 }, async (t) => {
  const one = await call(t);
  await one.next('chat_metadata');
  one.chat.sendSessionSettings({ builtinTools: [{ name: 'hang_up' }] });
  const closed = new Promise<number>((resolve) => one.chat.on('close', ({ code }) => resolve(code)));
  one.chat.sendUserInput('please hang up and end the call');
  t.match(await one.next('tool_call'), { name: 'hang_up', toolType: 'builtin', responseRequired: false });
  t.match(await one.next('tool_response'), { toolName: 'hang_up', toolType: 'builtin' });
  t.equal(await closed, 1000);
  const types = one.events.map(({ type }) => type);
  t.ok(types.includes('audio_output'), 'it says goodbye first');
  t.equal(types.at(-1), 'assistant_end');
});

t.test('what a browser records is heard without a word about its format', { timeout: 60_000 }, async (t) => {
  const one = await call(t);
  await one.next('chat_metadata');
  const recording = readFileSync('test/golden/late-delivery-angry.webm');
  for (let at = 0; at < recording.length; at += 1_900)
    one.chat.sendAudioInput({ data: recording.subarray(at, at + 1_900).toString('base64') });
  t.match(await one.next('user_message'), { message: { content: /third time.*package/ } });
  await one.next('assistant_end');
  t.notOk(one.events.some(({ type }) => type === 'error'));
});

t.test(
  'sound in a container that is not understood is refused by name and once, a wrong key before the upgrade',
  { timeout: 60_000 },
  async (t) => {
    const one = await call(t);
    await one.next('chat_metadata');
    const mp4 = Buffer.from('000000206674797069736f6d00000200', 'hex').toString('base64');
    for (let count = 0; count < 3; count += 1) one.chat.sendAudioInput({ data: mp4 });
    const refused = await one.next('error');
    t.match(refused, { code: 'invalid_value', message: /MP4.*session_settings\.audio.*linear16/ });
    one.chat.sendUserInput('hello');
    await one.next('assistant_end');
    t.equal(one.events.filter(({ type }) => type === 'error').length, 1);
    const answer = await fetch(`http://127.0.0.1:${running.port}/v0/evi/chat?api_key=wrong`);
    t.equal(answer.status, 426, 'the path is known');
  },
);

t.test('the package had nothing to complain about', async (t) => {
  const written = complaints().map(({ args }) => String(args[0]));
  t.same(
    written.filter((line) => /valid|fail|unknown/iu.test(line)),
    [],
  );
});
