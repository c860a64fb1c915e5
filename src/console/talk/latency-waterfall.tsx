/**
 * Where a turn's time went, from the end of speech to the first sound of the reply.
 */
import type { TurnTiming } from '../../client/server-event.js';

interface Step {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

const stepsOf: readonly (readonly [name: string, from: keyof TurnTiming, to: keyof TurnTiming])[] = [
  ['waiting for the end', 'speechEndMs', 'endpointMs'],
  ['words', 'endpointMs', 'transcriptMs'],
  ['feeling', 'endpointMs', 'fusionMs'],
  ['thinking', 'replyRequestedMs', 'firstTokenMs'],
  ['voice', 'firstClauseMs', 'firstAudioMs'],
];

export function waterfallOf(timing: TurnTiming): readonly Step[] {
  return stepsOf.flatMap(([name, from, to]) => {
    const [start, end] = [timing[from], timing[to]];
    if (start === undefined || end === undefined) return [];
    return [{ name, startMs: start - timing.speechEndMs, endMs: end - timing.speechEndMs }];
  });
}

export function LatencyWaterfall({ timing }: { readonly timing: TurnTiming }) {
  const steps = waterfallOf(timing);
  const totalMs = timing.firstAudioMs === undefined ? null : timing.firstAudioMs - timing.speechEndMs;
  const spanMs = Math.max(1, totalMs ?? 0, ...steps.map(({ endMs }) => endMs));
  const share = (ms: number): string => `${((100 * Math.max(0, ms)) / spanMs).toFixed(2)}%`;
  return (
    <details class="waterfall">
      <summary>
        {totalMs === null ? 'Answered' : 'First sound after'} <strong>{Math.round(totalMs ?? spanMs)} ms</strong>
        <span class="mini" aria-hidden="true">
          {steps.map(({ name, startMs, endMs }, index) => (
            <span
              key={name}
              class={`step-${index}`}
              style={{ left: share(startMs), width: share(Math.max(endMs - startMs, spanMs / 120)) }}
            />
          ))}
        </span>
      </summary>
      <ol>
        {steps.map(({ name, startMs, endMs }, index) => (
          <li key={name}>
            <span class="step-name">{name}</span>
            <span class="step-track" aria-hidden="true">
              <span
                class={`step-bar step-${index}`}
                style={{ left: share(startMs), width: share(Math.max(endMs - startMs, spanMs / 120)) }}
              />
            </span>
            <span class="step-ms">{Math.round(endMs - startMs)} ms</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
