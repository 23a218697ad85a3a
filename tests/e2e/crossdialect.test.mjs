// One person, four views: random writes and erasures through all four dialects at once by several
// workers, read back through all four and compared with one model, with a restart in the middle; and
// each field of each dialect written alone, when nothing but that field may change in any view.
//
// SEED repeats a run's choices; STEPS is the number of steps of all workers together.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
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
