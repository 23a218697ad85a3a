// The examples of docs/dialects/ do what is said beside them: each is taken from its page as it stands
// there, pointed at a server of the test's own, and run by what a reader would run it with.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { clients, cli, importRows, makeFolder, makeStore, serve } from './harness.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const SERVED_AT = 'http://127.0.0.1:8080'; // in the documents

// The code blocks of a page, in order, without the indentation of the list that they stand in.
function blocksOf(page) {
  const text = fs.readFileSync(path.join(here, '../../docs/dialects', page), 'utf8');
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)].map(([, indent, language, code]) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

const isCurl = ({ code }) => /^(#.*\n)?curl /.test(code);

// The one block that `fits`.
function only(blocks, fits) {
  const found = blocks.filter(fits);
  assert.equal(found.length, 1, `${found.length} such examples`);
  return found[0].code;
}

// What a program prints that gets `input`, with nothing of ours in its environment but `env`.
function runProgram(program, args, { input = '', env = {}, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(stdout) : reject(new Error(`${program}: ${stderr}${stdout}`))));
    child.stdin.end(input);
  });
}

// -s for curl: its meter is none of the answer.
const shell = (code, env) => runProgram('bash', ['-eu'], { input: code.replaceAll(/^curl /gm, 'curl -s '), env });

// A store, its server, and how the examples of a page are pointed at both.
async function makeShop(t, handle, page, rows) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, handle);
  await importRows(data, handle, rows);
  const server = await serve(t, data);
  const { hotcakes, stickystreet } = store.keys;
  const key = page === 'hotcakes.md' ? hotcakes.key : stickystreet.api_key;
  const blocks = blocksOf(page).map(({ language, code }) => ({
    language,
    code: code.replaceAll(SERVED_AT, server.url).replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`)
      .replaceAll('port: 8080', `port: ${server.port}`).replaceAll('YOUR-API-KEY', key)
      .replaceAll('YOUR-USER-ID', stickystreet.user_id),
  }));
  return { ...clients(server, store), data, store, blocks };
}

const people = (...ids) => ids.map((id) => ({ id, email: `p${id}@example.com`, first_name: 'P', last_name: 'Q' }));

test('hotcakes.md: the curl lines', async (t) => {
  const { blocks, cakes, data } = await makeShop(t, 'demo', 'hotcakes.md', people(1, 2, 3));
  const lines = blocks.filter(isCurl).map(({ code }) => code);
  const [count, clear, group] = lines;
  assert.equal(lines.length, 3);
  assert.equal(await shell(count), '{"Content":3,"Errors":[]}');
  assert.equal(await shell(clear), '{"Content":false,"Errors":[]}');
  assert.equal(await cakes.count(), 3);
  await cli(data, 'window', 'open', '--store', 'demo');
  assert.equal(await shell(clear), '{"Content":true,"Errors":[]}');
  assert.equal(await cakes.count(), 0);
  const made = JSON.parse(await shell(group));
  assert.deepEqual([made.Errors, made.Content.Name, made.Content.AdjustmentAmount], [[], 'Gold', 12.5]);
});

test('hotcakes.md: the JavaScript, with jQuery in a browser', async (t) => {
  const { blocks, cakes, data, server } = await makeShop(t, 'demo', 'hotcakes.md', people(1, 2));
  const code = only(blocks, ({ language }) => language === 'javascript');
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  t.after(() => browser.close());
  const page = await browser.newPage();
  const jquery = fs.readFileSync(require.resolve('jquery/dist/jquery.min.js'), 'utf8');
  await page.route(`${server.url}/shop/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><script>${jquery}</script><script>${code}</script>` }));
  const outcome = async () => {
    await page.goto(`${server.url}/shop/`);
    await page.waitForFunction('document.title !== ""');
    return page.title();
  };
  assert.equal(await outcome(), 'Nobody is gone. Is the window open?');
  assert.equal(await cakes.count(), 2);
  await cli(data, 'window', 'open', '--store', 'demo');
  assert.equal(await outcome(), 'Nobody is left.');
  assert.equal(await cakes.count(), 0);
});

test('stickystreet.md: the PHP', async (t) => {
  const rows = [{ code: '1234567890123456', email: 'amy@example.com' }, { code: 'other', email: 'other@example.com' }];
  const { blocks, cakes } = await makeShop(t, 'demo', 'stickystreet.md', rows);
  const code = only(blocks, ({ language }) => language === 'php');
  assert.equal(await runProgram('php', [], { input: code }), 'gone\n');
  assert.equal(await cakes.count(), 1);
  assert.equal(await runProgram('php', [], { input: code }), 'not gone: No customer matches data provided.\n');
  assert.equal(await cakes.count(), 1);
});

test('stickystreet.md: the curl lines, and the answers beside them', async (t) => {
  const rows = [{ code: '1234567890123456', email: 'amy@example.com' }];
  const { blocks } = await makeShop(t, 'demo', 'stickystreet.md', rows);
  const lines = blocks.filter(isCurl).map(({ code }) => code);
  assert.equal(lines.length, 2);
  const [done, refused] = blocks.filter(({ language }) => language === 'xml').map(({ code }) => code.trimEnd());
  assert.equal(await shell(lines[0]), done);
  assert.equal(await shell(lines[0]), refused);
  assert.match(await shell(lines[1]), /<user_api_key>[0-9a-f]+<\/user_api_key>/);
});

test('webcommander.md: the curl calls', async (t) => {
  const { blocks, store, web, cakes, data } = await makeShop(t, 'demo', 'webcommander.md', people(123));
  const key = store.keys.webcommander;
  const keys = { CLIENT_ID: key.client_id, CLIENT_SECRET: key.client_secret, REDIRECT_URI: key.redirect_uri,
    USERNAME: key.username, PASSWORD: key.password };
  const calls = blocks.filter(isCurl).map(({ code }) => code);
  const [grant, refresh, remove, ...others] = calls;
  const first = JSON.parse(await shell(grant, keys));
  const tokens = JSON.parse(await shell(refresh, { ...keys, REFRESH_TOKEN: first.refresh_token }));
  assert.equal(tokens.expires_in, 3600);
  const env = { TOKEN: tokens.access_token };
  const call = (word) => {
    const found = others.filter((code) => code.includes(word));
    assert.equal(found.length, 1, word);
    return found[0];
  };
  const list = JSON.parse(await shell(call('?search=jane'), env));
  assert.equal(list.pagination.total, 0);
  const written = await shell(call('"first_name":"Jane","last_name":"Doe","email"'), env); // create, then update
  assert.match(written, /"email":"jane@example\.com"[\s\S]*"last_name":"Smith"/);
  assert.match(await shell(call('/addresses'), env), /"address_line_1":"1 Example Street"/);
  const folder = makeFolder(t);
  fs.writeFileSync(path.join(folder, 'customers.csv'), 'First Name,Email\nAmy,amy@example.com\n');
  await shell(`cd ${folder}\n${call('customers/import')}`, env); // and the export, in one block
  assert.equal(fs.readFileSync(path.join(folder, 'customers.xlsx')).subarray(0, 2).toString(), 'PK');
  assert.equal((await web.list('email=amy@example.com')).pagination.total, 1);
  assert.equal(others.length, 4);

  assert.match(await shell(remove, env), /^HTTP\/1\.1 204 No Content\r\n/);
  assert.match(await shell(remove, env), /^HTTP\/1\.1 404 [\s\S]*Customer Not Found/);
  assert.equal(await cakes.count(), 2);
  assert.equal((await cli(data, 'store', 'show', 'demo')).customers, 2);
});

test('webcommander.md: the JavaScript', async (t) => {
  const { blocks, store, cakes } = await makeShop(t, 'demo', 'webcommander.md', people(123, 124));
  const code = only(blocks, ({ language }) => language === 'javascript');
  const env = { KEY: JSON.stringify(store.keys.webcommander) };
  const said = await runProgram('node', ['--input-type=module'], { input: code, env });
  assert.equal(said, '124 is gone\n125 Customer Not Found\n');
  assert.equal(await cakes.count(), 1);
});

test('bigcommerce.md: the first calls, and the two clients', async (t) => {
  const { blocks, store, cakes, server } = await makeShop(t, 'abc', 'bigcommerce.md', []);
  const { token, client_id } = store.keys.bigcommerce;
  const first = only(blocks, ({ code }) => code.startsWith('# create\n'));
  const said = await shell(first, { TOKEN: token, API: `${server.url}/stores/abc/v3` });
  assert.equal(said.match(/"email":"sally@example\.com"/g).length, 2); // made, found; to erase says nothing
  assert.equal(await cakes.count(), 0);

  const examples = blocks.filter(({ language }) => language === 'js').map(({ code }) => code);
  assert.equal(examples.length, 2);
  for (const [i, example] of examples.entries()) {
    const { id } = (await clients(server, store).big.create({ email: `c${i}@example.com`, first_name: 'C', last_name: 'D' }))[0];
    const code = example.replace("'id:in': '1,2'", `'id:in': '${id}'`).replace('id:in=1', `id:in=${id}`);
    const main = `const CLIENT_ID = ${JSON.stringify(client_id)}, TOKEN = ${JSON.stringify(token)};\n`;
    // require() and a await of its own do not go together, so it stands in a function.
    const script = `${main}(async () => {\n${code}\n})().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });`;
    await runProgram('node', ['--input-type=commonjs'], { input: script, cwd: here });
    assert.equal(await cakes.count(), 0, `client ${i}`);
  }
});
