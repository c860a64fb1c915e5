/**
 * How far each side may be trusted in this utterance, from circumstances a person would name.
 *
 * A reliability is the exponent of that side in the pool: 0 silences it, 1 takes its probabilities at face value. Every
 * factor is 0…1 and monotonic, so more noise, fewer words or a less sure recogniser never raise a side's say. The
 * constants are judgements of Attune's authors: no corpus in reach has spontaneous speech with both sides labelled.
 */
import type { FusionCircumstances, FusionText, FusionVoice } from './fusion-input.js';

/** A voice is read for most of its worth after this much speech. */
const voiceTimeConstantMs = 800;
/** Half of a noisy voice's worth is left at this signal-to-noise ratio. */
const halfWorthSnrDb = 6;
const snrSlopeDb = 4;
/** What the voice can say at best: recognising acted emotions of strangers is right about six times in ten. */
const bestVoice = 0.8;
/** People also say strong words flatly: a fully neutral voice keeps this share. */
const neutralVoiceFactor = 0.5;
/** A voice network that says `unknown` still hints. */
const unknownVoiceFactor = 0.35;
/** Words of which a text is worth half: “thanks” alone says much already. */
const wordsForHalf = 0.7;
/** Neutral words are weak proof of a neutral person: people are polite. A fully neutral text keeps this share. */
const neutralTextFactor = 0.25;
/** Pleasant words in an unpleasant voice (sarcasm, politeness) lose up to this share of their say. */
const contradictionLoss = 0.6;

/** 0…1; 0 when the voice stage found nothing to judge. */
export function voiceReliability(voice: FusionVoice, circumstances: FusionCircumstances): number {
  if (voice.confidence === 0) return 0;
  const length = 1 - Math.exp(-Math.max(0, circumstances.speechDurationMs) / voiceTimeConstantMs);
  const quietness =
    circumstances.snrDb === null ? 0.8 : 1 / (1 + Math.exp(-(circumstances.snrDb - halfWorthSnrDb) / snrSlopeDb));
  const known = voice.label === 'unknown' ? unknownVoiceFactor : 1;
  const expressed = 1 - (1 - neutralVoiceFactor) * voice.categories.neutral;
  return bestVoice * length * quietness * known * expressed * (0.5 + 0.5 * voice.confidence);
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
  const length = words / (words + wordsForHalf);
  const heard = circumstances.sttConfidence ?? (circumstances.speechDurationMs > 0 ? 0.8 : 1);
  const expressed = 1 - (1 - neutralTextFactor) * text.categories.neutral;
  const pleasantOverUnpleasant =
    voice === null ? 0 : Math.max(0, text.valence - 0.5) * Math.max(0, 0.5 - voice.valence) * 4;
  const sincere = 1 - contradictionLoss * disagreement * Math.min(1, Math.sqrt(pleasantOverUnpleasant));
  return length * Math.sqrt(heard) * expressed * sincere * (0.75 + 0.25 * text.confidence);
}
