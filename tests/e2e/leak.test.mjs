// Nothing personal and no secret stands in clear in any file of the data folder, in the log, in the
// metrics, in what a webhook tells or in what the commands list: every field of the import and of each dialect's writes carries a mark that is searched
// for in the raw bytes, also where the request was malformed or refused.
//
// Without a mark are only values that have no room for one (amounts, dates, country and currency
// codes, PINs of four digits, categories of consent) and the names of groups, campaigns, attributes
// and segments, which are the store's own words and documented to be in clear: one of these shows that the search can find.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { BigCommerce, HOTCAKES } from './dialects.mjs';
import { writeLoyalty, writeShop, writeWishes } from './leakwrites.mjs';
import { cli, clients, importRows, makeFolder, makeStore, request, run, searchBytes, searchFolder, serve, until } from './harness.mjs';

// In every text, and in every value that is made of digits. Lower case and without characters that a
// URL, JSON or XML would write otherwise; a mark is only ever followed by a number.
const MARK = 'zqcanaryxk';
const DIGITS = '90817263540';

let marks = 0;
const mark = () => `${MARK}${++marks}`;
const digits = () => `${DIGITS}${String(++marks).padStart(4, '0')}`;
const email = () => `${mark()}@${mark()}.example`;
const MARKS = { mark, digits, email };

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
  const { customer } = (await web.get(made.customer_id)).json;
  await writeShop(shop, customer, MARKS);
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
  const secrets = await writeLoyalty(shop, { code: made.code, card: made.card_number }, campaign, MARKS);
  const border = mark();
  for (const end of [`\r\n--${border}--\r\n`, '']) {
    await shop.server.request('POST', '/', { headers: { 'Content-Type': `multipart/form-data; boundary=${border}` },
      body: `--${border}\r\nContent-Disposition: form-data; name="${mark()}"; filename="${mark()}"\r\n\r\n${mark()}${end}` });
  }
  return secrets;
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
  await writeWishes(shop, made.Bvin, MARKS);
  await shop.server.request('GET', `${HOTCAKES}?key=${mark()}`);
  await shop.server.request('GET', `/${mark()}/DesktopModules/Hotcakes/API/rest/v1/${mark()}/${mark()}?key=${cakes.key.key}`);
}

// No such number may get anywhere: it is refused wherever it stands.
const CARD_NUMBER = '4111111111111111';

const v3 = (shop, method, target, body, client = shop.big) => client.api(method, `/v3/customers${target}`, body);

// What BigCommerce's other calls hang on customer `id`, and what they refuse. `second` is another
// application's client.
async function writeBelongings(shop, id, second) {
  const { big, native } = shop;
  const [attribute] = await big.data('POST', '/attributes', [{ name: 'clearword size', type: 'string' }]);
  const [value] = await big.data('PUT', '/attribute-values', [{ customer_id: id, attribute_id: attribute.id, value: mark() }]);
  await big.data('PUT', '/attribute-values', [{ customer_id: id, attribute_id: attribute.id, value: mark() }]);
  await v3(shop, 'PUT', '/attribute-values', [{ customer_id: 999999, attribute_id: attribute.id, value: mark() }]);
  await v3(shop, 'DELETE', `/attribute-values?id:in=${value.id},${mark()}`);
  const [address] = await big.addresses(`customer_id:in=${id}`);
  await big.data('PUT', '/form-field-values', [{ customer_id: id, name: mark(), value: mark() }]);
  await big.data('PUT', '/form-field-values', [{ address_id: address.id, name: mark(), value: [mark(), mark()] }]);
  await v3(shop, 'PUT', '/form-field-values', [{ customer_id: id, address_id: address.id, name: mark(), value: mark() }]);
  await big.done(200, 'PUT', `/v3/customers/${id}/consent`, { allow: ['essential'], deny: ['targeting'] });
  await v3(shop, 'PUT', `/${id}/consent`, { allow: [mark()], deny: [], [mark()]: mark() });

  const field = () => ({ permission_set: 'write', namespace: mark(), key: mark(), value: `${mark()} ${'long '.repeat(5000)}${mark()}`, description: mark() });
  const made = await big.data('POST', `/${id}/metafields`, field());
  await big.data('PUT', `/${id}/metafields/${made.id}`, { value: mark(), description: mark() });
  await big.data('POST', '/metafields', [{ resource_id: id, ...field() }]);
  await second.data('POST', `/${id}/metafields`, { ...field(), permission_set: 'app_only' });
  await second.data('PUT', `/${id}/metafields/${made.id}`, { value: mark() });
  await v3(shop, 'POST', `/${id}/metafields`, { ...field(), namespace: made.namespace, key: made.key });
  await v3(shop, 'POST', '/metafields', [{ resource_id: 999999, ...field() }, { resource_id: id, ...field(), permission_set: mark() }]);
  await v3(shop, 'PUT', '/metafields', [{ id: 999999, value: mark() }]);
  await v3(shop, 'DELETE', '/metafields', [mark()]);

  const billing = () => ({ first_name: mark(), last_name: mark(), email: email(), company: mark(), address1: mark(), address2: mark(), city: mark(),
    postal_code: digits(), state_or_province: mark(), country_code: 'US', phone: digits() });
  const card = () => ({ type: 'stored_card', token: mark(), brand: mark(), expiry_month: 1, expiry_year: 2030, issuer_identification_number: '411111', last_4: '1111', billing_address: billing() });
  const { token } = await native.addInstrument(id, card());
  await native.addInstrument(id, { type: 'stored_paypal_account', token: mark(), email: email() });
  await native.addInstrument(id, { type: 'stored_bank_account', token: mark(), masked_account_number: '12XXX56', issuer: mark() });
  const instruments = `/customers/${id}/stored-instruments`;
  for (const wrong of [{ ...card(), token }, { ...card(), [mark()]: mark() }, { ...card(), token: CARD_NUMBER }, { ...card(), last_4: CARD_NUMBER }, { ...card(), type: mark() },
    { ...card(), billing_address: { ...billing(), address2: '4111 1111-1111 1111' } }, { ...card(), security_code: mark() }, [mark()]]) {
    assert.ok((await native.call('POST', instruments, wrong)).status >= 400);
  }
  await native.call('DELETE', `${instruments}/${mark()}`);
  await native.call('GET', `/customers/${mark()}/stored-instruments?${mark()}`);
  await native.call('GET', instruments, undefined, { Authorization: `Bearer ${mark()}` });

  const { data: [segment] } = await big.done(201, 'POST', '/v3/segments', [{ name: 'clearword segment' }]);
  const { data: [profile] } = await big.done(201, 'POST', '/v3/shopper-profiles', [{ customer_id: id }]);
  await big.done(201, 'POST', `/v3/segments/${segment.id}/shopper-profiles`, [profile.id]);
  await big.api('POST', '/v3/shopper-profiles', [{ customer_id: mark() }]);
  await big.api('GET', `/v3/segments/${mark()}/shopper-profiles?id:in=${mark()}`);

  const subscriber = await big.data('POST', '/subscribers', { email: email(), first_name: mark(), last_name: mark() });
  await big.data('PUT', `/subscribers/${subscriber.id}`, { email: email(), first_name: mark() });
  const gone = await big.data('POST', '/subscribers', { email: email(), first_name: mark() });
  await v3(shop, 'POST', '/subscribers', { email: gone.email, last_name: mark() });
  await v3(shop, 'POST', '/subscribers', { email: mark(), [mark()]: mark(), consents: [mark()] });
  await v3(shop, 'GET', `/subscribers?email=${email()}&first_name=${mark()}&${mark()}=1`);
  assert.equal((await v3(shop, 'DELETE', `/subscribers?email=${encodeURIComponent(gone.email)}`)).status, 204);

  const [person] = await big.create({ email: email(), first_name: mark(), last_name: mark(), authentication: { new_password: `${mark()}a1` } });
  for (const body of [{ email: person.email, password: `${mark()}a1` }, { email: email(), password: mark() }, { email: mark(), password: mark(), channel_id: mark() }, { [mark()]: mark() }]) {
    await v3(shop, 'POST', '/validate-credentials', body);
  }
  await v3(shop, 'PUT', '/settings', { privacy_settings: { policy_url: mark() }, [mark()]: mark() });
  await v3(shop, 'PUT', `/settings/channels/${mark()}`, { allow_global_logins: mark() });
}

async function writeV2(shop) {
  const { big } = shop;
  const password = `${mark()}a1`;
  const made = await big.done(200, 'POST', '/v2/customers', { first_name: mark(), last_name: mark(), email: email(), company: mark(), phone: digits(), notes: mark(),
    tax_exempt_category: mark(), _authentication: { password, password_confirmation: password } });
  const address = { first_name: mark(), last_name: mark(), phone: digits(), street_1: mark(), street_2: mark(), city: mark(), state: 'Texas', zip: digits(), country: 'United States' };
  const { id } = await big.done(200, 'POST', `/v2/customers/${made.id}/addresses`, address);
  await big.done(200, 'PUT', `/v2/customers/${made.id}/addresses/${id}`, { city: mark() });
  await big.api('POST', `/v2/customers/${made.id}/validate`, { password });
  await big.api('POST', `/v2/customers/${made.id}/validate`, { password: mark() });
  await big.api('POST', '/v2/customers', { ...made, first_name: mark(), [mark()]: mark() });
  await big.api('POST', '/v2/customers', { first_name: mark(), last_name: mark(), email: made.email });
  await big.api('PUT', `/v2/customers/${made.id}`, { _authentication: { password: `${mark()}b2`, password_confirmation: mark() } });
  await big.api('POST', `/v2/customers/${made.id}/addresses`, { ...address, country: mark() });
  for (const query of [`email=${email()}`, `first_name=${mark()}`, `${mark()}=${mark()}`, `min_date_created=${mark()}`]) await big.api('GET', `/v2/customers?${query}`);
  await big.api('GET', `/v2/customers/${mark()}.xml`);
  const raw = (body) => shop.server.request('POST', '/stores/shop/v2/customers.xml', { headers: { 'X-Auth-Token': big.key.token, 'Content-Type': 'application/xml' }, body });
  assert.equal((await raw(`<customer><first_name>${mark()}</first_name><last_name>${mark()}</last_name><email>${email()}</email></customer>`)).status, 200);
  await raw(`<customer><${mark()}>${mark()}</customer>`);
  await raw(`<!DOCTYPE x [<!ENTITY y "${mark()}">]><customer>&y;</customer>`);
  await big.api('POST', '/v2/customer_groups', { name: 'clearword V2 group', discount_rules: mark(), [mark()]: mark() });
}

// A receiver whose bodies are kept; hooks whose addresses and headers are secrets, to it and to nobody.
async function writeHooks(t, shop) {
  const bodies = [];
  const receiver = http.createServer((incoming, response) => {
    incoming.on('data', (chunk) => bodies.push(chunk));
    incoming.on('end', () => response.writeHead(204).end());
  });
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
  t.after(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  const hook = (destination, headers) => shop.big.api('POST', '/v3/hooks', { scope: 'store/customer/*', destination, headers });
  const secret = () => `/${mark()}?key=${mark()}`;
  assert.equal((await hook(`http://127.0.0.1:${receiver.address().port}${secret()}`, { [`x-${mark()}`]: mark() })).status, 200);
  assert.equal((await hook(`http://127.0.0.1:1${secret()}`, { authorization: `Bearer ${mark()}` })).status, 200);
  for (const wrong of [`https://10.0.0.1${secret()}`, `ftp://${mark()}`, `https://${mark()}:${mark()}@192.168.1.1/`, mark()]) assert.equal((await hook(wrong)).status, 422);
  await hook(`http://127.0.0.1:2${secret()}`, { host: mark(), [mark()]: [mark()] });
  await shop.big.api('POST', '/v3/hooks', { scope: mark(), destination: mark(), [mark()]: mark() });
  await shop.big.api('GET', `/v3/hooks?destination=${encodeURIComponent(`https://${mark()}.example/`)}&${mark()}=1`);
  assert.equal((await shop.big.api('PUT', '/v3/hooks/admin', { emails: [email()] })).status, 204);
  await shop.big.api('PUT', '/v3/hooks/admin', { emails: [mark()] });
  return bodies;
}

// An administrator signs in, wrongly and rightly, and makes a key. Answers what must not be seen.
async function writeAdmin(data, server) {
  const password = `${mark()} ${mark()}`;
  const made = await run(['admin', 'create', 'ada', '--data', data], { input: `${password}\n` });
  assert.equal(made.code, 0, made.stderr);
  await run(['admin', 'create', 'bob', '--store', 'shop', '--data', data], { input: `${mark()}\n` });
  await run(['admin', 'password', 'bob', '--data', data], { input: `${mark()}\n` });
  const call = (method, target, body, headers = {}) => server.request(method, `/admin/api/${target}`, { headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  for (const body of [{ name: 'ada', password: mark() }, { name: mark(), password: mark() }, { [mark()]: mark() }]) assert.ok((await call('POST', 'session', body)).status >= 400);
  const session = await call('POST', 'session', { name: 'ada', password });
  assert.equal(session.status, 200, session.body);
  const cookie = session.headers['set-cookie'][0].split(';')[0];
  const headers = { Cookie: cookie, 'X-CSRF-Token': session.json.csrf_token };
  const key = await call('POST', 'stores/shop/keys', { dialect: 'hotcakes' }, headers);
  assert.ok(key.status < 300, key.body);
  await call('POST', `stores/${mark()}/window`, { confirm: mark(), minutes: 1 }, headers);
  await call('DELETE', `stores/shop/keys/${mark()}`, undefined, { ...headers, 'X-CSRF-Token': mark() });
  return [session.json.csrf_token, cookie.slice(cookie.indexOf('=') + 1), JSON.parse(key.body).key].filter((text) => typeof text === 'string');
}

const LISTS = [['store', 'list'], ['store', 'show', 'shop'], ['key', 'list', '--store', 'shop'], ['setting', 'list', '--store', 'shop'], ['webhook', 'list', '--store', 'shop'],
  ['webhook', 'events', '--store', 'shop'], ['window', 'show', '--store', 'shop'], ['admin', 'list'], ['orders', 'kept', '--store', 'shop'], ['mail', 'list', '--store', 'shop'], ['places', 'list']];

async function listAll(data) {
  const printed = [];
  for (const args of LISTS) {
    for (const form of [[], ['--json']]) {
      const { code, stdout, stderr } = await run([...args, ...form, '--data', data]);
      assert.equal(code, 0, stderr);
      printed.push(stdout, stderr);
    }
  }
  return printed.join('\n');
}

// What no dialect claims, and what is no HTTP.
async function writeNonsense(server) {
  await server.request('GET', `/${mark()}?${mark()}=${email()}`, { headers: { [mark()]: mark(), Cookie: mark(), Referer: `http://x/${mark()}` } });
  await server.request('POST', `/healthz?${mark()}`, { body: mark() });
  await server.request(mark().toUpperCase().replace(/\d/g, 'X'), `/${mark()}`).catch(() => {});
  await server.request('GET', '/', { headers: { [mark()]: mark().repeat(3000) } }).catch(() => {});
  await request('GET', `${server.metricsUrl}?${mark()}=${mark()}`);
}

function secretsOf({ keys: { bigcommerce, webcommander, stickystreet, hotcakes, native } }, tokens) {
  return [bigcommerce.token, bigcommerce.client_secret, webcommander.client_secret, webcommander.password, stickystreet.api_key,
    hotcakes.key, native.key, CARD_NUMBER, tokens.access_token, tokens.refresh_token,
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

    const args = ['--metrics', '127.0.0.1:0', '--log-level', 'debug', '--webhook-allow', '127.0.0.0/8', '--webhook-retry-speed', '100000', ...(toFile ? ['--log-file', log] : [])];
    const server = await serve(t, data, args);
    const shop = clients(server, store);
    await importRows(data, 'shop', [importRow()]); // through the running server too
    const told = await writeHooks(t, shop);
    const big = await writeBigCommerce(shop);
    const other = await cli(data, 'key', 'create', '--store', 'shop', '--dialect', 'bigcommerce');
    await writeBelongings(shop, big, new BigCommerce(server, 'shop', other));
    await writeV2(shop);
    await writeWebCommander(shop);
    const loyalty = await writeStickyStreet(shop);
    assert.equal(loyalty.length, 2);
    await writeHotcakes(shop);
    await writeNonsense(server);
    const admin = await writeAdmin(data, server);
    assert.equal(admin.length, 3);
    await cli(data, 'window', 'open', '--store', 'shop');
    const needles = [MARK, DIGITS, other.token, other.client_secret, ...admin, ...loyalty, ...secretsOf(store, shop.web.tokens)];
    // One hook is told of all, the other has failed for good: its event says where, but no more.
    await until('what hooks are told', () => Buffer.concat(told).includes('store/customer/created'));
    await until('a deactivation', async () => (await cli(data, 'webhook', 'events', '--store', 'shop')).events.length > 0, 60_000);
    const listed = await listAll(data);
    for (const word of ['http://127.0.0.1:1', 'ada', 'store_v2_customers', 'erase_subscribers']) assert.ok(listed.includes(word), word);
    assert.deepEqual(searchBytes(Buffer.from(listed), needles), []);

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
    assert.deepEqual(searchBytes(Buffer.concat(told), needles), []);
    assert.deepEqual(searchBytes(Buffer.from(await listAll(data)), needles), []);

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
  await writeBelongings(shop, await writeBigCommerce(shop), shop.big);
  await writeV2(shop);
  await writeHotcakes(shop);
  await writeWebCommander(shop);
  const loyalty = await writeStickyStreet(shop);
  await server.kill();
  const needles = [MARK, DIGITS, ...loyalty, ...secretsOf(store, shop.web.tokens)];
  assert.deepEqual(searchFolder(data, needles), []);
  const again = await serve(t, data);
  assert.equal((await again.request('GET', '/readyz')).status, 200);
  assert.deepEqual(searchFolder(data, needles), []);
  await again.stop();
  assert.deepEqual(searchFolder(data, needles), []);
  assert.deepEqual(searchBytes(Buffer.from(server.log + again.log), needles), []);
});
