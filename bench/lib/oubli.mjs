// The server under test: its command line, its process, its metrics and the load client.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';

import {freePort, run, runJson, sleep} from './shell.mjs';

// One GET on a connection of its own; resolves to {status, body}, rejects when nobody listens.
function get(port, path, headers = {}) {
  return new Promise((done, fail) => {
    const request = http.get({host: '127.0.0.1', port, path, headers, agent: false}, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => (body += piece));
      response.on('end', () => done({status: response.statusCode, body}));
    });
    request.on('error', fail);
    request.setTimeout(30_000, () => request.destroy(new Error('no answer in 30 s')));
  });
}

export class Oubli {
  // `binary` and `loadClient` are programs, `dir` is the data folder, `log` takes the server's
  // output.
  constructor({binary, loadClient, log}, dir) {
    Object.assign(this, {binary, loadClient, log, dir});
  }

  cli(...args) {
    return run(this.binary, [...args, '--data', this.dir]);
  }

  async createStore(handle) {
    await this.cli('store', 'create', handle);
  }

  createKey(store, dialect, ...more) {
    const args = ['key', 'create', '--store', store, '--dialect', dialect, ...more];
    return runJson(this.binary, [...args, '--json', '--data', this.dir]);
  }

  // The token of a key that may delete customers.
  async bigCommerceToken(store) {
    return (await this.createKey(store, 'bigcommerce', '--scope', 'store_v2_customers')).token;
  }

  import(store, ...files) {
    return this.cli('import', '--store', store, ...files);
  }

  // Imports under /usr/bin/time: {seconds, peakMb}.
  async timedImport(store, file) {
    const report = `${this.log}.time`;
    const command = [this.binary, 'import', '--store', store, file, '--data', this.dir];
    await run('/usr/bin/time', ['-f', '%e %M', '-o', report, ...command]);
    const [seconds, peakKb] = fs.readFileSync(report, 'utf8').trim().split(' ').map(Number);
    return {seconds, peakMb: peakKb / 1024};
  }

  // Starts the server and waits for the first 200 to `probe` ({path, headers}); returns after how
  // many milliseconds it came.
  async start(probe = {path: '/healthz'}) {
    this.port = await freePort();
    this.metricsPort = await freePort();
    const out = fs.openSync(this.log, 'a');
    const begun = performance.now();
    this.process = spawn(
      this.binary,
      [
        ...['serve', '--listen', `127.0.0.1:${this.port}`, '--data', this.dir],
        ...['--metrics', `127.0.0.1:${this.metricsPort}`],
      ],
      {stdio: ['ignore', out, out]},
    );
    fs.closeSync(out);
    this.exited = new Promise((done) => this.process.once('exit', done));
    this.process.once('error', () => {});
    for (;;) {
      const answer = await get(this.port, probe.path, probe.headers).catch(() => undefined);
      if (answer?.status === 200) return performance.now() - begun;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`the server ended at once, see ${this.log}`);
      }
      if (performance.now() - begun > 60_000) {
        throw new Error(
          `no answer of the server in 60 s (last status ${answer?.status ?? 'none'})`,
        );
      }
      await sleep(1);
    }
  }

  async stop() {
    if (!this.process) return;
    this.process.kill('SIGTERM');
    const late = setTimeout(() => this.process.kill('SIGKILL'), 30_000);
    await this.exited;
    clearTimeout(late);
    this.process = undefined;
  }

  // At once, for the end of a run that failed.
  kill() {
    this.process?.kill('SIGKILL');
  }

  residentMb() {
    const status = fs.readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1024;
  }

  // The sum of a metric over its labels; 0 while it has no sample yet.
  async metric(name) {
    const {status, body} = await get(this.metricsPort, '/metrics');
    if (status !== 200) throw new Error(`/metrics answers ${status}`);
    if (!body.includes(name)) throw new Error(`/metrics does not know ${name}`);
    let sum = 0;
    for (const line of body.split('\n')) {
      const sample = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`).exec(line);
      if (sample) sum += Number(sample[1]);
    }
    return sum;
  }

  // Waits until no erased customer is left to sweep. Returns {backlog, seconds}: how many there
  // were at first and how long they took.
  async drainSweep() {
    const begun = performance.now();
    const backlog = await this.metric('oubli_sweep_backlog');
    for (let left = backlog; left > 0; left = await this.metric('oubli_sweep_backlog')) {
      if (performance.now() - begun > 600_000) throw new Error('the sweep does not end');
      await sleep(10);
    }
    return {backlog, seconds: (performance.now() - begun) / 1000};
  }

  async countCustomers(store, token) {
    const path = `/stores/${store}/v3/customers?limit=1`;
    const {status, body} = await get(this.port, path, {'X-Auth-Token': token});
    if (status !== 200) throw new Error(`counting customers: status ${status}`);
    return JSON.parse(body).meta.pagination.total;
  }

  // Runs the load client. Every answer has to be 2xx, or the figure means nothing.
  async load(...args) {
    const result = await runJson(this.loadClient, ['--to', `127.0.0.1:${this.port}`, ...args]);
    if (result.not_2xx > 0 || result.lost > 0) {
      throw new Error(
        `of ${result.requests} requests ${result.not_2xx} failed (first status ` +
          `${result.first_bad_status}), ${result.lost} got no answer; see ${this.log}`,
      );
    }
    return result;
  }
}
