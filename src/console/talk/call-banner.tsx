/**
 * Says when something is in the way of talking, and what can be done about it.
 */
import { useEffect, useState } from 'preact/hooks';
import { useObservable } from '../observable.js';
import type { TalkModel, TalkState } from './talk-model.js';

export function CallBanner({ model }: { readonly model: TalkModel }) {
  const state = useObservable(model.state);
  const { connection, microphone } = state;
  return (
    <div class="banners" role="status">
      {connection.state === 'waiting' && <Waiting state={state} onRetry={() => model.reconnectNow()} />}
      {connection.state === 'connecting' && connection.attempt > 0 && <p class="banner warn">Connecting again …</p>}
      {connection.state === 'closed' && connection.error !== null && (
        <p class="banner bad">
          {connection.error.message}. {connection.error.hint}
        </p>
      )}
      {microphone.state === 'failed' && (
        <p class="banner bad">
          {microphone.error.message}. {microphone.error.hint} You can write below all the same.
        </p>
      )}
    </div>
  );
}

const closeReasons: Readonly<Record<number, string>> = {
  1001: 'The server went away.',
  1012: 'The server restarts.',
  1013: 'The server has too much to do.',
};

function Waiting({ state, onRetry }: { readonly state: TalkState; readonly onRetry: () => void }) {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 500);
    return () => clearInterval(timer);
  }, []);
  const { connection, wasOpen, retryAtMs } = state;
  if (connection.state !== 'waiting') return null;
  const seconds = Math.max(0, Math.ceil(((retryAtMs ?? 0) - performance.now()) / 1000));
  const reason =
    closeReasons[connection.closeCode] ?? (wasOpen ? 'The connection was lost.' : 'The server cannot be reached.');
  return (
    <p class="banner warn">
      <span>
        {reason} <span aria-hidden="true">Trying again {seconds > 1 ? `in ${seconds} s` : 'now'}.</span>
        <span class="unseen">Trying again.</span>
        {wasOpen && ' The conversation will begin anew.'}
      </span>
      <button type="button" class="quiet" onClick={onRetry}>
        Try now
      </button>
    </p>
  );
}
