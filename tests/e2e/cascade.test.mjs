// A deletion takes everything of its customer and nothing of anybody else: after each dialect's
// delete call no endpoint of any dialect shows a trace, whether the sweep has been there or not.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { addSecondApplication, addSegments, assertNotChangeable as assertBelongingsNotChangeable, attach, questions as questionsOfBelongings } from './belongings.mjs';
import { clients, cli, EVERYTHING, importRows, makeFolder, makeStore, placesOf, serve, snapshot, until } from './harness.mjs';
import { fullRow, whoIs } from './people.mjs';
import { addOffers, assertShoppingNotChangeable, attachShopping, questionsOfShopping } from './shopping.mjs';

// All that a store needs before anything can be hung on its customers.
async function prepare(shop, data) {
  Object.assign(shop, { data, number: Number(shop.cakes.key.key.match(/^\d+/)[0]) });
  await addSecondApplication(shop, data);
  await addSegments(shop);
  await addOffers(shop);
}

// Records that come through the dialects, on top of the imported ones.
async function addThroughDialects(shop, customer, campaign) {
  const { id, tag, code } = customer;
  await shop.big.data('POST', '/addresses', [{ customer_id: id, first_name: 'B', last_name: `Last${tag}`, address1: `3 Street${tag}`,
    city: `City${tag}`, state_or_province: 'Texas', postal_code: `Z${id}`, country_code: 'US' }]);
  await shop.big.update({ id, notes: `Changed ${tag}`, form_fields: [{ name: 'Sales Rep', value: `Rep${tag}` }], store_credit_amounts: [{ amount: 7.5 }] });
  await shop.web.update(id, { custom_properties: [{ label: 'Shoe', description: `Shoe${tag}` }], abn: `Abn${tag}` });
  const { receipt } = await shop.sticky.activity({ campaign_id: campaign, code, amount: '5', authorization: `Act${tag}` });
  await shop.sticky.edit({ code, custom_field_3: `Blue${tag}` });
  const account = (await shop.cakes.get(id)).Content;
  delete account.CreationDateUtc, delete account.LastUpdatedUtc, delete account.LastLoginDateUtc;
  account.Addresses.push({ NickName: `Nick${tag}`, Line1: `4 Street${tag}`, City: `City${tag}` });
  for (const address of [...account.Addresses, account.BillingAddress, account.ShippingAddress]) delete address.LastUpdatedUtc;
  await shop.cakes.update(account);
  customer.made = await attach(shop, customer);
  customer.shopping = await attachShopping(shop, customer, campaign);
  return Number(receipt.transaction.id);
}

const enc = encodeURIComponent;

// Every question that the dialects take about a customer, with how many answers there are. A filter
// that answers 0 for a living customer would prove nothing, so each is also asked before.
function questions(shop, customer) {
  const { id, tag, row, email, code, card } = customer;
  const big = (query) => async () => (await shop.big.find(query)).length;
  const addresses = (query) => async () => (await shop.big.addresses(query)).length;
  const web = (query) => async () => (await shop.web.list(query)).pagination.total;
  const found = (ask) => async () => ((await ask()).Content === null ? 0 : 1);
  const known = (fields) => async () => ((await shop.sticky.info(fields)).status === 'error' ? 0 : 1);
  const everything = EVERYTHING;
  return {
    ...questionsOfBelongings(shop, customer, customer.made),
    ...(customer.shopping === undefined ? {} : questionsOfShopping(shop, customer, customer.shopping)),
    'big id:in': big(`id:in=${id}`),
    'big id:in with includes': big(`id:in=${id}&${everything}`),
    'big id%3Ain': big(`id%3Ain=${id}%2C999999`),
    'big email:in': big(`email:in=${enc(email)}`),
    'big EMAIL:in': big(`email:in=${enc(email.toUpperCase())}`),
    'big company:in': big(`company:in=${enc(row.company)}`),
    'big name:in': big(`name:in=${enc(`${row.first_name} ${row.last_name}`)}`),
    'big name:like': big(`name:like=${enc(tag)}`),
    'big phone:in': big(`phone:in=${row.phone}`),
    'big group and email': big(`customer_group_id:in=1,2,3&email:in=${enc(email)}`),
    'big created and email': big(`date_created:min=2020-01-01&email:in=${enc(email)}`),
    'big modified and email': big(`date_modified:min=2020-01-01&email:in=${enc(email)}&sort=last_name:asc`),
    'big list': async () => (await shop.big.all('', everything)).filter((c) => JSON.stringify(c).includes(tag)).length,
    'big list sorted': async () => (await shop.big.all('', 'sort=date_created:desc')).filter((c) => c.id === id).length,
    'big list by cursor': async () => {
      let count = 0;
      for (let query = '?limit=3'; query !== undefined;) {
        const { json } = await shop.big.call('GET', query);
        count += json.data.filter((c) => JSON.stringify(c).includes(tag)).length;
        const cursor = json.meta.cursor_pagination;
        query = json.data.length === 3 ? `?limit=3&after=${cursor.end_cursor}` : undefined;
      }
      return count;
    },
    'big addresses of customer': addresses(`customer_id:in=${id}`),
    'big addresses company:in': addresses(`company:in=${enc(row.company)}`),
    'big addresses name:in': addresses(`name:in=${enc(`A ${row.last_name}`)}`),
    'big addresses list': async () => (await shop.big.all('/addresses')).filter((a) => a.customer_id === id).length,
    'web get': async () => ((await shop.web.get(id)).status === 200 ? 1 : 0),
    'web list': async () => (await shop.web.all()).filter((c) => JSON.stringify(c).includes(tag)).length,
    'web email': web(`email=${enc(email)}`),
    'web search': web(`search=${enc(tag)}`),
    'web searchText': web(`searchText=${enc(row.last_name)}`),
    'web company': web(`companyName=${enc(row.company)}`),
    'web phone': web(`phone=${row.phone}`),
    'web mobile': web(`mobile=${row.mobile}`),
    'web city': web(`city=City${tag}`),
    'web group and search': web(`customerGroup=VIP&search=${enc(tag)}`),
    'web post code': web(`postCode=Z${id}`),
    'sticky code': known({ code }),
    'sticky card': known({ card_number: card }),
    'sticky without balances': known({ code, include_balances: 'N' }),
    'cakes get': found(() => shop.cakes.get(id)),
    'cakes email': found(() => shop.cakes.byEmail(email)),
    'cakes all': async () => (await shop.cakes.all()).filter((a) => JSON.stringify(a).includes(tag)).length,
    'cakes page': async () => (await shop.cakes.content('GET', '/', undefined, '&page=1&pagesize=100')).filter((a) => a.Bvin === String(id)).length,
  };
}

async function ask(all) {
  const answers = {};
  for (const [name, question] of Object.entries(all)) answers[name] = await question();
  return answers;
}

async function counts(shop, data) {
  return {
    big: (await shop.big.call('GET', '?limit=1')).json.meta.pagination.total,
    web: (await shop.web.list('limit=1')).pagination.total,
    cakes: await shop.cakes.count(),
    v2: (await shop.big.done(200, 'GET', '/v2/customers/count')).count,
    show: (await cli(data, 'store', 'show', shop.handle)).customers,
  };
}

const equalCounts = (count) => ({ big: count, web: count, cakes: count, v2: count, show: count });

// Also the calls that change somebody find nobody, and make nobody.
async function assertNotChangeable(shop, customer, campaign) {
  const { id, code, card } = customer;
  await assertBelongingsNotChangeable(shop, customer, customer.made);
  await assertShoppingNotChangeable(shop, customer, customer.shopping);
  assert.equal((await shop.big.call('PUT', '', [{ id, first_name: 'Back' }])).status, 422);
  assert.equal((await shop.big.call('POST', '/addresses', [{ customer_id: id, first_name: 'B', last_name: 'B', address1: '1', city: 'C',
    state_or_province: 'Texas', postal_code: '1', country_code: 'US' }])).status, 422);
  assert.equal((await shop.web.call('PUT', `/${id}`, { customer: { first_name: 'Back' } })).status, 404);
  assert.equal((await shop.sticky.call('record_activity', { campaign_id: campaign, code, amount: '1' })).status, 'error');
  assert.equal((await shop.sticky.call('record_activity', { campaign_id: campaign, card_number: card, amount: '1' })).status, 'error');
  assert.deepEqual(await shop.cakes.call('POST', `/${id}`, { Bvin: String(id), Email: 'back@example.com', FirstName: 'Back' }), { Content: null, Errors: [] });
  // And the second deletion says what each dialect says of nobody.
  assert.equal((await shop.big.delete(id)).status, 204);
  assert.equal((await shop.web.delete(id)).status, 404);
  assert.equal((await shop.sticky.delete(code)).status, 'error');
  assert.equal(await shop.cakes.delete(id), false);
}

const DELETES = {
  'BigCommerce V2': async (shop, { id }) => assert.equal(await shop.big.done(204, 'DELETE', `/v2/customers/${id}`), undefined),
  BigCommerce: async (shop, { id }) => {
    const answer = await shop.big.delete(id);
    assert.deepEqual([answer.status, answer.body], [204, '']);
  },
  WebCommander: async (shop, { id }) => {
    const answer = await shop.web.delete(id);
    assert.deepEqual([answer.status, answer.body], [204, '']);
  },
  'Sticky Street': async (shop, { code }) => {
    assert.deepEqual(await shop.sticky.delete(code), { status: 'success', customer: { status: 'deleted', code } });
  },
  Hotcakes: async (shop, { id }) => assert.equal(await shop.cakes.delete(id), true),
};

test('one customer goes through each dialect, with everything, and nobody else changes', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const people = ['zqann', 'zqbob', 'zqcat', 'zqdan', 'zqeve', 'zqfay', 'zqgil'].map((tag, i) => whoIs(fullRow(101 + i, tag), tag));
  assert.deepEqual(await importRows(data, 'shop', people.map((p) => p.row)), { created: 7, updated: 0, refused: 0 });
  const server = await serve(t, data, ['--metrics', '127.0.0.1:0']);
  const shop = clients(server, store);
  await prepare(shop, data);
  const campaign = (await shop.sticky.done('campaigns_list')).campaigns.find((c) => c.name === 'Points').id;
  for (const person of people) await addThroughDialects(shop, person, campaign);

  let living = people.length;
  for (const [dialect, remove] of Object.entries(DELETES)) {
    await t.test(dialect, async () => {
      const victim = people.shift();
      const all = questions(shop, victim);
      for (const [name, answer] of Object.entries(await ask(all))) {
        assert.ok(answer > 0, `"${name}" does not find a living customer`);
      }
      const shown = JSON.stringify([await shop.big.find(`id:in=${victim.id}&${EVERYTHING}`),
        await shop.big.addresses(`customer_id:in=${victim.id}`), (await shop.web.get(victim.id)).json,
        await shop.sticky.info({ code: victim.code }), await shop.cakes.get(victim.id)]);
      for (const word of ['Hat', 'Rep', 'Shoe', 'Blue', '3 Street', '4 Street', 'Nick']) {
        assert.ok(shown.includes(word + victim.tag), `${word} was not attached`);
      }
      const before = await snapshot(shop);

      await remove(shop, victim);
      --living;
      for (const [name, answer] of Object.entries(await ask(all))) assert.equal(answer, 0, `"${name}" still finds ${victim.tag}`);
      await until('the sweep', async () => (await server.metric('oubli_sweep_backlog')) === 0);
      for (const [name, answer] of Object.entries(await ask(all))) assert.equal(answer, 0, `"${name}" finds ${victim.tag} after the sweep`);
      assert.deepEqual(await placesOf(shop, victim), []);
      assert.deepEqual(await counts(shop, data), equalCounts(living));
      await assertNotChangeable(shop, victim, campaign);

      const after = await snapshot(shop);
      assert.ok(!JSON.stringify(after).includes(victim.tag));
      const others = (list, id) => list.filter((row) => String(row[id]) !== String(victim.id));
      const { address, profile, subscriber } = victim.made;
      assert.ok(before.segments.some(({ members }) => members.some(({ id }) => id === profile)));
      assert.deepEqual(after, {
        ...before,
        customers: others(before.customers, 'id'),
        addresses: others(before.addresses, 'customer_id'),
        values: others(before.values, 'customer_id'),
        fields: others(before.fields, 'customer_id').filter((field) => field.address_id !== address),
        metafields: others(before.metafields, 'resource_id'),
        subscribers: before.subscribers.filter(({ id }) => id !== subscriber),
        profiles: others(before.profiles, 'customer_id'),
        segments: before.segments.map((segment) => ({ ...segment, members: segment.members.filter(({ id }) => id !== profile) })),
        instruments: others(before.instruments, 'customer_id'),
        orders: before.orders.filter(({ customer }) => customer.customer_id !== victim.id),
        discounts: before.discounts.map((discount) => ({ ...discount, customer_coupons: discount.customer_coupons.map((coupon) => ({ ...coupon, customer_email: coupon.customer_email === victim.email ? '' : coupon.customer_email })) })),
        credit: others(before.credit, 'customer_id'),
        transactions: before.transactions.filter(({ code }) => code !== victim.code),
        found: before.found.filter(({ code }) => code !== victim.code),
        wishes: others(before.wishes, 'CustomerId'),
        web: others(before.web, 'customer_id'),
        accounts: others(before.accounts, 'Bvin'),
        count: living,
        v2: living,
        total: living,
      });
    });
  }

  await t.test('and after a restart', async () => {
    await shop.server.stop();
    const again = { ...clients(await serve(t, data), store), segment: shop.segment, data, offers: shop.offers };
    again.app2 = Object.assign(shop.app2, { server: again.server });
    assert.deepEqual(await counts(again, data), equalCounts(living));
    for (const [name, answer] of Object.entries(await ask(questions(again, people[0])))) assert.ok(answer > 0, name);
    for (const tag of ['zqann', 'zqbob', 'zqcat', 'zqdan', 'zqeve']) {
      assert.ok(!JSON.stringify(await snapshot(again)).includes(tag));
    }
  });
});

test('who comes back under the same number, e-mail and code is a new person, also while the old records wait for the sweep', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  // So many records that the sweep has work for a while.
  const rows = Array.from({ length: 450 }, (_, i) => ({
    ...fullRow(1001 + i, `zqold${i}`),
    transactions: Array.from({ length: 150 }, (_, k) => ({ ref: `t${k}`, campaign: 'Points', date: '2024-01-05', points: '10', description: 'zqold' })),
  }));
  await importRows(data, 'shop', rows);
  const server = await serve(t, data, ['--metrics', '127.0.0.1:0']);
  const shop = clients(server, store);
  const people = rows.map((row, i) => whoIs(row, `zqold${i}`));

  // At once, and for as long as the backlog lasts, nothing of them is anywhere. The sweep is quick, so
  // not every look comes before it; one has to.
  const half = people.slice(0, 225);
  const seen = [];
  for (let i = 0; i < half.length; i += 75) {
    const piece = half.slice(i, i + 75);
    const reading = Array.from({ length: 20 }, () => shop.big.find('limit=1')); // the sweep gives way to these
    assert.equal((await shop.big.delete(...piece.map((p) => p.id))).status, 204);
    seen.push(await server.metric('oubli_sweep_backlog'));
    assert.deepEqual(await placesOf(shop, piece[74]), []);
    seen.push(await server.metric('oubli_sweep_backlog'));
    await Promise.all(reading);
  }
  console.log(`sweep backlog before and after each look: ${seen.join(', ')}`);
  assert.ok(Math.max(...seen) > 0, 'this test has to look while the sweep is still to come');
  assert.deepEqual(await counts(shop, data), equalCounts(225));

  // The same numbers, codes and addresses again, with one transaction each.
  const again = half.slice(0, 50).map(({ row }, i) => ({
    ...fullRow(row.id, `zqnew${i}`), email: row.email, code: row.code, card_number: row.card_number,
    addresses: [], attributes: {}, orders: [], transactions: [{ ref: 't1', campaign: 'Points', date: '2025-01-05', points: '3' }],
  }));
  assert.deepEqual(await importRows(data, 'shop', again), { created: 50, updated: 0, refused: 0 });
  const check = async () => {
    for (const row of again) {
      const info = await shop.sticky.info({ code: row.code });
      assert.equal(info.customer.first_name, row.first_name);
      assert.deepEqual(info.campaigns.map((c) => [c.name, c.balance]), [['Points', '3']]);
      const [customer] = await shop.big.find(`id:in=${row.id}&include=addresses,attributes`);
      assert.deepEqual([customer.email, customer.addresses, customer.attributes], [row.email, [], []]);
      assert.deepEqual((await shop.cakes.get(row.id)).Content.Addresses, []);
    }
    assert.deepEqual(await counts(shop, data), equalCounts(275));
  };
  await check();
  for (const end = Date.now() + 60_000; (await server.metric('oubli_sweep_backlog')) > 0;) {
    assert.ok(Date.now() < end, 'the sweep does not come to an end');
    await new Promise((done) => setTimeout(done, 50));
  }
  await check(); // the sweep of the former ones has not touched the new ones
});

test('the setting erase_subscribers: no keeps the newsletter subscriber, and nothing else', async (t) => {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const people = ['zqann', 'zqbob', 'zqcat'].map((tag, i) => whoIs(fullRow(101 + i, tag), tag));
  await importRows(data, 'shop', people.map((p) => p.row));
  const shop = clients(await serve(t, data), store);
  await addSecondApplication(shop, data);
  await addSegments(shop);
  for (const person of people) person.made = await attach(shop, person);
  const left = ({ email }) => shop.big.data('GET', `/subscribers?email=${enc(email)}`);
  await cli(data, 'setting', 'set', '--store', 'shop', 'erase_subscribers', 'no');
  const before = await left(people[0]);
  assert.equal((await shop.big.delete(people[0].id)).status, 204);
  assert.deepEqual(await left(people[0]), before);
  assert.deepEqual(await placesOf(shop, people[0]), ['big subscribers']);
  await cli(data, 'setting', 'set', '--store', 'shop', 'erase_subscribers', 'yes');
  assert.equal((await shop.web.delete(people[1].id)).status, 204);
  assert.deepEqual(await placesOf(shop, people[1]), []);
  // The one that stayed can be erased by itself, and the living customer's is not touched.
  assert.equal((await shop.big.call('DELETE', `/subscribers?email=${enc(people[0].email)}`)).status, 204);
  assert.deepEqual(await placesOf(shop, people[0]), []);
  assert.equal((await left(people[2])).length, 1);
  // Erasing a subscriber is no erasure of the customer.
  assert.equal((await shop.big.call('DELETE', `/subscribers/${people[2].made.subscriber}`)).status, 204);
  assert.deepEqual(await left(people[2]), []);
  for (const [name, question] of Object.entries(questions(shop, people[2]))) {
    if (!name.startsWith('subscriber')) assert.ok((await question()) > 0, name);
  }
});

const CLEAR_ALLS = {
  Hotcakes: {
    refused: async ({ cakes }) => assert.equal(await cakes.clearAll(), false),
    done: async ({ cakes }) => assert.equal(await cakes.clearAll(), true),
  },
  'BigCommerce V2': {
    refused: ({ big }) => big.done(405, 'DELETE', '/v2/customers'),
    done: ({ big }) => big.done(204, 'DELETE', '/v2/customers'),
  },
};

for (const [dialect, clearAll] of Object.entries(CLEAR_ALLS)) test(`clear-all through ${dialect} removes every customer and nothing else`, async (t) => {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const other = await makeStore(data, 'other');
  const people = ['zqann', 'zqbob', 'zqcat'].map((tag, i) => whoIs(fullRow(101 + i, tag), tag));
  for (const handle of ['shop', 'other']) await importRows(data, handle, people.map((p) => p.row));
  const server = await serve(t, data, ['--webhook-allow', '127.0.0.0/8']);
  const shop = clients(server, store);
  const neighbour = clients(server, other);
  for (const each of [shop, neighbour]) {
    await prepare(each, data);
  }
  await shop.sticky.campaign('Made by hand', 'giftcard', {});
  const campaign = (await shop.sticky.done('campaigns_list')).campaigns.find((c) => c.name === 'Points').id;
  let lastTransaction = 0;
  for (const person of people) lastTransaction = await addThroughDialects(shop, person, campaign);
  const [extra] = await shop.big.create({ email: 'last@example.com', first_name: 'Last', last_name: 'One' });
  const [address] = await shop.big.data('POST', '/addresses', [{ customer_id: extra.id, first_name: 'L', last_name: 'O', address1: '1',
    city: 'C', state_or_province: 'Texas', postal_code: '1', country_code: 'US' }]);
  for (const person of people) await attach(neighbour, person);
  // A subscriber who is nobody's customer, and what the store has decided and asked for.
  await shop.big.data('POST', '/subscribers', { email: 'stranger@example.com' });
  await shop.big.done(200, 'POST', '/v3/hooks', { scope: 'store/customer/created', destination: 'http://127.0.0.1:9/' });
  await shop.big.data('PUT', '/settings', { privacy_settings: { policy_url: 'https://example.com/policy' } });
  await shop.big.data('PUT', '/settings/channels/2', { allow_global_logins: false });
  const campaigns = await shop.sticky.done('campaigns_list');
  const definitions = async (from) => ({
    groups: await from.big.done(200, 'GET', '/v2/customer_groups'),
    attributes: await from.big.all('/attributes'),
    segments: await from.big.rows('/v3/segments'),
    settings: [await from.big.data('GET', '/settings'), await from.big.data('GET', '/settings/channels/2')],
    hooks: (await from.big.done(200, 'GET', '/v3/hooks')).data,
    coupons: (await from.web.rows('/admin/discount_profiles', 'discount_profiles')).map((discount) => ({ ...discount, customer_coupons: discount.customer_coupons.map(({ id, code }) => ({ id, code })) })),
    prices: await from.cakes.made('pricegroups', 'GET', '/'),
  });
  const kept = await definitions(shop);
  for (const list of Object.values(kept)) assert.ok(list.length > 0, JSON.stringify(kept));
  const keys = await cli(data, 'key', 'list', '--store', 'shop');
  const [withGroup] = await shop.big.find('id:in=101&include=attributes');
  const otherBefore = await snapshot(neighbour);

  await clearAll.refused(shop); // the window is closed
  assert.equal(await shop.cakes.count(), 4);
  const window = await cli(data, 'window', 'open', '--store', 'shop');
  await clearAll.done(shop);

  for (const person of [...people, { id: extra.id, email: 'last@example.com' }]) assert.deepEqual(await placesOf(shop, person), []);
  for (const person of people) {
    for (const [name, answer] of Object.entries(await ask(questions(shop, person)))) assert.equal(answer, 0, name);
    await assertNotChangeable(shop, person, campaign);
  }
  assert.deepEqual(await counts(shop, data), equalCounts(0));
  assert.deepEqual(await shop.cakes.all(), []);
  const empty = await snapshot(shop);
  for (const name of ['customers', 'addresses', 'values', 'fields', 'metafields', 'subscribers', 'profiles', 'accounts', 'orders', 'transactions', 'found', 'wishes']) assert.deepEqual(empty[name], [], name);
  assert.deepEqual(empty.segments.map(({ members }) => members), [[], []]);
  assert.deepEqual(await definitions(shop), kept);

  // What stays too: campaigns, keys, the window, the counters.
  assert.deepEqual(await shop.sticky.done('campaigns_list'), campaigns);
  assert.deepEqual(await cli(data, 'key', 'list', '--store', 'shop'), keys);
  assert.equal((await cli(data, 'window', 'show', '--store', 'shop')).until, window.until);
  assert.deepEqual(await snapshot(neighbour), otherBefore);
  const [next] = await shop.big.create({ email: 'last@example.com', first_name: 'Next', last_name: 'One',
    addresses: [{ first_name: 'L', last_name: 'O', address1: '1', city: 'C', state_or_province: 'Texas', postal_code: '1', country_code: 'US' }] });
  assert.ok(next.id > extra.id, `customer ${next.id} after ${extra.id}`);
  assert.ok(next.addresses[0].id > address.id, `address ${next.addresses[0].id} after ${address.id}`);
  const transaction = await shop.sticky.activity({ campaign_id: campaign, code: codeOf(next.id), amount: '1' });
  assert.ok(Number(transaction.receipt.transaction.id) > lastTransaction);
  await importRows(data, 'shop', [{ email: 'group@example.com', group: 'VIP', attributes: { 'Hat size': '8' } }]);
  const [member] = await shop.big.find('email:in=group@example.com&include=attributes');
  assert.equal(member.customer_group_id, withGroup.customer_group_id);
  assert.equal(member.attributes[0].attribute_id, withGroup.attributes[0].attribute_id);
  assert.ok(member.attributes[0].id > withGroup.attributes[0].id);

  // Inside the window again, and with nobody there.
  await clearAll.done(shop);
  await clearAll.done(shop);
  assert.deepEqual(await counts(shop, data), equalCounts(0));
  await server.stop();
  const after = clients(await serve(t, data), store);
  assert.deepEqual(await counts(after, data), equalCounts(0));
  assert.deepEqual(await after.sticky.done('campaigns_list'), campaigns);
  assert.deepEqual(await definitions(after), kept);
});

// The code of somebody who has none of their own is made from the number (docs/decisions/002).
const codeOf = (id) => `8${String(id).padStart(15, '0')}`;
