// Backups, restores and the drills of docs/operations.md, with the commands as they are printed there.
// Whoever was deleted, before or after a backup, is gone after each of them; whoever was not is there
// with everything; and what is refused changes no byte of any file.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { DELETE } from './dialects.mjs';
import { OUBLI, clients, cli, importRows, makeFolder, makeStore, placesOf, run, searchFolder, serve, snapshot, until } from './harness.mjs';
import { fullRow, whoIs } from './people.mjs';

const operations = fs.readFileSync(path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../docs/operations.md'), 'utf8');
const EVERYWHERE = [
  'big addresses', 'big attribute values', 'big consent', 'big email:in', 'big id:in', 'big v2', 'big v2 email', 'cakes email', 'cakes get', 'sticky card',
  'sticky code', 'sticky search', 'web check-email', 'web credit', 'web email', 'web get', 'web orders',
];
const TAKE_A_BACKUP = 'oubli backup --data DIR --to FOLDER';
const RESTORE = 'oubli restore --data DIR --from FOLDER --roots A --roots B';

// The commands that a part of the document prints, in code spans and blocks.
function printed(start, end) {
  const text = operations.slice(operations.indexOf(start));
  assert.ok(text.startsWith(start), `docs/operations.md has no "${start}"`);
  return [...text.slice(0, text.search(end)).matchAll(/(?:`|^)(oubli [^`\n]+)/gm)].map((found) => found[1]);
}
const drill = (name) => printed(`**${name}**`, /\n(\*\*|## )/);

// Types a printed command at a terminal, with the words in capitals replaced, and answers its question.
function type(world, line, words, answer = '') {
  const text = line.replace(/\b(DIR|FOLDER|ID|A|B)\b/g, (word) => words[word] ?? assert.fail(`${word} in ${line}`));
  const bin = path.join(world.folder, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  if (!fs.existsSync(path.join(bin, 'oubli'))) fs.symlinkSync(OUBLI, path.join(bin, 'oubli'));
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: world.folder, OUBLI_DATA: words.DIR };
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['-qec', text, '/dev/null'], { env, cwd: world.folder });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (answer !== '' && output.includes('Type yes: ')) {
        child.stdin.write(answer);
        answer = '';
      }
    });
    child.on('error', reject);
    child.on('close', (code) => {
      child.stdin.destroy();
      resolve({ code, output: output.replace(/\r\n/g, '\n').replace(/[^\n]*\r\x1b\[K/g, '') }); // without progress bars
    });
  });
}

// A shop with `count` people who have everything, and an empty folder for backups.
async function makeWorld(t, count = 12) {
  const folder = makeFolder(t);
  const home = path.join(folder, 'world');
  const data = path.join(home, 'data');
  const to = path.join(home, 'backup');
  fs.mkdirSync(to, { recursive: true });
  const store = await makeStore(data, 'shop');
  const people = await addPeople(data, 101, count);
  return { folder, home, data, to, store, people, words: { DIR: data, FOLDER: to, A: `${data}.roots/1`, B: `${data}.roots/2` } };
}

async function addPeople(data, from, count) {
  const people = Array.from({ length: count }, (_, i) => whoIs(fullRow(from + i, `zqperson${from + i}x`), `zqperson${from + i}x`));
  await importRows(data, 'shop', people.map((person) => person.row));
  return people;
}

// What `snapshot` says of these people alone.
function only(shown, people) {
  const ids = new Set(people.map(({ id }) => String(id)));
  const codes = new Set(people.map(({ code }) => code));
  const some = (rows, name) => rows.filter((row) => ids.has(String(row[name])));
  const coded = (rows) => rows.filter(({ code }) => codes.has(code));
  return { customers: some(shown.customers, 'id'), addresses: some(shown.addresses, 'customer_id'), values: some(shown.values, 'customer_id'),
    fields: some(shown.fields, 'customer_id'), metafields: some(shown.metafields, 'resource_id'), subscribers: shown.subscribers,
    profiles: some(shown.profiles, 'customer_id'), segments: shown.segments, instruments: some(shown.instruments, 'customer_id'),
    web: some(shown.web, 'customer_id'), accounts: some(shown.accounts, 'Bvin'), campaigns: shown.campaigns,
    orders: shown.orders.filter(({ customer }) => ids.has(String(customer.customer_id))), discounts: shown.discounts, credit: some(shown.credit, 'customer_id'),
    transactions: coded(shown.transactions), found: coded(shown.found), wishes: some(shown.wishes, 'CustomerId'), prices: shown.prices, fields_defined: shown.fields_defined, account: shown.account };
}

// Deletes them by the four dialects in turn.
async function deleteAll(shop, people) {
  const calls = Object.values(DELETE);
  for (const [i, person] of people.entries()) assert.equal(await calls[i % calls.length](shop, person), true);
}

// Through the four dialects exactly the living are there, as `shown` has them.
async function assertPeople(t, world, { living, gone, shown }) {
  const server = await serve(t, world.data);
  const shop = clients(server, world.store);
  for (const person of gone) assert.deepEqual(await placesOf(shop, person), [], person.tag);
  for (const person of living) assert.deepEqual(await placesOf(shop, person), EVERYWHERE, person.tag);
  const now = await snapshot(shop);
  assert.deepEqual(now, { ...only(shown, living), count: living.length, total: living.length, v2: living.length });
  await server.stop();
}

// ... and nothing of the gone is anywhere else: not in clear in a file, and not by a key that an old
// file and the present root give.
async function assertWhole(t, world, { living, gone, shown }) {
  await assertPeople(t, world, { living, gone, shown });
  assert.deepEqual(searchFolder(world.home, [...living, ...gone].map(({ tag }) => tag)), []);
  assert.ok(searchFolder(world.home, ['Coffee card']).length > 0, 'this word is in clear: the search can find');
  const residue = await run(['residue', '--data', world.data, '--also', world.home, '--json']);
  assert.equal(residue.code, 0, residue.stdout + residue.stderr);
  assert.ok(residue.json.stores[0].pages_tried > 10);
}

// Every file and folder with its mode and content; SQLite's and the lock's own files come and go.
function fingerprint(folder) {
  const seen = {};
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const name = path.join(entry.path, entry.name);
    if (/\.db-(wal|shm)$|oubli\.(lock|sock)$/.test(name)) continue;
    const { mode } = fs.lstatSync(name);
    seen[path.relative(folder, name)] = entry.isFile()
      ? `${mode.toString(8)} ${crypto.createHash('sha256').update(fs.readFileSync(name)).digest('hex')}` : mode.toString(8);
  }
  return seen;
}

test('sets that are made while people are deleted: each restores everyone living and nobody who was deleted', async (t) => {
  const world = await makeWorld(t, 60);
  const [again] = printed('## Backup', /## Drills/);
  assert.equal(again, TAKE_A_BACKUP);
  const server = await serve(t, world.data);
  const shop = clients(server, world.store);
  const staying = world.people.splice(0, 6);
  const victims = world.people;
  const gone = [];
  let ended = false;
  const deleting = Promise.all(Object.values(DELETE).map(async (remove) => {
    while (victims.length > 0) {
      const person = victims.shift();
      assert.equal(await remove(shop, person), true);
      gone.push(person);
    }
    ended = true;
  }));
  const sets = [];
  const extra = [];
  for (let number = 0; number < 3; ++number) {
    await until('a few deletions', () => ended || gone.length > 6 * number + 2);
    const before = gone.length;
    const taken = await type(world, again, world.words);
    assert.equal(taken.code, 0, taken.output);
    const [, set] = taken.output.match(/^(\S+): 1 stores, \d+ bytes\.\n$/);
    sets.push({ set, extra: extra.length });
    console.log(`set ${number}: ${gone.length - before} deleted while it was made, ${victims.length} to come`);
    if (number === 0) assert.ok(gone.length > before, 'this test has to delete while sets are made');
    extra.push(...(await addPeople(world.data, 1001 + number, 1)));
  }
  await deleting;
  await deleteAll(shop, staying.splice(0, 2).map((person) => (gone.push(person), person)));
  assert.equal(gone.length, 56);
  for (const person of gone) assert.deepEqual(await placesOf(shop, person), []);
  const shown = await snapshot(shop);
  assert.equal(shown.count, staying.length + extra.length);
  await server.stop();

  assert.equal(fs.readdirSync(world.to).filter((name) => name !== 'journal').length, 3);
  const kept = path.join(world.folder, 'kept');
  fs.cpSync(world.home, kept, { recursive: true });
  const ways = {
    'over the data': () => {},
    'where the data was': () => fs.rmSync(world.data, { recursive: true }),
    'into an empty folder': () => {
      fs.rmSync(world.data, { recursive: true });
      fs.mkdirSync(world.data, { mode: 0o700 });
    },
  };
  for (const [number, { set, extra: known }] of sets.entries()) {
    const [name, spoil] = Object.entries(ways)[number];
    await t.test(`set ${number}, ${name}`, async (t) => {
      fs.rmSync(world.home, { recursive: true });
      fs.cpSync(kept, world.home, { recursive: true });
      spoil();
      const restored = await run(['restore', '--data', world.data, '--from', set, '--yes', '--json']);
      assert.equal(restored.code, 0, restored.stderr);
      const [report] = restored.json.stores;
      assert.deepEqual([restored.json.backup, report.restored, report.given_up, report.damaged],
        [set, staying.length + known, extra.length - known, 0]);
      assert.ok(report.removed > 0);
      const living = [...staying, ...extra.slice(0, known)];
      await assertWhole(t, world, { living, gone: [...gone, ...extra.slice(known)], shown });
      // Of a lineage that has ended: no set of before can be put in place once more.
      const before = fingerprint(world.home);
      const twice = await run(['restore', '--data', world.data, '--from', set, '--yes', '--json']);
      assert.deepEqual([twice.code, JSON.parse(twice.stderr).error.kind], [1, 'conflict']);
      assert.deepEqual(fingerprint(world.home), before);
      // A new one can, and ids go on above all that were given out.
      const fresh = await cli(world.data, 'backup', '--to', world.to);
      const server = await serve(t, world.data);
      const shop = clients(server, world.store);
      const [made] = await shop.big.create({ email: 'new@example.com', first_name: 'N', last_name: 'N' });
      assert.ok(made.id > 1_000_000, `customer ${made.id}`);
      await deleteAll(shop, living.slice(0, 1));
      await server.stop();
      assert.equal((await run(['restore', '--data', world.data, '--from', fresh.path, '--yes'])).code, 0);
      await assertWhole(t, world, { living: living.slice(1), gone: [...gone, living[0], { id: made.id, email: made.email, tag: 'new@example.com' }], shown });
    });
  }
});

test('after a clear-all no older set brings anybody back', async (t) => {
  const world = await makeWorld(t);
  await cli(world.data, 'backup', '--to', world.to);
  const server = await serve(t, world.data);
  const shop = clients(server, world.store);
  await cli(world.data, 'window', 'open', '--store', 'shop');
  assert.equal(await shop.cakes.clearAll(), true);
  const shown = await snapshot(shop);
  await server.stop();
  const restored = await run(['restore', '--data', world.data, '--from', world.to, '--yes', '--json']);
  assert.equal(restored.code, 0, restored.stderr);
  assert.deepEqual([restored.json.stores[0].restored, restored.json.stores[0].removed], [0, world.people.length]);
  await assertWhole(t, world, { living: [], gone: world.people, shown });
});

test('drill: the disk with DIR is gone', async (t) => {
  const world = await makeWorld(t);
  const [restore, ...more] = drill('The disk with DIR is gone.');
  assert.deepEqual([restore, more], [RESTORE, []]);
  assert.equal((await type(world, TAKE_A_BACKUP, world.words)).code, 0);
  const server = await serve(t, world.data);
  const shop = clients(server, world.store);
  const gone = world.people.slice(0, 5);
  const living = world.people.slice(5);
  await deleteAll(shop, gone);
  const shown = await snapshot(shop);
  const late = await addPeople(world.data, 2001, 1);
  await server.kill();
  fs.rmSync(world.data, { recursive: true });

  const before = fingerprint(world.home);
  const refused = await type(world, restore, world.words, 'no\n');
  assert.equal(refused.code, 2);
  assert.match(refused.output, /nothing has been changed/);
  // With the lock in it: the folder of --data is made when it is missing.
  assert.deepEqual(fingerprint(world.home), { ...before, data: '40700' });
  fs.rmSync(world.data, { recursive: true });

  const restored = await type(world, restore, world.words, 'yes\n');
  assert.equal(restored.code, 0, restored.output);
  assert.match(restored.output, /^ +7 owners are restored$/m);
  assert.match(restored.output, /^ +5 were erased since the backup and are removed from it$/m);
  assert.match(restored.output, /The backup is in place/);
  await assertWhole(t, world, { living, gone: [...gone, ...late], shown });
  // "... and take a new backup"
  assert.equal((await type(world, TAKE_A_BACKUP, world.words)).code, 0);
  fs.rmSync(world.data, { recursive: true });
  assert.equal((await type(world, restore, world.words, 'yes\n')).code, 0);
  await assertWhole(t, world, { living, gone: [...gone, ...late], shown });
});

test('drill: a slot is gone', async (t) => {
  const world = await makeWorld(t);
  const [list, retire, ...more] = drill('A slot is gone.');
  assert.deepEqual([list, retire, more], ['oubli places list', 'oubli places retire ID', []]);
  const fresh = path.join(world.home, 'new-slot');
  let server = await serve(t, world.data);
  let shop = clients(server, world.store);
  await deleteAll(shop, world.people.slice(0, 4));
  fs.rmSync(world.words.B, { recursive: true });
  for (const [i, remove] of Object.values(DELETE).entries()) assert.equal(await remove(shop, world.people[4 + i]), false);
  const [made] = await shop.big.create({ email: 'new@example.com', first_name: 'N', last_name: 'N' });
  assert.deepEqual(await placesOf(shop, made), ['big consent', 'big email:in', 'big id:in', 'big v2', 'big v2 email', 'cakes email', 'cakes get', 'web check-email', 'web credit', 'web email', 'web get', 'web orders']);
  await server.stop();

  server = await serve(t, world.data, ['--roots', world.words.A, '--roots', fresh]);
  shop = clients(server, world.store);
  const listed = await type(world, list, world.words);
  assert.equal(listed.code, 0);
  const [, id] = listed.output.match(/^ *([0-9a-f]{32}) .*missing.*data\.roots\/2$/m) ?? assert.fail(listed.output);
  const retired = await type(world, retire, { ...world.words, ID: id });
  assert.equal(retired.code, 0, retired.output);
  await deleteAll(shop, [...world.people.slice(4, 8), made]);
  const shown = await snapshot(shop);
  await server.stop();
  const gone = [...world.people.slice(0, 8), { id: made.id, email: made.email, tag: 'new@example.com' }];
  const living = world.people.slice(8);
  await assertWhole(t, world, { living, gone, shown });
  // The new slot is as good as the others: with it alone everybody living is there.
  fs.rmSync(world.words.A, { recursive: true });
  await assertPeople(t, world, { living, gone, shown });
});

test('drill: moving to a new machine', async (t) => {
  const world = await makeWorld(t);
  const [last, restore, ...more] = drill('Moving to a new machine.');
  assert.deepEqual([last, restore, more], ['oubli backup', RESTORE, []]);
  const server = await serve(t, world.data);
  const shop = clients(server, world.store);
  const gone = world.people.slice(0, 4);
  await deleteAll(shop, gone);
  const shown = await snapshot(shop);
  await server.stop();
  const taken = await type(world, TAKE_A_BACKUP, world.words);
  assert.equal(taken.code, 0, taken.output);

  const home = path.join(world.folder, 'machine');
  const there = { ...world, home, data: path.join(home, 'srv/oubli') };
  const words = { DIR: there.data, FOLDER: path.join(home, 'usb'), A: path.join(home, 'disk1/roots'), B: path.join(home, 'disk2/roots') };
  for (const parent of ['srv', 'disk1', 'disk2']) fs.mkdirSync(path.join(home, parent), { recursive: true });
  fs.cpSync(world.to, words.FOLDER, { recursive: true });
  fs.renameSync(world.words.A, words.A);
  fs.renameSync(world.words.B, words.B);
  fs.rmSync(world.home, { recursive: true });
  const restored = await type(world, restore, words, 'yes\n');
  assert.equal(restored.code, 0, restored.output);
  await assertWhole(t, there, { living: world.people.slice(4), gone, shown });
  const { places, erasing } = await cli(there.data, 'places', 'list');
  assert.equal(erasing, true);
  assert.deepEqual(places.filter(({ state }) => state !== 'in use'), []);
  assert.deepEqual(places.map((place) => place.path).sort(), [`${there.data}.journal`, path.join(words.FOLDER, 'journal'), words.A, words.B].sort());
});

test('a restore without one of the slots says so, and nobody is erased until that one is retired', async (t) => {
  const world = await makeWorld(t);
  await cli(world.data, 'backup', '--to', world.to);
  const server = await serve(t, world.data);
  const gone = world.people.slice(0, 4);
  await deleteAll(clients(server, world.store), gone);
  const shown = await snapshot(clients(server, world.store));
  await server.stop();
  fs.renameSync(world.words.B, path.join(world.folder, 'away'));
  const restored = await run(['restore', '--data', world.data, '--from', world.to, '--yes']);
  assert.equal(restored.code, 1, restored.stderr);
  assert.match(restored.stdout, /The backup is in place\.\n(.*\n)*.*data\.roots\/2/);
  const again = await serve(t, world.data);
  const shop = clients(again, world.store);
  for (const remove of Object.values(DELETE)) assert.equal(await remove(shop, world.people[4]), false);
  for (const person of gone) assert.deepEqual(await placesOf(shop, person), []);
  const missing = (await cli(world.data, 'places', 'list')).places.find(({ state }) => state === 'missing');
  assert.equal(missing.path, world.words.B);
  await cli(world.data, 'places', 'retire', missing.id);
  await deleteAll(shop, world.people.slice(4, 8));
  await again.stop();
  await assertWhole(t, world, { living: world.people.slice(8), gone: world.people.slice(0, 8), shown });
});

test('what is refused says why, and changes nothing', async (t) => {
  const world = await makeWorld(t);
  const other = await makeWorld(t, 1);
  const { path: set } = await cli(world.data, 'backup', '--to', world.to);
  const oldSlots = path.join(world.folder, 'old-slots');
  fs.cpSync(`${world.data}.roots`, oldSlots, { recursive: true });
  const server = await serve(t, world.data);
  const gone = world.people.slice(0, 4);
  await deleteAll(clients(server, world.store), gone);
  const shown = await snapshot(clients(server, world.store));
  const refuse = async (name, args, code, text, kind) => {
    await t.test(name, async () => {
      const before = fingerprint(world.home);
      const said = await run(['restore', '--data', world.data, ...args]);
      assert.equal(said.code, code, said.stdout + said.stderr);
      assert.match(said.stderr, text);
      if (kind !== undefined) {
        const json = await run(['restore', '--data', world.data, ...args, '--json']);
        assert.deepEqual([json.code, json.stdout, JSON.parse(json.stderr).error.kind], [code, '', kind]);
      }
      assert.deepEqual(fingerprint(world.home), before);
    });
  };
  const from = ['--from', world.to, '--yes'];
  const without = async (name, text, kind, ...paths) => {
    for (const each of paths) fs.renameSync(each, `${each}.away`);
    if (paths.includes(world.data)) fs.mkdirSync(world.data, { mode: 0o700 });
    await refuse(name, from, 1, text, kind);
    if (paths.includes(world.data)) fs.rmSync(world.data, { recursive: true });
    for (const each of paths) fs.renameSync(`${each}.away`, each);
  };
  const spoiled = async (name, file, text, kind) => {
    const bytes = fs.readFileSync(file);
    const wrong = Buffer.from(bytes);
    wrong[wrong.length >> 1] ^= 1;
    fs.writeFileSync(file, wrong);
    await refuse(name, from, 1, text, kind);
    fs.writeFileSync(file, bytes);
  };
  await refuse('while the server runs', from, 1, /stop it first/, 'unavailable');
  await server.stop();
  await refuse('without consent where nobody can be asked', ['--from', world.to], 2, /nothing has been changed; --yes consents/);
  await t.test('--json without consent prints the plan', async () => {
    const before = fingerprint(world.home);
    const plan = await run(['restore', '--data', world.data, '--from', world.to, '--json']);
    assert.deepEqual([plan.code, plan.json.restored, plan.json.stores[0].removed], [2, false, 4]);
    assert.deepEqual(fingerprint(world.home), before);
  });
  await refuse('a command line that names no backup', ['--yes'], 2, /--from/);
  await refuse('a folder without a set', ['--from', `${world.data}.roots`, '--yes'], 1, /there is no complete backup in/, 'not_found');
  await refuse('a folder that is no slot', [...from, '--roots', world.to], 1, /is no root slot/, 'invalid');
  await refuse('slots that are not there', [...from, '--roots', path.join(world.home, 'nowhere')], 1, /is no root slot/, 'invalid');
  await refuse("another installation's slots", [...from, '--roots', `${other.data}.roots`], 1, /no root slot that is there .* holds a root of it/, 'not_found');
  await refuse('old copies of the slots', [...from, '--roots', `${oldSlots}/1`, '--roots', `${oldSlots}/2`], 1, /these slots are old copies/, 'conflict');
  await without('no slot', /no root slot is there/, 'unavailable', `${world.data}.roots`);
  await without('neither a journal nor the data', /the backup is at generation 1/, 'conflict', world.data, `${world.data}.journal`, path.join(world.to, 'journal'));
  await without('no manifest', /cannot open .*manifest\.json/, 'not_found', path.join(set, 'manifest.json'));
  await without("a store's file is not in the set", /stores\/1\.db of the backup .* is missing/, 'corrupt', path.join(set, 'stores/1.db'));
  await spoiled("a flipped bit in a store's file of the set", path.join(set, 'stores/1.db'), /stores\/1\.db of the backup .* is damaged/, 'corrupt');
  await spoiled('a flipped bit in server.db of the set', path.join(set, 'server.db'), /server\.db of the backup .* is damaged/, 'corrupt');

  // One journal of the two is enough, and a set is found by itself or by its folder.
  fs.rmSync(`${world.data}.journal`, { recursive: true });
  const restored = await run(['restore', '--data', world.data, ...from]);
  assert.equal(restored.code, 0, restored.stderr);
  await assertWhole(t, world, { living: world.people.slice(4), gone, shown });
});

test('while the backup folder is away nothing is erased, until it is back or retired', async (t) => {
  const world = await makeWorld(t);
  await cli(world.data, 'backup', '--to', world.to);
  const server = await serve(t, world.data, ['--metrics', '127.0.0.1:0']);
  const shop = clients(server, world.store);
  fs.renameSync(world.to, `${world.to}.away`);
  assert.equal(await DELETE.big(shop, world.people[0]), false);
  for (const remove of Object.values(DELETE)) assert.equal(await remove(shop, world.people[1]), false);
  fs.renameSync(`${world.to}.away`, world.to);
  await until('it is noticed', () => DELETE.big(shop, world.people[0]), 60_000);
  assert.equal(await server.metric('oubli_erasure_pending'), 0);
  await deleteAll(shop, world.people.slice(1, 5));
  await server.stop();

  fs.renameSync(world.to, `${world.to}.away`);
  const again = clients(await serve(t, world.data), world.store);
  assert.equal(await DELETE.web(again, world.people[5]), false);
  const missing = (await cli(world.data, 'places', 'list')).places.find(({ state }) => state === 'missing');
  assert.equal(missing.path, path.join(world.to, 'journal'));
  await cli(world.data, 'places', 'retire', missing.id);
  await deleteAll(again, world.people.slice(5, 9));
  const shown = await snapshot(again);
  await again.server.stop();
  // Its journal ends before the last deletions, so the local one has to lead on from it.
  fs.renameSync(`${world.to}.away`, world.to);
  assert.equal((await run(['restore', '--data', world.data, '--from', world.to, '--yes'])).code, 0);
  await assertWhole(t, world, { living: world.people.slice(9), gone: world.people.slice(0, 9), shown });
});
