// Programs, files, ports and numbers: what every figure of the benchmark needs.
import {execFile, execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {promisify} from 'node:util';

const execute = promisify(execFile);

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Runs a program to its end and returns its standard output. Its error text becomes the error's;
// with the option `warnings`, what a program that succeeds says there is passed on.
export async function run(program, args, options = {}) {
  try {
    const all = {maxBuffer: 1 << 26, ...options};
    const {stdout, stderr} = await execute(program, args.map(String), all);
    if (options.warnings) process.stderr.write(stderr);
    return stdout;
  } catch (error) {
    const said = (error.stderr || error.message).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${path.basename(program)} ${args[0]}: ${said}`);
  }
}

export async function runJson(program, args, options) {
  const text = await run(program, args, options);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path.basename(program)} ${args[0]} printed no JSON`);
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// A port that nobody listens on at the moment.
export function freePort() {
  return new Promise((done, fail) => {
    const server = net.createServer().on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const {port} = server.address();
      server.close(() => done(port));
    });
  });
}

// A data folder and the siblings that belong to it (DIR.roots, DIR.journal) by name.
function withSiblings(dir) {
  const names = fs.readdirSync(path.dirname(dir));
  const base = path.basename(dir);
  return names.filter((name) => name === base || name.startsWith(base + '.'));
}

// Copies a prepared folder for one round and waits until the copy is on the disk, so that its
// writing back does not fall into the measurement. Its pages stay in the page cache: warm.
export function copyData(from, to) {
  removeData(to);
  for (const name of withSiblings(from)) {
    const suffix = name.slice(path.basename(from).length);
    execFileSync('cp', ['-a', path.join(path.dirname(from), name), to + suffix]);
  }
  execFileSync('sync', ['-f', to]);
}

// The same by renaming. A data folder remembers where its root slots and journals lie, so what is
// to be used under one name is made under that name.
export function moveData(from, to) {
  removeData(to);
  for (const name of withSiblings(from)) {
    const suffix = name.slice(path.basename(from).length);
    fs.renameSync(path.join(path.dirname(from), name), to + suffix);
  }
}

export function removeData(dir) {
  if (!fs.existsSync(path.dirname(dir))) return;
  for (const name of withSiblings(dir)) {
    fs.rmSync(path.join(path.dirname(dir), name), {recursive: true, force: true});
  }
}

// Runs `make(dir)` unless a folder of that name was made to its end before.
export async function once(dir, make) {
  const mark = path.join(dir, 'complete');
  if (fs.existsSync(mark)) return;
  fs.rmSync(dir, {recursive: true, force: true});
  fs.mkdirSync(dir, {recursive: true});
  await make(dir);
  fs.writeFileSync(mark, '');
}

export function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(fs.readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

// 1..n in random order, the same for the same n everywhere (xorshift32).
export function shuffledIds(n) {
  const ids = Array.from({length: n}, (_, i) => i + 1);
  let state = 0x2545f491;
  for (let i = n - 1; i > 0; i--) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = (state >>> 0) % (i + 1);
    [ids[i], ids[j]] = [ids[j], ids[i]];
  }
  return ids;
}
