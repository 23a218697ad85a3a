// Where the keys lie: folders that are missing, moved, retired, named wrongly, or fail while the
// server runs. What cannot be destroyed everywhere is never called done, and everything else goes on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DELETE } from './dialects.mjs';
import { clients, cli, importRows, makeFolder, makeStore, placesOf, run, serve, snapshot, until } from './harness.mjs';

const people = Array.from({ length: 24 }, (_, i) => ({ id: 100 + i, email: `p${i}@example.com`, code: String(7e15 + i) }));
const METRICS = ['--metrics', '127.0.0.1:0'];

async function makeShop(t) {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const store = await makeStore(data, 'shop');
  await importRows(data, 'shop', people);
  return { folder, data, store };
}

const list = async (data) => (await cli(data, 'places', 'list'));
const slotsOf = ({ places }) => places.filter((place) => place.kind === 'slot');
const rootFileIn = (slot) => {
  const files = fs.readdirSync(slot).filter((name) => name.endsWith('.root'));
  assert.equal(files.length, 1);
  return path.join(slot, files[0]);
};

// Takes four of the people from `from` on, one for each dialect.
async function assertAllRefused(shop, from) {
  for (const [i, name] of Object.keys(DELETE).entries()) assert.equal(await DELETE[name](shop, people[from + i]), false, name);
}
async function assertAllDone(shop, from) {
  for (const [i, name] of Object.keys(DELETE).entries()) {
    assert.equal(await DELETE[name](shop, people[from + i]), true, name);
    assert.deepEqual(await placesOf(shop, people[from + i]), []);
  }
}

test('a slot that is missing at start: nothing is erased, the rest goes on, and back it is as before', async (t) => {
  const { folder, data, store } = await makeShop(t);
  const away = path.join(folder, 'away');
  fs.renameSync(`${data}.roots/2`, away);
  let server = await serve(t, data, METRICS);
  let shop = clients(server, store);
  const before = await snapshot(shop);
  await assertAllRefused(shop, 0);
  // Also for those whom nobody knows: who was erased a moment ago must not be called gone either.
  assert.notEqual((await shop.big.delete(999_999)).status, 204);
  await cli(data, 'window', 'open', '--store', 'shop');
  assert.equal(await shop.cakes.clearAll(), false);
  assert.deepEqual(await snapshot(shop), before);

  const [made] = await shop.big.create({ email: 'new@example.com', first_name: 'N', last_name: 'N' });
  await shop.big.update({ id: made.id, first_name: 'Other' });
  assert.equal((await shop.big.find(`id:in=${made.id}`))[0].first_name, 'Other');
  assert.equal(await server.metric('oubli_key_places_missing'), 1);
  assert.equal(await server.metric('oubli_erasure_pending'), 0);
  const listed = await list(data);
  assert.equal(listed.erasing, false);
  assert.deepEqual(slotsOf(listed).map(({ path: at, state }) => [path.basename(at), state]), [['1', 'in use'], ['2', 'missing']]);
  assert.match((await run(['places', 'list', '--data', data])).stdout, /missing +\/.*data\.roots\/2\n(.*\n)*Nothing is erased while/);
  assert.ok(!fs.existsSync(`${data}.roots/2`), 'an empty folder in its place would look like a slot');
  await server.stop();

  fs.renameSync(away, `${data}.roots/2`);
  server = await serve(t, data, METRICS);
  shop = clients(server, store);
  await assertAllDone(shop, 0);
  assert.equal(await server.metric('oubli_key_places_missing'), 0);
  assert.ok(await server.metric('oubli_rotations_total') >= 4);
  assert.deepEqual(await placesOf(shop, { id: made.id, email: 'new@example.com' }).then((places) => places.includes('big id:in')), true);
});

test('places retire: a slot that is gone for good no longer stands in the way', async (t) => {
  const { data, store } = await makeShop(t);
  fs.rmSync(`${data}.roots/2`, { recursive: true });
  let server = await serve(t, data, METRICS);
  let shop = clients(server, store);
  await assertAllRefused(shop, 0);
  const [one, two] = slotsOf(await list(data));
  const inUse = await run(['places', 'retire', one.id, '--data', data]);
  assert.deepEqual([inUse.code, inUse.stdout], [1, '']);
  assert.match(inUse.stderr, /in use/);
  const nobody = await run(['places', 'retire', '0'.repeat(32), '--data', data, '--json']);
  assert.equal(nobody.code, 1);
  assert.equal(JSON.parse(nobody.stderr).error.kind, 'not_found');

  const retired = await run(['places', 'retire', two.id, '--data', data]);
  assert.equal(retired.code, 0, retired.stderr);
  assert.match(retired.stdout, /data\.roots\/2 is forgotten\. Destroy whatever still holds it/);
  await assertAllDone(shop, 0);
  assert.equal(await server.metric('oubli_key_places_missing'), 0);
  await server.stop();
  server = await serve(t, data);
  shop = clients(server, store);
  await assertAllDone(shop, 4);
  assert.equal(slotsOf(await list(data)).length, 1);
});

test('slots move to other folders; those that may hold the only key cannot be retired', async (t) => {
  const { folder, data, store } = await makeShop(t);
  const old = slotsOf(await list(data)).map((place) => place.path);
  const fresh = ['n1', 'n2'].map((name) => path.join(folder, name));
  const flags = (folders) => folders.flatMap((each) => ['--roots', each]);
  // Too early: the new ones are empty yet.
  let server = await serve(t, data, flags(fresh));
  const id = slotsOf(await list(data)).find((place) => place.path === old[0]).id;
  const refused = await run(['places', 'retire', id, '--data', data]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /store shop does not open .* may have its only key/);
  await server.stop();

  server = await serve(t, data, flags([...old, ...fresh]));
  await assertAllDone(clients(server, store), 0);
  await server.stop();
  for (const each of old) fs.rmSync(each, { recursive: true });
  server = await serve(t, data, flags(fresh));
  await assertAllRefused(clients(server, store), 4);
  for (const place of slotsOf(await list(data))) {
    if (old.includes(place.path)) assert.equal((await cli(data, 'places', 'retire', place.id)).retired, true);
  }
  await assertAllDone(clients(server, store), 4);
  await server.stop();
  // From now on they are known.
  server = await serve(t, data);
  const shop = clients(server, store);
  await assertAllDone(shop, 8);
  assert.equal(await shop.cakes.count(), people.length - 12);
  assert.deepEqual(slotsOf(await list(data)).map((place) => place.path), fresh);
});

test('folders inside of the data folder are refused, by every command', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  const inside = path.join(data, 'roots');
  const served = await run(['serve', '--data', data, '--listen', '127.0.0.1:0', '--metrics', 'off', '--roots', inside]);
  assert.equal(served.code, 2);
  assert.match(served.stderr, /^oubli: the root slot .*roots lies inside the data folder .*name a folder outside$/m);
  const created = await run(['store', 'create', 'shop', '--data', data, '--roots', inside]);
  assert.equal(created.code, 1);
  const byVariable = await run(['store', 'list', '--data', data, '--json'], { env: { OUBLI_ROOTS: `${data}.a:${inside}` } });
  assert.deepEqual([byVariable.code, JSON.parse(byVariable.stderr).error.kind], [1, 'invalid']);
  const journal = await run(['store', 'list', '--data', data, '--journal', path.join(data, 'journal')]);
  assert.equal(journal.code, 1);
  assert.ok(!fs.existsSync(inside));
});

test('the folders are the ones that are named', async (t) => {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const [a, b, journal] = ['a', 'b', 'j'].map((name) => path.join(folder, name));
  const made = await run(['store', 'create', 'shop', '--data', data, '--journal', journal], { env: { OUBLI_ROOTS: `${a}:${b}` } });
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual((await list(data)).places.map((place) => place.path).sort(), [a, b, journal].sort());
  assert.ok(!fs.existsSync(`${data}.roots`) && !fs.existsSync(`${data}.journal`));
});

// Something in a slot's place that cannot be written, and how it is put right again.
const FAULTS = {
  'its file is a folder now': (slot) => {
    const file = rootFileIn(slot);
    fs.renameSync(file, `${file}.away`);
    fs.mkdirSync(file);
    return () => {
      fs.rmdirSync(file);
      fs.renameSync(`${file}.away`, file);
    };
  },
  'its folder is not there any more': (slot) => {
    fs.renameSync(slot, `${slot}.away`);
    return () => fs.renameSync(`${slot}.away`, slot);
  },
  'another folder lies in its place': (slot) => {
    fs.renameSync(slot, `${slot}.away`);
    fs.cpSync(path.join(path.dirname(slot), '1'), slot, { recursive: true });
    return () => {
      fs.rmSync(slot, { recursive: true });
      fs.renameSync(`${slot}.away`, slot);
    };
  },
  'the journal is not there any more': (slot) => {
    const at = path.join(path.dirname(slot), '../data.journal');
    fs.renameSync(at, `${at}.away`);
    return () => fs.renameSync(`${at}.away`, at);
  },
};

for (const [fault, spoil] of Object.entries(FAULTS)) {
  test(`while the server runs, ${fault}: a delete promises nothing, and is finished when it is repaired`, async (t) => {
    const { data, store } = await makeShop(t);
    let server = await serve(t, data, METRICS);
    let shop = clients(server, store);
    await assertAllDone(shop, 0);
    const repair = spoil(`${data}.roots/2`);
    assert.equal(await DELETE.big(shop, people[4]), false);
    assert.equal(await server.metric('oubli_erasure_pending'), 1);
    // The list asks whether the folders are there; what lies in them is the doctor's to look at.
    const failing = (await list(data)).places.filter((place) => place.state === 'failing' && place.reason !== null);
    assert.equal(failing.length, fault.startsWith('its file') ? 0 : 1);
    // Nobody else is erased, or called so, and everything else goes on.
    await assertAllRefused(shop, 5);
    for (const person of people.slice(5, 9)) assert.ok((await placesOf(shop, person)).includes('big id:in'));
    assert.notEqual((await shop.big.delete(people[4].id)).status, 204);
    const [made] = await shop.big.create({ email: 'new@example.com', first_name: 'N', last_name: 'N' });
    assert.equal((await shop.big.find('email:in=new@example.com'))[0].id, made.id);

    repair();
    await until('the erasure is finished', async () => (await server.metric('oubli_erasure_pending')) === 0, 60_000);
    assert.equal(await DELETE.big(shop, people[4]), true);
    assert.deepEqual(await placesOf(shop, people[4]), []);
    await assertAllDone(shop, 5);
    assert.ok((await list(data)).places.every((place) => place.state === 'in use'));
    await server.stop();
    server = await serve(t, data);
    shop = clients(server, store);
    assert.equal(await shop.cakes.count(), people.length - 9 + 1);
    for (const person of people.slice(0, 9)) assert.deepEqual(await placesOf(shop, person), []);
  });
}
