/**
 * Late fusion: one estimate from what the voice and what the words say, with its reasons.
 *
 * Pure. Every reason is found by taking that one piece away and fusing again, so a named reason moves the estimate in the
 * stated direction by the stated amount. Either side may be missing; with both missing the label is `unknown`.
 */
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import { acousticCueKinds, type AcousticCueKind } from '../emotion/cue-occlusion.js';
import { deviationOf, leanTowardCues, unknownCue } from './acoustic-cues.js';
import type { CounterfactualEstimate, EmotionEstimate, EmotionEvidence, EmotionLabel } from './emotion-estimate.js';
import { describeCue, describeTone, describeWord, explain } from './emotion-explanation.js';
import type { FusionInput, FusionText, FusionVoice } from './fusion-input.js';
import { textPrior } from './learnt-trust.js';
import { baseRates, divergence, poolLogLinear, voicePrior, type PooledSide } from './log-linear-pool.js';
import { textReliability, voiceReliability } from './side-reliability.js';

/** A category below this probability is not called by name (chance is 0.125). */
const minLabelProbability = 0.35;
/** Neutral is also what remains when nothing stands out, so less is asked of it. */
const minNeutralProbability = 0.28;
/** Pieces that change the probability by less are not worth a sentence. */
const minEvidenceStrength = 0.015;
const maxEvidence = 8;

interface Pooled {
  readonly categories: Record<EmotionCategory, number>;
  readonly voiceReliability: number;
  readonly textReliability: number;
  readonly disagreement: number;
}

/** Fuses one utterance. Numbers in, numbers out: no state, no time. */
export function fuseEmotion(input: FusionInput): EmotionEstimate {
  const pooled = pool(input);
  const top = highest(pooled.categories);
  const probability = pooled.categories[top];
  const label = labelOf(pooled);
  const total = pooled.voiceReliability + pooled.textReliability;
  const weights =
    total === 0
      ? { voice: 0, text: 0 }
      : { voice: pooled.voiceReliability / total, text: pooled.textReliability / total };
  const evidence = evidenceFor(top, probability, input);
  const counterfactual = {
    withoutVoice: counterfactualOf(pool({ ...input, voice: null })),
    withoutText: counterfactualOf(pool({ ...input, text: null })),
  };
  const grounds = 1 - Math.exp(-3 * total);
  return {
    label,
    categories: pooled.categories,
    ...affect(input, weights),
    confidence: probability * grounds * (1 - 0.4 * pooled.disagreement),
    weights,
    evidence,
    counterfactual,
    explanation: explain({
      label,
      probability,
      evidence,
      weights,
      counterfactual,
      hasVoice: input.voice !== null,
      hasText: input.text !== null,
    }),
    disagreement: pooled.disagreement,
  };
}

function pool({ voice, text, circumstances }: FusionInput): Pooled {
  const heard = voice === null ? null : leanTowardCues(voice.categories, voice.acoustics);
  const disagreement = heard === null || text === null ? 0 : divergence(heard, text.categories);
  const sides: PooledSide[] = [];
  const ofVoice = voice === null ? 0 : voiceReliability(voice, circumstances);
  const ofText = text === null ? 0 : textReliability(text, { circumstances, voice, disagreement });
  if (heard !== null) sides.push({ categories: heard, prior: voicePrior, reliability: ofVoice });
  if (text !== null) sides.push({ categories: text.categories, prior: textPrior, reliability: ofText });
  return { categories: poolLogLinear(sides), voiceReliability: ofVoice, textReliability: ofText, disagreement };
}

/** Everything that can be taken away, each with what its absence changes. */
function evidenceFor(top: EmotionCategory, probability: number, input: FusionInput): readonly EmotionEvidence[] {
  const { voice, text } = input;
  const found: EmotionEvidence[] = [];
  const weigh = (piece: Pick<EmotionEvidence, 'modality' | 'kind' | 'description'>, without: FusionInput): void => {
    const change = probability - pool(without).categories[top];
    found.push({ ...piece, direction: change >= 0 ? 'toward' : 'away', strength: Math.abs(change) });
  };
  if (voice !== null) {
    weigh(
      { modality: 'voice', kind: 'tone', description: describeTone(voice) },
      { ...input, voice: withoutTone(voice) },
    );
    for (const kind of acousticCueKinds) {
      const deviation = deviationOf(kind, voice.acoustics);
      if (deviation === null) continue;
      weigh(
        { modality: 'voice', kind, description: describeCue(kind, voice.acoustics) },
        { ...input, voice: withoutCue(voice, kind) },
      );
    }
  }
  for (const word of text?.evidence ?? []) {
    weigh(
      { modality: 'text', kind: 'word', description: describeWord(word.text) },
      { ...input, text: withoutWord(text, word) },
    );
  }
  const isTelling = ({ strength }: EmotionEvidence): boolean => strength >= minEvidenceStrength;
  const hasTellingWord = found.some(
    (piece) => piece.kind === 'word' && piece.direction === 'toward' && isTelling(piece),
  );
  if (text !== null && !hasTellingWord) {
    const silent = { ...text, categories: textPrior };
    weigh({ modality: 'text', kind: 'wording', description: 'the wording as a whole' }, { ...input, text: silent });
  }
  return found
    .filter(isTelling)
    .sort((a, b) => b.strength - a.strength)
    .slice(0, maxEvidence);
}

/** The same voice with the network's judgement replaced by its prior: only the deviations from the baseline speak. */
function withoutTone(voice: FusionVoice): FusionVoice {
  return { ...voice, categories: voicePrior };
}

/** The voice as the network judges it with this cue at its usual, which then also leans nowhere. */
function withoutCue(voice: FusionVoice, kind: AcousticCueKind): FusionVoice {
  const categories = voice.cues.find((cue) => cue.kind === kind)?.categoriesWithout ?? voice.categories;
  return { ...voice, categories, acoustics: unknownCue(kind, voice.acoustics) };
}

function withoutWord(text: FusionText | null, word: FusionText['evidence'][number]): FusionText | null {
  return text === null ? null : { ...text, categories: word.categoriesWithout };
}

/** Arousal is heard better than read, pleasantness read better than heard: each side counts double in its field. */
function affect(
  { voice, text }: FusionInput,
  weights: EmotionEstimate['weights'],
): Pick<EmotionEstimate, 'arousal' | 'valence' | 'dominance'> {
  const mean = (key: 'arousal' | 'valence' | 'dominance', voiceFactor: number, textFactor: number): number => {
    const voiceWeight = voice === null ? 0 : weights.voice * voiceFactor;
    const textWeight = text === null ? 0 : weights.text * textFactor;
    const sum = voiceWeight + textWeight;
    return sum === 0 ? 0.5 : (voiceWeight * (voice?.[key] ?? 0) + textWeight * (text?.[key] ?? 0)) / sum;
  };
  return { arousal: mean('arousal', 2, 1), valence: mean('valence', 1, 2), dominance: mean('dominance', 1, 1) };
}

function labelOf(pooled: Pooled): EmotionLabel {
  const top = highest(pooled.categories);
  const judged = pooled.voiceReliability + pooled.textReliability > 0;
  const least = top === 'neutral' ? minNeutralProbability : minLabelProbability;
  return judged && pooled.categories[top] >= least ? top : 'unknown';
}

function counterfactualOf(pooled: Pooled): CounterfactualEstimate {
  if (pooled.voiceReliability + pooled.textReliability === 0) return { label: 'unknown', probability: 0 };
  return { label: labelOf(pooled), probability: pooled.categories[highest(pooled.categories)] };
}

/** The category with the highest probability; of equals, the one expected more often. */
function highest(categories: Readonly<Record<EmotionCategory, number>>): EmotionCategory {
  return emotionCategories.reduce((best, category) =>
    categories[category] > categories[best] ||
    (categories[category] === categories[best] && baseRates[category] > baseRates[best])
      ? category
      : best,
  );
}
