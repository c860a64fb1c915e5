/**
 * What no file can tell of a model: its licence, where it comes from and where its card is.
 */
import type { ModelEntry } from '../src/inference/model-manifest.js';

export type ModelFacts = Pick<ModelEntry, 'name' | 'kind' | 'file' | 'licence' | 'source' | 'card'>;

const stt = { licence: 'CC BY-SA 4.0', source: 'training/stt', card: 'cards/stt-en.md' } as const;
const sentimentMulti = {
  licence: 'not stated: corpora of tweets and posts without a licence, see the card',
  source: 'training/sentiment',
  card: 'cards/sentiment-multi.md',
} as const;
const sentiment = { licence: 'CC BY 4.0', source: 'training/sentiment', card: 'cards/sentiment-en.md' } as const;

export const modelFacts: readonly ModelFacts[] = [
  {
    name: 'silero-vad',
    kind: 'onnx',
    file: 'npm:@ricky0123/vad-web/dist/silero_vad_v6.onnx',
    licence: 'MIT',
    source: '@ricky0123/vad-web',
  },
  {
    name: 'turn-end',
    kind: 'onnx',
    file: 'turn-end.onnx',
    licence: 'CC BY 4.0',
    source: 'training/turn-end',
    card: 'cards/turn-end.md',
  },
  { name: 'stt-en', kind: 'onnx', file: 'stt-en.onnx', ...stt },
  { name: 'stt-en-int8', kind: 'onnx', file: 'stt-en.int8.onnx', ...stt },
  { name: 'stt-en-tokens', kind: 'data', file: 'stt-en.tokens.json', ...stt },
  { name: 'stt-en-lexicon', kind: 'data', file: 'stt-en.lexicon.bin', ...stt },
  { name: 'stt-en-lm', kind: 'data', file: 'stt-en.lm.bin', ...stt },
  { name: 'stt-en-capitals', kind: 'data', file: 'stt-en.capitals.txt', ...stt },
  { name: 'stt-en-punctuation', kind: 'data', file: 'stt-en.punctuation.bin', ...stt },
  { name: 'stt-en-g2p', kind: 'data', file: 'stt-en.g2p.bin', ...stt },
  {
    name: 'emotion-voice',
    kind: 'onnx',
    file: 'emotion-voice.onnx',
    licence: 'CC BY-NC-SA 4.0',
    source: 'training/emotion',
    card: 'cards/emotion-voice.md',
  },
  {
    name: 'emotion-voice-permissive',
    kind: 'onnx',
    file: 'emotion-voice-permissive.onnx',
    licence: 'CC0-1.0',
    source: 'training/emotion',
    card: 'cards/emotion-voice-permissive.md',
  },
  { name: 'sentiment-en', kind: 'onnx', file: 'sentiment-en.onnx', ...sentiment },
  { name: 'sentiment-en-tokenizer', kind: 'data', file: 'sentiment-en.tokenizer.json', ...sentiment },
  { name: 'sentiment-en-calibration', kind: 'data', file: 'sentiment-en.json', ...sentiment },
  { name: 'sentiment-multi', kind: 'onnx', file: 'sentiment-multi.onnx', ...sentimentMulti },
  { name: 'sentiment-multi-tokenizer', kind: 'data', file: 'sentiment-multi.tokenizer.json', ...sentimentMulti },
  { name: 'sentiment-multi-calibration', kind: 'data', file: 'sentiment-multi.json', ...sentimentMulti },
];
