/**
 * The operator's prompt template: what is inserted, what is left out, what is refused.
 */
import t from 'tap';
import { defaultPromptTemplate, PromptTemplate } from '../../../src/stages/llm/prompt-template.js';
import type { EmotionContext } from '../../../src/stages/llm/responder.js';

const angry: EmotionContext = {
  label: 'angry',
  arousal: 0.8149,
  valence: 0.2,
  dominance: 0.6,
  confidence: 0.7,
  trend: 'rising-anger',
  explanation: 'Angry: the word “useless”.',
};

t.test('the default template', async (t) => {
  const template = new PromptTemplate();
  const plain = template.render({
    instructions: 'You are Ada.',
    emotion: null,
    acts: [],
    manner: '',
    reminder: null,
    locale: 'de-DE',
  });
  t.match(plain, /^You are Ada\.\n\nYou are on a live voice call/);
  t.match(plain, /Answer in German \(Germany\)/);
  t.notMatch(plain, /estimate|emotion|\{\{/);
  const felt = template.render({
    instructions: 'You are Ada.',
    emotion: angry,
    acts: [],
    manner: '',
    reminder: null,
    locale: 'en-US',
  });
  t.match(felt, /feels right now: angry \(confidence\n0\.70 of 1/);
  t.match(felt, /arousal 0\.81/);
  t.match(felt, /rising anger/);
  t.match(felt, /Angry: the word “useless”\./);
  t.match(felt, /can be wrong/);
  t.notMatch(felt, /earlier calls/);
  const known = {
    instructions: '',
    emotion: null,
    acts: [],
    manner: '',
    reminder: 'Last week the delivery upset them.',
    locale: 'en',
  };
  t.match(template.render(known), /with the user's consent: Last week the delivery upset them\. Use it/);
  t.match(felt, /Do not mention the estimate/);
  t.match(
    template.render({ instructions: '', emotion: null, acts: [], manner: '', reminder: null, locale: 'en' }),
    /^You are on/,
    'no blank lines in front',
  );
});

t.test('every documented placeholder is used by the default or renders', async (t) => {
  const all =
    '{{instructions}}|{{locale}}|{{ language }}|{{emotion.label}}|{{emotion.arousal}}|{{emotion.valence}}|{{emotion.dominance}}|{{emotion.confidence}}|{{emotion.trend}}|{{emotion.explanation}}';
  const input = { instructions: 'I', locale: 'ja-JP' };
  t.equal(
    new PromptTemplate(all).render({ ...input, emotion: angry, acts: [], manner: '', reminder: null }),
    'I|ja-JP|Japanese (Japan)|angry|0.81|0.20|0.60|0.70|rising anger|Angry: the word “useless”.',
  );
  t.match(
    new PromptTemplate(all).render({ ...input, emotion: null, acts: [], manner: '', reminder: null }),
    /\|unknown\|unknown\|/,
  );
  t.equal(
    new PromptTemplate('{{language}}').render({
      ...input,
      locale: 'not a tag',
      emotion: null,
      acts: [],
      manner: '',
      reminder: null,
    }),
    'not a tag',
  );
});

t.test('instructions are never read as template text', async (t) => {
  const rendered = new PromptTemplate('{{instructions}}').render({
    instructions: '{{emotion.label}} {{nonsense}} $1',
    emotion: angry,
    acts: [],
    manner: '',
    reminder: null,
    locale: 'en',
  });
  t.equal(rendered, '{{emotion.label}} {{nonsense}} $1');
});

t.test('mistakes are named', async (t) => {
  const cases: readonly [string, RegExp][] = [
    ['{{instruction}}', /\{\{instruction\}\} does not exist/],
    ['{{emotion.mood}}', /\{\{emotion\.mood\}\} does not exist/],
    ['{{constructor}}', /\{\{constructor\}\} does not exist/],
    ['{{}}', /does not exist/],
    ['{{#emotion}} x', /is not closed/],
    ['x {{/emotion}}', /does not pair up/],
    ['{{#emotion}}{{#emotion}}{{/emotion}}{{/emotion}}', /does not pair up/],
  ];
  for (const [template, message] of cases) {
    t.throws(
      () => new PromptTemplate(template),
      { code: 'OPTION_INVALID', field: 'promptTemplate', message },
      template,
    );
  }
  t.doesNotThrow(() => new PromptTemplate(defaultPromptTemplate));
});
