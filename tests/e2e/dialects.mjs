// A small client for each dialect, as much as the tests need. Each takes a running Server, the store's
// handle and what `oubli key create --json` printed.
import assert from 'node:assert/strict';
import zlib from 'node:zlib';

const form = (fields) => new URLSearchParams(fields).toString();
const JSON_TYPE = { 'Content-Type': 'application/json' };

// What all members of a zip archive hold, one after the other, by its directory at the end.
function unzip(archive) {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const parts = [];
  for (let at = archive.readUInt32LE(end + 16), left = archive.readUInt16LE(end + 10); left > 0; --left) {
    const [method, packed] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)];
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(start, start + packed);
    parts.push(method === 0 ? bytes : zlib.inflateRawSync(bytes));
    at += 46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return Buffer.concat(parts);
}

export class BigCommerce {
  constructor(server, store, key) {
    Object.assign(this, { server, store, key });
  }

  call(method, target, body) {
    return this.api(method, `/v3/customers${target}`, body);
  }

  // Any path below the store: "/v2/customers", "/v3/segments".
  api(method, target, body) {
    const headers = { 'X-Auth-Token': this.key.token };
    if (body !== undefined) Object.assign(headers, JSON_TYPE);
    return this.server.request(method, `/stores/${this.store}${target}`, {
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  // Its JSON, when the status is the one expected.
  async done(status, method, target, body) {
    const answer = await this.api(method, target, body);
    assert.equal(answer.status, status, `${method} ${target}: ${answer.status} ${answer.body}`);
    return answer.body === '' ? undefined : answer.json;
  }

  async data(method, target, body) {
    const answer = await this.call(method, target, body);
    assert.equal(answer.status, 200, `${method} ${target}: ${answer.status} ${answer.body}`);
    return answer.json.data;
  }

  create(...customers) {
    return this.data('POST', '', customers);
  }

  update(...customers) {
    return this.data('PUT', '', customers);
  }

  find(query = '') {
    return this.data('GET', query === '' ? '' : `?${query}`);
  }

  addresses(query = '') {
    return this.data('GET', `/addresses?${query}`);
  }

  // Every row of a list, page by page.
  all(target = '', query = '') {
    return this.rows(`/v3/customers${target}`, query);
  }

  async rows(target, query = '') {
    const rows = [];
    for (let page = 1; ; ++page) {
      const json = await this.done(200, 'GET', `${target}?limit=250&page=${page}&${query}`.replace(/&$/, ''));
      rows.push(...json.data);
      if (page >= json.meta.pagination.total_pages) {
        assert.equal(json.meta.pagination.total, rows.length);
        return rows;
      }
    }
  }

  delete(...ids) {
    return this.call('DELETE', `?id:in=${ids.join(',')}`);
  }
}

export class WebCommander {
  constructor(server, store, key) {
    Object.assign(this, { server, store, key });
  }

  // The body of the token call, for those who want to spoil it.
  grant(extra = {}) {
    const { client_id, client_secret, redirect_uri, username, password } = this.key;
    const auth_string = Buffer.from(`${username}:${password}`).toString('base64');
    return { grant_type: 'client_credentials', client_id, client_secret, redirect_uri, auth_string, ...extra };
  }

  askToken(body) {
    return this.server.request('POST', '/api/v4/oauth2/token', { headers: JSON_TYPE, body: JSON.stringify(body) });
  }

  async token() {
    if (this.tokens === undefined) {
      const answer = await this.askToken(this.grant());
      assert.equal(answer.status, 201, answer.body);
      this.tokens = answer.json;
    }
    return this.tokens.access_token;
  }

  call(method, target, body) {
    return this.api(method, `/admin/customers${target}`, body);
  }

  // Any path of the API: "/admin/orders", "/carts".
  async api(method, target, body, headers = {}) {
    const all = { Authorization: `Bearer ${await this.token()}`, ...(body !== undefined && JSON_TYPE), ...headers };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return this.server.request(method, `/api/v4${target}`, { headers: all, body: text });
  }

  // Its JSON, when the status is the one expected.
  async done(status, method, target, body) {
    const answer = await this.api(method, target, body);
    assert.equal(answer.status, status, `${method} ${target}: ${answer.status} ${answer.body}`);
    return answer.body === '' ? undefined : answer.json;
  }

  // Every row of a list, page by page: rows("/admin/orders", "orders").
  async rows(target, name, query = '') {
    const rows = [];
    for (let offset = 0; ; offset += 20) {
      const page = await this.done(200, 'GET', `${target}?limit=20&offset=${offset}&${query}`.replace(/&$/, ''));
      rows.push(...page[name]);
      if (!page.pagination.has_next) return rows;
    }
  }

  // The text of the export, every cell of the workbook after the other.
  async exported(query = '') {
    const headers = { Authorization: `Bearer ${await this.token()}` };
    const answer = await this.server.request('GET', `/api/v4/admin/customers/export${query}`, { headers });
    assert.equal(answer.status, 200, answer.body);
    return unzip(answer.bytes).toString('utf8');
  }

  // The export by rows of cells; the first has the titles.
  async exportedRows() {
    const rows = (await this.exported()).matchAll(/<row [^>]*>(.*?)<\/row>/gs);
    return [...rows].map(([, row]) => [...row.matchAll(/<c [^>]*?(?:\/>|>(.*?)<\/c>)/gs)].map(([, cell]) => (cell ?? '').replace(/<[^>]*>/g, '')));
  }

  import(text) {
    const border = 'Ab03x';
    const body = `--${border}\r\nContent-Disposition: form-data; name="file"; filename="c.csv"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n--${border}--\r\n`;
    return this.api('POST', '/admin/customers/import', body, { 'Content-Type': `multipart/form-data; boundary=${border}` });
  }

  async customer(status, method, target, body) {
    const answer = await this.call(method, target, body);
    assert.equal(answer.status, status, `${method} ${target}: ${answer.status} ${answer.body}`);
    return answer.json.customer;
  }

  create(customer) {
    return this.customer(201, 'POST', '', { customer });
  }

  update(id, customer) {
    return this.customer(200, 'PUT', `/${id}`, { customer });
  }

  get(id) {
    return this.call('GET', `/${id}`);
  }

  async list(query = '') {
    const answer = await this.call('GET', query === '' ? '' : `?${query}`);
    assert.equal(answer.status, 200, answer.body);
    return answer.json;
  }

  async all() {
    const rows = [];
    for (let offset = 0; ; offset += 20) {
      const page = await this.list(`limit=20&offset=${offset}`);
      rows.push(...page.customers);
      if (!page.pagination.has_next) return rows;
    }
  }

  delete(id) {
    return this.call('DELETE', `/${id}`);
  }
}

export class StickyStreet {
  constructor(server, store, key) {
    Object.assign(this, { server, store, key });
  }

  // The raw answer of a form POST; fields may override the credentials.
  post(fields, { headers = {}, target = '/api.php' } = {}) {
    const all = { user_id: this.key.user_id, user_password: this.key.api_key, account_id: this.store, ...fields };
    for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
    return this.server.request('POST', target, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: form(all),
    });
  }

  // As JSON, errors too: they have status 200 here.
  async call(type, fields = {}) {
    const answer = await this.post({ type, output: 'JSON', ...fields });
    assert.equal(answer.status, 200, answer.body);
    return answer.json;
  }

  async done(type, fields) {
    const answer = await this.call(type, fields);
    assert.equal(answer.status, 'success', `${type}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async create(fields) {
    return (await this.done('record_customer', { customer_action: 'new', ...fields })).customer;
  }

  async edit(fields) {
    return (await this.done('record_customer', { customer_action: 'edit', ...fields })).customer;
  }

  info(fields) {
    return this.call('customer_info', fields);
  }

  async campaign(name, type = 'points', extra = { points_ratio: '1' }) {
    const made = await this.done('campaign_new', { action: 'campaign', campaign_type: type, campaign_name: name, ...extra });
    return made.campaign.id;
  }

  activity(fields) {
    return this.done('record_activity', fields);
  }

  delete(code) {
    return this.call('customer_delete', { code });
  }
}

const HOTCAKES_ROOT = '/DesktopModules/Hotcakes/API/rest/v1/';
export const HOTCAKES = `${HOTCAKES_ROOT}customeraccounts`;

export class Hotcakes {
  constructor(server, store, key) {
    Object.assign(this, { server, store, key });
  }

  async call(method, target = '', body, query = '') {
    return this.rest('customeraccounts', method, target, body, query);
  }

  // Any resource: "wishlistitems", "pricegroups". Dates go back with the backslashes that they came with.
  async rest(resource, method, target = '', body = undefined, query = '') {
    const answer = await this.server.request(method, `${HOTCAKES_ROOT}${resource}${target}?key=${this.key.key}${query}`, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: body === undefined ? undefined : JSON.stringify(body).replace(/\/Date\((-?\d+)\)\//g, '\\/Date($1)\\/'),
    });
    assert.equal(answer.status, 200, answer.body);
    return answer.json;
  }

  // The Content alone; an error fails the test.
  async made(...args) {
    const answer = await this.rest(...args);
    assert.deepEqual(answer.Errors, [], JSON.stringify(answer));
    return answer.Content;
  }

  // The wish list of a customer, or with none of the store; an empty one is an error in this dialect.
  async wishes(id) {
    const answer = await this.rest('wishlistitems', 'GET', '', undefined, id === undefined ? '' : `&id=${id}`);
    if (answer.Errors.length === 0) return answer.Content;
    assert.equal(answer.Errors[0].Code, 'NULL', JSON.stringify(answer));
    return [];
  }

  async content(...args) {
    const answer = await this.call(...args);
    assert.deepEqual(answer.Errors, [], JSON.stringify(answer));
    return answer.Content;
  }

  all() {
    return this.content('GET', '/');
  }

  count() {
    return this.content('GET', '/', undefined, '&countonly=1');
  }

  get(id) {
    return this.call('GET', `/${id}`);
  }

  byEmail(email) {
    return this.call('GET', '/', undefined, `&email=${encodeURIComponent(email)}`);
  }

  create(account) {
    return this.content('POST', '/', account);
  }

  update(account) {
    return this.content('POST', `/${account.Bvin}`, account);
  }

  // Content alone: true or false.
  delete(id) {
    return this.content('DELETE', `/${id}`);
  }

  clearAll() {
    return this.content('DELETE', '/');
  }
}

export class Native {
  constructor(server, store, key) {
    Object.assign(this, { server, store, key });
  }

  call(method, target, body, headers = {}) {
    const all = { Authorization: `Bearer ${this.key?.key}`, ...(body !== undefined && JSON_TYPE), ...headers };
    return this.server.request(method, `/v1/stores/${this.store}${target}`, { headers: all, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  instruments(id) {
    return this.call('GET', `/customers/${id}/stored-instruments`);
  }

  async addInstrument(id, instrument) {
    const answer = await this.call('POST', `/customers/${id}/stored-instruments`, instrument);
    assert.equal(answer.status, 201, answer.body);
    return answer.json;
  }
}

// The four deletions, each answering whether it was done. An answer of another kind fails the test.
export const DELETE = {
  async big(shop, { id }) {
    const answer = await shop.big.delete(id);
    if (answer.status === 204) return true;
    assert.ok([500, 503, 507].includes(answer.status), `${answer.status} ${answer.body}`);
    assert.deepEqual([answer.json.status, typeof answer.json.title], [answer.status, 'string']);
    return false;
  },
  async web(shop, { id }) {
    const answer = await shop.web.delete(id);
    if (answer.status === 204) return true;
    assert.equal(answer.status, 500, answer.body);
    assert.deepEqual([answer.json.status, answer.json.code], ['error', 500]);
    return false;
  },
  async sticky(shop, { code }) {
    const answer = await shop.sticky.delete(code);
    if (answer.status === 'success') return true;
    assert.equal(answer.status, 'error');
    assert.ok(!answer.error.includes('No customer'), 'it is not that nobody has this code');
    return false;
  },
  async cakes(shop, { id }) {
    const answer = await shop.cakes.call('DELETE', `/${id}`);
    // False with or without a word why; null would break the real client (contract, trap 4).
    assert.equal(typeof answer.Content, 'boolean', JSON.stringify(answer));
    if (answer.Content) assert.deepEqual(answer.Errors, []);
    return answer.Content;
  },
};
