/**
 * What a person talks and writes with: the microphone's button, the sound as it goes by, a line of text.
 */
import { useEffect, useState } from 'preact/hooks';
import { useObservable } from '../observable.js';
import { LevelStrip } from './level-strip.js';
import type { TalkModel } from './talk-model.js';

export function TalkDock({ model }: { readonly model: TalkModel }) {
  const { connection, microphone } = useObservable(model.state);
  const { turns } = useObservable(model.conversation);
  const [text, setText] = useState('');
  const talking = microphone.state === 'on' || microphone.state === 'asking';
  const inCall = connection.state !== 'closed';
  const reply = turns.at(-1)?.reply;
  const replying = reply?.state === 'speaking' || reply?.state === 'thinking';
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') model.interrupt();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [model]);
  return (
    <div class="dock">
      <LevelStrip model={model} />
      <div class="dock-row">
        <button
          type="button"
          class={`mic ${talking ? 'is-on' : ''}`}
          aria-pressed={talking}
          aria-label={talking ? 'Stop the microphone' : 'Talk'}
          disabled={microphone.state === 'asking'}
          onClick={() => (talking ? model.stopTalking() : void model.startTalking())}
        >
          <MicrophonePicture on={talking} />
        </button>
        <form
          class="write"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() === '') return;
            void model.sendText(text.trim());
            setText('');
          }}
        >
          <input
            type="text"
            aria-label="Write to Attune"
            placeholder={talking ? 'Speak, or write' : 'Write, or press the microphone'}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            enterkeyhint="send"
          />
          <button type="submit" class="primary" disabled={text.trim() === ''}>
            Send
          </button>
        </form>
        {replying && (
          <button type="button" class="quiet" onClick={() => model.interrupt()} title="Escape does the same">
            Break in
          </button>
        )}
        {inCall && (
          <button type="button" class="quiet danger" onClick={() => void model.hangUp()}>
            Hang up
          </button>
        )}
      </div>
    </div>
  );
}

function MicrophonePicture({ on }: { readonly on: boolean }) {
  return (
    <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">
      {on ? (
        <rect x="7" y="7" width="10" height="10" rx="2.5" fill="currentColor" />
      ) : (
        <g fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round">
          <rect x="9" y="3" width="6" height="11" rx="3" fill="currentColor" stroke="none" />
          <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
        </g>
      )}
    </svg>
  );
}
