// A worker of crossdialect.test.mjs: owns some customers, changes them through all four dialects, and
// knows what each dialect has to show afterwards. Readers look at the whole store meanwhile.
import assert from 'node:assert/strict';
import { addressView, assertAddresses, assertFields, assertShows, newAddress } from './crossmodel.mjs';
import { Shopper } from './crossshopper.mjs';
import { EVERYTHING, placesOf } from './harness.mjs';

const MAX_LIVING = 25;
const enc = encodeURIComponent;

export class CrossWorker extends Shopper {
  // ---- the kinds of steps, with how often each is taken ----

  kinds() {
    return {
      createBig: 4, createV2: 3, createWeb: 4, createSticky: 4, createCakes: 4,
      writeBig: 3, writeV2: 3, writeWeb: 3, writeSticky: 3, writeCakes: 3, writeImport: 1, group: 1,
      addressBig: 3, addressBigDrop: 1, addressV2: 2, addressSticky: 3, addressWeb: 3, addressCakes: 4,
      formField: 1, attribute: 1, properties: 1, customFields: 1, consent: 1, metafield: 1, instrument: 1, subscribe: 1,
      orderNew: 2, orderChange: 2, orderDrop: 1, orderMove: 1, orderOfGuest: 1, cartAdd: 2, cartDrop: 1, cartOrder: 1, coupon: 2,
      adjust: 2, earn: 2, redeem: 2, undo: 1, cardReplace: 1, wishNew: 2, wishChange: 1, wishDrop: 1, wishMove: 1, password: 0.3,
      refused: 1, compare: 8,
      deleteBig: 2, deleteV2: 2, deleteWeb: 2, deleteSticky: 2, deleteCakes: 2, deleteGone: 1,
    };
  }

  async step() {
    const kinds = Object.entries(this.kinds()).filter(([name]) => {
      if (name.startsWith('create')) return this.living.length < MAX_LIVING;
      return this.living.length > 3;
    });
    let roll = this.random.next() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
    const [name] = kinds.find(([, weight]) => (roll -= weight) < 0) ?? kinds[0];
    const person = name.startsWith('create') || name === 'deleteGone' ? undefined : this.pick();
    this.doing = `${name} ${person?.tag ?? ''}`;
    this.done[name] = (this.done[name] ?? 0) + 1;
    if (name.startsWith('delete') && person !== undefined) return this.remove(person, name);
    await this[name](person);
    if (person !== undefined && this.living.includes(person) && this.random.next() < 0.25) {
      this.doing = `compare after ${this.doing}`;
      await this.compare(person);
    }
    return undefined;
  }

  // ---- what must be refused, and changes nothing ----

  async refused(person) {
    const other = this.living.find((one) => one !== person);
    const { big, web, sticky, cakes } = this.shop;
    const email = this.random.pick([other.fields.email, other.fields.email.toUpperCase()]);
    assert.equal((await big.call('PUT', '', [{ id: person.id, email, first_name: 'Not' }])).status, 422);
    assert.ok((await big.api('PUT', `/v2/customers/${person.id}`, { email, first_name: 'Not' })).status >= 400);
    assert.equal((await web.call('PUT', `/${person.id}`, { customer: { email, first_name: 'Not' } })).status, 409);
    assert.equal((await sticky.call('record_customer', { customer_action: 'edit', code: person.codeOrMade(), email, first_name: 'Not' })).error, 'Not Unique');
    const account = (await cakes.get(person.id)).Content;
    assert.deepEqual(await cakes.call('POST', `/${person.id}`, { ...account, Email: email, FirstName: 'Not', Addresses: [] }), { Content: null, Errors: [] });
    await this.compare(person);
  }

  // ---- deleting ----

  async remove(person, by) {
    const { big, web, sticky, cakes } = this.shop;
    this.living.splice(this.living.indexOf(person), 1);
    if (by === 'deleteBig') assert.equal((await big.delete(person.id, ...this.dead.slice(0, 2).map(({ id }) => id))).status, 204);
    if (by === 'deleteV2') await big.done(204, 'DELETE', `/v2/customers/${person.id}`);
    if (by === 'deleteWeb') assert.equal((await web.delete(person.id)).status, 204);
    if (by === 'deleteSticky') assert.deepEqual((await sticky.delete(person.codeOrMade())).customer, { status: 'deleted', code: person.codeOrMade() });
    if (by === 'deleteCakes') assert.equal(await cakes.delete(person.id), true);
    this.gone.ids.add(person.id);
    this.gone.codes.add(person.codeOrMade());
    this.dead.push(person);
    if (person.subscriber?.email === person.fields.email.toLowerCase()) person.subscriber = undefined;
    for (const [code, owner] of this.coupons) if (owner === person) this.coupons.set(code, undefined);
    await this.assertGone(person);
  }

  async assertGone(person) {
    const { web, cakes, native } = this.shop;
    assert.deepEqual(await placesOf(this.shop, { id: person.id, email: person.fields.email, code: person.codeOrMade(), card: person.card }), []);
    const nothing = async (status, target) => assert.equal((await web.api('GET', target)).status, status, target);
    await nothing(404, `/admin/customers/${person.id}/orders`);
    await nothing(404, `/admin/customers/${person.id}/store-credit/adjustments`);
    for (const id of person.orders.keys()) await nothing(404, `/admin/orders/${id}`);
    for (const session of person.carts.keys()) await nothing(400, `/carts/${session}`);
    assert.deepEqual(await cakes.wishes(person.id), []);
    for (const id of person.wishes.keys()) assert.equal((await cakes.rest('wishlistitems', 'GET', `/${id}`)).Content, null);
    if (person.instruments.size > 0) assert.equal((await native.instruments(person.id)).status, 404);
    await this.compareCoupons();
  }

  async deleteGone() {
    if (this.dead.length === 0) return;
    const person = this.random.pick(this.dead);
    const { big, web, sticky, cakes } = this.shop;
    assert.equal((await big.delete(person.id)).status, 204);
    assert.equal((await web.delete(person.id)).status, 404);
    assert.equal(await cakes.delete(person.id), false);
    const again = this.living.some((one) => one.codeOrMade() === person.codeOrMade());
    if (!again) assert.equal((await sticky.delete(person.codeOrMade())).error, 'No customer matches data provided.');
  }

  // ---- reading: all four show the model ----

  async compare(person) {
    const { big, web, sticky, cakes } = this.shop;
    const { id } = person;
    const [[row], addresses, v2, { json: { customer } }, info, { Content: account }] = await Promise.all([
      big.find(`${this.random.pick([`id:in=${id}`, `email:in=${enc(person.fields.email)}`])}&${EVERYTHING}`),
      big.addresses(`customer_id:in=${id}`), big.done(200, 'GET', `/v2/customers/${id}`), web.get(id), sticky.info(this.namedBy(person)),
      this.random.next() < 0.5 ? cakes.get(id) : cakes.byEmail(person.fields.email)]);
    assert.deepEqual([row.id, v2.id, customer.customer_id, account.Bvin, info.customer.code], [id, id, id, String(id), person.codeOrMade()]);
    for (const [dialect, shown] of Object.entries({ big: row, v2, web: customer, sticky: info.customer, cakes: account })) assertFields(dialect, shown, person);
    const group = this.shop.groups.find((one) => one.id === person.group);
    assert.deepEqual([row.customer_group_id, v2.customer_group_id], [person.group, person.group]);
    assert.deepEqual(customer.customer_groups, group === undefined ? [] : [{ ...group, code: null }]);
    this.compareAddresses(person, addresses, customer, info, account);
    assert.deepEqual(new Map(row.form_fields.map(({ name, value }) => [name, value])), person.formFields);
    assert.deepEqual(new Map(row.attributes.map((one) => [one.attribute_id, one.attribute_value])), new Map([...person.attributes].sort((a, b) => a[0] - b[0])));
    assert.deepEqual(customer.custom_properties.map(({ label, description }) => ({ label, description })), person.properties);
    const numbered = Object.entries(info.customer).filter(([name]) => /^custom_field_\d+$/.test(name)).map(([name, { data }]) => [Number(name.slice(13)), data]);
    assert.deepEqual(numbered, [...person.customFields].sort((a, b) => a[0] - b[0]));
    assert.equal(info.customer.card_number, person.card ?? '');
    await this[this.random.pick(['compareOrders', 'comparePoints', 'compareRest', 'compareV2Addresses'])](person);
  }

  compareAddresses(person, rows, customer, info, account) {
    const where = (dialect) => `${dialect} of ${person.tag}`;
    assert.deepEqual(rows.map(({ id }) => id), person.addresses.map(({ id }) => id));
    assertAddresses('big', rows, person.addresses, where('big'));
    const types = [['primary', person.primary()], ['shipping', person.withRole('shipping')], ['billing', person.withRole('billing')]].filter(([, address]) => address !== undefined);
    assert.deepEqual(customer.addresses.map(({ type, id }) => [type, id]), types.map(([type, { id }]) => [type, id]));
    assertAddresses('web', customer.addresses, types.map(([, address]) => address), where('web'));
    assertShows(info.customer, addressView('sticky', person.primary() ?? newAddress([])), where('sticky'));
    assertAddresses('cakes', account.Addresses, person.book(), where('cakes'));
    for (const [role, shown] of [['billing', account.BillingAddress], ['shipping', account.ShippingAddress]]) {
      assertShows(shown, addressView('cakes', person.withRole(role) ?? newAddress([])), `${where('cakes')}, ${role}`);
    }
  }

  async compareV2Addresses(person) {
    const answer = await this.shop.big.api('GET', `/v2/customers/${person.id}/addresses`);
    assertAddresses('v2', answer.status === 204 ? [] : answer.json, person.addresses, 'v2');
  }

  async compareOrders(person) {
    const { web } = this.shop;
    const { orders } = await web.done(200, 'GET', `/admin/customers/${person.id}/orders`);
    const shown = [...person.orders].filter(([, order]) => order.status !== 'cancelled');
    assert.deepEqual(orders.map((order) => order.order_id).sort((a, b) => a - b), shown.map(([id]) => id).sort((a, b) => a - b));
    for (const order of orders) {
      const { products, status, po } = person.orders.get(order.order_id);
      assertShows(order, { order_status: status, customer_po_number: po || null, sub_total: products.reduce((sum, one) => sum + one.quantity * one.price, 0) }, 'order');
      assert.deepEqual(order.order_line_details.map(({ product_id, quantity, product_name, sku, price }) => ({ product_id, quantity, product_name, sku, price })), products);
      const { first, last, email } = person.fields;
      assertShows(order.customer_summary, { customer_id: person.id, first_name: first, last_name: last, email }, 'whose order it is');
    }
    if (person.orders.size > 0) {
      const [id, order] = this.random.pick([...person.orders]);
      assert.deepEqual((await web.done(200, 'GET', `/admin/orders/${id}/comments`)).comments.map(({ content }) => content), order.comments);
      assert.equal((await web.done(200, 'GET', `/admin/orders/${id}`)).order.order_status, order.status);
    }
    for (const [session, products] of person.carts) {
      const { cart } = await web.done(200, 'GET', `/carts/${session}`);
      assert.deepEqual(cart.items.map(({ quantity, product }) => [product.id, quantity, product.name]), products.map((one) => [one.product_id, one.quantity, one.product_name]));
    }
    await this.compareCoupons();
  }

  async compareCoupons() {
    const { discount_profile } = await this.shop.web.done(200, 'GET', `/admin/discount_profiles/${this.shop.discounts[this.number].id}`);
    assert.deepEqual(new Map(discount_profile.customer_coupons.map(({ code, customer_email }) => [code, customer_email])),
      new Map([...this.coupons].map(([code, owner]) => [code, owner?.fields.email ?? ''])));
  }

  async comparePoints(person) {
    for (const [campaign, campaign_id] of Object.entries(this.shop.campaigns)) {
      const answer = await this.shop.sticky.call('customer_balance', { campaign_id, code: person.codeOrMade() });
      assert.equal(answer.status, person.points.has(campaign) ? 'success' : 'error');
      if (answer.status === 'error') continue;
      const { customer } = answer.campaign;
      assert.equal(Number(customer.balance), this.balance(person, campaign));
      const entries = customer.transactions.map(({ id, redeemed, amount }) => ({ id: Number(id), campaign, amount: redeemed === 'Y' ? -Number(amount) : Number(amount) }));
      assert.deepEqual(entries, person.entries.filter((entry) => entry.campaign === campaign));
    }
  }

  async compareRest(person) {
    const { big, web, cakes, native } = this.shop;
    const { id } = person;
    const wishes = (await cakes.wishes(id)).map((one) => [one.Id, { product: one.ProductId, quantity: one.Quantity }]);
    assert.deepEqual(wishes, [...person.wishes].sort((a, b) => b[0] - a[0]));
    assert.deepEqual((await web.rows(`/admin/customers/${id}/store-credit/adjustments`, 'store_credit_adjustments')).map(({ action, amount, note }) => ({ action, amount, note })), person.adjustments);
    const metafields = (await big.data('GET', `/${id}/metafields`)).map((one) => [one.key, { id: one.id, value: one.value }]);
    assert.deepEqual(metafields.sort(), [...person.metafields].sort());
    const tokens = [...person.instruments.keys()];
    assert.deepEqual((await native.instruments(id)).json.data.map(({ token }) => token), tokens);
    assert.deepEqual((await big.done(200, 'GET', `/v3/customers/${id}/stored-instruments`)).map(({ token }) => token), tokens);
    assert.deepEqual((await big.done(200, 'GET', `/v3/customers/${id}/consent`)).allow, person.consent ?? []);
  }
}

// When all are at rest: every list of the store is the models together.
export async function compareStore(shop, workers) {
  const { big, web, sticky, cakes } = shop;
  const people = workers.flatMap(({ living }) => living);
  const numbers = (list) => list.map(Number).sort((a, b) => a - b);
  const ids = numbers(people.map(({ id }) => id));
  assert.deepEqual(numbers((await big.all()).map(({ id }) => id)), ids);
  assert.deepEqual(numbers((await web.all()).map(({ customer_id }) => customer_id)), ids);
  assert.deepEqual(numbers((await cakes.all()).map(({ Bvin }) => Bvin)), ids);
  assert.deepEqual((await sticky.done('customer_search', {})).customers.map(({ code }) => code).sort(), people.map((person) => person.codeOrMade()).sort());
  assert.equal(await cakes.count(), ids.length);
  assert.equal((await big.done(200, 'GET', '/v2/customers/count')).count, ids.length);
  const orders = [...(await web.rows('/admin/orders', 'orders')), ...(await web.rows('/admin/orders', 'orders', 'order_status=cancelled'))];
  assert.deepEqual(numbers(orders.map(({ order_id }) => order_id)), numbers(people.flatMap((person) => [...person.orders.keys()])));
  assert.deepEqual(numbers((await cakes.wishes()).map(({ Id }) => Id)), numbers(people.flatMap((person) => [...person.wishes.keys()])));
  const entries = (await sticky.done('reports', { report: 'transactions_all' })).transactions;
  assert.deepEqual(numbers(entries.map(({ id }) => id)), numbers(people.flatMap((person) => person.entries.map(({ id }) => id))));
  assert.deepEqual(numbers((await big.all('/addresses')).map(({ id }) => id)), numbers(people.flatMap(({ addresses }) => addresses.map(({ id }) => id))));
  for (const worker of workers) {
    for (const person of worker.living) {
      worker.doing = `compare ${person.tag}`;
      await worker.compare(person);
    }
  }
}

// Looks at the whole store through one dialect after the other while `go()`, and finds nobody whose
// deletion was answered before it asked. Answers how often it looked.
export async function reader(shop, random, gone, go) {
  const ids = (rows, name) => rows.map((row) => Number(row[name]));
  const codes = (rows) => rows.map(({ code }) => code);
  const looks = {
    big: async () => ({ ids: ids(await shop.big.find(`limit=250&${EVERYTHING}`), 'id') }),
    addresses: async () => ({ ids: ids(await shop.big.addresses('limit=250'), 'customer_id') }),
    v2: async () => {
      const { status, body } = await shop.big.api('GET', '/v2/customers?limit=250'); // 204 is nobody
      return { ids: status === 204 ? [] : ids(JSON.parse(body), 'id') };
    },
    web: async () => ({ ids: ids((await shop.web.list(`search=w&page=${1 + random.below(3)}`)).customers, 'customer_id') }),
    orders: async () => ({ ids: (await shop.web.done(200, 'GET', '/admin/orders?sort=customerName')).orders.map(({ customer }) => Number(customer.customer_id)) }),
    cakes: async () => ({ ids: ids(await shop.cakes.all(), 'Bvin') }),
    wishes: async () => ({ ids: ids(await shop.cakes.wishes(), 'CustomerId') }),
    sticky: async () => ({ codes: codes((await shop.sticky.call('customer_search', { include_balances: 'Y' })).customers ?? []) }),
    report: async () => ({ codes: codes((await shop.sticky.done('reports', { report: 'customers_balances', campaign_id: shop.campaigns.points })).customers) }),
    transactions: async () => ({ codes: codes((await shop.sticky.done('reports', { report: 'transactions_all' })).transactions) }),
  };
  let count = 0;
  for (; go(); ++count) {
    const name = random.pick(Object.keys(looks));
    const before = { ids: new Set(gone.ids), codes: new Set(gone.codes) };
    const seen = await looks[name]();
    assert.deepEqual((seen.ids ?? []).filter((id) => before.ids.has(id)), [], `${name} shows who is gone`);
    // A code may have come again meanwhile: then it is no longer among the gone.
    assert.deepEqual((seen.codes ?? []).filter((code) => before.codes.has(code) && gone.codes.has(code)), [], `${name} shows who is gone`);
  }
  return count;
}
