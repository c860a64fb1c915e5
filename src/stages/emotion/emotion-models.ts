/**
 * The trained sets of weights for voice emotion, which differ in the recordings they learnt from and in who may use them.
 */

/** `any` is the better model; its recordings are not for commercial use. See models/cards. */
const models = { any: 'emotion-voice', permissive: 'emotion-voice-permissive' } as const;

/** The name in the manifest. */
export function voiceEmotionModelOf(licence: keyof typeof models): string {
  return models[licence];
}
