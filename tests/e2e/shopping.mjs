// What WebCommander, Sticky Street and Hotcakes hang on a customer: orders, carts, coupons, store
// credit, mails that wait, transactions of every sort, wish lists. To attach it, to ask for it in every
// way there is, and to try and change it. belongings.mjs does the same for BigCommerce.
import assert from 'node:assert/strict';
import { PASSWORD } from './belongings.mjs';
import { cli } from './harness.mjs';

const enc = encodeURIComponent;

// What is the store's own, and stays: a discount with coupons, campaigns, a price group.
export async function addOffers(shop) {
  const { web, sticky, cakes } = shop;
  const { discount_profile } = await web.done(201, 'POST', '/admin/discount_profiles', { name: 'Spring', type: 'offer_coupon' });
  const { codes } = await web.done(201, 'POST', `/admin/discount_profiles/${discount_profile.id}/create-coupons`, { requested_codes: 20 });
  shop.offers = {
    discount: discount_profile.id,
    codes,
    gift: await sticky.campaign('Gift card', 'giftcard', {}),
    buyx: await sticky.campaign('Ten teas', 'buyx', {}),
    group: (await cakes.made('pricegroups', 'POST', '/', { Name: 'Gold', PricingType: 4, AdjustmentAmount: 12.5 })).Bvin,
  };
  await sticky.done('campaign_new', { action: 'item', campaign_id: shop.offers.buyx, reward_level: '10', item_description: 'Tea', item_identifier: 'tea' });
}

const orderAddress = (tag) => ({ first_name: `Order${tag}`, last_name: `Last${tag}`, email: `order${tag}@example.com`, company_name: `Company${tag}`,
  address_line_1: `5 Street${tag}`, city: `City${tag}`, post_code: '3000', country: 'AU', state: 'Victoria', phone: '030' });
const product = (tag, n) => ({ product_id: n, quantity: 2, product_name: `Mug${n} ${tag}`, sku: `Mug${n}${tag}`, price: 12.5 });

async function addOrders({ web, offers }, { id, tag }) {
  const body = { customer_id: id, products: [product(tag, 1)], billing_address: orderAddress(tag), shipping_address: orderAddress(tag),
    transaction_no: `Txn${tag}`, external_reference_order_id: `Ext${tag}`, discounts: { coupon_code: offers.codes[0] } };
  const { order } = await web.done(201, 'POST', '/admin/orders', body);
  await web.done(200, 'PATCH', `/admin/orders/${order.order_id}`, { customer_po_number: `Po${tag}`, payment_term: `Term${tag}` });
  const { comment } = await web.done(201, 'POST', `/admin/orders/${order.order_id}/comments`, { content: `Comment ${tag}`, save_and_send: true });
  assert.equal(comment.content, `Comment ${tag}`);
  const { order: cancelled } = await web.done(201, 'POST', '/admin/orders/with-payment', { ...body, payment: { amount: 25, status: 'success', payment_method: `Card${tag}`, track_info: `Track${tag}` } });
  await web.done(201, 'POST', `/admin/orders/${cancelled.order_id}/cancel`, { reason: `Reason ${tag}` });
  return { order: order.order_id, cancelled: cancelled.order_id };
}

async function addCarts({ web }, { id, tag }, internal) {
  const cart = (n, session_id) => web.done(201, 'POST', '/carts', { ...product(tag, n), customer_id: internal, session_id, shipping_address: { first_name: `Cart${tag}`, address_line1: `6 Street${tag}`, city: `City${tag}` } });
  const session = `cart-${tag}`;
  const { cart: { items } } = await cart(2, session);
  await web.done(200, 'PATCH', `/carts/${session}`, { cart_item_id: items[0].id, quantity: 3, billing_address: { first_name: `Bill${tag}` } });
  const { cart: { session_id } } = await cart(3);
  const { order } = await web.done(201, 'POST', '/admin/orders/carts/' + (await cart(4, `order-${tag}`)).cart.session_id, { customer_id: id, payment_gateway: 'PIS', delivery_type: 'shipping', transaction_no: `Cart${tag}` });
  return { session, item: items[0].id, made: session_id, order: order.order_id };
}

async function addTransactions({ sticky, offers }, { tag, code, card }, points) {
  const entry = await sticky.activity({ campaign_id: points, code, amount: '50', authorization: `Act${tag}`, custom_field_1: `Own${tag}` });
  await sticky.done('redeem', { campaign_id: points, code, custom_points_redeem: '3', authorization: `Red${tag}` });
  await sticky.activity({ campaign_id: offers.gift, card_number: card, amount: '20.50' });
  await sticky.activity({ campaign_id: offers.buyx, code, service_product: 'tea', buyx_quantity: '2' });
  await sticky.done('batch_transactions', { campaign_id: offers.gift, code: '1', amount: '2', authorization: '3', Visits_Data: `${code},1.25,Batch${tag}` });
  await sticky.edit({ code, customer_PIN: '4321', custom_field_7: `Seven${tag}` });
  await sticky.done('customers_batch', { overwrite_duplicates: 'Y', code: '1', custom_field_8: '2', profiles_data: `${code},Eight${tag}` });
  return entry.receipt.transaction.id;
}

// Answers the ids of what was made. `points` is the campaign of points that the customer is in.
export async function attachShopping(shop, customer, points) {
  const { id, tag, email } = customer;
  const { web, cakes, offers } = shop;
  const { internal_id } = (await web.get(id)).json.customer;
  const made = { internal: internal_id, points, ...(await addOrders(shop, customer)), cart: await addCarts(shop, customer, internal_id) };
  made.coupon = offers.codes[id % offers.codes.length];
  await web.done(201, 'POST', '/admin/discount_coupons/assign-customer', { code: made.coupon, email });
  await web.done(201, 'POST', `/admin/customers/${id}/store-credit/adjustments`, { action: 'add', amount: 20, note: `Refund ${tag}` });
  await web.done(201, 'POST', `/admin/customers/${id}/store-credit/adjustments`, { action: 'deduct', amount: 2.5, note: `Spent ${tag}` });
  assert.deepEqual((await web.done(202, 'POST', '/admin/customers/bulk-reset-password', { customer_ids: [id] })).queued, [id]);
  const imported = (await web.import(`Customer Id,Fax,ABN\n${id},557${id},Abn${tag}\n`)).json;
  assert.deepEqual([imported.updated, imported.failed], [1, 0], JSON.stringify(imported));
  made.transaction = await addTransactions(shop, customer, points);
  const wish = (n) => cakes.made('wishlistitems', 'POST', '/', { CustomerId: String(id), ProductId: `prod${n}${tag}`, Quantity: n, SelectionData: [{ OptionBvin: `opt${tag}`, SelectionData: `Pick${tag}` }] });
  made.wish = (await wish(1)).Id;
  await wish(2);
  return made;
}

// Every question about these things: name -> how many answers.
export function questionsOfShopping(shop, { id, tag, email, code, card, row }, made) {
  const { web, sticky, cakes, data } = shop;
  const tagged = (one) => JSON.stringify(one).includes(tag);
  const page = (query) => async () => (await web.done(200, 'GET', `/admin/orders?${query}`)).pagination.total;
  const count = (query) => async () => (await web.done(200, 'GET', `/admin/orders/count?${query}`)).orders.count;
  // Nobody and nothing is 404, and for a cart 400.
  const seen = (target, amount = () => 1) => async () => {
    const answer = await web.api('GET', target);
    if (answer.status !== 200) assert.ok(answer.status === 404 || (answer.status === 400 && target.startsWith('/carts')), `${target}: ${answer.status} ${answer.body}`);
    return answer.status === 200 ? amount(answer.json) : 0;
  };
  const customers = (query) => async () => (await web.done(200, 'GET', `/admin/customers/count?${query}`)).total;
  const list = (type, fields, part = 'customers') => async () => {
    const answer = await sticky.call(type, fields);
    if (answer.status === 'success') return answer[part].filter(tagged).length;
    assert.equal(answer.error, 'No customer matches data provided.');
    return 0;
  };
  const known = (type, fields) => async () => ((await sticky.call(type, fields)).status === 'success' ? 1 : 0);
  const report = (name, fields = {}, part) => list('reports', { report: name, ...fields }, part);
  const wide = { date_start: '2000-01-01', date_end: '2099-12-31' };
  return {
    'web orders of customer': seen(`/admin/customers/${id}/orders`, ({ orders }) => orders.length),
    'web orders by customerId': page(`customerId=${made.internal}`),
    'web orders by name': page(`customerName=${row.last_name}`),
    'web orders by search_text': page(`search_text=${enc(email)}`),
    'web orders by product': page(`productName=${enc(`Mug1 ${tag}`)}`),
    'web orders by sku': count(`productSku=Mug1${tag}`),
    'web orders by reference': count(`externalReferenceOrderId=Ext${tag}`),
    'web orders by number': page(`order_no=${made.order}`),
    'web orders cancelled': page(`order_status=cancelled&customerId=${made.internal}`),
    'web orders list': async () => (await web.rows('/admin/orders', 'orders')).filter(tagged).length,
    'web orders sorted by name': async () => (await web.rows('/admin/orders', 'orders', 'sort=customerName')).filter(tagged).length,
    'web order': seen(`/admin/orders/${made.order}`),
    'web order, cancelled': seen(`/admin/orders/${made.cancelled}`),
    'web order, of a cart': seen(`/admin/orders/${made.cart.order}`),
    'web comments': seen(`/admin/orders/${made.order}/comments`, ({ comments }) => comments.length),
    'web cart': seen(`/carts/${made.cart.session}`),
    'web cart, made session': seen(`/carts/${made.cart.made}`),
    'web credit': seen(`/admin/customers/${id}/store-credit/adjustments`, (json) => json.pagination.total),
    'web coupon': async () => (await web.done(200, 'GET', `/admin/discount_profiles/${shop.offers.discount}`)).discount_profile.customer_coupons.filter(({ customer_email }) => customer_email === email).length,
    'web coupons': async () => (await web.rows('/admin/discount_profiles', 'discount_profiles')).filter(tagged).length,
    'web count email': customers(`email=${enc(email)}`),
    'web count search': customers(`search=${tag}`),
    'web count company': customers(`companyName=${row.company}`),
    'web check-email': async () => ((await web.done(200, 'GET', `/admin/customers/check-email?email=${enc(email)}`)).exists ? 1 : 0),
    'web export': async () => ((await web.exported()).includes(tag) ? 1 : 0),
    'web mails': async () => (await cli(data, 'mail', 'list', '--store', shop.handle)).mails.filter(({ customer }) => customer === id).length,
    'sticky search code': list('customer_search', { code }),
    'sticky search exact': list('customer_search', { exact_match: 'sensitive', email }),
    'sticky search name': list('customer_search', { last_name: tag, include_balances: 'Y' }),
    'sticky search username': list('customer_search', { exact_match: 'insensitive', customer_username: row.username }),
    'sticky search custom field': list('customer_search', { custom_field_7: `Seven${tag}` }),
    'sticky search all': list('customer_search', {}),
    'sticky search password': list('customer_search', { last_name: tag, customer_password: PASSWORD }),
    'sticky find': list('customer_find', { find_customer: `${tag}@` }),
    'sticky balance': known('customer_balance', { campaign_id: made.points, code }),
    'sticky balance by card': known('balance', { campaign_id: shop.offers.gift, card_number: card }),
    'sticky password': known('validate_customer_password', { code, customer_password: PASSWORD }),
    'sticky PIN': known('validate_customer_password', { customer_username: row.username, customer_PIN: '4321' }),
    'report all': report('customers_all', wide),
    'report of campaigns': report('customers_all', { selected_campaigns: shop.offers.gift }),
    'report new': report('customers_new', wide),
    'report frequent': report('customers_frequent', { ...wide, frequency: '2', include_redeemed: 'Y' }),
    'report inactive': report('customers_inactive', { date_start: '1990-01-01', date_end: '1990-02-01' }),
    'report birthday': report('customers_birthday', { date_start: '2024-02-29', date_end: '2024-02-29' }),
    'report custom date': report('customers_custom_date', { date_start: '1980-02-29', date_end: '1980-02-29' }),
    'report search': report('customers_search', { search_text: tag }),
    'report balances': report('customers_balances', { campaign_id: shop.offers.buyx }),
    'report transactions': report('transactions_all', wide, 'transactions'),
    'report transactions of campaign': report('transactions_all', { selected_campaigns: made.points }, 'transactions'),
    'cakes wishes': async () => (await cakes.wishes(id)).length,
    'cakes wishes of all': async () => (await cakes.wishes()).filter(tagged).length,
    'cakes wish': async () => ((await cakes.rest('wishlistitems', 'GET', `/${made.wish}`)).Content === null ? 0 : 1),
  };
}

// Calls that would change or bring back what hangs on a customer who is gone.
export async function assertShoppingNotChangeable(shop, { id, tag, email, code, card }, made) {
  const { web, sticky, cakes } = shop;
  const refused = async (status, words, method, target, body) => {
    const answer = await web.api(method, target, body);
    assert.equal(answer.status, status, `${method} ${target}: ${answer.body}`);
    assert.match(answer.body, words, `${method} ${target}`);
  };
  const products = [product(tag, 1)];
  await refused(400, /No Customer Found/, 'POST', '/admin/orders', { customer_id: id, products });
  await refused(400, /No Customer Found/, 'POST', '/admin/orders/with-payment', { customer_id: id, products, payment: { amount: 1 } });
  await refused(400, /No Customer Found/, 'POST', '/carts', { ...products[0], customer_id: made.internal, session_id: `back-${tag}` });
  const order = `/admin/orders/${made.order}`;
  for (const [method, target, body] of [['PUT', '', { payment_term: 'Back' }], ['PATCH', '', { payment_term: 'Back' }], ['PATCH', '/addresses', { billing_address: orderAddress(tag) }],
    ['PATCH', '/update-status', { status: 'completed' }], ['POST', '/cancel', {}], ['POST', '/comments', { content: 'Back' }]]) {
    await refused(404, /Order Not Found/, method, order + target, body);
  }
  assert.deepEqual(await web.done(200, 'DELETE', order), { status: 'not_found', order_id: made.order });
  const { session, item } = made.cart;
  await refused(400, /Your shopping cart is empty/, 'DELETE', `/carts/${session}`);
  await refused(404, /cart item not found/, 'PATCH', `/carts/${session}`, { cart_item_id: item, quantity: 1 });
  await refused(404, /cart item not found/, 'DELETE', `/carts/${session}/cart_items/${item}`);
  await refused(400, /shopping cart is empty|No Customer Found/, 'POST', `/admin/orders/carts/${session}`, { customer_id: id });
  await refused(400, /customer\.not\.found/, 'POST', '/admin/discount_coupons/assign-customer', { code: made.coupon, email });
  const customer = `/admin/customers/${id}`;
  for (const [target, body] of [['/store-credit/adjustments', { action: 'add', amount: 1 }], ['/addresses', { customer: { addresses: [{ type: 'billing', first_name: 'Back' }] } }],
    ['/reset-password', { customer: { password: 'back12345' } }], ['/change-password', { customer: { email, old_password: PASSWORD, password: 'back12345' } }]]) {
    await refused(404, /Customer Not Found/, 'POST', customer + target, body);
  }
  assert.deepEqual((await web.done(202, 'POST', '/admin/customers/bulk-reset-password', { customer_ids: [id] })).skipped, [{ customer_id: id, reason: 'not_found' }]);
  const imported = (await web.import(`Customer Id,First Name\n${id},Back\n`)).json;
  assert.deepEqual([imported.created, imported.updated, imported.failed], [0, 0, 1], JSON.stringify(imported));
  for (const [type, fields] of Object.entries({
    redeem: { campaign_id: shop.offers.gift, code, reward_to_redeem: '1' },
    transaction_delete: { campaign_id: made.points, code, transaction_id: made.transaction },
    customer_balance: { campaign_id: made.points, code },
    card_replace: { previous_code: code, new_card_number: '123' },
    batch_transactions: { campaign_id: shop.offers.gift, code: '1', amount: '2', Visits_Data: `${code},1` },
    validate_customer_password: { card_number: card, customer_password: PASSWORD },
    record_customer: { customer_action: 'register', code, first_name: 'Back' },
  })) {
    const answer = await sticky.call(type, fields);
    assert.equal(answer.status, 'error', type);
    assert.match(answer.error, /No customer matches data provided\./, type);
  }
  const wish = { Id: made.wish, StoreId: shop.number, CustomerId: String(id), ProductId: 'back', Quantity: 1, SelectionData: [] };
  assert.equal((await cakes.rest('wishlistitems', 'POST', '/', { ...wish, Id: 0 })).Errors[0].Code, 'EXCEPTION');
  assert.equal((await cakes.rest('wishlistitems', 'POST', `/${made.wish}`, wish)).Errors[0].Code, 'NULL');
  assert.equal((await cakes.rest('wishlistitems', 'DELETE', `/${made.wish}`)).Content, false);
}
