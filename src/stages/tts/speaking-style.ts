/**
 * How a clause is to be spoken, in terms any voice engine can follow. Neutral is all ones and zeros.
 */

export interface SpeakingStyle {
  /** Name of the style in the style table, for events and logs. */
  readonly name: string;
  /** Shift of the mean pitch in semitones, −6…6. */
  readonly pitchShiftSemitones: number;
  /** Factor on the pitch range, 0.3…2. */
  readonly pitchRangeScale: number;
  /** Factor on the speaking rate, 0.6…1.5; above 1 is faster. */
  readonly rateScale: number;
  /** Gain in dB, −9…6. */
  readonly gainDb: number;
  /** Factor on pauses between clauses, 0.5…2.5. */
  readonly pauseScale: number;
}

/** A change of a style: sums for pitch and gain, factors for the rest. */
export type StyleChange = Omit<SpeakingStyle, 'name'>;
