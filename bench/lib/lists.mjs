// The figures of the customers' list: each filter and order at two sizes of the store, a page with
// what is attached to its customers, and batches of creates.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

import {figure} from './figures.mjs';
import {median, once, removeData, run, shuffledIds} from './shell.mjs';

const STORE = 'lists';
const PATHS = 200; // different values of each filter
const PEOPLE = 2000; // that the values are taken from
const BATCH = 10;
const text = (size) => size.toLocaleString('en');
const customersPath = (query) => `/stores/${STORE}/v3/customers?${query}`;

// Customers with two attribute values each and nothing else but addresses; made once.
async function input(bench, size) {
  const dir = bench.input(`lists-${size}`);
  await once(dir, async () => {
    bench.log(`making ${size} customers`);
    const counts = {customers: size, attributes: 2, transactions: 0, out: `${dir}/customers.jsonl`};
    await run(bench.generator, Object.entries(counts).flatMap(([k, v]) => [`--${k}`, v]));
  });
  return path.join(dir, 'customers.jsonl');
}

// Some people from all over the file.
async function readPeople(file, size) {
  const people = [];
  const step = Math.max(1, Math.floor(size / PEOPLE));
  let line = 0;
  for await (const row of readline.createInterface({input: fs.createReadStream(file)})) {
    if (line++ % step === 0) people.push({id: line, ...JSON.parse(row)});
  }
  return people;
}

// Name and queries of each figure. `grows` false: the figure must not grow with the store.
function figuresOf(people, size) {
  const pick = (i, step) => people[(i * step + 7) % people.length];
  const each = (make) => Array.from({length: PATHS}, (_, i) => make(i));
  const of = (name, value, many = 1) =>
    each((i) => {
      const values = Array.from({length: many}, (_, k) => value(pick(i * many + k, 13)));
      return `${name}=${encodeURIComponent(values.join(','))}`;
    });
  const deep = shuffledIds(Math.ceil(size / 50)).slice(0, PATHS);
  const sorted = (by) => each((i) => `sort=${by}&page=${deep[i % deep.length]}`);
  return [
    {name: 'id:in', grows: false, queries: of('id:in', (p) => p.id)},
    {name: 'email:in', grows: false, queries: of('email:in', (p) => p.email)},
    {name: 'name:like', queries: of('name:like', (p) => p.last_name.slice(0, 4))},
    {name: 'name:in', queries: of('name:in', (p) => `${p.first_name} ${p.last_name}`, 3)},
    {name: 'company:in', queries: of('company:in', (p) => p.company ?? 'Nobody', 3)},
    {name: 'phone:in', queries: of('phone:in', (p) => p.phone ?? '0', 3)},
    {
      name: 'registration_ip_address:in',
      queries: each((i) => `registration_ip_address:in=10.0.${i}.1`),
    },
    {name: 'customer_group_id:in', queries: each((i) => `customer_group_id:in=${i % 5},7`)},
    {name: 'date_created', queries: of('date_created:min', (p) => p.created_at)},
    {name: 'date_modified', queries: of('date_modified:max', (p) => p.created_at)},
    {name: 'sort=last_name, any page', queries: sorted('last_name:asc')},
    {name: 'sort=date_created, any page', queries: sorted('date_created:desc')},
    {name: 'sort=date_modified, any page', queries: sorted('date_modified:asc')},
    {name: 'plain, any page', queries: each((i) => `page=${deep[i % deep.length]}`)},
  ];
}

class Lists {
  constructor(bench, size) {
    Object.assign(this, {bench, size, results: new Map()});
    this.dir = path.join(bench.work, `lists-${size}`);
    this.paths = path.join(bench.work, 'paths');
  }

  async prepare() {
    const file = await input(this.bench, this.size);
    this.people = await readPeople(file, this.size);
    this.server = this.bench.server(this.dir);
    await this.server.createStore(STORE);
    this.token = await this.server.bigCommerceToken(STORE);
    this.bench.log(`loading ${this.size} customers`);
    await this.server.import(STORE, file);
  }

  ask(queries, connections, requests) {
    fs.writeFileSync(this.paths, queries.map(customersPath).join('\n') + '\n');
    return this.server.load(
      ...['--paths', this.paths, '--connections', connections, '--requests', requests],
      ...['--header', `X-Auth-Token: ${this.token}`],
    );
  }

  note(name, result) {
    if (!this.results.has(name)) this.results.set(name, []);
    this.results.get(name).push(result);
  }

  async round(number) {
    this.bench.log(`lists of ${text(this.size)}, round ${number}`);
    await this.server.start();
    try {
      // Builds the index.
      this.note('first', await this.ask(['name:like=zz'], 1, 1));
      const bytes = await this.server.metric('oubli_search_index_bytes');
      this.note('bytes', {ours: bytes / this.size});
      for (const {name, queries} of figuresOf(this.people, this.size)) {
        await this.ask(queries, 1, 5);
        this.note(name, await this.ask(queries, 1, PATHS));
      }
      const pages = Math.ceil(this.size / 250);
      const included = shuffledIds(pages).slice(0, PATHS);
      const include = included.map((n) => `limit=250&page=${n}&include=addresses,attributes`);
      this.note('include', await this.ask(include, 4, this.bench.sizes.listIncludes));
      await this.createBatches(number);
    } finally {
      await this.server.stop();
    }
  }

  async createBatches(round) {
    const items = Array.from({length: BATCH}, (_, i) => ({
      email: `batch.${round}.{id}.${i}@example.net`,
      first_name: 'Beatrice',
      last_name: 'Robinson',
      addresses: [
        {
          ...{first_name: 'Beatrice', last_name: 'Robinson', address1: '7 Kingsway'},
          ...{city: 'London', country_code: 'GB', postal_code: 'SW16 5TB'},
        },
      ],
    }));
    const ids = path.join(this.bench.work, 'batches');
    fs.writeFileSync(ids, shuffledIds(this.bench.sizes.listBatches).join('\n') + '\n');
    const result = await this.server.load(
      ...['--method', 'POST', '--path', `/stores/${STORE}/v3/customers`, '--ids', ids],
      ...['--body', JSON.stringify(items), '--connections', 8],
      ...['--header', `X-Auth-Token: ${this.token}`],
      ...['--header', 'Content-Type: application/json'],
    );
    this.note('batch', result);
  }

  rows(smaller) {
    const get = (name, key) => this.results.get(name).map((r) => r[key]);
    const of = `of ${text(this.size)}`;
    const rows = [
      figure(`list_first_${this.size}`, `first list ${of}: builds the index`, 'ms',
        get('first', 'max_ms')),
      figure(`list_bytes_${this.size}`, `the index ${of}`, 'bytes each', get('bytes', 'ours'), {
        goal: {text: '< 150 bytes', holds: (_, bytes) => bytes < 150},
      }),
    ];
    for (const {name, grows} of figuresOf(this.people, this.size)) {
      const options = {details: {p50_ms: get(name, 'p50_ms'), p99_ms: get(name, 'p99_ms')}};
      if (grows === false && smaller) {
        options.baseline = smaller.results.get(name).map((r) => r.p50_ms);
        options.baselineTitle = `of ${text(smaller.size)}`;
        options.goal = {text: '<= 1.5 x', holds: (ratio) => ratio <= 1.5};
      } else if (grows !== false) {
        options.goal = {
          text: 'p99 < 250 ms',
          holds: () => median(options.details.p99_ms) < 250,
        };
      }
      const title = `list ${of}: ${name}`;
      rows.push(figure(`list_${name}_${this.size}`, title, 'ms', get(name, 'p50_ms'), options));
    }
    for (const [name, title] of [
      ['include', `page of 250 ${of} with addresses and attributes, 4 connections`],
      ['batch', `batch of ${BATCH} creates into ${text(this.size)}, 8 connections`],
    ]) {
      const details = {p50_ms: get(name, 'p50_ms'), p99_ms: get(name, 'p99_ms')};
      const rates = get(name, 'requests_per_second');
      rows.push(figure(`list_${name}_${this.size}`, title, '/s', rates, {details}));
    }
    return rows;
  }
}

export async function lists(bench) {
  const rows = [];
  let smaller;
  for (const size of bench.sizes.lists) {
    const measured = new Lists(bench, size);
    await measured.prepare();
    for (let round = 1; round <= bench.rounds; round++) await measured.round(round);
    removeData(measured.dir);
    rows.push(...measured.rows(smaller));
    smaller = measured;
  }
  return rows;
}
