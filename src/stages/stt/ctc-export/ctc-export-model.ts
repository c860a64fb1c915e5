/**
 * CTC networks as their toolkits export them, one recording per row; which of the two it is, its inputs say.
 *
 *   waveform   in   input_values    float32 [batch, samples]          16 kHz; mean 0 and variance 1 where the model wants it
 *                   attention_mask  int64   [batch, samples]          only where the file has it: all ones
 *              out  logits          float32 [batch, frames, vocabulary]
 *   mel        in   audio_signal    float32 [batch, 80, mel frames]   dsp/normalised-mel
 *                   length          int64   [batch]                   mel frames
 *              out  logprobs        float32 [batch, frames, vocabulary]
 *
 * Names are taken from the file; the meaning is that of type and rank. Padding changes what such networks hear, so only
 * recordings of equal length share a batch.
 */
import { assert, defined } from '../../../core/assert.js';
import { AttuneError } from '../../../core/errors.js';
import type { BatchModel } from '../../../inference/batcher.js';
import type { ModelSignatures, TensorSignature } from '../../../inference/onnx-messages.js';
import type { TensorMap } from '../../../inference/tensor.js';
import { melBandCount } from '../../../dsp/mel.js';

export type CtcInputKind = 'waveform' | 'mel';

export interface CtcExportRequest {
  /** [samples], or [80, frames] band by band. */
  readonly values: Float32Array;
}

export interface CtcExportResult {
  /** [frames, vocabulary], row-major. */
  readonly values: Float32Array;
  readonly frames: number;
}

export class CtcExportModel implements BatchModel<CtcExportRequest, CtcExportResult> {
  readonly inputKind: CtcInputKind;
  /** Output symbols, when the file fixes them. */
  readonly vocabularySize: number | undefined;
  readonly #audio: string;
  readonly #lengths: string | undefined;
  readonly #output: string;

  /** Throws MODEL_INTERFACE_MISMATCH when the signatures are neither of the two. */
  constructor({ inputs, outputs }: ModelSignatures, file: string) {
    const audio = inputs.find(({ dtype, shape }) => dtype === 'float32' && (shape.length === 2 || shape.length === 3));
    const lengths = inputs.find(({ dtype }) => dtype === 'int64');
    const output = outputs.find(({ dtype, shape }) => dtype === 'float32' && shape.length === 3);
    const isMel = audio?.shape.length === 3;
    const lengthRank = isMel ? 1 : 2;
    const known =
      inputs.length <= 2 && inputs.every((input) => input === audio || input === lengths) && audio && output;
    const bands = isMel ? audio.shape[1] : melBandCount;
    if (!known || (typeof bands === 'number' && bands !== melBandCount) || (isMel && !lengths)) {
      throw mismatch(file, inputs, outputs);
    }
    if (lengths && lengths.shape.length !== lengthRank) throw mismatch(file, inputs, outputs);
    this.inputKind = isMel ? 'mel' : 'waveform';
    this.#audio = audio.name;
    this.#lengths = lengths?.name;
    this.#output = output.name;
    const size = output.shape[2];
    this.vocabularySize = typeof size === 'number' && size > 0 ? size : undefined;
  }

  bucketOf({ values }: CtcExportRequest): string {
    return String(values.length);
  }

  collate(requests: readonly CtcExportRequest[]): TensorMap {
    const batch = requests.length;
    const size = defined(requests[0], 'first request').values.length;
    const data = new Float32Array(batch * size);
    requests.forEach(({ values }, row) => data.set(values, row * size));
    const isMel = this.inputKind === 'mel';
    const audio = { data, shape: isMel ? [batch, melBandCount, size / melBandCount] : [batch, size] };
    if (this.#lengths === undefined) return { [this.#audio]: audio };
    const lengths = isMel
      ? { data: new BigInt64Array(batch).fill(BigInt(size / melBandCount)), shape: [batch] }
      : { data: new BigInt64Array(batch * size).fill(1n), shape: [batch, size] };
    return { [this.#audio]: audio, [this.#lengths]: lengths };
  }

  split(outputs: TensorMap, requestCount: number): readonly CtcExportResult[] {
    const { data, shape } = defined(outputs[this.#output], this.#output);
    const [rows, frames = 0, vocabularySize = 0] = shape;
    assert(data instanceof Float32Array && rows === requestCount, `${this.#output} has ${rows} rows`);
    const size = frames * vocabularySize;
    return Array.from({ length: requestCount }, (_, row) => ({
      values: data.slice(row * size, (row + 1) * size),
      frames,
    }));
  }
}

function mismatch(file: string, inputs: readonly TensorSignature[], outputs: readonly TensorSignature[]): AttuneError {
  const described = (signatures: readonly TensorSignature[]): string =>
    signatures.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.join(',')}]`).join(', ');
  return new AttuneError(
    'MODEL_INTERFACE_MISMATCH',
    `${file} is no CTC export that is known here: ${described(inputs)} → ${described(outputs)}`,
    {
      field: file,
      hint: 'Wanted is a waveform [batch, samples] or log-mel [batch, 80, frames] with length, and logits [batch, frames, symbols].',
    },
  );
}
