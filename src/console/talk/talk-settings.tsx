/**
 * How Attune speaks in this call, and with whom: protocol, voice, language, persona, and who is speaking.
 */
import { useObservable } from '../observable.js';
import type { About } from '../server-pages.js';
import type { TalkModel } from './talk-model.js';
import type { TalkSettings } from './talk-protocol.js';

const locales = ['en-US', 'en-GB', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'pt-PT', 'pl-PL', 'sv-SE', 'tr-TR'];

export function TalkSettingsPanel({ model, about }: { readonly model: TalkModel; readonly about: About }) {
  const settings = useObservable(model.settings);
  const { connection, microphone } = useObservable(model.state);
  const inCall = connection.state !== 'closed' || microphone.state === 'asking';
  const isEvi = settings.protocol === 'evi';
  // Two changes may come between two frames; the second must not undo the first.
  const set = (part: Partial<TalkSettings>): void => model.change({ ...model.settings.value, ...part });
  const voices = about.voices.includes(settings.voice) ? about.voices : [settings.voice, ...about.voices];
  const known = locales.includes(settings.locale) ? locales : [settings.locale, ...locales];
  return (
    <details class="card settings">
      <summary>
        <h2>This call</h2>
        <span class="faint">
          {isEvi ? `Hume EVI · ${settings.voice}` : `${settings.voice} · ${settings.locale}`}
          {settings.persona.trim() === '' ? '' : ' · own persona'}
        </span>
      </summary>
      <div class="fields">
        <label>
          Voice
          <select value={settings.voice} onChange={(event) => set({ voice: event.currentTarget.value })}>
            {voices.map((voice) => (
              <option key={voice}>{voice}</option>
            ))}
          </select>
        </label>
        {!isEvi && (
          <label>
            Language
            <select value={settings.locale} onChange={(event) => set({ locale: event.currentTarget.value })}>
              {known.map((locale) => (
                <option key={locale}>{locale}</option>
              ))}
            </select>
          </label>
        )}
        <label>
          Protocol
          <select
            aria-describedby="protocol-note"
            value={settings.protocol}
            disabled={inCall}
            onChange={(event) => set({ protocol: event.currentTarget.value as TalkSettings['protocol'] })}
          >
            <option value="openai-realtime">OpenAI Realtime with Attune’s events</option>
            <option value="evi">Hume EVI</option>
          </select>
        </label>
        <p class="faint small wide" id="protocol-note">
          {inCall ? 'Hang up to choose another protocol. ' : ''}
          {isEvi
            ? 'EVI carries voice and persona; language and who is speaking are the server’s own there.'
            : 'Telephones have paths of their own.'}
        </p>
        <label class="wide">
          Persona
          <textarea
            rows={3}
            placeholder="You are a patient librarian. Answer in one or two sentences."
            value={settings.persona}
            onChange={(event) => set({ persona: event.currentTarget.value })}
          />
        </label>
        {about.memory && !isEvi && (
          <>
            <label>
              Who is speaking
              <input
                type="text"
                placeholder="customer-4711"
                value={settings.person}
                onChange={(event) => set({ person: event.currentTarget.value })}
              />
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={settings.remember}
                onChange={(event) => set({ remember: event.currentTarget.checked })}
              />
              They agreed to be remembered
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={settings.record}
                onChange={(event) => set({ record: event.currentTarget.checked })}
              />
              They agreed to being recorded
            </label>
          </>
        )}
      </div>
    </details>
  );
}
