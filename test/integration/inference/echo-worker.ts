/**
 * A thread for the tests of `WorkerThread`: echoes, sums, fails and dies on request.
 */
import { workerData } from 'node:worker_threads';
import { AttuneError } from '../../../src/core/errors.js';
import { answerRequests } from '../../../src/inference/worker-thread.js';

export type EchoRequest =
  | { readonly type: 'echo'; readonly values: Float32Array }
  | { readonly type: 'greet' }
  | { readonly type: 'fail' }
  | { readonly type: 'fail-untyped' }
  | { readonly type: 'exit' }
  | { readonly type: 'never' };

export type EchoAnswer = { readonly values: Float32Array } | { readonly greeting: unknown };

answerRequests<EchoRequest, EchoAnswer>(async (request) => {
  switch (request.type) {
    case 'echo':
      return { result: { values: request.values }, transfer: [request.values.buffer as ArrayBuffer] };
    case 'greet':
      return { result: { greeting: workerData } };
    case 'fail':
      throw new AttuneError('MODEL_CORRUPT', 'the file is torn', { field: 'a.onnx' });
    case 'fail-untyped':
      throw new RangeError('out of range');
    case 'exit':
      process.exit(3);
    case 'never':
      return new Promise(() => undefined);
  }
});
