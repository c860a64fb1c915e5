/** The resampler: right frequency, right place, right length, no seams, no leaks, no aliases. */
import t from 'tap';
import { Resampler, resampleAll } from '../../../src/audio/resampler.js';
import { FrameResampler } from '../../../src/audio/frame-resampler.js';

function tone(options: {
  readonly sampleRateHz: number;
  readonly frequencyHz: number;
  readonly sampleCount?: number;
}): Float32Array {
  const { sampleRateHz, frequencyHz, sampleCount = sampleRateHz / 2 } = options;
  return Float32Array.from(
    { length: sampleCount },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * n) / sampleRateHz),
  );
}

function joined(blocks: readonly Float32Array[]): number[] {
  return blocks.flatMap((block) => [...block]);
}

t.test('a tone comes out in phase and of exact length between all rates', async (t) => {
  const sourceRatesHz = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
  for (const sourceRateHz of sourceRatesHz) {
    for (const targetRateHz of [8_000, 16_000, 24_000, 44_100]) {
      const sampleCount = Math.floor(sourceRateHz / 2);
      const output = resampleAll(tone({ sampleRateHz: sourceRateHz, frequencyHz: 440, sampleCount }), {
        sourceRateHz,
        targetRateHz,
      });
      const expected = tone({ sampleRateHz: targetRateHz, frequencyHz: 440, sampleCount: output.length });
      let worst = 0;
      for (let n = 200; n < output.length - 200; n += 1) worst = Math.max(worst, Math.abs(output[n]! - expected[n]!));
      t.equal(
        output.length,
        Math.round((sampleCount * targetRateHz) / sourceRateHz),
        `${sourceRateHz} → ${targetRateHz}: length`,
      );
      t.ok(worst < 1e-3, `${sourceRateHz} → ${targetRateHz}: error ${worst}`);
    }
  }
});

t.test('frequencies the target cannot hold are taken out', async (t) => {
  const output = resampleAll(tone({ sampleRateHz: 48_000, frequencyHz: 11_000 }), {
    sourceRateHz: 48_000,
    targetRateHz: 16_000,
  });
  const inner = output.slice(200, -200);
  const rms = Math.sqrt(inner.reduce((sum, sample) => sum + sample * sample, 0) / inner.length);
  t.ok(20 * Math.log10(rms) < -80, `alias at ${20 * Math.log10(rms)} dBFS`);
});

t.test('block sizes do not matter', async (t) => {
  const options = { sourceRateHz: 22_050, targetRateHz: 16_000 };
  const input = tone({ sampleRateHz: 22_050, frequencyHz: 300, sampleCount: 5_000 });
  const expected = [...resampleAll(input, options)];
  for (const blockSamples of [1, 37, 441, 4_999]) {
    using resampler = new Resampler(options);
    const blocks: Float32Array[] = [];
    for (let at = 0; at < input.length; at += blockSamples)
      blocks.push(resampler.process(input.subarray(at, at + blockSamples)));
    t.strictSame(joined([...blocks, resampler.flush()]), expected, `blocks of ${blockSamples}`);
  }
});

t.test('after flush and after reset the resampler is as new', async (t) => {
  const options = { sourceRateHz: 8_000, targetRateHz: 16_000 };
  const input = tone({ sampleRateHz: 8_000, frequencyHz: 300, sampleCount: 800 });
  using resampler = new Resampler(options);
  const first = joined([resampler.process(input), resampler.flush()]);
  const second = joined([resampler.process(input), resampler.flush()]);
  resampler.process(Float32Array.from(input, () => 1));
  resampler.reset();
  const third = joined([resampler.process(input), resampler.flush()]);
  t.strictSame(second, first);
  t.strictSame(third, first);
});

t.test('equal rates copy, an empty block gives an empty block', async (t) => {
  using same = new Resampler({ sourceRateHz: 16_000, targetRateHz: 16_000 });
  const input = Float32Array.of(0.1, 0.2);
  const output = same.process(input);
  t.strictSame(output, input);
  t.not(output, input);
  t.equal(same.flush().length, 0);
  using other = new Resampler({ sourceRateHz: 48_000, targetRateHz: 16_000 });
  t.equal(other.process(new Float32Array(0)).length, 0);
  t.equal(other.flush().length, 0);
});

t.test('refuses other rates and use after disposal', async (t) => {
  t.throws(() => new Resampler({ sourceRateHz: 0, targetRateHz: 16_000 }), {
    code: 'AUDIO_RATE_UNSUPPORTED',
    field: 'sourceRateHz',
  });
  t.throws(() => new Resampler({ sourceRateHz: 16_000, targetRateHz: 8_000.5 }), { code: 'AUDIO_RATE_UNSUPPORTED' });
  const disposed = new Resampler({ sourceRateHz: 48_000, targetRateHz: 16_000 });
  disposed[Symbol.dispose]();
  disposed[Symbol.dispose]();
  t.throws(() => disposed.process(Float32Array.of(1)), { code: 'INVARIANT_BROKEN' });
  t.throws(() => disposed.flush(), { code: 'INVARIANT_BROKEN' });
});

t.test('twenty thousand streams one after another fit into memory', async (t) => {
  // Kept alive, they would need far more than the 2 GiB a WebAssembly module of this build can have.
  for (let stream = 0; stream < 20_000; stream += 1) {
    using resampler = new Resampler({ sourceRateHz: 48_000, targetRateHz: 11_025 });
    resampler.reset();
  }
  t.pass();
});

t.test('frames keep their timeline, and a gap stays a gap', async (t) => {
  using resampler = new FrameResampler({ sourceRateHz: 8_000, targetRateHz: 16_000 });
  const samples = tone({ sampleRateHz: 8_000, frequencyHz: 300, sampleCount: 160 });
  const frames = [0, 160, 480].flatMap((startSample) =>
    resampler.process({ samples, sampleRateHz: 8_000, startSample }),
  );
  frames.push(...resampler.flush());
  const spans = frames.map((frame) => [frame.startSample, frame.startSample + frame.samples.length] as const);
  t.equal(spans[0]![0], 0);
  const beforeGap = spans.filter(([start]) => start < 960);
  t.equal(beforeGap.at(-1)![1], 640, 'audio before the gap is completed');
  for (let index = 1; index < beforeGap.length; index += 1) t.equal(beforeGap[index]![0], beforeGap[index - 1]![1]);
  t.equal(spans[beforeGap.length]![0], 960, 'the audio after it starts in its own place');
  t.equal(spans.at(-1)![1], 1_280);
  t.ok(frames.every((frame) => frame.sampleRateHz === 16_000));
});

t.test('a frame of another rate is a defect', async (t) => {
  using resampler = new FrameResampler({ sourceRateHz: 8_000, targetRateHz: 16_000 });
  t.throws(() => resampler.process({ samples: Float32Array.of(0), sampleRateHz: 24_000, startSample: 0 }), {
    code: 'INVARIANT_BROKEN',
  });
});
