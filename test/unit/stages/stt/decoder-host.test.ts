import t from 'tap';
import { AttuneError } from '../../../../src/core/errors.js';
import { defaultBeamSearchOptions } from '../../../../src/stages/stt/ctc-beam-search.js';
import { DecoderHost } from '../../../../src/stages/stt/decoder-host.js';
import type { DecoderRequest } from '../../../../src/stages/stt/decoder-messages.js';
import { buildDecoderResources } from '../../../../src/stages/stt/decoder-resources.js';
import { HotwordCompiler } from '../../../../src/stages/stt/hotword-compiler.js';
import { tinyLettersToSounds, tinyLexicon, uniformLanguageModel } from '../../../support/tiny-recogniser.js';

const tokens = ['<blank>', 'A', 'B'];
const lexicon = tinyLexicon(
  ['A', 'B'],
  [
    ['a', 'A'],
    ['b', 'B'],
  ],
);
const lettersToSounds = tinyLettersToSounds();
const resources = buildDecoderResources({ lexicon, languageModel: uniformLanguageModel(2), lettersToSounds, tokens });
const frame = (token: number): number[] => tokens.map((_, index) => Math.log(index === token ? 0.9 : 0.05));
const saysA = (): Float32Array => Float32Array.from([...frame(1), ...frame(0)]);

/** What the host makes of a request, in one line. */
function answerOf(host: DecoderHost, request: DecoderRequest): string {
  try {
    const answer = host.handle(request);
    return answer.type === 'done'
      ? 'done'
      : `${answer.type}: ${answer.decoding.words.map((word) => word.text).join(' ')}`;
  } catch (error) {
    return error instanceof AttuneError ? error.code : String(error);
  }
}

t.test('requests and their answers, in order, with room for two utterances', (t) => {
  const host = new DecoderHost(resources, {
    search: { ...defaultBeamSearchOptions },
    maxUtterances: 2,
    nBest: 2,
  });
  const table: readonly [request: DecoderRequest, answer: string, open: number][] = [
    [{ type: 'load' }, 'done', 0],
    [{ type: 'open', utteranceId: 1, hotwords: [] }, 'done', 1],
    [{ type: 'open', utteranceId: 2, hotwords: [] }, 'done', 2],
    [{ type: 'open', utteranceId: 3, hotwords: [] }, 'OVERLOADED', 2],
    [{ type: 'feed', utteranceId: 1, logProbs: saysA() }, 'decoded: a', 2],
    [{ type: 'preview', utteranceId: 1, logProbs: saysA() }, 'decoded: a a', 2],
    [{ type: 'preview', utteranceId: 1, logProbs: saysA() }, 'decoded: a a a', 2],
    [{ type: 'foresee', utteranceId: 1, logProbs: saysA() }, 'finished: a a', 2],
    [{ type: 'tune', effort: { beam: 20, maxActive: 100 } }, 'done', 2],
    [{ type: 'feed', utteranceId: 3, logProbs: saysA() }, 'WORKER_CRASHED', 2],
    [{ type: 'feed', utteranceId: 2, logProbs: new Float32Array(4) }, 'INFERENCE_FAILED', 1],
    [{ type: 'feed', utteranceId: 2, logProbs: saysA() }, 'WORKER_CRASHED', 1],
    [{ type: 'finish', utteranceId: 1 }, 'finished: a', 0],
    [{ type: 'finish', utteranceId: 1 }, 'WORKER_CRASHED', 0],
    [{ type: 'open', utteranceId: 4, hotwords: [] }, 'done', 1],
    [{ type: 'drop', utteranceId: 4 }, 'done', 0],
    [{ type: 'drop', utteranceId: 4 }, 'done', 0],
  ];
  for (const [request, answer, open] of table) {
    t.equal(answerOf(host, request), answer, `${request.type} ${'utteranceId' in request ? request.utteranceId : ''}`);
    t.equal(host.size, open);
  }
  t.end();
});

t.test('hot words are compiled once for the same content', (t) => {
  const compiler = new HotwordCompiler(resources, defaultBeamSearchOptions);
  t.equal(compiler.compile([]), undefined, 'none cost nothing');
  const set = compiler.compile([{ words: ['a', 'b'], weight: 1 }]);
  t.equal(compiler.compile([{ words: ['a', 'b'], weight: 1 }]), set);
  t.not(compiler.compile([{ words: ['a', 'b'], weight: 2 }]), set);
  for (let index = 0; index < 64; index++) compiler.compile([{ words: [`a${'b'.repeat(index)}`], weight: 1 }]);
  t.not(compiler.compile([{ words: ['a', 'b'], weight: 1 }]), set, 'the set used longest ago is forgotten');
  t.end();
});

t.test('a language model of another lexicon is refused', (t) => {
  t.throws(() => buildDecoderResources({ lexicon, languageModel: uniformLanguageModel(3), lettersToSounds, tokens }), {
    code: 'MODEL_CORRUPT',
  });
  t.end();
});
