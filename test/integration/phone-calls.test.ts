/**
 * How calls end, and calls that only listen: on a whole server, as the platforms see it.
 */
import t from 'tap';
import path from 'node:path';
import { fixtureMulaw } from '../support/fixture-audio.js';
import { genesysHeaders } from '../support/genesys-signer.js';
import { PhoneSocket } from '../support/phone-socket.js';
import { requestUpgrade } from '../support/raw-websocket.js';
import { startServer, testApiKey } from '../support/running-server.js';

const media = [{ type: 'audio', format: 'PCMU', channels: ['external'], rate: 8000 }];

/** All at once, as a burst of the network brings it. */
function speak(phone: PhoneSocket, mulaw: Buffer, message: (payload: Buffer, index: number) => object | Buffer): void {
  for (let at = 0; at < mulaw.length; at += 160) phone.send(message(mulaw.subarray(at, at + 160), at / 160));
}

t.test('a rule hands an angry caller over: said, hung up, put through', async (t) => {
  const rules = `rules:
  - { name: always, when: { minStrength: 0 }, escalate: { action: transfer, reason: a test } }
locales: { en-US: { display: { unpleasant: 1, pleasant: 1 }, answerStrength: 1, manner: Be plain. } }`;
  const folder = t.testdir({ 'rules.yaml': rules });
  await using server = await startServer({
    twilioSignature: 'off',
    transferTo: '+4930123456',
    responseRulesFile: path.join(folder, 'rules.yaml'),
    greeting: '',
    emotionNotice: '',
  });
  await using phone = await PhoneSocket.open(`ws://127.0.0.1:${server.port}/twilio/media`);
  phone.send({
    event: 'start',
    start: { streamSid: 'MZ1', callSid: 'CA9', customParameters: { key: testApiKey } },
  });
  speak(phone, await fixtureMulaw('late-delivery-angry', 2_000), (payload, index) => ({
    event: 'media',
    media: { track: 'inbound', timestamp: String(index * 20), payload: payload.toString('base64') },
  }));
  t.equal((await phone.closed).code, 1000, 'hung up by us');
  t.ok(
    phone.texts.some(({ event }) => event === 'media'),
    'after it was said',
  );
  const after = (callSid: string) =>
    fetch(`http://127.0.0.1:${server.port}/twilio/after`, {
      method: 'POST',
      body: new URLSearchParams({ CallSid: callSid }),
    }).then((response) => response.text());
  t.match(await after('CA1'), '<Hangup/>', 'another call');
  t.match(await after('CA9'), '<Response><Dial>+4930123456</Dial></Response>');
  t.match(await after('CA9'), '<Hangup/>', 'once');
  t.equal(server.server.callCount, 0);
});

t.test('AudioHook only listens: no sound goes back, the numbers are exact', async (t) => {
  await using server = await startServer();
  await using phone = await PhoneSocket.open(`ws://127.0.0.1:${server.port}/genesys/audiohook`, {
    headers: { 'X-API-KEY': testApiKey },
  });
  let seq = 0;
  const send = (type: string, parameters: object = {}): void =>
    phone.send({ version: '2', type, seq: (seq += 1), serverseq: 0, id: 'i1', position: 'PT0S', parameters });
  send('open', {
    conversationId: 'c1',
    media: [{ type: 'audio', format: 'PCMU', channels: ['external', 'internal'], rate: 8000 }],
  });
  await phone.until(() => phone.texts.some(({ type }) => type === 'opened') || undefined);
  const clip = await fixtureMulaw('opening-hours', 1_500);
  // Two channels: the caller, and silence.
  speak(phone, clip, (payload) => Buffer.from([...payload].flatMap((byte) => [byte, 0xff])));
  send('ping');
  await phone.until(() => phone.texts.some(({ type }) => type === 'pong') || undefined);
  send('close', { reason: 'end' });
  t.equal((await phone.closed).code, 1000);
  t.same(
    phone.texts.map(({ type, seq: number, clientseq }) => [type, number, clientseq]),
    [
      ['opened', 1, 1],
      ['pong', 2, 2],
      ['closed', 3, 3],
    ],
  );
  t.ok(
    phone.received.every(({ message }) => typeof message === 'string'),
    'not one binary message',
  );
});

t.test('AudioHook that is signed is let in, once', async (t) => {
  const secret = Buffer.alloc(32, 5);
  await using server = await startServer({
    genesysClientSecrets: secret.toString('base64'),
    publicUrl: 'https://voice.example.com',
  });
  const target = '/genesys/audiohook?mode=listen';
  const headers = genesysHeaders({
    secret,
    authority: 'voice.example.com',
    target,
    apiKey: testApiKey,
    createdS: Math.floor(Date.now() / 1_000),
  });
  const refusal = async (sent: Readonly<Record<string, string>>): Promise<string> => {
    const { answer, socket } = await requestUpgrade({ port: server.port, path: target, headers: sent });
    socket.destroy();
    return answer;
  };
  t.match(await refusal({ 'x-api-key': testApiKey }), /^HTTP\/1\.1 401 [^]*SIGNATURE_UNACCEPTED/u, 'not signed');
  await using phone = await PhoneSocket.open(`ws://127.0.0.1:${server.port}${target}`, { headers });
  phone.send({ version: '2', type: 'open', seq: 1, serverseq: 0, id: 'i1', position: 'PT0S', parameters: { media } });
  await phone.until(() => phone.texts.some(({ type }) => type === 'opened') || undefined);
  t.match(await refusal(headers), /^HTTP\/1\.1 401 [^]*SIGNATURE_UNACCEPTED/u, 'the same again');
});

t.test('a greeting names what is inferred, and keys in the address are taken', async (t) => {
  await using server = await startServer({ greeting: 'Hi.', emotionNotice: 'I listen to how you sound.' });
  const url = `ws://127.0.0.1:${server.port}/vonage/media?key=${testApiKey}`;
  await using phone = await PhoneSocket.open(url);
  phone.send({ event: 'websocket:connected', 'content-type': 'audio/l16;rate=16000' });
  const soundMs = () => phone.received.filter(({ message }) => typeof message !== 'string').length * 20;
  // The notice is a phrase of its own, and takes more than a second to say.
  await phone.until(() => phone.texts.length > 1 || undefined);
  t.ok(soundMs() > 1_200, `${soundMs()} ms`);
});

t.test('a call is put on hold over HTTP, and taken back', async (t) => {
  const tenantsFile = path.join(
    t.testdir({
      'tenants.yaml':
        'tenants: { acme: { keys: [acme-key-1, { key: watch-key-1, scopes: [observe] }] }, betty: { keys: [betty-key-1] } }',
    }),
    'tenants.yaml',
  );
  await using server = await startServer({ tenantsFile, apiKeys: '', greeting: '', emotionNotice: '' });
  const base = `http://127.0.0.1:${server.port}/v1/calls`;
  const ask = (target: string, key: string, method = 'POST') =>
    fetch(`${base}${target}`, { method, headers: { authorization: `Bearer ${key}` } });
  await using phone = await PhoneSocket.open(`ws://127.0.0.1:${server.port}/vonage/media?key=acme-key-1`);
  phone.send({ event: 'websocket:connected', 'content-type': 'audio/l16;rate=8000' });
  const listed = async () =>
    (await (await ask('', 'acme-key-1', 'GET')).json()) as { calls: { id: string; state: string }[] };
  let call = (await listed()).calls[0];
  while (call === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    call = (await listed()).calls[0];
  }
  for (const [target, key, method, status] of [
    [`/${call.id}/hold`, 'betty-key-1', 'POST', 404],
    ['/sess_other/hold', 'acme-key-1', 'POST', 404],
    [`/${call.id}/hold`, 'watch-key-1', 'POST', 403],
    [`/${call.id}/hold`, 'no-key', 'POST', 401],
    [`/${call.id}/hold`, 'acme-key-1', 'GET', 404],
  ] as const)
    t.equal((await ask(target, key, method)).status, status, `${method} ${target} with ${key}`);
  const sounds = () => phone.received.filter(({ message }) => typeof message !== 'string').length;
  t.equal(sounds(), 0);
  t.equal((await ask(`/${call.id}/hold`, 'acme-key-1')).status, 204);
  t.equal((await ask(`/${call.id}/hold`, 'acme-key-1')).status, 204, 'asked for again');
  await phone.until(() => sounds() >= 5 || undefined);
  t.equal((await listed()).calls[0]?.state, 'on-hold');
  t.equal((await ask(`/${call.id}/take-back`, 'acme-key-1')).status, 204);
  t.equal((await listed()).calls[0]?.state, 'listening');
  t.equal((await ask(`/${call.id}/hold`, 'acme-key-1')).status, 204);
  await phone[Symbol.asyncDispose]();
  while (server.server.callCount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal((await ask(`/${call.id}/hold`, 'acme-key-1')).status, 404, 'left while on hold');
});
