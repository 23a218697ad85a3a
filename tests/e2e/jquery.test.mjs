// The calls of the Hotcakes pages, with jQuery in a real browser. The page and
// jQuery itself are put on the server's own origin by request interception; what goes to the API goes
// to the server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { clients, cli, importRows, makeFolder, makeStore, serve } from './harness.mjs';

const require = createRequire(import.meta.url);
const JQUERY = fs.readFileSync(require.resolve('jquery/dist/jquery.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const API = '/DesktopModules/Hotcakes/API/rest/v1/';

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
after(() => browser?.close());

// What the example of the clear-all page does: the endpoint without a slash behind it, the key in the
// query, no data, JSON wanted. The example of our own page is run by documents.test.mjs.
const clearAllPage = (key) => `<!doctype html><title>Shop</title><script src="/shop/jquery.js"></script><script>
$(document).ready(() => {
  $.ajax({
    url: '${API}customeraccounts' + '?key=' + '${key}',
    type: 'DELETE',
    dataType: 'json',
    success: (data) => { window.outcome = { success: data }; },
    error: (jqXHR, textStatus) => { window.outcome = { error: textStatus }; },
  });
});
</script>`;
const emptyPage = '<!doctype html><title>Shop</title><script src="/shop/jquery.js"></script>';

async function makeShop(t, customers) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const rows = Array.from({ length: customers }, (_, i) => ({ id: i + 1, email: `p${i}@example.com` }));
  await importRows(data, 'shop', rows);
  const server = await serve(t, data);
  return { data, server, key: store.keys.hotcakes.key, shop: clients(server, store) };
}

// A page at `origin`/shop/ with this text.
async function openPage(t, origin, html) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.route(`${origin}/shop/**`, (route) => {
    const script = route.request().url().endsWith('.js');
    return route.fulfill({ contentType: script ? 'text/javascript' : 'text/html', body: script ? JQUERY : html });
  });
  await page.goto(`${origin}/shop/`);
  return page;
}

// $.ajax(settings) in the page: {data} or {error, status}.
const ajax = (page, settings) =>
  page.evaluate(
    (all) =>
      new Promise((done) => {
        globalThis.$.ajax({
          dataType: 'json',
          ...all,
          success: (data) => done({ data }),
          error: (jqXHR, textStatus) => done({ error: textStatus, status: jqXHR.status }),
        });
      }),
    settings,
  );

const tests = {};

tests["the clear-all page's own call: false while the window is closed, true while it is open"] = async (t) => {
  const { data, server, key, shop } = await makeShop(t, 5);
  const page = await openPage(t, server.url, clearAllPage(key));
  const outcome = async () => {
    await page.waitForFunction('window.outcome');
    return page.evaluate('window.outcome');
  };
  assert.deepEqual(await outcome(), { success: { Content: false, Errors: [] } });
  assert.equal(await shop.cakes.count(), 5);

  await cli(data, 'window', 'open', '--store', 'shop');
  await page.reload();
  assert.deepEqual(await outcome(), { success: { Content: true, Errors: [] } });
  assert.equal(await shop.cakes.count(), 0);
};

tests["the sample's GET: the key among the data, no slash behind the endpoint, an answer in pieces"] = async (t) => {
  const { server, key } = await makeShop(t, 1500);
  const page = await openPage(t, server.url, emptyPage);
  const answer = await ajax(page, { url: `${API}customeraccounts`, data: { key }, type: 'GET' });
  assert.equal(answer.data.Errors.length, 0);
  assert.deepEqual(
    answer.data.Content.map((account) => account.Bvin),
    Array.from({ length: 1500 }, (_, i) => String(i + 1)),
  );
  const count = await ajax(page, { url: `${API}customeraccounts`, data: { key, countonly: 1 }, cache: false });
  assert.deepEqual(count.data, { Content: 1500, Errors: [] });
};

tests['what jQuery puts elsewhere: a key in the body is none, and dates lose their backslashes'] = async (t) => {
  const { data, server, key, shop } = await makeShop(t, 3);
  await cli(data, 'window', 'open', '--store', 'shop');
  const page = await openPage(t, server.url, emptyPage);
  const missing = { Content: null, Errors: [{ Code: 'KEY', Description: 'Api Key is missing.' }] };
  for (const type of ['DELETE', 'POST']) {
    assert.deepEqual((await ajax(page, { url: `${API}customeraccounts`, data: { key }, type })).data, missing);
  }
  assert.equal(await shop.cakes.count(), 3);

  const one = `${API}customeraccounts/2?key=${key}`;
  const account = (await ajax(page, { url: one })).data.Content;
  assert.match(account.CreationDateUtc, /^\/Date\(\d+\)\/$/);
  const send = (body) => ajax(page, { url: one, type: 'POST', data: JSON.stringify(body) });
  const refused = (await send({ ...account, FirstName: 'Bob' })).data;
  assert.deepEqual(refused.Errors, [
    { Code: 'EXCEPTION', Description: `${account.LastUpdatedUtc} is not a valid value for DateTime.` },
  ]);
  // As the documents say: its dates as Date objects.
  const toDates = (value) =>
    JSON.parse(JSON.stringify(value), (_, each) => {
      const ms = /^\/Date\((\d+)\)\/$/.exec(each)?.[1];
      return ms === undefined ? each : new Date(Number(ms)).toISOString();
    });
  const changed = (await send({ ...toDates(account), FirstName: 'Bob' })).data;
  assert.deepEqual(changed.Errors, []);
  assert.equal(changed.Content.FirstName, 'Bob');
  assert.equal(changed.Content.Email, account.Email);
};

tests["a page of another site reads nothing, and its deletes are not sent"] = async (t) => {
  const { data, server, key, shop } = await makeShop(t, 3);
  await cli(data, 'window', 'open', '--store', 'shop');
  const page = await openPage(t, 'http://elsewhere.example', emptyPage);
  for (const type of ['GET', 'DELETE']) {
    const answer = await ajax(page, { url: `${server.url}${API}customeraccounts?key=${key}`, type });
    assert.deepEqual(answer, { error: 'error', status: 0 }, type);
  }
  assert.equal(await shop.cakes.count(), 3);
};

for (const [name, body] of Object.entries(tests)) test(name, { timeout: 120_000 }, body);
