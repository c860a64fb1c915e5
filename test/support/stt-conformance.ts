/**
 * What every recogniser has to do, whatever recognises: one suite, run over the embedded recogniser and all others.
 */
import type { Test } from 'tap';
import { CancelledError } from '../../src/core/errors.js';
import type { Stt, SttHypothesis } from '../../src/stages/stt/stt.js';

export interface SttUnderTest {
  /** A fresh recogniser; the suite opens three and disposes them. */
  readonly open: (options: { readonly maxUtteranceMs: number }) => Promise<Stt>;
  /** Some seconds of speech in which it hears something. */
  readonly speech: Float32Array;
  /** Plain words it hears at least in `speech`. */
  readonly hears: readonly string[];
  /** A language it refuses; left out where every language is tried. */
  readonly foreignLanguage?: string;
}

const callId = 'conformance';
const window = 512;

function feed(utterance: ReturnType<Stt['open']>, samples: Float32Array): void {
  for (let at = 0; at < samples.length; at += window) utterance.accept(samples.subarray(at, at + window));
}

async function partialsOf(utterance: ReturnType<Stt['open']>): Promise<readonly SttHypothesis[]> {
  const seen: SttHypothesis[] = [];
  for await (const partial of utterance.partials) seen.push(partial);
  return seen;
}

export async function sttConformance(t: Test, { open, speech, hears, foreignLanguage }: SttUnderTest): Promise<void> {
  const never = new AbortController().signal;
  const ordinary = { maxUtteranceMs: 60_000 };
  await using stt = await open(ordinary);

  await t.test('words with times and confidences, once and for all', async (t) => {
    const utterance = stt.open({ signal: never, callId });
    const input = speech.slice();
    const partials = partialsOf(utterance);
    feed(utterance, input);
    input.fill(9);
    const final = await utterance.finish();
    utterance.accept(speech);
    t.equal(await utterance.finish(), final, 'audio after the end changes nothing');
    t.equal(final.isFinal, true);
    t.equal(final.error, undefined);
    const words = final.words.map(({ text }) => text);
    for (const word of hears) t.ok(words.includes(word), `${word} in ${words.join(' ')}`);
    t.equal(final.stableText, words.join(' '), 'nothing is open any more');
    t.match(final.text, /^[^a-z].*[.?!]$/u, 'a readable sentence');
    const durationMs = speech.length / 16;
    final.words.forEach(({ text, startMs, endMs, confidence }, index) => {
      t.equal(text, text.toLowerCase());
      t.ok(startMs >= (final.words[index - 1]?.startMs ?? 0) && endMs >= startMs && endMs <= durationMs + 500, text);
      t.ok(confidence >= 0 && confidence <= 1);
    });
    t.ok(final.confidence > 0 && final.confidence <= 1);
    for (const { isFinal, stableText, text } of await partials) {
      t.equal(isFinal, false);
      t.ok(text.startsWith(stableText));
    }
  });

  await t.test('no audio is an empty text', async (t) => {
    const final = await stt.open({ signal: never, callId }).finish();
    t.match(final, { text: '', stableText: '', words: [], confidence: 1, isFinal: true });
  });

  await t.test('audio beyond the limit is dropped and the final text says so', async (t) => {
    await using short = await open({ maxUtteranceMs: 1_000 });
    const utterance = short.open({ signal: never, callId });
    for (let count = 0; count < 5; count += 1) feed(utterance, speech.subarray(0, 16_000));
    const { error, isFinal } = await utterance.finish();
    t.equal(isFinal, true);
    t.match(error, { code: 'UTTERANCE_TOO_LONG', message: /4000 ms/ });
  });

  await t.test('cancelling ends the partials and rejects the final text with the reason', async (t) => {
    for (const when of ['before audio', 'while it listens', 'while it finishes']) {
      const controller = new AbortController();
      const utterance = stt.open({ signal: controller.signal, callId });
      const partials = partialsOf(utterance);
      if (when !== 'before audio') feed(utterance, speech);
      const finished = when === 'while it finishes' ? utterance.finish() : undefined;
      controller.abort(new CancelledError('barge-in'));
      await t.rejects(finished ?? utterance.finish(), new CancelledError('barge-in'), when);
      await partials;
      utterance.accept(speech);
    }
    const late = stt.open({ signal: AbortSignal.abort(new CancelledError('barge-in')), callId });
    await t.rejects(late.finish(), new CancelledError('barge-in'), 'opened too late');
    const next = stt.open({ signal: never, callId });
    feed(next, speech);
    t.ok((await next.finish()).words.length > 0, 'others go on');
  });

  await t.test('utterances side by side keep their words', async (t) => {
    const utterances = Array.from({ length: 3 }, (_, call) => stt.open({ signal: never, callId: `call ${call}` }));
    for (const utterance of utterances) feed(utterance, speech);
    const texts = await Promise.all(utterances.map(async (utterance) => (await utterance.finish()).text));
    t.equal(new Set(texts).size, 1);
  });

  await t.test('disposing cancels what is in progress and settles', async (t) => {
    const ending = await open(ordinary);
    const listening = ending.open({ signal: never, callId });
    const finishing = ending.open({ signal: never, callId });
    feed(listening, speech);
    feed(finishing, speech);
    const finished = t.rejects(finishing.finish(), 'finishing');
    const partials = partialsOf(listening).catch(() => []);
    await ending[Symbol.asyncDispose]();
    await finished;
    await t.rejects(listening.finish(), 'listening');
    await partials;
  });

  if (foreignLanguage === undefined) return;
  await t.test('a language it does not know is refused at once', async (t) => {
    t.throws(() => stt.open({ signal: never, callId, language: foreignLanguage }), {
      code: 'LANGUAGE_UNSUPPORTED',
      field: 'language',
    });
    t.doesNotThrow(() => stt.open({ signal: AbortSignal.abort(), callId, language: 'en-GB' }));
  });
}
