import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load, VariedBody } from './load.js';

export interface WrkOptions {
  readonly url: string;
  readonly load: Load;
  readonly connections: number;
  readonly seconds: number;
}

/** The results of wrk. */
export interface WrkResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const run = promisify(execFile);

/** @throws Error that asks to install wrk */
export async function assertWrk(): Promise<void> {
  const isThere = await run('sh', ['-c', 'command -v wrk']).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new Error('wrk is needed to make the load: install the package "wrk"');
}

/** Sends a load for a while. @throws Error if any request failed, because such figures are meaningless */
export async function runWrk({ url, load, connections, seconds }: WrkOptions, signal: AbortSignal): Promise<WrkResult> {
  const folder = mkdtempSync(join(tmpdir(), 'promptyard-wrk-'));
  try {
    const script = join(folder, 'load.lua');
    writeFileSync(script, luaOf(load, folder));
    const limits = [`-c${connections}`, `-d${seconds}s`, '-t1', '--timeout', '10s'];
    const { stdout } = await run('wrk', [...limits, '-s', script, url], { signal });
    return read(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Report {
  readonly requests: number;
  readonly seconds: number;
  readonly failed: number;
  readonly latency: readonly [number, number, number, number];
}

function read(stdout: string): WrkResult {
  const report = JSON.parse(/^REPORT (.*)$/m.exec(stdout)?.[1] ?? 'null') as Report | null;
  if (!report || report.requests === 0) throw new Error(`no answers: ${stdout}`);
  if (report.failed > 0) throw new Error(`${report.failed} of ${report.requests} requests failed`);
  const [p50Ms, p95Ms, p99Ms, maxMs] = report.latency;
  return { requests: report.requests, perSecond: report.requests / report.seconds, p50Ms, p95Ms, p99Ms, maxMs };
}

// A JSON string of printable ASCII is a Lua string too.
const quote = (text: string) => JSON.stringify(text);
const table = (headers: Readonly<Record<string, string>>) =>
  `{${Object.entries(headers)
    .map(([name, value]) => `[${quote(name)}]=${quote(value)}`)
    .join(',')}}`;

function luaOf(load: Load, folder: string): string {
  const wanted = load.requests.map(
    ({ path, headers, prefix = '' }) => `{${quote(path)},${table({ ...load.headers, ...headers })},${quote(prefix)}}`,
  );
  return `local method = ${quote(load.method)}
local wanted = {${wanted.join(',\n')}}
${load.body ? luaOfBody(load.body, folder) : luaWithoutBody}
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('REPORT {"requests":%d,"seconds":%f,"failed":%d,"latency":[%f,%f,%f,%f]}\\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
`;
}

const luaWithoutBody = `
local ready, n = {}, 0
function init()
  for i, each in ipairs(wanted) do ready[i] = wrk.format(method, each[1], each[2]) end
end
function request()
  n = n % #ready + 1
  return ready[n]
end`;

function luaOfBody({ parts, slots, rows, rowBytes }: VariedBody, folder: string): string {
  const files = [rows, ...parts].map((bytes, i) => {
    const file = join(folder, `bytes-${i}`);
    writeFileSync(file, bytes);
    return `read(${quote(file)})`;
  });
  const [rowsFile, ...partFiles] = files;
  const pieces = partFiles.flatMap((_, i) => {
    const slot = slots[i];
    const part = `parts[${i + 1}]`;
    return slot ? [part, `rows:sub(at + ${slot.from + 1}, at + ${slot.from + slot.bytes})`] : [part];
  });
  return `
local function read(name)
  local file = assert(io.open(name, 'rb'))
  local bytes = file:read('*a')
  file:close()
  return bytes
end
local rows, parts, n = ${rowsFile ?? ''}, {${partFiles.join(',')}}, 0
function request()
  n = n + 1
  local each, at = wanted[n % #wanted + 1], n * ${rowBytes}
  if at >= #rows then error('there are too few rows') end
  return wrk.format(method, each[1], each[2], each[3] .. ${pieces.join(' .. ')})
end`;
}
