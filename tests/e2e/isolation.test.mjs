// A key of store A gets the dialect's own refusal on store B, learns nothing about it, and changes
// nothing there.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { HOTCAKES } from './dialects.mjs';
import { clients, cli, importRows, makeFolder, makeStore, serve, snapshot } from './harness.mjs';

// The numbers of the two stores' customers do not overlap, so that none of A's own can answer for B's.
const ROWS = {
  a: [{ id: 1, email: 'ann@example.com', code: '1000000000000001', card_number: '11' }],
  b: [
    { id: 5001, email: 'bob@example.com', first_name: 'Bob', last_name: 'Secret', code: '5000000000000001', card_number: '55',
      transactions: [{ ref: 't', campaign: 'Points', date: '2024-01-05', points: '10' }],
      addresses: [{ ref: 'a', first_name: 'Bob', last_name: 'Secret', address1: '1 Hidden', city: 'Austin', state: 'Texas', postal_code: '1', country_code: 'US' }] },
    { id: 5002, email: 'bea@example.com', code: '5000000000000002' },
  ],
};

async function makeTwo(t) {
  const data = path.join(makeFolder(t), 'data');
  const stores = { a: await makeStore(data, 'a'), b: await makeStore(data, 'b') };
  for (const handle of ['a', 'b']) await importRows(data, handle, ROWS[handle]);
  const server = await serve(t, data);
  const a = clients(server, stores.a);
  const b = clients(server, stores.b);
  return { data, stores, server, a, b };
}

// The answer without what differs from call to call.
const plain = ({ status, body, headers }) => ({ status, body, type: headers['content-type'] });

// Runs `attack`, and checks that store B is what it was. Reads through B's own keys.
async function leavesAlone(b, attack) {
  const before = await snapshot(b);
  await attack();
  assert.deepEqual(await snapshot(b), before);
}

test('BigCommerce: 403 for the other store, the same as for one that does not exist', async (t) => {
  const { a, b } = await makeTwo(t);
  const token = a.big.key.token;
  const send = (handle, method, target, body) => a.server.request(method, `/stores/${handle}/v3/customers${target}`, {
    headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  });
  await leavesAlone(b, async () => {
    const calls = [
      ['GET', ''], ['GET', '?id:in=5001'], ['GET', '?email:in=bob@example.com'], ['GET', '?nonsense=1'], ['GET', '/addresses'],
      ['POST', '', [{ email: 'x@example.com', first_name: 'X', last_name: 'X' }]], ['POST', '', 'nonsense'],
      ['PUT', '', [{ id: 5001, first_name: 'Mallory' }]],
      ['POST', '/addresses', [{ customer_id: 5001, first_name: 'M', last_name: 'M', address1: '1', city: 'C', state_or_province: 'Texas', postal_code: '1', country_code: 'US' }]],
      ['PUT', '/addresses', [{ id: 1, city: 'Mallory' }]], ['DELETE', '/addresses?id:in=1'],
      ['DELETE', '?id:in=5001,5002'], ['DELETE', '?id:in=abc'], ['DELETE', ''],
    ];
    for (const [method, target, body] of calls) {
      const refused = plain(await send('b', method, target, body));
      assert.equal(refused.status, 403, `${method} ${target}: ${refused.body}`);
      assert.deepEqual(refused, plain(await send('nosuchstore', method, target, body)), `${method} ${target}`);
      assert.ok(!/bob|5001|secret/i.test(refused.body));
    }
  });
  // B's numbers mean nobody in A, and A's own are still there.
  assert.deepEqual(await a.big.find('id:in=5001'), []);
  assert.equal((await a.big.delete(5001)).status, 204);
  assert.equal((await b.big.find('id:in=5001')).length, 1);
  assert.equal((await a.big.find('id:in=1')).length, 1);
  // Ways to write the other store's name.
  for (const handle of ['B', 'b%2F..%2Fa', '../b', 'a/../b', 'a%2Fv3%2Fcustomers%2F..%2F..%2F..%2Fb', '%62', 'b%00', '']) {
    const answer = await send(handle, 'DELETE', '?id:in=5001');
    assert.ok([400, 401, 403, 404].includes(answer.status), `${handle}: ${answer.status}`);
  }
  assert.equal((await b.big.find('id:in=5001')).length, 1);
});

test('WebCommander: a token sees its own store alone, whatever host is named', async (t) => {
  const { a, b } = await makeTwo(t);
  await a.web.token();
  await leavesAlone(b, async () => {
    const unknown = plain(await a.web.get(999999));
    assert.equal(unknown.status, 404);
    for (const id of [5001, 5002]) {
      assert.deepEqual(plain(await a.web.get(id)), unknown);
      assert.deepEqual(plain(await a.web.delete(id)), unknown);
      assert.deepEqual(plain(await a.web.call('PUT', `/${id}`, { customer: { first_name: 'Mallory' } })), unknown);
    }
    const { internal_id } = (await b.web.get(5001)).json.customer;
    const inA = plain(await a.web.delete(internal_id));
    assert.ok(inA.status === 404 || internal_id === 1, `internal_id ${internal_id}: ${inA.status}`);
    for (const query of ['email=bob@example.com', 'search=Secret', 'search=bob']) {
      assert.equal((await a.web.list(query)).pagination.total, 0);
    }
    const answer = await a.server.request('GET', '/api/v4/admin/customers/5001', {
      headers: { Authorization: `Bearer ${await a.web.token()}`, Host: 'b.example.com' } });
    assert.deepEqual(plain(answer), unknown);

    // Halves of two keys make no whole: each piece of B's with the rest of A's.
    for (const name of ['client_id', 'client_secret']) {
      assert.equal((await a.web.askToken(a.web.grant({ [name]: b.web.key[name] }))).status, 401, name);
    }
    const { auth_string } = b.web.grant();
    assert.equal((await a.web.askToken(a.web.grant({ auth_string }))).status, 401);
    await b.web.token();
    const { client_id, client_secret, redirect_uri } = a.web.key;
    const stolen = await a.web.askToken({ grant_type: 'refresh_token', refresh_token: b.web.tokens.refresh_token, client_id, client_secret, redirect_uri });
    assert.equal(stolen.status, 401);
  });
  assert.equal((await a.web.get(1)).status, 200);
});

test('Sticky Street: no other account, and none that does not exist, in the same words', async (t) => {
  const { a, b } = await makeTwo(t);
  await leavesAlone(b, async () => {
    const calls = [
      { type: 'customer_delete', code: '5000000000000001' }, { type: 'customer_info', code: '5000000000000001' },
      { type: 'customer_info', card_number: '55' }, { type: 'campaigns_list' }, { type: 'nonsense' },
      { type: 'record_customer', customer_action: 'edit', code: '5000000000000001', first_name: 'Mallory' },
      { type: 'record_customer', customer_action: 'new', email: 'x@example.com', card_number: '66' },
      { type: 'campaign_new', action: 'campaign', campaign_type: 'points', campaign_name: 'Mallory' },
    ];
    for (const fields of calls) {
      for (const output of ['JSON', 'XML']) {
        const refused = plain(await a.sticky.post({ ...fields, output, account_id: 'b' }));
        assert.equal(refused.status, 200);
        assert.match(refused.body, output === 'JSON' ? /"status": *"error"/ : /<response status="error">/);
        assert.ok(!/bob|secret|points/i.test(refused.body), refused.body);
        assert.deepEqual(refused, plain(await a.sticky.post({ ...fields, output, account_id: 'nosuchstore' })));
      }
    }
    const { user_id, api_key } = b.sticky.key;
    for (const mixed of [{ user_id }, { user_password: api_key }]) {
      for (const account_id of ['a', 'b']) {
        assert.equal((await a.sticky.call('customer_delete', { ...mixed, account_id, code: '5000000000000001' })).status, 'error');
      }
    }
    // The header alone counts: A's key there makes B's right key in the body worth nothing.
    const answer = await b.sticky.post({ type: 'customer_delete', code: '5000000000000001', output: 'JSON' }, { headers: { api_access_key: a.sticky.key.api_key } });
    assert.equal(answer.json.status, 'error');
  });
  assert.equal((await a.sticky.delete('5000000000000001')).status, 'error'); // A has no such customer
  assert.equal((await a.sticky.info({ code: '1000000000000001' })).status, 'success');
});

test('Hotcakes: a key acts on its own store alone', async (t) => {
  const { data, a, b } = await makeTwo(t);
  await cli(data, 'window', 'open', '--store', 'b');
  await leavesAlone(b, async () => {
    const unknown = await a.cakes.get(999999);
    for (const id of [5001, 5002]) {
      assert.deepEqual(await a.cakes.get(id), unknown);
      assert.equal(await a.cakes.delete(id), false);
      assert.deepEqual(await a.cakes.call('POST', `/${id}`, { Bvin: String(id), Email: 'm@example.com' }), { Content: null, Errors: [] });
    }
    assert.deepEqual(await a.cakes.byEmail('bob@example.com'), await a.cakes.byEmail('nobody@example.com'));
    assert.equal(await a.cakes.count(), 1);
    // A's key with B's number in front, and other ways to be somebody else.
    const key = a.cakes.key.key;
    const other = b.cakes.key.key;
    for (const bad of [key.replace(/^\d+/, other.match(/^\d+/)[0]), `${key},${other}`, key.toUpperCase(), `${key}%20`, other.slice(0, -1), '', '%20']) {
      for (const [method, target] of [['DELETE', ''], ['DELETE', '/5001'], ['GET', '']]) {
        const { status, json } = await a.server.request(method, `${HOTCAKES}${target}?key=${bad}`);
        assert.deepEqual([status, json.Content, json.Errors[0].Code], [200, null, 'KEY'], bad);
      }
    }
    const twice = await a.server.request('DELETE', `${HOTCAKES}?key=${key}&key=${other}`);
    assert.deepEqual([twice.json.Content, twice.json.Errors[0].Code], [null, 'KEY']);
    // The window of B is open; A's key still clears nothing, neither here nor there.
    assert.equal(await a.cakes.clearAll(), false);
    assert.equal(await a.cakes.count(), 1);
  });
});

test('a key of one dialect is none in another', async (t) => {
  const { data, a, b } = await makeTwo(t);
  await cli(data, 'window', 'open', '--store', 'a');
  const access = await a.web.token();
  const { big, web, sticky, cakes } = a;
  const secrets = [big.key.token, big.key.client_secret, web.key.client_secret, web.key.password, access, sticky.key.api_key, cakes.key.key];
  const beforeA = await snapshot(a);
  await leavesAlone(b, async () => {
    for (const secret of secrets) {
      if (secret !== big.key.token) {
        const answer = await a.server.request('DELETE', '/stores/a/v3/customers?id:in=1', { headers: { 'X-Auth-Token': secret } });
        assert.equal(answer.status, 401);
      }
      if (secret !== access) {
        const answer = await a.server.request('DELETE', '/api/v4/admin/customers/1', { headers: { Authorization: `Bearer ${secret}` } });
        assert.equal(answer.status, 401);
      }
      if (secret !== sticky.key.api_key) {
        assert.equal((await sticky.call('customer_delete', { user_password: secret, code: '1000000000000001' })).status, 'error');
      }
      if (secret !== cakes.key.key) {
        const { json } = await a.server.request('DELETE', `${HOTCAKES}?key=${secret}`);
        assert.deepEqual([json.Content, json.Errors[0].Code], [null, 'KEY']);
      }
    }
  });
  assert.deepEqual(await snapshot(a), beforeA);
});

test('scopes and roles: who may not delete gets 403 and deletes nobody', async (t) => {
  const { data, a, server } = await makeTwo(t);
  for (const scope of ['store_v2_customers_read_only', 'store_stored_payment_instruments', 'store_stored_payment_instruments_read_only']) {
    const key = await cli(data, 'key', 'create', '--store', 'a', '--dialect', 'bigcommerce', '--scope', scope);
    const send = (method, target, body) => server.request(method, `/stores/a/v3/customers${target}`, {
      headers: { 'X-Auth-Token': key.token, 'Content-Type': 'application/json' }, body });
    for (const target of ['?id:in=1', '', '?id:in=abc', '/addresses?id:in=1']) assert.equal((await send('DELETE', target)).status, 403, scope);
    assert.equal((await send('POST', '', '[]')).status, 403);
    assert.equal((await send('PUT', '', '[]')).status, 403);
    assert.equal((await send('GET', '')).status, scope === 'store_v2_customers_read_only' ? 200 : 403, scope);
  }
  const staff = clients(server, { handle: 'a', keys: { webcommander: await cli(data, 'key', 'create', '--store', 'a', '--dialect', 'webcommander', '--role', 'staff') } });
  for (const id of [1, 999999]) {
    const answer = await staff.web.delete(id);
    assert.equal(answer.status, 403);
    assert.equal(answer.json.message, 'Access denied');
  }
  assert.equal((await staff.web.get(1)).status, 200);
  assert.equal((await a.big.find('id:in=1')).length, 1);
});

test('a revoked key ends at once, with the tokens that were made with it', async (t) => {
  const { data, stores, a } = await makeTwo(t);
  await a.web.token();
  assert.equal((await a.web.get(1)).status, 200);
  for (const key of Object.values(stores.a.keys)) await cli(data, 'key', 'revoke', String(key.id), '--store', 'a');
  assert.equal((await a.big.call('GET', '')).status, 401);
  assert.equal((await a.big.delete(1)).status, 401);
  assert.equal((await a.web.delete(1)).status, 401);
  assert.equal((await a.web.askToken(a.web.grant())).status, 401);
  const { refresh_token } = a.web.tokens;
  assert.equal((await a.web.askToken(a.web.grant({ grant_type: 'refresh_token', refresh_token }))).status, 401);
  assert.equal((await a.sticky.delete('1000000000000001')).status, 'error');
  assert.equal((await a.cakes.call('DELETE', '/1')).Errors[0].Code, 'KEY');
  assert.equal((await cli(data, 'store', 'show', 'a')).customers, 1);
});
