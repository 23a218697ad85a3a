// The table that bench/run prints (Markdown, so that it can be pasted into docs/benchmarks.md) and
// the description of the machine that goes with it.
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

import {median} from './shell.mjs';

function number(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});
}

const quantity = (value, unit) => `${number(value)}${unit.startsWith('/') ? '' : ' '}${unit}`;

function cells(row) {
  const p99 = row.details?.p99_ms;
  return [
    row.title,
    quantity(row.ours, row.unit) + (p99 ? `, p99 ${number(median(p99))} ms` : ''),
    row.baseline === undefined ? '-' : `${quantity(row.baseline, row.unit)} (${row.baselineTitle})`,
    row.ratio === undefined ? '-' : `${row.ratio.toFixed(2)} x`,
    row.goal ?? 'report',
    row.met === undefined ? '-' : row.met ? 'yes' : '**no**',
  ];
}

export function table(rows) {
  const lines = [['figure', 'ours', 'baseline', 'ratio', 'goal', 'met?'], ...rows.map(cells)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [text(lines[0]), rule, ...lines.slice(1).map(text)].join('\n');
}

// The first line of a program's output; undefined where there is no such program.
function firstLine(program, ...args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync(program, args, {encoding: 'utf8', stdio}).split('\n')[0] || undefined;
  } catch {
    return undefined;
  }
}

export function describeMachine(dir, root, postgres) {
  const cpu = /^model name\s*:\s*(.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  return {
    cpu: cpu ?? os.arch(),
    cores: os.cpus().length,
    memory_gb: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release(),
    file_system: firstLine('stat', '-f', '-c', '%T', dir),
    load_average_at_start: os.loadavg()[0],
    node: process.version,
    postgresql: firstLine(postgres, 'version', dir),
    commit: firstLine('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
    date: new Date().toISOString().slice(0, 10),
  };
}
