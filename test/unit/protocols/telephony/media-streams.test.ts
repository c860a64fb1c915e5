/**
 * Media streams of Twilio, Telnyx, Plivo and Exotel: messages as the platforms document them in, events out, and back.
 */
import t from 'tap';
import { decodeMulaw } from '../../../../src/audio/g711.js';
import { ProtocolError } from '../../../../src/protocols/protocol.js';
import { mediaStreamsDialects } from '../../../../src/protocols/telephony/media-streams-dialect.js';
import { MediaStreamsProtocol } from '../../../../src/protocols/telephony/media-streams-protocol.js';
import type { ClientEvent, SessionEvent } from '../../../../src/session/events.js';
import { replyEvents } from '../../../support/reply-events.js';

const { twilio, telnyx, plivo, exotel } = mediaStreamsDialects;

const twilioStart = {
  event: 'start',
  sequenceNumber: '1',
  start: {
    accountSid: 'AC0',
    streamSid: 'MZ0',
    callSid: 'CA0',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { locale: 'de-DE', key: 'secret' },
  },
  streamSid: 'MZ0',
};
const twilioMedia = (timestamp: number, bytes: readonly number[] | Buffer, chunk = 1) => ({
  event: 'media',
  sequenceNumber: '3',
  media: {
    track: 'inbound',
    chunk: String(chunk),
    timestamp: String(timestamp),
    payload: Buffer.from(bytes).toString('base64'),
  },
  streamSid: 'MZ0',
});

function opened(dialect = twilio, start: object = twilioStart) {
  const protocol = new MediaStreamsProtocol(dialect);
  const send = (message: object): readonly ClientEvent[] => protocol.decode(JSON.stringify(message));
  send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  send(start);
  const told = (event: SessionEvent) =>
    protocol.encode(event).map((m) => JSON.parse(String(m)) as Record<string, unknown>);
  return { protocol, send, told };
}

function frameOf(events: readonly ClientEvent[], index = 0) {
  const event = events[index];
  if (event?.type !== 'audio') throw new Error(`no audio but ${event?.type}`);
  return event.frame;
}

const { clause, audio, messageEnded, cancelled, speechStarted, held, resumed } = replyEvents;

t.test('the start introduces the call', async (t) => {
  const { protocol } = opened();
  t.same(protocol.start, { callId: 'CA0', parameters: { locale: 'de-DE', key: 'secret' }, maySpeak: true });
  t.equal(new MediaStreamsProtocol(twilio).start, null);
});

t.test('media is heard at its timestamp', async (t) => {
  const { send } = opened();
  const first = frameOf(send(twilioMedia(40, [0xff, 0x00, 0x80])));
  t.same(first.samples, decodeMulaw(Uint8Array.of(0xff, 0x00, 0x80)));
  t.equal(first.sampleRateHz, 8_000);
  t.equal(first.startSample, 0, 'the first sound is the beginning');
  const whole = Buffer.alloc(160, 0xff);
  t.equal(frameOf(send(twilioMedia(40, whole))).startSample, 3, 'jitter is no gap');
  t.equal(frameOf(send(twilioMedia(60, whole))).startSample, 163);
  t.equal(frameOf(send(twilioMedia(140, whole))).startSample, 800, 'three messages were lost');
  t.equal(frameOf(send(twilioMedia(100, whole))).startSample, 960, 'a step back follows on');
  t.equal(frameOf(send(twilioMedia(4_000_000_000, whole))).startSample, 1_120, 'an impossible one, too');
  t.equal(frameOf(send(twilioMedia(4_000_000_020, whole))).startSample, 1_280);
  t.same(
    send({ ...twilioMedia(0, whole), media: { track: 'outbound', payload: '/w==' } }),
    [],
    'our own sound is not heard',
  );
});

t.test('a minimal message, as some clients send it, is heard', async (t) => {
  const { send } = opened(twilio, { event: 'start', start: { streamSid: 'MZ0' } });
  t.equal(frameOf(send({ event: 'media', media: { payload: '//8=' } })).samples.length, 2);
});

t.test('sound, a mark after each phrase, and what a returned mark means', async (t) => {
  const { told, send } = opened();
  t.same(told(clause('One.')), []);
  const [media] = told(audio(100));
  t.match(media, { event: 'media', streamSid: 'MZ0', media: { payload: String } });
  const bytes = Buffer.from((media as { media: { payload: string } }).media.payload, 'base64');
  t.equal(bytes.length % 160, 0, 'whole pieces of 20 ms');
  t.ok(bytes.length >= 640, 'most of 100 ms at once');
  t.ok(Math.abs(decodeMulaw(bytes)[400]! - 0.25) < 0.01);
  t.match(told(clause('Two.')), [{ event: 'mark', streamSid: 'MZ0', mark: { name: 'phrase-1' } }]);
  told(audio(60));
  const ending = told(messageEnded('completed'));
  t.same(
    ending.map(({ event }) => event),
    ['media', 'mark'],
  );
  t.same(send({ event: 'mark', streamSid: 'MZ0', mark: { name: 'phrase-1' } }), [
    { clientEventId: null, type: 'playback.reached', itemId: 'item_1', playedMs: 100 },
  ]);
  t.same(send({ event: 'mark', mark: { name: 'phrase-1' } }), [], 'once');
  t.match(send({ event: 'mark', mark: { name: 'phrase-2' } }), [{ playedMs: 160 }]);
  t.same(told(speechStarted), [], 'nothing is left to clear');
});

for (const dialect of [twilio, telnyx, plivo, exotel])
  t.test(`${dialect.name}: a reply that is held is cleared, and sent again from where it stopped`, async (t) => {
    const { protocol, told } = opened(dialect);
    t.equal(protocol.heldSound, 'paused');
    const bytesIn = (messages: readonly Record<string, unknown>[]): Buffer =>
      Buffer.concat(
        messages.map((message) =>
          Buffer.from(String((message['media'] as { payload?: string } | undefined)?.payload ?? ''), 'base64'),
        ),
      );
    const sent = bytesIn([...told(clause('One.')), ...told(audio(500))]);
    t.same(told(held(300)), [dialect.clear('MZ0')]);
    const rest = bytesIn([...told(resumed), ...told(messageEnded())]);
    const bytesPerMs = dialect === exotel ? 16 : 8;
    const again = rest.subarray(0, sent.length - 200 * bytesPerMs);
    t.same(again, sent.subarray(200 * bytesPerMs));
    t.equal(told(speechStarted).length, 1, 'what was sent again is cleared by the next barge-in');
  });

t.test('a barge-in clears, and marks that come back then mean nothing', async (t) => {
  const { told, send } = opened();
  told(clause('One.'));
  told(audio(100));
  told(clause('Two.'));
  t.same(told(speechStarted), [{ event: 'clear', streamSid: 'MZ0' }]);
  t.same(told(messageEnded('incomplete')), []);
  t.same(told(cancelled), [], 'once is enough');
  t.same(send({ event: 'mark', mark: { name: 'phrase-1' } }), []);
});

t.test('keys, the end, and what is not understood', async (t) => {
  const { send, protocol } = opened();
  t.match(send({ event: 'dtmf', streamSid: 'MZ0', dtmf: { track: 'inbound_track', digit: '#' } }), [
    { type: 'digit.pressed', digit: '#' },
  ]);
  t.same(send({ event: 'dtmf', dtmf: { digit: 'flash' } }), []);
  t.same(send({ event: 'something-new', payload: {} }), []);
  t.match(send({ event: 'stop', stop: { callSid: 'CA0' } }), [{ type: 'hang-up' }]);
  for (const message of ['{', '[]', '"x"', Buffer.from('ff', 'hex'), '{"event":"media","media":{"payload":"*"}}'])
    t.throws(() => protocol.decode(message), ProtocolError);
  t.throws(() => protocol.decode(`{"event":"x","y":"${'x'.repeat(1 << 20)}"}`), ProtocolError, 'too long');
  t.throws(() => send(twilioStart), ProtocolError, 'a second start');
  t.throws(() => new MediaStreamsProtocol(twilio).decode(JSON.stringify(twilioMedia(0, [1]))), ProtocolError);
});

t.test('Telnyx: its names, its order', async (t) => {
  const { protocol, send, told } = opened(telnyx, {
    event: 'start',
    sequence_number: '1',
    stream_id: 'S1',
    start: {
      call_control_id: 'v2:1',
      custom_parameters: { voice: 'rms' },
      media_format: { encoding: 'PCMA', sample_rate: 8000, channels: 1 },
    },
  });
  t.match(protocol.start, { callId: 'v2:1', parameters: { voice: 'rms' } });
  const chunk = (number: number, byte: number) =>
    send({
      event: 'media',
      stream_id: 'S1',
      media: {
        track: 'inbound',
        chunk: String(number),
        timestamp: '5',
        payload: Buffer.alloc(160, byte).toString('base64'),
      },
    });
  t.equal(chunk(2, 0xd5).length, 1);
  t.equal(chunk(4, 0xd5).length, 0, 'one too early waits');
  t.same(
    chunk(3, 0xd5).map((event) => event.type === 'audio' && event.frame.startSample),
    [160, 320],
  );
  t.equal(chunk(3, 0xd5).length, 0, 'a double is dropped');
  const waits = [6, 7, 8, 9, 10].flatMap((number) => chunk(number, 0xd5));
  t.same(waits, [], 'one is waited for');
  const late = chunk(11, 0xd5);
  t.same(
    late.map((event) => event.type === 'audio' && event.frame.startSample),
    [640, 800, 960, 1_120, 1_280, 1_440],
    'not forever: its time stays a gap',
  );
  told(clause('One.'));
  t.match(told(audio(100)), [{ event: 'media', media: { payload: String } }]);
  t.same(told(speechStarted), [{ event: 'clear' }]);
  chunk(13, 0xd5);
  t.same(
    send({ event: 'stop' }).map(({ type }) => type),
    ['audio', 'hang-up'],
    'what waits is heard at the end',
  );
});

t.test('Plivo: its names', async (t) => {
  const { protocol, send, told } = opened(plivo, {
    event: 'start',
    sequenceNumber: 0,
    start: {
      callId: 'P1',
      streamId: 'S1',
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-l16', sampleRate: 16000 },
    },
  });
  t.equal(protocol.start?.callId, 'P1');
  t.equal(frameOf(send({ event: 'media', media: { payload: 'AAAA/w==' } })).sampleRateHz, 16_000);
  told(clause('One.'));
  t.match(told(audio(100)), [
    { event: 'playAudio', streamId: 'S1', media: { contentType: 'audio/x-l16', sampleRate: 16_000, payload: String } },
  ]);
  t.same(told(clause('Two.')), [{ event: 'checkpoint', streamId: 'S1', name: 'phrase-1' }]);
  t.match(send({ event: 'playedStream', streamId: 'S1', name: 'phrase-1' }), [{ playedMs: 100 }]);
  told(audio(100));
  t.same(told(speechStarted), [{ event: 'clearAudio', streamId: 'S1' }]);
});

t.test('Exotel: its names, and large pieces', async (t) => {
  const { protocol, send, told } = opened(exotel, {
    event: 'start',
    sequence_number: '1',
    stream_sid: 'S1',
    start: {
      stream_sid: 'S1',
      call_sid: 'E1',
      custom_parameters: {},
      media_format: { encoding: 'audio/x-raw', sample_rate: '8000', bit_rate: '16' },
    },
  });
  t.equal(protocol.start?.callId, 'E1');
  const frame = frameOf(send({ event: 'media', media: { chunk: '2', timestamp: '200', payload: 'AAAA/w==' } }));
  t.equal(frame.samples.length, 2, '16-bit');
  told(clause('One.'));
  const sent = [...told(audio(100)), ...told(audio(100)), ...told(audio(100)), ...told(messageEnded('completed'))];
  const media = sent.filter(({ event }) => event === 'media') as unknown as { media: { payload: string } }[];
  t.same(
    media.map(({ media: { payload } }) => Buffer.from(payload, 'base64').length % 3_200),
    media.map(() => 0),
  );
  t.match(sent.at(-1), { event: 'mark', stream_sid: 'S1' });
});
