// Two clients from npm that programs in the world use, pointed at the server as the BigCommerce
// contract says (section 11): their own code makes the requests and reads the answers.
import assert from 'node:assert/strict';
import https from 'node:https';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { clients, makeFolder, makeStore, placesOf, serve } from './harness.mjs';

const require = createRequire(import.meta.url);
const NodeBigCommerce = require('node-bigcommerce');
const { BigCommerceApiClient } = require('bigcommerce-api-client');

// api.bigcommerce.com over https is built into both clients.
class PlainAgent extends https.Agent {
  constructor(port) {
    super();
    this.toPort = port;
  }

  createConnection() {
    return net.connect({ host: '127.0.0.1', port: this.toPort });
  }
}

const ADDRESS = {
  first_name: 'Sally', last_name: 'Smithers', address1: '1 Main', city: 'Austin',
  state_or_province: 'Texas', postal_code: '78751', country_code: 'US',
};

async function makeShop(t) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'abc');
  return { ...clients(await serve(t, data), store), store };
}

test('node-bigcommerce creates, lists, updates and deletes', async (t) => {
  const shop = await makeShop(t);
  const key = shop.store.keys.bigcommerce;
  const client = (token) => new NodeBigCommerce({
    clientId: key.client_id,
    accessToken: token,
    storeHash: 'abc',
    responseType: 'json',
    apiVersion: 'v3',
    agent: new PlainAgent(shop.server.port),
  });
  const bigcommerce = client(key.token);

  const made = await bigcommerce.post('/customers', [
    { email: 'sally@smithers.org', first_name: 'Sally', last_name: 'Smithers', addresses: [ADDRESS] },
    { email: 'bert@smithers.org', first_name: 'Bert', last_name: 'Smithers' },
  ]);
  const [sally, bert] = made.data.map((customer) => customer.id);
  assert.equal(made.data[0].email, 'sally@smithers.org');

  const listed = await bigcommerce.get(`/customers?id:in=${sally}&include=addresses`);
  assert.equal(listed.data.length, 1);
  assert.equal(listed.data[0].addresses[0].state_or_province, 'Texas');
  assert.equal((await bigcommerce.get('/customers?')).meta.pagination.total, 2);

  const updated = await bigcommerce.put('/customers', [{ id: sally, first_name: 'Sarah' }]);
  assert.equal(updated.data[0].first_name, 'Sarah');
  assert.equal(updated.data[0].last_name, 'Smithers');

  const more = await bigcommerce.post('/customers/addresses', [{ ...ADDRESS, address1: '2 Main', customer_id: sally }]);
  assert.equal((await bigcommerce.get(`/customers/addresses?customer_id:in=${sally}`)).data.length, 2);
  assert.equal(await bigcommerce.delete(`/customers/addresses?id:in=${more.data[0].id}`), '');
  assert.equal((await bigcommerce.get(`/customers/addresses?customer_id:in=${sally}`)).data.length, 1);

  // What the client makes of errors is its own affair; that it sees ours is what counts here.
  await assert.rejects(bigcommerce.post('/customers', [{ email: 'sally@smithers.org', first_name: 'S', last_name: 'S' }]),
    (error) => error.code === 422 && JSON.parse(error.responseBody).title === 'Create customers failed.');
  await assert.rejects(client('nonsense').get('/customers'), (error) => error.code === 401);
  await assert.rejects(bigcommerce.delete('/customers?id:in=abc'), (error) => error.code === 422);
  assert.equal(await bigcommerce.delete('/customers'), '');
  assert.equal((await bigcommerce.get('/customers?')).meta.pagination.total, 2);

  assert.equal(await bigcommerce.delete(`/customers?id:in=${sally}`), '');
  assert.equal((await bigcommerce.get('/customers?')).meta.pagination.total, 1);
  assert.deepEqual(await placesOf(shop, { id: sally, email: 'sally@smithers.org' }), []);
  assert.ok((await placesOf(shop, { id: bert, email: 'bert@smithers.org' })).length >= 6);
  // There is no undo, and nothing is in the way of a new customer with the same address.
  const again = await bigcommerce.post('/customers', [{ email: 'sally@smithers.org', first_name: 'S', last_name: 'S' }]);
  assert.ok(again.data[0].id > bert);
});

test('bigcommerce-api-client creates, lists page by page, updates and deletes', async (t) => {
  const shop = await makeShop(t);
  const client = new BigCommerceApiClient({
    storeHash: 'abc',
    accessToken: shop.store.keys.bigcommerce.token,
    timeout: 30_000,
    maxRetries: 0,
    retryDelay: 1,
  });
  client.apiClient.axiosInstance.defaults.baseURL = `${shop.server.url}/stores/abc`;
  const { customersV3 } = client;

  const people = Array.from({ length: 23 }, (_, i) => ({ email: `person${i}@example.com`, first_name: `P${i}`, last_name: 'Person' }));
  people[0].addresses = [ADDRESS];
  const made = await customersV3.createCustomers(people); // the client cuts this into calls of ten
  assert.equal(made.data.length, 23);
  const ids = made.data.map((customer) => customer.id);
  assert.equal(new Set(ids).size, 23);

  const two = await customersV3.getAllCustomers({ 'id:in': [ids[0], ids[1]].join(','), include: 'addresses' });
  assert.deepEqual(two.data.map((customer) => customer.email).sort(), ['person0@example.com', 'person1@example.com']);
  assert.equal(two.data.find((customer) => customer.id === ids[0]).addresses.length, 1);
  // With {} in place of undefined the client sends "?&page=1", which the original refuses too (contract 1.6).
  const all = await customersV3.getAllCustomers(undefined, 1, 250);
  assert.equal(all.data.length, 23);
  const page = await customersV3.getAllCustomers(undefined, 3, 10);
  assert.equal(page.data.length, 3);
  assert.equal(page.meta.pagination.total_pages, 3);

  const updated = await customersV3.updateCustomers([{ id: ids[2], last_name: 'Changed' }]);
  assert.equal(updated.data[0].last_name, 'Changed');
  const found = await customersV3.getAllCustomers({ 'email:in': 'person2@example.com' });
  assert.equal(found.data[0].last_name, 'Changed');
  assert.ok(found.data[0].date_created instanceof Date, 'the client knows our dates as dates');

  // A known misuse (T5): the ids arrive as "0=1", and nobody may go for it.
  await customersV3.deleteCustomers([ids[0]]).catch(() => {});
  assert.equal(await shop.cakes.count(), 23);

  await customersV3.deleteCustomers({ 'id:in': ids.slice(0, 3).join(',') });
  assert.equal((await customersV3.getAllCustomers(undefined, 1, 250)).data.length, 20);
  for (let i = 0; i < 3; ++i) assert.deepEqual(await placesOf(shop, { id: ids[i], email: `person${i}@example.com` }), []);
  assert.ok((await placesOf(shop, { id: ids[3], email: 'person3@example.com' })).length >= 6);
  await customersV3.deleteCustomers({ 'id:in': ids.join(',') });
  assert.equal(await shop.cakes.count(), 0);
  assert.deepEqual((await shop.web.list()).customers, []);
});
