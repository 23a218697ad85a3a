#!/usr/bin/env node
// Makes realistic customers, with everything that hangs on them, in Oubli's import format: JSON
// Lines or CSV of any size, in constant memory, the same bytes for the same options everywhere.
// All people are invented; e-mails lie in example domains (RFC 2606), so nothing can be delivered.
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';
import {
  ATTRIBUTES,
  COMPANY_TRADES,
  COMPANY_WORDS,
  COUNTRIES,
  CURRENCIES,
  DOMAINS,
  GROUPS,
  NOTES,
  ORDER_STATES,
  PRODUCTS,
  PURCHASES,
} from './generate-customers-words.mjs';

const USAGE = `Usage: scripts/generate-customers.mjs --customers N [options]

  --customers N       how many customers
  --addresses N       addresses of each (default 2)
  --transactions N    loyalty transactions of each (default 10)
  --orders N          orders of each (default 0)
  --attributes N      attribute values of each, at most 6 (default 1)
  --seed N            another seed makes other people (default 1)
  --format FORMAT     jsonl (default) or csv, which has no place for the items of orders
  --out FILE          where to write (default: standard output)
  --split DIR         writes DIR/customers.jsonl (ids 1..N, nothing attached) and DIR/records.jsonl,
                      one record a line in random order over all customers: the way that records
                      come in over the years, instead of customer by customer

Example: scripts/generate-customers.mjs --customers 1000 | head -1
`;

const FIRST_DAY_MS = Date.UTC(2016, 0, 1);
const LAST_DAY_MS = Date.UTC(2025, 5, 30);

// A small generator (mulberry32) that is set anew for every customer and every record, so that each
// of them can be made by itself, in any order, and looks the same in every output form.
class Dice {
  set(seed, customer, stream) {
    let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(customer + 0x7f4a7c15, 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f) ^ Math.imul(stream + 1, 0x165667b1);
    this.state = Math.imul(h ^ (h >>> 13), 0x9e3779b1);
    return this;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }
  below(n) {
    return this.next() % n;
  }
  pick(choices) {
    return choices[this.below(choices.length)];
  }
  percent(p) {
    return this.below(100) < p;
  }
}

// A seeded permutation of 0..size-1 without a table: four Feistel rounds over the next even power
// of two, walked until the value falls inside. Memory stays constant for any number of records.
export class Permutation {
  constructor(size, seed) {
    this.size = size;
    this.half = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2));
    this.mask = 2 ** this.half - 1;
    this.keys = [1, 2, 3, 4].map((round) => new Dice().set(seed, round, 77).next());
  }
  at(index) {
    let value = index;
    do {
      let left = Math.floor(value / (this.mask + 1)),
        right = value & this.mask;
      for (const key of this.keys) {
        let f = Math.imul(right ^ key, 0x9e3779b1);
        f = Math.imul(f ^ (f >>> 15), 0x85ebca6b);
        [left, right] = [right, left ^ ((f ^ (f >>> 13)) & this.mask)];
      }
      value = left * (this.mask + 1) + right;
    } while (value >= this.size);
    return value;
  }
}

const ASCII = {ß: 'ss', ł: 'l', ı: 'i'};
function mailName(name) {
  return name
    .toLowerCase()
    .replace(/[ßłı]/g, (c) => ASCII[c])
    .normalize('NFD')
    .replace(/[^a-z]/g, '');
}
// The same few hundred names come again and again; folding them is what costs.
const MAIL_NAMES = new Map(
  COUNTRIES.flatMap((c) => [...c.first, ...c.last]).map((name) => [name, mailName(name)]),
);

const digits = (dice, pattern) => pattern.replace(/#/g, () => String(dice.below(10)));
const money = (cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
const moment = (ms) => new Date(ms).toISOString().slice(0, 19) + 'Z';
const momentAfter = (dice, ms) => moment(ms + dice.below((LAST_DAY_MS - ms) / 1000) * 1000);

// Makes customers and their records by number, in the words of the import format.
export class People {
  constructor(seed) {
    this.seed = seed;
    this.dice = new Dice();
    this.person = new Dice();
  }
  // What several records of one customer have in common.
  basics(i) {
    const dice = this.person.set(this.seed, i, 0);
    const country = dice.pick(COUNTRIES);
    const createdMs = FIRST_DAY_MS + dice.below((LAST_DAY_MS - FIRST_DAY_MS) / 1000) * 1000;
    return {country, first: dice.pick(country.first), last: dice.pick(country.last), createdMs};
  }
  // Unique by the customer's number, however often a name occurs.
  mailbox(first, last, i) {
    return `${MAIL_NAMES.get(first)}.${MAIL_NAMES.get(last)}.${i.toString(36)}`;
  }
  phone(dice, country) {
    return digits(dice, `${country.calling} ${2 + dice.below(8)}## ### ###`);
  }

  customer(i) {
    const {country, first, last, createdMs} = this.basics(i);
    const dice = this.dice.set(this.seed, i, 1);
    const out = {
      email: `${this.mailbox(first, last, i)}@${dice.pick(DOMAINS)}`,
      first_name: first,
      last_name: last,
    };
    if (dice.percent(20)) out.company = `${dice.pick(COMPANY_WORDS)} ${dice.pick(COMPANY_TRADES)}`;
    if (dice.percent(80)) out.phone = this.phone(dice, country);
    if (dice.percent(15)) out.notes = dice.pick(NOTES);
    // The customer's number makes the card unique, the digits in front make it look like one.
    if (dice.percent(30))
      out.card_number = `60${dice.below(90) + 10}${String(i).padStart(12, '0')}`;
    if (dice.percent(25)) out.group = dice.pick(GROUPS);
    out.created_at = moment(createdMs);
    return out;
  }
  address(i, k) {
    const {country, first, last} = this.basics(i);
    const dice = this.dice.set(this.seed, i, 1000 + k);
    const [city, state, postal] = dice.pick(country.cities);
    const out = {
      ref: `a${k + 1}`,
      first_name: first,
      last_name: last,
      address1: country.street
        .replace('S', () => dice.pick(country.streets))
        .replace('N', () => String(1 + dice.below(240))),
      city,
      state,
      postal_code: digits(dice, postal),
      country_code: country.code,
      phone: this.phone(dice, country),
      type: dice.percent(85) ? 'residential' : 'commercial',
    };
    if (dice.percent(20)) out.address2 = `Unit ${1 + dice.below(60)}`;
    if (out.type === 'commercial')
      out.company = `${dice.pick(COMPANY_WORDS)} ${dice.pick(COMPANY_TRADES)}`;
    return out;
  }
  attribute(i, k) {
    const [name, values] = ATTRIBUTES[k];
    return [name, this.dice.set(this.seed, i, 2000 + k).pick(values)];
  }
  transaction(i, k) {
    const {createdMs} = this.basics(i);
    const dice = this.dice.set(this.seed, i, 3000 + k);
    const cents = 150 + dice.below(14000);
    return {
      ref: `t${k + 1}`,
      campaign: 'Points',
      date: momentAfter(dice, createdMs),
      amount: money(cents),
      points: String(Math.ceil(cents / 100)),
      description: dice.pick(PURCHASES),
      authorization: dice.next().toString(36).toUpperCase().padStart(7, '0'),
    };
  }
  order(i, k) {
    const {country, createdMs} = this.basics(i);
    const dice = this.dice.set(this.seed, i, 4000 + k);
    const items = Array.from({length: 1 + dice.below(3)}, () => {
      const [name, sku, cents] = dice.pick(PRODUCTS);
      return {name, sku, quantity: 1 + dice.below(3), price: money(cents)};
    });
    const total = items.reduce(
      (sum, item) => sum + item.quantity * Math.round(Number(item.price) * 100),
      0,
    );
    return {
      ref: `o${k + 1}`,
      number: String(1000 + i * 16 + k),
      date: momentAfter(dice, createdMs),
      currency: CURRENCIES[country.code],
      total: money(total),
      status: dice.pick(ORDER_STATES),
      items,
    };
  }
}

function range(n, make) {
  return Array.from({length: n}, (_, k) => make(k));
}

function wholeCustomer(people, i, counts) {
  const out = people.customer(i);
  if (counts.addresses) out.addresses = range(counts.addresses, (k) => people.address(i, k));
  if (counts.attributes)
    out.attributes = Object.fromEntries(range(counts.attributes, (k) => people.attribute(i, k)));
  if (counts.transactions)
    out.transactions = range(counts.transactions, (k) => people.transaction(i, k));
  if (counts.orders) out.orders = range(counts.orders, (k) => people.order(i, k));
  return out;
}

// The single record number `slot` of a customer, as a line that names its customer by id.
function recordLine(people, i, slot, counts) {
  if (slot < counts.addresses) return {id: i + 1, addresses: [people.address(i, slot)]};
  slot -= counts.addresses;
  if (slot < counts.transactions) return {id: i + 1, transactions: [people.transaction(i, slot)]};
  slot -= counts.transactions;
  if (slot < counts.attributes)
    return {id: i + 1, attributes: Object.fromEntries([people.attribute(i, slot)])};
  return {id: i + 1, orders: [people.order(i, slot - counts.attributes)]};
}

const CSV_COLUMNS = (
  'record|email|first_name|last_name|company|phone|notes|card_number|group|created_at|ref' +
  '|address1|address2|city|state|postal_code|country_code|type|name|value|campaign|date' +
  '|amount|points|description|authorization|number|currency|total|status'
).split('|');

function csvCell(value) {
  if (value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
const csvRow = (record, fields) =>
  CSV_COLUMNS.map((c) => csvCell(c === 'record' ? record : fields[c])).join(',') + '\n';

function* jsonLines(people, count, counts) {
  for (let i = 0; i < count; i++) yield JSON.stringify(wholeCustomer(people, i, counts)) + '\n';
}
function* csvLines(people, count, counts) {
  yield CSV_COLUMNS.join(',') + '\n';
  for (let i = 0; i < count; i++) {
    yield csvRow('customer', people.customer(i));
    for (let k = 0; k < counts.addresses; k++) yield csvRow('address', people.address(i, k));
    for (let k = 0; k < counts.attributes; k++) {
      const [name, value] = people.attribute(i, k);
      yield csvRow('attribute', {name, value});
    }
    for (let k = 0; k < counts.transactions; k++)
      yield csvRow('transaction', people.transaction(i, k));
    for (let k = 0; k < counts.orders; k++) yield csvRow('order', people.order(i, k));
  }
}
function* headLines(people, count) {
  for (let i = 0; i < count; i++) yield JSON.stringify({id: i + 1, ...people.customer(i)}) + '\n';
}
function* scatteredLines(people, count, counts, seed) {
  const each = counts.addresses + counts.transactions + counts.attributes + counts.orders;
  const order = new Permutation(count * each, seed);
  for (let n = 0; n < count * each; n++) {
    const at = order.at(n);
    yield JSON.stringify(recordLine(people, Math.floor(at / each), at % each, counts)) + '\n';
  }
}

// Writes in large pieces and waits whenever the reader is slower: memory stays constant.
async function writeLines(lines, stream) {
  const failure = new Promise((_, reject) => stream.on('error', reject));
  failure.catch(() => {});
  const push = (text) =>
    stream.write(text) ||
    Promise.race([failure, new Promise((done) => stream.once('drain', done))]);
  let pending = [],
    size = 0;
  for (const line of lines) {
    pending.push(line);
    size += line.length;
    if (size > 256 * 1024) {
      await push(pending.join(''));
      pending = [];
      size = 0;
    }
  }
  await push(pending.join(''));
  if (stream !== process.stdout)
    await Promise.race([
      failure,
      new Promise((done, fail) => stream.end((e) => (e ? fail(e) : done()))),
    ]);
}

function wholeNumber(values, name, fallback, max = 100_000_000) {
  const text = values[name] ?? fallback;
  if (text === undefined) throw new Error(`--${name} is missing`);
  if (!/^\d{1,9}$/.test(text) || Number(text) > max)
    throw new Error(`--${name}: a whole number from 0 to ${max} is wanted, not '${text}'`);
  return Number(text);
}

function readOptions(argv) {
  const text = {type: 'string'};
  const {values} = parseArgs({
    args: argv,
    options: {
      customers: text,
      addresses: text,
      transactions: text,
      orders: text,
      attributes: text,
      seed: text,
      format: text,
      out: text,
      split: text,
      help: {type: 'boolean', short: 'h'},
    },
  });
  if (values.help) return {help: true};
  const format = values.format ?? 'jsonl';
  if (format !== 'jsonl' && format !== 'csv')
    throw new Error(`--format: jsonl or csv is wanted, not '${format}'`);
  if (values.split !== undefined && (values.out !== undefined || format !== 'jsonl')) {
    throw new Error(
      '--split writes two JSON Lines files: it goes neither with --out nor with --format csv',
    );
  }
  return {
    format,
    out: values.out,
    split: values.split,
    seed: wholeNumber(values, 'seed', '1'),
    customers: wholeNumber(values, 'customers'),
    counts: {
      addresses: wholeNumber(values, 'addresses', '2', 900),
      transactions: wholeNumber(values, 'transactions', '10', 900),
      orders: wholeNumber(values, 'orders', '0', 16),
      attributes: wholeNumber(values, 'attributes', '1', ATTRIBUTES.length),
    },
  };
}

async function main(argv) {
  const {help, format, out, split, seed, customers, counts} = readOptions(argv);
  if (help) return process.stdout.write(USAGE);
  const people = new People(seed);
  if (split !== undefined) {
    fs.mkdirSync(split, {recursive: true});
    await writeLines(
      headLines(people, customers),
      fs.createWriteStream(path.join(split, 'customers.jsonl')),
    );
    await writeLines(
      scatteredLines(people, customers, counts, seed),
      fs.createWriteStream(path.join(split, 'records.jsonl')),
    );
    return;
  }
  const lines =
    format === 'csv' ? csvLines(people, customers, counts) : jsonLines(people, customers, counts);
  await writeLines(lines, out === undefined ? process.stdout : fs.createWriteStream(out));
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1] ?? '.')).href) {
  main(process.argv.slice(2)).catch((error) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, say `head`, has seen enough
    process.stderr.write(`generate-customers: ${error.message}\n`);
    process.exit(error.code?.startsWith('ERR_PARSE_ARGS') || !error.code ? 2 : 1);
  });
}
