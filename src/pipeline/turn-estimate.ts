/**
 * From the two judgements of one turn to the estimate: the one place where a live call and a replayed turn meet.
 */
import type { VoiceEmotion } from '../stages/emotion/voice-emotion.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';
import { expressionScores, type ExpressionScores } from '../stages/fusion/expression-scores.js';
import { fuseEmotion } from '../stages/fusion/late-fusion.js';
import type { TextSentiment } from '../stages/sentiment/sentiment.js';

export interface TurnWords {
  readonly text: string;
  /** The recogniser's confidence 0…1; null for typed text. */
  readonly confidence: number | null;
  readonly language: string;
  /** Speech in the turn; 0 for typed text. */
  readonly speechMs: number;
  /** Speech above the noise of the line; null when not measured. */
  readonly snrDb: number | null;
}

/** Pure: the same judgements always give the same numbers. */
export function estimateTurn(
  words: TurnWords,
  { voice, text }: { readonly voice: VoiceEmotion | null; readonly text: TextSentiment | null },
): { readonly estimate: EmotionEstimate; readonly expressions: ExpressionScores } {
  const estimate = fuseEmotion({
    voice,
    text,
    circumstances: {
      sttConfidence: words.confidence,
      wordCount: words.text.split(/\s+/u).filter((word) => word !== '').length,
      speechDurationMs: words.speechMs,
      snrDb: words.snrDb,
    },
  });
  return { estimate, expressions: expressionScores({ ...estimate, emotions: text?.emotions ?? null }) };
}
