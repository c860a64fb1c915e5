/**
 * Silero's wrapper without the model: how rows meet in a batch and part again, and what a stream carries along.
 */
import t from 'tap';
import type { Batcher } from '../../../../src/inference/batcher.js';
import {
  SileroVad,
  sileroBatchModel,
  type SileroRequest,
  type SileroResult,
} from '../../../../src/stages/vad/silero-vad.js';
import type { VadStream } from '../../../../src/stages/vad/vad.js';
import { ManualClock } from '../../../support/manual-clock.js';

const filled = (length: number, value: number): Float32Array => new Float32Array(length).fill(value);

/** A state whose layers hold two different values. */
const state = (first: number, second: number): Float32Array =>
  Float32Array.of(...filled(128, first), ...filled(128, second));

t.test('the rows of the state lie in the middle dimension, so layers of all rows interleave', async (t) => {
  const requests = [
    { input: filled(576, 0.1), state: state(1, 2) },
    { input: filled(576, 0.2), state: state(3, 4) },
    { input: filled(576, 0.3), state: state(5, 6) },
  ];
  const { input, state: joined, sr } = sileroBatchModel.collate(requests);
  t.same(input?.shape, [3, 576]);
  t.same(joined?.shape, [2, 3, 128]);
  t.same(sr, { data: BigInt64Array.of(16_000n), shape: [] });
  const firstOfEachRow = [0, 1, 2, 3, 4, 5].map((row) => joined?.data[row * 128]);
  t.same(firstOfEachRow, [1, 3, 5, 2, 4, 6], 'layer 0 of every row, then layer 1 of every row');
  t.same(
    [0, 576, 1152].map((at) => input?.data[at]),
    [...Float32Array.of(0.1, 0.2, 0.3)],
  );
  t.ok(joined && sr && input);
  if (!joined) return;
  const output = { data: Float32Array.of(0.25, 0.5, 0.75), shape: [3, 1] };
  const results = sileroBatchModel.split({ output, stateN: joined }, 3);
  t.same(
    results,
    requests.map((request, row) => ({ speechProbability: output.data[row], state: request.state })),
    'every row gets its own state back',
  );
});

class ScriptedBatcher implements Batcher<SileroRequest, SileroResult> {
  readonly modelName = 'silero-vad';
  readonly requests: SileroRequest[] = [];
  failure: Error | undefined;

  async submit(request: SileroRequest): Promise<SileroResult> {
    this.requests.push(request);
    if (this.failure) throw this.failure;
    return { speechProbability: 0.5, state: filled(256, this.requests.length) };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function open(): { batcher: ScriptedBatcher; stream: VadStream } {
  const batcher = new ScriptedBatcher();
  const vad = new SileroVad({ batcher, clock: new ManualClock() });
  return { batcher, stream: vad.openStream({ signal: new AbortController().signal, callId: 'call' }) };
}

/** Value of the context, of the window and of the state of one request. */
const summary = ({ input, state: carried }: SileroRequest): readonly (number | undefined)[] => [
  input[0],
  input[63],
  input[64],
  input[575],
  carried[0],
];

t.test('a window is preceded by the last 64 samples of the one before and the state that came back', async (t) => {
  const { batcher, stream } = open();
  const ramp = Float32Array.from({ length: 512 }, (_, index) => index);
  t.equal(await stream.accept(ramp), 0.5);
  await stream.accept(filled(512, 7));
  t.same(batcher.requests.map(summary), [
    [0, 0, 0, 511, 0],
    [448, 511, 7, 7, 1],
  ]);
});

t.test('a reset forgets context and state', async (t) => {
  const { batcher, stream } = open();
  await stream.accept(filled(512, 3));
  stream.reset();
  await stream.accept(filled(512, 4));
  t.same(batcher.requests.map(summary)[1], [0, 0, 4, 4, 0]);
});

t.test('after a failed window the next one still follows on its samples, with the state before it', async (t) => {
  const { batcher, stream } = open();
  await stream.accept(filled(512, 3));
  batcher.failure = new Error('overloaded');
  await t.rejects(stream.accept(filled(512, 4)), { message: 'overloaded' });
  batcher.failure = undefined;
  await stream.accept(filled(512, 5));
  t.same(batcher.requests.map(summary)[2], [4, 4, 5, 5, 1]);
});

t.test('a window of another length is a defect', async (t) => {
  const { batcher, stream } = open();
  await t.rejects(stream.accept(filled(511, 0)), { code: 'INVARIANT_BROKEN' });
  t.same(batcher.requests, []);
});
