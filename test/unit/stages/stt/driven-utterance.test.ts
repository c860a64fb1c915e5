/**
 * Recognising again as speech grows: when a partial text is tried, what a long utterance costs, and what failures do.
 */
import t from 'tap';
import { AttuneError } from '../../../../src/core/errors.js';
import { DrivenStt } from '../../../../src/stages/stt/driven/driven-stt.js';
import { plainWords, readableText, spreadWords } from '../../../../src/stages/stt/driven/engine-spelling.js';
import {
  WholeAudioTask,
  type RecordingRequest,
  type RecordingText,
  type WholeAudioOptions,
} from '../../../../src/stages/stt/driven/whole-audio-task.js';
import { plainWriter } from '../../../support/plain-writer.js';
import type { SttHypothesis } from '../../../../src/stages/stt/stt.js';

const signal = new AbortController().signal;

interface Run {
  readonly samples: Float32Array;
  readonly request: RecordingRequest;
}

/** A recogniser that hears "w" for every second it is given, as often as it is asked. */
function stage(options: WholeAudioOptions, fail: (run: Run) => Error | undefined = () => undefined) {
  const runs: Run[] = [];
  const recognise = async (samples: Float32Array, request: RecordingRequest): Promise<RecordingText> => {
    const run = { samples, request };
    runs.push(run);
    const error = fail(run);
    if (error) throw error;
    const words = Array.from({ length: Math.floor(samples.length / 16_000) }, (_, second) => ({
      text: 'w',
      startMs: second * 1000,
      endMs: second * 1000 + 500,
      confidence: 1,
    }));
    return { text: words.map(({ text }) => text).join(' '), words };
  };
  const stt = new DrivenStt(
    {
      openTask: (request) => new WholeAudioTask(recognise, options, request),
      [Symbol.asyncDispose]: async () => undefined,
    },
    { name: 'played', languages: null, maxUtteranceMs: 600_000, hotwords: ['y^2', 'X'], writer: plainWriter() },
  );
  return { stt, runs };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Half seconds of sound; the loud ones are 1, the others nearly silent. */
const sound = (loud: boolean): Float32Array => new Float32Array(8_000).fill(loud ? 0.5 : 0.001);

t.test('partials come after enough new audio, and more rarely as the utterance grows', async (t) => {
  const { stt, runs } = stage({ partialEveryMs: 500, windowMs: 1_000_000 });
  const utterance = stt.open({ signal, callId: 'c', hotwords: ['x'], language: 'en-GB' });
  for (let half = 0; half < 40; half += 1) {
    utterance.accept(sound(true));
    await settle();
  }
  const lengths = runs.map(({ samples }) => samples.length / 8_000);
  t.same(lengths.slice(0, 8), [1, 2, 3, 4, 5, 7, 9, 12]);
  const sum = lengths.reduce((total, length) => total + length, 0);
  t.ok(sum <= 6 * 40, `${sum} halves recognised for 40`);
  t.ok(runs.every(({ request }) => !request.isFinal));
  t.match(runs[0]?.request, { callId: 'c', language: 'en-GB' });
  t.strictSame(runs[0]?.request.hotwords, ['x', 'y'], "the utterance's own, then everybody's");
  t.strictSame(runs[0]?.request.phrases, [
    { words: ['x'], weight: 1 },
    { words: ['y'], weight: 2 },
  ]);
  t.equal((await utterance.finish()).words.length, 20);
  t.equal(runs.at(-1)?.request.isFinal, true);
});

t.test('without partial texts there is one run', async (t) => {
  const { stt, runs } = stage({ partialEveryMs: null, windowMs: 1_000_000 });
  const utterance = stt.open({ signal, callId: 'c' });
  for (let half = 0; half < 40; half += 1) utterance.accept(sound(true));
  await settle();
  t.equal(runs.length, 0);
  await utterance.finish();
  t.equal(runs.length, 1);
});

t.test('what is longer than a window is cut in its pause and settled; times go on', async (t) => {
  for (const partialEveryMs of [null, 500]) {
    const { stt, runs } = stage({ partialEveryMs, windowMs: 10_000 });
    const utterance = stt.open({ signal, callId: 'c' });
    const partials: SttHypothesis[] = [];
    const reading = (async () => {
      for await (const partial of utterance.partials) partials.push(partial);
    })();
    for (let half = 0; half < 80; half += 1) {
      // A pause every 4 s, of which one lies in the last part of every window.
      utterance.accept(sound(half % 8 !== 7));
      await settle();
    }
    const final = await utterance.finish();
    await reading;
    t.ok(
      runs.every(({ samples }) => samples.length <= 160_000),
      'no run is longer than the window',
    );
    const settled = runs.filter(({ request }) => request.isFinal).slice(0, -1);
    t.ok(settled.length >= 3);
    const firstCutMs = (settled[0]?.samples.length ?? 0) / 16;
    t.ok(firstCutMs > 7_500 && firstCutMs < 8_000, `cut at ${firstCutMs} ms, in the pause`);
    const starts = final.words.map(({ startMs }) => startMs);
    t.same(
      starts,
      [...starts].sort((a, b) => a - b),
    );
    t.ok((starts.at(-1) ?? 0) > 36_000, 'times are the utterance’s');
    if (partialEveryMs === null) continue;
    t.ok(
      partials.some(({ stableText }) => stableText !== ''),
      'settled words are stable',
    );
    for (const [index, { words }] of partials.entries())
      t.ok(words.length + 2 >= (partials[index - 1]?.words.length ?? 0), 'a cut does not take words away');
  }
});

t.test('a long recording at once goes through window by window', async (t) => {
  const { stt, runs } = stage({ partialEveryMs: null, windowMs: 10_000 });
  const utterance = stt.open({ signal, callId: 'c' });
  utterance.accept(new Float32Array(16_000 * 45).fill(0.1));
  const { words } = await utterance.finish();
  t.ok(runs.every(({ samples }) => samples.length <= 160_000));
  t.ok(words.length >= 38);
  const heard = runs.reduce((sum, { samples }) => sum + samples.length, 0);
  t.equal(heard, 16_000 * 45, 'nothing twice, nothing lost');
});

t.test('a failed partial ends the partials with its error; the final text is still tried', async (t) => {
  const { stt, runs } = stage({ partialEveryMs: 500, windowMs: 1_000_000 }, ({ request }) =>
    request.isFinal ? undefined : new AttuneError('OVERLOADED', 'full'),
  );
  const utterance = stt.open({ signal, callId: 'c' });
  const reading = t.rejects(
    (async () => {
      for await (const partial of utterance.partials) t.fail(partial.text);
    })(),
    { code: 'OVERLOADED' },
  );
  for (let half = 0; half < 6; half += 1) {
    utterance.accept(sound(true));
    await settle();
  }
  await reading;
  t.equal(runs.length, 1, 'and is not tried again');
  t.equal((await utterance.finish()).text, 'W w w.');
});

t.test('a failed final text is a typed error', async (t) => {
  const { stt } = stage({ partialEveryMs: null, windowMs: 1_000_000 }, () => new RangeError('odd'));
  const utterance = stt.open({ signal, callId: 'c' });
  utterance.accept(sound(true));
  await t.rejects(utterance.finish(), { code: 'INFERENCE_FAILED', message: 'odd' });
  for await (const partial of utterance.partials) t.fail(partial.text);
});

t.test('spellings of engines', async (t) => {
  const words = (text: string) => plainWords(spreadWords(text, { durationMs: 1000, confidence: 1 }));
  for (const [text, language, expected] of [
    [' Hello, world.', 'en', 'Hello, world.'],
    ['HELLO WORLD', 'en', undefined],
    ['what is it', undefined, undefined],
    ['was ist das', 'de', 'Was ist das.'],
    ['Grüß Gott', 'de', 'Grüß Gott'],
    ['今天天气很好', 'zh', '今天天气很好'],
    ['今天天气很好。', 'zh', '今天天气很好。'],
    ['', 'de', ''],
  ] as const) {
    t.equal(readableText(text, words(text), language), expected, text);
  }
  t.same(
    words('“Well, — it’s 5% of C#!”').map(({ text }) => text),
    ['well', 'it’s', '5%', 'of', 'c#'],
  );
  t.same(spreadWords('ab cd', { durationMs: 400, confidence: 0.5 }), [
    { text: 'ab', startMs: 0, endMs: 200, confidence: 0.5 },
    { text: 'cd', startMs: 200, endMs: 400, confidence: 0.5 },
  ]);
});
