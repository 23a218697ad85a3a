// No space left, without being root: the server runs with a limit on the size of files it may write
// (RLIMIT_FSIZE; the signal ignored, so that a write fails as on a full disk). A deletion that
// cannot be committed answers its dialect's error, and nobody is gone; when there is space again,
// the next call works.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DELETE } from './dialects.mjs';
import { clients, cli, importRows, makeFolder, makeStore, OUBLI, placesOf, run, serve, sleep } from './harness.mjs';

const PEOPLE = 120;
// Much less than the store's file, and room for a few commits in the write-ahead log.
const LIMIT_KIB = 192;

const people = Array.from({ length: PEOPLE }, (_, i) => ({ id: 100 + i, email: `p${i}@example.com`, code: String(7e15 + i), card: undefined }));

// The soft limit alone, so that it can be lifted again while the server runs.
const limited = ['bash', '-c', `trap "" XFSZ; ulimit -S -f ${LIMIT_KIB}; exec "$0" "$@"`, OUBLI];
const setLimit = (server, bytes) => execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:`]);
const lift = (server) => setLimit(server, 'unlimited');

async function makeFull(t) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  await importRows(data, 'shop', people.map(({ id, email, code }) => ({ id, email, code, notes: 'x'.repeat(4000),
    addresses: [1, 2].map((n) => ({ ref: `a${n}`, city: 'Austin', address1: `${n} Main` })),
    transactions: [1, 2, 3, 4, 5].map((n) => ({ ref: `t${n}`, campaign: 'Points', date: '2024-01-05', points: '10' })) })));
  assert.ok(fs.statSync(path.join(data, 'stores/1.db')).size > 2 * LIMIT_KIB * 1024, 'the store is too small for this test');
  return { data, store };
}

async function assertThere(shop, person) {
  const places = await placesOf(shop, person);
  assert.deepEqual(places, ['big addresses', 'big consent', 'big email:in', 'big id:in', 'big v2', 'big v2 email', 'cakes email', 'cakes get', 'sticky code', 'sticky search', 'web check-email', 'web credit', 'web email', 'web get', 'web orders'], person.email);
  assert.equal((await shop.big.addresses(`customer_id:in=${person.id}`)).length, 2);
  assert.equal((await shop.sticky.info({ code: person.code })).campaigns[0].balance, '50');
}

// Every customer is there in full, or gone in full, as `gone` says.
async function assertState(shop, gone) {
  for (const person of people) {
    if (gone.has(person.id)) assert.deepEqual(await placesOf(shop, person), [], `${person.email} is back`);
    else await assertThere(shop, person);
  }
  assert.equal(await shop.cakes.count(), PEOPLE - gone.size);
  assert.equal((await shop.web.list('limit=1')).pagination.total, PEOPLE - gone.size);
}

test('deletions on a full disk: refused in each dialect, nobody half gone, and done when there is space', async (t) => {
  const { data, store } = await makeFull(t);
  const server = await serve(t, data, [], { command: limited });
  const shop = clients(server, store);
  const gone = new Set();
  const refused = { big: [], web: [], sticky: [], cakes: [] };
  const names = Object.keys(refused);
  await shop.web.token();
  // In turn, until each dialect has refused twice.
  let turn = 0;
  for (const person of people.slice(0, 100)) {
    const name = names[turn++ % 4];
    if (await DELETE[name](shop, person)) gone.add(person.id);
    else refused[name].push(person);
    if (Object.values(refused).every((list) => list.length >= 2)) break;
  }
  console.log(`${gone.size} deletions were committed; refused: ${names.map((name) => `${name} ${refused[name].length}`).join(', ')}`);
  for (const name of names) assert.ok(refused[name].length >= 2, `${name} was never refused: is the limit at work?`);

  // Refused is not done, and reading goes on.
  await assertState(shop, gone);
  // Many at once are all or nothing too, and so are creations.
  const many = people.slice(100);
  const answer = await shop.big.delete(...many.map((person) => person.id));
  assert.notEqual(answer.status, 204);
  const created = await shop.big.call('POST', '', [{ email: 'new@example.com', first_name: 'N', last_name: 'N' }]);
  assert.ok(created.status >= 500, `${created.status} ${created.body}`);
  assert.deepEqual(await placesOf(shop, { email: 'new@example.com' }), []);
  await assertState(shop, gone);
  assert.equal((await server.request('GET', '/healthz')).status, 200);

  // Space again, in the same process.
  lift(server);
  for (const name of names) {
    const person = refused[name][0];
    assert.equal(await DELETE[name](shop, person), true, name);
    gone.add(person.id);
  }
  await assertState(shop, gone);
  await server.stop();

  const again = clients(await serve(t, data), store);
  await assertState(again, gone);
});

test('after a kill on a full disk nobody who was refused is gone, and nobody who went is back', async (t) => {
  const { data, store } = await makeFull(t);
  const server = await serve(t, data, [], { command: limited });
  const shop = clients(server, store);
  const gone = new Set();
  let refusals = 0;
  for (const person of people) {
    if (await DELETE.big(shop, person)) gone.add(person.id);
    else if (++refusals === 5) break;
  }
  assert.equal(refusals, 5);
  await sleep(100);
  await server.kill();
  await assertState(clients(await serve(t, data), store), gone);
});

test('clear-all on a full disk answers false, and everybody is there', async (t) => {
  const { data, store } = await makeFull(t);
  await cli(data, 'window', 'open', '--store', 'shop');
  const server = await serve(t, data, [], { command: limited });
  const shop = clients(server, store);
  await shop.web.token();
  // Clear-all writes so little that it may find room where a deletion does not: not one page is left.
  setLimit(server, 4096);
  const gone = new Set();
  assert.deepEqual(await shop.cakes.call('DELETE', '/'), { Content: false, Errors: [] });
  for (const [name, remove] of Object.entries(DELETE)) assert.equal(await remove(shop, people[0]), false, name);
  assert.deepEqual(await shop.cakes.call('DELETE', '/'), { Content: false, Errors: [] });
  await assertState(shop, gone);
  // A command says so too, instead of seeming to work.
  const imported = await run(['import', '--store', 'shop', '-', '--data', data], { input: '{"email":"new@example.com"}\n' });
  assert.ok(imported.code > 0 && imported.stderr.length > 0, imported.stdout);
  await server.kill();

  const again = clients(await serve(t, data), store);
  await assertState(again, gone);
  assert.equal(await again.cakes.clearAll(), true);
  assert.equal(await again.cakes.count(), 0);
  for (const person of people) assert.deepEqual(await placesOf(again, person), []);
});
