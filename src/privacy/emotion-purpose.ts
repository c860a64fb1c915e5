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

/** The two reasons the law allows. */
export const purposeExemptions = ['none', 'medical', 'safety'] as const;

type PurposeExemption = (typeof purposeExemptions)[number];

const forbiddenPurposes: readonly EmotionPurpose[] = ['workplace', 'recruitment', 'education'];

export function isForbiddenPurpose(purpose: EmotionPurpose): boolean {
  return forbiddenPurposes.includes(purpose);
}

export function forbiddenPurpose(purpose: EmotionPurpose, field: string): AttuneError {
  return new AttuneError('EMOTION_PURPOSE_FORBIDDEN', `emotion inference is not allowed for the purpose ${purpose}`, {
    field,
    hint: 'The EU AI Act, Article 5(1)(f), forbids it at work and in education. Switch it off with --emotion off.',
  });
}

/** Throws EMOTION_PURPOSE_FORBIDDEN when emotion inference is on for a purpose that the law does not allow. */
export function assertPurposeAllowed(options: {
  readonly emotion: 'on' | 'off';
  readonly purpose: EmotionPurpose;
  readonly purposeExemption: PurposeExemption;
  readonly purposeExemptionReason: string | null;
}): void {
  const { emotion, purpose, purposeExemption, purposeExemptionReason } = options;
  if (emotion === 'off' || !isForbiddenPurpose(purpose)) return;
  if (purposeExemption !== 'none') {
    if (purposeExemptionReason !== null && purposeExemptionReason.trim().length >= 10) return;
    throw new AttuneError('EMOTION_PURPOSE_FORBIDDEN', `an exemption for ${purpose} needs its reason in a sentence`, {
      field: 'purposeExemptionReason',
      hint: 'Say which medical or safety need it is; the sentence goes into the audit log.',
    });
  }
  throw forbiddenPurpose(purpose, 'purpose');
}
