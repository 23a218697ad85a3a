// A customer with a text of its own in every field of every dialect, all that the dialects show of it,
// and the table of how each field is written. Made by all four dialects, piece by piece.
import assert from 'node:assert/strict';
import { COUNTRIES } from './crossmodel.mjs';
import { EVERYTHING } from './harness.mjs';

// In the order in which they are made: an address that Sticky Street finds, it takes for its own.
const ROLES = ['primary', 'book', 'billing', 'shipping'];

// field -> its name in each dialect's addresses.
const ADDRESS = {
  first: { big: 'first_name', v2: 'first_name', web: 'first_name', cakes: 'FirstName' },
  last: { big: 'last_name', v2: 'last_name', web: 'last_name', cakes: 'LastName' },
  company: { big: 'company', v2: 'company', web: 'company_name', cakes: 'Company' },
  line1: { big: 'address1', v2: 'street_1', web: 'address_line_1', sticky: 'street1', cakes: 'Line1' },
  line2: { big: 'address2', v2: 'street_2', web: 'address_line_2', sticky: 'street2', cakes: 'Line2' },
  city: { big: 'city', v2: 'city', web: 'city', sticky: 'city', cakes: 'City' },
  state: { big: 'state_or_province', v2: 'state', web: 'state', sticky: 'state' },
  zip: { big: 'postal_code', v2: 'zip', web: 'post_code', sticky: 'postal_code', cakes: 'PostalCode' },
  phone: { big: 'phone', v2: 'phone', web: 'phone', cakes: 'Phone' },
  mobile: { web: 'mobile' },
  fax: { web: 'fax', cakes: 'Fax' },
  email: { web: 'email' },
  line3: { cakes: 'Line3' },
  middle: { cakes: 'MiddleInitial' },
  site: { cakes: 'WebSiteUrl' },
  nick: { cakes: 'NickName' },
  user: { cakes: 'UserBvin' },
};
// Which dialects reach the address of a role.
const REACH = { book: ['big', 'v2', 'cakes'], primary: ['big', 'v2', 'web', 'sticky'], billing: ['big', 'v2', 'web', 'cakes'], shipping: ['big', 'v2', 'web', 'cakes'] };
const MEMBER = { billing: 'BillingAddress', shipping: 'ShippingAddress' };
const inShortRow = ['first', 'last', 'line1', 'city', 'zip'];
const inOrders = ['line1', 'line2', 'city', 'state', 'zip'];

const account = async ({ cakes }, who) => (await cakes.get(who.id)).Content;

const addressWriters = {
  big: (shop, who, role, name, value) => shop.big.data('PUT', '/addresses', [{ id: who.addresses[role], [name]: value }]),
  v2: (shop, who, role, name, value) => shop.big.done(200, 'PUT', `/v2/customers/${who.id}/addresses/${who.addresses[role]}`, { [name]: value }),
  web: (shop, who, type, name, value) => shop.web.done(201, 'POST', `/admin/customers/${who.id}/addresses`, { customer: { addresses: [{ type, [name]: value }] } }),
  sticky: (shop, who, role, name, value) => shop.sticky.edit({ code: who.code, [name]: value }),
  async cakes(shop, who, role, name, value) {
    const whole = await account(shop, who);
    (role === 'book' ? whole.Addresses[0] : whole[MEMBER[role]])[name] = value;
    await shop.cakes.update(whole);
  },
};

const big = (shop, who, body) => shop.big.update({ id: who.id, ...body });
const v2 = (shop, who, body) => shop.big.done(200, 'PUT', `/v2/customers/${who.id}`, body);
const web = (shop, who, body) => shop.web.update(who.id, body);
const sticky = (shop, who, body) => shop.sticky.edit({ code: who.code, ...body });
const cakes = async (shop, who, body) => shop.cakes.update({ ...(await account(shop, who)), ...body });
const csv = async (shop, who, body) => {
  const answer = (await shop.web.import(`customer_id,${Object.keys(body)}\n${who.id},${Object.values(body)}\n`)).json;
  assert.equal(answer.updated, 1, JSON.stringify(answer));
};
const WRITE = { big, v2, web, sticky, cakes, csv };
const named = (names) => Object.fromEntries(Object.entries(names).map(([dialect, name]) => [dialect, (shop, who, value) => WRITE[dialect](shop, who, { [name]: value })]));
const put = (target, body) => (shop, who, value) => shop.big.api('PUT', `/v3/customers${target(who)}`, body(who, value)).then(({ status, body: said }) => assert.equal(status, 200, said));

// [field, a text that is unique, the views that have it, how each dialect writes it]. The text is in
// the customer once `makeWhole` is done; a number in it makes the next one.
const CUSTOMER = [
  ['email', 'e1x@mail.example', ['export', 'big', 'v2', 'web', 'row', 'orders', 'order', 'coupon', 'sticky', 'search', 'report', 'cakes'], named({ big: 'email', v2: 'email', web: 'email', sticky: 'email', cakes: 'Email', csv: 'Email' })],
  ['first', 'First1x', ['export', 'big', 'v2', 'web', 'row', 'orders', 'order', 'sticky', 'search', 'report', 'balance', 'transactions', 'cakes'], named({ big: 'first_name', v2: 'first_name', web: 'first_name', sticky: 'first_name', cakes: 'FirstName', csv: 'First Name' })],
  ['last', 'Last1x', ['export', 'big', 'v2', 'web', 'row', 'orders', 'order', 'sticky', 'search', 'report', 'balance', 'transactions', 'cakes'], named({ big: 'last_name', v2: 'last_name', web: 'last_name', sticky: 'last_name', cakes: 'LastName', csv: 'Last Name' })],
  ['company', 'Company1x', ['export', 'big', 'v2', 'web', 'row', 'orders', 'order'], named({ big: 'company', v2: 'company', web: 'company_name', csv: 'Company Name' })],
  ['phone', '0770001000x', ['export', 'big', 'v2', 'orders', 'order', 'sticky', 'search', 'report'], named({ big: 'phone', v2: 'phone', sticky: 'phone', csv: 'Phone' })],
  ['notes', 'Notes1x', ['big', 'v2', 'web', 'cakes'], named({ big: 'notes', v2: 'notes', web: 'note', cakes: 'Notes' })],
  ['tax category', 'Category1x', ['big', 'v2'], named({ big: 'tax_exempt_category', v2: 'tax_exempt_category' })],
  ['IP address', '10.9.1.77', ['big', 'v2'], named({ v2: 'registration_ip_address' })],
  ['gender', 'Gender1x', ['export', 'web', 'orders', 'order'], named({ web: 'gender', csv: 'Gender' })],
  ['ABN', 'Abn1x', ['export', 'web'], named({ web: 'abn', csv: 'ABN' })],
  ['tax code', 'Code1x', ['web'], named({ web: 'default_tax_code' })],
  ['source', 'Source1x', ['web'], named({ web: 'source' })],
  ['time zone', 'Zone1x', ['web'], named({ web: 'timezone' })],
  ['mobile', '0660001000x', ['export', 'orders', 'order'], named({ csv: 'Mobile' })],
  ['fax', '0550001000x', ['export', 'orders', 'order'], named({ csv: 'Fax' })],
  ['user name', 'User1x', ['sticky', 'search', 'report'], named({ sticky: 'customer_username' })],
  ['free field', 'Free1x', ['sticky', 'search', 'report'], named({ sticky: 'custom_field' })],
  ['field 3', 'Three1x', ['sticky'], named({ sticky: 'custom_field_3' })],
  ['date', '1980-01-29', ['sticky', 'search', 'report'], named({ sticky: 'custom_date' })],
  ['price group', 'Price1x', ['cakes'], named({ cakes: 'PricingGroupId' })],
  ['store credit', '7001.25', ['export', 'big', 'v2', 'web', 'row'], {
    big: (shop, who, amount) => big(shop, who, { store_credit_amounts: [{ amount: Number(amount) }] }),
    v2: (shop, who, amount) => v2(shop, who, { store_credit: amount }),
    web: (shop, who, amount) => web(shop, who, { store_credit: Number(amount) }),
    csv: (shop, who, amount) => csv(shop, who, { 'Store Credit': amount }),
  }],
  ['credit limit', '8001.75', ['web'], { web: (shop, who, amount) => web(shop, who, { credit_limit: Number(amount) }) }],
  ['card number', '6100001', ['sticky', 'search', 'report', 'balance', 'transactions'], {
    sticky: (shop, who, value) => shop.sticky.done('card_replace', { previous_code: who.code, new_card_number: value }),
    edit: (shop, who, value) => sticky(shop, who, { card_number: value }),
  }],
  ['code', '7100001', ['sticky', 'search', 'report', 'balance', 'transactions'], {
    sticky: async (shop, who, value) => {
      await shop.sticky.done('card_replace', { previous_code: who.code, new_code: value });
      who.code = value;
    },
  }],
  ['form field', 'Form1x', ['big', 'fields', 'v2'], {
    big: (shop, who, value) => big(shop, who, { form_fields: [{ name: 'Rep', value }] }),
    values: put(() => '/form-field-values', (who, value) => [{ customer_id: who.id, name: 'Rep', value }]),
  }],
  ['form field of an address', 'Door1x', ['bigAddresses', 'v2Addresses'], { values: put(() => '/form-field-values', (who, value) => [{ address_id: who.addresses.book, name: 'Door', value }]) }],
  ['attribute', 'Attribute1x', ['big', 'attributes'], { values: put(() => '/attribute-values', (who, value) => [{ customer_id: who.id, attribute_id: who.attribute, value }]) }],
  ['metafield', 'Meta1x', ['metafields'], { one: put((who) => `/${who.id}/metafields/${who.metafield}`, (who, value) => ({ value })), many: put(() => '/metafields', (who, value) => [{ id: who.metafield, value }]) }],
  ['subscriber', 'Sub1x', ['subscriber'], { big: put((who) => `/subscribers/${who.subscriber}`, (who, first_name) => ({ first_name })) }],
  ['property', 'Property1x', ['web'], { web: (shop, who, description) => web(shop, who, { custom_properties: [{ id: 1, label: 'Shoe', description }] }) }],
  ['order reference', 'Po1x', ['orders', 'order'], { web: (shop, who, value) => shop.web.done(200, 'PATCH', `/admin/orders/${who.order}`, { customer_po_number: value }) }],
  ['order address', 'Bill1x', ['orders', 'order'], { web: (shop, who, first_name) => shop.web.done(200, 'PATCH', `/admin/orders/${who.order}/addresses`, { billing_address: { first_name } }) }],
  ['cart', '41001', ['cart'], { web: (shop, who, quantity) => shop.web.done(200, 'PATCH', `/carts/${who.session}`, { cart_item_id: who.cartItem, quantity: Number(quantity) }) }],
  ['wish', 'Wish1x', ['wishes'], { cakes: (shop, who, ProductId) => shop.cakes.made('wishlistitems', 'POST', `/${who.wish}`, { Id: who.wish, StoreId: shop.number, CustomerId: String(who.id), ProductId, Quantity: 2, SelectionData: [] }) }],
];

function addressRows() {
  const rows = [];
  for (const role of ROLES) {
    for (const [field, names] of Object.entries(ADDRESS)) {
      const writers = Object.keys(names).filter((dialect) => REACH[role].includes(dialect));
      // Hotcakes shows a state that it cannot name.
      const shown = field === 'state' && REACH[role].includes('cakes') ? [...writers, 'cakes'] : writers;
      if (writers.length === 0) continue;
      const views = [];
      if (shown.includes('big')) views.push('big', 'bigAddresses', 'v2Addresses');
      if (shown.includes('web')) views.push('web', ...(inShortRow.includes(field) ? ['row'] : []));
      if (shown.includes('sticky')) views.push('sticky', 'search', 'report');
      if (role === 'primary' && inOrders.includes(field)) views.push('orders', 'order', 'export');
      if (shown.includes('cakes')) views.push('cakes');
      const text = field === 'email' ? `${role}1x@adr.example` : `${role}-${field}1x`;
      const write = Object.fromEntries(writers.map((dialect) => [dialect, (shop, who, value) => addressWriters[dialect](shop, who, role, names[dialect], value)]));
      rows.push([`${role} ${field}`, text, views, write]);
    }
  }
  return rows;
}

export const TABLE = [...CUSTOMER, ...addressRows()];

const flag = (view, name) => (value) => ({ [`${view}.${name}`]: value });
const numberOf = (code) => (code.charCodeAt(0) - 65) * 26 + (code.charCodeAt(1) - 65) + 1;

// Sticky Street and the export show how it was written where that was by name.
const countryOfPrimary = (code, shop, dialect) => {
  const { name } = COUNTRIES[code];
  const written = dialect === 'big' || dialect === 'v2' ? code : name;
  const changes = { 'sticky.customer.country': written, 'search.country': written, 'report.country': written, 'export.13': written };
  for (const [view, full, short] of [['big.addresses.0', 'country', 'country_code'], ['bigAddresses.0', 'country', 'country_code'], ['v2Addresses.0', 'country', 'country_iso2']]) {
    Object.assign(changes, { [`${view}.${full}`]: name, [`${view}.${short}`]: code });
  }
  for (const view of ['web.addresses.0', 'orders.0.customer_summary', 'order.customer']) {
    Object.assign(changes, { [`${view}.country.id`]: numberOf(code), [`${view}.country.name`]: name, [`${view}.country.code`]: code });
  }
  return changes;
};

const groupOf = (name, shop) => {
  const { id } = shop.groups.find((group) => group.name === name);
  const changes = { 'big.customer_group_id': id, 'v2.customer_group_id': id, 'export.19': name, 'orders.0.customer_summary.customer_group': name, 'order.customer.customer_group': name };
  for (const view of ['web', 'row']) Object.assign(changes, { [`${view}.customer_groups.0.id`]: id, [`${view}.customer_groups.0.name`]: name });
  return changes;
};
const groupId = (shop, name) => shop.groups.find((group) => group.name === name).id;

const country = (index, role) => (code) => {
  const { name, bvin } = COUNTRIES[code];
  const cakes = role === 'book' ? 'cakes.Addresses.0' : `cakes.${MEMBER[role]}`;
  const of = (view, text, short) => ({ [`${view}.${text}`]: name, ...(short && { [`${view}.${short}`]: code }) });
  return {
    ...of(`big.addresses.${index}`, 'country', 'country_code'), ...of(`bigAddresses.${index}`, 'country', 'country_code'), ...of(`v2Addresses.${index}`, 'country', 'country_iso2'),
    [`${cakes}.CountryBvin`]: bvin, [`${cakes}.CountryName`]: name,
  };
};

// What is no text: [what, the values in turn, what changes in the views, how each dialect writes it].
export const STATES = [
  ['marketing', [true, false], (value) => ({ 'big.accepts_product_review_abandoned_cart_emails': value, 'v2.accepts_marketing': value }), named({ big: 'accepts_product_review_abandoned_cart_emails' })],
  ['password reset', [true, false], (value) => ({ 'big.authentication.force_password_reset': value, 'v2.reset_pass_on_login': value }), {
    big: (shop, who, value) => big(shop, who, { authentication: { force_password_reset: value } }), ...named({ v2: 'reset_pass_on_login', web: 'customer_password_expired' }) }],
  ['hold', [true, false], flag('web', 'account_hold'), named({ web: 'account_hold' })],
  ['hide price', [true, false], flag('web', 'hide_price'), named({ web: 'hide_price' })],
  ['allow credit', [true, false], flag('web', 'allow_credit_limit'), named({ web: 'allow_credit_limit' })],
  ['SMS', [true, false], flag('web', 'sms_subscribed'), named({ web: 'sms_subscribed' })],
  ['status', ['inactive', 'active'], (value) => ({ 'web.status': value, 'row.status': value, 'export.17': value }), { ...named({ web: 'status', csv: 'Status' }) }],
  ['company', [true, false], (value) => ({ 'export.5': value ? 'Company' : 'Individual' }), { ...named({ web: 'company' }), csv: (shop, who, value) => csv(shop, who, { 'Customer Type': value ? 'Company' : 'Individual' }) }],
  ['group', ['Silver', 'Gold'], groupOf, {
    big: (shop, who, name) => big(shop, who, { customer_group_id: groupId(shop, name) }), v2: (shop, who, name) => v2(shop, who, { customer_group_id: groupId(shop, name) }), ...named({ csv: 'Groups' }) }],
  ['channel', [2, 1], flag('big', 'channel_ids.0'), { big: (shop, who, channel) => big(shop, who, { channel_ids: [channel] }) }],
  ['country of the primary', ['AT', 'US'], countryOfPrimary, {
    big: (shop, who, code) => addressWriters.big(shop, who, 'primary', 'country_code', code), v2: (shop, who, code) => addressWriters.v2(shop, who, 'primary', 'country', COUNTRIES[code].name),
    sticky: (shop, who, code) => sticky(shop, who, { country: COUNTRIES[code].name }), web: (shop, who, code) => addressWriters.web(shop, who, 'primary', 'country', code) }],
  ['tax exempt', [true, false], flag('cakes', 'TaxExempt'), named({ cakes: 'TaxExempt' })],
  ['kind of address', ['commercial', 'residential'], (value) => ({ 'big.addresses.1.address_type': value, 'bigAddresses.1.address_type': value, 'v2Addresses.1.address_type': value }), {
    big: (shop, who, value) => addressWriters.big(shop, who, 'book', 'address_type', value), v2: (shop, who, value) => addressWriters.v2(shop, who, 'book', 'address_type', value) }],
  ['country of the book', ['AT', 'US'], country(1, 'book'), {
    big: (shop, who, code) => addressWriters.big(shop, who, 'book', 'country_code', code), v2: (shop, who, code) => addressWriters.v2(shop, who, 'book', 'country', COUNTRIES[code].name),
    cakes: (shop, who, code) => addressWriters.cakes(shop, who, 'book', 'CountryBvin', COUNTRIES[code].bvin) }],
  ['consent', ['targeting', 'functional'], (value) => ({ 'consent.allow.0': value }), { big: (shop, who, value) => shop.big.done(200, 'PUT', `/v3/customers/${who.id}/consent`, { allow: [value], deny: ['analytics'] }) }],
  ['order state', ['paused', 'reopened'], (value) => ({ 'orders.0.order_status': value, 'order.order_status': value }), { web: (shop, who, status) => shop.web.done(200, 'PATCH', `/admin/orders/${who.order}/update-status`, { status }) }],
];

async function makeAddresses(shop, who) {
  const book = { customer_id: who.id, first_name: 'b', last_name: 'b', address1: 'b', city: 'b', state_or_province: 'b', postal_code: 'b', country_code: 'US' };
  await sticky(shop, who, { street1: 'p', country: 'US' });
  await shop.big.data('POST', '/addresses', [book]);
  await addressWriters.web(shop, who, 'billing', 'country', 'US');
  await cakes(shop, who, { ShippingAddress: { Line1: 's', CountryBvin: COUNTRIES.US.bvin } });
  const ids = (await shop.big.addresses(`customer_id:in=${who.id}`)).map(({ id }) => id);
  assert.equal(ids.length, ROLES.length);
  who.addresses = Object.fromEntries(ROLES.map((role, i) => [role, ids[i]]));
}

// A customer with everything; `n` tells it from others where a thing must be unique.
export async function makeWhole(shop, n) {
  const { big: client, web: commander, native } = shop;
  const who = { n, code: `${7100001 + n * 100}`, session: `cart-${n}` };
  await shop.sticky.create({ code: who.code, first_name: 'f', campaign_id: shop.campaign, auto_add: '15' });
  who.id = (await client.all()).map(({ id }) => id).at(-1);
  await makeAddresses(shop, who);
  await client.update({ id: who.id, customer_group_id: groupId(shop, 'Gold'), channel_ids: [1] });
  const customer = (await commander.get(who.id)).json.customer;
  who.order = (await commander.done(201, 'POST', '/admin/orders', { customer_id: who.id, products: [{ product_id: 1, quantity: 1, product_name: 'Mug', price: 3.5 }], billing_address: { first_name: 'b' }, shipping_address: { first_name: 's' } })).order.order_id;
  who.cartItem = (await commander.done(201, 'POST', '/carts', { customer_id: customer.internal_id, session_id: who.session, product_id: 1, quantity: 1 })).cart.items[0].id;
  await commander.done(201, 'POST', `/admin/customers/${who.id}/store-credit/adjustments`, { action: 'add', amount: 3 });
  await web(shop, who, { custom_properties: [{ label: 'Shoe', description: '-' }] });
  who.wish = (await shop.cakes.made('wishlistitems', 'POST', '/', { CustomerId: String(who.id), ProductId: '-', Quantity: 2 })).Id;
  who.attribute = shop.attribute;
  who.metafield = (await client.data('POST', `/${who.id}/metafields`, { permission_set: 'app_only', namespace: 'n', key: 'k', value: '-' })).id;
  who.subscriber = (await client.data('POST', '/subscribers', { email: `sub${n}@news.example` })).id;
  await native.addInstrument(who.id, { type: 'stored_paypal_account', token: `tok-${n}`, email: 'pal@example.com' });
  await STATES.find(([what]) => what === 'consent')[3].big(shop, who, 'essential');
  who.values = {};
  for (const [field, text, , writers] of TABLE) {
    // Numbers and what must be unique in the store move on with `n`.
    who.values[field] = field === 'code' ? who.code : nextText(text, n * 100);
    if (field !== 'code') await Object.values(writers)[0](shop, who, who.values[field]);
  }
  const assigned = await commander.done(201, 'POST', '/admin/discount_coupons/assign-customer', { code: shop.codes[n], email: who.values.email });
  assert.equal(assigned.status, 'success');
  return who;
}

// The first number in the text, moved on; days stay days.
export const nextText = (text, by = 1) => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${1980 + ((Number(text.slice(0, 4)) + by) % 40)}${text.slice(4)}` : text.replace(/\d+(?=x|$|\.\d\d$|\.77$)/, (digits) => String(Number(digits) + by).padStart(digits.length, '0')));

// Everything that any call shows of the customer, by view. Nobody and nothing is undefined or [].
export async function viewsOf(shop, who) {
  const { big: client, web: commander, sticky: loyalty, cakes: account, native } = shop;
  const { id, code } = who;
  const commerce = async (target, pick = (json) => json) => {
    const answer = await commander.api('GET', target);
    return answer.status === 200 ? pick(answer.json) : undefined;
  };
  const v2Of = async (target) => {
    const answer = await client.api('GET', target);
    return answer.status === 200 ? answer.json : undefined;
  };
  const asks = {
    big: client.find(`id:in=${id}&${EVERYTHING}`).then(([row]) => row),
    bigAddresses: client.addresses(`customer_id:in=${id}&include=formfields`),
    attributes: client.data('GET', `/attribute-values?customer_id:in=${id}`),
    fields: client.data('GET', `/form-field-values?customer_id=${id}`),
    metafields: client.data('GET', `/${id}/metafields`),
    consent: v2Of(`/v3/customers/${id}/consent`),
    subscriber: v2Of(`/v3/customers/subscribers/${who.subscriber}`),
    v2: v2Of(`/v2/customers/${id}`),
    v2Addresses: v2Of(`/v2/customers/${id}/addresses`),
    web: commerce(`/admin/customers/${id}`, ({ customer }) => customer),
    row: commander.all().then((rows) => rows.find((row) => row.customer_id === id)),
    export: commander.exportedRows().then((rows) => rows.find(([first]) => first === String(id))),
    orders: commerce(`/admin/customers/${id}/orders`, ({ orders }) => orders),
    order: commerce(`/admin/orders/${who.order}`, ({ order }) => order),
    cart: commerce(`/carts/${who.session}`, ({ cart }) => cart),
    credit: commerce(`/admin/customers/${id}/store-credit/adjustments`),
    coupon: commerce(`/admin/discount_profiles/${shop.discount}`, ({ discount_profile }) => {
      const { customer_email } = discount_profile.customer_coupons.find((coupon) => coupon.code === shop.codes[who.n]);
      return customer_email || undefined;
    }),
    sticky: loyalty.info({ code }).then((answer) => (answer.status === 'success' ? answer : undefined)),
    search: loyalty.call('customer_search', { profile_uid: String(id), include_balances: 'Y' }).then(({ customers }) => customers?.[0]),
    balance: loyalty.call('customer_balance', { campaign_id: shop.campaign, code }).then(({ campaign }) => campaign),
    report: loyalty.done('reports', { report: 'customers_all' }).then(({ customers }) => customers.find((row) => row.code === code)),
    transactions: loyalty.done('reports', { report: 'transactions_all' }).then(({ transactions }) => transactions.filter((row) => row.code === code)),
    cakes: account.get(id).then(({ Content }) => Content ?? undefined),
    wishes: account.wishes(id),
    instruments: native.instruments(id).then(({ status, json }) => (status === 200 ? json : undefined)),
  };
  return Object.fromEntries(await Promise.all(Object.entries(asks).map(async ([view, ask]) => [view, await ask])));
}

// path -> value as text, but for the times of the last change.
export function flatten(value, path = '', flat = {}) {
  if (/(date_modified|modified_at|updated_at|last_updated_on|LastUpdatedUtc)$/.test(path)) return flat;
  if (value !== null && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) flatten(inner, path === '' ? name : `${path}.${name}`, flat);
  } else if (value !== undefined) {
    flat[path] = String(value);
  }
  return flat;
}
