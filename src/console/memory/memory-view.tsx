/**
 * What is remembered of a person and why, what they agreed to, and how to take it along or have it forgotten.
 */
import { useRef, useState } from 'preact/hooks';
import { PageFailure, type About, type ServerPages } from '../server-pages.js';
import { MoodPlane } from '../talk/mood-plane.js';
import { jsonFile, saveFile } from '../save-file.js';

const consentStates = ['unknown', 'given', 'refused', 'withdrawn'] as const;
type ConsentState = (typeof consentStates)[number];
type Consent = Readonly<Record<'emotion' | 'memory' | 'recording', ConsentState>>;

const purposes: readonly (readonly [keyof Consent, string])[] = [
  ['emotion', 'Feelings may be inferred'],
  ['memory', 'Feelings may be remembered'],
  ['recording', 'Turns may be recorded'],
];

interface Person {
  readonly consent: Consent;
  readonly rememberedTurns: number;
  readonly recollection: null | {
    readonly lastAtMs: number;
    readonly usual: { readonly arousal: number; readonly valence: number };
    readonly lastLabel: string;
    readonly triggers: readonly {
      readonly topic: string;
      readonly label: string;
      readonly weight: number;
      readonly lastAtMs: number;
      readonly turnCount: number;
    }[];
    readonly reminder: string | null;
  };
}

interface Found {
  readonly id: string;
  readonly person: Person;
}

export function MemoryView({ pages, about }: { readonly pages: ServerPages; readonly about: About }) {
  const [id, setId] = useState('');
  const [found, setFound] = useState<Found | null>(null);
  const [told, setTold] = useState<{ readonly kind: 'done' | 'problem'; readonly text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const confirmation = useRef<HTMLDialogElement>(null);

  const pathOf = (person: string): string => `/v1/memory/people/${encodeURIComponent(person)}`;
  const look = async (person: string): Promise<void> =>
    setFound({ id: person, person: await pages.json<Person>(pathOf(person)) });
  /** Runs one request at a time and tells how it went. */
  const run = (work: () => Promise<string | null>): void => {
    setBusy(true);
    setTold(null);
    work()
      .then(
        (text) => setTold(text === null ? null : { kind: 'done', text }),
        (error: unknown) => setTold({ kind: 'problem', text: problemOf(error) }),
      )
      .finally(() => setBusy(false));
  };

  return (
    <main class="memory" id="main" tabIndex={-1}>
      <h1>Memory &amp; privacy</h1>
      {!about.memory && <p class="banner warn">This server remembers nobody: it runs with its memory off.</p>}
      <form
        class="card find"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() === '') return;
          setFound(null);
          run(async () => {
            await look(id.trim());
            return null;
          });
        }}
      >
        <label for="person-id">Person, as your clients name them</label>
        <div class="row">
          <input
            id="person-id"
            type="text"
            autocomplete="off"
            spellcheck={false}
            placeholder="customer-4711"
            value={id}
            onInput={(event) => setId(event.currentTarget.value)}
          />
          <button type="submit" class="primary" disabled={busy || id.trim() === ''}>
            Find
          </button>
        </div>
        <p class="faint small">The server keeps a pseudonym only; looking somebody up is noted in the audit log.</p>
      </form>
      <p class={told?.kind === 'problem' ? 'problem' : 'done'} role="status">
        {told?.text}
      </p>
      {found !== null && (
        <div class="person">
          <Remembered found={found} />
          <section class="card" aria-labelledby="consent-title">
            <h2 id="consent-title">Consent</h2>
            <div class="fields">
              {purposes.map(([purpose, words]) => (
                <label key={purpose}>
                  {words}
                  <select
                    value={found.person.consent[purpose]}
                    disabled={busy}
                    onChange={(event) => {
                      const state = event.currentTarget.value;
                      run(async () => {
                        await pages.json(`${pathOf(found.id)}/consent`, {
                          method: 'PUT',
                          headers: { 'content-type': 'application/json' },
                          body: JSON.stringify({ [purpose]: state }),
                        });
                        await look(found.id);
                        return 'The consent was recorded.';
                      });
                    }}
                  >
                    {consentStates.map((state) => (
                      <option key={state}>{state}</option>
                    ))}
                  </select>
                </label>
              ))}
            </div>
            <p class="faint small">Refusing or withdrawing memory forgets what there was.</p>
          </section>
          <section class="card" aria-labelledby="rights-title">
            <h2 id="rights-title">Take along, forget</h2>
            <div class="row">
              <button
                type="button"
                disabled={busy}
                onClick={() =>
                  run(async () => {
                    saveFile(`${found.id}.json`, jsonFile(await pages.text(`${pathOf(found.id)}/export`)));
                    return 'Everything that is kept was saved as a file.';
                  })
                }
              >
                Export as JSON
              </button>
              <button type="button" class="danger" disabled={busy} onClick={() => confirmation.current?.showModal()}>
                Erase …
              </button>
            </div>
          </section>
          <dialog ref={confirmation} aria-labelledby="erase-title">
            <h2 id="erase-title">Erase everything about {found.id}?</h2>
            <p>Every record of this person is overwritten. This cannot be undone.</p>
            <form method="dialog" class="row">
              <button type="submit">Keep</button>
              <button
                type="submit"
                class="danger"
                onClick={() =>
                  run(async () => {
                    const { erasedRecords } = await pages.json<{ erasedRecords: number }>(pathOf(found.id), {
                      method: 'DELETE',
                    });
                    await look(found.id);
                    return `${erasedRecords} ${erasedRecords === 1 ? 'record was' : 'records were'} erased.`;
                  })
                }
              >
                Erase
              </button>
            </form>
          </dialog>
        </div>
      )}
    </main>
  );
}

function Remembered({ found: { id, person } }: { readonly found: Found }) {
  const { recollection } = person;
  return (
    <section class="card remembered" aria-labelledby="remembered-title">
      <h2 id="remembered-title">{id}</h2>
      {recollection === null ? (
        <p>Nothing is remembered of this person.</p>
      ) : (
        <>
          <p>
            {person.rememberedTurns} {person.rememberedTurns === 1 ? 'turn' : 'turns'}, the last on{' '}
            {new Date(recollection.lastAtMs).toLocaleDateString(undefined, { dateStyle: 'long' })}, which ended{' '}
            <strong>{recollection.lastLabel}</strong>.
          </p>
          {recollection.reminder !== null && <blockquote>{recollection.reminder}</blockquote>}
          <div class="usual">
            <div>
              <h3>Usual mood</h3>
              <MoodPlane
                trail={[{ ...recollection.usual, final: true }]}
                label={recollection.lastLabel}
                confidence={1}
              />
            </div>
            <div>
              <h3>What upsets them</h3>
              {recollection.triggers.length === 0 ? (
                <p class="faint">Nothing in particular.</p>
              ) : (
                <ol class="bars">
                  {recollection.triggers.map(({ topic, label, weight, turnCount }) => (
                    <li key={topic} data-label={label}>
                      <span class="bar-name">{topic}</span>
                      <span class="bar-track" aria-hidden="true">
                        <span class="bar-fill" style={{ transform: `scaleX(${weight.toFixed(3)})` }} />
                      </span>
                      <span class="bar-value">
                        {label}, {turnCount} {turnCount === 1 ? 'turn' : 'turns'}
                      </span>
                    </li>
                  ))}
                </ol>
              )}
              <p class="faint small">Why: turns with these topics felt unpleasant. Each counts half after 30 days.</p>
            </div>
          </div>
        </>
      )}
    </section>
  );
}

function problemOf(error: unknown): string {
  if (error instanceof PageFailure && error.status === 404) return 'This server remembers nobody.';
  return error instanceof Error ? error.message : String(error);
}
