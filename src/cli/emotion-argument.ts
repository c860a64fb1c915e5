/**
 * Reads the argument of `--emotion`: a category by name, or valence, arousal and dominance. Pure.
 */
import { AttuneError } from '../core/errors.js';
import type { AffectPosition } from '../stages/emotion/affect-position.js';
import { emotionCategories } from '../stages/emotion/emotion-category.js';
import type { SpeakingStyle } from '../stages/tts/speaking-style.js';
import { styleForEmotion } from '../stages/tts/style-table.js';

/** The style that expresses `happy` and the like, or `0.2,0.8,0.5` (each 0…1). Throws OPTION_INVALID with the names. */
export function styleFromArgument(argument: string): SpeakingStyle {
  const position = positionOf(argument);
  const style = position === undefined ? styleForEmotion(argument.trim().toLowerCase()) : styleForEmotion(position);
  if (style !== undefined) return style;
  throw new AttuneError('OPTION_INVALID', `'${argument}' is no emotion that the voice can express`, {
    field: 'emotion',
    hint: `Use ${emotionCategories.join(', ')}, or valence,arousal,dominance as three numbers from 0 to 1.`,
  });
}

function positionOf(argument: string): AffectPosition | undefined {
  const parts = argument.split(',');
  if (parts.length !== 3 || parts.some((part) => part.trim() === '')) return undefined;
  const [valence, arousal, dominance] = parts.map(Number) as [number, number, number];
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  return [valence, arousal, dominance].every(isShare) ? { valence, arousal, dominance } : undefined;
}
