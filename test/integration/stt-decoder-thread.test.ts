/**
 * The decoder thread with the shipped lexicon and language model: real threads, real files.
 */
import { join } from 'node:path';
import t from 'tap';
import { defaultBeamSearchOptions } from '../../src/stages/stt/ctc-beam-search.js';
import { DecoderThread } from '../../src/stages/stt/decoder-thread.js';
import { readHotwords } from '../../src/stages/stt/hotwords.js';
import { loadDecoderResources, readTokens, type DecoderFiles } from '../../src/stages/stt/decoder-resources.js';
import { seededRandom, simulatePhones } from '../support/simulated-phones.js';

const model = (name: string): string => join(import.meta.dirname, '../../models', name);
const files: DecoderFiles = {
  lexicon: model('stt-en.lexicon.bin'),
  languageModel: model('stt-en.lm.bin'),
  lettersToSounds: model('stt-en.g2p.bin'),
  tokens: model('stt-en.tokens.json'),
};
const settings = {
  files,
  search: { ...defaultBeamSearchOptions },
  maxUtterances: 40,
  nBest: 3,
};
const tokens = await readTokens(files.tokens);
const resources = await loadDecoderResources(files);
const { lexicon } = resources;

/** Phones of words the lexicon knows. */
function spokenPhones(sentence: string): readonly number[] {
  return sentence.split(' ').flatMap((word) => {
    const first = lexicon.pronunciationStart[lexicon.words.indexOf(word)] ?? 0;
    return [...lexicon.phones.subarray(lexicon.phoneStart[first], lexicon.phoneStart[first + 1])];
  });
}

/** Posteriors of a sentence by an imagined model that is unsure but never wrong. */
function hear(sentence: string): Float32Array {
  return simulatePhones(spokenPhones(sentence), {
    vocabularySize: tokens.length,
    random: seededRandom(2),
    substitutionRate: 0,
    deletionRate: 0,
    insertionRate: 0,
  });
}

t.test('the shipped lexicon and language model hold what callers say', async (t) => {
  const { words, wordIds, languageModel, trie } = resources;
  t.ok(words.length >= 60_000);
  for (const word of [
    ...'abcdefghijklmnopqrstuvwxyz',
    ...'zero one two three four five six seven eight nine oh hundred representative appointment'.split(' '),
  ]) {
    t.ok(wordIds.has(word), word);
  }
  t.ok(trie.nodeCount > 100_000);
  const sentence = (text: string): number => {
    let state = languageModel.startState;
    const sum = text.split(' ').reduce((total, word) => {
      const score = languageModel.score(state, wordIds.get(word) ?? -1);
      state = languageModel.nextState;
      return total + score;
    }, 0);
    return sum + languageModel.endScore(state);
  };
  t.ok(sentence('i would like to make a reservation') > sentence('eye wood like two make a reservation') + 5);
  const followers = languageModel.startState;
  const mass = words
    .slice(0, languageModel.wordCount)
    .reduce(
      (sum, _, word) => sum + Math.exp(languageModel.score(followers, word)),
      Math.exp(languageModel.endScore(followers)),
    );
  t.ok(Math.abs(mass - 1) < 0.05, `the words after <s> have probability ${mass} together, <unk> and rounding aside`);
});

t.test('many utterances at once, each with its own words', async (t) => {
  await using thread = await DecoderThread.start(settings);
  const sentences = [
    'i would like to make a reservation',
    'what is the balance of my account',
    'one two three four five',
  ];
  const found = await Promise.all(
    sentences.map(async (sentence) => {
      const decoder = thread.open([]);
      const frames = hear(sentence);
      const size = 8 * tokens.length;
      for (let at = 0; at < frames.length; at += size) await decoder.feed(frames.slice(at, at + size));
      return (await decoder.finish()).words.map((word) => word.text).join(' ');
    }),
  );
  t.strictSame(found, sentences);
});

t.test('hot words of one utterance: names the lexicon lacks, and nobody else hears them', async (t) => {
  const { wordIds, pronouncer } = resources;
  t.notOk(wordIds.has('attunix'));
  t.notOk(wordIds.has('okonkwo'));
  const name = ['Attunix', 'Okonkwo'].flatMap((word) => pronouncer.pronounce(word)[0]?.phones ?? []);
  const frames = simulatePhones([...spokenPhones('i would like to speak to'), ...name], {
    vocabularySize: tokens.length,
    random: seededRandom(2),
    substitutionRate: 0,
    deletionRate: 0,
    insertionRate: 0,
  });
  await using thread = await DecoderThread.start(settings);
  const heard = async (hotwords: readonly string[]): Promise<string> => {
    const decoder = thread.open(readHotwords(hotwords).phrases);
    await decoder.feed(frames.slice());
    return (await decoder.finish()).words.map((word) => word.text).join(' ');
  };
  t.equal(
    await heard(['refund', 'Attunix Okonkwo', 'extension four twelve']),
    'i would like to speak to Attunix Okonkwo',
  );
  const plain = await heard([]);
  t.match(plain, /^i would like to speak to /);
  t.notMatch(plain, /okonkwo/i);
});

t.test('no room, a dropped utterance, a closed thread: typed failures', async (t) => {
  const thread = await DecoderThread.start({ ...settings, maxUtterances: 1 });
  const first = thread.open([]);
  const second = thread.open([]);
  const silence = (): Float32Array => new Float32Array(tokens.length).fill(Math.log(1 / tokens.length));
  await first.feed(silence());
  await t.rejects(second.feed(silence()), { code: 'OVERLOADED' });
  first.drop();
  const third = thread.open([]);
  await third.feed(silence());
  await t.rejects(first.feed(silence()), { code: 'WORKER_CRASHED' });
  await thread[Symbol.asyncDispose]();
  await t.rejects(third.finish(), { code: 'WORKER_CRASHED' });
});

t.test('files that are missing or damaged are named at the start', async (t) => {
  await t.rejects(DecoderThread.start({ ...settings, files: { ...files, lexicon: model('nothing.bin') } }), {
    code: 'MODEL_MISSING',
  });
  await t.rejects(DecoderThread.start({ ...settings, files: { ...files, languageModel: files.lexicon } }), {
    code: 'MODEL_CORRUPT',
  });
});
