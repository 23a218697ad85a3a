import {useState} from 'preact/hooks';

import {ApiError, type Session, signIn} from './api';
import {Alert, Field, messageOf, Title} from './parts';

export function SignIn({onSignedIn, note}: {onSignedIn: (session: Session) => void; note?: string}) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState(note);
  const [busy, setBusy] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      onSignedIn(await signIn(name, password));
    } catch (error) {
      setPassword('');
      const wait = error instanceof ApiError ? error.retryAfterSeconds : 0;
      setProblem(
        wait > 0
          ? `Too many wrong passwords. Try again in ${Math.ceil(wait / 60)} minutes.`
          : messageOf(error),
      );
    }
    setBusy(false);
  }

  return (
    <main class="narrow">
      <Title>Sign in to Oubli</Title>
      <form onSubmit={submit}>
        <Field id="name" label="Name" value={name} onInput={setName} autoComplete="username" />
        <Field
          id="password"
          label="Password"
          type="password"
          value={password}
          onInput={setPassword}
          autoComplete="current-password"
        />
        <Alert text={problem} />
        <button type="submit" class="primary" disabled={busy}>
          Sign in
        </button>
      </form>
      <p class="hint">
        An administrator is made on the machine itself, with <code>oubli admin create</code>.
      </p>
    </main>
  );
}
