/**
 * Which known names a mistyped one may have meant: those that contain it, and those a few keystrokes away.
 */

/** At most three, nearest first; none when nothing is near. */
export function nearestOf(name: string, known: readonly string[]): readonly string[] {
  const typed = name.toLowerCase();
  const reach = Math.max(2, Math.floor(typed.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: distanceBetween(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= reach || (typed.length >= 3 && candidate.includes(typed)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's distance: insertions, deletions and replacements. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
