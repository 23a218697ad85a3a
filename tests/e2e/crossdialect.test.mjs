// One person, four views: random writes and erasures through all four dialects at once by several
// workers, read back through all four and compared with one model, with a restart in the middle; and
// each field of each dialect written alone, when nothing but that field may change in any view.
//
// SEED repeats a run's choices; STEPS is the number of steps of all workers together.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { flatten, makeWhole, nextText, STATES, TABLE, viewsOf } from './crosstable.mjs';
import { CrossWorker, compareStore, reader } from './crossworker.mjs';
import { clients, makeFolder, makeStore, Random, seedOfRun, serve } from './harness.mjs';

const WORKERS = 6;
const READERS = 2;
const STEPS = Number(process.env.STEPS ?? 1800);

// What the store has decided before anybody is its customer.
async function prepare(shop) {
  const { big, web, sticky } = shop;
  shop.campaigns = { points: await sticky.campaign('Points'), gift: await sticky.campaign('Gift', 'giftcard', {}) };
  shop.attributes = (await big.data('POST', '/attributes', [{ name: 'Size', type: 'string' }, { name: 'Colour', type: 'string' }])).map(({ id }) => id);
  shop.groups = [];
  for (const name of ['Gold', 'Silver']) shop.groups.push({ id: (await big.done(200, 'POST', '/v2/customer_groups', { name })).id, name });
  shop.discounts = [];
  for (let i = 0; i < WORKERS; ++i) {
    const { discount_profile: { id } } = await web.done(201, 'POST', '/admin/discount_profiles', { name: `Of worker ${i}`, type: 'offer_coupon' });
    const { codes } = await web.done(201, 'POST', `/admin/discount_profiles/${id}/create-coupons`, { requested_codes: 12 });
    shop.discounts.push({ id, codes });
  }
}

test(`${STEPS} steps through four dialects by ${WORKERS} workers agree with one model`, async (t) => {
  const seed = seedOfRun();
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const shop = {};
  const start = async () => Object.assign(shop, clients(await serve(t, data, ['--access-log', 'off']), store), { number: Number(store.keys.hotcakes.key.match(/^\d+/)[0]) });
  await start();
  await prepare(shop);
  const gone = { ids: new Set(), codes: new Set() };
  const workers = Array.from({ length: WORKERS }, (_, number) => new CrossWorker(shop, new Random(seed + number), number, gone));
  const begin = Date.now();
  const said = (error, who) => {
    error.message = `SEED=${seed}, ${who}: ${error.message}`;
    return error;
  };
  for (let part = 0; part < 2; ++part) {
    let busy = true;
    const reading = Array.from({ length: READERS }, (_, number) => reader(shop, new Random(seed + 100 + number), gone, () => busy).catch((error) => {
      throw said(error, `reader ${number}`);
    }));
    const writing = workers.map(async (worker) => {
      for (let step = 0; step < STEPS / WORKERS / 2; ++step) {
        await worker.step().catch((error) => {
          throw said(error, `worker ${worker.number}, part ${part}, step ${step}, ${worker.doing}`);
        });
      }
    });
    try {
      await Promise.race([Promise.all(writing), Promise.all(reading)]);
    } finally {
      busy = false;
    }
    const looked = await Promise.all(reading);
    assert.ok(looked.every((looks) => looks > 10), `the readers looked ${looked.join(' and ')} times`);
    await compareStore(shop, workers);
    await shop.server.stop(); // and what was written is read again
    await start();
    await compareStore(shop, workers);
  }
  const done = {};
  for (const worker of workers) for (const [name, count] of Object.entries(worker.done)) done[name] = (done[name] ?? 0) + count;
  console.log(`${Date.now() - begin} ms:`, JSON.stringify(done));
  const missing = Object.keys(workers[0].kinds()).filter((name) => done[name] === undefined);
  assert.deepEqual(missing, [], 'kinds of steps that were never taken: try more STEPS');
});

async function makeTableShop(t) {
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const shop = Object.assign(clients(await serve(t, data, ['--access-log', 'off']), store), { number: Number(store.keys.hotcakes.key.match(/^\d+/)[0]) });
  const { big, web, sticky } = shop;
  shop.campaign = await sticky.campaign('Points');
  shop.groups = [];
  for (const name of ['Gold', 'Silver']) shop.groups.push(await big.done(200, 'POST', '/v2/customer_groups', { name }));
  shop.attribute = (await big.data('POST', '/attributes', [{ name: 'Size', type: 'string' }]))[0].id;
  shop.discount = (await web.done(201, 'POST', '/admin/discount_profiles', { name: 'Spring', type: 'offer_coupon' })).discount_profile.id;
  shop.codes = (await web.done(201, 'POST', `/admin/discount_profiles/${shop.discount}/create-coupons`, { requested_codes: 20 })).codes;
  return shop;
}

const viewOf = (place) => place.slice(0, place.indexOf('.') < 0 ? undefined : place.indexOf('.'));

test('each field of each dialect, written alone, changes where it is shown and nothing else in any view', async (t) => {
  const shop = await makeTableShop(t);
  const who = await makeWhole(shop, 1);
  const other = await makeWhole(shop, 2);
  const look = async () => ({ who: flatten(await viewsOf(shop, who)), other: flatten(await viewsOf(shop, other)) });
  let before = await look();
  let writes = 0;
  for (const [field, , views, writers] of TABLE) {
    const shown = Object.keys(before.who).filter((place) => before.who[place].includes(who.values[field]));
    assert.deepEqual([...new Set(shown.map(viewOf))].sort(), [...views].sort(), `where ${field} is shown: ${shown}`);
    for (const [dialect, write] of Object.entries(writers)) {
      const [old, fresh] = [who.values[field], nextText(who.values[field])];
      await write(shop, who, fresh);
      who.values[field] = fresh;
      const after = await look();
      for (const place of shown) before.who[place] = before.who[place].replaceAll(old, fresh);
      assert.deepEqual(after, before, `${field}, written by ${dialect}`);
      before = after;
      ++writes;
    }
  }
  for (const [what, values, changes, writers] of STATES) {
    for (const [dialect, write] of Object.entries(writers)) {
      for (const value of values) {
        await write(shop, who, value);
        const after = await look();
        for (const [place, text] of Object.entries(changes(value, shop, dialect))) {
          assert.ok(place in before.who, `${what} is not shown at ${place}`);
          before.who[place] = String(text);
        }
        assert.deepEqual(after, before, `${what} ${value}, written by ${dialect}`);
        before = after;
        ++writes;
      }
    }
  }
  console.log(`${writes} writes, ${Object.keys(before.who).length} places`);
});

const DELETES = {
  BigCommerce: async ({ big }, { id }) => assert.equal((await big.delete(id)).status, 204),
  'BigCommerce V2': ({ big }, { id }) => big.done(204, 'DELETE', `/v2/customers/${id}`),
  WebCommander: async ({ web }, { id }) => assert.equal((await web.delete(id)).status, 204),
  'Sticky Street': async ({ sticky }, { code }) => assert.deepEqual((await sticky.delete(code)).customer, { status: 'deleted', code }),
  Hotcakes: async ({ cakes }, { id }) => assert.equal(await cakes.delete(id), true),
};

test('deletion through each dialect leaves nothing visible in the others', async (t) => {
  const shop = await makeTableShop(t);
  const stays = await makeWhole(shop, 0);
  const before = flatten(await viewsOf(shop, stays));
  let n = 0;
  for (const [dialect, remove] of Object.entries(DELETES)) {
    const who = await makeWhole(shop, ++n);
    await shop.big.data('PUT', `/subscribers/${who.subscriber}`, { email: who.values.email });
    for (const [view, shown] of Object.entries(await viewsOf(shop, who))) {
      assert.ok(shown !== undefined && Object.keys(flatten(shown, 'x')).length > 0, `${view} shows nothing of a living customer`);
    }
    await remove(shop, who);
    for (const [view, shown] of Object.entries(await viewsOf(shop, who))) {
      assert.ok(shown === undefined || (Array.isArray(shown) && shown.length === 0), `${view}, after ${dialect}: ${JSON.stringify(shown)}`);
    }
    assert.deepEqual(flatten(await viewsOf(shop, stays)), before, dialect);
  }
});
