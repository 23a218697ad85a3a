// Two stores, a and b, for the tests of isolation: Bob of store b has one of everything, and store a
// has a customer who has nothing.
import assert from 'node:assert/strict';
import path from 'node:path';
import { clients, cli, importRows, makeFolder, makeStore, serve, snapshot } from './harness.mjs';
import { addOffers, attachShopping } from './shopping.mjs';

// The numbers of the two stores' customers do not overlap, so that none of A's own can answer for B's.
const ROWS = {
  a: [{ id: 1, email: 'ann@example.com', code: '1000000000000001', card_number: '11' }],
  b: [
    { id: 5001, email: 'bob@example.com', first_name: 'Bob', last_name: 'Secret', code: '5000000000000001', card_number: '55',
      transactions: [{ ref: 't', campaign: 'Points', date: '2024-01-05', points: '10' }],
      addresses: [{ ref: 'a', first_name: 'Bob', last_name: 'Secret', address1: '1 Hidden', city: 'Austin', state: 'Texas', postal_code: '1', country_code: 'US' }] },
    { id: 5002, email: 'bea@example.com', code: '5000000000000002' },
  ],
};

export const CARD = { type: 'stored_paypal_account', token: 'tok-bob', email: 'bob@example.com' };

export async function makeTwo(t) {
  const data = path.join(makeFolder(t), 'data');
  const stores = { a: await makeStore(data, 'a'), b: await makeStore(data, 'b') };
  for (const handle of ['a', 'b']) await importRows(data, handle, ROWS[handle]);
  const server = await serve(t, data, ['--webhook-allow', '127.0.0.1']);
  const a = clients(server, stores.a);
  const b = clients(server, stores.b);
  // Bob has one of everything.
  await b.native.addInstrument(5001, CARD);
  await b.big.data('PUT', '/form-field-values', [{ customer_id: 5001, name: 'Door', value: 'secret' }]);
  await b.big.done(200, 'PUT', '/v3/customers/5001/consent', { allow: ['essential'], deny: [] });
  b.metafield = (await b.big.data('POST', '/5001/metafields', { permission_set: 'write', namespace: 'n', key: 'k', value: 'secret' })).id;
  b.subscriber = (await b.big.data('POST', '/subscribers', { email: 'bob@example.com' })).id;
  b.segment = (await b.big.done(201, 'POST', '/v3/segments', [{ name: 'Secret' }])).data[0].id;
  b.profile = (await b.big.done(201, 'POST', '/v3/shopper-profiles', [{ customer_id: 5001 }])).data[0].id;
  await b.big.done(201, 'POST', `/v3/segments/${b.segment}/shopper-profiles`, [b.profile]);
  await addOffers(Object.assign(b, { data, number: Number(b.cakes.key.key.match(/^\d+/)[0]) }));
  b.points = (await b.sticky.done('campaigns_list')).campaigns.find(({ name }) => name === 'Points').id;
  b.bob = await attachShopping(b, { id: 5001, tag: 'secret', email: 'bob@example.com', code: '5000000000000001', card: '55' }, b.points);
  return {
    data, stores, server, a, b,
    openWindow: (handle) => cli(data, 'window', 'open', '--store', handle),
    staffOf: async (handle) => clients(server, { handle, keys: { webcommander: await cli(data, 'key', 'create', '--store', handle, '--dialect', 'webcommander', '--role', 'staff') } }),
  };
}

// The answer without what differs from call to call.
export const plain = ({ status, body, headers }) => ({ status, body, type: headers['content-type'] });

// Runs `attack`, and checks that store B is what it was. Reads through B's own keys.
export async function leavesAlone(b, attack) {
  // Carts are in no list.
  const look = async () => ({ ...(await snapshot(b)), cart: await b.web.done(200, 'GET', `/carts/${b.bob.cart.session}`), mails: await cli(b.data, 'mail', 'list', '--store', 'b') });
  const before = await look();
  await attack();
  assert.deepEqual(await look(), before);
}
