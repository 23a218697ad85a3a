// Nothing personal and no secret stands in clear in any file of the data folder, in the log or in the
// metrics: every field of the import and of each dialect's writes carries a mark that is searched
// for in the raw bytes, also where the request was malformed or refused.
//
// Without a mark are only values that have no room for one (amounts, dates, country and currency
// codes, PINs of four digits) and the names of groups, campaigns and attributes, which are the
// store's own words and documented to be in clear: one of these shows that the search can find.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { BigCommerce, HOTCAKES } from './dialects.mjs';
import { cli, clients, importRows, makeFolder, makeStore, request, run, searchBytes, searchFolder, serve } from './harness.mjs';

// In every text, and in every value that is made of digits. Lower case and without characters that a
// URL, JSON or XML would write otherwise; a mark is only ever followed by a number.
const MARK = 'zqcanaryxk';
const DIGITS = '90817263540';

let marks = 0;
const mark = () => `${MARK}${++marks}`;
const digits = () => `${DIGITS}${String(++marks).padStart(4, '0')}`;
const email = () => `${mark()}@${mark()}.example`;

function importRow() {
  return {
    email: email(), first_name: mark(), last_name: mark(), company: mark(), phone: digits(), mobile: digits(), gender: mark(),
    username: mark(), notes: `${mark()} ${'long '.repeat(2000)}${mark()}`, code: digits(), card_number: digits(), custom_field: mark(),
    group: 'clearword group',
    addresses: [1, 2].map((n) => ({ ref: `${mark()}${n}`, first_name: mark(), last_name: mark(), company: mark(), address1: mark(),
      address2: mark(), address3: mark(), city: mark(), state: mark(), state_code: mark(), postal_code: digits(), country: mark(),
      phone: digits(), mobile: digits(), fax: digits(), email: email(), roles: n === 1 ? 'primary' : 'shipping' })),
    attributes: { 'clearword attribute': mark() },
    transactions: [{ ref: mark(), campaign: 'clearword campaign', date: '2024-01-05', amount: '9.95', points: '10', item: mark(), description: mark(), authorization: mark() }],
    orders: [{ ref: mark(), number: mark(), total: '40.00', status: mark(), note: mark(), items: [{ name: mark(), sku: mark(), quantity: '1', price: '40.00' }] }],
  };
}

const bigAddress = () => ({ first_name: mark(), last_name: mark(), company: mark(), phone: digits(), address1: mark(), address2: mark(),
  city: mark(), state_or_province: mark(), postal_code: digits(), country_code: 'US' });

async function writeBigCommerce(shop) {
  const { big } = shop;
  const [made] = await big.create({ email: email(), first_name: mark(), last_name: mark(), company: mark(), phone: digits(), notes: mark(),
    tax_exempt_category: mark(), authentication: { new_password: `${mark()}a1` }, addresses: [bigAddress()],
    form_fields: [{ name: mark(), value: mark() }] });
  await big.update({ id: made.id, email: email(), notes: mark(), authentication: { new_password: `${mark()}b2` } });
  const [address] = await big.data('POST', '/addresses', [{ ...bigAddress(), customer_id: made.id }]);
  await big.data('PUT', '/addresses', [{ id: address.id, address1: mark() }]);
  for (const query of [`email:in=${encodeURIComponent(email())}`, `name:like=${mark()}`, `company:in=${mark()}`, `${mark()}=1`, `sort=${mark()}`,
    `phone:in=${digits()}`, `after=${mark()}`, `include=${mark()}`, `page=${mark()}`]) {
    await big.call('GET', `?${query}`);
  }
  await big.call('DELETE', `?id:in=${mark()}`);
  await big.call('POST', '', [{ email: made.email, first_name: mark(), last_name: mark() }]); // taken
  await big.call('POST', '', [{ email: mark(), first_name: mark() }]);
  await big.call('POST', '', { [mark()]: mark() });
  await big.call('PUT', '', [{ id: 999999, first_name: mark() }]);
  const raw = (body, type = 'application/json') => shop.server.request('POST', '/stores/shop/v3/customers', {
    headers: { 'X-Auth-Token': big.key.token, 'Content-Type': type }, body });
  await raw(`[{"email":"${email()}`);
  await raw(`[{"email":"${email()}","email":"${email()}"}]`);
  await raw(Buffer.from(`[{"first_name":"${mark()}\xff"}]`, 'latin1'));
  await raw(`<xml>${mark()}</xml>`, 'application/xml');
  await new BigCommerce(shop.server, 'shop', { token: mark() }).call('GET', `?id:in=${mark()}`);
  await shop.server.request('GET', `/stores/${mark()}/v3/customers/${mark()}?${mark()}=${mark()}`);
  await shop.server.request('GET', `/stores/shop/v2/customers?email=${email()}`, { headers: { 'X-Auth-Token': big.key.token } });
  return made.id;
}

async function writeWebCommander(shop) {
  const { web } = shop;
  const made = await web.create({ first_name: mark(), last_name: mark(), email: email(), gender: mark(), company_name: mark(), abn: mark(),
    abn_branch: mark(), default_tax_code: mark(), source: mark(), timezone: mark(), note: mark(), password: mark(), address_line: mark(),
    city: mark(), post_code: digits(), mobile: digits(), phone: digits(), custom_properties: [{ label: mark(), description: mark() }] });
  await web.update(made.customer_id, { last_name: mark(), email: email(), password: mark(), custom_properties: [{ name: mark(), value: mark() }] });
  for (const query of [`email=${email()}`, `search=${mark()}`, `city=${mark()}`, `postCode=${digits()}`, `status=${mark()}`, `sort=${mark()}`, `${mark()}=${mark()}`]) {
    await web.call('GET', `?${query}`);
  }
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) await web.call(method, `/${mark()}/${mark()}?${mark()}`, { customer: { email: email() } });
  await web.call('POST', '', { customer: { first_name: mark(), email: made.email, transaction_no: mark() }, transaction_no: mark() });
  await web.call('POST', '', { customer: { email: email(), first_name: { [mark()]: mark() } } });
  await web.call('POST', '', { customer: { email: mark().repeat(40), first_name: mark() } });
  await shop.server.request('DELETE', `/api/v4/admin/customers/${made.customer_id}`, { headers: { Authorization: `Bearer ${mark()}` } });
  await shop.server.request('GET', `/api/v4/admin/orders/${mark()}?search_text=${email()}`, { headers: { Authorization: `Bearer ${await web.token()}` } });
  await web.askToken(web.grant({ client_secret: mark(), auth_string: Buffer.from(`${mark()}:${mark()}`).toString('base64') }));
  await web.askToken({ grant_type: mark(), [mark()]: mark() });
  await shop.server.request('POST', '/api/v4/oauth2/token', { headers: { 'Content-Type': 'application/json' }, body: `{"client_secret":"${mark()}` });
}

async function writeStickyStreet(shop) {
  const { sticky } = shop;
  const campaign = await sticky.campaign('clearword loyalty');
  const made = await sticky.create({ campaign_id: campaign, auto_add: '15', code: digits(), card_number: digits(), first_name: mark(), last_name: mark(),
    phone: digits(), email: email(), street1: mark(), street2: mark(), city: mark(), state: mark(), postal_code: digits(), country: mark(),
    custom_date: '1980-02-29', custom_field: mark(), customer_username: mark(), customer_password: mark(), customer_PIN: '1234', custom_field_3: mark() });
  await sticky.edit({ code: made.code, first_name: mark(), customer_password: mark(), custom_field_4: mark() });
  await sticky.create({ card_number_generate: '10', card_number_prefix: digits(), email: email() });
  await sticky.activity({ campaign_id: campaign, card_number: made.card_number, amount: '9.95', authorization: mark(), custom_field_1: mark() });
  await sticky.info({ code: digits() });
  await sticky.info({ card_number: `${mark()}` });
  await sticky.delete(`${digits()},${digits()}`);
  await sticky.delete(mark());
  await sticky.call(mark(), { [mark()]: mark() });
  await sticky.call('customer_info', { code: made.code, callback: mark() + '(' });
  await sticky.call('customer_info', { code: made.code, user_password: mark(), user_id: mark() });
  await sticky.call('customer_info', { code: made.code, account_id: mark() });
  await sticky.post({ type: 'customer_info', code: made.code }, { headers: { api_access_key: mark() } });
  await sticky.call('record_customer', { customer_action: mark(), email: email(), first_name: mark() });
  await sticky.call('record_customer', { customer_action: 'new', card_number: made.card_number, email: email(), customer_password: mark() });
  const query = new URLSearchParams({ type: 'customer_info', user_id: sticky.key.user_id, user_password: sticky.key.api_key, account_id: 'shop', code: made.code, extra: mark() });
  await shop.server.request('GET', `/?${query}`);
  const border = mark();
  for (const end of [`\r\n--${border}--\r\n`, '']) {
    await shop.server.request('POST', '/', { headers: { 'Content-Type': `multipart/form-data; boundary=${border}` },
      body: `--${border}\r\nContent-Disposition: form-data; name="${mark()}"; filename="${mark()}"\r\n\r\n${mark()}${end}` });
  }
}

async function writeHotcakes(shop) {
  const { cakes } = shop;
  const address = () => ({ NickName: mark(), FirstName: mark(), MiddleInitial: mark(), LastName: mark(), Company: mark(), Line1: mark(), Line2: mark(),
    Line3: mark(), City: mark(), RegionName: mark(), RegionBvin: mark(), PostalCode: digits(), CountryName: mark(), CountryBvin: mark(),
    Phone: digits(), Fax: digits(), WebSiteUrl: `http://${mark()}.example`, UserBvin: mark(), Bvin: mark() });
  const account = () => ({ Email: email(), FirstName: mark(), LastName: mark(), Password: mark(), Notes: mark(), PricingGroupId: mark(),
    Addresses: [address(), address()], ShippingAddress: address(), BillingAddress: address() });
  const made = await cakes.create(account());
  await cakes.update({ ...account(), Bvin: made.Bvin });
  await cakes.call('POST', '/', { ...account(), Email: made.Email });
  await cakes.call('POST', '/', { ...account() }, `&pwd=${mark()}`);
  await cakes.call('POST', `/${mark()}`, account());
  await cakes.byEmail(email());
  for (const [method, target, query] of [['GET', `/${mark()}`, ''], ['DELETE', `/${mark()}`, ''], ['GET', '/', `&${mark()}=${mark()}`], ['DELETE', '', `&email=${email()}`], ['PUT', `/${mark()}`, ''], ['PATCH', '', `&pagesize=${mark()}`]]) {
    await cakes.call(method, target, undefined, query);
  }
  for (const body of [`{"Email":"${email()}`, `[${mark()}]`, mark(), `{"Email":"${email()}","TaxExempt":"${mark()}"}`, `{"Email":"${email()}","CreationDateUtc":"${mark()}"}`]) {
    await shop.server.request('POST', `${HOTCAKES}?key=${cakes.key.key}`, { body });
  }
  await shop.server.request('GET', `${HOTCAKES}?key=${mark()}`);
  await shop.server.request('GET', `/${mark()}/DesktopModules/Hotcakes/API/rest/v1/${mark()}/${mark()}?key=${cakes.key.key}`);
}

// What no dialect claims, and what is no HTTP.
async function writeNonsense(server) {
  await server.request('GET', `/${mark()}?${mark()}=${email()}`, { headers: { [mark()]: mark(), Cookie: mark(), Referer: `http://x/${mark()}` } });
  await server.request('POST', `/healthz?${mark()}`, { body: mark() });
  await server.request(mark().toUpperCase().replace(/\d/g, 'X'), `/${mark()}`).catch(() => {});
  await server.request('GET', '/', { headers: { [mark()]: mark().repeat(3000) } }).catch(() => {});
  await request('GET', `${server.metricsUrl}?${mark()}=${mark()}`);
}

function secretsOf({ keys: { bigcommerce, webcommander, stickystreet, hotcakes } }, tokens) {
  return [bigcommerce.token, bigcommerce.client_secret, webcommander.client_secret, webcommander.password, stickystreet.api_key,
    hotcakes.key, tokens.access_token, tokens.refresh_token,
    Buffer.from(`${webcommander.username}:${webcommander.password}`).toString('base64')];
}

for (const toFile of [false, true]) {
  test(`no mark and no secret in files, log and metrics (log ${toFile ? 'to a file, all levels' : 'on standard error'})`, async (t) => {
    const folder = makeFolder(t);
    const data = path.join(folder, 'data');
    const log = path.join(folder, 'oubli.log');
    const store = await makeStore(data, 'shop');
    const printed = [];
    const searchLog = (needles) => searchBytes(Buffer.from(printed.join('')), needles);

    const rows = [importRow(), importRow()];
    const file = path.join(folder, 'rows.jsonl');
    fs.writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n') +
      `\n{"email":"${mark()}"}\n{"${mark()}":1,"email":"${email()}"}\n{"email":"${email()}","custom_date":"${mark()}","transactions":[{"date":"${mark()}"}]}\n{"${mark()}`);
    const imported = await run(['import', '--store', 'shop', file, '--data', data]);
    fs.rmSync(file);
    printed.push(imported.stdout, imported.stderr);
    assert.match(imported.stdout, /^2 customers created/);

    const args = ['--metrics', '127.0.0.1:0', '--log-level', 'debug', ...(toFile ? ['--log-file', log] : [])];
    const server = await serve(t, data, args);
    const shop = clients(server, store);
    await importRows(data, 'shop', [importRow()]); // through the running server too
    const big = await writeBigCommerce(shop);
    await writeWebCommander(shop);
    await writeStickyStreet(shop);
    await writeHotcakes(shop);
    await writeNonsense(server);
    await cli(data, 'window', 'open', '--store', 'shop');
    const needles = [MARK, DIGITS, ...secretsOf(store, shop.web.tokens)];

    // The search finds what is there: a group's name is in clear, and the log names routes.
    assert.ok(searchFolder(data, ['clearword group']).length > 0, 'the search cannot find anything');
    assert.ok(shop.web.tokens.access_token.length > 20);
    // While it runs, with what lies in the write-ahead log.
    assert.ok(fs.existsSync(path.join(data, 'stores/1.db-wal')));
    assert.deepEqual(searchFolder(data, needles), []);
    const metrics = (await request('GET', server.metricsUrl)).body;
    assert.match(metrics, /\{bvin\}/);
    assert.deepEqual(searchBytes(Buffer.from(metrics), needles), []);

    // After deletions, one by one and all.
    await shop.big.delete(big);
    assert.deepEqual(searchFolder(data, needles), []);
    assert.equal(await shop.cakes.clearAll(), true);
    assert.deepEqual(searchFolder(data, needles), []);
    await server.stop();
    assert.deepEqual(searchFolder(data, needles), []);

    printed.push(server.stdout, server.stderr, toFile ? fs.readFileSync(log, 'utf8') : '');
    assert.ok(searchLog(['customer_id']).length > 0, 'the log was not caught');
    assert.deepEqual(searchLog(needles), []);
    if (toFile) assert.deepEqual(searchBytes(fs.readFileSync(log), ['"request"']).length > 0, true);
    // The access log has patterns and no line that is not JSON.
    for (const line of (toFile ? fs.readFileSync(log, 'utf8') : server.stderr).trim().split('\n')) {
      const { route } = JSON.parse(line);
      if (route !== undefined) assert.match(route, /^(\/|refused$|unmatched$)/);
    }
  });
}

test('no mark in the files after a kill -9, nor after the start that follows', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const server = await serve(t, data);
  const shop = clients(server, store);
  await importRows(data, 'shop', [importRow(), importRow()]);
  await writeBigCommerce(shop);
  await writeHotcakes(shop);
  await shop.web.token();
  await server.kill();
  const needles = [MARK, DIGITS, ...secretsOf(store, shop.web.tokens)];
  assert.deepEqual(searchFolder(data, needles), []);
  const again = await serve(t, data);
  assert.equal((await again.request('GET', '/readyz')).status, 200);
  assert.deepEqual(searchFolder(data, needles), []);
  await again.stop();
  assert.deepEqual(searchFolder(data, needles), []);
  assert.deepEqual(searchBytes(Buffer.from(server.log + again.log), needles), []);
});
