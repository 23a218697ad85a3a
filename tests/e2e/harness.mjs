// What all tests of the whole server share: starting and stopping it, running the command line,
// stores with keys, looking everywhere for somebody, and the search through raw bytes. Nothing here
// knows how the server is made inside.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BigCommerce, Hotcakes, Native, StickyStreet, WebCommander } from './dialects.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
export const OUBLI = path.resolve(here, process.env.OUBLI ?? '../../build/debug/oubli');
if (!fs.existsSync(OUBLI)) {
  throw new Error(`no program at ${OUBLI}: build it (cmake --preset debug && ninja -C build/debug oubli)` +
    ' or name it in the variable OUBLI');
}

// A program with a sanitizer, or on a busy machine, is slow, and no less right.
const START_TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 120_000;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Asks until the answer is true, so that no test waits longer than it must.
export async function until(what, ask, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    assert.ok(Date.now() < end, `${what}: not within ${timeoutMs} ms`);
    await sleep(20);
  }
}

// What has to be undone after a test, the last thing first: a server stops before its folder goes.
const ends = new WeakMap();
function atEnd(t, end) {
  if (!ends.has(t)) {
    ends.set(t, []);
    t.after(async () => {
      let failure;
      for (const each of ends.get(t).reverse()) {
        try {
          await each();
        } catch (error) {
          failure ??= error;
        }
      }
      if (failure !== undefined) throw failure;
    });
  }
  ends.get(t).push(end);
}

// A folder for one test, removed after it; with OUBLI_KEEP=1 all of them stay.
export function makeFolder(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'oubli-e2e-'));
  atEnd(t, () => {
    if (!process.env.OUBLI_KEEP) fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

// Only what a test sets reaches the program.
function environment(extra = {}) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME ?? '/', TMPDIR: os.tmpdir() };
  for (const [name, value] of Object.entries(process.env)) {
    if (/^([AT]SAN|UBSAN|LSAN)_OPTIONS$/.test(name)) env[name] = value;
  }
  return { ...env, ...extra };
}

// ---- the command line -------------------------------------------------------------------------

// Runs `oubli ARGS`; never throws for an exit code. `json` is standard output parsed, when it is JSON.
export function run(args, { input = '', env = {}, timeoutMs = REQUEST_TIMEOUT_MS } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(OUBLI, args, { env: environment(env) });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => {}); // it need not read what it is given
    child.stdin.end(input);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (stderr.includes('Sanitizer')) return reject(new Error(stderr));
      let json;
      try {
        json = JSON.parse(stdout);
      } catch {
        json = undefined;
      }
      return resolve({ code, signal, stdout, stderr, json });
    });
  });
}

// `oubli ARGS --data DIR --json`, which must succeed; answers its object.
export async function cli(data, ...args) {
  const result = await run([...args, '--data', data, '--json']);
  assert.equal(result.code, 0, `oubli ${args.join(' ')}: ${result.stderr}`);
  assert.ok(result.json, `oubli ${args.join(' ')} printed no JSON: ${result.stdout}`);
  return result.json;
}

// Writes rows as a JSON Lines file and imports it.
let files = 0;
export async function importRows(data, store, rows) {
  const file = path.join(os.tmpdir(), `oubli-e2e-${process.pid}-${++files}.jsonl`);
  fs.writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n') + '\n');
  try {
    return await cli(data, 'import', '--store', store, file);
  } finally {
    fs.rmSync(file);
  }
}

// ---- the server -------------------------------------------------------------------------------

export class Server {
  // Starts one and waits for its ready line. `command` replaces the program, for a shell around it.
  static async start(data, args = [], { env = {}, command } = {}) {
    const server = new Server();
    const words = ['serve', '--data', data, ...args];
    if (!args.includes('--listen')) words.push('--listen', '127.0.0.1:0');
    if (!args.includes('--metrics')) words.push('--metrics', 'off');
    const [program, ...before] = command ?? [OUBLI];
    server.child = spawn(program, [...before, ...words], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    server.stdout = '';
    server.stderr = '';
    server.child.stdout.on('data', (chunk) => (server.stdout += chunk));
    server.child.stderr.on('data', (chunk) => (server.stderr += chunk));
    server.exited = new Promise((resolve) => {
      server.child.on('close', (code, signal) => resolve({ code, signal }));
    });
    let ended = false;
    server.exited.then(() => (ended = true));
    running.add(server.child);
    server.exited.then(() => running.delete(server.child));
    await until('the ready line', () => {
      assert.ok(!ended, `the server ended: ${server.stderr}`);
      return /^oubli: listening on .*\n/m.test(server.stdout);
    }, START_TIMEOUT_MS);
    server.url = server.stdout.match(/^oubli: listening on (https?:\/\/\S+)$/m)[1];
    server.port = Number(new URL(server.url).port);
    server.metricsUrl = server.stdout.match(/^oubli: metrics on (http:\/\/\S+)$/m)?.[1];
    server.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
    return server;
  }

  get pid() {
    return this.child.pid;
  }

  get log() {
    return this.stdout + this.stderr;
  }

  // A graceful stop, which must end well: this is also where a sanitizer's findings show.
  async stop() {
    this.agent.destroy();
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    const { code, signal } = await this.exited;
    assert.ok(!this.stderr.includes('Sanitizer'), this.stderr);
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, this.stderr);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
    this.agent.destroy();
  }

  request(method, target, options = {}) {
    return request(method, this.url + target, { agent: this.agent, ...options });
  }

  async metric(name) {
    const { body } = await request('GET', this.metricsUrl);
    const line = body.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm'));
    assert.ok(line, `no metric ${name} in:\n${body}`);
    return Number(line[1]);
  }
}

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

// A server that is stopped after the test, whatever became of it.
export async function serve(t, data, args, options) {
  const server = await Server.start(data, args, options);
  atEnd(t, async () => {
    if (server.child.exitCode === null && server.child.signalCode === null) await server.stop();
  });
  return server;
}

// One request; `target` goes out byte for byte as it is given. Resolves for every status.
export function request(method, url, { headers = {}, body, agent, ca } = {}) {
  const [, scheme, host, port, target] = url.match(/^(https?):\/\/([^/:]+):(\d+)(\/.*)?$/);
  // Node says of its own accord how long a body is for some methods only; DELETE is none of them.
  if (body !== undefined && /^(DELETE|GET)$/.test(method)) headers = { 'Content-Length': Buffer.byteLength(body), ...headers };
  return new Promise((resolve, reject) => {
    const library = scheme === 'https' ? https : http;
    const sent = library.request({ host, port, method, path: target ?? '/', headers, agent, ca }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode,
          headers: response.headers,
          bytes,
          body: bytes.toString('utf8'),
          get json() {
            return JSON.parse(this.body);
          },
        });
      });
    });
    sent.setTimeout(REQUEST_TIMEOUT_MS, () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}

// ---- a store with a key of every dialect --------------------------------------------------------

const DIALECTS = ['bigcommerce', 'webcommander', 'stickystreet', 'hotcakes', 'native'];
const SCOPES = ['--scope', 'store_v2_customers', '--scope', 'store_stored_payment_instruments_read_only'];

export async function makeStore(data, handle) {
  await cli(data, 'store', 'create', handle);
  const keys = {};
  for (const dialect of DIALECTS) {
    keys[dialect] = await cli(data, 'key', 'create', '--store', handle, '--dialect', dialect, ...(dialect === 'bigcommerce' ? SCOPES : []));
  }
  return { handle, keys };
}

export function clients(server, { handle, keys }) {
  return {
    handle,
    server,
    big: new BigCommerce(server, handle, keys.bigcommerce),
    web: new WebCommander(server, handle, keys.webcommander),
    sticky: new StickyStreet(server, handle, keys.stickystreet),
    cakes: new Hotcakes(server, handle, keys.hotcakes),
    native: new Native(server, handle, keys.native),
  };
}

// What a customer can be asked to show of itself in one call.
export const EVERYTHING = 'include=addresses,attributes,storecredit,formfields,shopper_profile_id,segment_ids';

// Where `customer` ({id, email, code, card, ...}) can be seen through the dialects: a list of words
// such as "web get". Empty is gone.
export async function placesOf(shop, customer) {
  const places = [];
  const see = (place, seen) => seen && places.push(place);
  const { id, email, code, card } = customer;
  const { big, web, sticky, cakes } = shop;
  const rows = (place, target) => big.done(200, 'GET', target).then(({ data }) => see(place, data.length > 0));
  const found = (place, target) => big.api('GET', target).then(({ status, body }) => {
    assert.ok([200, 204, 404].includes(status), `${target}: ${status} ${body}`);
    see(place, status === 200);
  });
  const asks = [];
  if (id !== undefined) {
    asks.push(
      big.find(`id:in=${id}&${EVERYTHING}`).then((list) => see('big id:in', list.length > 0)),
      big.addresses(`customer_id:in=${id}`).then((list) => see('big addresses', list.length > 0)),
      found('big v2', `/v2/customers/${id}`),
      found('big consent', `/v3/customers/${id}/consent`),
      rows('big attribute values', `/v3/customers/attribute-values?customer_id:in=${id}`),
      rows('big form fields', `/v3/customers/form-field-values?customer_id=${id}`),
      rows('big metafields', `/v3/customers/${id}/metafields`),
      web.get(id).then((answer) => see('web get', answer.status !== 404)),
      web.call('GET', `/${id}/orders`).then((answer) => see('web orders', answer.status !== 404)),
      web.call('GET', `/${id}/store-credit/adjustments`).then((answer) => see('web credit', answer.status !== 404)),
      cakes.wishes(id).then((list) => see('cakes wishes', list.length > 0)),
      cakes.get(id).then((answer) => see('cakes get', answer.Content !== null)));
  }
  if (email !== undefined) {
    const e = encodeURIComponent(email);
    asks.push(
      big.find(`email:in=${e}`).then((list) => see('big email:in', list.length > 0)),
      found('big v2 email', `/v2/customers?email=${e}`),
      rows('big subscribers', `/v3/customers/subscribers?email=${e}`),
      web.done(200, 'GET', `/admin/customers/check-email?email=${e}`).then(({ exists }) => see('web check-email', exists)),
      web.list(`email=${e}`).then((page) => see('web email', page.pagination.total > 0 || page.customers.length > 0)),
      cakes.byEmail(email).then((answer) => see('cakes email', answer.Content !== null)));
  }
  if (code !== undefined) {
    asks.push(
      sticky.info({ code }).then((answer) => see('sticky code', answer.status !== 'error')),
      sticky.call('customer_search', { code, exact_match: 'sensitive' }).then((answer) => see('sticky search', answer.status !== 'error')));
  }
  if (card !== undefined) asks.push(sticky.info({ card_number: card }).then((answer) => see('sticky card', answer.status !== 'error')));
  await Promise.all(asks);
  return places.sort();
}

// All that the lists and counts of the dialects say of a store, to be compared before and after.
export async function snapshot(shop) {
  const { big, web, sticky, cakes, native } = shop;
  const byId = (list) => list.sort((a, b) => a.id - b.id);
  const customers = byId(await big.all('', EVERYTHING));
  const campaigns = await sticky.done('campaigns_list', { length: '1000' });
  const infos = [];
  const instruments = [];
  for (const { id } of customers) {
    const account = await cakes.get(id);
    assert.equal(account.Content?.Bvin, String(id));
    infos.push((await web.get(id)).json.customer);
    if (native.key !== undefined) instruments.push(...(await native.instruments(id)).json.data.map((one) => ({ customer_id: id, ...one })));
  }
  // Cancelled orders are in no other list.
  const orders = [...(await web.rows('/admin/orders', 'orders')), ...(await web.rows('/admin/orders', 'orders', 'order_status=cancelled'))];
  const segments = [];
  for (const segment of await big.rows('/v3/segments')) {
    segments.push({ ...segment, members: await big.rows(`/v3/segments/${segment.id}/shopper-profiles`) });
  }
  return {
    customers,
    addresses: byId(await big.all('/addresses')),
    values: byId(await big.all('/attribute-values')),
    fields: await big.all('/form-field-values'),
    metafields: byId(await big.all('/metafields')),
    subscribers: byId(await big.all('/subscribers')),
    profiles: await big.rows('/v3/shopper-profiles'),
    segments,
    instruments,
    web: infos,
    accounts: await cakes.all(),
    count: await cakes.count(),
    v2: (await big.done(200, 'GET', '/v2/customers/count')).count,
    total: (await web.list()).pagination.total,
    campaigns,
    orders,
    discounts: await web.rows('/admin/discount_profiles', 'discount_profiles'),
    credit: (await Promise.all(customers.map(({ id }) => web.rows(`/admin/customers/${id}/store-credit/adjustments`, 'store_credit_adjustments')))).flat(),
    transactions: (await sticky.done('reports', { report: 'transactions_all' })).transactions,
    found: customers.length === 0 ? [] : (await sticky.done('customer_search', { include_balances: 'Y' })).customers,
    wishes: await cakes.wishes(),
    prices: await cakes.made('pricegroups', 'GET', '/'),
    fields_defined: await sticky.done('manage_fields', { action: 'list' }),
    account: await sticky.done('account_info'),
  };
}

// ---- odds and ends ------------------------------------------------------------------------------

// The same numbers for the same seed, on every machine (mulberry32).
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(count) {
    return Math.floor(this.next() * count);
  }

  pick(list) {
    return list[this.below(list.length)];
  }
}

export function seedOfRun() {
  const seed = process.env.SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(process.env.SEED);
  assert.ok(Number.isSafeInteger(seed) && seed >= 0, 'SEED must be a whole number');
  console.log(`SEED=${seed}`);
  return seed;
}

// Sixteen digits that the server cannot have made by itself: made codes begin with 8.
export function makeCode(random) {
  let code = '7';
  while (code.length < 16) code += random.below(10);
  return code;
}

// Every regular file below a folder, also those that SQLite adds.
export function filesBelow(folder) {
  const found = [];
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(name));
    if (entry.isFile()) found.push(name);
  }
  return found;
}

// The forms in which a text can lie in bytes: as it is, as UTF-16, in hexadecimal, and in base64 at
// each of the three places that it can have in a longer text.
function formsOf(text) {
  const bytes = Buffer.from(text);
  const forms = [bytes.toString('latin1'), Buffer.from(text, 'utf16le').toString('latin1'), bytes.toString('hex')];
  for (let shift = 0; shift < 3; ++shift) {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const whole = padded.length - (padded.length % 3);
    // Characters that also depend on the neighbours are cut off.
    forms.push(padded.subarray(0, whole).toString('base64').slice(shift === 0 ? 0 : 4));
  }
  if (/^([0-9a-f]{2}){8,}$/.test(text)) forms.push(Buffer.from(text, 'hex').toString('latin1'));
  return forms;
}

// Where in `bytes` one of the needles stands, without regard to case: ["needle ... as form N"].
export function searchBytes(bytes, needles) {
  const hay = bytes.toString('latin1').toLowerCase();
  const found = [];
  for (const needle of needles) {
    formsOf(needle).forEach((text, index) => {
      const at = hay.indexOf(text.toLowerCase());
      if (at < 0) return;
      const around = hay.slice(Math.max(0, at - 40), at + text.length + 40).replace(/[^\x20-\x7e]/g, '.');
      found.push(`${needle} (form ${index}): ${around}`);
    });
  }
  return found;
}

// The same over every file of a folder, under a running server too: it may remove one while they are read.
export function searchFolder(folder, needles) {
  return filesBelow(folder).flatMap((file) =>
    searchBytes(readIfThere(file), needles).map((hit) => `${path.relative(folder, file)}: ${hit}`));
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
