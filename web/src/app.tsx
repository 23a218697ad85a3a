import {useEffect, useState} from 'preact/hooks';

import {ApiError, type Session, signOut, whoAmI} from './api';
import {messageOf} from './parts';
import {SignedOut} from './refusal';
import {linkToStores, useRoom} from './router';
import {SignIn} from './sign_in';
import {Store} from './store';
import {Stores} from './stores';

export function App() {
  const [session, setSession] = useState<Session | 'none'>();
  const [note, setNote] = useState<string>();
  const room = useRoom();

  useEffect(() => {
    whoAmI().then(setSession, (error: unknown) => {
      if (!(error instanceof ApiError && error.status === 401)) setNote(messageOf(error));
      setSession('none');
    });
  }, []);

  if (session === undefined) return null;
  if (session === 'none') {
    return (
      <SignIn
        key={note}
        onSignedIn={(signedIn) => {
          setNote(undefined);
          setSession(signedIn);
        }}
        {...(note === undefined ? {} : {note})}
      />
    );
  }

  const end = (why?: string) => {
    setNote(why);
    setSession('none');
  };
  const leave = () => {
    // Also when the server does not answer nothing more is shown here.
    signOut(session).then(() => end(), () => end('The server did not answer; close the browser.'));
  };

  return (
    <SignedOut.Provider value={() => end('You have been signed out. Sign in again.')}>
      <header>
        <a href={linkToStores} class="brand">
          Oubli
        </a>
        <span class="who">
          {session.name}
          {session.superuser ? ' (all stores)' : ''}
        </span>
        <button type="button" onClick={leave}>
          Sign out
        </button>
      </header>
      {room.name === 'stores' ? (
        <Stores session={session} />
      ) : (
        <Store key={room.handle} session={session} handle={room.handle} />
      )}
    </SignedOut.Provider>
  );
}
