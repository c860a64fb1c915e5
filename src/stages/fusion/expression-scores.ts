/**
 * The 48 expressions of a spoken message, as clients of expression models know them, from what Attune estimates.
 *
 * Names are those of the vocal expression taxonomies of A. S. Cowen, H. A. Elfenbein, P. Laukka and D. Keltner ("Mapping 24 emotions
 * conveyed by brief human vocalization", American Psychologist 74, 2019) and A. S. Cowen and D. Keltner (PNAS 114, 2017) as far as clients
 * use them. Attune knows 8 categories of the voice, 28 labels of the words and three axes: it cannot tell 48 things apart, and
 * `alikeExpressions` says which of them it cannot.
 *
 * A score is the largest of its pieces, each a probability times a weight, some gated by an axis: monotone in every input,
 * 0…1, and equal to the text model's calibrated probability where a label has the same name (D. Demszky et al.,
 * "GoEmotions", 2020). Weights below 1 are judgements: how far the one stands for the other. Pure.
 */
import type { AffectPosition } from '../emotion/affect-position.js';
import type { EmotionCategory } from '../emotion/emotion-category.js';

type Gate = 'excited' | 'quiet' | 'pleasant' | 'unpleasant';

interface Piece {
  readonly from: 'words' | 'fused';
  readonly name: string;
  readonly weight: number;
  readonly gate: Gate | null;
}

const words = (name: string, weight = 1, gate: Gate | null = null): Piece => ({ from: 'words', name, weight, gate });
const fused = (name: EmotionCategory, weight: number, gate: Gate | null = null): Piece => ({
  from: 'fused',
  name,
  weight,
  gate,
});

/** Each expression with the pieces it is read from. */
export const expressionPieces = {
  Admiration: [words('admiration')],
  Adoration: [words('love', 0.6), words('admiration', 0.4)],
  'Aesthetic Appreciation': [words('admiration', 0.4)],
  Amusement: [words('amusement'), fused('happy', 0.4, 'excited')],
  Anger: [words('anger'), words('annoyance', 0.6), fused('angry', 0.9)],
  Anxiety: [words('nervousness'), words('fear', 0.5), fused('fearful', 0.7)],
  Awe: [words('admiration', 0.3), words('surprise', 0.3), fused('surprised', 0.3, 'pleasant')],
  Awkwardness: [words('embarrassment', 0.7)],
  Boredom: [fused('neutral', 0.25, 'quiet')],
  Calmness: [words('relief', 0.4), fused('calm', 0.9), fused('neutral', 0.6, 'quiet')],
  Concentration: [words('curiosity', 0.3), fused('neutral', 0.5)],
  Confusion: [words('confusion')],
  Contemplation: [words('realization', 0.4), words('curiosity', 0.4), fused('neutral', 0.4, 'quiet')],
  Contempt: [words('disapproval', 0.5), words('disgust', 0.5), fused('disgusted', 0.5)],
  Contentment: [words('approval', 0.4), words('gratitude', 0.4), fused('calm', 0.6, 'pleasant')],
  Craving: [words('desire', 0.6)],
  Desire: [words('desire')],
  Determination: [words('optimism', 0.3), words('approval', 0.2)],
  Disappointment: [words('disappointment'), fused('sad', 0.4)],
  Disgust: [words('disgust'), fused('disgusted', 0.9)],
  Distress: [
    words('fear', 0.5),
    words('grief', 0.6),
    fused('fearful', 0.7),
    fused('sad', 0.5, 'excited'),
    fused('angry', 0.5, 'unpleasant'),
  ],
  Doubt: [words('confusion', 0.7), words('disapproval', 0.4)],
  Ecstasy: [words('excitement', 0.5), words('joy', 0.5), fused('happy', 0.5, 'excited')],
  Embarrassment: [words('embarrassment')],
  'Empathic Pain': [words('caring', 0.4), words('grief', 0.5)],
  Entrancement: [words('admiration', 0.3), words('curiosity', 0.3)],
  Envy: [words('desire', 0.2)],
  Excitement: [words('excitement'), fused('happy', 0.6, 'excited')],
  Fear: [words('fear'), fused('fearful', 0.9)],
  Guilt: [words('remorse', 0.8)],
  Horror: [words('fear', 0.4), fused('fearful', 0.5, 'excited')],
  Interest: [words('curiosity', 0.8), fused('surprised', 0.3)],
  Joy: [words('joy'), fused('happy', 0.9)],
  Love: [words('love')],
  Nostalgia: [words('love', 0.15), words('sadness', 0.15)],
  Pain: [words('grief', 0.6), words('sadness', 0.3), fused('sad', 0.4)],
  Pride: [words('pride')],
  Realization: [words('realization')],
  Relief: [words('relief')],
  Romance: [words('love', 0.4)],
  Sadness: [words('sadness'), words('grief', 0.7), fused('sad', 0.9)],
  Satisfaction: [words('approval', 0.5), words('gratitude', 0.6), fused('happy', 0.5), fused('calm', 0.4, 'pleasant')],
  Shame: [words('embarrassment', 0.6), words('remorse', 0.6)],
  'Surprise (negative)': [words('surprise', 0.8, 'unpleasant'), fused('surprised', 0.9, 'unpleasant')],
  'Surprise (positive)': [words('surprise', 0.8, 'pleasant'), fused('surprised', 0.9, 'pleasant')],
  Sympathy: [words('caring', 0.9)],
  Tiredness: [fused('sad', 0.3, 'quiet'), fused('neutral', 0.3, 'quiet')],
  Triumph: [words('pride', 0.6), words('excitement', 0.4)],
} as const satisfies Readonly<Record<string, readonly Piece[]>>;

export type Expression = keyof typeof expressionPieces;

export const expressions = Object.keys(expressionPieces) as readonly Expression[];

/** Within a group one cannot be told from another: they are read from the same few things. */
export const alikeExpressions: readonly (readonly Expression[])[] = [
  ['Adoration', 'Love', 'Romance', 'Nostalgia'],
  ['Admiration', 'Aesthetic Appreciation', 'Awe', 'Entrancement'],
  ['Joy', 'Ecstasy', 'Excitement', 'Triumph', 'Pride'],
  ['Calmness', 'Contentment', 'Satisfaction', 'Relief'],
  ['Concentration', 'Contemplation', 'Boredom', 'Tiredness', 'Determination'],
  ['Anxiety', 'Fear', 'Horror', 'Distress'],
  ['Sadness', 'Pain', 'Empathic Pain', 'Sympathy', 'Disappointment'],
  ['Embarrassment', 'Awkwardness', 'Shame', 'Guilt'],
  ['Disgust', 'Contempt'],
  ['Confusion', 'Doubt'],
  ['Desire', 'Craving', 'Envy'],
  ['Interest', 'Realization'],
];

export type ExpressionScores = Readonly<Record<Expression, number>>;

export interface ExpressionInput extends AffectPosition {
  /** Of the fused estimate, sum 1. */
  readonly categories: Readonly<Record<EmotionCategory, number>>;
  /** GoEmotions' labels of the words, 0…1 each; null when nothing was understood. */
  readonly emotions: Readonly<Record<string, number>> | null;
}

/** One score 0…1 for each of the 48 expressions. */
export function expressionScores(input: ExpressionInput): ExpressionScores {
  return Object.fromEntries(
    expressions.map((expression) => [
      expression,
      Math.max(...expressionPieces[expression].map((piece) => sizeOf(piece, input))),
    ]),
  ) as Record<Expression, number>;
}

function sizeOf(
  { from, name, weight, gate }: Piece,
  { categories, emotions, arousal, valence }: ExpressionInput,
): number {
  const probability = from === 'words' ? (emotions?.[name] ?? 0) : categories[name as EmotionCategory];
  const gates = { excited: arousal, quiet: 1 - arousal, pleasant: valence, unpleasant: 1 - valence } as const;
  const opening = gate === null ? 1 : Math.min(1, Math.max(0, gates[gate]));
  return Math.min(1, Math.max(0, probability * weight * opening));
}
