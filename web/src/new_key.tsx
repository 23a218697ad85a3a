// Makes a key, and shows what a client needs of it, this once.
import {useEffect, useState} from 'preact/hooks';

import {createKey, type Dialect, listDialects, type Session} from './api';
import {Alert} from './parts';
import {useRefusal} from './refusal';

type Credentials = Record<string, string | number>;
const NO_SECRET = ['id', 'store', 'dialect'];

interface Props {
  session: Session;
  handle: string;
  onMade: () => void;
}

export function NewKey({session, handle, onMade}: Props) {
  const [dialects, setDialects] = useState<Dialect[]>([]);
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>([]);
  const [role, setRole] = useState('admin');
  const [made, setMade] = useState<Credentials>();
  const [problem, setProblem] = useState<string>();
  const refused = useRefusal(setProblem);

  useEffect(() => {
    listDialects().then((answer) => {
      setDialects(answer.dialects);
      setName(answer.dialects[0]?.name ?? '');
    }, refused);
  }, []);
  const dialect = dialects.find((one) => one.name === name);

  async function submit(event: Event) {
    event.preventDefault();
    setProblem(undefined);
    setMade(undefined);
    try {
      const wanted = {
        dialect: name,
        ...(dialect?.scopes.length ? {scopes} : {}),
        ...(dialect?.roles.length ? {role} : {}),
      };
      setMade(await createKey(session, handle, wanted));
      onMade();
    } catch (error) {
      refused(error);
    }
  }

  const toggle = (scope: string, on: boolean) =>
    setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));

  return (
    <form onSubmit={submit} class="new-key">
      <h3>New key</h3>
      <div class="field">
        <label for="dialect">For clients of</label>
        <select
          id="dialect"
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setScopes([]);
          }}
        >
          {dialects.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
      </div>
      {dialect !== undefined && dialect.scopes.length > 0 && (
        <fieldset>
          <legend>What it may do</legend>
          {dialect.scopes.map((scope) => (
            <label key={scope} class="choice">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) => toggle(scope, event.currentTarget.checked)}
              />
              <code>{scope}</code>
            </label>
          ))}
        </fieldset>
      )}
      {dialect !== undefined && dialect.roles.length > 0 && (
        <fieldset>
          <legend>Whom it acts for</legend>
          {dialect.roles.map((one) => (
            <label key={one} class="choice">
              <input
                type="radio"
                name="role"
                checked={role === one}
                onChange={() => setRole(one)}
              />
              {one}
            </label>
          ))}
        </fieldset>
      )}
      <Alert text={problem} />
      <button type="submit" disabled={dialect === undefined || (dialect.scopes.length > 0 && scopes.length === 0)}>
        Make a key
      </button>
      {made && <Shown credentials={made} onDone={() => setMade(undefined)} />}
    </form>
  );
}

function Shown({credentials, onDone}: {credentials: Credentials; onDone: () => void}) {
  return (
    <div class="shown" role="status">
      <p>
        <strong>Key {credentials['id']} is made.</strong> Keep these now: they are not shown again.
      </p>
      <dl>
        {Object.entries(credentials)
          .filter(([field]) => !NO_SECRET.includes(field))
          .map(([field, value]) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
      </dl>
      <button type="button" onClick={onDone}>
        I have kept them
      </button>
    </div>
  );
}
