import t from 'tap';
import type { LoadLevel } from '../../../../src/core/load-level.js';
import { AttuneError, CancelledError } from '../../../../src/core/errors.js';
import type { AcousticRequest, AcousticResult } from '../../../../src/stages/stt/ctc-acoustic-model.js';
import type { Decoding, FinalDecoding } from '../../../../src/stages/stt/ctc-decoder.js';
import { CtcStt } from '../../../../src/stages/stt/ctc-stt.js';
import { defaultCtcSttOptions, type CtcSttOptions } from '../../../../src/stages/stt/ctc-stt-options.js';
import type { DecoderService } from '../../../../src/stages/stt/decoder-thread.js';
import type { SttHypothesis } from '../../../../src/stages/stt/stt.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { plainWriter } from '../../../support/plain-writer.js';

const shape = { layers: 1, width: 2, left: 2, kernel: 3, vocabularySize: 4 };
const chunkSamples = 5120 + 240; // 320 ms of hops and the rest of the last window

/** A recogniser whose model and decoder are played by the test: one word per chunk, "w1 w2 …", unless `final` says. */
function stage(options: Partial<CtcSttOptions> = {}, final: Partial<FinalDecoding> = {}) {
  const requests: { request: AcousticRequest; answer: (error?: Error) => void }[] = [];
  const log: string[] = [];
  let automatic = true;
  const decoders: DecoderService = {
    tune: async ({ beam }) => void log.push(`beam ${beam}`),
    open: (hotwords) => {
      let fed = 0;
      log.push(`open ${hotwords.map((phrase) => phrase.words.join(' ')).join()}`);
      const decoding = (): Decoding => ({
        words: Array.from({ length: fed }, (_, index) => ({
          text: `w${index + 1}`,
          startMs: index,
          endMs: index + 1,
          confidence: 0.5,
        })),
        settledCount: Math.max(0, fed - 1),
      });
      return {
        feed: async (logProbs) => {
          fed += 1;
          log.push(`feed ${logProbs.length / shape.vocabularySize}`);
          return decoding();
        },
        preview: async (logProbs) => {
          log.push(`preview ${logProbs.length / shape.vocabularySize}`);
          return {
            ...decoding(),
            words: [...decoding().words, { text: 'perhaps', startMs: 0, endMs: 1, confidence: 0.5 }],
          };
        },
        foresee: async (logProbs) => {
          log.push(`foresee ${logProbs.length / shape.vocabularySize}`);
          return { ...decoding(), settledCount: fed, alternatives: [], ...final };
        },
        finish: async () => {
          log.push('finish');
          return { ...decoding(), settledCount: fed, alternatives: [], ...final };
        },
        drop: () => log.push('drop'),
      };
    },
    [Symbol.asyncDispose]: async () => void log.push('disposed'),
  };
  const stt = new CtcStt(
    {
      batcher: {
        modelName: 'stt-en',
        submit: (request: AcousticRequest, { signal }) =>
          new Promise<AcousticResult>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
            const state = { ...request.state, cachedFrames: request.state.cachedFrames + 1 };
            const answer = (error?: Error): void => {
              if (error) reject(error);
              else resolve({ logProbs: new Float32Array(request.chunkFrames * shape.vocabularySize), state });
            };
            requests.push({ request, answer });
            if (automatic) answer();
          }),
        [Symbol.asyncDispose]: async () => undefined,
      },
      shape,
      decoders,
      writer: plainWriter(),
      clock: new ManualClock(),
    },
    { ...defaultCtcSttOptions, chunkFrames: 8, previewFrames: 0, ...options },
  );
  /** Answers requests one by one until `work` settles. */
  const serve = async <T>(work: Promise<T>): Promise<T> => {
    let settled = false;
    const settle = (): void => void (settled = true);
    work.then(settle, settle);
    for (let next = 0; !settled;) {
      if (next < requests.length) requests[next++]?.answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return work;
  };
  return { stt, requests, log, serve, byHand: () => void (automatic = false) };
}

const open = (stt: CtcStt, signal = new AbortController().signal) => stt.open({ signal, callId: 'call' });
const audio = (samples: number): Float32Array => new Float32Array(samples).fill(0.1);

t.test('chunks go through model and decoder in order, the state with them, the rest at the end', async (t) => {
  const { stt, requests, log } = stage();
  const utterance = open(stt);
  for (let at = 0; at < 2 * chunkSamples + 1000; at += 320) utterance.accept(audio(320));
  const final = await utterance.finish();
  t.strictSame(log.slice(0, 6), ['open ', 'feed 8', 'feed 8', 'feed 8', 'feed 6', 'finish']);
  t.strictSame(
    requests.map(({ request }) => request.state.cachedFrames),
    [0, 1, 2, 3],
  );
  t.equal(final.text, 'W1 w2 w3 w4.');
  t.equal(final.stableText, 'w1 w2 w3 w4');
  t.equal(final.isFinal, true);
  t.equal(final.error, undefined);
  t.equal(final.confidence, 0.5);
  t.equal(await utterance.finish(), final, 'later calls give the same answer');
  utterance.accept(audio(99_999));
  t.equal(requests.length, 4, 'audio after the end is ignored');
});

t.test(
  'before a chunk is whole, previews go on from each other; the chunk starts from the state before them',
  async (t) => {
    const { stt, requests, log } = stage({ chunkFrames: 16, previewFrames: 8 });
    const utterance = open(stt);
    const texts: string[] = [];
    const reading = (async () => {
      for await (const { text, stableText } of utterance.partials) texts.push(`${text} | ${stableText}`);
    })();
    for (let at = 0; at < 3 * chunkSamples; at += 320) {
      utterance.accept(audio(320));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await utterance.finish();
    await reading;
    t.strictSame(log.slice(0, 7), ['open ', 'preview 8', 'feed 16', 'preview 8', 'feed 16', 'feed 5', 'finish']);
    t.strictSame(
      requests.map(({ request }) => request.state.cachedFrames),
      [0, 0, 1, 1, 2],
      'a chunk does not see what its preview left behind',
    );
    t.strictSame(texts, ['perhaps | ', 'w1 | ', 'w1 perhaps | '], 'and none of what finishing recognises');
  },
);

t.test('what would be recognised if nothing more came: from the state that counts, and nothing is taken', async (t) => {
  const { stt, requests, log } = stage({ chunkFrames: 16, previewFrames: 8 });
  const utterance = open(stt);
  t.equal((await utterance.foresee())?.text, '', 'before any audio');
  utterance.accept(audio(16_000));
  await new Promise((resolve) => setImmediate(resolve));
  const before = requests.length;
  const foreseen = await utterance.foresee();
  t.equal(foreseen?.isFinal, true);
  const asked = requests.slice(before).map(({ request }) => [request.chunkFrames, request.state.cachedFrames]);
  t.same(asked[0]?.[1], 1, 'on top of the chunk that counts');
  t.equal(log.at(-1)?.startsWith('foresee '), true);
  await utterance.finish();
  t.same(
    requests.slice(before + asked.length).map(({ request }) => [request.chunkFrames, request.state.cachedFrames]),
    asked,
    'the end asks for the same again',
  );
  await t.rejects(utterance.foresee(), { name: 'CancelledError' }, 'afterwards there is nothing to foresee');
});

t.test('who finishes does not wait for what was foreseen', async (t) => {
  const { stt } = stage({ chunkFrames: 16, previewFrames: 0 });
  const utterance = open(stt);
  utterance.accept(audio(8_000));
  const foreseen = utterance.foresee();
  const again = utterance.foresee();
  await Promise.all([utterance.finish(), foreseen.catch(() => undefined), again.catch(() => undefined)]);
  t.pass('both settle');
});

t.test('audio that came at once needs no previews; tuning takes them away and narrows the search', async (t) => {
  const { stt, log } = stage({ chunkFrames: 16, previewFrames: 8 });
  const late = open(stt);
  late.accept(audio(2 * chunkSamples));
  await late.finish();
  t.strictSame(log, ['open ', 'feed 16', 'feed 13', 'finish', 'drop']);
  await stt.tune({ beam: 8, maxActive: 300, previewFrames: 0 });
  const utterance = open(stt);
  utterance.accept(audio(chunkSamples));
  await utterance.finish();
  t.strictSame(log.slice(5), ['beam 8', 'open ', 'feed 16', 'feed 4', 'finish', 'drop']);
});

t.test(
  'eased step by step, texts come less often, then not between chunks, then fewer readings are weighed',
  async (t) => {
    const { stt, log } = stage({ chunkFrames: 16, previewFrames: 2, search: { beam: 14, maxActive: 100 } });
    const beams: string[] = [];
    const previewsAt = async (level: LoadLevel): Promise<readonly string[]> => {
      await stt.ease(level);
      beams.push(...log.filter((line) => line.startsWith('beam')));
      log.length = 0;
      const utterance = open(stt);
      for (let hop = 0; hop < 8; hop += 1) {
        utterance.accept(audio(640));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await utterance.finish();
      return log.filter((line) => line.startsWith('preview'));
    };
    const usual = await previewsAt(0);
    t.same([...new Set(usual)], ['preview 2']);
    const half = await previewsAt(1);
    t.same([...new Set(half)], ['preview 4']);
    t.ok(half.length < usual.length, `${half.length} of ${usual.length}`);
    t.same(await previewsAt(2), ['preview 8']);
    t.same(await previewsAt(3), []);
    t.same(await previewsAt(4), []);
    t.same(await previewsAt(0), usual, 'all of it again');
    t.same(beams, ['beam 14', 'beam 14', 'beam 14', 'beam 10', 'beam 10', 'beam 14']);
  },
);

t.test('one request in flight; partials are latest-wins and end', async (t) => {
  const { stt, requests, byHand, serve } = stage();
  byHand();
  const utterance = open(stt);
  utterance.accept(audio(3 * chunkSamples));
  t.equal(requests.length, 1);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(requests.length, 1);
  for (let chunk = 0; chunk < 3; chunk += 1) {
    requests[chunk]?.answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await serve(utterance.finish());
  const seen: SttHypothesis[] = [];
  for await (const partial of utterance.partials) seen.push(partial);
  t.strictSame(
    seen.map(({ text, isFinal }) => [text, isFinal]),
    [['w1 w2 w3', false]],
    'a slow reader gets the newest only',
  );
});

t.test('no audio at all is an empty text', async (t) => {
  const { stt } = stage();
  const utterance = open(stt);
  t.match(await utterance.finish(), { text: '', words: [], confidence: 1, isFinal: true });
});

t.test('audio beyond the limit is dropped and the final text says so', async (t) => {
  const { stt, requests } = stage({ maxUtteranceMs: 1000 });
  const utterance = open(stt);
  for (let second = 0; second < 30; second++) utterance.accept(audio(16_000));
  const final = await utterance.finish();
  t.equal(final.error?.code, 'UTTERANCE_TOO_LONG');
  t.match(final.error?.message, '29000 ms');
  t.equal(requests.length, 5, 'one second and the silence around it');
});

t.test('cancelling drops the decoder, ends the partials and rejects the final text with the reason', async (t) => {
  const { stt, requests, log, byHand } = stage();
  byHand();
  const controller = new AbortController();
  const utterance = open(stt, controller.signal);
  utterance.accept(audio(chunkSamples));
  const finished = utterance.finish();
  controller.abort(new CancelledError('barge-in'));
  await t.rejects(finished, new CancelledError('barge-in'));
  for await (const partial of utterance.partials) t.fail(partial.text);
  requests[0]?.answer();
  t.strictSame(log, ['open ', 'drop']);
  await t.rejects(open(stt, controller.signal).finish(), new CancelledError('barge-in'), 'opened too late');
});

t.test('a failure of the model ends the utterance and leaves the others alone', async (t) => {
  const { stt, requests, byHand, serve } = stage();
  byHand();
  const first = open(stt);
  const second = open(stt);
  first.accept(audio(chunkSamples));
  second.accept(audio(chunkSamples));
  requests[0]?.answer(new AttuneError('OVERLOADED', 'full'));
  await t.rejects(first.finish(), { code: 'OVERLOADED' });
  t.equal((await serve(second.finish())).text, 'W1 w2 w3.');
});

t.test('a failed request ends the partial texts with its error, and the final text has it too', async (t) => {
  for (const options of [{}, { chunkFrames: 32, previewFrames: 8 }]) {
    const { stt, requests, log, byHand } = stage(options);
    byHand();
    const utterance = open(stt);
    utterance.accept(audio(chunkSamples));
    requests[0]?.answer(new AttuneError('OVERLOADED', 'full'));
    await t.rejects(
      (async () => {
        for await (const partial of utterance.partials) t.fail(partial.text);
      })(),
      { code: 'OVERLOADED' },
    );
    utterance.accept(audio(9 * chunkSamples));
    await t.rejects(utterance.finish(), { code: 'OVERLOADED' });
    t.equal(requests.length, 1, 'nothing is asked any more');
    t.strictSame(log, ['open ', 'drop']);
  }
});

t.test('hot words are spelled as given, other readings come along, times count from the audio', async (t) => {
  const word = (text: string, startMs: number) => ({ text, startMs, endMs: startMs + 100, confidence: 1 });
  const { stt, log } = stage(
    { hotwords: ["Siobhan O'Neill^2", 'Refund'] },
    {
      words: [word('call', 200), word('Siobhan', 440), word("O'Neill", 740)],
      settledCount: 3,
      alternatives: [{ text: 'call she von', logScore: Math.log(1 / 3) }],
    },
  );
  const utterance = stt.open({ signal: new AbortController().signal, callId: 'call', hotwords: ['refund^3'] });
  utterance.accept(audio(1000));
  const { text, stableText, words, alternatives } = await utterance.finish();
  t.equal(log[0], "open refund,Siobhan O'Neill", "the utterance's own first, each once");
  t.equal(text, "Call Siobhan O'Neill.");
  t.equal(stableText, "call Siobhan O'Neill");
  t.same(
    words.map(({ text, startMs, endMs }) => [text, startMs, endMs]),
    [
      ['call', 0, 60],
      ['Siobhan', 200, 300],
      ["O'Neill", 500, 600],
    ],
  );
  t.match(alternatives, [{ text: 'call she von' }]);
  t.ok(Math.abs((alternatives?.[0]?.probability ?? 0) - 0.25) < 1e-9);
});

t.test('disposing cancels what is open; other languages are refused', async (t) => {
  const { stt, log, byHand } = stage();
  byHand();
  const utterance = open(stt);
  utterance.accept(audio(chunkSamples));
  await stt[Symbol.asyncDispose]();
  await t.rejects(utterance.finish(), new CancelledError('shutdown'));
  t.equal(log.at(-1), 'disposed');
  const { signal } = new AbortController();
  t.throws(() => stt.open({ signal, callId: 'call', language: 'de-DE' }), { code: 'LANGUAGE_UNSUPPORTED' });
  t.doesNotThrow(() => stt.open({ signal, callId: 'call', language: 'en-GB' }));
});
