/**
 * Figures of a classifier for people: a row for each group, and the confusion matrix.
 */
import type { ClassificationFigures } from '../stages/classification-figures.js';
import { terminal } from './terminal.js';

export interface GroupFigures extends ClassificationFigures {
  readonly name: string;
}

export function printClassification(total: ClassificationFigures, groups: readonly GroupFigures[]): void {
  terminal.table(
    [
      '',
      'examples',
      'UAR',
      'accuracy',
      '95 %',
      'macro-F1',
      'ECE',
      'by chance',
      '95 % below',
      'named',
      'right of these',
    ],
    [...groups, { name: 'all', ...total }].map((figures) => [
      figures.name,
      String(figures.exampleCount),
      share(figures.uar),
      share(figures.accuracy),
      figures.accuracyInterval === null
        ? '–'
        : `${share(figures.accuracyInterval.low)}–${share(figures.accuracyInterval.high)}`,
      share(figures.macroF1),
      share(figures.ece),
      share(figures.eceByChance.mean),
      share(figures.eceByChance.high),
      share(figures.namedShare),
      figures.namedAccuracy === null ? '–' : share(figures.namedAccuracy),
    ]),
  );
  const { labels, counts } = total.confusion;
  terminal.print('Confusion matrix: a row is what it was, a column what it was taken for.');
  terminal.table(
    ['', ...labels],
    labels.map((label, row) => [label, ...counts[row]!.map(String)]),
  );
}

function share(value: number): string {
  return value.toFixed(3);
}
