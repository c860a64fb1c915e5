/**
 * A telephone call to EVI by way of Twilio: configured and looked back at by the `hume` package, signed by `twilio`.
 */
import { setTimeout } from 'node:timers/promises';
import { HumeClient, type Hume } from 'hume';
import t from 'tap';
import { PhoneSocket } from '../support/phone-socket.js';
import { startServer, testApiKey } from '../support/running-server.js';
import {
  openStream,
  postForm,
  signatureOf,
  speakInto,
  startMessage,
  twilioAccount,
} from '../support/twilio-account.js';

const { authToken: twilioAuthToken, publicUrl } = twilioAccount;

/** What TwiML says about the stream. */
function parametersIn(markup: string): Readonly<Record<string, string>> {
  const found = [...markup.matchAll(/<Parameter name="([^"]*)" value="([^"]*)"\/>/gu)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]));
}

const ofEvent = (phone: PhoneSocket, event: string) => phone.texts.filter((message) => message['event'] === event);

t.test('a call, from the webhook to the look back', { timeout: 120_000 }, async (t) => {
  await using running = await startServer({ twilioAuthToken, publicUrl, emotionNotice: 'I estimate how you feel.' });
  const { port } = running;
  const evi = new HumeClient({ apiKey: testApiKey, environment: `http://127.0.0.1:${port}`, maxRetries: 0 })
    .empathicVoice;
  const config = await evi.configs.createConfig({
    name: 'bookshop',
    eviVersion: '3',
    prompt: { text: 'You are {{who}} of the bookshop.' },
    eventMessages: { onNewChat: { enabled: true, text: 'Hello, this is the bookshop.' } },
  });
  const fields = { CallSid: 'CA1', From: '+4930555', To: '+4930777' };
  const called = (target: string, signature = signatureOf(`${publicUrl}${target}`, fields)) =>
    postForm(port, target, fields, signature);
  const target = `/v0/evi/twilio?config_id=${config.id}&api_key=${testApiKey}&session_settings[variables][who]=Ada`;

  const { status, body } = await called(target);
  t.equal(status, 200);
  t.match(
    body,
    '<Connect action="https://voice.example.com/twilio/after"><Stream url="wss://voice.example.com/v0/evi/twilio/media">',
  );
  const parameters = parametersIn(body);
  t.same(parameters, {
    key: testApiKey,
    config_id: config.id,
    'session_settings[variables][who]': 'Ada',
    twilio_from_number: '+4930555',
    twilio_to_number: '+4930777',
  });

  await t.test('nobody else is answered, and nothing that is not there', async (t) => {
    t.match(await called(target, 'x'), { status: 403, body: /SIGNATURE_INVALID/u });
    t.match(await called(`/v0/evi/twilio?config_id=${config.id}&api_key=wrong`), { status: 401 });
    const missing = `/v0/evi/twilio?config_id=00000000-0000-4000-8000-000000000000&api_key=${testApiKey}`;
    t.match(await called(missing), { status: 404, body: /There is no config/u });
    t.match(await called(`/v0/evi/twilio?config_version=7&config_id=${config.id}`), { status: 404 });
    t.equal((await fetch(`http://127.0.0.1:${port}/v0/evi/twilio`)).status, 404, 'and only POST');
    await t.rejects(PhoneSocket.open(`ws://127.0.0.1:${port}/v0/evi/twilio/media`), /403/u);
    t.match(await called('/v0/evi/twilio'), { status: 200 }, 'without a configuration, as the server has it');
  });

  await using phone = await openStream(port, '/v0/evi/twilio/media');
  phone.send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  phone.send(startMessage(parameters));
  await phone.until(() => ofEvent(phone, 'mark').length > 0);
  t.ok(ofEvent(phone, 'media').length > 0, 'the words for a new chat are heard');
  const [chat] = (await evi.chats.listChats()).data;
  t.match(chat, { status: 'ACTIVE', config: { id: config.id } });
  const eventsOf = async (type: string): Promise<readonly Hume.empathicVoice.ReturnChatEvent[]> => {
    const found: Hume.empathicVoice.ReturnChatEvent[] = [];
    for await (const event of await evi.chats.listChatEvents(chat!.id)) if (event.type === type) found.push(event);
    return found;
  };
  const said = async (type: string): Promise<string> =>
    (await eventsOf(type)).map(({ messageText }) => messageText).join(' ');
  await t.test('the caller is heard and answered', async () => {
    const greeted = ofEvent(phone, 'mark').length;
    for (const mark of ofEvent(phone, 'mark')) phone.send({ ...mark, sequenceNumber: '9' });
    await speakInto(phone, 'opening-hours');
    await phone.until(() => ofEvent(phone, 'mark').length > greeted);
  });

  await t.test('the control plane speaks into the call', async () => {
    // Refused while an answer still goes on.
    while (!(await said('AGENT_MESSAGE')).endsWith('We close at six.')) {
      await evi.controlPlane.send(chat!.id, { type: 'assistant_input', text: 'We close at six.' });
      await setTimeout(200);
    }
  });

  phone.send({ event: 'stop', streamSid: 'MZ1', stop: { callSid: 'CA1' } });
  t.equal((await phone.closed).code, 1000);
  t.match(await said('SYSTEM_PROMPT'), 'You are Ada of the bookshop.');
  t.match(await said('AGENT_MESSAGE'), /^Hello, this is the bookshop. I estimate how you feel\. .*We close at six\.$/u);
  t.not(await said('USER_MESSAGE'), '');
  t.ok((await eventsOf('USER_MESSAGE'))[0]?.emotionFeatures, 'with the 48 scores');
});

t.test(
  'a stream without Twilio’s signature is refused, one without a key as well where there is no own one',
  async (t) => {
    await using running = await startServer({ twilioSignature: 'off' });
    await using phone = await openStream(running.port, '/v0/evi/twilio/media');
    phone.send(startMessage());
    t.same(await phone.closed, { code: 1008, reason: 'UNAUTHORIZED' });
    t.match(await postForm(running.port, '/v0/evi/twilio', {}), { status: 401 });
    await using strict = await startServer({ twilioAuthToken, publicUrl });
    await t.rejects(openStream(strict.port, '/v0/evi/twilio/media?x'), /403/u);
  },
);
