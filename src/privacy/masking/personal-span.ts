/**
 * A stretch of text that says who somebody is, and how such stretches of several detectors become one list.
 */

export const personalDataKinds = ['name', 'card', 'iban', 'phone', 'email', 'address', 'birth date', 'number'] as const;

export type PersonalDataKind = (typeof personalDataKinds)[number];

/** Characters `startChar` … `endChar − 1` (UTF-16 units) of the text. */
export interface PersonalSpan {
  readonly kind: PersonalDataKind;
  readonly startChar: number;
  readonly endChar: number;
}

/** The spans in order of their place; of two that overlap the one that was found first stays. */
export function withoutOverlaps(found: readonly PersonalSpan[]): readonly PersonalSpan[] {
  const ranked = found
    .map((span, rank) => ({ span, rank }))
    .sort((a, b) => a.span.startChar - b.span.startChar || a.rank - b.rank);
  const kept: { span: PersonalSpan; rank: number }[] = [];
  for (const one of ranked) {
    let dropped = false;
    while (!dropped) {
      const before = kept.at(-1);
      if (before === undefined || before.span.endChar <= one.span.startChar) break;
      if (before.rank <= one.rank) dropped = true;
      else kept.pop();
    }
    if (!dropped) kept.push(one);
  }
  return kept.map(({ span }) => span);
}
