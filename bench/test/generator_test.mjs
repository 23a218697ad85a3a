// The generator's promises: the same bytes for a seed, unique names, and the two forms of the same
// people agree. Run by ctest, or by hand:
// node --test bench/test/generator_test.mjs
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {writeTables} from '../lib/tables.mjs';
import {Permutation} from '../../scripts/generate-customers.mjs';

const GENERATOR = fileURLToPath(new URL('../../scripts/generate-customers.mjs', import.meta.url));

function generate(...args) {
  const options = {encoding: 'utf8', maxBuffer: 1 << 28};
  return execFileSync(process.execPath, [GENERATOR, ...args.map(String)], options);
}

const parseLines = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

function withFolder(use) {
  return async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'oubli-generator-'));
    try {
      await use(dir);
    } finally {
      fs.rmSync(dir, {recursive: true});
    }
  };
}

test('the same seed makes the same bytes, another seed others', () => {
  const once = generate('--customers', 200, '--orders', 2);
  assert.equal(generate('--customers', 200, '--orders', 2), once);
  assert.notEqual(generate('--customers', 200, '--orders', 2, '--seed', 2), once);
});

test('a larger file begins with the smaller one', () => {
  assert.ok(generate('--customers', 300).startsWith(generate('--customers', 100)));
});

test('e-mails and cards are unique and lie in example domains', () => {
  const people = parseLines(generate('--customers', 20000, '--addresses', 0, '--transactions', 0));
  assert.equal(new Set(people.map((one) => one.email)).size, people.length);
  const cards = people.map((one) => one.card_number).filter((card) => card !== undefined);
  assert.equal(new Set(cards).size, cards.length);
  for (const {email} of people)
    assert.match(email, /^[a-z0-9.]+@([a-z]+\.)?example\.(com|net|org)$/);
});

test('each customer has as many records as asked for', () => {
  const counts = ['--addresses', 3, '--transactions', 4, '--orders', 2, '--attributes', 6];
  for (const one of parseLines(generate('--customers', 50, ...counts))) {
    assert.equal(one.addresses.length, 3);
    assert.equal(one.transactions.length, 4);
    assert.equal(one.orders.length, 2);
    assert.equal(Object.keys(one.attributes).length, 6);
    for (const {date} of one.transactions) assert.ok(date >= one.created_at, 'nothing is older');
  }
});

test('the permutation meets every number once', () => {
  for (const size of [1, 2, 3, 17, 1000, 4097]) {
    const met = new Set(Array.from({length: size}, (_, i) => new Permutation(size, 5).at(i)));
    assert.equal(met.size, size);
    assert.equal(Math.max(...met), size - 1);
  }
});

test(
  '--split holds the same people and records, the records out of order',
  withFolder((dir) => {
    generate('--customers', 100, '--orders', 1, '--split', dir);
    const heads = parseLines(fs.readFileSync(path.join(dir, 'customers.jsonl'), 'utf8'));
    assert.deepEqual(
      heads.map((one) => one.id),
      Array.from({length: 100}, (_, i) => i + 1),
    );
    const order = [];
    for (const {id, ...lists} of parseLines(
      fs.readFileSync(path.join(dir, 'records.jsonl'), 'utf8'),
    )) {
      const [[list, value]] = Object.entries(lists);
      const head = heads[id - 1];
      if (list === 'attributes') Object.assign((head.attributes ??= {}), value);
      else (head[list] ??= []).push(...value);
      order.push(id);
    }
    const sortedPairs = order.filter((id, i) => i > 0 && id >= order[i - 1]).length;
    assert.ok(sortedPairs < order.length * 0.6 && sortedPairs > order.length * 0.4);
    const byRef = (a, b) => Number(a.ref.slice(1)) - Number(b.ref.slice(1));
    const whole = parseLines(generate('--customers', 100, '--orders', 1));
    for (const head of heads) {
      delete head.id;
      for (const list of ['addresses', 'transactions', 'orders']) head[list].sort(byRef);
    }
    assert.deepEqual(heads, whole);
  }),
);

test('CSV has a row of its own for everything, quoted where need be', () => {
  const text = generate('--customers', 500, '--format', 'csv');
  const [header, ...rows] = text.trimEnd().split('\n');
  const kind = (name) => rows.filter((row) => row.startsWith(`${name},`)).length;
  assert.match(header, /^record,email,/);
  assert.equal(kind('customer'), 500);
  assert.equal(kind('address'), 1000);
  assert.equal(kind('transaction'), 5000);
  assert.equal(kind('attribute'), 500);
  assert.match(text, /"Wants ""gift wrapping"" on every order."/);
  const width = header.split(',').length;
  for (const row of rows) {
    const bare = row.replace(/"(?:[^"]|"")*"/g, '');
    assert.equal(bare.split(',').length, width, 'each row is as wide as the header');
  }
});

test('wrong options end with code 2 and say what is wanted', () => {
  for (const args of [[], ['--customers', 'many'], ['--customers', '1', '--format', 'xml']]) {
    assert.throws(
      () => execFileSync(process.execPath, [GENERATOR, ...args], {stdio: 'pipe'}),
      (error) => error.status === 2 && /generate-customers: --/.test(error.stderr.toString()),
    );
  }
});

test(
  'the tables of the baselines number all rows in order of arrival',
  withFolder(async (dir) => {
    generate('--customers', 40, '--attributes', 0, '--split', dir);
    const rows = await writeTables(dir, path.join(dir, 'tables'));
    assert.deepEqual(rows, {customer: 40, address: 80, loyalty_transaction: 400});
    const read = (table) =>
      fs
        .readFileSync(path.join(dir, 'tables', `${table}.tsv`), 'utf8')
        .trimEnd()
        .split('\n');
    const numbers = ['customer', 'address', 'loyalty_transaction'].flatMap((table) =>
      read(table).map((line) => Number(line.split('\t')[0])),
    );
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      Array.from({length: 520}, (_, i) => i + 1),
    );
    for (const line of read('address')) assert.equal(line.split('\t').length, 13);
    for (const line of read('loyalty_transaction')) assert.equal(line.split('\t').length, 8);
  }),
);
