// The original's rate limit, where a store has one: a client that does as X-Retry-After says gets
// through, and at the limit a deletion is done or refused, never half of it. One real window of 30
// seconds is waited for: it is what the client waits for too.
import assert from 'node:assert/strict';
import test from 'node:test';
import { cli, until } from './harness.mjs';
import { makeShop, nodeClient } from './npmclients.mjs';

test('clients that are told to wait get through, and no deletion is half done', async (t) => {
  const shop = await makeShop(t);
  const { data: people } = await nodeClient(shop).post('/customers', Array.from({ length: 8 }, (_, i) => ({ email: `p${i}@example.com`, first_name: 'P', last_name: `${i}` })));
  const ids = people.map(({ id }) => id);
  const quota = 10;
  await cli(shop.data, 'setting', 'set', '--store', 'abc', 'bigcommerce_rate_limit', String(quota));
  const big = (method, target) => shop.big.call(method, target);
  let left;
  for (let i = 0; i < quota; ++i) {
    const answer = await big('GET', '?limit=1');
    if (answer.status === 429) break; // the calls from before the limit may count too
    left = Number(answer.headers['x-rate-limit-requests-left']);
  }
  assert.equal(left, 0);

  // All at once: each is done or refused, and who was refused is whole.
  const refused = await Promise.all(ids.map((id) => big('DELETE', `?id:in=${id}`)));
  for (const { status, headers } of refused) {
    assert.equal(status, 429);
    assert.ok(Number(headers['x-retry-after']) >= 1 && Number(headers['x-retry-after']) <= 30);
    assert.ok(Number(headers['x-rate-limit-time-reset-ms']) <= 30_000);
    assert.equal(headers['x-rate-limit-requests-quota'], String(quota));
    assert.equal(headers['x-rate-limit-requests-left'], '0');
  }
  assert.equal((await big('DELETE', `?id:in=${ids.join(',')}`)).status, 429);
  assert.equal(await shop.cakes.count(), ids.length); // the other dialects have no limit
  assert.equal(await shop.cakes.delete(ids[7]), true);
  await assert.rejects(nodeClient(shop, { failOnLimitReached: true }).get('/customers'), (error) => error.retryAfter >= 1 && error.retryAfter <= 30);

  const began = Date.now();
  const patient = nodeClient(shop);
  const [first, ...others] = await Promise.all([
    patient.delete(`/customers?id:in=${ids.slice(0, 3).join(',')}`), patient.delete(`/customers?id:in=${ids[3]}`), patient.delete(`/customers?id:in=${ids[4]}`)]);
  assert.deepEqual([first, ...others], ['', '', '']);
  console.log(`waited ${Date.now() - began} ms`);
  assert.ok(Date.now() - began < 40_000);
  assert.deepEqual((await shop.cakes.all()).map(({ Bvin }) => Number(Bvin)).sort((a, b) => a - b), [ids[5], ids[6]]);

  // With room for some of a burst, those who are answered 204 are gone and no others.
  await until('room', async () => (await big('GET', '?limit=1')).headers['x-rate-limit-requests-left'] !== '0');
  await cli(shop.data, 'setting', 'set', '--store', 'abc', 'bigcommerce_rate_limit', 'off');
  const { data: more } = await patient.post('/customers', Array.from({ length: 10 }, (_, i) => ({ email: `q${i}@example.com`, first_name: 'Q', last_name: `${i}` })));
  await cli(shop.data, 'setting', 'set', '--store', 'abc', 'bigcommerce_rate_limit', '20');
  const answers = await Promise.all([...more, ...Array(30).fill(more[0])].map(({ id }) => big('DELETE', `?id:in=${id}`).then(({ status }) => [id, status])));
  const done = new Set(answers.filter(([, status]) => status === 204).map(([id]) => id));
  assert.ok(done.size > 0 && answers.some(([, status]) => status === 429), JSON.stringify(answers));
  const living = (await shop.cakes.all()).map(({ Bvin }) => Number(Bvin));
  for (const { id } of more) assert.equal(living.includes(id), !done.has(id));
});
