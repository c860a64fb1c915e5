/**
 * Frame levels in dBFS and the span an utterance is cut to.
 */
import t from 'tap';
import { energyFloorDb, frameEnergyDb, loudSpan } from '../../../src/dsp/energy.js';

const options = { dynamicRangeDb: 30, quietestDb: -60, marginFrames: 2 };

t.test('levels', async (t) => {
  const full = frameEnergyDb(new Float32Array(400).fill(1));
  const half = frameEnergyDb(new Float32Array(400).fill(-0.5));
  t.ok(Math.abs(full[0]!) < 1e-6);
  t.ok(Math.abs(half[0]! + 6.0206) < 1e-3);
  t.equal(frameEnergyDb(new Float32Array(400))[0], energyFloorDb);
  t.equal(frameEnergyDb(new Float32Array(399)).length, 0);
});

t.test('loud span', async (t) => {
  for (const { title, energyDb, span } of [
    { title: 'nothing', energyDb: [], span: [0, 0] },
    { title: 'all quiet', energyDb: [-80, -61, -70], span: [0, 0] },
    {
      title: 'cut at both ends with a margin',
      energyDb: [-90, -90, -90, -90, -20, -90, -45, -90, -90, -90],
      span: [2, 9],
    },
    { title: 'margin stops at the edges', energyDb: [-20, -20], span: [0, 2] },
    { title: 'quieter than the range is cut', energyDb: [-51, -51, -51, -20, -51, -51, -51], span: [1, 6] },
  ]) {
    t.same(loudSpan(Float32Array.from(energyDb), options), { startFrame: span[0], endFrame: span[1] }, title);
  }
});
