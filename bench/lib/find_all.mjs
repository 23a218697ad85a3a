// Peak memory of a server that answers a Hotcakes find-all, of few customers and of many.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import {median, removeData, sleep} from './shell.mjs';

const STORE = 'bench';
const ACCOUNT = '"FailedLoginCount":';

function peakMb(server) {
  const status = fs.readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)[1]) / 1024;
}

// Reads the whole answer and keeps nothing of it: {accounts, bytes, seconds}.
function readAll(server, key) {
  const url = `/DesktopModules/Hotcakes/API/rest/v1/customeraccounts?key=${encodeURIComponent(key)}`;
  const begun = performance.now();
  return new Promise((done, fail) => {
    const request = http.get({host: '127.0.0.1', port: server.port, path: url, agent: false});
    request.on('error', fail);
    request.on('response', (response) => {
      let accounts = 0;
      let bytes = 0;
      let rest = '';
      response.setEncoding('latin1');
      response.on('error', fail);
      response.on('data', (piece) => {
        bytes += piece.length;
        const text = rest + piece;
        accounts += text.split(ACCOUNT).length - 1;
        rest = text.slice(1 - ACCOUNT.length);
      });
      response.on('end', () => {
        if (!rest.endsWith('"Errors":[]}')) return fail(new Error(`the answer ends with ${rest}`));
        done({accounts, bytes, seconds: (performance.now() - begun) / 1000});
      });
    });
  });
}

// An import leaves the key journal to the server, which begins it half a minute after its start:
// in the middle of a long list, and after a short one. It takes memory once, and not of any list.
async function completeJournal(bench, dir) {
  const server = bench.server(dir);
  try {
    await server.start();
    const written = () => fs.readdirSync(`${dir}.journal`).some((file) => file.endsWith('.journal'));
    for (let i = 0; i < 240 && !written(); i++) await sleep(500);
    if (!written()) throw new Error('the server has not completed its key journal in two minutes');
    await sleep(2000);
  } finally {
    await server.stop();
  }
}

// One fresh process, one find-all.
async function measure(bench, dir, key, size) {
  const server = bench.server(dir);
  try {
    await server.start();
    const {accounts, bytes, seconds} = await readAll(server, key);
    if (accounts !== size) throw new Error(`find-all shows ${accounts} of ${size} customers`);
    return {peak: peakMb(server), rate: accounts / seconds, bytes};
  } finally {
    await server.stop();
  }
}

export async function findAll(bench) {
  const results = [];
  for (const size of bench.sizes.findAll) {
    await bench.makeWhole(size);
    const dir = path.join(bench.work, `find-all-${size}`);
    bench.log(`find all: loading a store of ${size} customers`);
    const server = bench.server(dir);
    await server.createStore(STORE);
    const {key} = await server.createKey(STORE, 'hotcakes');
    await server.import(STORE, bench.whole(size));
    await completeJournal(bench, dir);
    const rounds = [];
    for (let round = 1; round <= bench.rounds; round++) {
      bench.log(`find all of ${size}, round ${round}`);
      rounds.push(await measure(bench, dir, key, size));
    }
    removeData(dir);
    results.push(rounds);
  }
  const [small, large] = results.map((rounds) => rounds.map((one) => one.peak));
  const [few, many] = bench.sizes.findAll.map((size) => size.toLocaleString('en'));
  const row = {name: 'find_all_memory', title: `peak memory, find-all of ${many}`, unit: 'MB'};
  row.ours = median(large);
  row.baseline = median(small);
  row.baselineTitle = `find-all of ${few}`;
  row.ratio = row.ours / row.baseline;
  Object.assign(row, {goal: '<= 1.2 x', met: row.ratio <= 1.2});
  row.rounds = {ours: large, baseline: small};
  row.details = {
    customers_per_second: results[1].map((one) => one.rate),
    bytes: results[1].map((one) => one.bytes),
  };
  return [row];
}
