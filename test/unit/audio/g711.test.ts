/** G.711 against points of the standard and against wavefile, an independent implementation. */
import t from 'tap';
import wavefile from 'wavefile';
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from '../../../src/audio/g711.js';

const allIntegers = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
const allSamples = Float32Array.from(allIntegers, (value) => value / 32_768);
const allCodes = Uint8Array.from({ length: 256 }, (_, code) => code);

function decodedByWavefile(format: '8m' | '8a'): number[] {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, 8_000, format, allCodes);
  if (format === '8m') wav.fromMuLaw();
  else wav.fromALaw();
  return [...wav.getSamples(true)].map((value) => value / 32_768);
}

t.test('points of ITU-T G.711', async (t) => {
  t.strictSame(
    [...decodeMulaw(Uint8Array.of(0x00, 0x80, 0xff, 0x7f))].map((x) => Math.abs(x * 32_768)),
    [32_124, 32_124, 0, 0],
  );
  t.ok(decodeMulaw(Uint8Array.of(0x00))[0]! < 0, 'μ-law 00 is the negative maximum');
  t.strictSame(
    [...decodeAlaw(Uint8Array.of(0xaa, 0x2a, 0xd5, 0x55))].map((x) => x * 32_768),
    [32_256, -32_256, 8, -8],
  );
  t.strictSame([...encodeMulaw(Float32Array.of(0, 1, -1))], [0xff, 0x80, 0x00]);
  t.strictSame([...encodeAlaw(Float32Array.of(0, 1, -1))], [0xd5, 0xaa, 0x2a]);
});

t.test('all 256 codes decode as wavefile decodes them', async (t) => {
  t.strictSame(
    [...decodeMulaw(allCodes)].map((x) => x + 0),
    decodedByWavefile('8m').map((x) => x + 0),
  );
  t.strictSame([...decodeAlaw(allCodes)], decodedByWavefile('8a'));
});

t.test('every code survives a round trip, but for the negative zero of μ-law', async (t) => {
  const expected = Uint8Array.from(allCodes, (code) => (code === 0x7f ? 0xff : code));
  t.strictSame(encodeMulaw(decodeMulaw(allCodes)), expected);
  t.strictSame(encodeAlaw(decodeAlaw(allCodes)), allCodes);
});

t.test('every integer is encoded within half a step of its segment', async (t) => {
  const mulaw = decodeMulaw(encodeMulaw(allSamples));
  const alaw = decodeAlaw(encodeAlaw(allSamples));
  let worstMulaw = 0;
  let worstAlaw = 0;
  for (let index = 0; index < allSamples.length; index += 1) {
    const magnitude = Math.abs(allIntegers[index]!);
    if (magnitude > 32_635) continue; // beyond the maximum of the code
    const mulawStep = 2 ** (Math.floor(Math.log2(magnitude + 132)) - 4);
    const alawStep = magnitude < 256 ? 16 : 2 ** (Math.floor(Math.log2(magnitude)) - 4);
    worstMulaw = Math.max(worstMulaw, (Math.abs(mulaw[index]! - allSamples[index]!) * 32_768) / mulawStep);
    worstAlaw = Math.max(worstAlaw, (Math.abs(alaw[index]! - allSamples[index]!) * 32_768) / alawStep);
  }
  t.ok(worstMulaw <= 0.5, `μ-law: ${worstMulaw} steps`);
  t.ok(worstAlaw <= 0.5, `A-law: ${worstAlaw} steps`);
});
