/**
 * An organisation that shares the server: what holds in its calls.
 */
import type { EmotionPurpose } from '../privacy/emotion-purpose.js';

export interface Tenant {
  readonly name: string;
  /** False: emotion is inferred in none of their calls. */
  readonly emotionEnabled: boolean;
  readonly emotionNotice: string | null;
  readonly purpose: EmotionPurpose;
  /** True when a stated medical or safety reason allows a purpose that is forbidden otherwise. */
  readonly purposeExempt: boolean;
  readonly memoryRetentionDays: number;
  readonly recordsTurns: boolean;
  /** True: answers may be prepared before it is certain that a turn is over. */
  readonly speculates: boolean;
  /** Of sessions that bring none. */
  readonly instructions: string;
  readonly voice: string;
  readonly locale: string;
}
