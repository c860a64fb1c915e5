/**
 * How far each side of the fusion is trusted: written by training/fusion/fit.py, which also measures it. Not edited by hand.
 */
export const learntTrust = {
  bestVoice: 1,
  voiceTimeConstantMs: 591.6,
  halfWorthSnrDb: -0.5763,
  snrSlopeDb: 2,
  unknownVoiceFactor: 0.904,
  neutralVoiceFactor: 0.2,
  unsureVoiceFactor: 0.9,
  cueFactor: 0.1191,
  bestText: 0.8125,
  wordsForHalf: 0.3,
  sttExponent: 1.071,
  neutralTextFactor: 0.25,
  unsureTextFactor: 0.9,
  contradictionLoss: 0.9,
} as const;

/** What the text model says on average, every category as frequent as `baseRates` has it. */
export const textPrior = {
  neutral: 0.2999,
  calm: 0.0757,
  happy: 0.2254,
  sad: 0.1018,
  angry: 0.1247,
  fearful: 0.0486,
  disgusted: 0.0455,
  surprised: 0.0785,
} as const;
