// bench/run without the building: makes the data, measures, prints the table, writes the JSON file.
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import * as figures from './figures.mjs';
import {findAll} from './find_all.mjs';
import {lists} from './lists.mjs';
import {Oubli} from './oubli.mjs';
import {describeMachine, table} from './report.mjs';
import {fingerprint, moveData, once, removeData, run, shuffledIds} from './shell.mjs';
import {writeTables} from './tables.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDER = path.join(ROOT, 'build/bench');
const POSTGRES = path.join(ROOT, 'bench/postgres.sh');
const GENERATOR = path.join(ROOT, 'scripts/generate-customers.mjs');
const SIZED = ['deletes', 'bulk', 'job', 'clear', 'get'];
const GROUPS = [
  'deletes', 'bulk', 'job', 'clear', 'keys', 'get', 'imports', 'start', 'lists', 'find-all',
];

// `warmUp` and `many` are divisible by pgbench's 16 clients.
const FULL = {
  customers: 100_000,
  warmUp: 1600,
  single: 5000,
  many: 48_000,
  bulk: 10_000,
  clear: [1000, 10_000, 100_000],
  clearRepeats: 3,
  getOne: 200_000,
  getPage: 20_000,
  importSmall: 10_000,
  importLarge: 1_000_000,
  keys: {customers: 1_000_000, erased: 100_000, single: 400},
  lists: [100_000, 1_000_000],
  listIncludes: 400,
  listBatches: 2000,
  findAll: [10_000, 1_000_000],
  diskGb: 16,
};
const QUICK = {
  customers: 10_000,
  warmUp: 320,
  single: 800,
  many: 6400,
  bulk: 2500,
  clear: [1000, 5000, 20_000],
  clearRepeats: 1,
  getOne: 40_000,
  getPage: 4000,
  importSmall: 10_000,
  importLarge: 100_000,
  keys: {customers: 100_000, erased: 10_000, single: 100},
  lists: [10_000, 100_000],
  listIncludes: 100,
  listBatches: 300,
  findAll: [10_000, 100_000],
  diskGb: 4,
};

// The sizes for another number of customers. What is done to them stays as it is, and so stays
// comparable, but for the job, the largest clear-all, and pages: to reach one costs as many steps
// as there are customers before it.
function sizesFor(base, customers) {
  if (customers === undefined) return base;
  const smaller = base.clear.slice(0, -1).filter((size) => size < customers);
  const scale = customers / base.customers;
  return {
    ...base,
    customers,
    clear: [...smaller, customers],
    getPage: Math.max(640, Math.round(base.getPage / Math.max(1, scale))),
    diskGb: Math.ceil(base.diskGb + Math.max(0, 20 * ((customers - base.customers) / 1e6))),
  };
}

const USAGE = `Usage: bench/run [options]

Measures Oubli against PostgreSQL 15 and SQLite on this machine, prints one table.
docs/benchmarks.md says what each figure means.

  --quick         smaller sizes and 2 rounds: minutes instead of half an hour, rough figures
  --customers N   so many customers for ${SIZED.join(', ')} (default 100,000);
                  1,000,000 takes hours, and 34 GB of free disk
  --rounds N      rounds of every figure; the median counts (default 3)
  --only NAMES    some of ${GROUPS.join(', ')}; separated by commas
  --json FILE     write everything that was measured, round by round
  --no-build      take the programs in build/release as they are

Example: bench/run --quick --only deletes --json build/bench/deletes.json
`;

function log(text) {
  const time = new Date().toTimeString().slice(0, 8);
  process.stderr.write(`${time}  ${text}\n`);
}

// What --customers says; there have to be enough for what is done to them.
function readCustomers({customers, quick}) {
  if (customers === undefined) return undefined;
  const {warmUp, single, many} = quick ? QUICK : FULL;
  const least = warmUp + single + many;
  const count = Number(customers);
  if (!Number.isInteger(count) || count < least || count > 100_000_000)
    throw new Error(`--customers: a whole number from ${least} to 100000000 is wanted`);
  return count;
}

function readOptions() {
  const {values} = parseArgs({
    options: {
      quick: {type: 'boolean', default: false},
      json: {type: 'string'},
      rounds: {type: 'string'},
      customers: {type: 'string'},
      only: {type: 'string', default: GROUPS.join(',')},
      release: {type: 'string', default: path.join(ROOT, 'build/release')},
      help: {type: 'boolean', short: 'h'},
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 3));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error('--rounds: a whole number is wanted');
  const sizes = sizesFor(values.quick ? QUICK : FULL, readCustomers(values));
  const groups = values.only.split(',').map((name) => (name === 'import' ? 'imports' : name));
  for (const name of groups) {
    if (!GROUPS.includes(name))
      throw new Error(`--only: '${name}' is none of ${GROUPS.join(', ')}`);
  }
  return {...values, rounds, sizes, groups: GROUPS.filter((name) => groups.includes(name))};
}

function checkDisk(gigabytes) {
  const {bavail, bsize} = fs.statfsSync?.(FOLDER) ?? {bavail: Infinity, bsize: 1};
  if (bavail * bsize < gigabytes * 2 ** 30) {
    throw new Error(`${FOLDER} needs ${gigabytes} GB of free disk space`);
  }
}

// Everything that the figures share. Inputs are kept between runs, what a program under test made
// of them is not.
class Bench {
  constructor(options) {
    this.sizes = options.sizes;
    this.rounds = options.rounds;
    this.generator = GENERATOR;
    this.work = path.join(FOLDER, 'work');
    this.log = log;
    this.programs = {
      binary: path.join(options.release, 'oubli'),
      loadClient: path.join(options.release, 'bench/oubli-load'),
      log: path.join(FOLDER, 'server.log'),
    };
    this.sqlite = path.join(options.release, 'bench/oubli-bench-sqlite');
    this.keyBench = path.join(options.release, 'bench/oubli-bench-keys');
    const sources = [GENERATOR, GENERATOR.replace('.mjs', '-words.mjs')];
    const here = path.dirname(fileURLToPath(import.meta.url));
    this.mark = fingerprint([...sources, path.join(here, 'tables.mjs')]);
    this.servers = [];
  }

  server(dir) {
    const server = new Oubli(this.programs, dir);
    this.servers.push(server);
    return server;
  }

  input(name) {
    return path.join(FOLDER, `input-${this.mark}`, name);
  }

  // The customers of a size with everything attached, in one file.
  whole(count) {
    return path.join(this.input(`whole-${count}`), 'customers.jsonl');
  }

  async makeWhole(count) {
    await once(this.input(`whole-${count}`), async () => {
      log(`making ${count} customers`);
      const options = ['--customers', count, '--attributes', 0, '--out', this.whole(count)];
      await run(GENERATOR, options);
    });
  }

  async makeSplit() {
    const {customers} = this.sizes;
    this.split = this.input(`split-${customers}`);
    await once(this.split, async (dir) => {
      log(`making ${customers} customers and their records in random order`);
      await run(GENERATOR, ['--customers', customers, '--attributes', 0, '--split', dir]);
      await writeTables(dir, path.join(dir, 'tables'));
      fs.writeFileSync(path.join(dir, 'ids'), shuffledIds(customers).join('\n') + '\n');
      const page = (number) => `/stores/bench/v3/customers?limit=50&page=${number}`;
      const pages = shuffledIds(Math.ceil(customers / 50)).map(page);
      fs.writeFileSync(path.join(dir, 'pages'), pages.join('\n') + '\n');
    });
    this.tables = path.join(this.split, 'tables');
    this.ids = path.join(this.split, 'ids');
    this.pages = path.join(this.split, 'pages');
  }

  async makeLoadedStore() {
    await this.makeSplit();
    log('loading the store: customers first, then the records in order of arrival');
    const server = this.server(path.join(this.work, 'round'));
    await server.createStore('bench');
    this.token = await server.bigCommerceToken('bench');
    await server.import('bench', path.join(this.split, 'customers.jsonl'));
    await server.import('bench', path.join(this.split, 'records.jsonl'));
    moveData(path.join(this.work, 'round'), path.join(this.work, 'loaded'));
  }

  async makeSqlite() {
    await this.makeSplit();
    log('loading SQLite');
    const dir = path.join(this.work, 'sqlite');
    fs.mkdirSync(dir);
    await run(this.sqlite, ['load', '--dir', dir, '--tables', this.tables]);
  }

  async startPostgres() {
    await this.makeSplit();
    log('loading PostgreSQL');
    await this.postgres('start');
    await this.postgres('load', this.tables);
  }

  // Commands of bench/postgres.sh; what prints something prints JSON.
  async postgres(command, ...args) {
    const all = [command, path.join(this.work, 'postgres'), ...args];
    const text = await run(POSTGRES, all, {warnings: true});
    return text.trim() === '' ? undefined : JSON.parse(text);
  }

  async makeClearStores() {
    const server = this.server(path.join(this.work, 'round'));
    this.clearKeys = {};
    this.clearTokens = {};
    const smallest = this.sizes.clear[0];
    const stores = [['warm', smallest], ...this.sizes.clear.map((size) => [`c${size}`, size])];
    for (const [store, size] of stores) {
      await this.makeWhole(size);
      log(`loading a store of ${size} customers`);
      await server.createStore(store);
      this.clearKeys[store] = (await server.createKey(store, 'hotcakes')).key;
      this.clearTokens[store] = await server.bigCommerceToken(store);
      await server.import(store, this.whole(size));
    }
    moveData(path.join(this.work, 'round'), path.join(this.work, 'clear'));
  }

  // Two stores of a hundred customers each, like the demo's.
  async makeRestStores() {
    await this.makeWhole(100);
    const server = this.server(path.join(this.work, 'rest'));
    for (const store of ['rest', 'other']) {
      await server.createStore(store);
      await server.import(store, this.whole(100));
    }
    this.restToken = await server.bigCommerceToken('rest');
  }

  async prepare(groups) {
    const needs = (...names) => names.some((name) => groups.includes(name));
    if (needs('deletes', 'bulk', 'job', 'get')) await this.makeLoadedStore();
    if (needs('bulk')) await this.makeSqlite();
    if (needs('clear')) await this.makeClearStores();
    if (needs('imports')) await this.makeWhole(this.sizes.importSmall);
    if (needs('imports')) await this.makeWhole(this.sizes.importLarge);
    if (needs('start')) await this.makeRestStores();
    execFileSync('sync', ['-f', this.work]);
  }

  async measure(group) {
    if (group === 'lists') return lists(this);
    if (group === 'find-all') return findAll(this);
    if (group !== 'deletes') return figures[group](this);
    await this.startPostgres();
    const rows = await figures.deletes(this);
    await this.postgres('stop');
    return rows;
  }

  // Leaves no process and no data behind. Synchronous, so that it also serves a signal.
  clean() {
    for (const server of this.servers) server.kill();
    const postgres = path.join(this.work, 'postgres');
    if (fs.existsSync(postgres)) execFileSync(POSTGRES, ['stop', postgres]);
    removeData(this.work);
  }
}

async function main() {
  const options = readOptions();
  if (options.help) return process.stdout.write(USAGE);
  const begun = Date.now();
  const bench = new Bench(options);
  bench.clean(); // what a run that was killed has left
  fs.mkdirSync(bench.work, {recursive: true});
  fs.rmSync(bench.programs.log, {force: true});
  checkDisk(bench.sizes.diskGb);
  const machine = describeMachine(bench.work, ROOT, POSTGRES);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      bench.clean();
      process.exit(130);
    });
  }
  const rows = [];
  try {
    await bench.prepare(options.groups);
    for (const group of options.groups) rows.push(...(await bench.measure(group)));
  } finally {
    bench.clean();
  }
  const result = {
    machine,
    quick: options.quick,
    rounds: options.rounds,
    sizes: bench.sizes,
    minutes: (Date.now() - begun) / 60_000,
    figures: rows,
  };
  if (options.json) fs.writeFileSync(options.json, JSON.stringify(result, null, 2) + '\n');
  process.stdout.write(`\n${table(rows)}\n`);
}

main().catch((error) => {
  process.stderr.write(`bench/run: ${error.message}\n`);
  process.exit(error.code?.startsWith?.('ERR_PARSE_ARGS') ? 2 : 1);
});
