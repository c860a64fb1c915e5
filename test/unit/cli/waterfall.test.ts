/**
 * The drawn waterfall: bars to scale on one axis.
 */
import t from 'tap';
import { drawWaterfall } from '../../../src/cli/waterfall.js';

const barOf = (line: string): string => line.split('│')[1] ?? '';

t.test('bars lie where their time is', (t) => {
  const lines = drawWaterfall([
    { name: 'endpointing', startMs: 0, endMs: 200 },
    { name: 'stt', startMs: 200, endMs: 220 },
    { name: 'voice', startMs: 200, endMs: 400 },
  ]);
  t.equal(lines.length, 4);
  t.match(lines[0], /0 +400 ms$/u);
  const bars = lines.slice(1).map(barOf);
  t.same(
    bars.map((bar) => bar.length),
    [44, 44, 44],
    'all of one width',
  );
  t.same(
    bars.map((bar) => [bar.indexOf('█'), bar.trim().length]),
    [
      [0, 22],
      [22, 2],
      [22, 22],
    ],
  );
  t.match(lines.slice(1), [/^endpointing +│.*│ +200 ms$/u, /^stt +│.*│ +20 ms$/u, /^voice/u]);
  t.end();
});

t.test('the shortest step is seen, at the end of the axis and before its beginning too', (t) => {
  const lines = drawWaterfall([
    { name: 'early', startMs: -50, endMs: -40 },
    { name: 'long', startMs: 0, endMs: 10_000 },
    { name: 'last', startMs: 9_999, endMs: 10_000 },
  ]);
  for (const bar of lines.slice(1).map(barOf)) t.ok(bar.includes('█') && bar.length === 44, bar);
  t.end();
});

t.test('nothing to draw', (t) => {
  t.same(drawWaterfall([]), []);
  t.equal(drawWaterfall([{ name: 'instant', startMs: 0, endMs: 0 }]).length, 2);
  t.end();
});
