/**
 * AudioSocket on bytes: frames cut anywhere, kinds known and unknown, and only what Asterisk may be sent.
 */
import t from 'tap';
import { ProtocolError } from '../../../../src/protocols/protocol.js';
import {
  AudiosocketFrames,
  encodeAudiosocketFrame,
  parseAudiosocketFrame,
} from '../../../../src/protocols/telephony/audiosocket-frames.js';
import { AudiosocketProtocol } from '../../../../src/protocols/telephony/audiosocket-protocol.js';
import { replyEvents } from '../../../support/reply-events.js';

const hex = (text: string): Uint8Array => Buffer.from(text.replace(/\s/gu, ''), 'hex');
const introduction = hex('01 0010 40325ec25ecf4c4380ca8b2c9a1d2a11');

function opened() {
  const protocol = new AudiosocketProtocol();
  protocol.decode(introduction);
  return protocol;
}

t.test('a stream cut anywhere comes out as frames', async (t) => {
  const stream = Buffer.concat([introduction, hex('10 0004 0000ff7f'), hex('03 0001 35'), hex('00 0000')]);
  for (let size = 1; size <= stream.length; size += 1) {
    const frames = new AudiosocketFrames();
    const out: string[] = [];
    for (let at = 0; at < stream.length; at += size)
      for (const frame of frames.push(stream.subarray(at, at + size))) out.push(Buffer.from(frame).toString('hex'));
    t.same(out.slice(1), ['1000040000ff7f', '03000135', '000000'], `pieces of ${size}`);
  }
});

t.test('a frame there and back', async (t) => {
  const payload = new Uint8Array(640).fill(7);
  t.same(parseAudiosocketFrame(encodeAudiosocketFrame(0x10, payload)), { kind: 0x10, payload });
  for (const bytes of ['', '10', '100002', '10000100ff']) t.throws(() => parseAudiosocketFrame(hex(bytes)), bytes);
});

t.test('the call, its sound, its keys and its end', async (t) => {
  const protocol = opened();
  t.match(protocol.start, { callId: '40325ec2-5ecf-4c43-80ca-8b2c9a1d2a11', maySpeak: true });
  const [heard] = protocol.decode(hex('10 0004 0000ff7f'));
  t.match(heard, { type: 'audio', frame: { sampleRateHz: 8_000, startSample: 0 } });
  t.match(protocol.decode(hex('10 0002 0000')), [{ frame: { startSample: 2 } }]);
  t.match(protocol.decode(hex('12 0002 0000')), [{ frame: { sampleRateHz: 16_000 } }]);
  t.match(protocol.decode(hex('03 0001 35')), [{ type: 'digit.pressed', digit: '5' }]);
  t.same(protocol.decode(hex('ff 0001 01')), [], 'an error of Asterisk');
  t.same(protocol.decode(hex('42 0001 01')), [], 'a kind of later versions');
  t.same(protocol.decode(hex('10 0000')), []);
  t.match(protocol.decode(hex('00 0000')), [{ type: 'hang-up' }]);
  t.throws(() => protocol.decode(introduction), ProtocolError);
  t.throws(() => protocol.decode('text'), ProtocolError);
  t.throws(() => new AudiosocketProtocol().decode(hex('10 0002 0000')), ProtocolError, 'before the introduction');
  t.throws(() => new AudiosocketProtocol().decode(hex('01 0001 00')), ProtocolError);
});

t.test('what is spoken: frames of 20 ms and the end, nothing else', async (t) => {
  const protocol = opened();
  t.equal(protocol.pacedFrameMs, 20);
  t.same(protocol.encode(replyEvents.sessionReady), []);
  t.same(protocol.encode(replyEvents.clause('One.')), []);
  const frames = [...protocol.encode(replyEvents.audio(100)), ...protocol.encode(replyEvents.messageEnded())];
  t.ok(frames.length >= 5);
  for (const frame of frames) t.match(Buffer.from(frame as Uint8Array).toString('hex'), /^100140.{640}$/u);
  protocol.encode(replyEvents.audio(50));
  t.same(protocol.encode(replyEvents.speechStarted), []);
  t.same(protocol.encode(replyEvents.messageEnded('incomplete')), [], 'the rest is dropped');
  t.same(protocol.encode(replyEvents.sessionEnded), [hex('00 0000')]);
});

t.test('a better line is spoken to as it speaks', async (t) => {
  const protocol = opened();
  protocol.decode(hex('12 0002 0000'));
  const [frame] = protocol.encode(replyEvents.audio(100));
  t.match(Buffer.from(frame as Uint8Array).toString('hex'), /^120280/u);
});

t.test('comfort noise is a frame of the line for each 20 ms', async (t) => {
  const protocol = opened();
  const noise = { type: 'line.audio', samples: new Float32Array(320).fill(0.001), sampleRateHz: 16_000 } as const;
  const frames = Array.from({ length: 50 }, () => protocol.encode(noise)).flat();
  t.ok(frames.length >= 48 && frames.length <= 50, `${frames.length} frames in a second`);
  for (const frame of frames) t.equal(frame.length, 3 + 320);
});
