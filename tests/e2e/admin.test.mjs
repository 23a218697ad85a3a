// The admin page in a real browser: signing in and being refused, keys, the clear-all window from the
// warning to the countdown's end, other sites' attempts, and what axe-core and a phone make of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { clients, cli, importRows, makeFolder, makeStore, run, serve, until } from './harness.mjs';

const require = createRequire(import.meta.url);
const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PASSWORD = 'correct horse battery';
const ROWS = Array.from({ length: 5 }, (_, i) => ({ id: i + 1, email: `p${i}@example.com` }));
const SHOTS = path.resolve(process.env.SCREENSHOTS ?? '../../build/screenshots');
const ALLOW = 'Allow clear operations for the next 60 minutes';

// Debian's; a sandbox of its own needs rights that a container does not have.
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
let browser;
before(async () => {
  fs.mkdirSync(SHOTS, { recursive: true });
  console.log(`screenshots: ${SHOTS}`);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
after(() => browser?.close());

async function addAdministrator(data, name, ...stores) {
  const args = ['admin', 'create', name, ...stores.flatMap((store) => ['--store', store]), '--data', data];
  const made = await run(args, { input: `${PASSWORD}\n` });
  assert.equal(made.code, 0, made.stderr);
}

async function makeShop(t) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  await importRows(data, 'shop', ROWS);
  await makeStore(data, 'other');
  await addAdministrator(data, 'ada');
  await addAdministrator(data, 'bob', 'shop');
  const server = await serve(t, data);
  return { data, store, server, shop: clients(server, store) };
}

// A page of a browser that shares nothing with others. Any word in its console fails the test at its
// end: also what the Content-Security-Policy refuses is said there.
async function openPage(t, server, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const refused = /Failed to load resource: .*(401|403|404|409|422|429)/.test(message.text());
    if (message.type() === 'error' && !refused) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) complaints.push(`asked ${request.url()}`);
  });
  t.after(() => context.close());
  page.complaints = complaints;
  await page.goto(`${server.url}/admin/`);
  return page;
}

async function signIn(page, name, password = PASSWORD) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function openStore(page, name = 'bob') {
  await signIn(page, name);
  await page.getByRole('link', { name: /^shop/ }).click();
  await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor();
}

const shot = (page, name) => page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });

async function assertAccessible(page, where) {
  // By the debugger's way, which no Content-Security-Policy concerns.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const said = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
  assert.deepEqual(said, [], where);
}

const tests = {};

tests['a wrong password, being locked out, and signing in and out'] = async (t) => {
  const { server } = await makeShop(t);
  const page = await openPage(t, server);
  for (let i = 0; i < 5; i++) {
    await signIn(page, 'bob', `wrong password ${i}`);
    await page.getByText('the name or the password is wrong').waitFor();
  }
  await shot(page, 'wrong-password');
  await signIn(page, 'bob');
  await page.getByText('Too many wrong passwords. Try again in 15 minutes.').waitFor();
  await shot(page, 'locked-out');

  // Being locked out is bob's alone.
  await signIn(page, 'ada');
  await page.getByRole('heading', { name: 'Stores' }).waitFor();
  await page.getByRole('link', { name: /^other/ }).waitFor();
  const [cookie, ...more] = await page.context().cookies();
  assert.deepEqual(more, []);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path, cookie.expires], [true, 'Strict', '/admin/', -1]);
  assert.equal(await page.evaluate('document.cookie'), '');
  const stolen = () => server.request('GET', '/admin/api/stores', { headers: { Cookie: `${cookie.name}=${cookie.value}` } });
  assert.equal((await stolen()).status, 200);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Oubli' }).waitFor();
  // The session is over on the server too, not only forgotten by the browser.
  assert.equal((await stolen()).status, 401);
  await shot(page, 'signed-out');
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to Oubli' }).waitFor();
  assert.deepEqual(page.complaints, []);
};

tests['who guesses many passwords at the same time is heard five times'] = async (t) => {
  const { server } = await makeShop(t);
  const guess = (name, password) =>
    server.request('POST', '/admin/api/session', { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, password }) });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => guess('bob', `a wrong password ${i}`)));
  assert.equal(answers.filter(({ status }) => status === 401).length, 5);
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(refused.length, 15);
  for (const { headers } of refused) assert.ok(Number(headers['retry-after']) > 800);
  assert.equal((await guess('bob', PASSWORD)).status, 429);
  assert.equal((await guess('ada', PASSWORD)).status, 200);
};

tests['a key is made, shown once, used, and revoked'] = async (t) => {
  const { server } = await makeShop(t);
  const page = await openPage(t, server);
  await openStore(page);
  await page.getByLabel('For clients of').selectOption('bigcommerce');
  const make = page.getByRole('button', { name: 'Make a key' });
  assert.ok(await make.isDisabled()); // no scope yet
  await page.getByLabel('store_v2_customers_read_only').check();
  await make.click();
  await page.getByText('they are not shown again').waitFor();
  const token = await page.locator('dt:text-is("token") + dd').innerText();
  await shot(page, 'key-made');

  const list = () => server.request('GET', '/stores/shop/v3/customers', { headers: { 'X-Auth-Token': token } });
  assert.equal((await list()).json.data.length, 5);
  const remove = await server.request('DELETE', '/stores/shop/v3/customers?id:in=1', { headers: { 'X-Auth-Token': token } });
  assert.equal(remove.status, 403); // it may only read

  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.reload();
  await page.getByText('store_v2_customers_read_only').first().waitFor();
  assert.ok(!(await page.content()).includes(token));
  const row = page.getByRole('listitem').filter({ hasText: 'store_v2_customers_read_only' });
  await row.getByRole('button', { name: /^Revoke key/ }).click();
  await row.getByRole('button', { name: /now$/ }).click();
  await until('the key is off the list', async () => (await row.count()) === 0);
  assert.equal((await list()).status, 401);
  assert.deepEqual(page.complaints, []);
};

tests['the window, by the keyboard alone: refused, opened, used, closed, refused again'] = async (t) => {
  const { server, shop, data } = await makeShop(t);
  const page = await openPage(t, server);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focusOn = async (name) => {
    for (let i = 0; i < 60; i++) {
      const focused = await page.evaluate(() => document.activeElement?.textContent || document.activeElement?.id || '');
      if (focused.startsWith(name)) return;
      await press('Tab');
    }
    assert.fail(`the keyboard does not reach ${name}`);
  };
  await page.getByRole('heading', { name: 'Sign in to Oubli' }).waitFor();
  await focusOn('name');
  await page.keyboard.type('bob');
  await press('Tab');
  await page.keyboard.type(PASSWORD);
  await press('Enter');
  await page.getByRole('heading', { name: 'Stores' }).waitFor();
  await focusOn('shop');
  await press('Enter');
  await page.getByRole('heading', { name: 'Clear operations' }).waitFor();
  await shot(page, 'window-closed');

  assert.equal(await shop.cakes.clearAll(), false);
  await focusOn('confirm');
  await page.keyboard.type('sho');
  assert.ok(await page.getByRole('button', { name: ALLOW }).isDisabled());
  await page.keyboard.type('p');
  await press('Tab', 'Enter');
  const timer = page.getByRole('timer');
  await timer.waitFor();
  assert.match(await timer.innerText(), /^(1:00:00|59:\d\d)$/);
  const first = await timer.innerText();
  await until('the countdown counts', async () => (await timer.innerText()) !== first);
  await shot(page, 'window-open');

  assert.equal(await shop.cakes.clearAll(), true);
  assert.equal(await shop.cakes.count(), 0);
  await importRows(data, 'shop', ROWS);
  await focusOn('Close now');
  await press('Enter');
  await page.getByRole('button', { name: ALLOW }).waitFor();
  assert.equal(await shop.cakes.clearAll(), false);
  assert.equal(await shop.cakes.count(), 5);
  await shot(page, 'window-closed-early');
  assert.deepEqual(page.complaints, []);
};

tests['closing early counts, also while the page is just asking what the window does'] = async (t) => {
  const { server, data } = await makeShop(t);
  await cli(data, 'window', 'open', '--store', 'shop');
  const page = await openPage(t, server);
  let asked = 0;
  // What the page asks by itself is answered late: with what the server said before the window was closed.
  await page.route('**/admin/api/stores/shop/window', async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    asked++;
    assert.equal(route.request().headers()['x-background'], '1');
    const response = await route.fetch();
    await until('the window is closed', async () => !(await cli(data, 'window', 'show', '--store', 'shop')).open);
    return route.fulfill({ response });
  });
  await openStore(page);
  await page.getByRole('timer').waitFor();
  await until('the page asks', () => asked > 0, 45_000);
  await page.getByRole('button', { name: 'Close now' }).click();
  await page.getByRole('button', { name: ALLOW }).waitFor();
  assert.equal((await cli(data, 'window', 'show', '--store', 'shop')).open, false);
  await page.waitForTimeout(500); // the late answer has come
  assert.equal(await page.getByRole('timer').count(), 0);
  assert.deepEqual(page.complaints, []);
};

tests['the countdown ends, and with it the permission'] = async (t) => {
  const { server, shop, data } = await makeShop(t);
  await cli(data, 'window', 'open', '--store', 'shop', '--minutes', '1');
  const page = await openPage(t, server);
  await openStore(page);
  assert.match(await page.getByRole('timer').innerText(), /^(01:00|00:\d\d)$/);
  await page.getByRole('button', { name: ALLOW }).waitFor({ timeout: 90_000 });
  await shot(page, 'window-ended');
  assert.equal(await shop.cakes.clearAll(), false);
  assert.equal(await shop.cakes.count(), 5);
  assert.deepEqual(page.complaints, []);
};

tests['a window that somebody else closes is seen'] = async (t) => {
  const { server, data } = await makeShop(t);
  await cli(data, 'window', 'open', '--store', 'shop');
  const page = await openPage(t, server);
  await openStore(page);
  await page.getByRole('timer').waitFor();
  await cli(data, 'window', 'close', '--store', 'shop');
  await page.getByRole('button', { name: ALLOW }).waitFor({ timeout: 45_000 });
};

tests['who has one store sees no other, by no address'] = async (t) => {
  const { server } = await makeShop(t);
  const page = await openPage(t, server);
  await signIn(page, 'bob');
  await page.getByRole('link', { name: /^shop/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: /^other/ }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Make the store' }).count(), 0);
  await page.goto(`${server.url}/admin/#/stores/other`);
  await page.getByText('this store is not one of yours').waitFor();
  assert.equal(await page.getByRole('button', { name: ALLOW }).count(), 0);
  const status = await page.evaluate(async () => (await fetch('/admin/api/stores/other/window')).status);
  assert.equal(status, 403);
};

tests['a new password and a removal sign people out at once'] = async (t) => {
  const { server, data } = await makeShop(t);
  const page = await openPage(t, server);
  await openStore(page);
  const change = await run(['admin', 'password', 'bob', '--data', data], { input: 'another long one\n' });
  assert.equal(change.code, 0, change.stderr);
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to Oubli' }).waitFor();
  await signIn(page, 'bob');
  await page.getByText('the name or the password is wrong').waitFor();
  await signIn(page, 'bob', 'another long one');
  await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor();

  await page.getByLabel('For clients of').selectOption('hotcakes');
  await cli(data, 'admin', 'remove', 'bob');
  // The page asks by itself whether clearing is allowed, and may be told before the click.
  const told = page.getByText('You have been signed out').waitFor();
  await Promise.race([told, page.getByRole('button', { name: 'Make a key' }).click()]);
  await told;
  const { administrators } = await cli(data, 'admin', 'list');
  assert.deepEqual(administrators.map((one) => [one.name, one.superuser, one.stores]), [['ada', true, []]]);
  // Neither short passwords nor empty input make anybody.
  for (const input of ['short\n', '']) {
    const refused = await run(['admin', 'create', 'eve', '--data', data], { input });
    assert.notEqual(refused.code, 0);
  }
  assert.equal((await cli(data, 'admin', 'list')).administrators.length, 1);
};

// A browser counts another port of the same host as the same site, which gets the cookie along; another
// host is another site, which does not.
for (const host of ['127.0.0.1', 'localhost']) tests[`a page at another port of ${host} cannot use who is signed in`] = async (t) => {
  const { server, shop } = await makeShop(t);
  const page = await openPage(t, server);
  await openStore(page);
  const evil = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<form method="post" action="${server.url}/admin/api/stores/shop/window" enctype="text/plain">
      <input name='{"confirm":"shop","x":"' value='"}'></form>
      <iframe src="${server.url}/admin/"></iframe>`);
  });
  await new Promise((done) => evil.listen(0, '127.0.0.1', done));
  t.after(() => evil.close());
  const other = await page.context().newPage();
  await other.goto(`http://${host}:${evil.address().port}/`);
  // The frame is not shown.
  assert.ok(!(await other.frames()[1]?.content().catch(() => '') ?? '').includes('Sign out'));
  const tried = await other.evaluate(async (url) => {
    const answers = [];
    for (const options of [
      { method: 'POST', body: '{"confirm":"shop"}', headers: { 'Content-Type': 'application/json' } },
      { method: 'POST', body: '{"confirm":"shop"}', mode: 'no-cors' },
      { method: 'DELETE' },
    ]) {
      await fetch(`${url}/admin/api/stores/shop/window`, { ...options, credentials: 'include' }).then(
        (response) => answers.push(response.status),
        () => answers.push('refused'));
    }
    return answers;
  }, server.url);
  assert.deepEqual(tried, ['refused', 'refused', 'refused']); // none could be read, and none was obeyed
  await Promise.all([other.waitForNavigation(), other.evaluate(() => document.forms[0].submit())]);
  assert.match(await other.content(), /"status":403/);
  assert.equal(await shop.cakes.clearAll(), false);
  assert.equal(await shop.cakes.count(), 5);
};

tests['hostile names of stores are text and nothing else'] = async (t) => {
  const { server } = await makeShop(t);
  const page = await openPage(t, server);
  await signIn(page, 'ada');
  page.on('dialog', (dialog) => page.complaints.push(`dialog ${dialog.message()}`));
  const hostile = '<img src=x onerror=alert(1)>';
  await page.getByLabel('Name').fill(hostile);
  await page.getByRole('button', { name: 'Make the store' }).click();
  await page.getByRole('alert').filter({ hasText: 'handle' }).waitFor();
  for (const name of [hostile, '"><script>alert(1)</script>', '../../server.key', '%00', 'a'.repeat(500)]) {
    await page.goto(`${server.url}/admin/#/stores/${encodeURIComponent(name)}`);
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await page.getByText('there is no').first().waitFor();
    if (name === hostile) await shot(page, 'hostile-name');
  }
  await page.goto(`${server.url}/admin/#/`);
  await page.getByLabel('Name').fill('new-shop');
  await page.getByRole('button', { name: 'Make the store' }).click();
  await page.getByRole('link', { name: /^new-shop/ }).click();
  await page.getByText('no keys yet').waitFor();
  assert.deepEqual(page.complaints, []);
};

tests['axe-core finds nothing, in light and dark and on a phone'] = async (t) => {
  const { server, data } = await makeShop(t);
  const phone = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
  for (const [kind, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', phone]]) {
    await cli(data, 'window', 'close', '--store', 'shop');
    const page = await openPage(t, server, options);
    await page.getByRole('heading', { name: 'Sign in to Oubli' }).waitFor();
    await assertAccessible(page, `${kind}: signing in`);
    await signIn(page, 'ada');
    await page.getByRole('link', { name: /^shop/ }).waitFor();
    await assertAccessible(page, `${kind}: stores`);
    await page.getByRole('link', { name: /^shop/ }).click();
    await page.getByRole('button', { name: ALLOW }).waitFor();
    await assertAccessible(page, `${kind}: a store`);
    await page.getByLabel("To go on, type the store's name: shop").fill('shop');
    await page.getByRole('button', { name: ALLOW }).click();
    await page.getByRole('timer').waitFor();
    await assertAccessible(page, `${kind}: an open window`);
    // Nothing is wider than the screen.
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.ok(!wide, `${kind} scrolls sideways`);
    await shot(page, `store-${kind}`);
    assert.deepEqual(page.complaints, []);
  }
};

tests['the documents read well, and their links lead somewhere'] = async (t) => {
  const { server } = await makeShop(t);
  const page = await openPage(t, server, { colorScheme: 'dark' });
  const seen = new Set();
  const wanted = ['/docs/'];
  while (wanted.length > 0) {
    const address = wanted.pop();
    if (seen.has(address)) continue;
    seen.add(address);
    const answer = await page.goto(server.url + address);
    assert.equal(answer.status(), 200, address);
    const links = await page.evaluate(() => [...document.querySelectorAll('main a, nav a')].map((a) => a.getAttribute('href')));
    wanted.push(...links.filter((link) => link.startsWith('/')).map((link) => link.split('#')[0]));
  }
  assert.ok(seen.size > 15, [...seen].join(' '));
  await page.goto(`${server.url}/docs/dialects/bigcommerce`);
  await assertAccessible(page, 'a document');
  await shot(page, 'document');
  assert.deepEqual(page.complaints, []);
};

// Two at a time, those first that mostly wait for a clock.
const waits = (name) => /countdown|closes|closing/.test(name);
const inOrder = Object.entries(tests).sort(([one], [other]) => waits(other) - waits(one));
test('the admin page', { concurrency: 2 }, async (t) => {
  await Promise.all(inOrder.map(([name, body]) => t.test(name, body)));
});
