/**
 * When two words may be the same word misheard or misspelt.
 *
 * Pure. Short words must be equal: at three letters nearly everything resembles something. Longer ones may differ by an
 * edit or two if they begin alike, or sound alike by a coarse English sound key.
 */

/** First letters that can begin the same sound. Looking at them first spares nearly every comparison. */
const soundingAlike = new Set(['fp', 'pf', 'kc', 'ck', 'nk', 'kn', 'rw', 'wr', 'sc', 'cs', 'zs', 'sz']);

/** 1 for the same word, less when it is likely the same, 0 otherwise. */
export function wordLikeness(heard: string, wanted: string): number {
  if (heard === wanted) return 1;
  if (heard.length < 4 || wanted.length < 4 || Math.abs(heard.length - wanted.length) > 2) return 0;
  const beginnings = heard.charAt(0) + wanted.charAt(0);
  if (heard[0] !== wanted[0] && !soundingAlike.has(beginnings)) return 0;
  if (stemOf(heard) === stemOf(wanted)) return 0.95;
  if (heard.length < 5 || wanted.length < 5) return 0;
  if (soundKeyOf(heard) === soundKeyOf(wanted) && editDistance(heard, wanted, 2) <= 2) return 0.85;
  const allowedEdits = Math.min(heard.length, wanted.length) >= 7 ? 2 : 1;
  return heard[0] === wanted[0] && editDistance(heard, wanted, allowedEdits) <= allowedEdits ? 0.8 : 0;
}

/** The word without the most common English endings, so that `orders`, `ordered` and `ordering` meet. */
export function stemOf(word: string): string {
  const stem = word
    .replace(/(?:ies)$/, 'y')
    .replace(/(?:'s|s)$/, '')
    .replace(/(?:ing|ed)$/, '');
  const undoubled = stem.replace(/([bdgklmnprt])\1$/, '$1').replace(/e$/, '');
  return undoubled.length >= 3 ? undoubled : word;
}

/** Consonants merged by how easily a recogniser confuses them, vowels dropped except in front. */
export function soundKeyOf(word: string): string {
  return word
    .replace(/^kn/, 'n')
    .replace(/^wr/, 'r')
    .replace(/ph/g, 'f')
    .replace(/gh/g, '')
    .replace(/ck|q|c(?=[^eiyh]|$)/g, 'k')
    .replace(/x/g, 'ks')
    .replace(/[cz]/g, 's')
    .replace(/d/g, 't')
    .replace(/v/g, 'f')
    .replace(/(?!^)[aeiouyhw']/g, '')
    .replace(/(.)\1+/g, '$1');
}

/** Insertions, deletions, substitutions and swaps of neighbours; stops counting above `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
    }
    if (Math.min(...next) > limit) return limit + 1;
    before = row;
    row = next;
  }
  return row[b.length]!;
}
