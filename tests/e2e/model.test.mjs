// Random operations through all dialects, by several workers at once, against a model that is a few maps
// in memory. Each worker has customers of its own, so that its model is exact while the
// others are busy in the same store; whoever was just deleted is looked for everywhere.
//
// SEED repeats a run's choices; STEPS is the number of steps of all workers together.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { clients, cli, EVERYTHING, makeCode, makeFolder, makeStore, placesOf, Random, seedOfRun, serve } from './harness.mjs';

const WORKERS = 8;
const STEPS = Number(process.env.STEPS ?? 5000);
const MAX_LIVING = 60; // a worker

const enc = encodeURIComponent;
const ADDRESS = { city: 'Austin', state_or_province: 'Texas', postal_code: '78751', country_code: 'US' };

class Worker {
  constructor(shop, random, number) {
    Object.assign(this, { shop, random, number, living: new Map(), gone: [], subscribers: new Map(), serial: 0, done: {} });
  }

  // ---- what the model knows of a customer: everything that the dialects show of it ----

  newPerson() {
    const tag = `w${this.number}n${++this.serial}`;
    // Sometimes the address of somebody who is gone: it is free again.
    const old = this.gone.length > 0 && this.random.next() < 0.2 ? this.random.pick(this.gone) : undefined;
    const free = old !== undefined && ![...this.living.values()].some((person) => person.email === old.email);
    return { email: free ? old.email : `${tag}.${this.random.pick(['a+b', 'x', "o'neil"])}@Example.com`, first: `F${tag}`, last: `L${tag}`,
      notes: '', code: undefined, card: undefined, streets: [], primary: undefined, points: new Map(), properties: [],
      meta: new Map(), profile: undefined, member: false };
  }

  // Sticky Street has one address, which is none of the book that Hotcakes shows; BigCommerce shows all.
  streetsOf(person) {
    return [...person.streets, ...(person.primary ? [person.primary] : [])].sort();
  }

  pick() {
    return this.random.pick([...this.living.values()]);
  }

  add(person) {
    assert.ok(Number.isSafeInteger(person.id) && !this.living.has(person.id));
    assert.ok(!this.gone.some((old) => old.id === person.id), `id ${person.id} was handed out twice`);
    this.living.set(person.id, person);
  }

  codeOf(person) {
    return person.code ?? `8${String(person.id).padStart(15, '0')}`;
  }

  // ---- creating, one a dialect ----

  async createBig() {
    const person = this.newPerson();
    person.streets = Array.from({ length: this.random.below(4) }, (_, i) => `${i} ${person.first}`);
    const [made] = await this.shop.big.create({ email: person.email, first_name: person.first, last_name: person.last, notes: person.notes,
      addresses: person.streets.map((address1) => ({ first_name: 'A', last_name: 'B', address1, ...ADDRESS })) });
    person.id = made.id;
    this.add(person);
  }

  async createWeb() {
    const person = this.newPerson();
    person.properties = Array.from({ length: this.random.below(3) }, (_, i) => `p${i}${person.first}`);
    const made = await this.shop.web.create({ email: person.email, first_name: person.first, last_name: person.last,
      custom_properties: person.properties.map((description) => ({ label: 'l', description })) });
    person.id = made.customer_id;
    this.add(person);
  }

  async createSticky() {
    const person = this.newPerson();
    person.code = makeCode(this.random);
    if (this.random.next() < 0.5) person.card = `6${makeCode(this.random)}`;
    const campaign = this.random.pick(this.shop.campaigns);
    person.points.set(campaign, 15);
    if (this.random.next() < 0.5) person.primary = `1 ${person.first}`;
    await this.shop.sticky.create({ email: person.email, first_name: person.first, last_name: person.last, code: person.code,
      ...(person.card && { card_number: person.card }), ...(person.primary && { street1: person.primary }), campaign_id: campaign, auto_add: '15' });
    const [row] = await this.shop.big.find(`email:in=${enc(person.email)}`);
    person.id = row?.id;
    this.add(person);
  }

  async createCakes() {
    const person = this.newPerson();
    person.streets = Array.from({ length: this.random.below(3) }, (_, i) => `${i} ${person.first}`);
    const made = await this.shop.cakes.create({ Email: person.email, FirstName: person.first, LastName: person.last, Addresses: person.streets.map((Line1) => ({ Line1 })) });
    person.id = Number(made.Bvin);
    this.add(person);
  }

  async createV2() {
    const person = this.newPerson();
    const made = await this.shop.big.done(200, 'POST', '/v2/customers', { email: person.email, first_name: person.first, last_name: person.last });
    person.id = made.id;
    this.add(person);
  }

  // ---- changing ----

  async updateV2(person) {
    person.last = `${person.last.slice(0, 40)}v`;
    const row = await this.shop.big.done(200, 'PUT', `/v2/customers/${person.id}`, { last_name: person.last });
    assert.deepEqual([row.last_name, row.email], [person.last, person.email]);
  }

  async setMeta(person) {
    const key = `k${this.random.below(4)}`;
    const value = `v${++this.serial}`;
    const known = person.meta.get(key);
    const { data } = known === undefined
      ? await this.shop.big.done(200, 'POST', `/v3/customers/${person.id}/metafields`, { permission_set: 'app_only', namespace: 'n', key, value })
      : await this.shop.big.done(200, 'PUT', `/v3/customers/${person.id}/metafields/${known.id}`, { value });
    assert.deepEqual([data.resource_id, data.value], [person.id, value]);
    person.meta.set(key, { id: data.id, value });
  }

  async dropMeta(person) {
    for (const [key, { id }] of person.meta) {
      await this.shop.big.done(204, 'DELETE', `/v3/customers/${person.id}/metafields/${id}`);
      person.meta.delete(key);
      return;
    }
  }

  // Subscribers are nobody's, but go with the customer of the same address, case ignored.
  async subscribe(person) {
    const email = this.random.pick([person.email, person.email.toUpperCase()]);
    const key = email.toLowerCase();
    const answer = await this.shop.big.call('POST', '/subscribers', { email, first_name: person.first });
    assert.equal(answer.status, this.subscribers.has(key) ? 409 : 200, answer.body);
    if (answer.status === 200) this.subscribers.set(key, answer.json.data.id);
  }

  async unsubscribe(person) {
    const key = person.email.toLowerCase();
    const id = this.subscribers.get(key);
    this.subscribers.delete(key);
    const target = this.random.pick([`/subscribers?email=${enc(person.email)}`, `/subscribers/${id ?? 999999}`]);
    assert.equal((await this.shop.big.call('DELETE', target)).status, 204);
  }

  async joinOrLeave(person) {
    const { big, segment } = this.shop;
    person.profile ??= (await big.done(201, 'POST', '/v3/shopper-profiles', [{ customer_id: person.id }])).data[0].id;
    if (person.member) await big.done(204, 'DELETE', `/v3/segments/${segment}/shopper-profiles?id:in=${person.profile}`);
    else await big.done(201, 'POST', `/v3/segments/${segment}/shopper-profiles`, [person.profile]);
    person.member = !person.member;
  }

  async updateBig(person) {
    person.first = `${person.first.slice(0, 40)}b`;
    person.notes = `notes ${this.random.below(1000)}`;
    const [row] = await this.shop.big.update({ id: person.id, first_name: person.first, notes: person.notes });
    assert.deepEqual([row.first_name, row.email], [person.first, person.email]);
  }

  async updateWeb(person) {
    person.last = `${person.last.slice(0, 40)}w`;
    person.properties = [`only ${person.last}`];
    const customer = await this.shop.web.update(person.id, { last_name: person.last, custom_properties: [{ label: 'l', description: person.properties[0] }] });
    assert.equal(customer.name, `${person.first} ${person.last}`);
  }

  async updateSticky(person) {
    person.first = `${person.first.slice(0, 40)}s`;
    await this.shop.sticky.edit({ code: this.codeOf(person), first_name: person.first });
  }

  async updateCakes(person) {
    const account = (await this.shop.cakes.get(person.id)).Content;
    person.email = `c${this.random.below(1e9)}.${person.id}@example.com`;
    account.Email = person.email;
    // JSON.stringify loses the backslashes of these, as the contract warns.
    const dropDates = (object) => Object.keys(object).filter((name) => name.endsWith('Utc')).forEach((name) => delete object[name]);
    [account, account.BillingAddress, account.ShippingAddress, ...account.Addresses].forEach(dropDates);
    const updated = await this.shop.cakes.update(account);
    assert.deepEqual([updated.Email, updated.Addresses.length], [person.email, person.streets.length]);
  }

  async addAddress(person) {
    if (person.streets.length >= 8) return;
    // Never one that the person has: such a one is not made a second time (BigCommerce).
    const address1 = `x${++this.serial} ${person.first}`;
    const rows = await this.shop.big.data('POST', '/addresses', [{ customer_id: person.id, first_name: 'A', last_name: 'B', address1, ...ADDRESS }]);
    assert.equal(rows.length, 1);
    person.streets.push(address1);
  }

  async dropAddress(person) {
    const rows = await this.shop.big.addresses(`customer_id:in=${person.id}`);
    assert.deepEqual(rows.map((row) => row.address1).sort(), this.streetsOf(person));
    if (rows.length === 0) return;
    const row = this.random.pick(rows);
    assert.equal((await this.shop.big.call('DELETE', `/addresses?id:in=${row.id}`)).status, 204);
    if (row.address1 === person.primary) person.primary = undefined;
    else person.streets.splice(person.streets.indexOf(row.address1), 1);
  }

  async addPoints(person) {
    const campaign = this.random.pick(this.shop.campaigns);
    const amount = 1 + this.random.below(50);
    await this.shop.sticky.activity({ campaign_id: campaign, ...(person.card ? { card_number: person.card } : { code: this.codeOf(person) }), amount: String(amount) });
    person.points.set(campaign, (person.points.get(campaign) ?? 0) + amount);
  }

  // ---- what must be refused and change nothing ----

  async takenEmail(person) {
    const email = this.random.pick([person.email, person.email.toUpperCase()]);
    const { big, web, cakes } = this.shop;
    assert.equal((await big.call('POST', '', [{ email: `z${this.number}x${++this.serial}@example.com`, first_name: 'X', last_name: 'X' }, { email, first_name: 'X', last_name: 'X' }])).status, 422);
    assert.equal((await web.call('POST', '', { customer: { first_name: 'X', email } })).status, 409);
    assert.equal((await cakes.create({ Email: email, FirstName: 'X' })).Bvin, String(person.id)); // the one that is there
    assert.equal((await this.shop.sticky.call('record_customer', { customer_action: 'new', code: makeCode(this.random), email })).status, 'error');
  }

  async takenCode(person) {
    const other = await this.shop.sticky.call('record_customer', { customer_action: 'new', code: this.codeOf(person), first_name: 'X' });
    assert.equal(other.status, 'error');
    if (person.card === undefined) return;
    assert.equal((await this.shop.sticky.call('record_customer', { customer_action: 'new', code: makeCode(this.random), card_number: person.card })).status, 'error');
  }

  // ---- deleting ----

  forget(person) {
    this.living.delete(person.id);
    this.subscribers.delete(person.email.toLowerCase());
    this.gone.push(person);
  }

  async delete(person, by) {
    const { big, web, sticky, cakes } = this.shop;
    this.forget(person);
    if (by === 'Big') {
      // Together with somebody who is gone already, and with repeats.
      const others = this.gone.slice(0, this.random.below(4)).map((old) => old.id);
      assert.equal((await big.delete(person.id, ...others, person.id)).status, 204);
    }
    if (by === 'V2') await big.done(204, 'DELETE', `/v2/customers/${person.id}`);
    if (by === 'Web') assert.equal((await web.delete(person.id)).status, 204);
    if (by === 'Sticky') assert.equal((await sticky.delete(this.codeOf(person))).customer.status, 'deleted');
    if (by === 'Cakes') assert.equal(await cakes.delete(person.id), true);
    assert.deepEqual(await this.placesOf(person), []);
  }

  async deleteMany() {
    const some = [...this.living.values()].slice(0, 5);
    some.forEach((person) => this.forget(person));
    assert.equal((await this.shop.big.delete(...some.map((person) => person.id))).status, 204);
    for (const person of some) assert.deepEqual(await this.placesOf(person), []);
  }

  async deleteGone() {
    if (this.gone.length === 0) return;
    const person = this.random.pick(this.gone);
    const { big, web, sticky, cakes } = this.shop;
    assert.equal((await big.delete(person.id)).status, 204);
    assert.equal((await web.delete(person.id)).status, 404);
    assert.equal((await sticky.delete(this.codeOf(person))).status, 'error');
    assert.equal(await cakes.delete(person.id), false);
    assert.equal((await big.call('PUT', '', [{ id: person.id, first_name: 'X' }])).status, 422);
  }

  // An address of somebody gone may be somebody else's by now.
  placesOf(person) {
    const again = [...this.living.values()].some((other) => other.email.toLowerCase() === person.email.toLowerCase());
    return placesOf(this.shop, { ...person, code: this.codeOf(person), email: again ? undefined : person.email });
  }

  // ---- reading: the server's customer is the model's, through every dialect ----

  async compare(person) {
    const { big, web, sticky, cakes } = this.shop;
    const [row] = await big.find(this.random.pick([`id:in=${person.id}`, `email:in=${enc(person.email)}`]) + `&${EVERYTHING}`);
    assert.deepEqual([row?.id, row?.email, row?.first_name, row?.last_name, row?.notes], [person.id, person.email, person.first, person.last, person.notes]);
    assert.deepEqual(row.addresses.map((address) => address.address1).sort(), this.streetsOf(person));
    assert.deepEqual([row.shopper_profile_id, row.segment_ids], [person.profile, person.member ? [this.shop.segment] : []]);
    await this[this.random.pick(['compareMeta', 'compareSubscriber', 'compareV2'])](person);
    const { customer } = (await web.get(person.id)).json;
    assert.deepEqual([customer.customer_id, customer.email, customer.name], [person.id, person.email, `${person.first} ${person.last}`]);
    assert.deepEqual(customer.custom_properties.map((property) => property.description), person.properties);
    const info = await sticky.info(person.card && this.random.next() < 0.5 ? { card_number: person.card } : { code: this.codeOf(person) });
    assert.deepEqual([info.customer.code, info.customer.first_name, info.customer.email], [this.codeOf(person), person.first, person.email]);
    const balances = new Map(info.campaigns.map((campaign) => [campaign.id, Number(campaign.balance)]));
    assert.deepEqual([...balances].sort(), [...person.points].sort());
    const account = (await cakes.byEmail(person.email)).Content;
    assert.deepEqual([account.Bvin, account.FirstName, account.LastName, account.Notes], [String(person.id), person.first, person.last, person.notes]);
    assert.deepEqual(account.Addresses.map((address) => address.Line1).sort(), [...person.streets].sort());
  }

  async compareMeta({ id, meta }) {
    const rows = await this.shop.big.data('GET', `/${id}/metafields`);
    assert.deepEqual(rows.map((row) => [row.key, { id: row.id, value: row.value }]).sort(), [...meta].sort());
  }

  async compareSubscriber({ email }) {
    const rows = await this.shop.big.data('GET', `/subscribers?email=${enc(email)}`);
    assert.deepEqual(rows.map(({ id }) => id), [this.subscribers.get(email.toLowerCase()) ?? []].flat());
  }

  async compareV2(person) {
    const row = await this.shop.big.done(200, 'GET', `/v2/customers/${person.id}`);
    assert.deepEqual([row.email, row.first_name, row.last_name, row.notes], [person.email, person.first, person.last, person.notes]);
  }

  // ---- one step ----

  async step() {
    const some = (names) => this.random.pick(names);
    let name;
    const roll = this.random.next();
    if (this.living.size === 0 || (roll < 0.28 && this.living.size < MAX_LIVING)) name = some(['createBig', 'createWeb', 'createSticky', 'createCakes', 'createV2']);
    else if (roll < 0.5) name = some(['updateBig', 'updateWeb', 'updateSticky', 'updateCakes', 'updateV2', 'addAddress', 'dropAddress', 'addPoints', 'addPoints', 'setMeta', 'setMeta', 'dropMeta',
      'subscribe', 'subscribe', 'unsubscribe', 'joinOrLeave', 'joinOrLeave']);
    else if (roll < 0.56) name = some(['takenEmail', 'takenCode', 'deleteGone']);
    else if (roll < 0.78) name = some(['Big', 'Web', 'Sticky', 'Cakes', 'V2']);
    else if (roll < 0.79) name = 'deleteMany';
    else name = 'compare';
    this.done[name] = (this.done[name] ?? 0) + 1;
    if (name.startsWith('create') || name === 'deleteMany' || name === 'deleteGone') return this[name]();
    if (this[name] === undefined) return this.delete(this.pick(), name);
    return this[name](this.pick());
  }
}

// When all are at rest: the lists and counts of every dialect are the models together.
async function compareAll(shop, data, workers) {
  const people = workers.flatMap((worker) => [...worker.living.values()]);
  const ids = people.map((person) => person.id).sort((a, b) => a - b);
  assert.equal(new Set(ids).size, ids.length);
  const sorted = (list) => list.map(Number).sort((a, b) => a - b);
  assert.deepEqual(sorted((await shop.big.all()).map((row) => row.id)), ids);
  assert.deepEqual(sorted((await shop.web.all()).map((row) => row.customer_id)), ids);
  assert.deepEqual(sorted((await shop.cakes.all()).map((row) => row.Bvin)), ids);
  assert.equal(await shop.cakes.count(), ids.length);
  assert.equal((await cli(data, 'store', 'show', 'shop')).customers, ids.length);
  const streets = people.flatMap((person) => workers[0].streetsOf(person)).sort();
  assert.deepEqual((await shop.big.all('/addresses')).map((row) => row.address1).sort(), streets);
  assert.equal((await shop.big.done(200, 'GET', '/v2/customers/count')).count, ids.length);
  const fields = people.flatMap((person) => [...person.meta.values()].map(({ id }) => id));
  assert.deepEqual(sorted((await shop.big.all('/metafields')).map((row) => row.id)), sorted(fields));
  assert.deepEqual((await shop.big.all('/subscribers')).map((row) => row.email.toLowerCase()).sort(), workers.flatMap((worker) => [...worker.subscribers.keys()]).sort());
  const profiles = people.filter(({ profile }) => profile !== undefined);
  assert.deepEqual((await shop.big.rows('/v3/shopper-profiles')).map((row) => row.id).sort(), profiles.map(({ profile }) => profile).sort());
  const members = await shop.big.rows(`/v3/segments/${shop.segment}/shopper-profiles`);
  assert.deepEqual(sorted(members.map((row) => row.customer_id)), sorted(profiles.filter(({ member }) => member).map(({ id }) => id)));
  for (const worker of workers) {
    for (const person of worker.living.values()) await worker.compare(person);
  }
}

test(`${STEPS} random steps of ${WORKERS} workers agree with the model`, async (t) => {
  const seed = seedOfRun();
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const start = async () => {
    const shop = clients(await serve(t, data, ['--access-log', 'off']), store);
    shop.campaigns = (await shop.sticky.done('campaigns_list')).campaigns.map((campaign) => campaign.id);
    return shop;
  };
  let shop = await start();
  const segment = (await shop.big.done(201, 'POST', '/v3/segments', [{ name: 'Regulars' }])).data[0].id;
  shop.segment = segment;
  shop.campaigns = [await shop.sticky.campaign('Points'), await shop.sticky.campaign('Gift', 'giftcard', {})];
  const workers = Array.from({ length: WORKERS }, (_, number) => new Worker(shop, new Random(seed + number), number));
  const begin = Date.now();
  for (let part = 0; part < 3; ++part) {
    await Promise.all(workers.map(async (worker) => {
      for (let step = 0; step < STEPS / WORKERS / 3; ++step) {
        try {
          await worker.step();
        } catch (error) {
          error.message = `SEED=${seed}, worker ${worker.number}, part ${part}, step ${step}: ${error.message}`;
          throw error;
        }
      }
    }));
    await compareAll(shop, data, workers);
    await shop.server.stop(); // and what was written is read again
    shop = await start();
    shop.segment = segment;
    for (const worker of workers) worker.shop = shop;
    await compareAll(shop, data, workers);
  }
  const done = {};
  for (const worker of workers) for (const [name, count] of Object.entries(worker.done)) done[name] = (done[name] ?? 0) + count;
  console.log(`${Date.now() - begin} ms:`, JSON.stringify(done));
  assert.ok(Object.keys(done).length >= 27, 'every kind of step was taken');
});
