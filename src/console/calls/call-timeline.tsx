/**
 * One call along time: who spoke when, how the mood went, what was decided. A slider goes to any moment of it.
 */
import { useState } from 'preact/hooks';
import { jsonFile, saveFile } from '../save-file.js';
import type { ServerPages } from '../server-pages.js';
import { MoodPlane } from '../talk/mood-plane.js';
import { CallSound } from './call-sound.js';
import { callExport } from './call-export.js';
import {
  callerSpans,
  clockOf,
  labelOf,
  moodsUntil,
  replySpans,
  wordsOf,
  type CallRecord,
  type Span,
} from './call-record.js';

const width = 1_000;
const lanes = { caller: 8, reply: 34, mood: 64 } as const;
const laneHeight = 18;
const curveHeight = 110;
const height = lanes.mood + curveHeight + 6;

export function CallTimeline({ pages, record }: { readonly pages: ServerPages; readonly record: CallRecord }) {
  // Null follows the end of a call that goes on.
  const [chosenMs, setChosenMs] = useState<number | null>(null);
  const spanMs = Math.max(1, record.durationMs);
  const atMs = Math.min(chosenMs ?? spanMs, spanMs);
  const x = (ms: number): number => (width * ms) / spanMs;
  const moods = record.entries.flatMap((entry) => (entry.kind === 'emotion' ? [entry] : []));
  const curve = (of: 'arousal' | 'valence'): string =>
    moods
      .map((mood) => `${x(mood.atMs).toFixed(1)},${(lanes.mood + (1 - mood[of]) * curveHeight).toFixed(1)}`)
      .join(' ');
  const trail = moodsUntil(record, atMs).slice(-48);
  const mood = trail.at(-1);
  const told = record.entries.flatMap((entry) => {
    const words = wordsOf(entry);
    return words === null ? [] : [{ ...entry, words }];
  });
  return (
    <div class="timeline">
      <h2>
        {new Date(record.startedAt).toLocaleString()}{' '}
        <span class="faint">
          {clockOf(record.durationMs)} · {record.state === 'ended' ? (record.endedBy ?? 'done') : 'in progress'} ·{' '}
          {record.protocol}
        </span>
        <button type="button" class="quiet" onClick={() => exportCall(record)}>
          Export
        </button>
      </h2>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={overview(record)}>
        <Lane spans={callerSpans(record)} y={lanes.caller} x={x} name="caller" />
        <Lane spans={replySpans(record)} y={lanes.reply} x={x} name="answer" />
        <rect class="curve-frame" x="0" y={lanes.mood} width={width} height={curveHeight} />
        <line
          class="curve-middle"
          x1="0"
          x2={width}
          y1={lanes.mood + curveHeight / 2}
          y2={lanes.mood + curveHeight / 2}
        />
        <polyline class="curve arousal" points={curve('arousal')} />
        <polyline class="curve valence" points={curve('valence')} />
        <line class="cursor" x1={x(atMs)} x2={x(atMs)} y1="0" y2={height} />
      </svg>
      <input
        type="range"
        min={0}
        max={spanMs}
        step={100}
        value={atMs}
        aria-label="Moment of the call"
        aria-valuetext={`${clockOf(atMs)}${mood === undefined ? '' : `, ${mood.label}`}`}
        onInput={(event) => setChosenMs(Number(event.currentTarget.value))}
      />
      {record.recordedMs !== null && record.state === 'ended' && (
        <CallSound pages={pages} callId={record.id} atMs={atMs} onMoment={setChosenMs} />
      )}
      <p class="legend">
        <span class="key caller">caller speaks</span>
        <span class="key answer">Attune speaks</span>
        <span class="key arousal">excited ↑ calm ↓</span>
        <span class="key valence">pleasant ↑ unpleasant ↓</span>
      </p>
      <div class="moment">
        <MoodPlane trail={trail} label={mood?.label ?? null} confidence={mood?.confidence ?? 0} />
        <div>
          <h3>
            At {clockOf(atMs)}
            {mood !== undefined && (
              <span class="mood-label" data-label={mood.label}>
                {' '}
                {labelOf(mood.label)}
              </span>
            )}
          </h3>
          <ol class="told" tabIndex={0} aria-label="What went on">
            {told.map((entry, index) => (
              <li key={index} class={entry.atMs <= atMs ? 'is-past' : 'is-to-come'}>
                <button type="button" class="moment-link" onClick={() => setChosenMs(entry.atMs)}>
                  {clockOf(entry.atMs)}
                </button>{' '}
                {entry.words}
              </li>
            ))}
          </ol>
        </div>
      </div>
    </div>
  );
}

function exportCall(record: CallRecord): void {
  saveFile(`call-${record.id}.json`, jsonFile(JSON.stringify(callExport(record), null, 2)));
}

function Lane({
  spans,
  y,
  x,
  name,
}: {
  readonly spans: readonly Span[];
  readonly y: number;
  readonly x: (ms: number) => number;
  readonly name: string;
}) {
  return (
    <g class={`lane ${name}`}>
      <rect class="lane-ground" x="0" y={y} width={width} height={laneHeight} />
      {spans.map(({ startMs, endMs }) => (
        <rect
          key={startMs}
          class="lane-span"
          x={x(startMs)}
          y={y}
          width={Math.max(2, x(endMs) - x(startMs))}
          height={laneHeight}
        />
      ))}
    </g>
  );
}

function overview({ turns, bargeIns, mood }: CallRecord): string {
  return `${turns} turns, ${bargeIns} interruptions, mood at the end ${mood?.label ?? 'unknown'}`;
}
