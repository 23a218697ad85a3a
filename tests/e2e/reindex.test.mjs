// The keys of look-up tokens change while the store is in use, and nobody notices.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { clients, cli, importRows, makeFolder, makeStore, placesOf, run, serve, snapshot } from './harness.mjs';

const people = Array.from({ length: 700 }, (_, i) => ({ id: 1 + i, email: `p${i}@example.com`, code: String(7e15 + i) }));
const EVERYWHERE = ['big consent', 'big email:in', 'big id:in', 'big v2', 'big v2 email', 'cakes email', 'cakes get', 'sticky code', 'sticky search', 'web check-email', 'web credit', 'web email', 'web get', 'web orders'];

test('reindex with a server and without: look-ups are right all the time', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  await makeStore(data, 'empty');
  await importRows(data, 'shop', people);
  const alone = await cli(data, 'reindex', '--store', 'shop');
  assert.deepEqual(alone.stores.map(({ store: handle, customers }) => [handle, customers]), [['shop', people.length]]);
  assert.match(alone.stores[0].ended_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

  const server = await serve(t, data, ['--metrics', '127.0.0.1:0']);
  const shop = clients(server, store);
  const before = await snapshot(shop);
  const rotations = await server.metric('oubli_rotations_total');
  let running = true;
  const reindexed = (async () => {
    for (let i = 0; i < 3; ++i) await cli(data, 'reindex', '--all');
    running = false;
  })();
  for (let i = 0; running; ++i) {
    const person = people[(i * 37) % people.length];
    assert.deepEqual(await placesOf(shop, person), EVERYWHERE, person.email);
    const again = await shop.big.call('POST', '', [{ email: person.email, first_name: 'N', last_name: 'N' }]);
    assert.equal(again.status, 422, again.body);
  }
  await reindexed;
  assert.deepEqual(await snapshot(shop), before);
  assert.ok(await server.metric('oubli_rotations_total') >= rotations + 6); // two stores, three times
  assert.equal((await shop.sticky.delete(people[699].code)).status, 'success');
  assert.deepEqual(await placesOf(shop, people[699]), []);
  await server.stop();
  const last = await run(['reindex', '--all', '--data', data]);
  assert.equal(last.code, 0, last.stderr);
  assert.match(last.stdout, /Store shop is reindexed.*\n(.*\n)*Store empty is reindexed/);
  assert.equal(last.stderr, ''); // the progress line is for terminals
});

test('what to reindex must be said, and must be there', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  for (const args of [[], ['--store', 'shop', '--all']]) {
    const result = await run(['reindex', ...args, '--data', data]);
    assert.equal(result.code, 2);
    assert.match(result.stderr, /--store HANDLE, or --all/);
  }
  const unknown = await run(['reindex', '--store', 'nobody', '--data', data, '--json']);
  assert.equal(unknown.code, 1);
  assert.equal(JSON.parse(unknown.stderr).error.kind, 'not_found');
});
