/**
 * A topic that tends to upset a person.
 */
import type { EmotionLabel } from '../stages/fusion/emotion-estimate.js';

export interface Trigger {
  readonly topic: string;
  /** What the person mostly felt when it came up. */
  readonly label: EmotionLabel;
  /** 0…1: strength faded by time, lowered by relief. */
  readonly weight: number;
  readonly lastAtMs: number;
  readonly turnCount: number;
}
