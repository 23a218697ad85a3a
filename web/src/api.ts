// The server's calls under /admin/api/, as src/admin/web/api.h lists them.

export interface Session {
  name: string;
  superuser: boolean;
  csrf_token: string;
}

export interface StoreRow {
  number: number;
  handle: string;
  created_at: string;
  window_open: boolean;
}

export interface WindowState {
  open: boolean;
  until: string | null;
  remaining_seconds: number;
}

export interface Store {
  number: number;
  handle: string;
  created_at: string;
  customers: number;
  keys: number;
  sweep_backlog: number;
  window: WindowState;
}

export interface Key {
  id: number;
  dialect: string;
  name: string;
  role: string;
  scopes: string[];
  created_at: string;
}

export interface Dialect {
  name: string;
  scopes: string[];
  roles: string[];
}

/** What the server said when it refused (RFC 9457), or why there was no answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly field: string | undefined,
    readonly retryAfterSeconds: number,
  ) {
    super(detail);
  }
}

async function call<T>(
  method: string,
  path: string,
  csrf?: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<T> {
  if (csrf !== undefined) headers['X-CSRF-Token'] = csrf;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/admin/api/${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    });
  } catch {
    throw new ApiError(0, 'The server does not answer.', undefined, 0);
  }
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  const problem = readProblem(text);
  throw new ApiError(
    response.status,
    problem.detail ?? `The server answered ${response.status}.`,
    problem.field,
    Number(response.headers.get('Retry-After') ?? 0),
  );
}

function readProblem(text: string): {detail?: string; field?: string} {
  try {
    return JSON.parse(text) as {detail?: string; field?: string};
  } catch {
    return {};
  }
}

const storePath = (handle: string) => `stores/${encodeURIComponent(handle)}`;

export const signIn = (name: string, password: string) =>
  call<Session>('POST', 'session', undefined, {name, password});
export const whoAmI = () => call<Session>('GET', 'session');
export const signOut = (session: Session) =>
  call<void>('DELETE', 'session', session.csrf_token);

export const listDialects = () => call<{dialects: Dialect[]}>('GET', 'dialects');
export const listStores = () => call<{stores: StoreRow[]}>('GET', 'stores');
export const createStore = (session: Session, handle: string) =>
  call<StoreRow>('POST', 'stores', session.csrf_token, {handle});
export const showStore = (handle: string) => call<Store>('GET', storePath(handle));

export const listKeys = (handle: string) =>
  call<{keys: Key[]}>('GET', `${storePath(handle)}/keys`);
export const createKey = (session: Session, handle: string, key: object) =>
  call<Record<string, string | number>>('POST', `${storePath(handle)}/keys`, session.csrf_token, key);
export const revokeKey = (session: Session, handle: string, id: number) =>
  call<void>('DELETE', `${storePath(handle)}/keys/${id}`, session.csrf_token);

/** For the page to ask by itself: it keeps nobody signed in. */
export const showWindow = (handle: string) =>
  call<WindowState>('GET', `${storePath(handle)}/window`, undefined, undefined, {
    'X-Background': '1',
  });
export const openWindow = (session: Session, handle: string, confirm: string) =>
  call<WindowState>('POST', `${storePath(handle)}/window`, session.csrf_token, {confirm});
export const closeWindow = (session: Session, handle: string) =>
  call<WindowState>('DELETE', `${storePath(handle)}/window`, session.csrf_token);
