/**
 * The frame of the console: who is signed in, which view is shown, and the call that goes on while views change.
 */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { CallsView } from './calls/calls-view.js';
import { HealthView } from './health/health-view.js';
import { MemoryView } from './memory/memory-view.js';
import { ServerPages, PageFailure, type About } from './server-pages.js';
import { sessionKey } from './session-key.js';
import { SignIn } from './sign-in.js';
import { TalkModel } from './talk/talk-model.js';
import { TalkView } from './talk/talk-view.js';
import { useObservable } from './observable.js';

const views = { talk: 'Talk', calls: 'Calls', memory: 'Memory', health: 'Health' } as const;
type View = keyof typeof views;

type Entry =
  | { readonly state: 'asking' }
  | { readonly state: 'key-wanted'; readonly problem: string | null }
  | { readonly state: 'away'; readonly problem: string }
  | { readonly state: 'in'; readonly pages: ServerPages; readonly about: About };

const awayRetryMs = 2_000;

export function App() {
  const view = useView();
  const { entry, enter, leave } = useEntry();
  const talk = useMemo(
    () => (entry.state === 'in' ? new TalkModel({ apiKey: entry.pages.apiKey, about: entry.about }) : null),
    [entry],
  );
  useEffect(() => () => void talk?.dispose(), [talk]);
  useEffect(() => {
    document.title = entry.state === 'in' ? `${views[view]} · Attune` : 'Attune';
  }, [view, entry.state]);

  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="masthead">
        <a class="brand" href="#talk">
          <Mark />
          Attune
        </a>
        {entry.state === 'in' && (
          <nav aria-label="Views">
            {Object.entries(views).map(([name, label]) => (
              <a key={name} href={`#${name}`} aria-current={name === view ? 'page' : undefined}>
                {label}
              </a>
            ))}
          </nav>
        )}
        {talk !== null && <CallChip talk={talk} />}
        {entry.state === 'in' && entry.pages.apiKey !== null && (
          <button type="button" class="quiet" onClick={leave}>
            Sign out
          </button>
        )}
      </header>
      {entry.state === 'asking' && <main class="waiting" id="main" aria-busy="true" />}
      {entry.state === 'key-wanted' && <SignIn problem={entry.problem} onKey={enter} />}
      {entry.state === 'away' && (
        <main class="waiting" id="main">
          <p role="status">{entry.problem} Trying again …</p>
        </main>
      )}
      {entry.state === 'in' && talk !== null && view === 'talk' && <TalkView model={talk} about={entry.about} />}
      {entry.state === 'in' && view === 'calls' && <CallsView pages={entry.pages} />}
      {entry.state === 'in' && view === 'memory' && <MemoryView pages={entry.pages} about={entry.about} />}
      {entry.state === 'in' && view === 'health' && <HealthView pages={entry.pages} about={entry.about} />}
    </>
  );
}

function useView(): View {
  const read = (): View => {
    const name = location.hash.slice(1);
    return name in views ? (name as View) : 'talk';
  };
  const [view, setView] = useState(read);
  useEffect(() => {
    const change = (): void => {
      // `#main` is the skip link's; it changes no view.
      if (location.hash !== '#main') setView(read());
    };
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return view;
}

function useEntry() {
  const [key, setKey] = useState(sessionKey.read);
  const [entry, setEntry] = useState<Entry>({ state: 'asking' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pages = new ServerPages(key);
    pages.about().then(
      (about) => {
        if (!current) return;
        if (key !== null) sessionKey.keep(key);
        setEntry({ state: 'in', pages, about });
        // Models that are still loading have voices to tell of later.
        if (about.speech === null) timer = setTimeout(() => setAttempt((count) => count + 1), awayRetryMs);
      },
      (error: unknown) => {
        if (!current) return;
        if (error instanceof PageFailure && (error.status === 401 || error.status === 403)) {
          sessionKey.forget();
          setEntry({ state: 'key-wanted', problem: key === null ? null : error.message });
        } else {
          setEntry({ state: 'away', problem: error instanceof Error ? error.message : String(error) });
          timer = setTimeout(() => setAttempt((count) => count + 1), awayRetryMs);
        }
      },
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, attempt]);
  return {
    entry,
    enter: (given: string) => {
      setKey(given);
      setAttempt((count) => count + 1);
    },
    leave: () => {
      sessionKey.forget();
      setKey(null);
    },
  };
}

/** Says on every view how the call is. */
function CallChip({ talk }: { readonly talk: TalkModel }) {
  const { connection, microphone } = useObservable(talk.state);
  const { state } = connection;
  const words =
    state === 'open'
      ? microphone.state === 'on'
        ? 'Listening'
        : 'Connected'
      : state === 'connecting'
        ? 'Connecting'
        : state === 'waiting'
          ? 'Reconnecting'
          : 'Not in a call';
  return (
    <span class={`chip is-${state}`} role="status">
      {words}
    </span>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="currentColor" />
      <path class="mark-bars" d="M8 14v4M12 10.5v11M16 6.5v19M20 11.5v9M24 14.5v3" />
    </svg>
  );
}
