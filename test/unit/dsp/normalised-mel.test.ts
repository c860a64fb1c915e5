/**
 * NeMo's features against numbers computed with numpy after the formulas in the header of dsp/normalised-mel.
 */
import t from 'tap';
import { normalisedMel } from '../../../src/dsp/normalised-mel.js';

const signal = Float32Array.from(
  { length: 4_000 },
  (_, n) => 0.3 * Math.sin((2 * Math.PI * 440 * n) / 16_000) + 0.1 * Math.sin((2 * Math.PI * 3_000 * n) / 16_000),
);

t.test('log-mel of two tones', async (t) => {
  const { frames, data } = normalisedMel(signal, 'none');
  t.equal(frames, 25);
  const golden: readonly (readonly [band: number, frame: number, value: number])[] = [
    [0, 0, -8.990285843193835],
    [0, 12, -15.503730977263546],
    [11, 12, -0.3825743152982144],
    [47, 12, -16.567646668384757],
    [47, 0, -8.146858154713264],
    [79, 12, -16.63553011902092],
    [20, 24, -10.773818486383906],
  ];
  for (const [band, frame, value] of golden) {
    t.ok(Math.abs((data[band * frames + frame] ?? 0) - value) < 1e-3, `band ${band}, frame ${frame}`);
  }
});

t.test('each band has mean 0 and deviation 1 over the recording', async (t) => {
  const { frames, data } = normalisedMel(signal, 'per-feature');
  t.ok(Math.abs((data[11 * frames] ?? 0) + 4.799498505999383) < 1e-3);
  t.ok(Math.abs((data[11 * frames + 12] ?? 0) - 0.20334189358839921) < 1e-3);
  const band = data.subarray(30 * frames, 31 * frames);
  t.ok(Math.abs(band.reduce((sum, value) => sum + value, 0)) < 1e-3);
});

t.test('less than a hop has no frames; one frame is finite', async (t) => {
  t.equal(normalisedMel(new Float32Array(159), 'per-feature').frames, 0);
  const { frames, data } = normalisedMel(new Float32Array(160), 'per-feature');
  t.equal(frames, 1);
  t.ok(data.every(Number.isFinite));
});
