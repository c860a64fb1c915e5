/**
 * The estimate in words: one sentence from the evidence that was measured, and nothing that was not.
 *
 * Only the wording lives here. Which evidence there is, how strong and in which direction, is fusion's finding.
 */
import { unreachable } from '../../core/assert.js';
import type { AcousticCueKind } from '../emotion/cue-occlusion.js';
import { deviationOf } from './acoustic-cues.js';
import type { CounterfactualEstimate, EmotionEstimate, EmotionEvidence } from './emotion-estimate.js';
import type { AcousticDeviation, FusionVoice } from './fusion-input.js';

const maxNamedToward = 3;
/** What speaks against the label is named only when it matters this much; all of it stays in the evidence. */
const minNamedAwayStrength = 0.04;

export function describeTone(voice: Pick<FusionVoice, 'label'>): string {
  return voice.label === 'unknown' ? 'an unclear tone of voice' : `the ${voice.label} tone of voice`;
}

/** Against the caller's own usual voice, which must be known. */
export function describeCue(kind: AcousticCueKind, acoustics: AcousticDeviation): string {
  const deviation = deviationOf(kind, acoustics) ?? 0;
  const size = Math.abs(deviation).toFixed(0);
  switch (kind) {
    case 'pitch':
      return `pitch ${size} % ${deviation < 0 ? 'below' : 'above'} their usual`;
    case 'loudness':
      return `a voice ${size} dB ${deviation < 0 ? 'softer' : 'louder'} than usual`;
    case 'rate':
      return `${acoustics.speakingRateSyllablesPerS.toFixed(1)} syllables/s, ${size} % ${deviation < 0 ? 'slower' : 'faster'} than usual`;
    default:
      return unreachable(kind);
  }
}

/** A single word or a phrase, as it was said. */
export function describeWord(word: string): string {
  return `the ${/\s/u.test(word) ? 'words' : 'word'} “${word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')}”`;
}

export interface Explainable extends Pick<EmotionEstimate, 'label' | 'evidence' | 'weights' | 'counterfactual'> {
  /** Of the highest category. */
  readonly probability: number;
  readonly hasVoice: boolean;
  readonly hasText: boolean;
}

/** One sentence, for a person. */
export function explain(estimate: Explainable): string {
  if (!estimate.hasVoice && !estimate.hasText) return 'Unknown: there was neither a voice nor words to judge by.';
  return `${verdictOf(estimate)}${remarkOn(estimate)}.`;
}

/** The label with what speaks for it (a tone only under its own name) and, when it matters, against it. */
function verdictOf({ label, probability, evidence }: Explainable): string {
  if (label === 'unknown') return 'Unknown: nothing stands out';
  const supports = ({ direction, kind, description }: EmotionEvidence): boolean =>
    direction === 'toward' && (kind !== 'tone' || description.includes(label));
  const toward = namesOf(evidence.filter(supports).slice(0, maxNamedToward));
  const against = evidence.find(({ direction, strength }) => direction === 'away' && strength >= minNamedAwayStrength);
  const verdict = `${capitalized(label)} (${String(Math.round(100 * probability))} %)`;
  const reasons = toward.length > 0 ? ` because of ${joined(toward)}` : ', as nothing says otherwise';
  return against === undefined
    ? verdict + reasons
    : `${verdict}${toward.length > 0 ? reasons : ''}, although ${against.description} ${against.description.startsWith('the words') ? 'speak' : 'speaks'} against it`;
}

/** What to know about the grounds: how much each side counted, and what it would be without either, where that differs. */
function remarkOn({ label, weights, counterfactual, hasVoice, hasText }: Explainable): string {
  if (!hasVoice) return '; judged by the words alone';
  if (!hasText) return '; judged by the voice alone';
  const share = (weight: number): string => `${Math.round(100 * weight)} %`;
  const without = (side: string, estimate: CounterfactualEstimate): string =>
    estimate.label === label
      ? ''
      : `; without the ${side}: ${estimate.label === 'unknown' ? 'nothing clear' : `${estimate.label} ${estimate.probability.toFixed(2)}`}`;
  const counted = `; voice ${share(weights.voice)}, words ${share(weights.text)}`;
  return counted + without('voice', counterfactual.withoutVoice) + without('words', counterfactual.withoutText);
}

/** The descriptions, several words gathered into one phrase in the place of the strongest. */
function namesOf(pieces: readonly EmotionEvidence[]): readonly string[] {
  const words = pieces.filter(({ kind }) => kind === 'word');
  const quoted = [...new Set(words.map(({ description }) => description.replace(/^the words? /u, '')))];
  const one = quoted.length === 1 && words.every(({ description }) => description.startsWith('the word '));
  const phrase = `the ${one ? 'word' : 'words'} ${joined(quoted)}`;
  return pieces.flatMap((piece) => (piece.kind !== 'word' ? [piece.description] : piece === words[0] ? [phrase] : []));
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
