// The clear-all window through the command line, with a server running: what opens it, what does
// not, what it allows, and for whom.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { clients, cli, importRows, makeFolder, makeStore, run, serve, sleep } from './harness.mjs';

const ROWS = Array.from({ length: 5 }, (_, i) => ({ id: i + 1, email: `p${i}@example.com` }));

async function makeShop(t, handles = ['shop']) {
  const data = path.join(makeFolder(t), 'data');
  const stores = {};
  for (const handle of handles) {
    stores[handle] = await makeStore(data, handle);
    await importRows(data, handle, ROWS);
  }
  const server = await serve(t, data);
  const shops = handles.map((handle) => clients(server, stores[handle]));
  const window = (...args) => cli(data, 'window', args[0], '--store', 'shop', ...args.slice(1));
  return { data, stores, server, shops, shop: shops[0], window };
}

function assertClosed(window, store = 'shop') {
  assert.deepEqual([window.store, window.open, window.remaining_seconds], [store, false, 0]);
  // Never opened, or the instant at which it was over.
  assert.ok(window.until === null || Date.parse(window.until) <= Date.now(), window.until);
}

function assertOpen(window, minutes) {
  assert.equal(window.store, 'shop');
  assert.equal(window.open, true);
  assert.match(window.until, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const seconds = (Date.parse(window.until) - Date.now()) / 1000;
  assert.ok(Math.abs(seconds - minutes * 60) < 15, `until is ${seconds} s away`);
  assert.ok(Math.abs(window.remaining_seconds - minutes * 60) < 15, `${window.remaining_seconds} s remain`);
}

const tests = {};

tests['open, show and close; 60 minutes, and opening again restarts them'] = async (t) => {
  const { shop, window } = await makeShop(t);
  assertClosed(await window('show'));
  assert.equal(await shop.cakes.clearAll(), false);
  assert.equal(await shop.cakes.count(), 5);

  assertOpen(await window('open'), 60);
  assertOpen(await window('show'), 60);
  assertOpen(await window('open', '--minutes', '1'), 1); // a restart, not an addition: it may also shorten
  assertOpen(await window('open', '--minutes', '1440'), 1440);
  const first = await window('open');
  await sleep(1100);
  const second = await window('open');
  assert.ok(Date.parse(second.until) > Date.parse(first.until));

  assertClosed(await window('close'));
  assertClosed(await window('show'));
  assertClosed(await window('close')); // again is no error
  assert.equal(await shop.cakes.clearAll(), false);
  assert.equal(await shop.cakes.count(), 5);
};

tests['inside it clear-all works, calls do not use it up, and the other store is not in it'] = async (t) => {
  const { data, shops: [shop, other], window } = await makeShop(t, ['shop', 'other']);
  const { until } = await window('open');
  assert.equal(await other.cakes.clearAll(), false);
  assert.equal(await other.cakes.count(), 5);
  for (let i = 0; i < 3; ++i) {
    assert.equal(await shop.cakes.clearAll(), true);
    assert.equal(await shop.cakes.count(), 0);
    await importRows(data, 'shop', ROWS);
    assert.equal(await shop.cakes.count(), 5);
  }
  assert.equal((await window('show')).until, until);
  assert.equal(await other.cakes.clearAll(), false);
  assert.equal(await other.cakes.count(), 5);
  assertClosed(await cli(data, 'window', 'show', '--store', 'other'), 'other');
  assert.equal((await cli(data, 'store', 'show', 'shop')).window.open, true);

  // No other call is gated, and none of the others means everybody, also inside the window.
  for (const query of ['', '?id:in=', '?id:in=%20', '?id:in', '?']) {
    assert.ok([204, 422].includes((await shop.big.call('DELETE', query)).status), query);
  }
  for (const target of ['', '/', '/%20', '/*', '/1,2', '/all', '/0', '/-1']) {
    assert.notEqual((await shop.web.call('DELETE', target)).status, 204, target);
  }
  for (const code of ['', ' ', '*', '%', '1,2', 'all']) assert.equal((await shop.sticky.delete(code)).status, 'error', code);
  for (const target of ['/%20', '/%20%20', '/*', '/1,2', '/%00', '/0', '/-1', '/all']) {
    const answer = await shop.cakes.call('DELETE', target);
    assert.notEqual(answer.Content, true, target);
  }
  for (const query of ['&email=p0@example.com', '&id=1', '&bvin=1', '&email=', '&id=']) {
    assert.notEqual((await shop.cakes.call('DELETE', '', undefined, query)).Content, true, query);
  }
  assert.equal(await shop.cakes.count(), 5);
  assert.equal(await shop.cakes.delete(1), true);
  assert.equal(await shop.cakes.count(), 4);
};

tests['it survives a restart and a kill, open as well as closed'] = async (t) => {
  const { data, stores, server, window } = await makeShop(t);
  const { until } = await window('open', '--minutes', '30');
  await server.stop();
  assert.equal((await window('show')).until, until); // also where no server runs
  const second = await serve(t, data);
  assert.equal((await window('show')).until, until);
  await second.kill();
  const third = await serve(t, data);
  assert.equal((await window('show')).until, until);
  assert.equal(await clients(third, stores.shop).cakes.clearAll(), true);
  await window('close');
  await third.kill();
  const fourth = await serve(t, data);
  assertClosed(await window('show'));
  await importRows(data, 'shop', ROWS);
  assert.equal(await clients(fourth, stores.shop).cakes.clearAll(), false);
  assert.equal(await clients(fourth, stores.shop).cakes.count(), 5);
  // Opened without a server, and met by the next one.
  await fourth.stop();
  assertOpen(await window('open', '--minutes', '2'), 2);
  const fifth = await serve(t, data);
  assert.equal(await clients(fifth, stores.shop).cakes.clearAll(), true);
};

tests['hostile values open nothing'] = async (t) => {
  const { data, shop, window } = await makeShop(t);
  const values = ['0', '-1', '1441', '525600', 'abc', '', ' ', '1.5', '1e3', '0x10', '60;', '６０', '+5', '99999999999999999999', '9223372036854775807', '-9223372036854775808', 'NaN', 'inf', '1\n'];
  for (const value of values) {
    for (const args of [[`--minutes=${value}`], ['--minutes', value]]) {
      const result = await run(['window', 'open', '--store', 'shop', ...args, '--data', data]);
      assert.notEqual(result.code, 0, JSON.stringify(value));
      assert.notEqual(result.code, null);
      assert.notEqual(result.stderr, '');
      assert.equal(result.stdout, '');
    }
  }
  for (const args of [['--store', 'nosuch'], ['--store', ''], ['--store', '../shop'], ['--store', 'SHOP'], ['--store', "shop' OR '1'='1"], [], ['--store', 'shop', 'extra']]) {
    const result = await run(['window', 'open', ...args, '--data', data]);
    assert.notEqual(result.code, 0, JSON.stringify(args));
  }
  assertClosed(await window('show'));
  assert.equal(await shop.cakes.clearAll(), false);
  // An open one is not touched by them either.
  const { until } = await window('open', '--minutes', '5');
  for (const value of values) await run(['window', 'open', '--store', 'shop', `--minutes=${value}`, '--data', data]);
  assert.equal((await window('show')).until, until);
};

async function assertExpires({ window, shop }, opened) {
  const end = Date.parse(opened.until);
  // Nearly over is open.
  while (Date.now() < end - 1500) await sleep(100);
  if (Date.now() < end - 1000) assert.equal(await shop.cakes.clearAll(), true);
  while (Date.now() < end + 1) await sleep(20);
  const [made] = await shop.big.create({ email: 'late@example.com', first_name: 'L', last_name: 'L' });
  assert.equal(await shop.cakes.clearAll(), false);
  assertClosed(await window('show'));
  assert.equal((await shop.big.find(`id:in=${made.id}`)).length, 1);
}

test('the clear-all window', async (t) => {
  // Opened first and looked at last, so that the other tests fill the minute that it takes.
  const expiring = await makeShop(t);
  let opened = await expiring.window('open', '--minutes', '1');
  for (const [name, body] of Object.entries(tests)) await t.test(name, body);
  // On a slow machine the minute may be over by now: then it begins again.
  if (Date.now() > Date.parse(opened.until) - 5000) opened = await expiring.window('open', '--minutes', '1');
  await t.test('after its last second it is closed', () => assertExpires(expiring, opened));
});
