import {useEffect, useState} from 'preact/hooks';

import {createStore, listStores, type Session, type StoreRow} from './api';
import {Alert, Field, formatTime, messageOf, Title} from './parts';
import {linkToStore} from './router';
import {useRefusal} from './refusal';

export function Stores({session}: {session: Session}) {
  const [stores, setStores] = useState<StoreRow[]>();
  const [problem, setProblem] = useState<string>();
  const refused = useRefusal(setProblem);

  const load = () => listStores().then((answer) => setStores(answer.stores), refused);
  useEffect(() => {
    void load();
  }, []);

  return (
    <main>
      <Title>Stores</Title>
      <Alert text={problem} />
      {stores?.length === 0 && <p>There is no store yet that you may manage.</p>}
      {stores !== undefined && stores.length > 0 && (
        <ul class="cards">
          {stores.map((store) => (
            <li key={store.number}>
              <a href={linkToStore(store.handle)}>
                <strong>{store.handle}</strong>
                <span class="hint">since {formatTime(store.created_at)}</span>
                {store.window_open && <span class="badge danger">clear operations allowed</span>}
              </a>
            </li>
          ))}
        </ul>
      )}
      {session.superuser && <NewStore session={session} onMade={load} />}
    </main>
  );
}

function NewStore({session, onMade}: {session: Session; onMade: () => void}) {
  const [handle, setHandle] = useState('');
  const [problem, setProblem] = useState<string>();

  async function submit(event: Event) {
    event.preventDefault();
    setProblem(undefined);
    try {
      await createStore(session, handle);
      setHandle('');
      onMade();
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <section aria-labelledby="new-store">
      <h2 id="new-store">New store</h2>
      <form onSubmit={submit}>
        <Field
          id="handle"
          label="Name"
          value={handle}
          onInput={setHandle}
          hint="1 to 63 of a to z, 0 to 9 and -; clients have it in their addresses."
        />
        <Alert text={problem} />
        <button type="submit">Make the store</button>
      </form>
    </section>
  );
}
