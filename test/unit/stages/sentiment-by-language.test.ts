/**
 * Which of several text models answers, and what is said where none does.
 */
import t from 'tap';
import { SentimentByLanguage } from '../../../src/stages/sentiment/sentiment-by-language.js';
import type { SentimentStage, TextSentiment } from '../../../src/stages/sentiment/sentiment.js';

class NamingStage implements SentimentStage {
  readonly asked: string[] = [];
  disposed = false;

  constructor(
    readonly name: string,
    readonly languages: readonly string[],
  ) {}

  analyse(text: string): Promise<TextSentiment> {
    this.asked.push(text);
    return Promise.reject(new Error(this.name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

const options = { callId: 'call', signal: new AbortController().signal, deadlineMs: 1 };

t.test('the first model that knows the primary language answers', async (t) => {
  const [english, many] = [new NamingStage('english', ['en']), new NamingStage('many', ['de', 'en', 'zh'])];
  const stage = new SentimentByLanguage([english, many]);
  t.same([...stage.languages], ['en', 'de', 'zh'], 'every language once');
  await t.rejects(stage.analyse('a', { ...options, language: 'en-GB' }), { message: 'english' });
  await t.rejects(stage.analyse('b', { ...options, language: 'zh-Hant-TW' }), { message: 'many' });
  await t.rejects(stage.analyse('c', { ...options, language: 'DE' }), { message: 'many' });
  t.same([english.asked, many.asked], [['a'], ['b', 'c']]);
});

t.test('a language nobody knows is refused with the ones that are known', async (t) => {
  const stage = new SentimentByLanguage([new NamingStage('english', ['en']), new NamingStage('many', ['de'])]);
  await t.rejects(stage.analyse('x', { ...options, language: 'fi' }), {
    code: 'LANGUAGE_UNSUPPORTED',
    field: 'language',
    hint: 'Use one of: en, de.',
  });
});

t.test('disposing it disposes its models', async (t) => {
  const stages = [new NamingStage('a', ['en']), new NamingStage('b', ['de'])];
  await new SentimentByLanguage(stages)[Symbol.asyncDispose]();
  t.ok(stages.every(({ disposed }) => disposed));
});
