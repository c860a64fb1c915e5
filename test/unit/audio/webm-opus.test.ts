/**
 * What browsers record: a stream of Chromium's MediaRecorder (`audio/webm;codecs=opus`, pieces of 100 ms), made of the clip
 * `late-delivery-angry`, in pieces of every size, and what is none.
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { OpusPackets, opusSampleRateHz } from '../../../src/audio/opus-packets.js';
import { looksLikeWebm, WebmOpusDemuxer } from '../../../src/audio/webm-opus-demuxer.js';
import { readAudioFile } from '../../../src/audio/audio-file.js';

const recording = new Uint8Array(readFileSync('test/golden/late-delivery-angry.webm'));

function packetsOf(bytes: Uint8Array, pieceBytes = bytes.length): readonly Uint8Array[] {
  const demuxer = new WebmOpusDemuxer();
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    packets.push(...demuxer.push(bytes.subarray(at, at + pieceBytes)));
  return packets;
}

/** Level per 20 ms. */
function envelope(samples: Float32Array, rateHz: number): readonly number[] {
  const hop = rateHz / 50;
  return Array.from({ length: Math.floor(samples.length / hop) }, (_, index) =>
    Math.sqrt(samples.subarray(index * hop, (index + 1) * hop).reduce((sum, one) => sum + one * one, 0) / hop),
  );
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  const mean = (list: readonly number[]): number => list.slice(0, length).reduce((sum, one) => sum + one, 0) / length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let index = 0; index < length; index += 1) {
    const [da, db] = [a[index]! - meanA, b[index]! - meanB];
    [ab, aa, bb] = [ab + da * db, aa + da * da, bb + db * db];
  }
  return ab / Math.sqrt(aa * bb);
}

t.test('the packets are the same, whatever the pieces', async (t) => {
  const whole = packetsOf(recording);
  t.ok(whole.length > 60, `${whole.length} packets`);
  for (const pieceBytes of [1, 7, 100, 1_000, 4_096])
    t.same(packetsOf(recording, pieceBytes), whole, `pieces of ${pieceBytes}`);
});

t.test('decoded, it is the clip it was made of', async (t) => {
  using opus = await OpusPackets.open();
  const heard = opus.decode(packetsOf(recording));
  const clip = await readAudioFile('audio-fixtures/late-delivery-angry.wav', { sampleRateHz: opusSampleRateHz });
  t.ok(heard.length > 0.95 * clip.samples.length, `${heard.length} samples of ${clip.samples.length}`);
  const told = envelope(clip.samples, opusSampleRateHz);
  const found = envelope(heard, opusSampleRateHz);
  const best = Math.max(...Array.from({ length: 15 }, (_, shift) => correlation(told, found.slice(shift))));
  t.ok(best > 0.97, `envelopes agree by ${best.toFixed(3)}`);
});

t.test('a new recording on the same line begins anew', async (t) => {
  t.equal(packetsOf(new Uint8Array(Buffer.concat([recording, recording]))).length, 2 * packetsOf(recording).length);
});

t.test('what is no such stream is refused by what it is', async (t) => {
  t.ok(looksLikeWebm(recording));
  t.notOk(looksLikeWebm(Buffer.from('RIFF')));
  const other = Buffer.from(recording).toString('latin1').replace('A_OPUS', 'A_AAC_');
  t.throws(() => packetsOf(Buffer.from(other, 'latin1')), { code: 'AUDIO_FORMAT_UNSUPPORTED' });
  const cut = (from: number): Uint8Array => recording.slice(from);
  t.throws(() => packetsOf(cut(0xa1)), { code: 'AUDIO_CORRUPT' }, 'sound before its description');
  const laced = recording.slice();
  laced[0xa7] = 0x82;
  t.throws(() => packetsOf(laced), { code: 'AUDIO_CORRUPT' }, 'several packets in a block');
});

t.test('broken streams are refused or give packets, and never more than is bounded', async (t) => {
  using opus = await OpusPackets.open();
  let state = 1;
  const chance = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  let refused = 0;
  for (let round = 0; round < 400; round += 1) {
    const broken = recording.slice(0, 6_000);
    for (let count = 0; count < 8; count += 1) broken[chance(broken.length)] = chance(256);
    try {
      opus.decode(packetsOf(broken, 500));
    } catch (error) {
      refused += 1;
      if (!['AUDIO_CORRUPT', 'AUDIO_FORMAT_UNSUPPORTED'].includes(String((error as { code?: string }).code)))
        throw error;
    }
  }
  t.ok(refused > 0 && refused < 400, `${refused} of 400 refused`);
});
