/**
 * Each wire on messages: what a caller sends, and what the server's messages mean to an ear.
 */
import { createHmac } from 'node:crypto';
import t from 'tap';
import { encodeMulaw } from '../../../src/audio/g711.js';
import { encodePcm16 } from '../../../src/audio/pcm16.js';
import { encodeWav } from '../../../src/audio/wav-writer.js';
import { EviWire } from '../../../src/lab/wires/evi-wire.js';
import { RealtimeWire } from '../../../src/lab/wires/realtime-wire.js';
import { TwilioWire } from '../../../src/lab/wires/twilio-wire.js';
import { AudiosocketWire } from '../../../src/lab/wires/audiosocket-wire.js';
import { wireNameOf } from '../../../src/lab/wires/choose-wire.js';
import type { WireMessage } from '../../../src/protocols/protocol.js';
import { AudiosocketProtocol } from '../../../src/protocols/telephony/audiosocket-protocol.js';
import type { CallerWire, WireEvent } from '../../../src/lab/wires/caller-wire.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const parsed = (messages: readonly WireMessage[] | null): unknown[] =>
  (messages ?? []).map((message) => JSON.parse(message as string) as unknown);
const eventsOf = (wire: CallerWire, message: object): readonly WireEvent[] => wire.read(JSON.stringify(message)).events;
const tone = Float32Array.from({ length: 160 }, (_, index) => Math.sin(index / 4) / 2);

t.test('OpenAI Realtime: the session is asked for in the wire’s own format, and its sound understood', (t) => {
  const wire = new RealtimeWire({ codec: 'mulaw' });
  t.equal(wire.sampleRateHz, 8_000);
  t.same(wire.headers('ws://host', 'key'), { Authorization: 'Bearer key' });
  const created = wire.read(JSON.stringify({ type: 'session.created', session: {} }));
  t.same(created.events, [{ type: 'ready' }]);
  t.match(parsed(created.answers), [
    {
      type: 'session.update',
      session: {
        type: 'realtime',
        audio: {
          input: { format: { type: 'audio/pcmu' }, turn_detection: { type: 'semantic_vad' } },
          output: { format: { type: 'audio/pcmu' } },
        },
      },
    },
  ]);
  t.same(parsed(wire.frame(tone)), [{ type: 'input_audio_buffer.append', audio: base64(encodeMulaw(tone)) }]);
  const [sound] = eventsOf(wire, { type: 'response.output_audio.delta', delta: base64(encodeMulaw(tone)) });
  t.equal(sound?.type === 'audio' && sound.samples.length, 160);
  t.same(eventsOf(wire, { type: 'input_audio_buffer.speech_started' }), [{ type: 'clear' }]);
  t.same(eventsOf(wire, { type: 'conversation.item.input_audio_transcription.completed', transcript: 'hello' }), [
    { type: 'understood', text: 'hello' },
  ]);
  t.same(eventsOf(wire, { type: 'response.done' }), [{ type: 'reply-ended' }]);
  t.same(eventsOf(wire, { type: 'error', error: { code: 'x' } }), [{ type: 'error', code: 'x' }]);
  t.same(eventsOf(wire, { type: 'rate_limits.updated' }), [], 'what says nothing to an ear is passed over');
  t.equal(wire.digit(), null, 'a key has to be heard');
  t.end();
});

t.test('OpenAI Realtime: a server of Attune is told that this caller pauses, no other is', (t) => {
  const holdsOf = (wire: RealtimeWire, session: object): unknown => {
    const [update] = parsed(wire.read(JSON.stringify({ type: 'session.created', session })).answers);
    return (update as { session: { attune?: unknown } }).session.attune;
  };
  t.equal(holdsOf(new RealtimeWire(), {}), undefined);
  t.same(holdsOf(new RealtimeWire(), { attune: { locale: 'en-US' } }), { holds: true });
  t.equal(holdsOf(new RealtimeWire({ pauses: false }), { attune: {} }), undefined);
  t.same(eventsOf(new RealtimeWire(), { type: 'attune.hold', audio_end_ms: 400 }), [{ type: 'pause' }]);
  t.same(eventsOf(new RealtimeWire(), { type: 'attune.resume' }), [{ type: 'resume' }]);
  t.end();
});

t.test('OpenAI Realtime in PCM is the default', (t) => {
  const wire = new RealtimeWire();
  t.equal(wire.sampleRateHz, 24_000);
  t.same(parsed(wire.frame(tone)), [{ type: 'input_audio_buffer.append', audio: base64(encodePcm16(tone)) }]);
  t.end();
});

t.test('Hume EVI: settings first, whole WAV files of any rate back', (t) => {
  const wire = new EviWire();
  t.match(parsed(wire.hello()), [{ type: 'session_settings', audio: { encoding: 'linear16', sample_rate: 24_000 } }]);
  t.same(eventsOf(wire, { type: 'chat_metadata', chat_id: 'c', chat_group_id: 'g' }), [{ type: 'ready' }]);
  const file = encodeWav({ channels: [new Float32Array(4_800)], sampleRateHz: 48_000 });
  const [sound] = eventsOf(wire, { type: 'audio_output', id: 'm', index: 0, data: base64(file) });
  t.equal(sound?.type === 'audio' && sound.samples.length, 2_400, 'at the rate of the wire');
  t.same(eventsOf(wire, { type: 'user_interruption', time: 1 }), [{ type: 'clear' }]);
  t.same(eventsOf(wire, { type: 'user_message', interim: true, message: { content: 'hel' } }), []);
  t.same(eventsOf(wire, { type: 'user_message', interim: false, message: { content: 'hello' } }), [
    { type: 'understood', text: 'hello' },
  ]);
  t.same(eventsOf(wire, { type: 'assistant_end' }), [{ type: 'reply-ended' }]);
  t.end();
});

t.test('Twilio: what the network says, with counters as strings', (t) => {
  const wire = new TwilioWire({ streamSid: 'MZ1', callSid: 'CA1', accountSid: 'AC1', parameters: { person: 'p' } });
  t.match(parsed(wire.hello()), [
    { event: 'connected', protocol: 'Call', version: '1.0.0' },
    {
      event: 'start',
      sequenceNumber: '1',
      streamSid: 'MZ1',
      start: {
        streamSid: 'MZ1',
        callSid: 'CA1',
        accountSid: 'AC1',
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
        customParameters: { person: 'p' },
      },
    },
  ]);
  t.same(parsed(wire.frame(tone)), [
    {
      event: 'media',
      sequenceNumber: '2',
      streamSid: 'MZ1',
      media: { track: 'inbound', chunk: '1', timestamp: '20', payload: base64(encodeMulaw(tone)) },
    },
  ]);
  wire.skipFrame();
  t.match(parsed(wire.frame(tone)), [{ sequenceNumber: '3', media: { chunk: '3', timestamp: '60' } }], 'a gap shows');
  t.match(parsed(wire.digit('5')), [{ event: 'dtmf', dtmf: { digit: '5', track: 'inbound_track' } }]);
  t.match(parsed(wire.played('m1')), [{ event: 'mark', mark: { name: 'm1' } }]);
  t.match(parsed(wire.goodbye()), [{ event: 'stop', stop: { accountSid: 'AC1', callSid: 'CA1' } }]);
  t.end();
});

t.test('Twilio: what the server says', (t) => {
  const wire = new TwilioWire({ streamSid: 'MZ1', callSid: 'CA1', accountSid: 'AC1' });
  const [sound] = eventsOf(wire, { event: 'media', streamSid: 'MZ1', media: { payload: base64(encodeMulaw(tone)) } });
  t.equal(sound?.type === 'audio' && sound.samples.length, 160);
  t.same(eventsOf(wire, { event: 'mark', streamSid: 'MZ1', mark: { name: 'a' } }), [{ type: 'mark', name: 'a' }]);
  t.same(eventsOf(wire, { event: 'clear', streamSid: 'MZ1' }), [{ type: 'clear' }]);
  t.match(eventsOf(wire, { event: 'hello' }), [{ type: 'error' }], 'anything else is not allowed');
  const url = 'wss://host/twilio/stream';
  t.same(wire.headers(url, 'token'), {
    'X-Twilio-Signature': createHmac('sha1', 'token').update(url).digest('base64'),
  });
  t.end();
});

t.test('AudioSocket: what Asterisk says, understood by the codec of the server', (t) => {
  const wire = new AudiosocketWire(Buffer.from('40325ec25ecf4c4380ca8b2c9a1d2a11', 'hex'));
  const codec = new AudiosocketProtocol();
  for (const hello of wire.hello()) codec.decode(hello);
  t.equal(codec.start?.callId, '40325ec2-5ecf-4c43-80ca-8b2c9a1d2a11');
  const [heard] = wire.frame(tone).flatMap((frame) => codec.decode(frame));
  t.match(heard, { type: 'audio', frame: { sampleRateHz: 8_000, startSample: 0 } });
  t.equal(heard?.type === 'audio' && heard.frame.samples.length, 160);
  t.match(
    wire.digit('#').flatMap((frame) => codec.decode(frame)),
    [{ type: 'digit.pressed', digit: '#' }],
  );
  t.match(
    wire.goodbye().flatMap((frame) => codec.decode(frame)),
    [{ type: 'hang-up', farewell: null }],
  );
  t.end();
});

t.test('AudioSocket: what the server says', (t) => {
  const wire = new AudiosocketWire(new Uint8Array(16));
  const read = (...bytes: readonly number[]): readonly WireEvent[] => wire.read(Uint8Array.from(bytes)).events;
  t.match(read(0x10, 0, 4, 0, 0x40, 0, 0xc0), [{ type: 'audio', samples: Float32Array.of(0.5, -0.5) }]);
  t.same(read(0x00, 0, 0), [], 'the link knows that this is the end');
  t.match(read(0xff, 0, 1, 2), [{ type: 'error', code: 'AudioSocket error 02' }]);
  t.match(read(0x12, 0, 0), [{ type: 'error', code: 'unknown frame 0x12' }]);
  t.throws(() => wire.read('hello'), { code: 'CONNECTION_FAILED' });
  t.end();
});

const addresses: readonly (readonly [url: string, chosen: string | undefined, name: string | RegExp])[] = [
  ['ws://host/v1/realtime', undefined, 'realtime'],
  ['ws://host/v0/evi/chat', undefined, 'evi'],
  ['wss://host/twilio/stream', undefined, 'twilio'],
  ['ws://host/v1/realtime', 'realtime-mulaw', 'realtime-mulaw'],
  ['tcp://host:9092', undefined, 'audiosocket'],
  ['tcp://host:9092', 'audiosocket', 'audiosocket'],
  ['tcp://host:9092', 'twilio', /'twilio' does not go over tcp/u],
  ['ws://host/v1/realtime', 'audiosocket', /'audiosocket' does not go over ws/u],
  ['ws://host/v1/realtime', 'pigeon', /no wire 'pigeon'/u],
];

for (const [url, chosen, name] of addresses) {
  t.test(`the wire for ${url}${chosen === undefined ? '' : ` as ${chosen}`}`, (t) => {
    if (typeof name === 'string') t.equal(wireNameOf(url, chosen), name);
    else t.throws(() => wireNameOf(url, chosen), { code: 'OPTION_INVALID', field: 'wire', message: name });
    t.end();
  });
}

t.test('what is not of the format is refused', (t) => {
  for (const wire of [new RealtimeWire(), new EviWire()]) {
    for (const text of ['', 'null', '[]', '{}', '{"type":5}'])
      t.throws(() => wire.read(text), { code: 'CONNECTION_FAILED' });
  }
  t.end();
});
