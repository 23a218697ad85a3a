// The two BigCommerce clients from npm through every method that they have for V2's customers,
// addresses and groups, in JSON and in XML.
import assert from 'node:assert/strict';
import test from 'node:test';
import { cli, placesOf, request } from './harness.mjs';
import { apiClient, makeShop, nodeClient as clientOf, watchMethods } from './npmclients.mjs';

const JANE = { first_name: 'Jane', last_name: 'Doe', email: 'jane@example.com' };
const ADDRESS = {
  first_name: 'Jane', last_name: 'Doe', phone: '1', street_1: '1 Main', city: 'Austin', state: 'Texas',
  zip: '78751', country: 'United States',
};

const nodeClient = (shop, responseType) => clientOf(shop, { responseType, apiVersion: 'v2' });

test('bigcommerce-api-client: every method of customersV2', async (t) => {
  const shop = await makeShop(t);
  const { token } = shop.store.keys.bigcommerce;
  const client = apiClient(shop);
  const watch = watchMethods(client, 'customersV2');
  const v2 = client.customersV2;

  assert.ok(!(await v2.getAllCustomers()), 'an empty list is an empty body');
  const jane = await v2.createCustomer(JANE);
  assert.equal(jane.email, 'jane@example.com');
  assert.equal(jane.store_credit, '0.0000');
  const bert = await v2.createCustomer({ ...JANE, first_name: 'Bert', email: 'bert@example.com' });
  assert.deepEqual(await v2.getCustomersCount(), { count: 2 });
  assert.deepEqual((await v2.getAllCustomers({ first_name: 'Bert' })).map(({ id }) => id), [bert.id]);
  assert.deepEqual((await v2.getAllCustomers({}, 2, 1)).map(({ id }) => id), [bert.id]);
  assert.equal((await v2.getAllCustomers({ min_date_created: new Date(Date.now() - 60_000) })).length, 2);
  assert.deepEqual(await v2.getCustomer(jane.id), jane);
  assert.equal(await v2.getCustomer(999), null);
  assert.equal((await v2.updateCustomer(jane.id, { company: 'Acme' })).company, 'Acme');
  await v2.updatePassword(jane.id, 'secret12345', 'secret12345');
  await assert.rejects(v2.updatePassword(jane.id, 'secret12345', 'other12345'), /password_confirmation/);
  assert.deepEqual(await v2.customerPasswords.validatePassword(jane.id, 'secret12345'), { success: true });
  assert.deepEqual(await v2.customerPasswords.validatePassword(jane.id, 'other12345'), { success: false });
  assert.equal((await v2.forcePasswordResets(jane.id)).reset_pass_on_login, true);

  const addresses = v2.customerAddresses;
  const first = await addresses.createCustomerAddress(jane.id, ADDRESS);
  assert.equal(first.country_iso2, 'US');
  await addresses.createCustomerAddress(jane.id, { ...ADDRESS, street_1: '2 Main' });
  assert.equal((await addresses.getAllCustomerAddresses(jane.id)).length, 2);
  assert.deepEqual(await addresses.getCustomerAddressesCount(jane.id), { count: 2 });
  assert.deepEqual(await addresses.getCustomerAddress(jane.id, first.id), first);
  assert.equal((await addresses.updateCustomerAddress(jane.id, first.id, { zip: '1' })).zip, '1');
  await addresses.deleteCustomerAddress(jane.id, first.id);
  assert.equal(await addresses.getCustomerAddress(jane.id, first.id), null);
  await addresses.deleteCustomerAddresses(jane.id);
  assert.deepEqual(await addresses.getCustomerAddressesCount(jane.id), { count: 0 });
  // The link of a customer leads to its addresses.
  await addresses.createCustomerAddress(jane.id, ADDRESS);
  const followed = await request('GET', jane.addresses.url, { headers: { 'X-Auth-Token': token } });
  assert.equal(JSON.parse(followed.body)[0].street_1, '1 Main');

  const groups = v2.customerGroups;
  const vip = await groups.createCustomerGroup({ name: 'VIP', discount_rules: [{ type: 'all', method: 'percent', amount: '5' }] });
  assert.equal(vip.discount_rules[0].amount, '5.0000');
  assert.deepEqual((await groups.getAllCustomerGroups({ 'name:like': 'vi' })).map(({ id }) => id), [vip.id]);
  assert.deepEqual(await groups.getCustomerGroupsCount(), { count: 1 });
  assert.equal((await groups.updateCustomerGroup(vip.id, { is_default: true })).is_default, true);
  await v2.updateCustomer(bert.id, { customer_group_id: vip.id });
  await groups.deleteCustomerGroup(vip.id);
  assert.equal(await groups.getCustomerGroup(vip.id), null);
  assert.equal((await v2.getCustomer(bert.id)).customer_group_id, 0);
  await assert.rejects(groups.deleteCustomerGroups(), /405/);

  await v2.deleteCustomer(jane.id);
  assert.equal(await v2.getCustomer(jane.id), null);
  assert.deepEqual(await placesOf(shop, { id: jane.id, email: 'jane@example.com' }), []);
  assert.ok((await placesOf(shop, { id: bert.id, email: 'bert@example.com' })).length >= 6);
  await assert.rejects(v2.deleteCustomers(), /405/);
  assert.equal(await shop.cakes.count(), 1);
  await cli(shop.data, 'window', 'open', '--store', 'abc');
  await v2.deleteCustomers();
  assert.deepEqual(await placesOf(shop, { id: bert.id, email: 'bert@example.com' }), []);
  assert.equal(await shop.cakes.count(), 0);
  assert.deepEqual(watch.missed(), []);
});

test('node-bigcommerce in JSON', async (t) => {
  const client = nodeClient(await makeShop(t), 'json');
  assert.ok((await client.get('/time')).time > 1_700_000_000);
  assert.equal(await client.get('/customers'), '', 'an empty list is an empty body');
  const jane = await client.post('/customers', JANE);
  assert.equal((await client.get('/customers?email=jane@example.com'))[0].id, jane.id);
  assert.equal((await client.put(`/customers/${jane.id}`, { notes: 'n' })).notes, 'n');
  await assert.rejects(client.get('/customers?id=5'), (error) => error.code === 400
    && JSON.parse(error.responseBody)[0].message === "The field 'id' is not supported by this resource.");
  await assert.rejects(client.post('/customers', JANE), (error) => error.code === 409);
  await assert.rejects(client.post('/customer_groups', {}), (error) => error.code === 400
    && JSON.parse(error.responseBody).errors[0].title === "The required field 'name' was not supplied.");
  await assert.rejects(client.delete('/customers'), (error) => error.code === 405);
  assert.equal(await client.delete(`/customers/${jane.id}`), '');
  await assert.rejects(client.get(`/customers/${jane.id}`), (error) => error.code === 404);
});

test('node-bigcommerce in XML', async (t) => {
  const shop = await makeShop(t);
  const client = nodeClient(shop, 'xml');
  assert.match(await client.get('/time'), /<time><time>\d+<\/time><\/time>$/);
  assert.match(await client.post('/customers', JANE), /^<\?xml version="1.0" encoding="UTF-8"\?>\n<customer><id>1<\/id>/);
  assert.match(await client.get('/customers?first_name=Jane'), /<customers><customer><id>1<\/id>.*<\/customers>$/);
  assert.match(await client.get('/customers/count'), /<customers><count>1<\/count><\/customers>$/);
  await assert.rejects(client.get('/customers/9'), (error) => error.code === 404
    && /<errors><error><status>404<\/status>/.test(error.responseBody));
  // What becomes of a blank id, inside a window.
  await cli(shop.data, 'window', 'open', '--store', 'abc');
  await assert.rejects(client.delete('/customers/'), (error) => error.code === 404);
  assert.match(await client.get('/customers/count'), /<count>1</);
  assert.equal(await client.delete('/customers'), '');
  assert.equal(await client.get('/customers'), '');
});
