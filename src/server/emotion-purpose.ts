/**
 * What emotion inference may be used for. The operator states the purpose; the ones the EU AI Act forbids are refused.
 *
 * Regulation (EU) 2024/1689, Article 5(1)(f) forbids inferring emotions "in the areas of workplace and education
 * institutions", except for medical or safety reasons.
 */
import { AttuneError } from '../core/errors.js';

export const emotionPurposes = [
  'unspecified',
  'customer-service',
  'accessibility',
  'companionship',
  'entertainment',
  'research',
  'medical',
  'safety',
  'workplace',
  'recruitment',
  'education',
] as const;

export type EmotionPurpose = (typeof emotionPurposes)[number];

const forbiddenPurposes: readonly EmotionPurpose[] = ['workplace', 'recruitment', 'education'];

/** Throws EMOTION_PURPOSE_FORBIDDEN when emotion inference is on for a purpose that the law does not allow. */
export function assertPurposeAllowed(options: {
  readonly emotion: 'on' | 'off';
  readonly purpose: EmotionPurpose;
}): void {
  if (options.emotion === 'off' || !forbiddenPurposes.includes(options.purpose)) return;
  throw new AttuneError(
    'EMOTION_PURPOSE_FORBIDDEN',
    `emotion inference is not allowed for the purpose ${options.purpose}`,
    {
      field: 'purpose',
      hint: 'The EU AI Act, Article 5(1)(f), forbids it at work and in education. Switch it off with --emotion off.',
    },
  );
}
