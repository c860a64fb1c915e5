/**
 * Asks for the API key of a server that wants one, and says plainly why there is nothing to see yet.
 */
import { useState } from 'preact/hooks';

export interface SignInProps {
  readonly problem: string | null;
  readonly onKey: (key: string) => void;
}

export function SignIn({ problem, onKey }: SignInProps) {
  const [key, setKey] = useState('');
  return (
    <main class="sign-in" id="main">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== '') onKey(key.trim());
        }}
      >
        <h1>Sign in</h1>
        <p>This server asks for an API key. It stays in this tab and goes when you close it.</p>
        <label for="api-key">API key</label>
        <input
          id="api-key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={key}
          aria-describedby="key-problem"
          aria-invalid={problem !== null}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <p id="key-problem" class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="primary" disabled={key.trim() === ''}>
          Sign in
        </button>
      </form>
    </main>
  );
}
