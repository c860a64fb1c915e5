/**
 * Twilio from the webhook to the end of a call: TwiML and signatures as Twilio's own package makes them, real models.
 */
import t from 'tap';
import { PhoneSocket } from '../support/phone-socket.js';
import { requestUpgrade } from '../support/raw-websocket.js';
import { startServer, testApiKey } from '../support/running-server.js';
import {
  openStream,
  postForm as post,
  signatureOf,
  speakInto,
  startMessage,
  twilioAccount,
} from '../support/twilio-account.js';

const { authToken, publicUrl } = twilioAccount;

t.test('signed requests', async (t) => {
  await using server = await startServer({ twilioAuthToken: authToken, publicUrl, transferTo: '+4930123456' });
  const fields = { CallSid: 'CA1', From: '+4930555', To: '+4930777' };
  const signed = (target: string) => signatureOf(`${publicUrl}${target}`, fields);

  await t.test('the webhook answers TwiML that leads the call here, with its parameters', async (t) => {
    const target = '/twilio/voice?locale=de-DE&greeting=Guten%20Tag';
    const { status, body } = await post(server.port, target, fields, signed(target));
    t.equal(status, 200);
    t.match(
      body,
      '<Connect action="https://voice.example.com/twilio/after"><Stream url="wss://voice.example.com/twilio/media">' +
        '<Parameter name="locale" value="de-DE"/><Parameter name="greeting" value="Guten Tag"/></Stream></Connect>',
    );
  });

  await t.test('without a valid signature there is no TwiML', async (t) => {
    const target = '/twilio/voice';
    const wrong = [undefined, '', 'x', signatureOf(`${publicUrl}${target}`), signed('/twilio/voice/')];
    for (const signature of wrong) t.equal((await post(server.port, target, fields, signature)).status, 403);
    t.match((await post(server.port, target, fields)).body, 'SIGNATURE_INVALID');
    t.equal((await fetch(`http://127.0.0.1:${server.port}${target}`)).status, 404, 'and only POST');
    const large = await post(server.port, target, { x: 'x'.repeat(70_000) }, 'x');
    t.equal(large.status, 400);
  });

  await t.test('nor a stream', async (t) => {
    const path = '/twilio/media';
    const refused = [
      {},
      { 'X-Twilio-Signature': 'x' },
      { 'X-Twilio-Signature': signatureOf(`${publicUrl}${path}`) },
      { Authorization: `Bearer ${testApiKey}` },
    ];
    for (const headers of refused) {
      const { answer, socket } = await requestUpgrade({ port: server.port, path, headers });
      socket.destroy();
      t.match(answer, /^HTTP\/1\.1 403 [^]*SIGNATURE_INVALID/u, JSON.stringify(Object.keys(headers)));
    }
  });

  await t.test('a call: greeting, a turn, marks, a key, the end', async (t) => {
    await using phone = await openStream(server.port, '/twilio/media');
    phone.send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    phone.send(startMessage({ greeting: 'Hi.' }));
    const ofEvent = (event: string) => phone.texts.filter((message) => message['event'] === event);
    await phone.until(() => ofEvent('mark').length > 0);
    t.ok(ofEvent('media').length > 0, 'the greeting is heard');
    // All of the greeting was played.
    const greeted = ofEvent('mark').length;
    for (const mark of ofEvent('mark')) phone.send({ ...mark, sequenceNumber: '9' });
    await speakInto(phone, 'opening-hours');
    await phone.until(() => ofEvent('mark').length > greeted);
    const sounds = ofEvent('media').length;
    phone.send({ event: 'dtmf', streamSid: 'MZ1', dtmf: { digit: '1' } });
    await phone.until(() => ofEvent('clear').length > 0);
    t.ok(sounds > 1);
    phone.send({ event: 'stop', streamSid: 'MZ1', stop: { callSid: 'CA1' } });
    t.equal((await phone.closed).code, 1000);
    const known = new Set(['media', 'mark', 'clear']);
    t.same(
      phone.texts.filter(({ event }) => !known.has(String(event))),
      [],
      'nothing that Twilio would complain of',
    );
    t.ok(phone.texts.every(({ streamSid }) => streamSid === 'MZ1'));
  });

  await t.test('after the stream: hang up, for nobody is to be put through', async (t) => {
    const { body } = await post(server.port, '/twilio/after', fields, signed('/twilio/after'));
    t.match(body, '<Response><Hangup/></Response>');
    t.equal((await post(server.port, '/twilio/after', fields, 'x')).status, 403);
  });
  t.equal(server.server.callCount, 0);
});

t.test('a server that knows no account refuses Twilio', async (t) => {
  await using server = await startServer();
  t.equal((await post(server.port, '/twilio/voice', {}, 'x')).status, 403);
  await t.rejects(PhoneSocket.open(`ws://127.0.0.1:${server.port}/twilio/media`), /403/u);
});

t.test('signatures stated off: the call itself brings the key', async (t) => {
  await using server = await startServer({ twilioSignature: 'off' });
  const url = `ws://127.0.0.1:${server.port}/twilio/media`;
  const { body } = await post(server.port, `/twilio/voice?key=${testApiKey}`, {});
  t.match(
    body,
    `<Stream url="wss://127.0.0.1:${server.port}/twilio/media"><Parameter name="key" value="${testApiKey}"/>`,
  );
  for (const parameters of [{}, { key: 'wrong' }]) {
    await using phone = await PhoneSocket.open(url);
    phone.send(startMessage(parameters));
    t.same(await phone.closed, { code: 1008, reason: 'UNAUTHORIZED' });
  }
  await using phone = await PhoneSocket.open(url);
  phone.send(startMessage({ key: testApiKey }));
  await phone.until(() => phone.texts.some(({ event }) => event === 'media'));
});
