/**
 * How feelings are shown and answered where a language is spoken: calibrates strength, and tells the responder the manners.
 *
 * Averages of countries say little about the one person on the line, so every factor stays near 1 and the caller's own
 * baseline counts first. Directions are from the sources of docs/response.md; sizes are Attune's authors'.
 */
import type { EmotionLabel } from '../fusion/emotion-estimate.js';

export interface LocaleProfile {
  /** BCP 47, as `ja-JP`. */
  readonly locale: string;
  /** 0.5…2 each: above 1 a feeling counts as stronger than it is shown, since showing less of it is the custom. */
  readonly display: { readonly unpleasant: number; readonly pleasant: number };
  /** 0…1.5: how far the assistant's voice goes along with a feeling. */
  readonly answerStrength: number;
  /** How to address the caller and how directly to speak: sentences for a language model. */
  readonly manner: string;
}

/** Counts as shown, is answered as the style table says, and has no manners of its own. */
const neutralProfile: LocaleProfile = {
  locale: '',
  display: { unpleasant: 1, pleasant: 1 },
  answerStrength: 1,
  manner: '',
};

const unpleasant: ReadonlySet<EmotionLabel> = new Set(['angry', 'sad', 'fearful', 'disgusted']);
const quietFeelings: ReadonlySet<EmotionLabel> = new Set(['sad', 'calm', 'neutral']);

/** The profile of the locale itself, or the first of its language; neutral when there is none. */
export function profileOf(profiles: readonly LocaleProfile[], locale: string): LocaleProfile {
  const wanted = locale.toLowerCase();
  const language = wanted.split('-')[0];
  return (
    profiles.find((profile) => profile.locale.toLowerCase() === wanted) ??
    profiles.find((profile) => profile.locale.toLowerCase().split('-')[0] === language) ??
    neutralProfile
  );
}

/**
 * How strong a feeling is, 0…1: how sure the estimate is, more for a feeling that is acted out (with its arousal) and, for
 * quiet feelings, for one that is quieter; times what the locale shows of it.
 */
export function strengthOf(
  feeling: { readonly label: EmotionLabel; readonly confidence: number; readonly arousal: number },
  profile: LocaleProfile,
): number {
  const { label, confidence, arousal } = feeling;
  const acted = quietFeelings.has(label) ? 1 - arousal : arousal;
  const shown = unpleasant.has(label) ? profile.display.unpleasant : profile.display.pleasant;
  return Math.min(1, Math.max(0, confidence * (0.75 + 0.5 * acted) * shown));
}
