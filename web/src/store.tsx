import {useEffect, useState} from 'preact/hooks';

import {type Session, showStore, type Store as StoreInfo} from './api';
import {Keys} from './keys';
import {Alert, formatTime, Title} from './parts';
import {useRefusal} from './refusal';
import {linkToStores} from './router';
import {ClearWindow} from './window';

export function Store({session, handle}: {session: Session; handle: string}) {
  const [store, setStore] = useState<StoreInfo>();
  const [problem, setProblem] = useState<string>();
  const refused = useRefusal(setProblem);

  const load = () => {
    showStore(handle).then(setStore, refused);
  };
  useEffect(load, [handle]);

  return (
    <main>
      <nav aria-label="Where you are">
        <a href={linkToStores}>Stores</a>
      </nav>
      <Title>{handle}</Title>
      <Alert text={problem} />
      {store && (
        <>
          <dl class="facts">
            <div>
              <dt>Customers</dt>
              <dd>{store.customers.toLocaleString()}</dd>
            </div>
            <div>
              <dt>Made</dt>
              <dd>{formatTime(store.created_at)}</dd>
            </div>
            <div>
              <dt>Erased, still to be swept</dt>
              <dd>{store.sweep_backlog.toLocaleString()}</dd>
            </div>
          </dl>
          <Keys session={session} handle={handle} />
          <ClearWindow
            key={handle}
            session={session}
            handle={handle}
            customers={store.customers}
            first={store.window}
            onChange={load}
          />
        </>
      )}
    </main>
  );
}
