/**
 * An estimate of a feeling as lines a person can take in: bars, reasons with their direction, and what it would be without each
 * side. Pure.
 */
import type { CounterfactualEstimate, EmotionEstimate } from '../stages/fusion/emotion-estimate.js';

const barWidth = 28;
const nameWidth = 10;
const mostCategories = 4;

/** The categories that matter, most probable first. */
export function drawCategories({ categories }: Pick<EmotionEstimate, 'categories'>): readonly string[] {
  const ranking = Object.entries(categories).sort(([, a], [, b]) => b - a);
  return ranking.slice(0, mostCategories).map(([name, share]) => {
    const bar = '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '·');
    return `${name.padEnd(nameWidth)} ${bar} ${share.toFixed(2)}`;
  });
}

/** One line a reason, strongest first: what the probability of the highest category owes to it. */
export function drawEvidence({ evidence }: Pick<EmotionEstimate, 'evidence'>): readonly string[] {
  return evidence.map(({ direction, strength, description, modality }) => {
    const effect = direction === 'toward' ? `▲ +${strength.toFixed(2)}` : `▼ −${strength.toFixed(2)}`;
    return `${effect}  ${modality.padEnd(5)}  ${description}`;
  });
}

export function drawSides({
  weights,
  counterfactual,
}: Pick<EmotionEstimate, 'weights' | 'counterfactual'>): readonly string[] {
  const without = ({ label, probability }: CounterfactualEstimate): string =>
    probability === 0 ? 'nothing to judge by' : `${label} ${probability.toFixed(2)}`;
  const share = (weight: number): string => `${Math.round(100 * weight)} %`;
  return [
    `voice ${share(weights.voice)}, words ${share(weights.text)}`,
    `without the voice: ${without(counterfactual.withoutVoice)}`,
    `without the words: ${without(counterfactual.withoutText)}`,
  ];
}
