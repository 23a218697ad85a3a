// The window: the permission to clear a store of all its customers, for 60 minutes.
import {useEffect, useRef, useState} from 'preact/hooks';

import {closeWindow, openWindow, type Session, showWindow, type WindowState} from './api';
import {describeCountdown, formatCountdown, secondsLeft} from './countdown';
import {Alert, Field} from './parts';
import {useRefusal} from './refusal';

const RESYNC_MS = 30_000;

interface Props {
  session: Session;
  handle: string;
  customers: number;
  first: WindowState;
  onChange: () => void;
}

/** The seconds that are left; asks the server again now and then, and at the end. */
function useCountdown(state: WindowState, refresh: () => void): number {
  const [left, setLeft] = useState(state.remaining_seconds);
  useEffect(() => {
    if (!state.open) return setLeft(0);
    const from = performance.now();
    const count = () => {
      const seconds = secondsLeft(state.remaining_seconds, from, performance.now());
      setLeft(seconds);
      if (seconds === 0) refresh();
    };
    count();
    const ticking = setInterval(count, 250);
    const asking = setInterval(refresh, RESYNC_MS);
    return () => {
      clearInterval(ticking);
      clearInterval(asking);
    };
  }, [state]);
  return left;
}

export function ClearWindow({session, handle, customers, first, onChange}: Props) {
  const [state, setState] = useState(first);
  const [problem, setProblem] = useState<string>();
  const [said, setSaid] = useState('');
  const refused = useRefusal(setProblem);
  const underWay = useRef(0);
  const latest = useRef(0);

  function take(next: WindowState) {
    if (state.open && !next.open) {
      setSaid('The window is closed. Clear operations are refused.');
      onChange();
    }
    setState(next);
  }

  // What was asked last counts: a look that began before "Close now" must not show the window open.
  async function run(call: Promise<WindowState>) {
    const mine = ++latest.current;
    ++underWay.current;
    setProblem(undefined);
    try {
      const next = await call;
      if (mine === latest.current) take(next);
    } catch (error) {
      if (mine === latest.current) refused(error);
    }
    --underWay.current;
  }

  const refresh = () => {
    if (underWay.current === 0) void run(showWindow(handle));
  };
  const left = useCountdown(state, refresh);
  useEffect(() => {
    if (state.open) setSaid(`The window is open for ${describeCountdown(state.remaining_seconds)}.`);
  }, [state.open]);

  return (
    <section aria-labelledby="window" class={state.open ? 'window open' : 'window'}>
      <h2 id="window">Clear operations</h2>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {state.open ? (
        <>
          <p>
            <strong>Allowed.</strong> A clear call of any client with a key of this store now erases
            all of its customers, at once and for ever, also from every backup.
          </p>
          <p class="countdown" role="timer" aria-label={`${describeCountdown(left)} left`}>
            {formatCountdown(left)}
          </p>
          <button type="button" class="primary" onClick={() => void run(closeWindow(session, handle))}>
            Close now
          </button>
        </>
      ) : (
        <OpenForm
          handle={handle}
          customers={customers}
          onOpen={(confirm) => void run(openWindow(session, handle, confirm))}
        />
      )}
      <Alert text={problem} />
    </section>
  );
}

interface OpenFormProps {
  handle: string;
  customers: number;
  onOpen: (confirm: string) => void;
}

function OpenForm({handle, customers, onOpen}: OpenFormProps) {
  const [typed, setTyped] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onOpen(typed);
      }}
    >
      <p>
        Refused at the moment. Some clients have a call that deletes <em>every</em> customer of a
        store. You can allow it for the next 60 minutes.
      </p>
      <p class="warning">
        <strong>There is no undo.</strong> What such a call erases ({customers.toLocaleString()}{' '}
        {customers === 1 ? 'customer' : 'customers'} now, with everything that belongs to them) is
        gone at once, and no backup brings it back.
      </p>
      <Field
        id="confirm"
        label={`To go on, type the store's name: ${handle}`}
        value={typed}
        onInput={setTyped}
      />
      <button type="submit" class="danger" disabled={typed !== handle}>
        Allow clear operations for the next 60 minutes
      </button>
    </form>
  );
}
