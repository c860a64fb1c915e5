/**
 * Log posteriors of an imagined CTC phone model: spiky, mostly blank, unsure about some phones and wrong about others.
 *
 * Not a test double of a class: a source of frames for tests of the decoder. Deterministic for a seed.
 */

/** A small linear congruential generator; values in 0…1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface SimulationOptions {
  readonly vocabularySize: number;
  readonly random: () => number;
  /** Share of phones where another phone gets the larger posterior. */
  readonly substitutionRate: number;
  /** Share of phones that leave almost no trace. */
  readonly deletionRate: number;
  /** Share of gaps where a phone is heard that nobody said. */
  readonly insertionRate: number;
}

/** Frames [count × vocabularySize] in which `phones` (token ids) are heard one after the other. */
export function simulatePhones(phones: readonly number[], options: SimulationOptions): Float32Array {
  const { vocabularySize, random } = options;
  const frames: Float32Array[] = [frame(vocabularySize, new Map())];
  const other = (): number => 1 + Math.floor(random() * (vocabularySize - 1));
  for (const phone of phones) {
    const chance = random();
    if (chance < options.deletionRate)
      frames.push(
        frame(
          vocabularySize,
          new Map([
            [phone, 0.04],
            [other(), 0.04],
          ]),
        ),
      );
    else if (chance < options.deletionRate + options.substitutionRate)
      frames.push(
        frame(
          vocabularySize,
          new Map([
            [other(), 0.6],
            [phone, 0.12],
            [other(), 0.1],
          ]),
        ),
      );
    else
      frames.push(
        frame(
          vocabularySize,
          new Map([
            [other(), 0.1],
            [phone, 0.75],
          ]),
        ),
      );
    if (random() < 0.3) frames.push(frame(vocabularySize, new Map([[phone, 0.5]])));
    if (random() < options.insertionRate) frames.push(frame(vocabularySize, new Map([[other(), 0.6]])));
    else if (random() < 0.8) frames.push(frame(vocabularySize, new Map()));
  }
  frames.push(frame(vocabularySize, new Map()));
  const all = new Float32Array(frames.length * vocabularySize);
  frames.forEach((values, index) => all.set(values, index * vocabularySize));
  return all;
}

/** One frame: the given probabilities, the rest on blank, a little everywhere. */
function frame(size: number, probabilities: ReadonlyMap<number, number>): Float32Array {
  const values = new Float32Array(size).fill(0.001);
  for (const [token, probability] of probabilities) values[token]! += probability;
  const spoken = values.reduce((sum, value) => sum + value, 0) - 0.001;
  values[0] = Math.max(0.001, 1 - spoken);
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => Math.log(value / total));
}
