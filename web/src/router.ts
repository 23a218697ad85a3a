// Which room of the page is shown: the part of the address behind '#', so that the server serves
// one page and the browser's own buttons work.
import {useEffect, useState} from 'preact/hooks';

export type Room = {name: 'stores'} | {name: 'store'; handle: string};

/** What is not understood leads to the list of stores. */
export function parseRoom(hash: string): Room {
  const match = /^#\/stores\/([^/]+)$/.exec(hash);
  if (match === null) return {name: 'stores'};
  try {
    return {name: 'store', handle: decodeURIComponent(match[1]!)};
  } catch {
    return {name: 'stores'};
  }
}

export const linkToStore = (handle: string) => `#/stores/${encodeURIComponent(handle)}`;
export const linkToStores = '#/';

export function useRoom(): Room {
  const [room, setRoom] = useState(() => parseRoom(location.hash));
  useEffect(() => {
    const follow = () => setRoom(parseRoom(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return room;
}
