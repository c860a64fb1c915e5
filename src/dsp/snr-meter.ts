/**
 * How far a caller's speech stands above the noise of their line, from windows that a speech detector has judged.
 *
 * The noise is followed over the call, speech within an utterance; what the detector is unsure of counts as neither. Levels
 * are mean powers, so the ratio is what a meter would show: 10·log10((speech − noise) / noise).
 */

/** Speech probabilities from which on a window is speech, and below which it is noise. */
const leastSpeechProbability = 0.5;
const mostNoiseProbability = 0.15;
/** Windows of each before a ratio means anything: 160 ms of speech, a third of a second of noise at 32 ms. */
const leastSpeechWindows = 5;
const leastNoiseWindows = 10;
/** The noise follows a changed room in about three seconds of it. */
const noiseMemoryWindows = 100;
/** Power of −90 dBFS: digital silence is no better than a very good line. */
const quietestPower = 1e-9;
const range = { lowestDb: -10, highestDb: 60 } as const;

export class SnrMeter {
  #noisePower = 0;
  #noiseWindows = 0;
  #speechPower = 0;
  #speechWindows = 0;

  /** Samples −1…1 and the detector's probability 0…1 for them. */
  hear(samples: Float32Array, speechProbability: number): void {
    if (samples.length === 0) return;
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const power = sum / samples.length;
    if (speechProbability >= leastSpeechProbability) {
      this.#speechWindows += 1;
      this.#speechPower += (power - this.#speechPower) / this.#speechWindows;
    } else if (speechProbability < mostNoiseProbability) {
      this.#noiseWindows = Math.min(noiseMemoryWindows, this.#noiseWindows + 1);
      this.#noisePower += (power - this.#noisePower) / this.#noiseWindows;
    }
  }

  /** A new utterance begins: its speech is measured by itself. */
  startUtterance(): void {
    this.#speechPower = 0;
    this.#speechWindows = 0;
  }

  /** Of the utterance, −10…60 dB; null while there is too little of either. */
  get snrDb(): number | null {
    if (this.#speechWindows < leastSpeechWindows || this.#noiseWindows < leastNoiseWindows) return null;
    const noise = Math.max(quietestPower, this.#noisePower);
    const speech = Math.max(quietestPower, this.#speechPower - noise);
    return Math.min(range.highestDb, Math.max(range.lowestDb, 10 * Math.log10(speech / noise)));
  }
}
