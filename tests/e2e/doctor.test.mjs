// What `oubli doctor` and `oubli residue` say of data that is whole, and of data with one thing wrong.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DELETE } from './dialects.mjs';
import { clients, cli, filesBelow, importRows, makeFolder, makeStore, placesOf, run, searchFolder, serve, snapshot, until } from './harness.mjs';
import { fullRow, whoIs } from './people.mjs';

async function makeShop(t, count = 10) {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const store = await makeStore(data, 'shop');
  const people = Array.from({ length: count }, (_, i) => whoIs(fullRow(101 + i, `zqperson${i}x`), `zqperson${i}x`));
  await importRows(data, 'shop', people.map((person) => person.row));
  return { folder, data, store, people };
}

async function deleteAll(shop, people) {
  const calls = Object.values(DELETE);
  for (const [i, person] of people.entries()) assert.equal(await calls[i % calls.length](shop, person), true);
}

// The codes of what the doctor finds at a level. Its exit code says whether there are errors, and its
// text for people says the same as its JSON.
async function examine(data, level = 'error') {
  const { code, json, stdout, stderr } = await run(['doctor', '--data', data, '--json']);
  assert.ok(json, stderr);
  assert.equal(code, json.errors > 0 ? 1 : 0);
  assert.equal(json.findings.filter((finding) => finding.level === 'error').length, json.errors);
  const words = await run(['doctor', '--data', data]);
  assert.equal(words.code, code);
  for (const { text } of json.findings) assert.ok(words.stdout.includes(text));
  assert.match(words.stdout, new RegExp(`^${json.errors} errors, ${json.warnings} warnings\\.\n$`, 'm'));
  assert.ok(!/zqperson|example\.com/i.test(stdout + words.stdout), 'nothing personal is told');
  return Object.assign(json.findings.filter((finding) => finding.level === level).map((finding) => finding.code), { report: json });
}

async function residue(data, code, ...args) {
  const result = await run(['residue', '--data', data, '--json', ...args]);
  assert.equal(result.code, code, result.stdout + result.stderr);
  assert.equal(result.json?.verdict, ['clean', 'residue', 'unchecked'][code]);
  return result.json;
}

test('doctor: nothing is wrong with data in use, with a server and without', async (t) => {
  const { data, store, people } = await makeShop(t);
  assert.deepEqual([...await examine(data)], []);
  const server = await serve(t, data);
  const shop = clients(server, store);
  await deleteAll(shop, people.slice(0, 5));
  const { report } = await examine(data);
  assert.equal(report.errors, 0);
  const [{ owners, generation, records, tokens, key_pages: pages }] = report.stores;
  assert.deepEqual([owners, generation], [5, 6]);
  assert.ok(records >= 5 * 9 && tokens > 5 && pages > 0);
  await cli(data, 'window', 'open', '--store', 'shop');
  assert.equal(await shop.cakes.clearAll(), true);
  assert.deepEqual((await examine(data)).report.stores[0].owners, 0);
  await server.stop();
  assert.deepEqual([...await examine(data)], []);
});

test('doctor: one flipped byte in a record is found, and gone with the deletion of that customer', async (t) => {
  const { data, store, people } = await makeShop(t);
  const file = path.join(data, 'stores/1.db');
  const before = fs.statSync(file).size;
  // So long that nearly all that is added to the file is this record.
  const long = { id: 900, email: 'zqperson900x@example.com', notes: 'long '.repeat(12_000) };
  await importRows(data, 'shop', [long]);
  const bytes = fs.readFileSync(file);
  assert.ok(bytes.length > before + 50_000 && !fs.existsSync(`${file}-wal`));
  bytes[((before + bytes.length) >> 1) + 1000] ^= 1; // not at a page's border, where SQLite's own numbers are
  fs.writeFileSync(file, bytes);
  const errors = await examine(data);
  assert.deepEqual([...errors], ['record-unreadable']);
  assert.match(errors.report.findings[0].text, /profile record .* of ordinal 11/);
  const server = await serve(t, data, ['--metrics', '127.0.0.1:0']);
  const shop = clients(server, store);
  assert.deepEqual([...await examine(data)], ['record-unreadable'], 'a running server examines as well');
  assert.equal((await shop.big.delete(900)).status, 204);
  await until('the sweep', async () => (await server.metric('oubli_sweep_backlog')) === 0);
  assert.deepEqual([...await examine(data)], []);
  assert.equal((await snapshot(shop)).count, people.length);
});

test('doctor: a slot that is missing, then retired', async (t) => {
  const { data } = await makeShop(t, 1);
  assert.ok((await examine(data, 'warning')).includes('slots-one-device'));
  fs.renameSync(`${data}.roots/2`, `${data}.away`);
  const errors = await examine(data);
  assert.deepEqual([...errors], ['place-missing']);
  assert.ok(errors.report.findings[0].text.includes(`${data}.roots/2`));
  fs.renameSync(`${data}.away`, `${data}.roots/2`);
  assert.deepEqual([...await examine(data)], []);
  fs.renameSync(`${data}.roots/2`, `${data}.away`);
  const { places } = await cli(data, 'places', 'list');
  await cli(data, 'places', 'retire', places.find(({ state }) => state === 'missing').id);
  assert.deepEqual([...await examine(data)], []);
  assert.ok((await examine(data, 'warning')).includes('slot-single'));
});

test('doctor: slots in a folder that backups are made into, and backups that open or not', async (t) => {
  const { folder, data, store, people } = await makeShop(t);
  const to = path.join(folder, 'backup');
  fs.mkdirSync(to);
  const { path: set } = await cli(data, 'backup', '--to', to);
  assert.deepEqual((await examine(data)).report.backups.map(({ path: at, opens }) => [at, opens]), [[set, true]]);
  // Moved there whole, while nothing runs.
  fs.renameSync(`${data}.roots/2`, path.join(to, 'slot'));
  await cli(data, 'store', 'list', '--roots', `${data}.roots/1`, '--roots', path.join(to, 'slot'));
  const errors = await examine(data);
  assert.deepEqual([...errors], ['slot-backed-up']);
  assert.ok(errors.report.findings[0].text.includes(path.join(to, 'slot')));
  fs.renameSync(path.join(to, 'slot'), `${data}.roots/2`);
  await cli(data, 'store', 'list', '--roots', `${data}.roots/1`, '--roots', `${data}.roots/2`);
  assert.deepEqual([...await examine(data)], []);

  const server = await serve(t, data);
  await deleteAll(clients(server, store), people.slice(0, 1));
  await server.stop();
  assert.equal((await examine(data)).report.backups[0].opens, true, 'the journal leads from it to the present root');
  assert.equal((await run(['restore', '--data', data, '--from', to, '--yes'])).code, 0);
  const { report } = await examine(data, 'warning');
  assert.deepEqual([report.errors, report.backups[0].opens], [0, false]);
  assert.notEqual(report.backups[0].why, '');
});

test('doctor: files and folders that others may read or write', async (t) => {
  const { data } = await makeShop(t, 1);
  const slot = filesBelow(`${data}.roots/1`).find((name) => name.endsWith('.root'));
  const cases = [[`${data}/server.key`, 0o640, 1], [`${data}/stores/1.db`, 0o604, 1], [slot, 0o660, 1], [`${data}.roots/1`, 0o730, 1],
    [data, 0o755, 0], [`${data}.roots/2`, 0o750, 0], [`${data}.journal`, 0o777, 0]];
  for (const [name, mode, code] of cases) {
    const { mode: right } = fs.statSync(name);
    fs.chmodSync(name, mode);
    const { report } = await examine(data);
    const told = report.findings.filter((finding) => finding.code === 'mode');
    assert.deepEqual(told.map(({ level, text }) => [level, text.includes(`${name} is open to others`)]),
      [[code === 1 ? 'error' : 'warning', true]], name);
    assert.equal(report.errors, code);
    fs.chmodSync(name, right & 0o777);
  }
  assert.deepEqual([...await examine(data)], []);
});

test('residue: a healthy server is clean, and as before afterwards', async (t) => {
  const { folder, data, store, people } = await makeShop(t);
  const server = await serve(t, data, ['--metrics', '127.0.0.1:0', '--log-file', path.join(folder, 'oubli.log')]);
  const shop = clients(server, store);
  await deleteAll(shop, people.slice(0, 4));
  await until('the sweep', async () => (await server.metric('oubli_sweep_backlog')) === 0);
  const before = await snapshot(shop);
  const counts = (await examine(data)).report.stores;
  assert.equal(await server.metric('oubli_residue_last_clean_timestamp_seconds'), 0);
  const report = await residue(data, 0);
  assert.deepEqual([report.findings, report.hits, report.unreadable, report.problem], [0, 0, [], '']);
  const [{ planted, erased, pages_tried: tried }] = report.stores;
  assert.ok(planted > 0 && erased === planted && tried > 10);
  assert.ok(report.bytes >= fs.statSync(path.join(data, 'stores/1.db')).size);
  await until('the sweep', async () => (await server.metric('oubli_sweep_backlog')) === 0);
  assert.deepEqual(await snapshot(shop), before);
  const after = (await examine(data)).report;
  assert.equal(after.errors, 0);
  assert.deepEqual(after.stores.map(({ generation, ...rest }) => rest), counts.map(({ generation, ...rest }) => rest));
  assert.ok(after.stores[0].generation > counts[0].generation);
  assert.deepEqual(searchFolder(folder, ['residue.invalid', ...people.map(({ tag }) => tag)]), []);
  const age = Date.now() / 1000 - (await server.metric('oubli_residue_last_clean_timestamp_seconds'));
  assert.ok(age >= 0 && age < 60, `${age} s`);
  assert.equal(await server.metric('oubli_residue_findings'), 0);
  const words = await run(['residue', '--data', data, '--store', 'shop']);
  assert.deepEqual([words.code, words.stdout.split('\n').at(-2)], [0, 'Clean: nothing of the erased was found.']);
});

test('residue: what cannot be checked is no clean bill, and canaries that had to stay go with the next check', async (t) => {
  const { folder, data, store, people } = await makeShop(t, 3);
  for (const args of [['--also', path.join(folder, 'nowhere')], ['--store', 'nobody'], ['--nonsense']]) {
    const refused = await run(['residue', '--data', data, ...args]);
    assert.deepEqual([refused.code, refused.stdout], [2, ''], args[0]);
  }
  fs.renameSync(`${data}.roots/2`, `${data}.away`);
  const stuck = await residue(data, 2);
  assert.equal(stuck.stores[0].erased, 0);
  assert.notEqual(stuck.stores[0].problem, '');
  fs.renameSync(`${data}.away`, `${data}.roots/2`);
  const next = await residue(data, 0);
  assert.equal(next.stores[0].leftovers, stuck.stores[0].planted);
  const shop = clients(await serve(t, data), store);
  assert.equal((await snapshot(shop)).count, people.length);
});

test('residue: old copies of the data, with their logs, are found and cannot be read; with a copy of a slot of then they can', async (t) => {
  const { folder, data, store, people } = await makeShop(t, 80);
  const [copies, slots] = ['copies', 'slots'].map((name) => path.join(folder, name));
  const alone = await residue(data, 0);
  fs.cpSync(`${data}.roots`, slots, { recursive: true });
  const server = await serve(t, data);
  const shop = clients(server, store);
  // As somebody would copy the folder of a running server: with logs that nobody has checkpointed.
  let withLog = 0;
  const victims = people.slice(0, 32);
  for (let round = 0; round < 4; ++round) {
    await deleteAll(shop, victims.slice(8 * round, 8 * round + 8));
    fs.cpSync(data, path.join(copies, String(round)), { recursive: true, filter: (name) => !name.endsWith('.sock') });
    const log = path.join(copies, String(round), 'stores/1.db-wal');
    if (fs.statSync(log, { throwIfNoEntry: false })?.size > 0) ++withLog;
  }
  assert.ok(withLog > 0, 'this test has to copy a log');
  await server.kill();
  const clean = await residue(data, 0, '--also', copies);
  const [{ pages_tried: tried, pages_opened: opened }] = clean.stores;
  assert.ok(tried > alone.stores[0].pages_tried + 12, `${tried} pages`);
  assert.ok(tried - opened > 32, 'most of them do not open');
  assert.deepEqual(clean.stores[0].root_copies, []);
  assert.ok(clean.files > alone.files);

  // The control: the same files, and a slot as it was before the deletions.
  fs.renameSync(slots, path.join(copies, 'slots'));
  const found = await residue(data, 1, '--also', copies);
  const [{ erased_keys: keys, old_roots: roots, root_copies: places }] = found.stores;
  assert.equal(keys, victims.length);
  assert.ok(roots > 0);
  assert.deepEqual([...new Set(places.map(({ file }) => path.dirname(file)))].sort(), ['1', '2'].map((name) => path.join(copies, 'slots', name)));
  const words = await run(['residue', '--data', data, '--also', copies]);
  assert.equal(words.code, 1);
  assert.match(words.stdout, /RESIDUE: a copy of a root slot: an old root in .*slots\/1\/[0-9a-f]{32}\.root at byte \d+\n/);
  const again = await serve(t, data, ['--metrics', '127.0.0.1:0']);
  assert.ok(await again.metric('oubli_residue_findings') >= victims.length);
  // It is the copy that is wrong, and not the data: nobody is back, and without it all is clean.
  for (const person of victims.slice(0, 4)) assert.deepEqual(await placesOf(clients(again, store), person), []);
  fs.rmSync(path.join(copies, 'slots'), { recursive: true });
  await residue(data, 0, '--also', copies);
  assert.equal(await again.metric('oubli_residue_findings'), 0);
});
