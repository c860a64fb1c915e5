/**
 * Asterisk's chan_websocket, Vonage and jambonz: messages as they are documented, in and out.
 */
import t from 'tap';
import { ProtocolError } from '../../../../src/protocols/protocol.js';
import { AsteriskWebSocketProtocol } from '../../../../src/protocols/telephony/asterisk-websocket-protocol.js';
import { JambonzProtocol } from '../../../../src/protocols/telephony/jambonz-protocol.js';
import type { PhoneProtocol } from '../../../../src/protocols/telephony/phone-protocol.js';
import { VonageProtocol } from '../../../../src/protocols/telephony/vonage-protocol.js';
import { replyEvents } from '../../../support/reply-events.js';

const { clause, audio, messageEnded, speechStarted, sessionEnded, held, resumed } = replyEvents;
const noQuery = new URLSearchParams();

/** Text messages as they are, sound as its length. */
const shown = (protocol: PhoneProtocol, event: Parameters<PhoneProtocol['encode']>[0]) =>
  protocol.encode(event).map((message) => (typeof message === 'string' ? message : message.length));

t.test('chan_websocket in JSON', async (t) => {
  const protocol = new AsteriskWebSocketProtocol(new URLSearchParams('key=secret&locale=de-DE'));
  t.throws(() => protocol.decode(new Uint8Array(160)), ProtocolError, 'media before its start');
  protocol.decode(
    JSON.stringify({
      event: 'MEDIA_START',
      connection_id: 'conn1',
      channel: 'WebSocket/conn1/0x1',
      channel_id: '1755.1',
      format: 'ulaw',
      optimal_frame_size: 160,
      ptime: 20,
      channel_variables: { person: 'p1' },
    }),
  );
  t.same(protocol.start, { callId: '1755.1', parameters: { person: 'p1', locale: 'de-DE' }, maySpeak: true });
  t.match(protocol.decode(Buffer.alloc(160, 0xff)), [
    { type: 'audio', frame: { sampleRateHz: 8_000, startSample: 0 } },
  ]);
  t.match(protocol.decode('{"event":"DTMF_END","digit":"7"}'), [{ type: 'digit.pressed', digit: '7' }]);
  t.same(protocol.decode('{"event":"MEDIA_XOFF"}'), []);
  shown(protocol, clause('One.'));
  const [bytes] = shown(protocol, audio(100));
  t.equal(Number(bytes) % 160, 0, 'whole frames');
  t.same(shown(protocol, clause('Two.')), ['{"command":"MARK_MEDIA","correlation_id":"phrase-1"}']);
  t.match(protocol.decode('{"event":"MEDIA_MARK_PROCESSED","correlation_id":"phrase-1"}'), [
    { type: 'playback.reached', itemId: 'item_1', playedMs: 100 },
  ]);
  shown(protocol, audio(100));
  t.same(shown(protocol, speechStarted), ['{"command":"FLUSH_MEDIA"}']);
  const ended = shown(protocol, sessionEnded);
  t.same(ended, ['{"command":"HANGUP"}']);
  t.ok(ended.every((command) => String(command).length <= 128));
});

t.test('chan_websocket in plain words', async (t) => {
  const protocol = new AsteriskWebSocketProtocol(noQuery);
  protocol.decode(
    'MEDIA_START connection_id:c1 channel:WebSocket/c1/0x1 channel_id:9.1 format:slin16 optimal_frame_size:640 ptime:20',
  );
  t.equal(protocol.start?.callId, '9.1');
  t.match(protocol.decode(Buffer.alloc(640)), [{ frame: { sampleRateHz: 16_000 } }]);
  t.match(protocol.decode('DTMF_END digit:#'), [{ digit: '#' }]);
  shown(protocol, audio(100));
  t.same(shown(protocol, messageEnded()).at(-1), 'MARK_MEDIA phrase-1');
  t.match(protocol.decode('MEDIA_MARK_PROCESSED correlation_id:phrase-1'), [{ playedMs: 100 }]);
  t.same(shown(protocol, sessionEnded), ['HANGUP']);
});

t.test('Vonage', async (t) => {
  const protocol = new VonageProtocol();
  protocol.decode('{"content-type":"audio/l16;rate=16000","locale":"es-ES","uuid":"u1"}');
  t.match(protocol.start, { callId: 'u1', parameters: { locale: 'es-ES' } });
  t.match(protocol.decode(Buffer.alloc(640)), [{ frame: { sampleRateHz: 16_000 } }]);
  t.match(protocol.decode('{"event":"websocket:dtmf","digit":"5","duration":260}'), [{ digit: '5' }]);
  shown(protocol, clause('One.'));
  t.same(shown(protocol, audio(100)), [640, 640, 640, 640, 640], 'frames of the size that comes in');
  t.same(shown(protocol, clause('Two.')), ['{"action":"notify","payload":{"mark":"phrase-1"}}']);
  t.match(protocol.decode('{"event":"websocket:notify","payload":{"mark":"phrase-1"}}'), [{ playedMs: 100 }]);
  shown(protocol, audio(20));
  t.same(shown(protocol, speechStarted), ['{"action":"clear"}']);
  t.same(protocol.decode('{"event":"websocket:cleared"}'), []);
  t.same(shown(protocol, sessionEnded), []);
  t.throws(() => new VonageProtocol().decode('{"event":"websocket:connected"}'), ProtocolError, 'no format');
});

t.test('jambonz, streaming', async (t) => {
  const protocol = new JambonzProtocol(new URLSearchParams('key=k&rate=8000'));
  protocol.decode('{"callSid":"c1","sampleRate":16000,"mixType":"stereo","metadata":{"voice":"rms"}}');
  t.match(protocol.start, { callId: 'c1', parameters: { voice: 'rms' } });
  t.notOk(protocol.start?.parameters['key']);
  const [heard] = protocol.decode(Buffer.from('0001ffff0002ffff', 'hex'));
  t.match(heard, { type: 'audio', frame: { sampleRateHz: 16_000 } });
  t.same(heard?.type === 'audio' && heard.frame.samples.map((sample) => sample * 32_768), new Float32Array([256, 512]));
  t.match(protocol.decode('{"event":"dtmf","dtmf":"2","duration":"100"}'), [{ digit: '2' }]);
  const [bytes] = shown(protocol, audio(100));
  t.equal(Number(bytes) % 320, 0, '8 kHz, as asked for');
  t.same(shown(protocol, clause('Two.')), ['{"type":"mark","data":{"name":"phrase-1"}}']);
  t.match(protocol.decode('{"type":"mark","data":{"name":"phrase-1","event":"playout"}}'), [{ playedMs: 100 }]);
  shown(protocol, audio(100));
  shown(protocol, clause('Three.'));
  t.same(protocol.decode('{"type":"mark","data":{"name":"phrase-2","event":"cleared"}}'), []);
  shown(protocol, audio(100));
  t.same(shown(protocol, speechStarted), ['{"type":"killAudio"}']);
  t.same(shown(protocol, sessionEnded), ['{"type":"disconnect"}']);
});

t.test('jambonz, not streaming', async (t) => {
  const protocol = new JambonzProtocol(new URLSearchParams('audio=json'));
  protocol.decode('{"callSid":"c1","sampleRate":8000}');
  const [message] = protocol.encode(audio(100));
  t.match(JSON.parse(String(message)), {
    type: 'playAudio',
    data: { audioContentType: 'raw', sampleRate: 8_000, audioContent: String },
  });
  t.throws(() => new JambonzProtocol(new URLSearchParams('rate=x')).decode('{"sampleRate":8000}'), ProtocolError);
});

t.test('a reply that is held falls silent by each gateway’s own flush, and is sent again', async (t) => {
  const gateways = [
    [
      new AsteriskWebSocketProtocol(noQuery),
      'MEDIA_START connection_id:c1 channel_id:9.1 format:slin16 optimal_frame_size:640 ptime:20',
      'FLUSH_MEDIA',
      'MARK_MEDIA phrase-1',
      [3_200],
    ],
    [
      new VonageProtocol(),
      '{"content-type":"audio/l16;rate=16000","uuid":"u1"}',
      '{"action":"clear"}',
      '{"action":"notify","payload":{"mark":"phrase-1"}}',
      [640, 640, 640, 640, 640],
    ],
    [
      new JambonzProtocol(noQuery),
      '{"callSid":"c1","sampleRate":16000}',
      '{"type":"killAudio"}',
      '{"type":"mark","data":{"name":"phrase-1"}}',
      [3_200],
    ],
  ] as const;
  for (const [protocol, hello, flush, mark, again] of gateways) {
    t.equal(protocol.heldSound, 'paused');
    protocol.decode(hello);
    shown(protocol, clause('One.'));
    shown(protocol, audio(200));
    t.same(shown(protocol, held(100)), [flush], protocol.name);
    t.same(shown(protocol, resumed), again);
    t.same(shown(protocol, messageEnded()), [mark]);
  }
});

t.test('the sound of waiting has no mark, and jambonz is told why it sounds', async (t) => {
  const protocol = new JambonzProtocol(noQuery);
  protocol.decode(JSON.stringify({ callSid: 'c', sampleRate: 8_000 }));
  t.same(shown(protocol, { type: 'call.held' }), ['{"type":"json","data":{"event":"attune.call.held"}}']);
  t.match(shown(protocol, { type: 'line.audio', samples: new Float32Array(1_600), sampleRateHz: 16_000 }), [Number]);
  t.same(shown(protocol, { type: 'call.taken-back', heldMs: 100 }), [
    '{"type":"json","data":{"event":"attune.call.taken_back"}}',
  ]);
  t.same(shown(protocol, { type: 'tone.detected', tone: 'beep', frequencyHz: 1_000, startMs: 0, endMs: 400 }), [
    '{"type":"json","data":{"event":"attune.tone","tone":"beep"}}',
  ]);
});
