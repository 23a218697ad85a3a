// A store's keys of every dialect.
import {useEffect, useState} from 'preact/hooks';

import {listKeys, revokeKey, type Key, type Session} from './api';
import {NewKey} from './new_key';
import {Alert, formatTime} from './parts';
import {useRefusal} from './refusal';

export function Keys({session, handle}: {session: Session; handle: string}) {
  const [keys, setKeys] = useState<Key[]>();
  const [problem, setProblem] = useState<string>();
  const refused = useRefusal(setProblem);

  const load = () => {
    listKeys(handle).then((answer) => setKeys(answer.keys), refused);
  };
  useEffect(load, [handle]);

  async function revoke(key: Key) {
    setProblem(undefined);
    try {
      await revokeKey(session, handle, key.id);
      load();
    } catch (error) {
      refused(error);
    }
  }

  return (
    <section aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <Alert text={problem} />
      {keys?.length === 0 && <p>This store has no keys yet: no client can use it.</p>}
      {keys !== undefined && keys.length > 0 && (
        <ul class="keys">
          {keys.map((key) => (
            <KeyRow key={key.id} value={key} onRevoke={() => void revoke(key)} />
          ))}
        </ul>
      )}
      <NewKey session={session} handle={handle} onMade={load} />
    </section>
  );
}

function KeyRow({value, onRevoke}: {value: Key; onRevoke: () => void}) {
  const [asked, setAsked] = useState(false);
  const may = [...value.scopes, ...(value.dialect === 'webcommander' ? [value.role] : [])];
  return (
    <li>
      <div>
        <strong>{value.dialect}</strong> <code>{value.name}</code>
        <span class="hint">
          {' '}
          no. {value.id}, made {formatTime(value.created_at)}
          {may.length > 0 && `; ${may.join(', ')}`}
        </span>
      </div>
      {asked ? (
        <div class="buttons">
          <button type="button" class="danger" onClick={onRevoke}>
            Revoke key {value.id} now
          </button>
          <button type="button" onClick={() => setAsked(false)}>
            Keep
          </button>
        </div>
      ) : (
        <button type="button" onClick={() => setAsked(true)} aria-label={`Revoke key ${value.id}`}>
          Revoke
        </button>
      )}
    </li>
  );
}
