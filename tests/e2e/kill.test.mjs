// kill -9 under load, again and again on one data folder: what was acknowledged is true after the
// restart, nobody is half there, and webhooks are told of what happened and of nothing else.
//
// SEED repeats a run's choices (not its timing); ROUNDS is 50 unless the variable says otherwise.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { clients, cli, importRows, makeCode, makeFolder, makeStore, placesOf, Random, seedOfRun, Server, sleep, until } from './harness.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 50);
const WORKERS = 8;
const MAX_LIVING = 150; // so that checking stays quick
const BURST_MS = [150, 350];
const DIALECTS = ['big', 'web', 'cakes', 'sticky'];

const address = (tag, n) => ({ first_name: 'A', last_name: tag, address1: `${n} ${tag}`, city: 'Austin', state_or_province: 'Texas',
  postal_code: '78751', country_code: 'US' });

// What the server owes us: customers whose creation was acknowledged and whose deletion never began
// (living), those whose deletion was acknowledged (gone), and those of whom a call was under way
// when the server died (open: one or the other, but whole).
class Ledger {
  living = new Map(); // email -> customer
  gone = [];
  open = [];
  counts = { creates: 0, deletes: 0, open: 0 };
}

// ---- one customer's life, by dialect ----

// A customer is known by `email`; `whole` tells what must be there with it. Each creator fills in what
// the server tells, after the one call that makes everything.
const CREATE = {
  async big(shop, person) {
    const [made] = await shop.big.create({ email: person.email, first_name: 'Big', last_name: person.tag, addresses: [address(person.tag, 1), address(person.tag, 2)] });
    person.id = made.id;
  },
  async sticky(shop, person) {
    const made = await shop.sticky.create({ email: person.email, first_name: 'Sticky', last_name: person.tag, code: person.code, card_number: person.card,
      street1: `1 ${person.tag}`, campaign_id: shop.campaign, auto_add: '15' });
    assert.equal(made.code, person.code);
  },
  async cakes(shop, person) {
    const made = await shop.cakes.create({ Email: person.email, FirstName: 'Cakes', LastName: person.tag,
      Addresses: [{ Line1: `1 ${person.tag}` }, { Line1: `2 ${person.tag}` }, { Line1: `3 ${person.tag}` }] });
    person.id = Number(made.Bvin);
  },
  async web(shop, person) {
    const made = await shop.web.create({ email: person.email, first_name: 'Web', last_name: person.tag, custom_properties: [{ label: 'l', description: person.tag }] });
    person.id = made.customer_id;
  },
};

const DELETE = {
  async big(shop, person) {
    assert.equal((await shop.big.delete(person.id)).status, 204);
  },
  async web(shop, person) {
    assert.equal((await shop.web.delete(person.id)).status, 204);
  },
  async cakes(shop, person) {
    assert.equal(await shop.cakes.delete(person.id), true);
  },
  async sticky(shop, person) {
    assert.equal((await shop.sticky.delete(codeOf(person))).status, 'success');
  },
};

// That all of a living customer is there, through dialects that did not make it.
async function assertWhole(shop, person) {
  const where = `${person.by} ${person.email}`;
  const [customer] = await shop.big.find(`email:in=${person.email}&include=addresses`);
  assert.ok(customer, `${where} is lost`);
  const addresses = { big: 2, sticky: 1, cakes: 3, web: 0 }[person.by];
  assert.equal(customer.addresses.length, addresses + person.added, `addresses of ${where}`);
  assert.equal(customer.last_name, person.tag);
  person.id ??= customer.id;
  assert.equal(customer.id, person.id);
  const account = (await shop.cakes.get(person.id)).Content;
  assert.equal(account?.Email, person.email);
  const web = await shop.web.get(person.id);
  assert.equal(web.status, 200);
  if (person.by === 'web') assert.deepEqual(web.json.customer.custom_properties.map((p) => p.description), [person.tag]);
  const info = await shop.sticky.info({ code: codeOf(person) });
  assert.equal(info.status, 'success', where);
  const balance = (person.by === 'sticky' ? 15 : 0) + person.points;
  const campaign = info.campaigns.find((c) => c.id === shop.campaign);
  assert.equal(Number(campaign?.balance ?? 0), balance, `balance of ${where}`);
  if (person.by === 'sticky') assert.equal((await shop.sticky.info({ card_number: person.card })).customer.code, person.code);
}

// Customers without a code of their own have one made from the number (docs/decisions/002).
const codeOf = (person) => (person.by === 'sticky' ? person.code : `8${String(person.id).padStart(15, '0')}`);
const namesOf = (person) => ({ ...person, code: person.id === undefined && person.by !== 'sticky' ? undefined : codeOf(person) });

// ---- the load ----

async function work(shop, ledger, random, alive, worker, round) {
  // Only this worker's own customers are deleted here, so that nobody else waits for them.
  const mine = [...ledger.living.values()].filter((person) => person.worker === worker);
  for (let step = 0; alive(); ++step) {
    const roll = random.next();
    let person;
    let undone = true; // a call is under way whose outcome we do not know yet
    try {
      if (mine.length > 0 && (roll < 0.4 || mine.length > MAX_LIVING / WORKERS)) {
        person = mine.splice(random.below(mine.length), 1)[0];
        ledger.living.delete(person.email);
        await DELETE[random.pick(DIALECTS)](shop, person);
        undone = false;
        ledger.gone.push(person);
        ++ledger.counts.deletes;
      } else if (mine.length > 0 && roll < 0.5) {
        person = mine.splice(random.below(mine.length), 1)[0];
        ledger.living.delete(person.email);
        person.unsure = random.pick(['added', 'points']);
        if (person.unsure === 'added') {
          await shop.big.data('POST', '/addresses', [{ ...address(person.tag, 10 + person.added), customer_id: person.id }]);
        } else {
          await shop.sticky.activity({ campaign_id: shop.campaign, code: codeOf(person), amount: '1' });
        }
        undone = false;
        ++person[person.unsure];
        person.unsure = undefined;
        mine.push(person);
        ledger.living.set(person.email, person);
      } else {
        const by = random.pick(DIALECTS);
        const tag = `r${round}w${worker}s${step}`;
        person = { by, tag, worker, email: `${tag}@example.com`, added: 0, points: 0 };
        if (by === 'sticky') Object.assign(person, { code: makeCode(random), card: `6${makeCode(random)}` });
        await CREATE[by](shop, person);
        undone = false;
        if (person.id === undefined) person.id = (await shop.big.find(`email:in=${person.email}`))[0].id;
        mine.push(person);
        ledger.living.set(person.email, person);
        ++ledger.counts.creates;
      }
    } catch (error) {
      if (error instanceof assert.AssertionError || alive()) throw error;
      if (!undone) {
        ledger.living.set(person.email, person); // acknowledged; only the look-up of its id was cut off
        ++ledger.counts.creates;
      } else if (person !== undefined) {
        ledger.open.push(person);
        ++ledger.counts.open;
      }
      return;
    }
  }
}

// ---- the check after a restart ----

async function settleOpen(shop, ledger) {
  for (const person of ledger.open.splice(0)) {
    const places = await placesOf(shop, namesOf(person));
    if (places.length === 0) {
      // A change never removes anybody.
      assert.equal(person.unsure, undefined, `${person.email} is gone, and nobody deleted it`);
      ledger.gone.push(person);
      continue;
    }
    if (person.unsure !== undefined) {
      // The change is there or not; which of the two is settled now, and must stay so.
      const [customer] = await shop.big.find(`email:in=${person.email}&include=addresses`);
      const info = await shop.sticky.info({ code: codeOf(person) });
      const base = { big: 2, sticky: 1, cakes: 3, web: 0 }[person.by];
      const balance = Number(info.campaigns.find((c) => c.id === shop.campaign)?.balance ?? 0);
      const found = person.unsure === 'added' ? customer.addresses.length - base : balance - (person.by === 'sticky' ? 15 : 0);
      assert.ok([0, 1].includes(found - person[person.unsure]), `${person.unsure} of ${person.email}: ${found}`);
      person[person.unsure] = found;
      person.unsure = undefined;
    }
    await assertWhole(shop, person);
    ledger.living.set(person.email, person);
  }
}

async function check(shop, data, ledger, goneBefore) {
  await settleOpen(shop, ledger);
  await Promise.all([...ledger.living.values()].map((person) => assertWhole(shop, person)));
  // Whoever went in the last rounds, through every dialect; the lists below know of all others.
  await Promise.all(ledger.gone.slice(goneBefore).map(async (person) => {
    assert.deepEqual(await placesOf(shop, namesOf(person)), [], `${person.email} is back`);
  }));
  const expected = [...ledger.living.keys()].sort();
  const rows = await shop.big.all();
  assert.deepEqual(rows.map((row) => row.email).sort(), expected);
  assert.deepEqual((await shop.cakes.all()).map((row) => row.Email).sort(), expected);
  assert.equal((await shop.web.list('limit=1')).pagination.total, expected.length);
  assert.equal(await shop.cakes.count(), expected.length);
  assert.equal((await cli(data, 'store', 'show', 'shop')).customers, expected.length);
  const owners = new Set(rows.map((row) => row.id));
  for (const row of await shop.big.all('/addresses')) assert.ok(owners.has(row.customer_id), 'an address without its customer');
}

// Starts, loads and kills a server again and again; `arrange(shop)` is called once, before the load, and
// `afterwards(shop, ledger)` after each check.
async function killAgainAndAgain(t, rounds, { args = [], arrange = () => {}, afterwards = () => {} } = {}) {
  const random = new Random(seedOfRun());
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  await importRows(data, 'shop', [{ email: 'first@example.com', transactions: [{ ref: '1', campaign: 'Points', date: '2024-01-05', points: '1' }] }]);
  const ledger = new Ledger();
  let campaign;
  let tokens;
  const time = { serving: 0, checking: 0 };

  let running;
  t.after(() => running?.kill());
  const start = async () => {
    const server = running = await Server.start(data, ['--access-log', 'off', ...args]);
    const shop = clients(server, store);
    shop.web.tokens = tokens; // a token outlives the process that gave it
    await shop.web.token();
    tokens = shop.web.tokens;
    campaign ??= (await shop.sticky.done('campaigns_list')).campaigns[0].id;
    shop.campaign = campaign;
    return shop;
  };

  let shop = await start();
  assert.equal((await shop.cakes.clearAll()), false);
  assert.equal((await shop.big.delete(1)).status, 204);
  await arrange(shop);
  for (let round = 0; round < rounds; ++round) {
    const goneBefore = ledger.gone.length;
    let alive = true;
    const begin = Date.now();
    const workers = Array.from({ length: WORKERS }, (_, worker) => work(shop, ledger, random, () => alive, worker, round));
    await sleep(BURST_MS[0] + random.below(BURST_MS[1] - BURST_MS[0]));
    const killing = shop.server.kill();
    alive = false; // only now: the load goes on to the very end
    await killing;
    await Promise.all(workers);
    const killed = Date.now();
    shop = await start();
    await check(shop, data, ledger, goneBefore);
    await afterwards(shop, ledger);
    time.serving += killed - begin;
    time.checking += Date.now() - killed;
  }
  // At the end everybody who ever went, and a graceful stop.
  await check(shop, data, ledger, 0);
  await shop.server.stop();
  const { creates, deletes, open } = ledger.counts;
  console.log(`${rounds} kills: ${creates} creates and ${deletes} deletes acknowledged, ${open} calls cut off,` +
    ` ${time.serving} ms under load, ${time.checking} ms of restarts and checks`);
  assert.ok(deletes > rounds && creates > rounds, 'there was hardly any load');
  assert.ok(open > 0, 'no call was ever under way at a kill');
}

test(`kill -9 under load, ${ROUNDS} times`, (t) => killAgainAndAgain(t, ROUNDS));

// A receiver that refuses every twentieth request, so that some are told again: never so many of a hundred
// that its domain is paused.
async function receive(t) {
  let requests = 0;
  const told = { 'store/customer/created': new Map(), 'store/customer/deleted': new Map() };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { scope, data, hash } = JSON.parse(Buffer.concat(chunks));
      if (++requests % 20 === 0) return void response.writeHead(503).end();
      const known = told[scope].get(data.id);
      told[scope].set(data.id, new Set(known).add(hash));
      return void response.writeHead(204).end();
    });
    request.on('error', () => {});
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}/`, told };
}

test('kill -9 with webhooks: each acknowledged change is told, and none that did not happen', async (t) => {
  const { url, told } = await receive(t);
  const created = told['store/customer/created'];
  const deleted = told['store/customer/deleted'];
  const ids = (people) => people.map(({ id }) => id).filter((id) => id !== undefined);
  let checks = 0;
  await killAgainAndAgain(t, Math.ceil(ROUNDS / 4), {
    args: ['--webhook-allow', '127.0.0.0/8', '--webhook-retry-speed', '1000', '--webhook-timeout-s', '2'],
    async arrange({ big }) {
      for (const scope of Object.keys(told)) await big.done(200, 'POST', '/v3/hooks', { scope, destination: url });
    },
    async afterwards(shop, ledger) {
      const gone = new Set(ids(ledger.gone));
      const living = new Set(ids([...ledger.living.values()]));
      await until('each deletion is told', () => [...gone].every((id) => deleted.has(id)), 60_000);
      await until('each creation is told', () => [...gone, ...living].every((id) => created.has(id)), 60_000);
      // Nobody who lives is said to be gone, and nobody is told of who never was.
      for (const id of deleted.keys()) assert.ok(gone.has(id) && !living.has(id), `the deletion of ${id} did not happen`);
      for (const id of created.keys()) assert.ok(gone.has(id) || living.has(id), `the creation of ${id} did not happen`);
      ++checks;
    },
  });
  // However often it is told, it is the same event.
  for (const events of Object.values(told)) for (const [id, hashes] of events) assert.equal(hashes.size, 1, `${id}`);
  assert.ok(checks > 0 && deleted.size > checks, `${deleted.size} deletions in ${checks} rounds`);
});

test('kill -9 during clear-all: everybody or nobody, and nobody once it was acknowledged', async (t) => {
  const random = new Random(seedOfRun());
  const data = path.join(makeFolder(t), 'data');
  const store = await makeStore(data, 'shop');
  const rows = Array.from({ length: 200 }, (_, i) => ({ email: `p${i}@example.com`, code: String(7e15 + i),
    addresses: [{ ref: 'a', city: 'Austin' }, { ref: 'b', city: 'Boise' }] }));
  const seen = { all: 0, none: 0, acknowledged: 0 };
  for (let round = 0; round < 15; ++round) {
    const { created } = await importRows(data, 'shop', rows);
    await cli(data, 'window', 'open', '--store', 'shop');
    let shop = clients(await Server.start(data), store);
    assert.equal(await shop.cakes.count(), 200);
    const cleared = shop.cakes.clearAll().catch(() => undefined);
    await sleep(random.below(80)); // the first erasure after a start also makes its root slots ready
    await shop.server.kill();
    const acknowledged = (await cleared) === true;

    shop = clients(await Server.start(data), store);
    const count = await shop.cakes.count();
    assert.ok(count === 200 || count === 0, `${count} of 200 are there`);
    assert.ok(count === 0 || !acknowledged, 'an acknowledged clear-all came back');
    assert.equal((await shop.big.all()).length, count);
    assert.equal((await shop.big.all('/addresses')).length, count * 2);
    assert.equal((await shop.web.list('limit=1')).pagination.total, count);
    const some = random.pick(rows);
    assert.equal((await placesOf(shop, some)).length > 0, count > 0);
    await shop.server.stop();
    assert.ok(created === 200 || seen.all > 0);
    ++seen[count === 0 ? 'none' : 'all'];
    if (acknowledged) ++seen.acknowledged;
  }
  console.log(JSON.stringify(seen));
  assert.ok(seen.none > 0);
});
