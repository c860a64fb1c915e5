/**
 * How the laboratory's page looks, in the light and in the dark.
 */

export const pageStyle = `
:root { color-scheme: light dark; --ink: #14202b; --soft: #5d6b78; --paper: #f6f7f9; --card: #ffffff; --edge: #e1e6eb;
  --caller: #2f6fdb; --agent: #e0833a; --p50: #1d9a78; --p95: #2f6fdb; --p99: #9256c9; --bad: #c8383f; --good: #1d9a78; --wait: #f2c14e55; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #94a3b3; --paper: #10161d; --card: #18212b; --edge: #2a3642;
  --caller: #6ea2f7; --agent: #f0a35e; --p50: #45c7a2; --p95: #6ea2f7; --p99: #bd8cec; --bad: #f0737a; --good: #45c7a2; --wait: #f2c14e40; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 36px 24px 64px; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 0 0 4px; }
.meta, .hint { color: var(--soft); margin: 0; }
.hint { font-size: 13px; margin-bottom: 14px; }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
.verdict { display: inline-block; margin-top: 14px; padding: 4px 12px; border-radius: 99px; font-weight: 600; font-size: 13px; border: 1px solid; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: 12px; margin: 22px 0; }
.tile, section { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; }
.tile { padding: 13px 14px; }
.tile b { display: block; font-size: 27px; line-height: 1.15; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.tile b small { font-size: 14px; font-weight: 500; color: var(--soft); letter-spacing: 0; }
.tile span { color: var(--soft); font-size: 13px; }
.tile i { display: block; font-style: normal; color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.tile.bad b { color: var(--bad); }
section { padding: 20px 22px; margin: 14px 0; overflow-x: auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 14px; }
.pair section { margin: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13.5px; }
th { text-align: right; color: var(--soft); font-weight: 500; padding: 6px 6px; border-bottom: 1px solid var(--edge); white-space: nowrap; }
td { text-align: right; padding: 7px 6px; border-bottom: 1px solid var(--edge); white-space: nowrap; }
th.text, td.text { text-align: left; white-space: normal; }
td.step { white-space: nowrap; color: var(--soft); }
tr:last-child td { border-bottom: 0; }
td small { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 12.5px; fill: var(--soft); }
svg .row { fill: var(--ink); font-weight: 600; }
svg .grid { stroke: var(--edge); }
svg .line { fill: none; stroke-width: 2.2; }
svg .ribbon { opacity: 0.13; }
svg line.p50, svg polyline.p50 { stroke: var(--p50); } svg polygon.p50, svg circle.p50, svg text.p50 { fill: var(--p50); }
svg line.p95, svg polyline.p95 { stroke: var(--p95); } svg polygon.p95, svg circle.p95, svg text.p95 { fill: var(--p95); }
svg line.p99, svg polyline.p99 { stroke: var(--p99); } svg polygon.p99, svg circle.p99, svg text.p99 { fill: var(--p99); }
svg .label { font-weight: 600; }
svg .bar { fill: var(--p95); opacity: 0.55; }
svg .mark { stroke-width: 1.6; }
svg .people { stroke: var(--soft); stroke-dasharray: 2 4; }
svg line.limit { stroke: var(--bad); stroke-dasharray: 6 4; } svg text.limit { fill: var(--bad); }
svg .wave { fill: none; stroke-width: 1.25; } svg .wave.caller { stroke: var(--caller); } svg .wave.agent { stroke: var(--agent); }
svg rect.wait { fill: var(--wait); } svg text.wait { fill: var(--ink); font-size: 11.5px; }
svg line.note { stroke-dasharray: 3 3; } svg line.note.bad { stroke: var(--bad); } svg line.note.good { stroke: var(--good); }
svg text.note { font-size: 11px; } svg text.note.bad { fill: var(--bad); } svg text.note.good { fill: var(--good); }
details summary { cursor: pointer; color: var(--soft); }
footer { color: var(--soft); font-size: 13px; margin-top: 22px; }
`;
