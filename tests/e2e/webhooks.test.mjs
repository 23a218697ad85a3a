// Webhooks end to end: real receivers, good and bad ones. What is told arrives, signed, at least once,
// also across restarts; what a receiver does slows no delete down; and no hook reaches an address that
// the operator did not allow.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { Webhook } from 'standardwebhooks';
import { clients, cli, importRows, makeFolder, makeStore, run, serve, sleep, until } from './harness.mjs';

const ALLOW = ['--webhook-allow', '127.0.0.0/8'];
const FAST = [...ALLOW, '--webhook-retry-speed', '1000', '--webhook-timeout-s', '2'];
const METRICS = ['--metrics', '127.0.0.1:0'];

// A receiver of hooks on a free port. `respond(request, response)` answers; without one 204. What
// arrives is kept: {headers, body, json, at}.
async function receive(t, respond = (_, response) => response.writeHead(204).end(), { tls, host = '127.0.0.1' } = {}) {
  const seen = [];
  const handle = (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      seen.push({ method: request.method, url: request.url, headers: request.headers, raw: request.rawHeaders, body, json: JSON.parse(body), at: Date.now() });
      respond(request, response, seen.length);
    });
  };
  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  await new Promise((done) => server.listen(0, host, done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address();
  return { seen, server, port, url: `${tls ? 'https' : 'http'}://${host}:${port}/hooks?token=t0ps3cret` };
}

// Something that speaks no HTTP by itself.
async function receiveRaw(t, talk, host) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    talk(socket);
  });
  await new Promise((done) => server.listen(0, host, done));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://${host}:${server.address().port}/`, sockets };
}

class Hooks {
  constructor(shop) {
    this.big = shop.big;
  }

  call(method, target = '', body) {
    const { big } = this;
    const headers = { 'X-Auth-Token': big.key.token };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    return big.server.request(method, `/stores/${big.store}/v3/hooks${target}`, { headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  async add(scope, destination, more = {}) {
    const answer = await this.call('POST', '', { scope, destination, ...more });
    assert.equal(answer.status, 200, answer.body);
    return answer.json.data;
  }

  async get(id) {
    return (await this.call('GET', `/${id}`)).json.data;
  }
}

async function makeShop(t, args = ALLOW) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const server = await serve(t, data, args);
  const shop = clients(server, store);
  return { data, store, server, shop, hooks: new Hooks(shop) };
}

const person = (n) => ({ email: `p${n}@example.com`, first_name: 'Pat', last_name: `Person ${n}` });
const people = (count) => Array.from({ length: count }, (_, i) => ({ id: 100 + i, ...person(i) }));
const idsOf = ({ seen }) => new Set(seen.map(({ json }) => json.data.id));
const told = (receiver, count) => until(`${count} events`, () => idsOf(receiver).size >= count, 60_000);

test('each change is told once, signed, in the form of the original', async (t) => {
  const { store, shop, hooks, data } = await makeShop(t, [...ALLOW, '--log-level', 'debug']);
  const receiver = await receive(t);
  await hooks.add('store/customer/*', receiver.url, { headers: { 'x-secret': 's3' } });
  const [made] = await shop.big.create({ ...person(1), addresses: [{ first_name: 'P', last_name: 'P', address1: '1 Road', city: 'Austin', state_or_province: 'Texas', postal_code: '78701', country_code: 'US' }] });
  await shop.big.update({ id: made.id, first_name: 'Other' });
  await shop.big.update({ id: made.id, first_name: 'Other' }); // changes nothing
  await shop.big.update({ id: made.id, channel_ids: [1, 2] });
  const [address] = await shop.big.addresses(`customer_id:in=${made.id}`);
  assert.equal((await shop.big.call('PUT', '/addresses', [{ id: address.id, city: 'Dallas' }])).status, 200);
  assert.equal((await shop.big.call('DELETE', `/addresses?id:in=${address.id}`)).status, 204);
  assert.equal((await shop.big.delete(made.id)).status, 204);
  const customer = { type: 'customer', id: made.id };
  const ofAddress = { type: 'customer', id: address.id, address: { customer_id: made.id } };
  const expected = [
    ['store/customer/created', customer],
    ['store/customer/address/created', ofAddress],
    ['store/customer/updated', customer],
    ['store/customer/updated', customer],
    ['store/customer/channel/login/access/updated', { customer_id: made.id, channel_ids: [1, 2] }],
    ['store/customer/address/updated', ofAddress],
    ['store/customer/address/deleted', ofAddress],
    ['store/customer/deleted', customer],
  ];
  await until('all events', () => receiver.seen.length >= expected.length);
  await sleep(500);
  const sorted = (list) => list.map((each) => JSON.stringify(each)).sort();
  assert.deepEqual(sorted(receiver.seen.map(({ json }) => [json.scope, json.data])), sorted(expected));

  const verifier = new Webhook(Buffer.from(store.keys.bigcommerce.client_secret).toString('base64'));
  assert.equal(new Set(receiver.seen.map(({ json }) => json.hash)).size, expected.length);
  for (const { method, url, headers, raw, body, json } of receiver.seen) {
    assert.deepEqual([method, url], ['POST', '/hooks?token=t0ps3cret']);
    verifier.verify(body, headers);
    assert.throws(() => verifier.verify(body.replace('shop', 'shot'), headers));
    assert.equal(headers['webhook-id'], json.hash);
    assert.match(json.hash, /^[0-9a-f]{40}$/);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['x-secret'], 's3');
    assert.deepEqual(Object.keys(json), ['producer', 'hash', 'created_at', 'store_id', 'scope', 'data']);
    assert.equal(json.producer, 'stores/shop');
    assert.equal(json.store_id, '1');
    assert.ok(Math.abs(json.created_at - Date.now() / 1000) < 60);
    assert.equal(body, JSON.stringify(json));
    assert.equal(raw.filter((_, i) => i % 2 === 0).join(' ').toLowerCase(),
      'host content-type user-agent accept-encoding webhook-id webhook-timestamp webhook-signature x-secret content-length connection');
  }
  for (const secret of ['t0ps3cret', 's3"', 'p1@example.com', store.keys.bigcommerce.client_secret]) assert.ok(!shop.server.log.includes(secret), secret);
  assert.ok(!(await run(['webhook', 'list', '--store', 'shop', '--data', data])).stdout.includes('t0ps3cret'));
});

test('a delete by any dialect is told, a clear-all of everybody too', async (t) => {
  const { data, shop, hooks } = await makeShop(t);
  const crowd = people(40);
  await importRows(data, 'shop', crowd);
  const receiver = await receive(t);
  await hooks.add('store/customer/deleted', receiver.url);
  assert.equal((await shop.big.delete(100)).status, 204);
  assert.equal((await shop.web.delete(101)).status < 300, true);
  await cli(data, 'window', 'open', '--store', 'shop');
  await told(receiver, 2);
  assert.equal(await shop.cakes.clearAll(), true);
  await told(receiver, crowd.length);
  await sleep(300);
  assert.deepEqual([...idsOf(receiver)].sort((a, b) => a - b), crowd.map(({ id }) => id));
  assert.equal(receiver.seen.length, crowd.length);
});

// Made once: what the receivers do in this process must not be taken for the server's slowness.
const HUGE_HEAD = Buffer.from(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(1000)}\r\n`);
const HUGE_BODY = Buffer.alloc(50_000_000);

// Each of these must cost a delete nothing and keep nobody else from being told.
const BAD = {
  hangs: () => {},
  'closes at once': (socket) => socket.destroy(),
  lies: (socket) => socket.once('data', () => socket.end('HTTP/1.1 2xx Fine\r\n\r\n')),
  redirects: (socket) => socket.once('data', () => socket.end('HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n')),
  'drips slowly': (socket) => {
    let at = 0;
    const text = `HTTP/1.1 200 OK\r\nx-filler: ${'x'.repeat(10_000)}\r\n\r\n`;
    const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(text[at++])), 100);
  },
  'has a huge head': (socket) => socket.once('data', () => socket.write(HUGE_HEAD)),
};

test('receivers that hang, lie, redirect or drip slow nothing down and lose nothing', async (t) => {
  const { data, server, shop, hooks } = await makeShop(t, [...ALLOW, '--webhook-retry-speed', '20', '--webhook-timeout-s', '2', ...METRICS]);
  const crowd = people(300);
  await importRows(data, 'shop', crowd);
  const took = async (ids) => {
    const times = [];
    for (const id of ids) {
      const from = performance.now();
      assert.equal((await shop.big.delete(id)).status, 204);
      times.push(performance.now() - from);
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  };
  const before = await took(crowd.slice(0, 100).map(({ id }) => id));
  const good = await receive(t);
  await hooks.add('store/customer/deleted', good.url);
  // Hosts of their own: an account's deliveries to a host that fails this much pause.
  for (const [i, talk] of Object.values(BAD).entries()) await hooks.add('store/customer/deleted', (await receiveRaw(t, talk, `127.0.1.${i + 1}`)).url);
  // But one that hangs holds up no neighbour at the same host.
  const hanging = Object.values(BAD)[0];
  for (let i = 0; i < 2; ++i) await hooks.add('store/customer/created', (await receiveRaw(t, hanging, '127.0.2.1')).url);
  const neighbour = await receive(t, undefined, { host: '127.0.2.1' });
  await hooks.add('store/customer/created', neighbour.url);
  // A huge body is nobody's concern: the status has said all.
  const huge = await receive(t, (_, response) => response.writeHead(200).end(HUGE_BODY), { host: '127.0.0.2' });
  await hooks.add('store/customer/deleted', huge.url);
  await shop.big.create(...Array.from({ length: 10 }, (_, i) => person(1000 + i)));
  const after = await took(crowd.slice(100, 200).map(({ id }) => id));
  console.log(`a delete takes ${before.toFixed(1)} ms without hooks, ${after.toFixed(1)} ms with a good receiver and seven others`);
  assert.ok(after < before * 4 + 20, `${before} ms became ${after} ms`);
  await told(neighbour, 10);
  await told(good, 100);
  await told(huge, 100);
  assert.equal(good.seen.length, 100);
  await until('failures are counted', async () => /oubli_webhook_deliveries_total\{outcome="failed"\} [1-9]/.test((await fetch(server.metricsUrl).then((r) => r.text()))));
  assert.ok((await server.metric('oubli_webhook_backlog')) > 0);
});

test('what a receiver refuses is told again, also across kill -9, until it takes it', async (t) => {
  const { data, store, server, shop, hooks } = await makeShop(t, FAST);
  await importRows(data, 'shop', people(60));
  let open = false;
  const receiver = await receive(t, (_, response) => response.writeHead(open ? 200 : 503).end());
  await hooks.add('store/customer/deleted', receiver.url);
  assert.equal((await shop.big.delete(...Array.from({ length: 30 }, (_, i) => 100 + i))).status, 204);
  await until('first attempts', () => receiver.seen.length >= 10);
  assert.equal((await shop.big.delete(...Array.from({ length: 30 }, (_, i) => 130 + i))).status, 204);
  await server.kill();
  const before = receiver.seen.length;
  open = true;
  await serve(t, data, FAST);
  await until('all events', () => new Set(receiver.seen.slice(before).map(({ json }) => json.data.id)).size === 60, 60_000);
  // The same event has the same id whenever it is told.
  const hashes = new Map();
  for (const { json } of receiver.seen) {
    assert.equal(hashes.get(json.data.id) ?? json.hash, json.hash);
    hashes.set(json.data.id, json.hash);
  }
  const verifier = new Webhook(Buffer.from(store.keys.bigcommerce.client_secret).toString('base64'));
  for (const { body, headers } of receiver.seen) verifier.verify(body, headers);
});

test('a hook that fails for good is deactivated, with an event, and can be activated again', async (t) => {
  const { data, shop, hooks } = await makeShop(t, [...ALLOW, '--webhook-retry-speed', '100000']);
  await importRows(data, 'shop', people(3));
  let open = false;
  const receiver = await receive(t, (_, response) => response.writeHead(open ? 200 : 500).end());
  const hook = await hooks.add('store/customer/deleted', receiver.url);
  assert.equal((await shop.big.delete(100)).status, 204);
  await until('the deactivation', async () => (await hooks.get(hook.id)).is_active === false, 60_000);
  assert.equal(receiver.seen.length, 12);
  const admin = (await hooks.call('GET', '/admin')).json.data;
  assert.deepEqual(admin.hooks_list.map(({ id, status }) => [id, status]), [[hook.id, 'deactivated']]);
  const { events } = await cli(data, 'webhook', 'events', '--store', 'shop');
  assert.deepEqual(events.map(({ webhook, kind, reason }) => [webhook, kind, reason]), [[hook.id, 'deactivated', 'all attempts failed: status 500']]);
  const { webhooks } = await cli(data, 'webhook', 'list', '--store', 'shop');
  assert.deepEqual(webhooks.map(({ id, status, destination }) => [id, status, destination]), [[hook.id, 'deactivated', `http://127.0.0.1:${receiver.port}`]]);
  assert.equal((await shop.big.delete(101)).status, 204); // is told to nobody
  open = true;
  assert.equal((await hooks.call('PUT', `/${hook.id}`, { is_active: true })).status, 200);
  assert.equal((await shop.big.delete(102)).status, 204);
  await until('the event', () => receiver.seen.length >= 13);
  await sleep(300);
  assert.deepEqual(receiver.seen.slice(12).map(({ json }) => json.data.id), [102]);
});

test('an erasure is told when it is final, and not before', async (t) => {
  const { data, server, shop, hooks } = await makeShop(t, [...FAST, ...METRICS]);
  await importRows(data, 'shop', people(3));
  const receiver = await receive(t);
  await hooks.add('store/customer/*', receiver.url);
  assert.equal((await shop.big.delete(100)).status, 204);
  await told(receiver, 1);
  const journal = `${data}.journal`;
  fs.renameSync(journal, `${journal}.away`);
  assert.notEqual((await shop.big.delete(101)).status, 204);
  assert.equal(await server.metric('oubli_erasure_pending'), 1);
  await sleep(2500);
  assert.deepEqual([...idsOf(receiver)], [100]);
  fs.renameSync(`${journal}.away`, journal);
  await told(receiver, 2);
  assert.deepEqual([...idsOf(receiver)], [100, 101]);
});

test('addresses that the operator did not allow are refused, when a hook is made and after', async (t) => {
  const receiver = await receive(t);
  const port = receiver.port;
  const { data, store, server, shop, hooks } = await makeShop(t, ['--webhook-allow', `127.0.0.1:${port}`, '--webhook-allow', `localhost:${port}`]);
  await importRows(data, 'shop', people(2));
  const refused = async (destination) => {
    const answer = await hooks.call('POST', '', { scope: 'store/customer/deleted', destination });
    assert.equal(answer.status, 422, `${destination}: ${answer.body}`);
    assert.deepEqual(Object.keys(answer.json.errors), ['destination']);
  };
  for (const destination of [
    'https://169.254.169.254/latest/meta-data', 'https://[::1]/', 'https://10.0.0.1/', 'https://192.168.1.1/', 'https://0.0.0.0/',
    'https://2130706434/', 'https://0x7f.2/', 'https://127.2/', 'https://[::ffff:10.0.0.1]/', 'https://[64:ff9b::a00:1]/',
    'https://localhost/', `http://localhost:${port + 1}/`, 'http://8.8.8.8/', 'https://8.8.8.8:8443/', 'https://user:password@8.8.8.8/',
    'ftp://8.8.8.8/', 'file:///etc/passwd', 'gopher://127.0.0.1/',
  ]) await refused(destination);
  const kept = await hooks.add('store/customer/deleted', receiver.url);
  await hooks.add('store/customer/deleted', `http://localhost:${port}/by-name`);
  assert.equal((await hooks.call('PUT', `/${kept.id}`, { destination: 'https://10.0.0.1/' })).status, 422);
  assert.equal((await shop.big.delete(100)).status, 204);
  await until('both', () => receiver.seen.length === 2);
  await server.stop();
  // What was allowed once is checked again at each delivery.
  const strict = await serve(t, data, [...METRICS, '--webhook-retry-speed', '100000']);
  assert.equal((await clients(strict, store).big.delete(101)).status, 204);
  await until('the events', async () => (await cli(data, 'webhook', 'events', '--store', 'shop')).events.length === 2, 60_000);
  const { events } = await cli(data, 'webhook', 'events', '--store', 'shop');
  assert.deepEqual(events.map(({ reason }) => reason), Array(2).fill('all attempts failed: forbidden address'));
  assert.equal(receiver.seen.length, 2);
});

test('TLS: a certificate must be trusted and of that name', async (t) => {
  const folder = makeFolder(t);
  const make = (name, subject) => {
    const [cert, key] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=hooks',
      '-addext', `subjectAltName=${subject}`, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { file: cert, cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
  };
  const [good, other, stranger] = [make('good', 'IP:127.0.0.1'), make('other', 'DNS:other.example'), make('stranger', 'IP:127.0.0.1')];
  const bundle = path.join(folder, 'bundle.pem');
  fs.writeFileSync(bundle, Buffer.concat([good.cert, other.cert]));
  const { data, shop, hooks } = await makeShop(t, [...ALLOW, '--webhook-retry-speed', '100000', '--webhook-ca', bundle]);
  await importRows(data, 'shop', people(1));
  const receivers = [];
  for (const each of [good, other, stranger]) {
    const receiver = await receive(t, undefined, { tls: { cert: each.cert, key: each.key } });
    receivers.push({ receiver, hook: await hooks.add('store/customer/deleted', receiver.url) });
  }
  assert.equal((await shop.big.delete(100)).status, 204);
  await until('two deactivations', async () => (await cli(data, 'webhook', 'events', '--store', 'shop')).events.length === 2, 60_000);
  const { events } = await cli(data, 'webhook', 'events', '--store', 'shop');
  assert.deepEqual(events.map(({ webhook }) => webhook).sort(), [receivers[1].hook.id, receivers[2].hook.id]);
  for (const { reason } of events) assert.equal(reason, 'all attempts failed: TLS certificate not trusted');
  assert.deepEqual(receivers.map(({ receiver }) => receiver.seen.length), [1, 0, 0]);
});

test('a revoked key is told nothing any more; wrong settings are refused', async (t) => {
  const { data, store, shop, hooks } = await makeShop(t);
  await importRows(data, 'shop', people(2));
  const receiver = await receive(t);
  await hooks.add('store/customer/deleted', receiver.url);
  assert.equal((await shop.big.delete(100)).status, 204);
  await told(receiver, 1);
  await cli(data, 'key', 'revoke', String(store.keys.bigcommerce.id), '--store', 'shop');
  assert.equal((await shop.web.delete(101)).status < 300, true);
  await sleep(1000);
  assert.equal(receiver.seen.length, 1);
  assert.deepEqual((await cli(data, 'webhook', 'list', '--store', 'shop')).webhooks, []);
  for (const wrong of [['--webhook-allow', '10.0.0.0/99'], ['--webhook-ca', '/nowhere.pem'], ['--webhook-timeout-s', '0']]) {
    const other = path.join(makeFolder(t), 'data');
    const served = await run(['serve', '--data', other, '--listen', '127.0.0.1:0', '--metrics', 'off', ...wrong]);
    assert.notEqual(served.code, 0, wrong.join(' '));
    assert.match(served.stderr, /^oubli: /);
  }
});
