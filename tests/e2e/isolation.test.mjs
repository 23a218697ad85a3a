// A key of store A gets the dialect's own refusal on store B, learns nothing about it, and changes
// nothing there.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BigCommerce, HOTCAKES, Native } from './dialects.mjs';
import { clients, cli, run, snapshot } from './harness.mjs';
import { CARD, leavesAlone, makeTwo, plain } from './twostores.mjs';

const PASSWORD = 'correct horse battery';
const HOOK = { scope: 'store/customer/deleted', destination: 'http://127.0.0.1:9/' };

// Of BigCommerce's paths most are V3's customers.
const pathOf = (target) => (/^\/v[23]\//.test(target) ? target : `/v3/customers${target}`);

test('BigCommerce: 403 for the other store, the same as for one that does not exist', async (t) => {
  const { data, a, b } = await makeTwo(t);
  const send = (handle, method, target, body) =>
    new BigCommerce(a.server, handle, a.big.key).api(method, pathOf(target), body);
  await leavesAlone(b, async () => {
    const calls = [
      ['GET', ''], ['GET', '?id:in=5001'], ['GET', '?email:in=bob@example.com'], ['GET', '?nonsense=1'], ['GET', '/addresses'],
      ['POST', '', [{ email: 'x@example.com', first_name: 'X', last_name: 'X' }]], ['POST', '', 'nonsense'],
      ['PUT', '', [{ id: 5001, first_name: 'Mallory' }]],
      ['POST', '/addresses', [{ customer_id: 5001, first_name: 'M', last_name: 'M', address1: '1', city: 'C', state_or_province: 'Texas', postal_code: '1', country_code: 'US' }]],
      ['PUT', '/addresses', [{ id: 1, city: 'Mallory' }]], ['DELETE', '/addresses?id:in=1'],
      ['DELETE', '?id:in=5001,5002'], ['DELETE', '?id:in=abc'], ['DELETE', ''],
      ['GET', '/attributes'], ['DELETE', '/attributes?id:in=1'], ['GET', '/attribute-values'], ['PUT', '/attribute-values', [{ customer_id: 5001, attribute_id: 1, value: 'm' }]],
      ['GET', '/form-field-values'], ['PUT', '/form-field-values', [{ customer_id: 5001, name: 'Door', value: 'm' }]],
      ['GET', '/5001/consent'], ['PUT', '/5001/consent', { allow: [], deny: [] }], ['GET', '/settings'], ['PUT', '/settings', {}], ['PUT', '/settings/channels/1', { allow_global_logins: false }],
      ['POST', '/validate-credentials', { email: 'bob@example.com', password: 'x' }],
      ['GET', '/5001/metafields'], ['POST', '/5001/metafields', { permission_set: 'write', namespace: 'n', key: 'm', value: 'm' }],
      ['GET', `/5001/metafields/${b.metafield}`], ['PUT', `/5001/metafields/${b.metafield}`, { value: 'm' }], ['DELETE', `/5001/metafields/${b.metafield}`],
      ['GET', '/metafields'], ['PUT', '/metafields', [{ id: b.metafield, value: 'm' }]], ['DELETE', '/metafields', [b.metafield]], ['GET', '/5001/stored-instruments'],
      ['GET', '/subscribers'], ['POST', '/subscribers', { email: 'm@example.com' }], ['DELETE', '/subscribers'], ['DELETE', `/subscribers/${b.subscriber}`], ['PUT', `/subscribers/${b.subscriber}`, { first_name: 'm' }],
      ['GET', '/v3/segments'], ['DELETE', '/v3/segments'], ['DELETE', `/v3/segments?id:in=${b.segment}`], ['PUT', '/v3/segments', [{ id: b.segment, name: 'M' }]],
      ['GET', '/v3/shopper-profiles'], ['DELETE', '/v3/shopper-profiles'], ['GET', `/v3/segments/${b.segment}/shopper-profiles`], ['DELETE', `/v3/segments/${b.segment}/shopper-profiles`],
      ['GET', `/v3/shopper-profiles/${b.profile}/segments`],
      ['GET', '/v3/hooks'], ['POST', '/v3/hooks', HOOK], ['GET', '/v3/hooks/1'], ['DELETE', '/v3/hooks/1'], ['GET', '/v3/hooks/admin'],
      ['GET', '/v2/customers'], ['GET', '/v2/customers/5001'], ['PUT', '/v2/customers/5001', { first_name: 'M' }], ['DELETE', '/v2/customers/5001'], ['DELETE', '/v2/customers'],
      ['GET', '/v2/customers/count'], ['POST', '/v2/customers/5001/validate', { password: 'x' }], ['DELETE', '/v2/customers/5001/addresses'], ['GET', '/v2/customer_groups'], ['GET', '/v2/time'],
    ];
    await cli(data, 'window', 'open', '--store', 'b'); // it is not A's
    await cli(data, 'window', 'open', '--store', 'a');
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
  await leavesAlone(b, async () => {
    // B's ids inside A.
    const none = async (status, method, target, body) => assert.equal((await a.big.api(method, target, body)).status, status, `${method} ${target}`);
    await none(404, 'GET', '/v3/customers/5001/consent');
    await none(404, 'DELETE', `/v3/customers/5001/metafields/${b.metafield}`);
    await none(404, 'GET', `/v3/segments/${b.segment}/shopper-profiles`);
    await none(404, 'GET', `/v3/shopper-profiles/${b.profile}/segments`);
    await none(204, 'DELETE', `/v3/segments?id:in=${b.segment}`);
    await none(204, 'DELETE', `/v3/shopper-profiles?id:in=${b.profile}`);
    await none(404, 'GET', `/v3/customers/subscribers/${b.subscriber}`);
    await none(204, 'DELETE', '/v3/customers/subscribers?email=bob@example.com');
    await none(404, 'DELETE', '/v2/customers/5001');
    await none(422, 'PUT', '/v3/customers/metafields', [{ id: b.metafield, value: 'm' }]);
    assert.deepEqual(await a.big.done(200, 'GET', '/v3/customers/5001/stored-instruments'), []);
  });
  // Ways to write the other store's name.
  for (const handle of ['B', 'b%2F..%2Fa', '../b', 'a/../b', 'a%2Fv3%2Fcustomers%2F..%2F..%2F..%2Fb', '%62', 'b%00', '']) {
    for (const target of ['?id:in=5001', '/v2/customers/5001', '/v2/customers', '/v3/shopper-profiles']) {
      const answer = await send(handle, 'DELETE', target);
      assert.ok([400, 401, 403, 404].includes(answer.status), `${handle}: ${answer.status}`);
    }
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

test('native: a key acts on its own store alone, and does not say which others there are', async (t) => {
  const { server, stores, a, b } = await makeTwo(t);
  const calls = [['GET', ''], ['POST', '', { ...CARD, token: 'tok-mallory' }], ['POST', '', 'nonsense'], ['DELETE', '/tok-bob'], ['DELETE', '/nobody']];
  await leavesAlone(b, async () => {
    for (const [method, token, body] of calls) {
      const target = `/customers/5001/stored-instruments${token}`;
      const send = (handle) => new Native(server, handle, stores.a.keys.native).call(method, target, body);
      const refused = plain(await send('b'));
      assert.equal(refused.status, 403, refused.body);
      assert.ok(!/tok-bob|bob@/.test(refused.body));
      assert.deepEqual(refused, plain(await send('nosuchstore')));
      const own = await send('a'); // B's number means nobody in A
      assert.ok(own.status === 404 || (body === 'nonsense' && own.status >= 400), `${method} ${own.status} ${own.body}`);
      for (const handle of ['B', '../b', 'a/../b', 'a%2F..%2Fb', '%62']) assert.ok([400, 403, 404].includes((await send(handle)).status), handle);
    }
  });
  assert.deepEqual((await a.native.instruments(1)).json.data, []);
});

test('a webhook is its own application\'s and its own store\'s', async (t) => {
  const { data, server, a, b } = await makeTwo(t);
  const { data: hook } = await b.big.done(200, 'POST', '/v3/hooks', HOOK);
  await b.big.done(204, 'PUT', '/v3/hooks/admin', { emails: ['admin@example.com'] });
  const second = new BigCommerce(server, 'b', await cli(data, 'key', 'create', '--store', 'b', '--dialect', 'bigcommerce'));
  for (const other of [second, a.big]) {
    assert.deepEqual((await other.done(200, 'GET', '/v3/hooks')).data, []);
    for (const [method, body] of [['GET'], ['PUT', { is_active: false }], ['PUT', { destination: 'http://127.0.0.1:10/' }], ['DELETE']]) {
      assert.equal((await other.api(method, `/v3/hooks/${hook.id}`, body)).status, 404, method);
    }
    const { data: info } = await other.done(200, 'GET', '/v3/hooks/admin');
    assert.deepEqual([info.emails, info.hooks_list], [[], []]);
    // The same hook again is another's, not a second one.
    const { data: own } = await other.done(200, 'POST', '/v3/hooks', HOOK);
    assert.notEqual(own.client_id, hook.client_id);
    assert.deepEqual((await other.done(200, 'GET', '/v3/hooks')).data.map(({ id }) => id), [own.id]);
  }
  assert.deepEqual((await b.big.done(200, 'GET', `/v3/hooks/${hook.id}`)).data, hook);
  assert.deepEqual((await b.big.done(200, 'GET', '/v3/hooks')).data, [hook]);
});

test('an administrator of one store sees and changes that one alone; a session is no key', async (t) => {
  const { data, server, a, b } = await makeTwo(t);
  const made = await run(['admin', 'create', 'ada', '--store', 'a', '--data', data], { input: `${PASSWORD}\n` });
  assert.equal(made.code, 0, made.stderr);
  const call = (method, target, body, headers) => server.request(method, `/admin/api/${target}`, { headers: { 'Content-Type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
  const session = await call('POST', 'session', { name: 'ada', password: PASSWORD });
  assert.equal(session.status, 200, session.body);
  const cookie = session.headers['set-cookie'][0].split(';')[0];
  const signedIn = { Cookie: cookie, 'X-CSRF-Token': session.json.csrf_token };
  const secret = cookie.slice(cookie.indexOf('=') + 1);
  const calls = [['GET', ''], ['GET', '/keys'], ['POST', '/keys', { dialect: 'hotcakes' }], ['DELETE', `/keys/${b.big.key.id}`], ['GET', '/window'],
    ['POST', '/window', { confirm: 'b', minutes: 60 }], ['DELETE', '/window']];
  await leavesAlone(b, async () => {
    const keys = await cli(data, 'key', 'list', '--store', 'b');
    for (const [method, target, body] of calls) {
      const refused = plain(await call(method, `stores/b${target}`, body, signedIn));
      assert.ok([403, 404].includes(refused.status), `${method} ${target} ${refused.body}`);
      assert.deepEqual(refused, plain(await call(method, `stores/nosuchstore${target}`, body && { ...body, ...(body.confirm && { confirm: 'nosuchstore' }) }, signedIn)));
    }
    assert.deepEqual(await cli(data, 'key', 'list', '--store', 'b'), keys);
    assert.equal((await cli(data, 'window', 'show', '--store', 'b')).open, false);
    assert.equal((await call('POST', 'stores', { handle: 'mine' }, signedIn)).status, 403);
    assert.deepEqual((await call('GET', 'stores', undefined, signedIn)).body.match(/"handle": *"b"/), null);
    // Neither the cookie nor the token opens a store's calls, and no key is a session.
    for (const word of [secret, session.json.csrf_token]) {
      assert.equal((await new BigCommerce(server, 'a', { token: word }).api('GET', '/v3/customers')).status, 401);
      assert.equal((await new Native(server, 'a', { key: word }).instruments(1)).status, 401);
      assert.deepEqual((await server.request('DELETE', `${HOTCAKES}?key=${word}`)).json.Errors[0].Code, 'KEY');
    }
    for (const word of [a.big.key.token, a.native.key.key, b.native.key.key, a.cakes.key.key]) {
      const stolen = { Cookie: cookie.replace(secret, word), 'X-CSRF-Token': word, 'X-Auth-Token': word, Authorization: `Bearer ${word}` };
      assert.equal((await call('GET', 'stores', undefined, stolen)).status, 401);
    }
  });
  assert.equal((await call('GET', 'stores/a', undefined, signedIn)).status, 200);
  await run(['admin', 'remove', 'ada', '--data', data]);
  assert.equal((await call('GET', 'stores/a', undefined, signedIn)).status, 401);
});

test('a key of one dialect is none in another', async (t) => {
  const { data, a, b } = await makeTwo(t);
  await cli(data, 'window', 'open', '--store', 'a');
  const access = await a.web.token();
  const { big, web, sticky, cakes, native } = a;
  const secrets = [native.key.key, big.key.token, big.key.client_secret, web.key.client_secret, web.key.password, access, sticky.key.api_key, cakes.key.key];
  const beforeA = await snapshot(a);
  await leavesAlone(b, async () => {
    for (const secret of secrets) {
      if (secret !== big.key.token) {
        const answer = await a.server.request('DELETE', '/stores/a/v3/customers?id:in=1', { headers: { 'X-Auth-Token': secret } });
        assert.equal(answer.status, 401);
      }
      if (secret !== native.key.key) {
        assert.equal((await new Native(a.server, 'a', { key: secret }).call('DELETE', '/customers/1/stored-instruments/x')).status, 401);
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
  const { data, a, b, server } = await makeTwo(t);
  const bySet = {
    store_v2_customers_read_only: { reads: 200, writes: 403, instruments: 403 },
    store_stored_payment_instruments: { reads: 403, writes: 403, instruments: 200 },
    store_stored_payment_instruments_read_only: { reads: 403, writes: 403, instruments: 200 },
    store_v2_customers: { reads: 200, instruments: 403 },
  };
  const READS = ['', '/addresses', '/attributes', '/attribute-values', '/form-field-values', '/settings', '/settings/channels/1', '/subscribers', '/metafields', '/5001/metafields', '/5001/consent',
    '/v3/segments', '/v3/shopper-profiles', '/v2/customers', '/v2/customers/5001', '/v2/customers/count', '/v2/customers/5001/addresses'];
  const WRITES = [['DELETE', '?id:in=5001'], ['DELETE', ''], ['DELETE', '?id:in=abc'], ['DELETE', '/addresses?id:in=1'], ['POST', '', []], ['PUT', '', []], ['DELETE', '/attributes?id:in=1'],
    ['PUT', '/attribute-values', []], ['DELETE', '/attribute-values?id:in=1'], ['PUT', '/form-field-values', []], ['PUT', '/5001/consent', {}], ['PUT', '/settings', {}],
    ['POST', '/validate-credentials', {}], ['POST', '/subscribers', {}], ['DELETE', '/subscribers'], ['DELETE', `/subscribers/${b.subscriber}`],
    ['DELETE', '/v3/segments'], ['DELETE', '/v3/shopper-profiles'], ['DELETE', `/v3/segments/${b.segment}/shopper-profiles`], ['GET', `/v3/segments/${b.segment}/shopper-profiles`],
    ['POST', '/v2/customers', {}], ['PUT', '/v2/customers/5001', {}], ['DELETE', '/v2/customers/5001'], ['DELETE', '/v2/customers'], ['POST', '/v2/customers/5001/validate', { password: 'x' }]];
  await cli(data, 'window', 'open', '--store', 'b');
  await leavesAlone(b, async () => {
    for (const [scope, allowed] of Object.entries(bySet)) {
      const big = new BigCommerce(server, 'b', await cli(data, 'key', 'create', '--store', 'b', '--dialect', 'bigcommerce', '--scope', scope));
      const send = async (method, target, body) => (await big.api(method, pathOf(target), body)).status;
      for (const target of READS) assert.equal(await send('GET', target), allowed.reads, `${scope} ${target}`);
      if (allowed.writes) for (const [method, target, body] of WRITES) assert.equal(await send(method, target, body), allowed.writes, `${scope} ${method} ${target}`);
      assert.equal(await send('GET', '/5001/stored-instruments'), allowed.instruments, scope);
      assert.equal(await send('GET', '/v2/time'), 200);
    }
  });
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
  assert.equal((await a.big.api('DELETE', '/v2/customers/1')).status, 401);
  assert.equal((await a.native.instruments(1)).status, 401);
  assert.equal((await cli(data, 'store', 'show', 'a')).customers, 1);
});
