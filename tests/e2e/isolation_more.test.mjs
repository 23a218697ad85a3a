// The calls of WebCommander, Sticky Street and Hotcakes about what hangs on a customer, each with a key
// of store A and the numbers of store B: B's are unknown there, and B stays what it is. A line for
// every call; isolation.test.mjs holds the ways to be somebody else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { StickyStreet } from './dialects.mjs';
import { leavesAlone, makeTwo, plain } from './twostores.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const CODE = '5000000000000001';
const ADDRESS = { first_name: 'Mallory' };
const LINE = { product_id: 1, quantity: 1 };

// [method, target, body, status, what the answer has to say]
const webCalls = ({ bob, offers }) => {
  const order = `/admin/orders/${bob.order}`;
  const { session, item, made } = bob.cart;
  const customer = '/admin/customers/5001';
  const nobody = /Customer Not Found/;
  const noOrder = /Order Not Found/;
  const noCart = /Your shopping cart is empty/;
  const discount = `/admin/discount_profiles/${offers.discount}`;
  return [
    ['GET', '/admin/customers', undefined, 200, /"total":1,/],
    ['GET', '/admin/customers/count?email=bob@example.com', undefined, 200, /^\{"total":0\}$/],
    ['GET', '/admin/customers/count', undefined, 200, /^\{"total":1\}$/],
    ['GET', '/admin/customers/check-email?email=bob@example.com', undefined, 200, /^\{"exists":false\}$/],
    ['POST', '/admin/customers/bulk-reset-password', { customer_ids: [5001] }, 202, /"skipped":\[\{"customer_id":5001,"reason":"not_found"\}\]/],
    ['GET', customer, undefined, 404, nobody],
    ['PUT', customer, { customer: ADDRESS }, 404, nobody],
    ['DELETE', customer, undefined, 404, nobody],
    ['POST', `${customer}/addresses`, { customer: { addresses: [{ type: 'billing', ...ADDRESS }] } }, 404, nobody],
    ['POST', `${customer}/reset-password`, { customer: { password: 'mallory12345' } }, 404, nobody],
    ['POST', `${customer}/change-password`, { customer: { email: 'bob@example.com', old_password: 'x', password: 'y' } }, 404, nobody],
    ['GET', `${customer}/store-credit/adjustments`, undefined, 404, nobody],
    ['POST', `${customer}/store-credit/adjustments`, { action: 'add', amount: 1 }, 404, nobody],
    ['GET', `${customer}/orders`, undefined, 404, nobody],
    ['GET', '/admin/orders', undefined, 200, /"orders":\[\]/],
    ['GET', '/admin/orders?search_text=bob@example.com', undefined, 200, /"orders":\[\]/],
    ['GET', '/admin/orders/count', undefined, 200, /"count":0/],
    ['POST', '/admin/orders', { customer_id: 5001, products: [LINE] }, 400, /No Customer Found/],
    ['POST', '/admin/orders/with-payment', { customer_id: 5001, products: [LINE], payment: { amount: 0 } }, 400, /No Customer Found/],
    ['POST', '/admin/orders', { customer_id: 1, products: [LINE], discounts: { coupon_code: offers.codes[0] } }, 422, /Invalid Code/],
    ['POST', `/admin/orders/carts/${session}`, { customer_id: 1 }, 400, noCart],
    ['GET', order, undefined, 404, noOrder],
    ['PUT', order, { customer_id: 1 }, 404, noOrder],
    ['PATCH', order, { order_status: 'completed' }, 404, noOrder],
    ['DELETE', order, undefined, 200, /"status":"not_found"/],
    ['PATCH', `${order}/addresses`, { billing_address: ADDRESS }, 404, noOrder],
    ['POST', `${order}/cancel`, {}, 404, noOrder],
    ['PATCH', `${order}/update-status`, { status: 'completed' }, 404, noOrder],
    ['GET', `${order}/comments`, undefined, 404, noOrder],
    ['POST', `${order}/comments`, { content: 'Mallory' }, 404, noOrder],
    ['GET', `/carts/${session}`, undefined, 400, noCart],
    ['GET', `/carts/${made}`, undefined, 400, noCart],
    ['PATCH', `/carts/${session}`, { cart_item_id: item, quantity: 9 }, 404, /cart item not found/],
    ['DELETE', `/carts/${session}`, undefined, 400, noCart],
    ['DELETE', `/carts/${session}/cart_items/${item}`, undefined, 404, /cart item not found/],
    ['GET', '/admin/discount_profiles', undefined, 200, /"discount_profiles":\[\]/],
    ['GET', discount, undefined, 404, /Not Found/],
    ['PUT', discount, { name: 'Mallory' }, 404, /Not Found/],
    ['DELETE', discount, undefined, 404, /Not Found/],
    ['POST', `${discount}/create-coupons`, { requested_codes: 1 }, 404, /Not Found/],
    ['POST', '/admin/discount_coupons/assign-customer', { code: bob.coupon, email: 'ann@example.com' }, 400, /coupon\.not\.found/],
    ['POST', '/admin/discount_coupons/assign-customer', { code: bob.coupon, email: 'bob@example.com' }, 400, /customer\.not\.found/],
  ];
};

test('WebCommander: every call with the numbers of another store finds nothing there', async (t) => {
  const { a, b } = await makeTwo(t);
  await leavesAlone(b, async () => {
    for (const [method, target, body, status, words] of webCalls(b)) {
      const answer = await a.web.api(method, target, body);
      assert.equal(answer.status, status, `${method} ${target}: ${answer.body}`);
      assert.match(answer.body, words, `${method} ${target}`);
      assert.ok(!/secret|bob@|Bob/.test(answer.body), `${method} ${target}: ${answer.body}`);
    }
    assert.ok(!/secret|bob@/.test(await a.web.exported()));
    const imported = (await a.web.import('customer_id,First Name\n5001,Mallory\n')).json;
    assert.deepEqual([imported.updated, imported.failed], [0, 1], JSON.stringify(imported));
    // The same words for a session are another cart in another store.
    const { internal_id } = (await a.web.get(1)).json.customer;
    const { cart } = await a.web.done(201, 'POST', '/carts', { ...LINE, customer_id: internal_id, session_id: b.bob.cart.session });
    assert.deepEqual(cart.items.map(({ quantity }) => quantity), [1]);
    await a.web.done(200, 'PUT', `/carts/${b.bob.cart.session}`, {});
    await a.web.done(204, 'DELETE', `/carts/${b.bob.cart.session}`);
  });
});

// type -> what is sent with it, with B's codes, campaigns and numbers.
const stickyCalls = ({ points, bob, offers }) => {
  const who = { campaign_id: points, code: CODE };
  return {
    customer_delete: { code: CODE },
    record_customer: { customer_action: 'register', code: CODE, first_name: 'Mallory' },
    generate_card_number: {},
    customer_search: { code: CODE },
    customer_find: { find_customer: 'secret' },
    customer_info: { code: CODE },
    customer_balance: who,
    validate_customer_password: { code: CODE, customer_PIN: '4321' },
    card_replace: { previous_code: CODE, new_card_number: '77' },
    customers_batch: { campaigns_to_include: points, code: '1', profiles_data: '987654321\n' },
    reports: { report: 'customers_balances', campaign_id: points },
    record_activity: { ...who, amount: '1' },
    redeem: { ...who, custom_points_redeem: '1' },
    transaction_delete: { ...who, transaction_id: bob.transaction },
    batch_transactions: { campaign_id: points, Visits_Data: '55,1\n' },
    transaction_fields: {},
    generate_time_token: {},
    validate_time_token: { token: 'x' },
    campaigns_list: {},
    campaigns_inactive_list: {},
    campaign_rewards: { campaign_id: points },
    campaign_promos: { campaign_id: points },
    buyx_items_list: { campaign_id: offers.buyx },
    campaign_new: { action: 'reward', campaign_id: points, reward_level: '1', reward_description: 'Mallory' },
    campaign_update: { action: 'campaign', campaign_id: points, new_campaign_name: 'Mallory' },
    campaign_delete: { action: 'campaign', campaign_id: points },
    campaign_deactivate: { campaign_id: points },
    campaign_reactivate: { campaign_id: points },
    account_info: {},
    account_update: { biz_name: 'Mallory' },
    user_info: { affected_user_id: 'till' },
    users_list: {},
    user_login: {},
    user_new: { affected_user_id: 'mallory', permissions: 'view' },
    user_update: { affected_user_id: 'till', new_api_key: 'Yes' },
    user_delete: { affected_user_id: 'till' },
    campaign_users: { action: 'add', affected_user_id: 'till', campaign_id: points },
    manage_fields: { action: 'add', name: 'custom_field_9', label: 'Mallory', field_type: 'Text' },
  };
};
// What succeeds in A's own account, since it names nothing of B.
const OWN = ['generate_card_number', 'transaction_fields', 'generate_time_token', 'campaigns_list', 'campaigns_inactive_list', 'account_info', 'account_update', 'user_login', 'user_new', 'manage_fields'];

test('Sticky Street: every call on another account, and with its numbers in the own one', async (t) => {
  const { a, b } = await makeTwo(t);
  const till = (await b.sticky.done('user_new', { affected_user_id: 'till', permissions: 'view,customers,transactions,all_campaigns' })).user;
  const calls = stickyCalls(b);
  const page = fs.readFileSync(path.join(here, '../../docs/dialects/stickystreet.md'), 'utf8');
  const listed = page.slice(page.indexOf('\n## Calls'), page.indexOf('Everything else is answered')).match(/^\| .*? \|/gm).flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, type]) => type));
  const known = new Set([...Object.keys(calls), 'new', 'register', 'edit', 'find_customer', 'balance', 'customer_action', 'type']);
  assert.deepEqual(listed.filter((type) => !known.has(type)), [], 'calls without a line in this table');
  const asTill = new StickyStreet(a.server, 'b', { user_id: 'till', api_key: till.user_api_key });
  assert.equal((await asTill.info({ code: CODE })).status, 'success');
  const users = await b.sticky.done('users_list');
  await leavesAlone(b, async () => {
    for (const [type, fields] of Object.entries(calls)) {
      // A's owner on B's account, B's till on A's: the answer is that for an account that there is not.
      const refused = plain(await a.sticky.post({ type, ...fields, output: 'JSON', account_id: 'b' }));
      assert.equal(JSON.parse(refused.body).error, 'User does not have permission to access the account affected', type);
      assert.deepEqual(refused, plain(await a.sticky.post({ type, ...fields, output: 'JSON', account_id: 'nosuchstore' })), type);
      const foreign = await asTill.post({ type, ...fields, output: 'JSON', account_id: 'a' });
      assert.match(foreign.json.error, /User does not have permission/, type);
      const own = await a.sticky.post({ type, ...fields, output: 'JSON' });
      assert.equal(own.json.status, OWN.includes(type) ? 'success' : 'error', `${type}: ${own.body}`);
      assert.ok(!/secret|bob@|Bob|Points|Gift card|"till"/.test(own.body), `${type}: ${own.body}`);
    }
  });
  assert.deepEqual(await b.sticky.done('users_list'), users);
  assert.equal((await asTill.info({ code: CODE })).status, 'success'); // the till's key is the same
  assert.deepEqual((await a.sticky.done('reports', { report: 'transactions_all' })).transactions, []);
});

// [resource, method, target, body, query, Content, the error's code]
const cakesCalls = ({ bob, offers, number }) => {
  const wish = { Id: bob.wish, StoreId: number, CustomerId: '5001', ProductId: 'mallory', Quantity: 1, SelectionData: [] };
  const group = { Bvin: offers.group, StoreId: number, Name: 'Mallory', PricingType: 0, AdjustmentAmount: 99 };
  return [
    ['wishlistitems', 'GET', '', undefined, '', null, 'NULL'],
    ['wishlistitems', 'GET', '', undefined, '&id=5001', null, 'NULL'],
    ['wishlistitems', 'GET', `/${bob.wish}`, undefined, '', null, 'NULL'],
    ['wishlistitems', 'POST', '', { ...wish, Id: 0 }, '', null, 'EXCEPTION'],
    ['wishlistitems', 'POST', `/${bob.wish}`, wish, '', null, 'NULL'],
    ['wishlistitems', 'POST', `/${bob.wish}`, { ...wish, CustomerId: '1' }, '', null, 'NULL'],
    ['wishlistitems', 'DELETE', `/${bob.wish}`, undefined, '', false, undefined],
    ['pricegroups', 'GET', '', undefined, '', [], undefined],
    ['pricegroups', 'GET', `/${offers.group}`, undefined, '', null, 'NULL'],
    ['pricegroups', 'POST', `/${offers.group}`, group, '', null, 'NULL'],
    ['pricegroups', 'DELETE', `/${offers.group}`, undefined, '', false, undefined],
    ['categories', 'DELETE', '', undefined, '', false, undefined],
    ['products', 'DELETE', '', undefined, '&howmany=5', { ProductsCleared: 0, ProductsRemaining: -1 }, undefined],
    ['customeraccounts', 'DELETE', '', undefined, '', false, undefined],
  ];
};

test('Hotcakes: every resource with the numbers of another store, and with half of its key', async (t) => {
  const { a, b, openWindow } = await makeTwo(t);
  await openWindow('b'); // it is not A's
  const mixed = Object.assign(Object.create(Object.getPrototypeOf(a.cakes)), a.cakes, { key: { key: a.cakes.key.key.replace(/^\d+/, String(b.number)) } });
  await leavesAlone(b, async () => {
    for (const [resource, method, target, body, query, content, code] of cakesCalls(b)) {
      const answer = await a.cakes.rest(resource, method, target, body, query);
      assert.deepEqual([answer.Content, answer.Errors[0]?.Code], [content, code], `${method} ${resource}${target}`);
      assert.ok(!/secret|Gold/.test(JSON.stringify(answer)));
      const refused = await mixed.rest(resource, method, target, body, query);
      assert.deepEqual([refused.Content, refused.Errors[0].Code], [null, 'KEY'], `${method} ${resource}${target}`);
    }
  });
});

test('who is no administrator deletes neither customer nor order, and who may only look changes nothing', async (t) => {
  const { a, b, staffOf } = await makeTwo(t);
  const staff = await staffOf('b');
  await leavesAlone(b, async () => {
    for (const target of ['/admin/customers/5001', `/admin/orders/${b.bob.order}`, '/admin/orders/999999']) {
      const answer = await staff.web.api('DELETE', target);
      assert.equal(answer.status, 403, `${target}: ${answer.body}`);
      assert.match(answer.body, /Access denied/);
    }
  });
  assert.equal((await staff.web.api('GET', `/admin/orders/${b.bob.order}`)).status, 200);
  const made = (await b.sticky.done('user_new', { affected_user_id: 'eyes', permissions: 'view,all_campaigns' })).user;
  const eyes = new StickyStreet(a.server, 'b', { user_id: 'eyes', api_key: made.user_api_key });
  const reads = ['generate_card_number', 'customer_search', 'customer_find', 'customer_info', 'customer_balance', 'validate_customer_password', 'reports', 'transaction_fields', 'generate_time_token',
    'validate_time_token', 'campaigns_list', 'campaigns_inactive_list', 'campaign_rewards', 'campaign_promos', 'buyx_items_list', 'account_info', 'user_info', 'user_login'];
  await leavesAlone(b, async () => {
    for (const [type, fields] of Object.entries(stickyCalls(b))) {
      const answer = await eyes.call(type, type === 'user_info' ? {} : fields);
      const may = reads.includes(type);
      assert.equal(/permission|Only account owners/.test(answer.error ?? ''), !may, `${type}: ${JSON.stringify(answer)}`);
    }
  });
});
