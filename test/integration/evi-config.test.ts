/**
 * A configuration posted by the unmodified `hume` package has its effect in a chat of that package.
 */
import { HumeClient, type Hume } from 'hume';
import t from 'tap';
import { startServer, testApiKey } from '../support/running-server.js';

const complaints = t.capture(process.stderr, 'write', () => true);

t.test('the assistant begins, nudges who is silent, and ends the chat by time', { timeout: 120_000 }, async (t) => {
  await using running = await startServer();
  const { empathicVoice: evi } = new HumeClient({
    apiKey: testApiKey,
    environment: `http://127.0.0.1:${running.port}`,
    maxRetries: 0,
  });
  const config = await evi.configs.createConfig({
    name: 'patient',
    eviVersion: '3',
    prompt: { text: 'You are Ada of the bookshop.' },
    languageModel: { modelProvider: 'ANTHROPIC', modelResource: 'claude-3-7-sonnet-latest' },
    turnDetection: { endOfTurnSilenceMs: 900 },
    interruption: { minInterruptionMs: 700 },
    nudges: { enabled: true, intervalSecs: 1 },
    timeouts: { inactivity: { enabled: true, durationSecs: 6 }, maxDuration: { enabled: false } },
    eventMessages: { onNewChat: { enabled: true }, onInactivityTimeout: { enabled: true, text: 'Bye for now.' } },
  });
  t.match(config, { interruption: { minInterruptionMs: 700 }, warnings: [{ field: 'language_model' }] });
  const chat = evi.chat.connect({ configId: config.id!, reconnectAttempts: 0 });
  const messages: Hume.empathicVoice.SubscribeEvent[] = [];
  chat.on('message', (message) => messages.push(message));
  const closed = new Promise<number>((resolve) => chat.on('close', ({ code }) => resolve(code)));
  await chat.tillSocketOpen();
  t.equal(await closed, 1000);
  const said = messages.flatMap((message) =>
    message.type === 'assistant_message' ? [message.message.content ?? ''] : [],
  );
  t.match(said[0], /^Hello/u, 'it begins');
  t.ok(said.includes('Are you still there?'), 'it nudges');
  t.equal(said.at(-1), 'Bye for now.');
  const [past] = (await evi.chats.listChats()).data;
  t.equal(past?.status, 'INACTIVITY_TIMEOUT');
  t.same(complaints.args().flat(), []);
});
