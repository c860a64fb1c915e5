/**
 * Draws docs/images/load-curve.svg from a written report: `node --import=./bin/typescript-loader.js docs/draw-load-curve.ts REPORT.json`.
 * The line of the limit is 1.25 times the p95 of the first level.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LevelFigures } from '../src/lab/report/lab-report.js';
import { loadCurve } from '../src/lab/report/load-curve.js';

/** Colours that can be read on a light and on a dark page. */
const style = `
svg { font: 12.5px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
text { fill: #6d7a87; } .grid { stroke: #8d99a533; } .line { fill: none; stroke-width: 2.2; } .ribbon { opacity: 0.15; } .label { font-weight: 600; }
polyline.p50 { stroke: #1d9a78; } polygon.p50, circle.p50, text.p50 { fill: #1d9a78; }
polyline.p95 { stroke: #4682e0; } polygon.p95, circle.p95, text.p95 { fill: #4682e0; }
polyline.p99 { stroke: #a06ad4; } polygon.p99, circle.p99, text.p99 { fill: #a06ad4; }
line.limit { stroke: #d34d54; stroke-dasharray: 6 4; } text.limit { fill: #d34d54; }
`;

const [file] = process.argv.slice(2);
const { figures } = JSON.parse(await readFile(file ?? 'report.json', 'utf8')) as { figures: readonly LevelFigures[] };
const first = figures[0]?.latency?.p95.value;
const curve = loadCurve(figures, first === undefined ? null : 1.25 * first);
const picture = curve.replace(/^<svg ([^>]*)>/u, `<svg xmlns="http://www.w3.org/2000/svg" $1><style>${style}</style>`);
await writeFile(path.join(import.meta.dirname, 'images', 'load-curve.svg'), `${picture}\n`);
