// What a worker of crossdialect.test.mjs hangs on its customers: what one dialect alone knows, and that
// has to survive the others.
import assert from 'node:assert/strict';
import { Writer } from './crosswriter.mjs';
import { makeCode } from './harness.mjs';

export class Shopper extends Writer {
  // ---- what one dialect alone knows ----

  async formField(person) {
    const name = this.random.pick(['Sales Rep', 'Door']);
    const value = this.word(person);
    if (this.random.next() < 0.5) await this.shop.big.data('PUT', '/form-field-values', [{ customer_id: person.id, name, value }]);
    else await this.shop.big.update({ id: person.id, form_fields: [{ name, value }] });
    person.formFields.set(name, value);
  }

  async attribute(person) {
    const attribute_id = this.random.pick(this.shop.attributes);
    const value = this.word(person);
    await this.shop.big.data('PUT', '/attribute-values', [{ customer_id: person.id, attribute_id, value }]);
    person.attributes.set(attribute_id, value);
  }

  async properties(person) {
    person.properties = Array.from({ length: this.random.below(4) }, (_, i) => ({ label: `L${i}`, description: this.word(person) }));
    await this.shop.web.update(person.id, { custom_properties: person.properties });
  }

  async customFields(person) {
    const number = 1 + this.random.below(5);
    const value = this.value('text', person, true);
    await this.shop.sticky.edit({ code: person.codeOrMade(), [`custom_field_${number}`]: value });
    if (value === '') person.customFields.delete(number);
    else person.customFields.set(number, value);
  }

  async consent(person) {
    person.consent = this.random.pick([['essential'], ['essential', 'targeting'], []]);
    await this.shop.big.done(200, 'PUT', `/v3/customers/${person.id}/consent`, { allow: person.consent, deny: ['analytics'] });
  }

  async metafield(person) {
    const key = `k${this.random.below(3)}`;
    const known = person.metafields.get(key);
    const value = this.word(person);
    const { big } = this.shop;
    if (known !== undefined && this.random.next() < 0.3) {
      await big.done(204, 'DELETE', `/v3/customers/${person.id}/metafields/${known.id}`);
      return person.metafields.delete(key);
    }
    const { data } = known === undefined
      ? await big.done(200, 'POST', `/v3/customers/${person.id}/metafields`, { permission_set: 'app_only', namespace: 'n', key, value })
      : await big.done(200, 'PUT', `/v3/customers/${person.id}/metafields/${known.id}`, { value });
    return person.metafields.set(key, { id: data.id, value });
  }

  async instrument(person) {
    const { native } = this.shop;
    if (person.instruments.size > 0 && this.random.next() < 0.4) {
      const token = this.random.pick([...person.instruments.keys()]);
      assert.equal((await native.call('DELETE', `/customers/${person.id}/stored-instruments/${token}`)).status, 204);
      return person.instruments.delete(token);
    }
    const token = `tok-${person.tag}-${++this.serial}`;
    await native.addInstrument(person.id, { type: 'stored_paypal_account', token, email: `${token}@example.com` });
    return person.instruments.set(token, true);
  }

  async subscribe(person) {
    const { big } = this.shop;
    const email = person.fields.email;
    if (person.subscriber?.email === email.toLowerCase()) return;
    // One of a former address is nobody's any more, and would come back with its next owner.
    if (person.subscriber !== undefined) await big.done(204, 'DELETE', `/v3/customers/subscribers/${person.subscriber.id}`);
    const { id } = await big.data('POST', '/subscribers', { email: email.toUpperCase(), first_name: person.fields.first });
    person.subscriber = { id, email: email.toLowerCase() };
  }

  // ---- orders, carts, coupons, credit ----

  items(person) {
    return Array.from({ length: 1 + this.random.below(3) }, (_, i) => ({ product_id: i + 1, quantity: 1 + this.random.below(5), product_name: this.word(person), sku: `S${++this.serial}`, price: this.random.below(400) / 4 }));
  }

  async orderNew(person) {
    const products = this.items(person);
    const { order } = await this.shop.web.done(201, 'POST', '/admin/orders', { customer_id: person.id, products });
    person.orders.set(order.order_id, { status: 'in_progress', products, po: '', comments: [] });
  }

  async orderOfGuest(person) {
    const { web } = this.shop;
    const products = this.items(person);
    const { order } = await web.done(201, 'POST', '/admin/orders', { products, billing_address: { first_name: `Guest${person.tag}` } });
    if (this.random.next() < 0.3) {
      assert.equal((await web.done(200, 'DELETE', `/admin/orders/${order.order_id}`)).status, 'deleted');
      return assert.equal((await web.api('GET', `/admin/orders/${order.order_id}`)).status, 404);
    }
    await web.done(200, 'PUT', `/admin/orders/${order.order_id}`, { customer_id: person.id });
    return person.orders.set(order.order_id, { status: 'in_progress', products, po: '', comments: [] });
  }

  async orderChange(person) {
    const { web } = this.shop;
    if (person.orders.size === 0) return this.orderNew(person);
    const [id, order] = this.random.pick([...person.orders]);
    const roll = this.random.next();
    if (roll < 0.3) {
      const content = this.word(person);
      await web.done(201, 'POST', `/admin/orders/${id}/comments`, { content });
      return order.comments.push(content);
    }
    if (roll < 0.5) {
      const answer = await web.api('POST', `/admin/orders/${id}/cancel`, { reason: this.word(person) });
      assert.equal(answer.status, order.status === 'cancelled' ? 409 : 201, answer.body);
      return (order.status = 'cancelled');
    }
    order.status = this.random.pick(['completed', 'paused', 'reopened', 'draft']);
    order.po = this.word(person);
    return web.done(200, 'PATCH', `/admin/orders/${id}`, { order_status: order.status, customer_po_number: order.po });
  }

  async orderDrop(person) {
    if (person.orders.size === 0) return;
    const id = this.random.pick([...person.orders.keys()]);
    assert.equal((await this.shop.web.done(200, 'DELETE', `/admin/orders/${id}`)).status, 'deleted');
    assert.equal((await this.shop.web.done(200, 'DELETE', `/admin/orders/${id}`)).status, 'not_found');
    person.orders.delete(id);
  }

  async orderMove(person) {
    if (person.orders.size === 0) return;
    const [id, order] = this.random.pick([...person.orders]);
    const other = this.pick();
    const moved = await this.shop.web.done(200, 'PUT', `/admin/orders/${id}`, { customer_id: other.id });
    assert.equal(moved.order.customer.email, other.fields.email);
    person.orders.delete(id);
    other.orders.set(id, order);
  }

  async internalOf(person) {
    person.internal ??= (await this.shop.web.get(person.id)).json.customer.internal_id;
    return person.internal;
  }

  // Sometimes a session of somebody who is gone: it is free again, and the cart is empty.
  newSession(person) {
    const old = this.random.next() < 0.4 ? this.dead.flatMap(({ carts }) => [...carts.keys()]).at(-1) : undefined;
    const free = old !== undefined && !this.living.some(({ carts }) => carts.has(old));
    return free ? old : `cart-${person.tag}-${++this.serial}`;
  }

  async cartAdd(person) {
    const session_id = person.carts.size > 0 && this.random.next() < 0.6 ? this.random.pick([...person.carts.keys()]) : this.newSession(person);
    const [product] = this.items(person);
    product.product_id = 1 + this.random.below(4);
    await this.shop.web.done(201, 'POST', '/carts', { customer_id: await this.internalOf(person), session_id, ...product });
    const cart = person.carts.get(session_id) ?? [];
    const line = cart.find(({ product_id }) => product_id === product.product_id);
    if (line === undefined) cart.push(product);
    else line.quantity += product.quantity;
    person.carts.set(session_id, cart);
  }

  async cartDrop(person) {
    for (const session of person.carts.keys()) {
      assert.equal((await this.shop.web.api('DELETE', `/carts/${session}`)).status, 204);
      person.carts.delete(session);
      return;
    }
  }

  async cartOrder(person) {
    for (const [session, products] of person.carts) {
      const { order } = await this.shop.web.done(201, 'POST', `/admin/orders/carts/${session}`, { customer_id: person.id });
      person.orders.set(order.order_id, { status: 'in_progress', products, po: '', comments: [] });
      person.carts.delete(session);
      return;
    }
  }

  async coupon(person) {
    const code = this.random.pick([...this.coupons.keys()]);
    const email = this.random.pick([person.fields.email, person.fields.email.toUpperCase()]);
    await this.shop.web.done(201, 'POST', '/admin/discount_coupons/assign-customer', { code, email });
    this.coupons.set(code, person);
  }

  async adjust(person) {
    const action = this.random.pick(['add', 'deduct']);
    const amount = 0.25 + this.random.below(200) / 4;
    const note = this.word(person);
    const answer = await this.shop.web.api('POST', `/admin/customers/${person.id}/store-credit/adjustments`, { action, amount, note });
    const after = person.fields.credit + (action === 'add' ? amount : -amount);
    assert.equal(answer.status, after < 0 ? 400 : 201, answer.body);
    if (after < 0) return;
    assert.deepEqual([answer.json.store_credit_adjustment.balance_before, answer.json.store_credit], [person.fields.credit, after]);
    person.fields.credit = after;
    person.adjustments.unshift({ action, amount, note });
  }

  // ---- loyalty ----

  balance(person, campaign) {
    return person.entries.reduce((sum, entry) => sum + (entry.campaign === campaign ? entry.amount : 0), 0);
  }

  namedBy(person) {
    return person.card !== undefined && this.random.next() < 0.5 ? { card_number: person.card } : { code: person.codeOrMade() };
  }

  async earn(person) {
    const campaign = this.random.pick(['points', 'gift']);
    const amount = 1 + this.random.below(40);
    const { receipt } = await this.shop.sticky.activity({ campaign_id: this.shop.campaigns[campaign], ...this.namedBy(person), amount: String(amount), authorization: this.word(person) });
    assert.equal(receipt.customer.email, person.fields.email);
    person.entries.push({ id: Number(receipt.transaction.id), campaign, amount });
    person.points.set(campaign, true);
  }

  async redeem(person) {
    const campaign = this.random.pick(['points', 'gift']);
    if (!person.points.has(campaign)) return this.earn(person);
    const amount = 1 + this.random.below(20);
    const what = campaign === 'points' ? { custom_points_redeem: String(amount) } : { reward_to_redeem: String(amount) };
    const answer = await this.shop.sticky.call('redeem', { campaign_id: this.shop.campaigns[campaign], ...this.namedBy(person), ...what });
    const enough = this.balance(person, campaign) >= amount;
    assert.equal(answer.status, enough ? 'success' : 'error', JSON.stringify(answer));
    if (enough) person.entries.push({ id: Number(answer.receipt.transaction.id), campaign, amount: -amount });
    return undefined;
  }

  async undo(person) {
    if (person.entries.length === 0) return;
    const entry = this.random.pick(person.entries);
    await this.shop.sticky.done('transaction_delete', { campaign_id: this.shop.campaigns[entry.campaign], code: person.codeOrMade(), transaction_id: String(entry.id) });
    person.entries.splice(person.entries.indexOf(entry), 1);
  }

  async cardReplace(person) {
    const card = `6${makeCode(this.random)}`;
    const code = this.random.next() < 0.5 ? makeCode(this.random) : undefined;
    await this.shop.sticky.done('card_replace', { previous_code: person.codeOrMade(), new_card_number: card, ...(code && { new_code: code }) });
    const old = { code: person.codeOrMade(), card_number: person.card };
    Object.assign(person, { card, code: code ?? person.code });
    if (code !== undefined) assert.equal((await this.shop.sticky.info({ code: old.code })).status, 'error');
    if (old.card_number !== undefined) assert.equal((await this.shop.sticky.info({ card_number: old.card_number })).status, 'error');
  }

  // ---- wish lists ----

  wishBody(id, person, wish) {
    return { Id: id, StoreId: this.shop.number, CustomerId: String(person.id), ProductId: wish.product, Quantity: wish.quantity, SelectionData: [{ OptionBvin: 'o', SelectionData: wish.product }] };
  }

  newWish(person) {
    return { product: this.word(person), quantity: 1 + this.random.below(9) };
  }

  async wishNew(person) {
    const wish = this.newWish(person);
    const made = await this.shop.cakes.made('wishlistitems', 'POST', '/', this.wishBody(0, person, wish));
    person.wishes.set(made.Id, wish);
  }

  async wishChange(person) {
    if (person.wishes.size === 0) return;
    const id = this.random.pick([...person.wishes.keys()]);
    const wish = this.newWish(person);
    await this.shop.cakes.made('wishlistitems', 'POST', `/${id}`, this.wishBody(id, person, wish));
    person.wishes.set(id, wish);
  }

  async wishMove(person) {
    if (person.wishes.size === 0) return;
    const [id, wish] = this.random.pick([...person.wishes]);
    const other = this.pick();
    await this.shop.cakes.made('wishlistitems', 'POST', `/${id}`, this.wishBody(id, other, wish));
    person.wishes.delete(id);
    other.wishes.set(id, wish);
  }

  async wishDrop(person) {
    for (const id of person.wishes.keys()) {
      assert.equal(await this.shop.cakes.made('wishlistitems', 'DELETE', `/${id}`), true);
      person.wishes.delete(id);
      return;
    }
  }
}
