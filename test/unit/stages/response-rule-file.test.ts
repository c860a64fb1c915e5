/**
 * What a file of response rules may say, and the place that an error names.
 */
import t from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { parseResponseRules } from '../../../src/stages/response/rule-file.js';

t.test('one or many, and everything left out', async (t) => {
  const { rules, locales } = parseResponseRules(
    `rules:
  - name: plain
    when: { feeling: angry }
    acts: apologise
  - name: full
    when: { feeling: [sad, unknown], trend: [worsening], minStrength: 0.2, maxArousal: 0.5, minTurns: 2, after: apologise, locale: [ja, en-GB] }
    style: { rateScale: 0.9 }
    escalate: { action: notify, reason: someone should look }
    restTurns: 7
`,
    'r.yaml',
  );
  t.match(rules[0], { name: 'plain', acts: ['apologise'], style: null, escalation: null, restTurns: 2 });
  t.match(rules[0]?.when, { feelings: ['angry'], trends: null, minTurns: 1, afterActs: null, locales: null });
  t.match(rules[1]?.when, {
    strength: { min: 0.2, max: null },
    arousal: { min: null, max: 0.5 },
    locales: ['ja', 'en-GB'],
  });
  t.match(rules[1], { style: { rateScale: 0.9, gainDb: 0 }, escalation: { action: 'notify' }, restTurns: 7 });
  t.same(locales, []);
});

const faults: readonly (readonly [name: string, text: string, field: string, message: RegExp])[] = [
  [
    'a feeling that is none',
    'rules:\n  - name: a\n    when: { feeling: cross }',
    'rules[0].when.feeling',
    /r\.yaml, line 3, column 22/,
  ],
  [
    'a key that is none',
    'rules:\n  - name: a\n    when: { feeling: angry }\n    acts: apologise\n    styel: {}',
    'rules[0]',
    /line 2.*styel/,
  ],
  [
    'a bound beyond 1',
    'rules: [{ name: a, when: { minStrength: 3 } }]',
    'rules[0].when.minStrength',
    /line 1, column 41/,
  ],
  [
    'two rules of one name',
    'rules:\n  - { name: a, when: {} }\n  - { name: a, when: {} }',
    'rules[1].name',
    /line 3, column 13: another rule/,
  ],
  ['broken YAML', 'rules: [\n  - {', 'file', /r\.yaml, line \d+, column \d+/],
  ['no rules at all', '', 'rules', /r\.yaml/],
  [
    'a locale that is none',
    'rules: []\nlocales: { english!: { display: { unpleasant: 1, pleasant: 1 }, answerStrength: 1, manner: x } }',
    'locales.english!',
    /line 2/,
  ],
];

for (const [name, text, field, message] of faults) {
  t.test(name, async (t) => {
    try {
      parseResponseRules(text, 'r.yaml');
      t.fail('it was accepted');
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      t.match(error, { code: 'RULES_INVALID', field });
      t.match(error.message, message);
    }
  });
}
