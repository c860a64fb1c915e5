/**
 * A configuration posted by the unmodified `hume` package has its effect in a chat of that package, and whom it names is told.
 */
import { createHmac } from 'node:crypto';
import { HumeClient, type Hume } from 'hume';
import t from 'tap';
import { startServer, testApiKey } from '../support/running-server.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const complaints = t.capture(process.stderr, 'write', () => true);

t.test('the assistant begins, nudges who is silent, and ends the chat by time', { timeout: 120_000 }, async (t) => {
  const receiver = new WebhookReceiver();
  const hook = await receiver.listen(t);
  await using running = await startServer({ eviWebhookHosts: hook.host, eviWebhookSecret: 'signing-key' });
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
    webhooks: [
      { url: hook.href, events: ['chat_started', 'chat_ended'] },
      { url: 'https://elsewhere.example.com/', events: ['chat_started'] },
    ],
    turnDetection: { endOfTurnSilenceMs: 900 },
    interruption: { minInterruptionMs: 700 },
    nudges: { enabled: true, intervalSecs: 1 },
    timeouts: { inactivity: { enabled: true, durationSecs: 6 }, maxDuration: { enabled: false } },
    eventMessages: { onNewChat: { enabled: true }, onInactivityTimeout: { enabled: true, text: 'Bye for now.' } },
  });
  t.match(config, {
    interruption: { minInterruptionMs: 700 },
    warnings: [{ field: 'language_model' }, { field: 'webhooks', message: /--evi-webhook-hosts/u }],
  });
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

  await receiver.until(2);
  const chatIds = { chat_group_id: past!.chatGroupId, chat_id: past!.id, config_id: config.id };
  const alike = { ...chatIds, caller_number: null, custom_session_id: null, twilio_metadata: null };
  const [started, ended] = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  const { start_time: startTime, ...begin } = started!;
  t.same(begin, { event_name: 'chat_started', chat_start_type: 'new_chat_group', ...alike });
  const { end_time: endTime, duration_seconds: duration, ...end } = ended!;
  t.same(end, { event_name: 'chat_ended', end_reason: 'INACTIVITY_TIMEOUT', ...alike });
  t.same(
    [startTime, endTime, duration].map((value) => Number.isInteger(value)),
    [true, true, true],
  );
  for (const { headers, body } of receiver.received) {
    const timestamp = String(headers['x-hume-ai-webhook-timestamp']);
    const signature = createHmac('sha256', 'signing-key').update(`${body}.${timestamp}`).digest('hex');
    t.equal(headers['x-hume-ai-webhook-signature'], signature);
  }
  t.same(complaints.args().flat(), []);
});
