// The figures of docs/benchmarks.md. Each function measures one group, baseline and ours in turn,
// round after round, and returns its rows of the table.
//
// `bench` is what run.mjs prepares: sizes, paths, log(text), server(dir), postgres(command, ...).
import path from 'node:path';

import {copyData, median, removeData, runJson, sleep} from './shell.mjs';

const STORE = 'bench';
const tokenHeader = (token) => ['--header', `X-Auth-Token: ${token}`];
const customersPath = (store, query) => `/stores/${store}/v3/customers?${query}`;

// A row of the table. `goal` is {text, holds(ratio, ours)}; none: the figure is only reported.
export function figure(name, title, unit, ours, {baseline, baselineTitle, goal, details} = {}) {
  const row = {name, title, unit, ours: median(ours), rounds: {ours}};
  if (baseline) {
    row.baseline = median(baseline);
    row.baselineTitle = baselineTitle;
    row.rounds.baseline = baseline;
    row.ratio = row.ours / row.baseline;
  }
  if (goal) Object.assign(row, {goal: goal.text, met: goal.holds(row.ratio, row.ours)});
  if (details) row.details = details;
  return row;
}

const atLeast = (ratio) => ({text: `>= ${ratio} x`, holds: (actual) => actual >= ratio});

// A server over a fresh copy of a prepared folder, stopped and removed whatever happens.
async function withCopy(bench, prepared, use) {
  const dir = path.join(bench.work, 'round');
  copyData(path.join(bench.work, prepared), dir);
  const server = bench.server(dir);
  try {
    await server.start();
    return await use(server);
  } finally {
    await server.stop();
    removeData(dir);
  }
}

// Deletes ids[skip .. skip + take) of the shuffled list, `perCall` in each request.
function erase(bench, server, connections, skip, take, perCall = 1) {
  return server.load(
    ...['--method', 'DELETE', '--ids', bench.ids],
    ...['--path', customersPath(STORE, 'id:in={id}'), ...tokenHeader(bench.token)],
    ...['--connections', connections, '--skip', skip, '--take', take, '--per-request', perCall],
  );
}

async function expectCustomers(bench, server, expected) {
  const left = await server.countCustomers(STORE, bench.token);
  if (left !== expected) throw new Error(`${left} customers are left, expected ${expected}`);
}

async function eraseRound(bench) {
  const {customers, warmUp, single, many} = bench.sizes;
  return withCopy(bench, 'loaded', async (server) => {
    await erase(bench, server, 64, 0, warmUp);
    await server.drainSweep();
    const one = await erase(bench, server, 1, warmUp, single);
    await server.drainSweep();
    const all = await erase(bench, server, 64, warmUp + single, many);
    const {backlog, seconds} = await server.drainSweep();
    await expectCustomers(bench, server, customers - warmUp - single - many);
    // The sweep's own rate is that of the drain. Where it has kept pace with the deletions, hardly
    // anything was left to drain, and its rate is that of both together.
    const kept = backlog < many / 5;
    const sweep = kept ? many / (all.seconds + seconds) : backlog / seconds;
    const together = many / (all.seconds + seconds);
    return {one, all, sweep, together, backlog};
  });
}

export async function deletes(bench) {
  const {warmUp, single, many} = bench.sizes;
  const pg = {one: [], all: []};
  const ours = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.log(`deletes, round ${round}: PostgreSQL`);
    await bench.postgres('round');
    await bench.postgres('delete', 16, warmUp, 0);
    pg.one.push(await bench.postgres('delete', 1, single, warmUp));
    pg.all.push(await bench.postgres('delete', 16, many, warmUp + single));
    await bench.postgres('rest');
    bench.log(`deletes, round ${round}: Oubli`);
    ours.push(await eraseRound(bench));
  }
  const rate = (results) => results.map((r) => r.customers_per_second ?? r.requests_per_second);
  const sixteen = {baseline: rate(pg.all), baselineTitle: 'PostgreSQL, 16 clients'};
  const load = (name) => ours.map((r) => r[name]);
  return [
    figure('deletes_64', 'single deletes, 64 connections', '/s', rate(load('all')), {
      ...sixteen,
      goal: atLeast(1.5),
      details: {p50_ms: load('all').map((r) => r.p50_ms), p99_ms: load('all').map((r) => r.p99_ms)},
    }),
    figure('sweep', "the sweep's own rate", '/s', load('sweep'), {
      ...sixteen,
      goal: atLeast(1),
      details: {
        backlog_when_the_last_answer_came: load('backlog'),
        deletes_and_sweep_together_per_second: load('together'),
      },
    }),
    figure('deletes_1', 'single deletes, 1 connection', '/s', rate(load('one')), {
      baseline: rate(pg.one),
      baselineTitle: 'PostgreSQL, 1 client',
      details: {p50_ms: load('one').map((r) => r.p50_ms), p99_ms: load('one').map((r) => r.p99_ms)},
    }),
  ];
}

export async function bulk(bench) {
  const {customers, warmUp, bulk: count} = bench.sizes;
  const batch = 250;
  const sqlite = [];
  const ours = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.log(`id:in, round ${round}: SQLite`);
    const dir = path.join(bench.work, 'sqlite-round');
    copyData(path.join(bench.work, 'sqlite'), dir);
    const options = {'--dir': dir, '--ids': bench.ids, '--batch': batch};
    const limits = {'--warm-up': warmUp, '--take': count};
    const args = Object.entries({...options, ...limits}).flat();
    sqlite.push(await runJson(bench.sqlite, ['delete', ...args]));
    removeData(dir);
    bench.log(`id:in, round ${round}: Oubli`);
    ours.push(
      await withCopy(bench, 'loaded', async (server) => {
        await erase(bench, server, 1, 0, warmUp, batch);
        await server.drainSweep();
        const result = await erase(bench, server, 1, warmUp, count, batch);
        const {seconds} = await server.drainSweep();
        await expectCustomers(bench, server, customers - warmUp - count);
        return {...result, withSweep: count / (result.seconds + seconds)};
      }),
    );
  }
  const title = `${count.toLocaleString('en')} customers by id:in, ${batch} a call`;
  return [
    figure(
      'bulk',
      title,
      '/s',
      ours.map((r) => count / r.seconds),
      {
        baseline: sqlite.map((r) => r.customers_per_second),
        baselineTitle: 'SQLite in process',
        goal: atLeast(1),
        details: {
          p50_ms_a_call: ours.map((r) => r.p50_ms),
          max_ms_a_call: ours.map((r) => r.max_ms),
          with_the_sweep_per_second: ours.map((r) => r.withSweep),
        },
      },
    ),
  ];
}

// A tenth of all customers, as an erasure job would take them: calls of 250 ids on 4 connections.
export async function job(bench) {
  const {customers, warmUp} = bench.sizes;
  const count = Math.floor(customers / 10);
  const ours = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.log(`job, round ${round}`);
    ours.push(
      await withCopy(bench, 'loaded', async (server) => {
        await erase(bench, server, 4, 0, warmUp, 250);
        await server.drainSweep();
        const result = await erase(bench, server, 4, warmUp, count, 250);
        const {seconds} = await server.drainSweep();
        await expectCustomers(bench, server, customers - warmUp - count);
        return {...result, withSweep: result.seconds + seconds};
      }),
    );
  }
  const text = (size) => size.toLocaleString('en');
  const title = `${text(count)} random customers of ${text(customers)} as one job`;
  const goal = {text: '< 15 s', holds: (_, seconds) => seconds < 15};
  return [
    figure(
      'job',
      title,
      's',
      ours.map((r) => r.seconds),
      {
        ...(count >= 100_000 ? {goal} : {}),
        details: {
          us_a_customer: ours.map((r) => (r.seconds * 1e6) / count),
          p50_ms_a_call: ours.map((r) => r.p50_ms),
          max_ms_a_call: ours.map((r) => r.max_ms),
          seconds_with_the_sweep: ours.map((r) => r.withSweep),
        },
      },
    ),
  ];
}

// One clear-all of each size on one fresh copy. A store that does not count goes first, so that the
// first size does not pay for code and connections that are used for the first time.
async function clearRound(bench) {
  return withCopy(bench, 'clear', async (server) => {
    const times = {};
    const stores = ['warm', ...bench.sizes.clear.map((size) => `c${size}`)];
    for (const store of stores) {
      const key = encodeURIComponent(bench.clearKeys[store]);
      const base = `/DesktopModules/Hotcakes/API/rest/v1/customeraccounts?key=${key}`;
      await server.cli('window', 'open', '--store', store);
      await server.load('--path', `${base}&countonly=1`);
      const result = await server.load('--method', 'DELETE', '--path', base);
      times[store] = result.max_ms;
      const left = await server.countCustomers(store, bench.clearTokens[store]);
      if (left !== 0) throw new Error(`clear-all has left ${left} customers`);
      if (store === stores.at(-1)) break;
      // What is left of this one must not fall into the next one's time: the sweep, and then the
      // cutting of the log, for which the server waits a second.
      await server.drainSweep();
      await sleep(2000);
    }
    return times;
  });
}

export async function clear(bench) {
  const {clear: sizes, clearRepeats} = bench.sizes;
  const rounds = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.log(`clear-all, round ${round}`);
    const repeats = [];
    for (let i = 0; i < clearRepeats; i++) repeats.push(await clearRound(bench));
    rounds.push(repeats);
  }
  const times = (size) => rounds.map((repeats) => median(repeats.map((r) => r[`c${size}`])));
  const [smallest] = sizes;
  const largest = sizes[sizes.length - 1];
  const text = (size) => size.toLocaleString('en');
  return sizes.map((size) => {
    const title = `clear-all of ${text(size)} customers`;
    if (size === smallest) return figure(`clear_${size}`, title, 'ms', times(size));
    const goal = {text: '<= 1.5 x, < 50 ms', holds: (ratio, ms) => ratio <= 1.5 && ms < 50};
    return figure(`clear_${size}`, title, 'ms', times(size), {
      baseline: times(smallest),
      baselineTitle: `clear-all of ${text(smallest)}`,
      ...(size === largest ? {goal} : {}),
    });
  });
}

// The key tree alone, by a program of its own: no rows beside it, no HTTP.
export async function keys(bench) {
  const {customers, erased, single} = bench.sizes.keys;
  const dir = path.join(bench.work, 'keys');
  const ours = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.log(`key tree, round ${round}`);
    removeData(dir);
    const limits = {'--customers': customers, '--erased': erased, '--single': single};
    const args = Object.entries({'--dir': dir, ...limits}).flat();
    ours.push(await runJson(bench.keyBench, args));
  }
  removeData(dir);
  const text = (size) => size.toLocaleString('en');
  const all = (name) => ours.map((r) => r[name]);
  return [
    figure('keys_erase', `key part of erasing ${text(erased)} of ${text(customers)}`, 'us each',
      all('erase_us_each'), {goal: {text: '< 60 us', holds: (_, us) => us < 60}}),
    figure('keys_single', 'one erasure alone, p50', 'us', all('single_us'), {
      baseline: all('syncs_us'),
      baselineTitle: 'its syncs in sequence',
      goal: {text: '<= 1.5 x', holds: (ratio) => ratio <= 1.5},
    }),
    figure('keys_space', 'space for keys', 'bytes each', all('bytes_each'), {
      goal: {text: '< 48 bytes', holds: (_, bytes) => bytes < 48},
    }),
  ];
}

export async function get(bench) {
  const {customers, getOne, getPage} = bench.sizes;
  const one = ['--ids', bench.ids, '--path', customersPath(STORE, 'id:in={id}')];
  const page = ['--paths', bench.pages];
  const results = {one: [], page: []};
  await withCopy(bench, 'loaded', async (server) => {
    const ask = (what, requests) =>
      server.load(
        ...[...what, '--connections', 64, '--requests', requests, ...tokenHeader(bench.token)],
      );
    await expectCustomers(bench, server, customers);
    await ask(one, getOne / 4);
    await ask(page, getPage / 4);
    for (let round = 1; round <= bench.rounds; round++) {
      bench.log(`GET, round ${round}`);
      results.one.push(await ask(one, getOne));
      results.page.push(await ask(page, getPage));
    }
  });
  const row = (name, title, list) =>
    figure(
      name,
      title,
      '/s',
      list.map((r) => r.requests_per_second),
      {
        details: {
          p50_ms: list.map((r) => r.p50_ms),
          p99_ms: list.map((r) => r.p99_ms),
          bytes_an_answer: list.map((r) => Math.round(r.body_bytes / r.requests)),
        },
      },
    );
  return [
    row('get_one', 'GET one customer, 64 connections', results.one),
    row('get_page', 'GET a page of 50, 64 connections', results.page),
  ];
}

async function importRound(bench, count) {
  const dir = path.join(bench.work, 'import');
  removeData(dir);
  const server = bench.server(dir);
  await server.createStore(STORE);
  const result = await server.timedImport(STORE, bench.whole(count));
  removeData(dir);
  return {...result, rate: count / result.seconds};
}

export async function imports(bench) {
  const {importSmall, importLarge} = bench.sizes;
  const small = [];
  const large = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.log(`import, round ${round}`);
    small.push(await importRound(bench, importSmall));
    large.push(await importRound(bench, importLarge));
  }
  const text = (size) => size.toLocaleString('en');
  const peaks = (list) => list.map((r) => r.peakMb);
  return [
    figure(
      'import',
      `import of ${text(importLarge)} customers`,
      '/s',
      large.map((r) => r.rate),
      {
        details: {[`of_${importSmall}_per_second`]: small.map((r) => r.rate)},
      },
    ),
    figure('import_memory', `peak memory, ${text(importLarge)} imported`, 'MB', peaks(large), {
      baseline: peaks(small),
      baselineTitle: `${text(importSmall)} imported`,
      goal: {text: '<= 1.2 x', holds: (ratio) => ratio <= 1.2},
    }),
  ];
}

export async function start(bench) {
  const times = [];
  const memory = [];
  const probe = {
    path: customersPath('rest', 'limit=1'),
    headers: {'X-Auth-Token': bench.restToken},
  };
  for (let round = 1; round <= bench.rounds * 3; round++) {
    bench.log(`start, round ${round}`);
    const server = bench.server(path.join(bench.work, 'rest'));
    try {
      times.push(await server.start(probe));
      await sleep(1000);
      memory.push(server.residentMb());
    } finally {
      await server.stop();
    }
  }
  return [
    figure('start', 'start to first answer', 'ms', times, {
      goal: {text: '< 150 ms', holds: (_, ms) => ms < 150},
    }),
    figure('memory', 'memory at rest', 'MB', memory, {
      goal: {text: '< 40 MB', holds: (_, mb) => mb < 40},
    }),
  ];
}
