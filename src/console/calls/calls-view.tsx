/**
 * The calls of this server as they go on, and past ones as a timeline.
 */
import { useEffect, useState } from 'preact/hooks';
import type { ServerPages } from '../server-pages.js';
import { clockOf, mergedCalls, type CallRecord, type CallSummary } from './call-record.js';
import { CallTimeline } from './call-timeline.js';

const retryMs = 2_000;

export function CallsView({ pages }: { readonly pages: ServerPages }) {
  const { calls, journal, problem } = useCalls(pages);
  const [chosenId, choose] = useState<string | null>(null);
  const chosen = calls.find(({ id }) => id === chosenId);
  const record = useRecord(pages, chosen);
  const live = calls.filter(({ state }) => state !== 'ended').length;
  return (
    <main class="calls" id="main" tabIndex={-1}>
      <h1>
        Calls <span class="faint">{live === 0 ? 'none in progress' : `${live} in progress`}</span>
      </h1>
      <p class="banner warn" role="status" hidden={problem === null}>
        {problem}
      </p>
      <div class="calls-body">
        <section class="card call-list" aria-label="Calls">
          {calls.length === 0 ? (
            <p class="faint">
              {journal === 'off' ? 'This server keeps no journal of calls.' : 'No calls in the last hour.'}
            </p>
          ) : (
            <ul>
              {calls.map((call) => (
                <CallRow key={call.id} call={call} chosen={call.id === chosenId} onChoose={() => choose(call.id)} />
              ))}
            </ul>
          )}
        </section>
        <section class="card call-detail" aria-label="The chosen call">
          {record === null ? (
            <p class="faint">Choose a call to see how it went.</p>
          ) : (
            <CallTimeline key={record.id} pages={pages} record={record} />
          )}
        </section>
      </div>
      <p class="faint small">
        Kept in the server's memory for an hour after a call: when somebody spoke, how they felt, what was decided
        {journal === 'words'
          ? ', and what was said.'
          : '. No word of what was said, but for recordings of callers who agreed.'}
      </p>
    </main>
  );
}

function CallRow({
  call,
  chosen,
  onChoose,
}: {
  readonly call: CallSummary;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  const { mood, state, turns, problems, bargeIns, latencyMs } = call;
  const ended = state === 'ended';
  const facts = [
    `${turns} ${turns === 1 ? 'turn' : 'turns'}`,
    ...(latencyMs === null ? [] : [`${latencyMs.median} ms`]),
    ...(bargeIns === 0 ? [] : [`${bargeIns} × broken off`]),
    ...(problems === 0 ? [] : [`${problems} ${problems === 1 ? 'problem' : 'problems'}`]),
  ];
  return (
    <li>
      <button
        type="button"
        class={`call-row ${ended ? 'is-over' : 'is-live'}`}
        aria-pressed={chosen}
        onClick={onChoose}
      >
        <span class="mood-dot" data-label={mood?.label ?? 'unknown'} aria-hidden="true" />
        <span>
          <strong>{new Date(call.startedAt).toLocaleTimeString()}</strong>{' '}
          <span class="faint">{ended ? clockOf(call.durationMs) : `in progress · ${state.replace('-', ' ')}`}</span>
          <br />
          <span class="faint small">
            {mood === null || mood.label === 'unknown' ? 'mood unclear' : mood.label} · {facts.join(' · ')}
          </span>
        </span>
      </button>
    </li>
  );
}

/** The calls, kept up to date by the server's stream of changes. */
function useCalls(pages: ServerPages) {
  const [calls, setCalls] = useState<readonly CallSummary[]>([]);
  const [journal, setJournal] = useState<'off' | 'facts' | 'words'>('facts');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** Everything there is; a server that restarted knows nothing of before. */
    const list = async (): Promise<void> => {
      const all = await pages.json<{ journal: typeof journal; calls: readonly CallSummary[] }>('/v1/calls');
      setJournal(all.journal);
      setCalls(mergedCalls([], all.calls));
      setProblem(null);
    };
    const read = async (): Promise<void> => {
      try {
        const stream = pages.changes<CallSummary>('/v1/calls/changes', { signal: stop.signal, onOpen: list });
        for await (const changed of stream) setCalls((known) => mergedCalls(known, [changed]));
        setProblem('The connection was lost. Trying again …');
      } catch (error) {
        if (stop.signal.aborted) return;
        setProblem(error instanceof Error ? error.message : String(error));
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void read(), retryMs);
    };
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [pages]);
  return { calls, journal, problem };
}

/** The chosen call with its entries, asked for again when its summary changed. */
function useRecord(pages: ServerPages, chosen: CallSummary | undefined): CallRecord | null {
  const [record, setRecord] = useState<CallRecord | null>(null);
  useEffect(() => {
    let current = true;
    if (chosen === undefined) setRecord(null);
    else
      pages.json<CallRecord>(`/v1/calls/${encodeURIComponent(chosen.id)}`).then(
        (answer) => {
          if (current) setRecord(answer);
        },
        () => {
          if (current) setRecord(null);
        },
      );
    return () => {
      current = false;
    };
  }, [pages, chosen]);
  return record;
}
