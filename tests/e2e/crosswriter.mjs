// The half of a worker of crossdialect.test.mjs that makes customers and writes their fields and
// addresses, through all four dialects.
import assert from 'node:assert/strict';
import { addressBody, addressTextsOf, addressView, assertAddresses, assertFields, assertShows, changeAddress, COUNTRIES, FIELDS, newAddress, Person } from './crossmodel.mjs';
import { makeCode } from './harness.mjs';

const MAX_ADDRESSES = 8;
const enc = encodeURIComponent;

// What is hard on JSON, XML, forms and look-ups.
const AWKWARD = ['', '', ' plain', " O'Neil & <Söhne>", ' "quoted\\slash" /x', ' 日本 😀', ' 50% +plus #hash;a,b=c', ' null', ' {x}[y]'];
const STATUSES = ['active', 'inactive', 'pending', 'approval_awaiting', 'awaiting_verification'];

export class Writer {
  constructor(shop, random, number, gone) {
    Object.assign(this, { shop, random, number, gone, living: [], dead: [], coupons: new Map(), serial: 0, done: {} });
    for (const code of shop.discounts[number].codes) this.coupons.set(code, undefined);
  }

  // ---- values ----

  word(person) {
    return `${person.tag}v${++this.serial}${this.random.pick(AWKWARD)}`;
  }

  newEmail(person) {
    return `${person.tag}.${++this.serial}@${this.random.pick(['Example.com', 'x-y.example', 'EXAMPLE.org'])}`;
  }

  value(kind, person, mayBeEmpty) {
    if (kind === 'email') return this.newEmail(person);
    if (kind === 'bool') return this.random.next() < 0.5;
    if (kind === 'amount') return this.random.below(4000) / 4;
    if (kind === 'status') return this.random.pick(STATUSES);
    if (kind === 'date') return `19${50 + this.random.below(50)}-0${1 + this.random.below(9)}-1${this.random.below(10)}`;
    if (mayBeEmpty && this.random.next() < 0.15) return '';
    return kind === 'digits' ? `+43 ${this.number}${++this.serial}` : this.word(person);
  }

  // Some fields that the dialect can write, with new values.
  newValues(dialect, person, only) {
    const names = only ?? Object.keys(FIELDS).filter((name) => FIELDS[name][dialect] !== undefined);
    const values = {};
    for (let n = only?.length ?? 1 + this.random.below(3); n > 0; --n) {
      const name = only?.[n - 1] ?? this.random.pick(names);
      values[name] = this.value(FIELDS[name].kind, person, !['first', 'last'].includes(name));
    }
    return values;
  }

  bodyOf(dialect, values) {
    return Object.assign({}, ...Object.entries(values).map(([name, value]) => FIELDS[name][dialect].write(value)));
  }

  state(dialect) {
    return this.random.pick(dialect === 'big' || dialect === 'v2' ? ['Texas', 'Tirol', 'Ontario'] : dialect === 'cakes' ? ['TX', 'NSW', 'ON', '7'] : ['Texas', 'Tirol', 'TX', 'NSW']);
  }

  // A change of some fields of an address, or all that a new one needs.
  addressChange(dialect, person, whole) {
    const names = addressTextsOf(dialect);
    const change = { texts: {} };
    for (const name of whole ? names : [this.random.pick(names), this.random.pick(names)]) {
      change.texts[name] = ['phone', 'mobile', 'fax', 'zip'].includes(name) ? this.value('digits', person) : this.word(person);
    }
    if (whole || this.random.next() < 0.4) change.state = this.state(dialect);
    if (whole || this.random.next() < 0.4) change.code = this.random.pick(Object.keys(COUNTRIES));
    if (dialect === 'sticky') change.short = this.random.next() < 0.5;
    return change;
  }

  // ---- who there is ----

  newPerson() {
    const person = new Person(`w${this.number}n${++this.serial}`);
    const old = this.dead.length > 0 && this.random.next() < 0.25 ? this.random.pick(this.dead) : undefined;
    person.again = old; // whose e-mail and code are free again
    return person;
  }

  emailFor(person) {
    const { again } = person;
    const address = again?.fields.email.toLowerCase();
    // Also where it still subscribes to the newsletter for somebody who has another one now.
    const taken = again === undefined || this.living.some(({ fields }) => fields.email.toLowerCase() === address) ||
      [...this.living, ...this.dead].some(({ subscriber }) => subscriber?.email === address);
    return taken ? this.newEmail(person) : again.fields.email;
  }

  start(dialect, person) {
    const values = { ...this.newValues(dialect, person), ...this.newValues(dialect, person, ['first', 'last']), email: this.emailFor(person) };
    Object.assign(person.fields, values);
    return this.bodyOf(dialect, values);
  }

  add(person, id) {
    assert.ok(Number.isSafeInteger(id) && id > 0 && !this.gone.ids.has(id), `the number ${id}`);
    person.id = id;
    this.living.push(person);
  }

  pick() {
    return this.random.pick(this.living);
  }

  // Addresses that were just made get the ids that are new in BigCommerce's list.
  async learn(person) {
    const known = new Set(person.addresses.map(({ id }) => id));
    const fresh = (await this.shop.big.addresses(`customer_id:in=${person.id}`)).map(({ id }) => id).filter((id) => !known.has(id));
    const unnamed = person.addresses.filter(({ id }) => id === undefined);
    assert.equal(fresh.length, unnamed.length, 'addresses that were made');
    unnamed.forEach((address, i) => (address.id = fresh[i]));
  }

  async addAddress(dialect, person, roles, change) {
    const address = newAddress(roles);
    changeAddress(dialect, address, change);
    person.addresses.push(address);
    return address;
  }
  // ---- creating ----

  async createBig() {
    const person = this.newPerson();
    const body = this.start('big', person);
    const changes = Array.from({ length: this.random.below(3) }, () => this.addressChange('big', person, true));
    for (const change of changes) await this.addAddress('big', person, ['book'], change);
    const [made] = await this.shop.big.create({ ...body, addresses: changes.map((change) => addressBody('big', change)) });
    this.add(person, made.id);
    await this.learn(person);
  }

  async createV2() {
    const person = this.newPerson();
    const made = await this.shop.big.done(200, 'POST', '/v2/customers', this.start('v2', person));
    this.add(person, made.id);
  }

  async createWeb() {
    const person = this.newPerson();
    person.fields.status = 'awaiting_verification';
    const made = await this.shop.web.create(this.start('web', person));
    person.internal = made.internal_id;
    this.add(person, made.customer_id);
  }

  async createSticky() {
    const person = this.newPerson();
    const { again } = person;
    const reuse = again?.code !== undefined && !this.living.some(({ code }) => code === again.code);
    person.code = reuse ? again.code : makeCode(this.random);
    this.gone.codes.delete(person.code);
    person.card = this.random.next() < 0.5 ? `6${makeCode(this.random)}` : undefined;
    const body = this.start('sticky', person);
    const change = this.random.next() < 0.5 ? this.addressChange('sticky', person, true) : undefined;
    const campaign_id = this.shop.campaigns.points;
    const made = await this.shop.sticky.create({ ...body, code: person.code, ...(person.card && { card_number: person.card }), ...(change && addressBody('sticky', change)), campaign_id, auto_add: '15' });
    assert.deepEqual(made, { code: person.code, card_number: person.card ?? '' });
    const rows = await this.shop.big.find(`email:in=${enc(person.fields.email)}`);
    this.add(person, rows[0]?.id);
    if (change !== undefined) {
      const address = await this.addAddress('sticky', person, ['primary'], change);
      Object.assign(address.texts, { first: person.fields.first, last: person.fields.last });
      await this.learn(person);
    }
    const { transactions } = (await this.shop.sticky.done('customer_balance', { campaign_id, code: person.code })).campaign.customer;
    person.points.set('points', true);
    person.entries.push({ id: Number(transactions[0].id), campaign: 'points', amount: 15 });
  }

  async createCakes() {
    const person = this.newPerson();
    const body = this.start('cakes', person);
    const changes = Array.from({ length: this.random.below(3) }, () => this.addressChange('cakes', person, true));
    for (const change of changes) await this.addAddress('cakes', person, ['book'], change);
    const made = await this.shop.cakes.create({ ...body, Addresses: changes.map((change) => addressBody('cakes', change)) });
    this.add(person, Number(made.Bvin));
    await this.learn(person);
  }

  // ---- fields ----

  async writeBig(person) {
    const values = this.newValues('big', person);
    const [row] = await this.shop.big.update({ id: person.id, ...this.bodyOf('big', values) });
    Object.assign(person.fields, values);
    assert.equal(row.email, person.fields.email);
  }

  async writeV2(person) {
    const values = this.newValues('v2', person);
    const row = await this.shop.big.done(200, 'PUT', `/v2/customers/${person.id}`, this.bodyOf('v2', values));
    Object.assign(person.fields, values);
    assertFields('v2', row, person);
  }

  async writeWeb(person) {
    const values = this.newValues('web', person);
    const row = await this.shop.web.update(person.id, this.bodyOf('web', values));
    Object.assign(person.fields, values);
    assertFields('web', row, person);
  }

  async writeSticky(person) {
    const values = this.newValues('sticky', person);
    await this.shop.sticky.edit({ code: person.codeOrMade(), ...this.bodyOf('sticky', values) });
    if (values.birthday === '') values.birthday = '0000-00-00';
    Object.assign(person.fields, values);
  }

  // A full replacement: all that this dialect cannot say has to survive it.
  async writeCakes(person) {
    const { cakes } = this.shop;
    const account = (await cakes.get(person.id)).Content;
    assertFields('cakes', account, person);
    const values = this.newValues('cakes', person);
    const updated = await cakes.update({ ...account, ...this.bodyOf('cakes', values) });
    Object.assign(person.fields, values);
    assertFields('cakes', updated, person);
    assertAddresses('cakes', updated.Addresses, person.book(), 'cakes');
  }

  async writeImport(person) {
    const values = { company: `C${++this.serial} ${person.tag}`, gender: `g${this.serial}`, phone: `0${this.serial}`, credit: this.value('amount') };
    const answer = (await this.shop.web.import(`customer_id,Company Name,Gender,Phone,Store Credit\n${person.id},${values.company},${values.gender},${values.phone},${values.credit}\n`)).json;
    assert.deepEqual(answer, { total: 1, created: 0, updated: 1, failed: 0, errors: [] });
    Object.assign(person.fields, values);
  }

  async group(person) {
    const group = this.random.pick([{ id: 0 }, ...this.shop.groups]);
    if (this.random.next() < 0.5) await this.shop.big.update({ id: person.id, customer_group_id: group.id });
    else await this.shop.big.done(200, 'PUT', `/v2/customers/${person.id}`, { customer_group_id: group.id });
    person.group = group.id;
  }

  // Set through one, checked through two others.
  async password(person) {
    const { big, web, sticky } = this.shop;
    const password = `pass${++this.serial}word`;
    const by = this.random.below(3);
    if (by === 0) await big.update({ id: person.id, authentication: { new_password: password } });
    if (by === 1) {
      await web.done(201, 'POST', `/admin/customers/${person.id}/reset-password`, { customer: { password } });
      person.fields.forceReset = false;
    }
    if (by === 2) await sticky.edit({ code: person.codeOrMade(), customer_password: password });
    const answer = await big.done(200, 'POST', '/v3/customers/validate-credentials', { email: person.fields.email, password });
    assert.deepEqual(answer, { is_valid: true, customer_id: person.id });
    assert.equal((await sticky.call('validate_customer_password', { code: person.codeOrMade(), customer_password: password })).status, 'success');
  }

  // ---- addresses ----

  async addressBig(person) {
    const { big } = this.shop;
    if (person.addresses.length < MAX_ADDRESSES && this.random.next() < 0.4) {
      const change = this.addressChange('big', person, true);
      const [row] = await big.data('POST', '/addresses', [{ customer_id: person.id, ...addressBody('big', change) }]);
      (await this.addAddress('big', person, ['book'], change)).id = row.id;
      return;
    }
    if (person.addresses.length === 0) return;
    const address = this.random.pick(person.addresses);
    const change = this.addressChange('big', person);
    const commercial = this.random.next() < 0.5;
    const [row] = await big.data('PUT', '/addresses', [{ id: address.id, ...addressBody('big', change), address_type: commercial ? 'commercial' : 'residential' }]);
    changeAddress('big', address, change);
    address.commercial = commercial;
    assertShows(row, addressView('big', address), 'the answer');
  }

  async addressBigDrop(person) {
    if (person.addresses.length === 0) return;
    const address = this.random.pick(person.addresses);
    assert.equal((await this.shop.big.call('DELETE', `/addresses?id:in=${address.id}`)).status, 204);
    person.addresses.splice(person.addresses.indexOf(address), 1);
  }

  async addressV2(person) {
    if (person.addresses.length === 0) return;
    const address = this.random.pick(person.addresses);
    const change = this.addressChange('v2', person);
    await this.shop.big.done(200, 'PUT', `/v2/customers/${person.id}/addresses/${address.id}`, addressBody('v2', change));
    changeAddress('v2', address, change);
  }

  async addressSticky(person) {
    let address = person.primary();
    if (address === undefined && person.addresses.length >= MAX_ADDRESSES) return;
    const change = this.addressChange('sticky', person);
    await this.shop.sticky.edit({ code: person.codeOrMade(), ...addressBody('sticky', change) });
    if (address !== undefined) {
      address.roles.add('primary');
      return changeAddress('sticky', address, change);
    }
    address = await this.addAddress('sticky', person, ['primary'], change);
    Object.assign(address.texts, { first: person.fields.first, last: person.fields.last });
    return this.learn(person);
  }

  async addressWeb(person) {
    const type = this.random.pick(['primary', 'billing', 'shipping']);
    const address = person.withRole(type);
    if (address === undefined && person.addresses.length >= MAX_ADDRESSES) return;
    const change = this.addressChange('web', person);
    await this.shop.web.done(201, 'POST', `/admin/customers/${person.id}/addresses`, { customer: { addresses: [{ type, ...addressBody('web', change) }] } });
    if (address !== undefined) return changeAddress('web', address, change);
    await this.addAddress('web', person, [type], change);
    return this.learn(person);
  }

  // Reads the account, changes one address in it, and sends all of it back.
  async addressCakes(person) {
    const { cakes } = this.shop;
    const account = (await cakes.get(person.id)).Content;
    const book = person.book();
    assertAddresses('cakes', account.Addresses, book, 'cakes');
    const change = this.addressChange('cakes', person);
    const roll = this.random.next();
    if (roll < 0.25 && person.addresses.length < MAX_ADDRESSES) {
      account.Addresses.push(addressBody('cakes', change));
      await this.addAddress('cakes', person, ['book'], change);
    } else if (roll < 0.4 && book.length > 0) {
      const at = this.random.below(book.length);
      account.Addresses.splice(at, 1);
      person.dropRole(book[at], 'book');
    } else if (roll < 0.65 && book.length > 0) {
      const at = this.random.below(book.length);
      Object.assign(account.Addresses[at], addressBody('cakes', change));
      changeAddress('cakes', book[at], change);
    } else {
      await this.roleOfCakes(person, account, change);
    }
    await cakes.update(account);
    await this.learn(person);
  }

  async roleOfCakes(person, account, change) {
    const [role, member] = this.random.pick([['billing', 'BillingAddress'], ['shipping', 'ShippingAddress']]);
    const address = person.withRole(role);
    if (address !== undefined && this.random.next() < 0.3) {
      account[member] = {}; // without a word in it: none
      return person.dropRole(address, role);
    }
    if (address === undefined && person.addresses.length >= MAX_ADDRESSES) return undefined;
    Object.assign(account[member], addressBody('cakes', change));
    if (address !== undefined) return changeAddress('cakes', address, change);
    return this.addAddress('cakes', person, [role], change);
  }
}
