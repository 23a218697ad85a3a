// What leak.test.mjs writes through WebCommander, Sticky Street and Hotcakes beside the customer's own
// fields: with a mark in every text, right and wrong. `marks` makes marked values.
import assert from 'node:assert/strict';

const refused = async (answer, what) => assert.ok((await answer).status >= 400, `${what} was taken`);

function orderBody({ mark, digits, email }, extra) {
  const address = () => ({ first_name: mark(), last_name: mark(), email: email(), company_name: mark(), address_line_1: mark(), address_line_2: mark(), city: mark(), post_code: digits(),
    country: mark(), state: mark(), mobile: digits(), phone: digits(), fax: digits() });
  return { products: [{ product_id: 1, quantity: 2, product_name: mark(), sku: mark(), price: 3.5 }], billing_address: address(), shipping_address: address(),
    transaction_no: mark(), external_reference_order_id: mark(), ...extra };
}

async function writeOrders(web, id, marks) {
  const { mark, email, digits } = marks;
  const orders = '/admin/orders';
  const { order } = await web.done(201, 'POST', orders, orderBody(marks, { customer_id: id }));
  const { order: guest } = await web.done(201, 'POST', `${orders}/with-payment`, orderBody(marks, { payment: { amount: 1, payment_method: mark(), track_info: mark() } }));
  const { order: moved } = await web.done(201, 'POST', orders, orderBody(marks));
  await web.done(200, 'PUT', `${orders}/${moved.order_id}`, { customer_id: id, customer_po_number: mark(), payment_term: mark() });
  await web.done(200, 'PATCH', `${orders}/${order.order_id}/addresses`, { billing_address: { first_name: mark(), city: mark() } });
  await web.done(201, 'POST', `${orders}/${order.order_id}/comments`, { content: `${mark()} ${'long '.repeat(500)}${mark()}` });
  await web.done(201, 'POST', `${orders}/${order.order_id}/cancel`, { reason: mark() });
  await refused(web.api('POST', orders, orderBody(marks, { customer_id: 999999 })), 'an order of nobody');
  await refused(web.api('POST', orders, orderBody(marks, { discounts: { coupon_code: mark() } })), 'an unknown coupon');
  await refused(web.api('POST', orders, orderBody(marks, { payment_gateway: mark(), [mark()]: mark() })), 'an unknown gateway');
  await refused(web.api('POST', orders, `{"products":"${mark()}`), 'half a body');
  await refused(web.api('PATCH', `${orders}/${order.order_id}`, { [mark()]: mark() }), 'an unknown field');
  await refused(web.api('POST', `${orders}/${mark()}/comments`, { content: mark() }), 'an unknown order');
  for (const query of [`search_text=${email()}`, `customerName=${mark()}`, `productSku=${mark()}`, `${mark()}=${mark()}`, `orderFrom=${mark()}`, `sort=${mark()}`]) await web.api('GET', `${orders}?${query}`);
  await web.api('GET', `${orders}/${digits()}`);
  await web.done(200, 'DELETE', `${orders}/${guest.order_id}`); // its words are in no file either
  return order.order_id;
}

async function writeCarts(web, id, internal, { mark, email }) {
  const line = () => ({ customer_id: internal, product_id: 1, quantity: 1, product_name: mark(), sku: mark(), shipping_address: { first_name: mark(), address_line1: mark(), email: email() } });
  const { cart } = await web.done(201, 'POST', '/carts', { ...line(), session_id: mark() });
  await web.done(200, 'PATCH', `/carts/${cart.session_id}`, { cart_item_id: cart.items[0].id, quantity: 2, billing_address: { first_name: mark(), city: mark() } });
  const { cart: other } = await web.done(201, 'POST', '/carts', { ...line(), session_id: mark() });
  await web.done(201, 'POST', `/admin/orders/carts/${other.session_id}`, { customer_id: id, transaction_no: mark() });
  await refused(web.api('GET', `/carts/${mark()}`), 'an unknown cart');
  await refused(web.api('POST', '/carts', { ...line(), session_id: `${mark()} x` }), 'a blank in a session');
  await refused(web.api('POST', '/carts', { [mark()]: mark() }), 'a cart of nobody');
}

// Hangs on customer `id`, whose address is `email`, all that WebCommander can.
export async function writeShop(shop, { customer_id: id, internal_id, email: address }, marks) {
  const { web } = shop;
  const { mark, digits, email } = marks;
  await writeOrders(web, id, marks);
  await writeCarts(web, id, internal_id, marks);
  const customer = `/admin/customers/${id}`;
  await web.done(201, 'POST', `${customer}/addresses`, { customer: { addresses: [{ type: 'billing', first_name: mark(), email: email(), address_line_1: mark(), post_code: digits(), country: mark(), state: mark(), mobile: digits(), fax: digits() }] } });
  await refused(web.api('POST', `${customer}/addresses`, { customer: { addresses: [{ type: mark(), first_name: mark() }] } }), 'an unknown kind of address');
  await web.done(201, 'POST', `${customer}/store-credit/adjustments`, { action: 'add', amount: 5, note: mark() });
  await refused(web.api('POST', `${customer}/store-credit/adjustments`, { action: mark(), amount: 5, note: mark() }), 'an unknown action');
  const password = mark();
  await web.done(201, 'POST', `${customer}/reset-password`, { customer: { password }, transaction_no: mark() });
  await refused(web.api('POST', `${customer}/change-password`, { customer: { email: address, old_password: mark(), password: mark() } }), 'a wrong password');
  await web.done(202, 'POST', '/admin/customers/bulk-reset-password', { customer_ids: [id, 999999] });
  await refused(web.api('POST', '/admin/customers/bulk-reset-password', { customer_ids: [mark()] }), 'a word for a number');
  const { discount_profile } = await web.done(201, 'POST', '/admin/discount_profiles', { name: 'clearword discount', type: 'offer_coupon', [mark()]: mark(), note: mark() });
  const { codes } = await web.done(201, 'POST', `/admin/discount_profiles/${discount_profile.id}/create-coupons`, { requested_codes: 1 });
  await web.done(201, 'POST', '/admin/discount_coupons/assign-customer', { code: codes[0], email: address });
  await refused(web.api('POST', '/admin/discount_coupons/assign-customer', { code: mark(), email: email() }), 'an unknown coupon');
  const row = () => `${mark()},${email()},${mark()},${digits()},${mark()}`;
  const imported = (await web.import(`First Name,Email,Address Line 1,Phone,Company Name\n${row()}\n${row()}\n${mark()},${mark()},,,\n`)).json;
  assert.deepEqual([imported.created, imported.failed], [2, 1]);
  await refused(web.import(`${mark()},${mark()}\n${mark()},${mark()}\n`), 'a file without a known column');
  await refused(web.import(`%PDF-${mark()}`), 'another kind of file');
  await web.exported();
  await web.api('GET', `/admin/customers/export?${mark()}=${mark()}`);
  for (const query of [`email=${email()}`, `${mark()}=1`]) await web.api('GET', `/admin/customers/count?${query}`);
  await web.api('GET', `/admin/customers/check-email?email=${email()}`);
}

// The loyalty calls about the customer of this code and card, in the points campaign.
export async function writeLoyalty(shop, { code, card }, campaign, { mark, digits, email }) {
  const { sticky } = shop;
  const user = (await sticky.done('user_new', { affected_user_id: 'clearword-till', permissions: 'view,transactions,all_campaigns' })).user;
  await sticky.activity({ campaign_id: campaign, code, amount: '20', authorization: mark(), custom_field_2: mark() });
  await sticky.done('redeem', { campaign_id: campaign, card_number: card, custom_points_redeem: '1', authorization: mark() });
  await sticky.done('batch_transactions', { campaign_id: campaign, code: '1', amount: '2', authorization: '3', Visits_Data: `${code},1,${mark()}\n${code},2,"${mark()}, ${mark()}"\n` });
  await sticky.done('customers_batch', { campaigns_to_include: campaign, code: '1', first_name: '2', email: '3', street1: '4', custom_field_8: '5', profiles_data: `${digits()},${mark()},${email()},${mark()},${mark()}\n` });
  await sticky.done('card_replace', { previous_code: code, new_card_number: digits() });
  await sticky.done('customer_search', { code });
  const wrong = {
    customer_search: { first_name: mark(), customer_password: mark() }, customer_find: { find_customer: `${mark()} ${email()}` },
    customer_balance: { campaign_id: campaign, code: digits() }, validate_customer_password: { code, customer_password: mark() },
    card_replace: { first_name: mark(), new_card_number: digits() }, batch_transactions: { campaign_id: campaign, Visits_Data: `${digits()},${mark()},${mark()},${mark()}` },
    customers_batch: { first_name: mark(), profiles_data: `${mark()}\n${email()}` }, redeem: { campaign_id: campaign, code, reward_to_redeem: mark() },
    transaction_delete: { campaign_id: campaign, code, transaction_id: mark() }, reports: { report: mark(), search_text: email() },
    validate_time_token: { token: mark() }, user_info: { affected_user_id: mark() }, record_activity: { campaign_id: mark(), code, authorization: mark() },
  };
  for (const [type, fields] of Object.entries(wrong)) assert.equal((await sticky.call(type, fields)).status, 'error', type);
  await sticky.done('reports', { report: 'customers_search', search_text: email() });
  await sticky.done('manage_fields', { action: 'add', name: 'custom_field_2', label: 'clearword label', field_type: 'Text' });
  const { token } = (await sticky.done('generate_time_token', { token_interval: '5' }));
  return [user.user_api_key, token].filter((secret) => typeof secret === 'string' && secret.length > 8);
}

export async function writeWishes(shop, id, { mark }) {
  const { cakes } = shop;
  const wish = () => ({ CustomerId: String(id), ProductId: mark(), Quantity: 1, SelectionData: [{ OptionBvin: mark(), SelectionData: mark() }] });
  const { Id, StoreId } = await cakes.made('wishlistitems', 'POST', '/', wish());
  await cakes.made('wishlistitems', 'POST', `/${Id}`, { ...wish(), Id, StoreId });
  for (const body of [{ ...wish(), CustomerId: mark() }, { ...wish(), CustomerId: '999999' }, { ...wish(), Quantity: mark() }, { ...wish(), SelectionData: mark() }]) {
    assert.notEqual((await cakes.rest('wishlistitems', 'POST', '/', body)).Errors.length, 0);
  }
  for (const target of [`/${mark()}`, '']) await cakes.rest('wishlistitems', 'GET', target, undefined, `&id=${mark()}`);
  await cakes.rest('wishlistitems', 'DELETE', `/${mark()}`);
  await cakes.made('pricegroups', 'POST', '/', { Name: 'clearword prices', PricingType: 0, AdjustmentAmount: 1, [mark()]: mark() });
  for (const body of [{ Name: 'clearword', AdjustmentAmount: mark() }, { Name: 'clearword', Bvin: `${mark()} ${mark()} x` }]) assert.equal((await cakes.rest('pricegroups', 'POST', '/', body)).Content, null);
  await cakes.rest('pricegroups', 'GET', `/${mark()}`);
  await cakes.rest('products', 'DELETE', '', undefined, `&howmany=${mark()}`);
}
