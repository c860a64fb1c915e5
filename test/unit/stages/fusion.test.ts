/**
 * Late fusion as tables: who wins when, how the circumstances move the weights, and that every named reason is one.
 */
import t from 'tap';
import { emotionCategories, type EmotionCategory } from '../../../src/stages/emotion/emotion-category.js';
import type {
  CategoryShares,
  FusionCircumstances,
  FusionInput,
  FusionText,
  FusionVoice,
} from '../../../src/stages/fusion/fusion-input.js';
import { fuseEmotion } from '../../../src/stages/fusion/late-fusion.js';
import { textPrior } from '../../../src/stages/fusion/learnt-trust.js';
import { voicePrior } from '../../../src/stages/fusion/log-linear-pool.js';

/** `probability` for one category, the rest spread evenly. */
function mostly(category: EmotionCategory, probability: number): CategoryShares {
  const rest = (1 - probability) / (emotionCategories.length - 1);
  return Object.fromEntries(emotionCategories.map((name) => [name, name === category ? probability : rest])) as Record<
    EmotionCategory,
    number
  >;
}

const affects: Readonly<Record<EmotionCategory, readonly [valence: number, arousal: number]>> = {
  neutral: [0.5, 0.4],
  calm: [0.65, 0.2],
  happy: [0.9, 0.7],
  sad: [0.15, 0.3],
  angry: [0.15, 0.85],
  fearful: [0.15, 0.8],
  disgusted: [0.2, 0.6],
  surprised: [0.6, 0.8],
};

function voiceOf(category: EmotionCategory, probability: number, overrides: Partial<FusionVoice> = {}): FusionVoice {
  const [valence, arousal] = affects[category];
  return {
    categories: mostly(category, probability),
    valence,
    arousal,
    dominance: 0.5,
    label: category,
    confidence: probability,
    acoustics: {
      speakingRateSyllablesPerS: 5,
      pitchVsBaselinePct: null,
      loudnessVsBaselineDb: null,
      rateVsBaselinePct: null,
    },
    cues: [],
    ...overrides,
  };
}

function textOf(category: EmotionCategory, probability: number, overrides: Partial<FusionText> = {}): FusionText {
  const [valence, arousal] = affects[category];
  return {
    categories: mostly(category, probability),
    valence,
    arousal,
    dominance: 0.5,
    confidence: probability,
    evidence: [],
    ...overrides,
  };
}

const good: FusionCircumstances = { sttConfidence: 0.95, wordCount: 8, speechDurationMs: 3000, snrDb: 25 };
const fuse = (
  voice: FusionVoice | null,
  text: FusionText | null,
  circumstances: Partial<FusionCircumstances> = {},
): ReturnType<typeof fuseEmotion> => fuseEmotion({ voice, text, circumstances: { ...good, ...circumstances } });

const verdicts: readonly [string, FusionVoice | null, FusionText | null, string][] = [
  ['both angry', voiceOf('angry', 0.7), textOf('angry', 0.7), 'angry'],
  ['neutral words in an angry voice', voiceOf('angry', 0.75), textOf('neutral', 0.85), 'angry'],
  ['happy words in a neutral voice', voiceOf('neutral', 0.4), textOf('happy', 0.85), 'happy'],
  ['pleasant words in an angry voice', voiceOf('angry', 0.8), textOf('happy', 0.7), 'angry'],
  ['both neutral', voiceOf('neutral', 0.6), textOf('neutral', 0.8), 'neutral'],
  ['words alone', null, textOf('sad', 0.7), 'sad'],
  ['voice alone', voiceOf('fearful', 0.8), null, 'fearful'],
  ['neither', null, null, 'unknown'],
  ['nothing stands out', { ...voiceOf('sad', 0.125, { label: 'unknown' }) }, null, 'unknown'],
];

for (const [name, voice, text, label] of verdicts) {
  t.test(`verdict: ${name} → ${label}`, (t) => {
    const estimate = fuse(voice, text);
    t.equal(estimate.label, label);
    const sum = emotionCategories.reduce((total, category) => total + estimate.categories[category], 0);
    t.ok(Math.abs(sum - 1) < 1e-9, 'categories sum to 1');
    t.ok(
      Math.abs(estimate.weights.voice + estimate.weights.text - (voice === null && text === null ? 0 : 1)) < 1e-9,
      'weights sum to 1',
    );
    for (const value of [
      estimate.arousal,
      estimate.valence,
      estimate.dominance,
      estimate.confidence,
      estimate.disagreement,
    ]) {
      t.ok(value >= 0 && value <= 1);
    }
    t.match(estimate.explanation, /^[A-Z](?:[^.]|\.\d)*\.$/, 'one sentence');
    t.end();
  });
}

/** Each step is worse for that side, so its weight must fall at every step. */
const falls: readonly [string, 'voice' | 'text', readonly Partial<FusionCircumstances>[]][] = [
  ['noise', 'voice', [{ snrDb: 30 }, { snrDb: 12 }, { snrDb: 5 }, { snrDb: -5 }]],
  [
    'short speech',
    'voice',
    [{ speechDurationMs: 4000 }, { speechDurationMs: 1000 }, { speechDurationMs: 300 }, { speechDurationMs: 0 }],
  ],
  [
    'an unsure recogniser',
    'text',
    [{ sttConfidence: 1 }, { sttConfidence: 0.8 }, { sttConfidence: 0.4 }, { sttConfidence: 0 }],
  ],
  ['few words', 'text', [{ wordCount: 12 }, { wordCount: 4 }, { wordCount: 1 }, { wordCount: 0 }]],
];

for (const [name, side, steps] of falls) {
  t.test(`weights: ${name} lowers ${side}`, (t) => {
    const weights = steps.map(
      (circumstances) => fuse(voiceOf('sad', 0.6), textOf('sad', 0.6), circumstances).weights[side],
    );
    for (const [index, weight] of weights.entries()) {
      if (index > 0) t.ok(weight < (weights[index - 1] ?? 0), `${String(weight)} < ${String(weights[index - 1])}`);
    }
    t.end();
  });
}

t.test('weights: an unknown voice, neutral words and sarcasm count less', (t) => {
  const known = fuse(voiceOf('sad', 0.5), textOf('sad', 0.5));
  t.ok(fuse(voiceOf('sad', 0.5, { label: 'unknown' }), textOf('sad', 0.5)).weights.voice < known.weights.voice);
  t.ok(fuse(voiceOf('sad', 0.5), textOf('neutral', 0.5)).weights.text < known.weights.text);
  const sincere = fuse(voiceOf('happy', 0.8), textOf('happy', 0.8));
  const sarcastic = fuse(voiceOf('angry', 0.8), textOf('happy', 0.8));
  t.ok(sarcastic.weights.text < sincere.weights.text);
  t.ok(sarcastic.disagreement > 0.4 && sincere.disagreement < 0.05);
  t.ok(sarcastic.confidence < sincere.confidence);
  t.match(sarcastic.explanation, /without the (?:voice: happy|words: angry) 0\.\d\d/);
  t.end();
});

t.test('agreement is worth more than either side', (t) => {
  const both = fuse(voiceOf('angry', 0.5), textOf('angry', 0.5));
  t.ok(both.categories.angry > both.counterfactual.withoutText.probability);
  t.ok(both.categories.angry > both.counterfactual.withoutVoice.probability);
  t.end();
});

t.test('a side that says only its prior changes nothing', (t) => {
  const voice = voiceOf('angry', 0.6);
  const silent = fuse(voice, textOf('neutral', 0.5, { categories: textPrior, valence: 0.5 }));
  const alone = fuse(voice, null);
  for (const category of emotionCategories)
    t.ok(Math.abs(silent.categories[category] - alone.categories[category]) < 1e-9);
  t.end();
});

t.test('counterfactuals are the estimates without that side', (t) => {
  const voice = voiceOf('angry', 0.7);
  const text = textOf('sad', 0.7);
  const { counterfactual } = fuse(voice, text);
  const [withoutVoice, withoutText] = [fuse(null, text), fuse(voice, null)];
  t.equal(counterfactual.withoutVoice.label, withoutVoice.label);
  t.equal(counterfactual.withoutVoice.probability, withoutVoice.categories.sad);
  t.equal(counterfactual.withoutText.label, withoutText.label);
  t.equal(counterfactual.withoutText.probability, withoutText.categories.angry);
  t.match(fuse(null, text).counterfactual.withoutText, { label: 'unknown', probability: 0 });
  t.end();
});

const loud = { speakingRateSyllablesPerS: 5, pitchVsBaselinePct: 18, loudnessVsBaselineDb: 6, rateVsBaselinePct: -10 };

const faithful: readonly [string, FusionInput][] = [
  [
    'angry voice, louder, higher, slower; two words for and one against',
    {
      voice: voiceOf('angry', 0.45, { acoustics: loud }),
      text: textOf('angry', 0.5, {
        evidence: [
          { text: 'useless', startChar: 0, weight: 0.3, categoriesWithout: mostly('neutral', 0.5) },
          { text: '“waiting,”', startChar: 8, weight: 0.2, categoriesWithout: mostly('angry', 0.3) },
          { text: 'thanks', startChar: 20, weight: -0.2, categoriesWithout: mostly('angry', 0.7) },
        ],
      }),
      circumstances: good,
    },
  ],
  [
    'sad words in an unclear, soft and slow voice',
    {
      voice: voiceOf('neutral', 0.3, {
        label: 'unknown',
        acoustics: {
          speakingRateSyllablesPerS: 5,
          pitchVsBaselinePct: -12,
          loudnessVsBaselineDb: -7,
          rateVsBaselinePct: -25,
        },
      }),
      text: textOf('sad', 0.6, {
        evidence: [{ text: 'lost', startChar: 2, weight: 0.4, categoriesWithout: textPrior }],
      }),
      circumstances: { ...good, snrDb: 14 },
    },
  ],
  [
    'words that say one thing twice, so that none is missed',
    {
      voice: voiceOf('angry', 0.3, { acoustics: loud }),
      text: textOf('angry', 0.8, {
        evidence: [{ text: 'again', startChar: 0, weight: 0, categoriesWithout: mostly('angry', 0.8) }],
      }),
      circumstances: good,
    },
  ],
];

for (const [name, input] of faithful) {
  t.test(`faithful: ${name}`, (t) => {
    const whole = fuseEmotion(input);
    const top = emotionCategories.reduce((best, category) =>
      whole.categories[category] > whole.categories[best] ? category : best,
    );
    t.ok(whole.evidence.length >= 2);
    for (const piece of whole.evidence) {
      const without = fuseEmotion(remove(piece, input));
      const change = whole.categories[top] - without.categories[top];
      t.equal(change >= 0 ? 'toward' : 'away', piece.direction, piece.description);
      t.ok(Math.abs(Math.abs(change) - piece.strength) < 1e-9, `${piece.description}: strength is the change`);
    }
    const strengths = whole.evidence.map(({ strength }) => strength);
    t.strictSame(
      strengths,
      strengths.toSorted((a, b) => b - a),
      'strongest first',
    );
    const strongest = whole.evidence.find(({ direction }) => direction === 'toward');
    t.ok(
      strongest !== undefined && whole.explanation.includes(strongest.description.replace('the word ', '')),
      whole.explanation,
    );
    t.end();
  });
}

/** Takes a piece away from the input by what its kind says, without looking at how fusion does it. */
function remove(piece: { kind: string; description: string }, input: FusionInput): FusionInput {
  const { voice, text } = input;
  if (piece.kind === 'word' && text !== null) {
    const word = text.evidence.find((candidate) => piece.description.includes(candidate.text.replace(/[“”,]/g, '')));
    return { ...input, text: { ...text, categories: word?.categoriesWithout ?? text.categories } };
  }
  if (piece.kind === 'wording' && text !== null) return { ...input, text: { ...text, categories: textPrior } };
  if (voice === null) return input;
  const acoustics = { ...voice.acoustics };
  if (piece.kind === 'pitch') acoustics.pitchVsBaselinePct = null;
  if (piece.kind === 'loudness') acoustics.loudnessVsBaselineDb = null;
  if (piece.kind === 'rate') acoustics.rateVsBaselinePct = null;
  return {
    ...input,
    voice: { ...voice, acoustics, categories: piece.kind === 'tone' ? voicePrior : voice.categories },
  };
}

t.test('a deviation leans the voice in the direction the literature states', (t) => {
  const shout = fuse(
    voiceOf('neutral', 0.2, {
      acoustics: {
        speakingRateSyllablesPerS: 5,
        pitchVsBaselinePct: 15,
        loudnessVsBaselineDb: 8,
        rateVsBaselinePct: 15,
      },
    }),
    null,
  );
  const murmur = fuse(
    voiceOf('neutral', 0.2, {
      acoustics: {
        speakingRateSyllablesPerS: 5,
        pitchVsBaselinePct: -15,
        loudnessVsBaselineDb: -8,
        rateVsBaselinePct: -15,
      },
    }),
    null,
  );
  t.ok(shout.categories.angry > 1.15 * murmur.categories.angry);
  t.ok(murmur.categories.sad > 1.15 * shout.categories.sad);
  const extreme = fuse(
    voiceOf('neutral', 0.2, {
      acoustics: {
        speakingRateSyllablesPerS: 5,
        pitchVsBaselinePct: 500,
        loudnessVsBaselineDb: 60,
        rateVsBaselinePct: 300,
      },
    }),
    null,
  );
  t.ok(extreme.categories.angry < 0.9, 'a shout is not proof of everything');
  t.end();
});

t.test('arousal is taken more from the voice, valence more from the words', (t) => {
  const estimate = fuse(
    voiceOf('angry', 0.6, { arousal: 1, valence: 1 }),
    textOf('sad', 0.6, { arousal: 0, valence: 0 }),
  );
  t.ok(estimate.arousal > estimate.weights.voice && estimate.valence < estimate.weights.voice);
  t.end();
});
