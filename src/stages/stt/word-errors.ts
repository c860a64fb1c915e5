/**
 * Word error counts by minimum edit distance, the figure recognisers are compared by, and the alignment behind them.
 *
 * WER = (substitutions + deletions + insertions) / reference words. Both sides are compared as given: whoever calls
 * brings them to one spelling first (`comparable-words.ts`).
 */

export interface WordErrors {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Words of the reference. */
  readonly words: number;
}

/**
 * One step of an alignment: a word of the reference against one that was found. Without `found` the word was left out,
 * without `reference` nobody said it.
 */
export interface WordPair {
  /** Position in the reference. */
  readonly reference: number | undefined;
  /** Position among the found words. */
  readonly found: number | undefined;
}

/** The pairs of a shortest edit (Levenshtein) from `reference` to `found`, in the order of the words. */
export function alignWords(reference: readonly string[], found: readonly string[]): readonly WordPair[] {
  const width = found.length + 1;
  const distance = new Int32Array((reference.length + 1) * width);
  const at = (row: number, column: number): number => distance[row * width + column] as number;
  const replaced = (row: number, column: number): number =>
    at(row - 1, column - 1) + (reference[row - 1] === found[column - 1] ? 0 : 1);
  for (let row = 0; row <= reference.length; row++) {
    for (let column = 0; column <= found.length; column++) {
      const best =
        row === 0
          ? column
          : column === 0
            ? row
            : Math.min(replaced(row, column), at(row - 1, column) + 1, at(row, column - 1) + 1);
      distance[row * width + column] = best;
    }
  }
  let row = reference.length;
  let column = found.length;
  const pairs: WordPair[] = [];
  while (row > 0 || column > 0) {
    if (row > 0 && column > 0 && at(row, column) === replaced(row, column)) {
      row -= 1;
      column -= 1;
      pairs.push({ reference: row, found: column });
    } else if (row > 0 && at(row, column) === at(row - 1, column) + 1) {
      row -= 1;
      pairs.push({ reference: row, found: undefined });
    } else {
      column -= 1;
      pairs.push({ reference: undefined, found: column });
    }
  }
  return pairs.reverse();
}

/** Fewest edits from `reference` to `found`. */
export function wordErrors(reference: readonly string[], found: readonly string[]): WordErrors {
  const counts = { substitutions: 0, deletions: 0, insertions: 0, words: reference.length };
  for (const pair of alignWords(reference, found)) {
    if (pair.found === undefined) counts.deletions += 1;
    else if (pair.reference === undefined) counts.insertions += 1;
    else if (reference[pair.reference] !== found[pair.found]) counts.substitutions += 1;
  }
  return counts;
}

/** Sum of counts. */
export function sumWordErrors(all: readonly WordErrors[]): WordErrors {
  const sum = (pick: (one: WordErrors) => number): number => all.reduce((total, one) => total + pick(one), 0);
  return {
    substitutions: sum((one) => one.substitutions),
    deletions: sum((one) => one.deletions),
    insertions: sum((one) => one.insertions),
    words: sum((one) => one.words),
  };
}

/** Word error rate; may exceed 1. 0 for an empty reference without insertions. */
export function wordErrorRate({ substitutions, deletions, insertions, words }: WordErrors): number {
  const errors = substitutions + deletions + insertions;
  return errors === 0 ? 0 : errors / Math.max(1, words);
}
