// What happens everywhere when the server says that nobody is signed in any more.
import {createContext} from 'preact';
import {useContext} from 'preact/hooks';

import {ApiError} from './api';
import {messageOf} from './parts';

export const SignedOut = createContext<() => void>(() => undefined);

/** Handles a call's error: back to signing in, or the text to show. */
export function useRefusal(show: (text: string) => void): (error: unknown) => void {
  const signedOut = useContext(SignedOut);
  return (error) => {
    if (error instanceof ApiError && error.status === 401) signedOut();
    else show(messageOf(error));
  };
}
