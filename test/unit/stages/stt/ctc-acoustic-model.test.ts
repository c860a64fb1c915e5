import t from 'tap';
import {
  CtcAcousticModel,
  initialAcousticState,
  type AcousticRequest,
} from '../../../../src/stages/stt/ctc-acoustic-model.js';

const shape = { layers: 2, width: 3, left: 4, kernel: 5, vocabularySize: 6 };
const model = new CtcAcousticModel(shape);
const request = (value: number, chunkFrames = 2): AcousticRequest => ({
  features: new Float32Array((4 * chunkFrames + 3) * 80).fill(value),
  chunkFrames,
  state: {
    attentionCache: new Float32Array(48).fill(value),
    convCache: new Float32Array(24).fill(value),
    cachedFrames: value,
  },
});

t.test('rows in, rows out, states kept apart', (t) => {
  const inputs = model.collate([request(1), request(2)]);
  t.strictSame(Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, tensor.shape])), {
    features: [2, 11, 80],
    attention_cache: [2, 2, 4, 6],
    conv_cache: [2, 2, 3, 4],
    cached_frames: [2],
  });
  t.strictSame([...(inputs['cached_frames']?.data ?? [])], [1n, 2n]);
  const results = model.split(
    {
      log_probs: { data: Float32Array.from({ length: 24 }, (_, i) => i), shape: [2, 2, 6] },
      next_attention_cache: { data: inputs['attention_cache']?.data ?? new Float32Array(0), shape: [2, 2, 4, 6] },
      next_conv_cache: { data: inputs['conv_cache']?.data ?? new Float32Array(0), shape: [2, 2, 3, 4] },
      next_cached_frames: { data: BigInt64Array.of(3n, 4n), shape: [2] },
    },
    2,
  );
  t.strictSame(
    results.map((result) => [result.logProbs[0], result.logProbs.length, result.state.cachedFrames]),
    [
      [0, 12, 3],
      [12, 12, 4],
    ],
  );
  t.ok(results[1]?.state.attentionCache.every((value) => value === 2));
  t.not(results[0]?.logProbs.buffer, results[1]?.logProbs.buffer, 'no row keeps the batch alive');
  t.end();
});

t.test('only equal chunk lengths share a batch, and rows of another size are refused', (t) => {
  t.not(model.bucketOf(request(0, 2)), model.bucketOf(request(0, 3)));
  t.throws(() => model.collate([request(0, 2), request(0, 3)]), { code: 'INVARIANT_BROKEN' });
  t.throws(() => model.split({}, 1), { code: 'INVARIANT_BROKEN' });
  t.end();
});

t.test('a new utterance has an empty state of the model’s size', (t) => {
  const state = initialAcousticState(shape);
  t.strictSame([state.attentionCache.length, state.convCache.length, state.cachedFrames], [48, 24, 0]);
  t.end();
});
