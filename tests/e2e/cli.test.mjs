// The command line: every command with and without a server on the same data, what --json prints,
// exit codes, and the import of good and bad files.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { clients, cli, makeFolder, makeStore, OUBLI, placesOf, run, serve, Server, sleep } from './harness.mjs';

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const SCOPES = ['store_v2_customers', 'store_v2_customers_read_only', 'store_stored_payment_instruments', 'store_stored_payment_instruments_read_only'];
const COMMANDS = [
  ['serve'], ['store', 'create'], ['store', 'list'], ['store', 'show'], ['key', 'create'], ['key', 'list'], ['key', 'revoke'],
  ['window', 'open'], ['window', 'close'], ['window', 'show'], ['import'], ['version'],
];

// Fails with a code that is not 0, says why on standard error, and nothing on standard output.
async function fails(data, args, words = []) {
  const result = await run([...args, '--data', data]);
  assert.ok(result.code > 0 && result.code < 128, `oubli ${args.join(' ')}: exit ${result.code} ${result.signal}`);
  assert.equal(result.stdout, '', args.join(' '));
  assert.match(result.stderr, /^oubli: \S/);
  for (const word of words) assert.ok(result.stderr.includes(word), `${result.stderr} does not say ${word}`);
  // With --json the error is one too.
  const json = await run([...args, '--data', data, '--json']);
  assert.equal(json.code, result.code);
  assert.equal(json.stdout, '');
  assert.equal(typeof JSON.parse(json.stderr).error, 'object');
  return result;
}

const state = async (data) => [await cli(data, 'store', 'list'), await cli(data, 'key', 'list', '--store', 'one')];

for (const where of ['without a server', 'with a server']) {
  test(`stores, keys and windows ${where}`, async (t) => {
    const data = path.join(makeFolder(t), 'data');
    const server = where === 'with a server' ? await serve(t, data) : undefined;

    const made = await cli(data, 'store', 'create', 'one');
    assert.deepEqual(Object.keys(made), ['number', 'handle', 'created_at']);
    assert.equal(made.handle, 'one');
    assert.match(made.created_at, DATE);
    await cli(data, 'store', 'create', '2-two');
    assert.deepEqual((await cli(data, 'store', 'list')).stores.map((s) => s.handle), ['one', '2-two']);
    await fails(data, ['store', 'create', 'one'], ['taken']);
    for (const handle of ['', 'UPPER', 'a b', '../x', 'a/b', 'é', '-a', 'a'.repeat(64), "a';--"]) {
      await fails(data, ['store', 'create', '--', handle].filter((word) => word !== '--' || handle.startsWith('-')));
    }
    await fails(data, ['store', 'show', 'nosuch'], ['nosuch']);
    assert.equal((await cli(data, 'store', 'list')).stores.length, 2);

    // What a client of that dialect needs, under the names that the issue gives.
    const shapes = {
      bigcommerce: ['token', 'client_id', 'client_secret'],
      webcommander: ['client_id', 'client_secret', 'redirect_uri', 'username', 'password'],
      stickystreet: ['user_id', 'api_key'],
      hotcakes: ['key'],
    };
    const keys = {};
    for (const [dialect, names] of Object.entries(shapes)) {
      const key = await cli(data, 'key', 'create', '--store', 'one', '--dialect', dialect);
      keys[dialect] = key;
      // Beside them only what names the key itself.
      assert.deepEqual(Object.keys(key).filter((name) => !['id', 'store', 'dialect'].includes(name)), names);
      for (const name of names) assert.ok(typeof key[name] === 'string' && key[name].length >= 8, `${dialect} ${name}`);
    }
    assert.match(keys.hotcakes.key, /^\d+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const text = await run(['key', 'create', '--store', 'one', '--dialect', 'hotcakes', '--data', data]);
    assert.equal(text.code, 0);
    assert.match(text.stdout, /\d+-[0-9a-f]{8}-/);

    const list = await cli(data, 'key', 'list', '--store', 'one');
    assert.deepEqual(list.keys.map((key) => key.dialect), [...Object.keys(shapes), 'hotcakes']);
    const printed = JSON.stringify(list) + (await run(['key', 'list', '--store', 'one', '--data', data])).stdout;
    for (const secret of [keys.bigcommerce.token, keys.bigcommerce.client_secret, keys.webcommander.client_secret,
      keys.webcommander.password, keys.stickystreet.api_key, keys.hotcakes.key]) {
      assert.ok(!printed.includes(secret), 'a secret is shown once only');
    }
    assert.deepEqual(list.keys[0].scopes, ['store_v2_customers']);
    const several = await cli(data, 'key', 'create', '--store', '2-two', '--dialect', 'bigcommerce', '--scope', SCOPES[1], '--scope', SCOPES[2]);
    assert.deepEqual((await cli(data, 'key', 'list', '--store', '2-two')).keys[0].scopes, [SCOPES[1], SCOPES[2]]);
    await cli(data, 'key', 'create', '--store', 'one', '--dialect', 'webcommander', '--role', 'staff');
    assert.equal((await cli(data, 'key', 'list', '--store', 'one')).keys.at(-1).role, 'staff');

    const before = await state(data);
    await fails(data, ['key', 'create', '--store', 'one', '--dialect', 'bigcommerce', '--scope', 'store_v2_orders'], SCOPES);
    await fails(data, ['key', 'create', '--store', 'one', '--dialect', 'bigcommerce', '--scope', SCOPES[0], '--scope', 'x'], SCOPES);
    await fails(data, ['key', 'create', '--store', 'one', '--dialect', 'hotcakes', '--scope', SCOPES[0]]);
    await fails(data, ['key', 'create', '--store', 'one', '--dialect', 'shopify'], Object.keys(shapes));
    await fails(data, ['key', 'create', '--store', 'one', '--dialect', 'webcommander', '--role', 'root'], ['admin', 'staff']);
    await fails(data, ['key', 'create', '--store', 'one', '--dialect', 'hotcakes', '--role', 'staff']);
    await fails(data, ['key', 'create', '--store', 'nosuch', '--dialect', 'hotcakes'], ['nosuch']);
    await fails(data, ['key', 'create', '--store', 'one'], ['--dialect']);
    await fails(data, ['key', 'create', '--dialect', 'hotcakes'], ['--store']);
    await fails(data, ['key', 'list', '--store', 'nosuch'], ['nosuch']);
    await fails(data, ['key', 'revoke', '99999', '--store', 'one']);
    await fails(data, ['key', 'revoke', 'abc', '--store', 'one']);
    await fails(data, ['key', 'revoke', String(several.id), '--store', 'one']); // another store's
    await fails(data, ['window', 'open', '--store', 'nosuch'], ['nosuch']);
    await fails(data, ['window', 'show'], ['--store']);
    assert.deepEqual(await state(data), before);

    const revoked = await cli(data, 'key', 'revoke', String(keys.hotcakes.id), '--store', 'one');
    assert.deepEqual(revoked, { id: keys.hotcakes.id, store: 'one', revoked: true });
    await fails(data, ['key', 'revoke', String(keys.hotcakes.id), '--store', 'one']);
    assert.ok(!(await cli(data, 'key', 'list', '--store', 'one')).keys.some((key) => key.id === keys.hotcakes.id));

    const window = await cli(data, 'window', 'open', '--store', 'one', '--minutes', '3');
    const shown = await cli(data, 'store', 'show', 'one');
    assert.deepEqual([shown.handle, shown.customers, shown.sweep_backlog, shown.window.until], ['one', 0, 0, window.until]);
    for (const args of [['store', 'list'], ['store', 'show', 'one'], ['window', 'show', '--store', 'one'], ['window', 'close', '--store', 'one']]) {
      const { code, stdout, stderr } = await run([...args, '--data', data]);
      assert.deepEqual([code, stderr], [0, ''], args.join(' '));
      assert.match(stdout, /one/);
    }

    if (server === undefined) return;
    // What the commands made is there for the server at once.
    const shop = clients(server, { handle: 'one', keys: { ...keys, hotcakes: undefined } });
    const [customer] = await shop.big.create({ email: 'a@example.com', first_name: 'A', last_name: 'B' });
    assert.equal((await shop.web.get(customer.customer_id ?? customer.id)).status, 200);
    assert.equal((await cli(data, 'store', 'show', 'one')).customers, 1);
    const socket = fs.statSync(path.join(data, 'oubli.sock'));
    assert.equal(socket.mode & 0o777, 0o600);
    assert.equal(fs.statSync(data).mode & 0o077, 0);
  });
}

test('--help tells of every command, with an example; what is unknown is an error that helps', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  for (const command of COMMANDS) {
    const { code, stdout } = await run([...command, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`Example:?\\s*\\n\\s*oubli ${command.join(' ')}`), command.join(' '));
  }
  const root = await run(['--help']);
  assert.equal(root.code, 0);
  for (const [first] of COMMANDS) assert.ok(root.stdout.includes(first));
  await fails(data, ['stor', 'list'], ['store']);
  await fails(data, ['store', 'lst'], ['list']);
  await fails(data, ['store', 'list', '--jsn'], ['--json']);
  await fails(data, ['store', 'list', 'extra']);
  await fails(data, ['store']);
  assert.equal((await run(['nonsense'])).code, 2); // a usage error, as people expect
  assert.equal((await run([])).code, 2);
  assert.ok(!fs.existsSync(data), 'a command that is not understood makes no data folder');

  const version = await run(['version']);
  assert.match(version.stdout, /^oubli \d+\.\d+\.\d+/);
  assert.match((await run(['version', '--json'])).json.version, /^\d+\.\d+\.\d+$/);
});

test('settings: file, environment and flags, a later one wins; unknown ones name the nearest', async (t) => {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const file = path.join(folder, 'oubli.toml');
  fs.writeFileSync(file, 'access_log = false\nmax_body_bytes = 2048\nlisten = "127.0.0.1:1"\n');
  const server = await Server.start(data, ['--config', file], { env: { OUBLI_MAX_BODY_BYTES: '4096' } });
  const answer = await server.request('POST', '/api.php', { body: 'x'.repeat(3000) });
  assert.equal(answer.status, 200);
  assert.equal((await server.request('POST', '/api.php', { body: 'x'.repeat(5000) })).status, 413);
  assert.ok(!server.stderr.includes('"request"'), 'the access log is off');
  await server.stop();

  // The data folder by the environment, for the other commands too.
  await run(['store', 'create', 'shop'], { env: { OUBLI_DATA: data } });
  assert.equal((await cli(data, 'store', 'list')).stores.length, 1);

  const bad = async (args, env, ...words) => {
    const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
    const result = await run(['serve', '--data', data, '--metrics', 'off', ...listen, ...args], { env });
    assert.ok(result.code > 0 && result.code < 128);
    for (const word of words) assert.ok(result.stderr.includes(word), result.stderr);
  };
  fs.writeFileSync(file, 'max_body_byte = 2048\n');
  await bad(['--config', file], {}, 'max_body_byte', 'max_body_bytes');
  fs.writeFileSync(file, 'max_body_bytes = "many"\n');
  await bad(['--config', file], {}, 'max_body_bytes');
  fs.writeFileSync(file, 'not toml at all');
  await bad(['--config', file], {}, file);
  await bad(['--config', '/nowhere/oubli.toml'], {}, '/nowhere/oubli.toml');
  await bad([], { OUBLI_LISTN: '127.0.0.1:1' }, 'OUBLI_LISTN', 'OUBLI_LISTEN');
  await bad(['--lisen', '127.0.0.1:1'], {}, '--listen');
  await bad(['--max-body-bytes', '-1'], {}, 'max');
  await bad(['--listen', '127.0.0.1'], {}, 'ADDRESS:PORT');
  await bad(['--listen', '127.0.0.1:99999'], {}, '99999');
  await bad(['--listen', '0.0.0.0:0'], {}, 'plain');
  await bad(['--listen', '[::]:0'], {}, 'plain');
  await bad(['--tls-cert', '/nowhere/cert.pem'], {}, 'tls');
  const open = await Server.start(data, ['--listen', '0.0.0.0:0', '--plain-http']);
  await open.stop();
});

test('one process alone writes: a second server is refused, a taken port is named', async (t) => {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const server = await serve(t, data);
  const second = await run(['serve', '--data', data, '--listen', '127.0.0.1:0', '--metrics', 'off']);
  assert.ok(second.code > 0);
  assert.match(second.stderr, /data/);
  const third = await run(['serve', '--data', path.join(folder, 'other'), '--listen', `127.0.0.1:${server.port}`, '--metrics', 'off']);
  assert.ok(third.code > 0);
  assert.match(third.stderr, new RegExp(String(server.port)));
  assert.equal((await server.request('GET', '/healthz')).status, 200);
  // A killed server leaves its lock and its socket behind; neither is in anybody's way.
  await server.kill();
  await cli(data, 'store', 'create', 'shop');
  await serve(t, data);
  assert.equal((await cli(data, 'store', 'list')).stores.length, 1);
});

const GOOD = [
  { id: 7, email: 'ann@example.com', first_name: 'Ann', last_name: 'Lee', code: '7000000000000001', card_number: '71', group: 'VIP', attributes: { 'Hat size': '9' },
    addresses: [{ ref: 'a1', first_name: 'Ann', last_name: 'Lee', address1: '1 Main', city: 'Austin', state: 'Texas', postal_code: '78751', country_code: 'US' }],
    transactions: [{ ref: 't1', campaign: 'Points', date: '2024-01-05T10:00:00Z', amount: '9.95', points: '10' }],
    orders: [{ ref: 'o1', number: '1043', currency: 'USD', total: '40.00', items: [{ name: 'Shirt', quantity: '1', price: '40.00' }] }] },
  { email: 'bob@example.com', first_name: 'Bob' },
];

async function assertImported(shop) {
  const [ann] = await shop.big.find('id:in=7&include=addresses,attributes');
  assert.deepEqual([ann.email, ann.first_name, ann.addresses.length, ann.attributes.length], ['ann@example.com', 'Ann', 1, 1]);
  const info = await shop.sticky.info({ card_number: '71' });
  assert.deepEqual(info.campaigns.map((c) => [c.name, c.balance]), [['Points', '10']]);
  assert.equal((await shop.cakes.byEmail('bob@example.com')).Content.FirstName, 'Bob');
  assert.equal(await shop.cakes.count(), 2);
}

test('import: JSON Lines and CSV, again and again, while the server runs and while it does not', async (t) => {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const store = await makeStore(data, 'shop');
  const file = path.join(folder, 'good.jsonl');
  fs.writeFileSync(file, GOOD.map((row) => JSON.stringify(row)).join('\n'));
  assert.deepEqual(await cli(data, 'import', '--store', 'shop', file), { created: 2, updated: 0, refused: 0 });
  const server = await serve(t, data);
  const shop = clients(server, store);
  await assertImported(shop);
  assert.deepEqual(await cli(data, 'import', '--store', 'shop', file, file), { created: 0, updated: 4, refused: 0 });
  await assertImported(shop);

  const csv = path.join(folder, 'more.csv');
  fs.writeFileSync(csv, '\uFEFFrecord,email,first_name,ref,address1,city,country_code,campaign,date,amount\r\n' +
    'customer,cat@example.com,"Cat ""the"" Third",,,,,,,\r\n' +
    'address,,,a1,"1 Main\nFlat 2, left",Austin,US,,,\r\ntransaction,,,t1,,,,Points,2024-01-05,9.95\r\n' +
    ',dan@example.com,Dan,,,,,,,\r\n');
  assert.deepEqual(await cli(data, 'import', '--store', 'shop', csv), { created: 2, updated: 0, refused: 0 });
  assert.deepEqual(await cli(data, 'import', '--store', 'shop', csv), { created: 0, updated: 2, refused: 0 });
  const cat = (await shop.cakes.byEmail('cat@example.com')).Content;
  assert.deepEqual([cat.FirstName, cat.Addresses.length], ['Cat "the" Third', 1]);
  assert.equal(cat.Addresses[0].Line1, '1 Main\nFlat 2, left');
  assert.equal(await shop.cakes.count(), 4);

  const input = `${JSON.stringify({ email: 'eve@example.com' })}\n`;
  const piped = await run(['import', '--store', 'shop', '-', '--data', data, '--json'], { input });
  assert.deepEqual([piped.code, piped.json], [0, { created: 1, updated: 0, refused: 0 }]);

  // Somebody deleted since comes back with the file, as a new person.
  assert.equal((await shop.big.delete(7)).status, 204);
  assert.deepEqual(await placesOf(shop, { id: 7, email: 'ann@example.com', code: '7000000000000001', card: '71' }), []);
  assert.deepEqual(await cli(data, 'import', '--store', 'shop', file), { created: 1, updated: 1, refused: 0 });
  const [ann] = await shop.big.find('id:in=7&include=addresses');
  assert.equal(ann.addresses.length, 1);
});

const BAD = [
  [2, 'email', '{"email":"canarynomail"}'],
  [3, '', '{"email":"x@example.com","canaryfield":1}'],
  [4, 'addresses[1].country_code', '{"email":"y@example.com","addresses":[{"ref":"1","city":"A"},{"ref":"2","country_code":"CANARY"}]}'],
  [5, 'transactions[0].date', '{"email":"z@example.com","transactions":[{"ref":"1","campaign":"Points","date":"canaryday","amount":"1"}]}'],
  [6, '', '{"email":"canary'],
  [7, 'id', '{"id":"canary","email":"w@example.com"}'],
  [8, '', '[1,2,3]'],
  [9, 'id', '{"first_name":"Canary"}'],
  [10, 'email', '{"id":8,"email":"first@example.com"}'], // another customer's
  [11, 'notes', '{"email":"v@example.com","notes":"canary\\u0000"}'],
  [12, '', '{"email":"\xff\xfe@example.com"}'],
];

for (const where of ['without a server', 'with a server']) {
  test(`import: bad rows are told by line and field, never by value, ${where}`, async (t) => {
    const folder = makeFolder(t);
    const data = path.join(folder, 'data');
    const store = await makeStore(data, 'shop');
    let server = where === 'with a server' ? await serve(t, data) : undefined;
    const file = path.join(folder, 'bad.jsonl');
    const lines = ['{"email":"first@example.com"}', ...BAD.map(([, , line]) => line), '{"email":"last@example.com"}'];
    fs.writeFileSync(file, Buffer.from(lines.join('\n') + '\n', 'latin1'));

    const stopped = await run(['import', '--store', 'shop', file, '--stop-at-bad-row', '--data', data, '--json']);
    assert.ok(stopped.code > 0);
    assert.ok(!/canary/i.test(stopped.stdout + stopped.stderr), stopped.stderr);
    assert.match(stopped.stderr, /"line":2/);

    const skipped = await run(['import', '--store', 'shop', file, '--data', data, '--json']);
    assert.ok(skipped.code > 0, 'a script must see that rows were refused');
    assert.equal(skipped.json.refused, BAD.length);
    assert.equal(skipped.json.created + skipped.json.updated, 2);
    assert.ok(!/canary/i.test(skipped.stdout + skipped.stderr), skipped.stderr);
    const reports = skipped.stderr.trim().split('\n').map((line) => JSON.parse(line).bad_row);
    for (const [i, [line, field]] of BAD.entries()) {
      assert.equal(reports[i].line, line);
      assert.ok(reports[i].file.endsWith('bad.jsonl'));
      if (field !== '') assert.equal(reports[i].field, field, `line ${line}: ${reports[i].text}`);
      assert.notEqual(reports[i].text, '');
    }
    const text = await run(['import', '--store', 'shop', file, '--data', data]);
    assert.match(text.stderr, /bad\.jsonl:4: addresses\[1\]\.country_code/);
    assert.ok(!/canary/i.test(text.stdout + text.stderr));

    server ??= await serve(t, data);
    const shop = clients(server, store);
    const emails = (await shop.cakes.all()).map((account) => account.Email).sort();
    assert.deepEqual(emails, ['first@example.com', 'last@example.com'], 'a row is all or nothing');

  });
}

test('import while requests come in: neither is in the way of the other', async (t) => {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const store = await makeStore(data, 'shop');
  const shop = clients(await serve(t, data), store);
  const file = path.join(folder, 'many.jsonl');
  const rows = Array.from({ length: 3000 }, (_, i) => JSON.stringify({ email: `many${i}@example.com`, addresses: [{ ref: '1', city: 'Austin' }] }));
  fs.writeFileSync(file, rows.join('\n'));
  let importing = true;
  const imported = cli(data, 'import', '--store', 'shop', file).finally(() => (importing = false));
  let made = 0;
  while (importing) {
    const [customer] = await shop.big.create({ email: `own${made}@example.com`, first_name: 'O', last_name: 'O' });
    if (++made % 2 === 0) assert.equal((await shop.web.delete(customer.id)).status, 204);
  }
  assert.deepEqual(await imported, { created: 3000, updated: 0, refused: 0 });
  assert.ok(made > 3, `${made} requests were answered meanwhile`);
  assert.equal(await shop.cakes.count(), 3000 + Math.ceil(made / 2));
  console.log(`${made} customers made over HTTP during an import of 3000`);
});

test('an import that was killed is finished by running it again', async (t) => {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  const store = await makeStore(data, 'shop');
  const file = path.join(folder, 'many.jsonl');
  fs.writeFileSync(file, Array.from({ length: 4000 }, (_, i) => JSON.stringify({ email: `p${i}@example.com`, code: String(7e15 + i),
    addresses: [{ city: 'Austin' }, { city: 'Austin' }], transactions: [{ campaign: 'Points', date: '2024-01-05', points: '5' }, { ref: 'x', campaign: 'Points', date: '2024-01-05', points: '5' }] })).join('\n'));
  const cut = [];
  for (const ms of [150, 300, 450]) {
    const child = spawn(OUBLI, ['import', '--store', 'shop', file, '--data', data], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await sleep(ms);
    child.kill('SIGKILL');
    await ended;
    cut.push((await cli(data, 'store', 'show', 'shop')).customers);
  }
  console.log(`customers after each kill: ${cut.join(', ')}`);
  const last = await cli(data, 'import', '--store', 'shop', file);
  assert.deepEqual([last.created + last.updated, last.refused], [4000, 0]);
  const shop = clients(await serve(t, data), store);
  assert.equal(await shop.cakes.count(), 4000);
  assert.equal((await shop.big.call('GET', '/addresses?limit=1')).json.meta.pagination.total, 8000);
  for (const i of [0, 1, cut[0], cut[0] + 1, 3999]) {
    const info = await shop.sticky.info({ code: String(7e15 + Math.min(i, 3999)) });
    assert.deepEqual(info.campaigns.map((campaign) => campaign.balance), ['10']);
  }
});

test('import: what cannot be read is an error, not an empty file', async (t) => {
  const folder = makeFolder(t);
  const data = path.join(folder, 'data');
  await makeStore(data, 'shop');
  const file = path.join(folder, 'one.jsonl');
  fs.writeFileSync(file, '{"email":"ann@example.com"}\n');
  await fails(data, ['import', '--store', 'nosuch', file], ['nosuch']);
  await fails(data, ['import', '--store', 'shop']);
  await fails(data, ['import', '--store', 'shop', path.join(folder, 'nosuch.jsonl')], ['nosuch.jsonl']);
  await fails(data, ['import', '--store', 'shop', folder]); // reading a folder is EISDIR
  await fails(data, ['import', '--store', 'shop', '/proc/self/mem'], ['/proc/self/mem']); // EIO, as of a bad disk
  const zeros = path.join(folder, 'zeros.jsonl');
  fs.writeFileSync(zeros, Buffer.concat([Buffer.alloc(3), Buffer.from('{"email":"bob@example.com"}\n')]));
  const { code, json } = await run(['import', '--store', 'shop', zeros, '--data', data, '--json']);
  assert.deepEqual([code > 0, json], [true, { created: 0, updated: 0, refused: 1 }]);
  assert.equal((await cli(data, 'store', 'show', 'shop')).customers, 0);
});
