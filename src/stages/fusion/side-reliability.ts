/**
 * How far each side may be trusted in this utterance, from circumstances a person would name.
 *
 * A reliability is the exponent of that side in the pool: 0 silences it, 1 takes its probabilities at face value. Every
 * factor is 0…1 and monotonic, so more noise, fewer words or a less sure recogniser never raise a side's say. The
 * constants are learnt (`learnt-trust.ts`) from clips and sentences paired by recipe, since no corpus in reach has
 * spontaneous speech with both sides labelled: training/fusion says how, and what that does not prove.
 */
import type { FusionCircumstances, FusionText, FusionVoice } from './fusion-input.js';
import { learntTrust as learnt } from './learnt-trust.js';

/** Taken for a recording whose noise was not measured: an ordinary call. */
const usualSnrDb = 12;
/** Taken for a recogniser that does not say how sure it is. */
const usualSttConfidence = 0.8;

/** 0…1; 0 when the voice stage found nothing to judge. */
export function voiceReliability(voice: FusionVoice, circumstances: FusionCircumstances): number {
  if (voice.confidence === 0) return 0;
  const length = 1 - Math.exp(-Math.max(0, circumstances.speechDurationMs) / learnt.voiceTimeConstantMs);
  const snrDb = circumstances.snrDb ?? usualSnrDb;
  const quietness = 1 / (1 + Math.exp(-(snrDb - learnt.halfWorthSnrDb) / learnt.snrSlopeDb));
  const known = voice.label === 'unknown' ? learnt.unknownVoiceFactor : 1;
  // People also say strong words flatly.
  const expressed = 1 - (1 - learnt.neutralVoiceFactor) * voice.categories.neutral;
  return learnt.bestVoice * length * quietness * known * expressed * sure(learnt.unsureVoiceFactor, voice.confidence);
}

/** 0…1; 0 for a text without words. `disagreement` is the divergence of the two sides, 0 when there is no voice. */
export function textReliability(
  text: FusionText,
  {
    circumstances,
    voice,
    disagreement,
  }: { circumstances: FusionCircumstances; voice: FusionVoice | null; disagreement: number },
): number {
  if (text.confidence === 0) return 0;
  const words = Math.max(0, circumstances.wordCount);
  const length = words / (words + learnt.wordsForHalf);
  const heard = circumstances.sttConfidence ?? (circumstances.speechDurationMs > 0 ? usualSttConfidence : 1);
  // Neutral words are weak proof of a neutral person: people are polite.
  const expressed = 1 - (1 - learnt.neutralTextFactor) * text.categories.neutral;
  // Pleasant words in an unpleasant voice: sarcasm, or politeness.
  const pleasantOverUnpleasant =
    voice === null ? 0 : Math.max(0, text.valence - 0.5) * Math.max(0, 0.5 - voice.valence) * 4;
  const sincere = 1 - learnt.contradictionLoss * disagreement * Math.min(1, Math.sqrt(pleasantOverUnpleasant));
  return (
    learnt.bestText *
    length *
    heard ** learnt.sttExponent *
    expressed *
    sincere *
    sure(learnt.unsureTextFactor, text.confidence)
  );
}

/** What is left to a side that is not sure at all, up to everything for one that is. */
function sure(least: number, confidence: number): number {
  return least + (1 - least) * confidence;
}
