// Turns the generator's --split files into tables for the baselines: one tab-separated file a table
// (the text form of PostgreSQL's COPY), rows in order of arrival, whose first column numbers the
// arrivals over all tables. So all three contenders get the same rows in the same order.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

const CUSTOMER =
  'id email first_name last_name company phone notes card_number group created_at'.split(' ');
const ADDRESS = (
  'first_name last_name company address1 address2 city' +
  ' state postal_code country_code phone type'
).split(' ');
const TRANSACTION = 'campaign date amount points description authorization'.split(' ');

function cell(value) {
  if (value === undefined) return '\\N';
  const text = String(value);
  // COPY would want these escaped, the SQLite loader would not undo it; the generator makes none.
  if (/[\t\n\r\\]/.test(text)) throw new Error('a value holds a tab, a line end or a backslash');
  return text;
}

// Collects rows and writes them in large pieces.
class RowFile {
  constructor(file) {
    this.fd = fs.openSync(file, 'w');
    this.pending = '';
  }
  add(values) {
    this.pending += values.map(cell).join('\t') + '\n';
    if (this.pending.length > 1 << 18) this.flush();
  }
  flush() {
    fs.writeFileSync(this.fd, this.pending);
    this.pending = '';
  }
  close() {
    this.flush();
    fs.closeSync(this.fd);
  }
}

async function* objects(file) {
  const input = fs.createReadStream(file, {highWaterMark: 1 << 20});
  for await (const line of readline.createInterface({input, crlfDelay: Infinity})) {
    if (line !== '') yield JSON.parse(line);
  }
}

// Reads DIR/customers.jsonl and DIR/records.jsonl, writes customer.tsv, address.tsv and
// loyalty_transaction.tsv into `out`. Returns how many rows each has.
export async function writeTables(split, out) {
  fs.mkdirSync(out, {recursive: true});
  const open = (table) => new RowFile(path.join(out, `${table}.tsv`));
  const files = {
    customer: open('customer'),
    address: open('address'),
    loyalty_transaction: open('loyalty_transaction'),
  };
  const rows = {customer: 0, address: 0, loyalty_transaction: 0};
  for await (const one of objects(path.join(split, 'customers.jsonl'))) {
    files.customer.add(CUSTOMER.map((column) => one[column]));
    rows.customer++;
  }
  let arrival = rows.customer;
  for await (const one of objects(path.join(split, 'records.jsonl'))) {
    for (const address of one.addresses ?? []) {
      files.address.add([++arrival, one.id, ...ADDRESS.map((column) => address[column])]);
      rows.address++;
    }
    for (const transaction of one.transactions ?? []) {
      const values = TRANSACTION.map((column) => transaction[column]);
      files.loyalty_transaction.add([++arrival, one.id, ...values]);
      rows.loyalty_transaction++;
    }
  }
  for (const file of Object.values(files)) file.close();
  return rows;
}
