/**
 * CTC exports in pieces: lists of symbols, greedy decoding, and which networks are taken.
 */
import t from 'tap';
import { bestPath } from '../../../../src/stages/stt/ctc-export/ctc-best-path.js';
import { CtcExportModel } from '../../../../src/stages/stt/ctc-export/ctc-export-model.js';
import { readCtcVocabulary } from '../../../../src/stages/stt/ctc-export/ctc-vocabulary.js';
import type { TensorSignature } from '../../../../src/inference/onnx-messages.js';

t.test('lists of symbols in both layouts', async (t) => {
  t.same(readCtcVocabulary('{"<pad>":0,"<s>":1,"|":2,"E":3}', 'vocab.json'), { pieces: ['', '', ' ', 'E'], blank: 0 });
  t.same(readCtcVocabulary('<unk> 0\n▁the 1\ns 2\n<blk> 3\n', 'tokens.txt'), {
    pieces: ['', ' the', 's', ''],
    blank: 3,
  });
  t.same(readCtcVocabulary('<blank>\na\r\nb', 'vocab.txt'), { pieces: ['', 'a', 'b'], blank: 0 }, 'a symbol a line');
  t.same(readCtcVocabulary('["a","*"]', 'vocab.json', '*'), { pieces: ['a', ''], blank: 1 }, 'a blank of another name');
  t.same(
    readCtcVocabulary('<blk> 0\n  1\na 2', 'tokens.txt'),
    { pieces: ['', ' ', 'a'], blank: 0 },
    'a space as symbol',
  );
});

for (const [what, content, file] of [
  ['not JSON', '{', 'vocab.json'],
  ['a hole', '{"<pad>":0,"a":2}', 'vocab.json'],
  ['a huge number', '{"<pad>":0,"a":99999999999}', 'vocab.json'],
  ['no blank', 'a 0\nb 1', 'tokens.txt'],
  ['nothing', '', 'tokens.txt'],
  ['another kind of JSON', '3', 'vocab.json'],
] as const) {
  t.test(`a list of symbols with ${what} is refused`, async (t) => {
    t.throws(() => readCtcVocabulary(content, file), { code: 'MODEL_CORRUPT', field: file });
  });
}

/** Rows in which one symbol has `share` of the probability, as log posteriors or as logits with an offset. */
function rows(
  ids: readonly number[],
  size: number,
  options: { readonly share: number; readonly offset?: number },
): Float32Array {
  const rest = Math.log((1 - options.share) / (size - 1));
  return Float32Array.from(
    ids.flatMap((id) =>
      Array.from(
        { length: size },
        (_, other) => (other === id ? Math.log(options.share) : rest) + (options.offset ?? 0),
      ),
    ),
  );
}

const letters = { pieces: ['', ' ', 'a', 'b'], blank: 0 };
const pieces = { pieces: [' no', 'pe', ' yes', '', ''], blank: 4 };

t.test('repeats join, blanks part, the bar ends a word', async (t) => {
  const ids = [0, 2, 2, 0, 2, 3, 1, 1, 0, 3, 3, 0, 1];
  const { text, words } = bestPath(
    { values: rows(ids, 4, { share: 0.9 }), frames: ids.length, msPerFrame: 20 },
    letters,
  );
  t.equal(text, 'aab b');
  t.match(words, [
    { text: 'aab', startMs: 20, endMs: 120 },
    { text: 'b', startMs: 180, endMs: 220 },
  ]);
  t.ok(words.every(({ confidence }) => Math.abs(confidence - 0.9) < 1e-6));
});

t.test('pieces with a mark begin words; unknown ones are silent', async (t) => {
  const ids = [4, 0, 1, 3, 4, 2, 4];
  const found = bestPath(
    { values: rows(ids, 5, { share: 0.8, offset: 7 }), frames: ids.length, msPerFrame: 40 },
    pieces,
  );
  t.equal(found.text, 'nope yes');
  t.ok(Math.abs((found.words[0]?.confidence ?? 0) - 0.8) < 1e-5, 'logits with any offset are the same');
  const nothing = bestPath({ values: rows([4, 4], 5, { share: 0.8 }), frames: 2, msPerFrame: 40 }, pieces);
  t.same(nothing, { text: '', words: [] });
});

const float = (name: string, ...shape: (number | string)[]): TensorSignature => ({ name, dtype: 'float32', shape });
const whole = (name: string, ...shape: (number | string)[]): TensorSignature => ({ name, dtype: 'int64', shape });
const logits = float('logits', 'b', 't', 32);

t.test('networks are told by their signatures', async (t) => {
  const waveform = new CtcExportModel({ inputs: [float('input_values', 'b', 's')], outputs: [logits] }, 'x');
  t.match(waveform, { inputKind: 'waveform', vocabularySize: 32 });
  const two = { values: Float32Array.of(1, 2, 3) };
  t.same(waveform.collate([two, two]), { input_values: { data: Float32Array.of(1, 2, 3, 1, 2, 3), shape: [2, 3] } });
  const masked = new CtcExportModel(
    { inputs: [float('input_values', 'b', 's'), whole('attention_mask', 'b', 's')], outputs: [logits] },
    'x',
  );
  t.same(masked.collate([two])['attention_mask'], { data: BigInt64Array.of(1n, 1n, 1n), shape: [1, 3] });
  const mel = new CtcExportModel(
    {
      inputs: [float('audio_signal', 'b', 80, 't'), whole('length', 'b')],
      outputs: [float('logprobs', 'b', 't', 'v')],
    },
    'x',
  );
  t.match(mel, { inputKind: 'mel', vocabularySize: undefined });
  const inputs = mel.collate([{ values: new Float32Array(160) }]);
  t.same(inputs['audio_signal']?.shape, [1, 80, 2]);
  t.same(inputs['length'], { data: BigInt64Array.of(2n), shape: [1] });
  const [first, second] = mel.split({ logprobs: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 1, 2] } }, 2);
  t.same(first, { values: Float32Array.of(1, 2), frames: 1 });
  t.same(second, { values: Float32Array.of(3, 4), frames: 1 });
});

for (const [what, inputs, outputs] of [
  ['bands last', [float('input_features', 'b', 't', 80), whole('attention_mask', 'b', 't')], [logits]],
  ['no length', [float('audio_signal', 'b', 80, 't')], [logits]],
  ['128 bands', [float('audio_signal', 'b', 128, 't'), whole('length', 'b')], [logits]],
  ['a third input', [float('x', 'b', 's'), whole('n', 'b', 's'), float('cache', 'b', 's')], [logits]],
  ['one output a recording', [float('x', 'b', 's')], [float('class', 'b', 4)]],
] as const) {
  t.test(`a network with ${what} is refused`, async (t) => {
    t.throws(() => new CtcExportModel({ inputs, outputs }, 'model.onnx'), {
      code: 'MODEL_INTERFACE_MISMATCH',
      field: 'model.onnx',
    });
  });
}
