/**
 * How the server does: what it is made of, how quick it is, how full.
 */
import { useEffect, useState } from 'preact/hooks';
import type { About, Health, ServerPages } from '../server-pages.js';
import { LineChart } from './line-chart.js';
import { histogramsIn, quantileOf, samplesIn, type HistogramReading, type Sample } from './prometheus-text.js';

const pollMs = 2_000;
/** Ten minutes. */
const mostReadings = 300;

interface Reading {
  readonly atS: number;
  readonly health: Health;
  readonly samples: readonly Sample[];
}

const tables: readonly {
  readonly title: string;
  readonly metric: string;
  readonly label: string | null;
  readonly unit: string;
  readonly mean?: boolean;
}[] = [
  { title: 'Speech end to first sound', metric: 'attune_turn_first_audio_ms', label: null, unit: 'ms' },
  { title: 'Steps of a turn', metric: 'attune_turn_step_ms', label: 'step', unit: 'ms' },
  { title: 'Model runs', metric: 'attune_inference_run_ms', label: 'model', unit: 'ms' },
  { title: 'Waiting for a model', metric: 'attune_inference_queue_delay_ms', label: 'model', unit: 'ms' },
  { title: 'Rows in a batch', metric: 'attune_inference_batch_rows', label: 'model', unit: 'rows', mean: true },
  { title: 'Rows left in the queue', metric: 'attune_inference_queue_rows', label: 'model', unit: 'rows', mean: true },
];

export function HealthView({ pages, about }: { readonly pages: ServerPages; readonly about: About }) {
  const { readings, problem } = useReadings(pages);
  const now = readings.at(-1);
  const times = readings.map(({ atS }) => atS);
  const line = (name: string, of: (reading: Reading, before: Reading | undefined) => number | null) => ({
    name,
    values: readings.map((reading, index) => of(reading, readings[index - 1])),
  });
  return (
    <main class="health" id="main" tabIndex={-1}>
      <h1>Health</h1>
      <p class="banner warn" role="status" hidden={problem === null}>
        {problem} What is shown is older. Trying again …
      </p>
      <dl class="facts">
        <Fact name="State" value={now?.health.state ?? '–'} />
        <Fact name="Calls" value={now === undefined ? '–' : String(now.health.calls)} />
        <Fact name="Up for" value={now === undefined ? '–' : duration(now.health.uptimeMs)} />
        <Fact name="Version" value={about.version} />
        <Fact name="Recogniser" value={about.recogniser ?? '–'} />
        <Fact name="Responder" value={about.responder ?? '–'} />
        <Fact name="Voice" value={about.speech ?? '–'} />
        <Fact name="Tenant" value={about.tenant} />
      </dl>
      <div class="charts">
        <LineChart
          title="Event-loop delay, p99"
          unit="ms"
          times={times}
          lines={[line('p99', ({ samples }) => valueOf(samples, 'attune_event_loop_delay_p99_ms'))]}
        />
        <LineChart title="Calls" unit="" times={times} lines={[line('now', ({ health }) => health.calls)]} />
        <LineChart
          title="Processor"
          unit="%"
          times={times}
          lines={[line('busy', (reading, before) => processorShare(reading, before))]}
        />
        <LineChart
          title="Memory"
          unit="MB"
          times={times}
          lines={[
            line('resident', ({ samples }) => megabytes(valueOf(samples, 'process_resident_memory_bytes'))),
            line('heap', ({ samples }) => megabytes(valueOf(samples, 'nodejs_heap_size_used_bytes'))),
          ]}
        />
      </div>
      <div class="tables">
        {tables.map(({ title, metric, label, unit, mean = false }) => (
          <Percentiles
            key={metric}
            title={title}
            unit={unit}
            mean={mean}
            rows={histogramsIn(now?.samples ?? [], metric).map((reading) => ({
              name: label === null ? 'all turns' : (reading.labels[label] ?? '–'),
              reading,
            }))}
          />
        ))}
        <section class="card" aria-labelledby="models-title">
          <h2 id="models-title">Models</h2>
          <table>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">runs on</th>
              </tr>
            </thead>
            <tbody>
              {about.models.map(({ name, provider }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{provider}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </main>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Percentiles({
  title,
  unit,
  mean,
  rows,
}: {
  readonly title: string;
  readonly unit: string;
  readonly mean: boolean;
  readonly rows: readonly { readonly name: string; readonly reading: HistogramReading }[];
}) {
  const id = `table-${title.toLowerCase().replaceAll(' ', '-')}`;
  const shares = [0.5, 0.95, 0.99];
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span class="faint">{unit}, since the start</span>
      </h2>
      {rows.length === 0 ? (
        <p class="faint">Nothing was measured yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">Of what</span>
              </th>
              {mean && <th scope="col">mean</th>}
              {shares.map((share) => (
                <th key={share} scope="col">
                  p{100 * share}
                </th>
              ))}
              <th scope="col">count</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, reading }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {mean && <td>{shown(reading.count === 0 ? null : reading.sum / reading.count)}</td>}
                {shares.map((share) => (
                  <td key={share}>{shown(quantileOf(reading, share, mean ? 'count' : 'duration'))}</td>
                ))}
                <td>{reading.count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function useReadings(pages: ServerPages) {
  const [readings, setReadings] = useState<readonly Reading[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async (): Promise<void> => {
      try {
        const [health, metrics] = await Promise.all([pages.health(), pages.text('/metrics')]);
        if (!current) return;
        const reading: Reading = { atS: Date.now() / 1000, health, samples: samplesIn(metrics) };
        setReadings((before) => [...before, reading].slice(-mostReadings));
        setProblem(null);
      } catch (error) {
        if (current) setProblem(error instanceof Error ? error.message : String(error));
      }
      if (current) timer = setTimeout(() => void poll(), pollMs);
    };
    void poll();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [pages]);
  return { readings, problem };
}

function valueOf(samples: readonly Sample[], name: string): number | null {
  return samples.find((sample) => sample.name === name)?.value ?? null;
}

function processorShare({ atS, samples }: Reading, before: Reading | undefined): number | null {
  if (before === undefined) return null;
  const [now, then] = [samples, before.samples].map((some) => valueOf(some, 'process_cpu_seconds_total'));
  if (typeof now !== 'number' || typeof then !== 'number' || now < then) return null;
  return (100 * (now - then)) / (atS - before.atS);
}

function megabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / 1_048_576;
}

function shown(value: number | null): string {
  if (value === null) return '–';
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
