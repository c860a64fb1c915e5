/**
 * Genesys AudioHook: sequence numbers to the dot, both modes, the caller's channel.
 */
import t from 'tap';
import { decodeMulaw } from '../../../../src/audio/g711.js';
import { ProtocolError } from '../../../../src/protocols/protocol.js';
import { GenesysProtocol } from '../../../../src/protocols/telephony/genesys-protocol.js';
import type { SessionEvent } from '../../../../src/session/events.js';
import { replyEvents } from '../../../support/reply-events.js';

const pcmu = (...channels: readonly string[]) => ({ type: 'audio', format: 'PCMU', channels, rate: 8000 });

function opened(parameters: object = { inputVariables: { locale: 'de-DE' } }, query = '') {
  const protocol = new GenesysProtocol(new URLSearchParams(query));
  let seq = 0;
  const send = (type: string, more: object = {}) =>
    protocol.decode(
      JSON.stringify({
        version: '2',
        type,
        seq: (seq += 1),
        serverseq: 0,
        id: 'i1',
        position: 'PT0S',
        parameters: more,
      }),
    );
  send('open', {
    organizationId: 'o1',
    conversationId: 'c1',
    participant: { ani: '+1', dnis: '+2' },
    media: [pcmu('external', 'internal'), pcmu('internal'), pcmu('external')],
    ...parameters,
  });
  const told = (event: SessionEvent) =>
    protocol.encode(event).map((m) => (typeof m === 'string' ? (JSON.parse(m) as Record<string, unknown>) : m.length));
  return { protocol, send, told };
}

t.test('a bot call: opened, ping, sound, barge-in, closed', async (t) => {
  const { protocol, send, told } = opened();
  t.same(protocol.start, { callId: 'c1', parameters: { locale: 'de-DE' }, maySpeak: true });
  t.same(told(replyEvents.sessionReady), [
    {
      version: '2',
      type: 'opened',
      seq: 1,
      clientseq: 1,
      id: 'i1',
      parameters: { media: [pcmu('external')], startPaused: false },
    },
  ]);
  t.same(send('ping', { rtt: 'PT0.1S' }), []);
  t.match(
    protocol.takeAnswers().map((m) => JSON.parse(String(m)) as object),
    [{ type: 'pong', seq: 2, clientseq: 2 }],
  );
  t.same(protocol.takeAnswers(), [], 'once');
  t.match(protocol.decode(Buffer.alloc(1_600, 0xff)), [
    { type: 'audio', frame: { sampleRateHz: 8_000, startSample: 0 } },
  ]);
  send('discarded', { start: 'PT0S', discarded: 'PT0.5S' });
  t.match(
    protocol.decode(Buffer.alloc(1_600, 0xff)),
    [{ frame: { startSample: 5_600 } }],
    'the time of what is gone stays',
  );
  t.match(send('dtmf', { digit: '9' }), [{ type: 'digit.pressed', digit: '9' }]);
  told(replyEvents.clause('One.'));
  const sizes = [told(replyEvents.audio(100)), told(replyEvents.audio(150)), told(replyEvents.messageEnded())].flat();
  t.same(sizes, [1_600, 1_600], 'messages of 200 ms');
  t.match(send('playback_completed'), [{ type: 'playback.reached', playedMs: 250 }]);
  t.same(told(replyEvents.speechStarted), []);
  told(replyEvents.audio(200));
  t.match(told(replyEvents.speechStarted), [
    { type: 'event', seq: 3, parameters: { entities: [{ type: 'barge_in' }] } },
  ]);
  const waiting = { type: 'line.audio', samples: new Float32Array(6_400), sampleRateHz: 16_000 } as const;
  t.ok(told(waiting).length > 0, 'the sound of waiting');
  t.match(send('paused'), [{ type: 'call.hold' }]);
  t.same(told(waiting), [], 'which a platform that has paused does not want');
  t.match(send('resumed', { start: 'PT0S', discarded: 'PT1S' }), [{ type: 'call.take-back' }]);
  t.same(send('resumed', { start: 'PT0S', discarded: 'PT1S' }), [], 'it was not paused');
  t.match(send('close', { reason: 'end' }), [{ type: 'hang-up' }]);
  told({ type: 'call.transferred', reason: 'angry' });
  told({ type: 'tone.detected', tone: 'beep', frequencyHz: 1_000, startMs: 0, endMs: 400 });
  t.match(told(replyEvents.sessionEnded), [
    { type: 'closed', seq: 4, clientseq: 9, parameters: { outputVariables: { transfer: 'angry', tone: 'beep' } } },
  ]);
});

t.test('listening: nothing but text goes back', async (t) => {
  const { protocol, told } = opened({});
  t.equal(protocol.start?.maySpeak, false);
  t.equal(opened({}, 'mode=bot').protocol.start?.maySpeak, true);
  t.equal(opened({ inputVariables: {} }, 'mode=listen').protocol.start?.maySpeak, false);
  t.match(told(replyEvents.sessionEnded), [{ type: 'disconnect', parameters: { reason: 'completed' } }]);
});

t.test('of two channels the caller is heard', async (t) => {
  const { protocol, told } = opened({ media: [pcmu('internal', 'external')] });
  t.match(told(replyEvents.sessionReady), [{ parameters: { media: [pcmu('internal', 'external')] } }]);
  const [heard] = protocol.decode(Buffer.from('01ff02fe', 'hex'));
  t.same(heard?.type === 'audio' && heard.frame.samples, decodeMulaw(Uint8Array.of(0xff, 0xfe)));
});

t.test('a gap in the numbers ends it', async (t) => {
  const { protocol, told } = opened();
  t.match(protocol.decode('{"version":"2","type":"ping","seq":3,"parameters":{}}'), [{ type: 'hang-up' }]);
  t.match(told(replyEvents.sessionEnded), [{ type: 'disconnect', parameters: { reason: 'error' } }]);
  const fresh = new GenesysProtocol(new URLSearchParams());
  t.throws(() => fresh.decode('{"version":"2","type":"open","seq":2,"parameters":{}}'), ProtocolError);
  t.throws(
    () => fresh.decode('{"version":"2","type":"ping","seq":1,"parameters":{}}'),
    ProtocolError,
    'before the opening',
  );
});

t.test('sound that we cannot hear is refused', async (t) => {
  const other = { type: 'audio', format: 'L16', channels: ['external'], rate: 16_000 };
  for (const media of [[], [other], [pcmu('internal')], 'x', [null]])
    t.throws(() => opened({ media }), ProtocolError, JSON.stringify(media));
});

t.test('what is not known of an offer is not given back, however deep it is', async (t) => {
  const text = `{"version":"2","type":"open","seq":1,"id":"i1","parameters":{"media":[{"type":"audio","format":"PCMU","channels":["external"],"rate":8000,"x":${'['.repeat(40_000)}${']'.repeat(40_000)}}]}}`;
  const protocol = new GenesysProtocol(new URLSearchParams());
  protocol.decode(text);
  const [told] = protocol.encode(replyEvents.sessionReady);
  t.match(JSON.parse(told as string), { type: 'opened', parameters: { media: [pcmu('external')] } });
});
