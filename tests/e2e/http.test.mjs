// The HTTP server itself, spoken to byte by byte: what real clients, proxies and attackers send.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { clients, importRows, makeFolder, makeStore, request, serve, sleep, until } from './harness.mjs';

// A connection that collects what comes; `send` takes bytes or text (as Latin-1, to be exact).
class Wire {
  constructor(socket) {
    this.socket = socket;
    this.text = '';
    this.ended = false;
    socket.on('data', (chunk) => (this.text += chunk.toString('latin1')));
    socket.on('close', () => (this.ended = true));
    socket.on('error', () => {}); // a reset is an end too
  }

  static async open(port) {
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Wire(socket);
  }

  send(text) {
    this.socket.write(text, 'latin1');
    return this;
  }

  until(pattern, timeoutMs = 15_000) {
    return until(`${pattern} in ${JSON.stringify(this.text.slice(-300))}`, () => pattern.test(this.text), timeoutMs);
  }

  untilEnd(timeoutMs = 15_000) {
    return until('the end of the connection', () => this.ended, timeoutMs);
  }

  // The status of every answer so far.
  get statuses() {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
  }

  close() {
    this.socket.destroy();
  }
}

const get = (target, extra = '') => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${extra}\r\n`;

async function makeShop(t, args = []) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  await importRows(data, 'shop', [1, 2, 3, 4, 5, 6].map((id) => ({ id, email: `p${id}@example.com`, code: `700000000000000${id}` })));
  const server = await serve(t, data, args);
  return { data, store, ...clients(server, store) };
}

// One exchange on a connection of its own; ends with the connection.
async function exchange(port, text) {
  const wire = await Wire.open(port);
  wire.send(text);
  await wire.untilEnd();
  return wire;
}

test('/healthz, /readyz, and metrics on a listener of their own', async (t) => {
  const { server, data } = await makeShop(t, ['--metrics', '127.0.0.1:0']);
  for (const target of ['/healthz', '/readyz']) {
    assert.equal((await server.request('GET', target)).status, 200);
    assert.equal((await server.request('HEAD', target)).body, '');
    assert.equal((await server.request('POST', target)).status, 405);
    assert.equal((await server.request('GET', `${target}x`)).status, 404);
  }
  assert.notEqual(new URL(server.metricsUrl).port, String(server.port));
  assert.equal((await server.request('GET', '/metrics')).status, 404, 'metrics are not for clients');
  const metrics = await request('GET', server.metricsUrl);
  assert.equal(metrics.status, 200);
  assert.match(metrics.headers['content-type'], /^text\/plain/);
  for (const name of ['oubli_sweep_backlog', 'oubli_http_requests_total', 'oubli_http_request_duration_seconds_bucket']) {
    assert.match(metrics.body, new RegExp(`^${name}`, 'm'));
  }
  assert.match(metrics.body, /oubli_http_requests_total\{method="GET",route="\/healthz",status="2xx"\} 1$/m);
  assert.equal((await request('GET', server.metricsUrl.replace('/metrics', '/healthz'))).status, 404);
  assert.equal((await request('GET', server.metricsUrl.replace('/metrics', '/stores/shop/v3/customers'))).status, 404);
  await server.stop();
  const quiet = await serve(t, data, ['--metrics', 'off']);
  assert.equal(quiet.metricsUrl, undefined);
});

test('keep-alive and pipelining: every request is answered, in order', async (t) => {
  const { server, big, store } = await makeShop(t);
  const token = `X-Auth-Token: ${big.key.token}\r\n`;
  const wire = await Wire.open(server.port);
  const list = (id) => get(`/stores/shop/v3/customers?id:in=${id}`, token);
  const remove = (id) => `DELETE /stores/shop/v3/customers?id:in=${id} HTTP/1.1\r\nHost: localhost\r\n${token}\r\n`;
  const key = store.keys.hotcakes.key;
  const count = get(`/DesktopModules/Hotcakes/API/rest/v1/customeraccounts?key=${key}&countonly=1`);
  // All in one packet; what a deletion did is seen by what comes behind it.
  wire.send(count + remove(1) + list(1) + count + remove(2) + remove(3) + list(3) + count + get('/healthz', 'Connection: close\r\n'));
  await wire.untilEnd();
  assert.deepEqual(wire.statuses, [200, 204, 200, 200, 204, 204, 200, 200, 200]);
  assert.deepEqual([...wire.text.matchAll(/"Content":(\d+)/g)].map((m) => m[1]), ['6', '5', '3']);
  assert.equal(wire.text.match(/"data":\[\]/g).length, 2);
  assert.match(wire.text, /ok\n$/);
  assert.equal(wire.text.match(/HTTP\/1\.1 204 .*\r\n(?:.+\r\n)*\r\n(?=HTTP)/g).length, 3, 'a 204 has no body');

  // Many on one connection, byte by byte at first.
  const slow = await Wire.open(server.port);
  for (const byte of get('/healthz')) slow.send(byte);
  await slow.until(/ok\n$/);
  slow.send(get('/healthz').repeat(300));
  await until('300 answers', () => slow.statuses.length === 301);
  assert.ok(slow.statuses.every((status) => status === 200));
  slow.close();

  const old = await exchange(server.port, 'GET /healthz HTTP/1.0\r\n\r\n');
  assert.match(old.text, /^HTTP\/1\.[01] 200[^]*ok\n$/);
});

test('Expect: 100-continue, and chunked bodies', async (t) => {
  const { server, sticky, cakes, big } = await makeShop(t);
  const { user_id, api_key } = sticky.key;
  const body = `type=customer_delete&user_id=${user_id}&user_password=${api_key}&account_id=shop&code=7000000000000001`;
  const head = 'POST /api.php HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n';
  const wire = await Wire.open(server.port);
  wire.send(`${head}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`);
  await wire.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  assert.equal(await cakes.count(), 6, 'nothing happens before the body');
  wire.send(body);
  await wire.until(/<customer status="deleted">/);
  wire.close();
  assert.equal(await cakes.count(), 5);

  const chunked = await Wire.open(server.port);
  const text = body.replace(/1$/, '2');
  chunked.send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  for (const part of text.match(/.{1,7}/g)) chunked.send(`${part.length.toString(16)};ext=1\r\n${part}\r\n`);
  await sleep(50);
  assert.equal(await cakes.count(), 5);
  chunked.send(`0\r\nTrailer: x\r\n\r\n${get('/healthz')}`);
  await chunked.until(/deleted[^]*HTTP\/1\.1 200[^]*ok\n$/);
  chunked.close();
  assert.equal(await cakes.count(), 4);

  // A body that never comes whole does nothing.
  for (const half of [`${head}Content-Length: ${body.length}\r\n\r\n${body.replace(/1$/, '3').slice(0, -1)}`, `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body.replace(/1$/, '3')}\r\n`]) {
    const cut = await Wire.open(server.port);
    cut.send(half);
    await sleep(50);
    cut.close();
  }
  // And too large a body is refused before it is sent.
  const large = await Wire.open(server.port);
  large.send(`${head}Expect: 100-continue\r\nContent-Length: 999999999999\r\n\r\n`);
  await large.until(/^HTTP\/1\.1 413/);
  assert.ok(!large.text.includes('100 Continue'));
  assert.equal((await big.find()).length, 4);
});

test('what could be read in two ways is refused, and nothing comes of it', async (t) => {
  const { server, big } = await makeShop(t);
  const token = `X-Auth-Token: ${big.key.token}`;
  const smuggled = `DELETE /stores/shop/v3/customers?id:in=1 HTTP/1.1\r\nHost: a\r\n${token}\r\n\r\n`;
  const post = (headers, body = '') => `POST /api.php HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`;
  const bad = [
    post(`Content-Length: 0\r\nContent-Length: ${smuggled.length}`, smuggled),
    post(`Content-Length: 4\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${smuggled}`),
    post(`Transfer-Encoding: identity, chunked`, `0\r\n\r\n${smuggled}`),
    post(`Transfer-Encoding: chunked, identity`, `0\r\n\r\n${smuggled}`),
    post(`Transfer-Encoding: xchunked`, `0\r\n\r\n${smuggled}`),
    post(`Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${smuggled}`),
    post(`Content-Length: -1`, smuggled), post(`Content-Length: +0`, smuggled), post(`Content-Length: 0x0`, smuggled), post(`Content-Length: 0, 0`, smuggled),
    post(`Transfer-Encoding : chunked`, `0\r\n\r\n${smuggled}`),
    post(`Transfer-Encoding: chunked`, `zz\r\n${smuggled}`),
    post(`Transfer-Encoding: chunked`, `fffffffffffffffff\r\n${smuggled}`),
    `GET /healthz HTTP/1.1\r\n\r\n${smuggled}`, // no Host
    `GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${smuggled}`,
    `GET /healthz HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n${smuggled}`,
    `GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n${smuggled}`,
    `GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n${smuggled}`,
    `GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n${smuggled}`,
    `GET /health z HTTP/1.1\r\nHost: a\r\n\r\n${smuggled}`,
    `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${smuggled}`,
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled}`,
  ];
  for (const text of bad) {
    const wire = await exchange(server.port, text);
    assert.ok(wire.statuses.length <= 1 && [400, 501, 505, undefined].includes(wire.statuses[0]), `${JSON.stringify(text.slice(0, 90))}: ${wire.statuses}`);
  }
  assert.equal((await big.find('id:in=1')).length, 1);
});

test('limits on heads, bodies and connections', async (t) => {
  const { server, big } = await makeShop(t, ['--max-header-bytes', '4096', '--max-body-bytes', '2048', '--max-connections', '20', '--request-deadline-s', '2', '--idle-timeout-s', '2']);
  assert.equal((await exchange(server.port, get('/healthz', `X: ${'x'.repeat(5000)}\r\n`))).statuses[0], 431);
  assert.ok([414, 431].includes((await exchange(server.port, get(`/${'x'.repeat(5000)}`))).statuses[0]));
  assert.equal((await exchange(server.port, get('/healthz', 'X: y\r\n'.repeat(2000)))).statuses[0], 431);
  assert.equal((await server.request('POST', '/api.php', { body: 'x'.repeat(2048) })).status, 200);
  assert.equal((await server.request('POST', '/api.php', { body: 'x'.repeat(2049) }).catch(() => ({ status: 413 }))).status, 413);
  const chunked = await exchange(server.port, `POST /api.php HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n${'x'.repeat(4096)}\r\n0\r\n\r\n`);
  assert.equal(chunked.statuses[0], 413);

  // The deadline is absolute: one that sends a byte now and then is cut off too.
  const drip = await Wire.open(server.port);
  const begin = Date.now();
  drip.send('GET /healthz HTTP/1.1\r\nHost: a\r\nX: ');
  while (!drip.ended && Date.now() - begin < 8000) {
    drip.send('x');
    await sleep(100);
  }
  assert.ok(drip.ended && Date.now() - begin < 6000, `cut off after ${Date.now() - begin} ms`);
  assert.ok(drip.statuses.every((status) => status === 408));

  server.agent.destroy();
  await sleep(100);
  const held = [];
  for (let i = 0; i < 20; ++i) held.push(await Wire.open(server.port));
  await sleep(100);
  const extra = await Wire.open(server.port);
  extra.send(get('/healthz'));
  await extra.untilEnd();
  assert.deepEqual(extra.statuses.filter((status) => status !== 503), []);
  // The idle ones are closed after a while, and there is room again.
  await until('idle connections are closed', () => held.every((wire) => wire.ended), 10_000);
  assert.equal((await request('GET', `${server.url}/healthz`)).status, 200);
  assert.equal((await big.find()).length, 6);
});

test('the access log shows patterns, never paths, queries or bodies', async (t) => {
  const { server, big, web, sticky, cakes } = await makeShop(t);
  await big.find('email:in=p1@example.com');
  await web.get(2);
  await sticky.info({ code: '7000000000000003' });
  await cakes.byEmail('p4@example.com');
  await cakes.delete(5);
  await server.request('GET', '/p1@example.com?p1@example.com');
  await server.request('BREW', '/stores/shop/v3/customers').catch(() => {});
  await exchange(server.port, 'nonsense p1@example.com\r\n\r\n');
  await server.stop();
  const lines = server.stderr.trim().split('\n').map((line) => JSON.parse(line)).filter((line) => line.event === 'request');
  const seen = new Set(lines.map((line) => line.route));
  for (const route of ['/stores/{store_hash}/v3/customers', '/api/v4/admin/customers/{customer_id}', '/api/v4/oauth2/token',
    '/DesktopModules/Hotcakes/API/rest/v1/customeraccounts', '/DesktopModules/Hotcakes/API/rest/v1/customeraccounts/{bvin}', 'unmatched']) {
    assert.ok(seen.has(route), `${route} is not in ${[...seen]}`);
  }
  for (const line of lines) {
    assert.ok(Number.isInteger(line.status) && Number.isInteger(line.us), JSON.stringify(line));
    assert.match(line.method, /^(GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|OTHER|other)$/);
  }
  for (const word of ['@', 'example', '7000000', 'shop', 'nonsense', 'BREW', cakes.key.key, big.key.token, sticky.key.api_key]) {
    assert.ok(!JSON.stringify(lines).includes(word), word);
  }
});

test('a graceful stop finishes what it accepted', async (t) => {
  const { data, store, server, sticky } = await makeShop(t);
  // Passwords are hashed slowly on purpose, so that these are under way when the stop comes.
  const codes = Array.from({ length: 24 }, (_, i) => `76000000000000${String(i).padStart(2, '0')}`);
  const idle = await Wire.open(server.port);
  idle.send(get('/healthz'));
  await idle.until(/ok\n$/);
  const answers = codes.map((code) => sticky.create({ code, customer_password: 'Passw0rd', first_name: 'Last', customer_PIN: '1234' })
    .then((customer) => customer.code, () => undefined));
  await sleep(60);
  server.child.kill('SIGTERM');
  const done = (await Promise.all(answers)).filter((code) => code !== undefined);
  await idle.untilEnd();
  const { code, signal } = await server.exited;
  assert.deepEqual([code, signal], [0, null], server.stderr);
  assert.ok(done.length > 0, 'the stop came before the first request');
  await assert.rejects(request('GET', `${server.url}/healthz`));

  const again = clients(await serve(t, data), store);
  for (const code of codes) {
    const there = (await again.sticky.info({ code })).status === 'success';
    // Nobody was told "done" and forgotten; and a whole request that was read was not thrown away.
    assert.ok(there || !done.includes(code), `${code} was acknowledged and is lost`);
  }
  console.log(`${done.length} of ${codes.length} requests were under way at the stop and were answered`);
  assert.equal(done.length, codes.length, 'an accepted request was not answered');
});

test('TLS: the certificate is read again on SIGHUP, without a connection lost', async (t) => {
  const folder = makeFolder(t);
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const make = (name) => execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  make('first');
  const first = fs.readFileSync(cert);
  const data = path.join(folder, 'data');
  const store = await makeStore(data, 'shop');
  const server = await serve(t, data, ['--tls-cert', cert, '--tls-key', key]);
  assert.match(server.url, /^https:/);
  const connect = (ca, options = {}) => new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca, ...options }, () => resolve(socket));
    socket.once('error', reject);
  });
  const nameOf = async (ca) => {
    const socket = await connect(ca);
    const name = socket.getPeerCertificate().subject.CN;
    socket.destroy();
    return name;
  };
  assert.equal(await nameOf(first), 'first');
  const kept = new Wire(await connect(first));
  kept.send(get('/healthz'));
  await kept.until(/ok\n$/);

  make('second');
  const second = fs.readFileSync(cert);
  server.child.kill('SIGHUP');
  await until('the new certificate', async () => (await nameOf(second).catch(() => '')) === 'second');
  await assert.rejects(nameOf(first));
  kept.send(get('/healthz'));
  await kept.until(/ok\n[^]*ok\n$/); // the old connection lives
  kept.close();

  // Broken files leave the good ones in use.
  fs.writeFileSync(cert, 'nonsense');
  server.child.kill('SIGHUP');
  await until('a line about it', () => /TLS not reloaded/.test(server.stderr));
  assert.equal(await nameOf(second), 'second');

  await assert.rejects(connect(second, { maxVersion: 'TLSv1.1' }));
  const plain = await exchange(server.port, get('/healthz'));
  assert.ok(!plain.text.includes('200'));
  const listed = await request('GET', `${server.url}/stores/shop/v3/customers`, { ca: second, headers: { 'X-Auth-Token': store.keys.bigcommerce.token } });
  assert.equal(listed.status, 200);
  await server.stop();
});
