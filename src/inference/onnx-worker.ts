/**
 * Entry of an ONNX thread: loads models and runs them, one run at a time.
 *
 * `session.run()` of onnxruntime-node blocks the thread it is called on; that is why it is called here. A list of
 * execution providers in one session throws when the first is missing, so each is tried by itself.
 */
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { AttuneError } from '../core/errors.js';
import type {
  Loaded,
  LoadRequest,
  OnnxAnswer,
  OnnxRequest,
  ProviderRefusal,
  Ran,
  RunRequest,
  TensorSignature,
} from './onnx-messages.js';
import type { Tensor } from './tensor.js';
import { answerRequests } from './worker-thread.js';

// A refused provider is reported through `refusals`; the runtime's own lines on standard error would only repeat it.
env.logLevel = 'fatal';

const sessions = new Map<string, InferenceSession>();
/** Providers that have loaded a model here. */
const usable = new Set<string>();
/** Reasons of providers that refused a sound file before they ever worked: a library or a device is missing. Not tried again. */
const unusable = new Map<string, string>();

async function load(request: LoadRequest): Promise<Loaded> {
  const refusals: ProviderRefusal[] = [];
  for (const provider of request.providers) {
    const knownReason = unusable.get(provider);
    if (knownReason !== undefined) {
      refusals.push({ provider, reason: knownReason });
      continue;
    }
    try {
      const session = await InferenceSession.create(provider === 'cpu' ? request.cpuPath : request.path, {
        executionProviders: [provider],
        intraOpNumThreads: request.intraOpThreads,
        interOpNumThreads: 1,
        // Spinning threads take the core that the event loop needs.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        logSeverityLevel: 3,
      });
      sessions.set(request.modelName, session);
      usable.add(provider);
      for (const refusal of refusals) if (!usable.has(refusal.provider)) unusable.set(refusal.provider, refusal.reason);
      return {
        type: 'loaded',
        provider,
        refusals,
        inputs: signatures(session.inputMetadata),
        outputs: signatures(session.outputMetadata),
      };
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).trim();
      refusals.push({ provider, reason });
    }
  }
  const reasons = refusals.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  // The CPU provider is always there: when it fails, the file is at fault.
  const code = refusals.some(({ provider }) => provider === 'cpu') ? 'MODEL_CORRUPT' : 'PROVIDER_UNAVAILABLE';
  throw new AttuneError(code, `${request.modelName} cannot be loaded: ${reasons}`, { field: request.path });
}

async function run(request: RunRequest): Promise<Ran> {
  const session = sessions.get(request.modelName);
  if (!session) throw new AttuneError('INFERENCE_FAILED', `${request.modelName} is not loaded in this thread`);
  const feeds = Object.fromEntries(Object.entries(request.inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
  const results = await session.run(feeds);
  const outputs = Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOrt(tensor)]));
  return { type: 'ran', outputs };
}

function toOrt(tensor: Tensor): OrtTensor {
  return tensor.data instanceof Float32Array
    ? new OrtTensor('float32', tensor.data, tensor.shape)
    : new OrtTensor('int64', tensor.data, tensor.shape);
}

function fromOrt(tensor: OrtTensor): Tensor {
  const { data } = tensor;
  if (!(data instanceof Float32Array) && !(data instanceof BigInt64Array)) {
    throw new AttuneError(
      'MODEL_INTERFACE_MISMATCH',
      `an output is of type ${tensor.type}, only float32 and int64 are supported`,
    );
  }
  return { data, shape: tensor.dims };
}

function signatures(metadata: readonly InferenceSession.ValueMetadata[]): readonly TensorSignature[] {
  return metadata.map((value) => ({
    name: value.name,
    dtype: value.isTensor ? value.type : 'other',
    shape: value.isTensor ? [...value.shape] : [],
  }));
}

function wholeBuffers(answer: OnnxAnswer): readonly ArrayBuffer[] {
  if (answer.type !== 'ran') return [];
  const buffers = Object.values(answer.outputs).map(({ data }) => data);
  const transferable = buffers.filter(
    (data) => data.byteOffset === 0 && data.byteLength === data.buffer.byteLength && data.byteLength > 0,
  );
  return [...new Set(transferable.map((data) => data.buffer as ArrayBuffer))];
}

answerRequests<OnnxRequest, OnnxAnswer>(async (request) => {
  const result = request.type === 'load' ? await load(request) : await run(request);
  return { result, transfer: wholeBuffers(result) };
});
