/**
 * The rules that come with Attune, rehearsed as courses of calls, and what a decision keeps to whatever the rules say.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/server/package-root.js';
import type { EmotionLabel } from '../../../src/stages/fusion/emotion-estimate.js';
import type { DialogueAct } from '../../../src/stages/response/dialogue-act.js';
import { strengthOf, profileOf } from '../../../src/stages/response/locale-profile.js';
import { rehearse } from '../../../src/stages/response/rehearsal.js';
import { ResponseCourse } from '../../../src/stages/response/response-course.js';
import { decideResponse, noStyleChange } from '../../../src/stages/response/response-policy.js';
import { parseResponseRules } from '../../../src/stages/response/rule-file.js';

const file = join(packageRoot, 'rules', 'response.yaml');
const shipped = parseResponseRules(readFileSync(file, 'utf8'), file);

interface Course {
  readonly turns: readonly (readonly [EmotionLabel, number])[];
  readonly acts: readonly (readonly DialogueAct[])[];
  readonly escalations?: readonly string[];
  readonly locale?: string;
}

const courses: Readonly<Record<string, Course>> = {
  'an apology once, a person when it does not help, relief afterwards': {
    turns: [
      ['angry', 0.7],
      ['angry', 0.8],
      ['angry', 0.7],
      ['angry', 0.7],
      ['calm', 0.6],
    ],
    acts: [['apologise'], [], ['offer-person'], [], ['welcome-relief']],
    escalations: ['', '', 'transfer', '', ''],
  },
  'anger that rises is told to the operator': {
    turns: [
      ['neutral', 0.6],
      ['angry', 0.7],
    ],
    acts: [[], ['apologise', 'be-brief']],
    escalations: ['', 'notify'],
  },
  'an unsure estimate changes nothing': {
    turns: [
      ['angry', 0.3],
      ['sad', 0.3],
      ['happy', 0.3],
    ],
    acts: [[], [], []],
  },
  'fear is led step by step': { turns: [['fearful', 0.7]], acts: [['reassure', 'slow-down']] },
  'joy is shared, not in every turn': {
    turns: [
      ['happy', 0.8],
      ['happy', 0.8],
    ],
    acts: [['share-joy'], []],
  },
  'where less anger is shown, less of it counts': { turns: [['angry', 0.4]], acts: [['apologise']], locale: 'ja-JP' },
  'the same anger elsewhere is not enough': { turns: [['angry', 0.4]], acts: [[]], locale: 'en-US' },
  'in Japan the apology is repeated': {
    turns: [
      ['angry', 0.7],
      ['angry', 0.7],
    ],
    acts: [['apologise'], ['apologise', 'be-brief']],
    locale: 'ja-JP',
  },
};

for (const [name, { turns, acts, escalations, locale = 'en-US' }] of Object.entries(courses)) {
  t.test(name, async (t) => {
    const played = rehearse(
      shipped,
      turns.map(([label, confidence]) => ({ label, confidence })),
      locale,
    );
    t.same(
      played.map(({ decision }) => decision.acts),
      acts,
    );
    if (escalations === undefined) return;
    t.same(
      played.map(({ decision }) => decision.escalations.map(({ action }) => action).join()),
      escalations,
    );
  });
}

t.test('every rule that ships can apply, and every act that ships is used', async (t) => {
  const acts = new Set(shipped.rules.flatMap((rule) => rule.acts));
  t.same([...acts].sort(), [
    'acknowledge',
    'apologise',
    'be-brief',
    'offer-person',
    'reassure',
    'share-joy',
    'slow-down',
    'welcome-relief',
  ]);
  for (const tag of ['en-US', 'en-GB', 'zh-CN', 'de-DE', 'ja-JP', 'es-ES'])
    t.ok(profileOf(shipped.locales, tag).manner.length > 20, tag);
});

t.test('a distressed person is never answered faster or louder, whatever a rule says', async (t) => {
  const rules = parseResponseRules(
    'rules: [{ name: hurry, when: {}, style: { rateScale: 1.3, gainDb: 6, pitchShiftSemitones: 2 } }]',
    'mine.yaml',
  );
  const styleFor = (label: EmotionLabel) => rehearse(rules, [{ label, confidence: 0.8 }], 'en-US')[0]!.decision.style;
  for (const label of ['angry', 'sad', 'fearful', 'disgusted'] as const)
    t.match(styleFor(label), { rateScale: 1, gainDb: 0, pitchShiftSemitones: 2 }, label);
  t.match(styleFor('happy'), { rateScale: 1.3, gainDb: 6 });
});

t.test('acts that were not heard are still due; within a turn they are done once', async (t) => {
  const course = new ResponseCourse();
  const feeling = {
    label: 'angry',
    confidence: 0.8,
    arousal: 0.8,
    valence: 0.2,
    dominance: 0.6,
    trend: 'steady',
  } as const;
  const decide = () => decideResponse(shipped, { feeling, locale: 'en-US', course });
  course.noteTurn('angry');
  t.same(decide().acts, ['apologise'], 'the reply was broken off before it was heard');
  const heard = decide();
  course.noteHeard(heard);
  t.same(decide().acts, [], 'a second reply in the same turn');
  t.not(decide().style.rateScale, 1, 'the style goes on');
  for (let turn = 0; turn < 3; turn += 1) {
    course.noteTurn('angry');
    t.notOk(decide().acts.includes('apologise'), `turn ${turn + 2} rests`);
  }
  course.noteTurn('angry');
  t.ok(decide().acts.includes('apologise'), 'rested');
});

t.test('without an estimate only the manners of the place hold', async (t) => {
  const decision = decideResponse(shipped, { feeling: null, locale: 'de-AT', course: new ResponseCourse() });
  t.same(decision.acts, []);
  t.same(decision.style, noStyleChange);
  t.match(decision.manner, /Sie/);
  t.equal(decideResponse(shipped, { feeling: null, locale: 'sw', course: new ResponseCourse() }).manner, '');
});

t.test('strength grows with confidence, and with arousal where the feeling is acted out', async (t) => {
  const profile = profileOf(shipped.locales, 'en-US');
  const strength = (label: EmotionLabel, confidence: number, arousal: number): number =>
    strengthOf({ label, confidence, arousal }, profile);
  t.ok(strength('angry', 0.4, 0.8) < strength('angry', 0.6, 0.8));
  t.ok(strength('angry', 0.5, 0.3) < strength('angry', 0.5, 0.9));
  t.ok(strength('sad', 0.5, 0.3) > strength('sad', 0.5, 0.9));
  t.equal(strength('angry', 1, 1), 1);
});
