// Resolve beside the floor (bare Fastify and pg, same statement), as ratios in one run. Needs wrk and an empty database:
// DATABASE_URL=... node --import ./bench/search/typescript.mjs bench/resolve/measure.mjs [seconds per measurement] [rounds]
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryClient } from '../../test/resilience/support/registry-client.ts';
import { ServerProcess } from '../../test/resilience/support/server-process.ts';

const [seconds = 5, rounds = 3] = process.argv.slice(2).map(Number);
const path = '/v1/prompts/admin/measured/resolve';
const typescript = fileURLToPath(new URL('../search/typescript.mjs', import.meta.url));
const run = promisify(execFile);

const { DATABASE_URL } = process.env;
const DATA_DIR = mkdtempSync(join(tmpdir(), 'promptyard-bench-'));
const server = new ServerProcess({ DATABASE_URL, DATA_DIR, PORT: '0', LOG_LEVEL: 'warn' });
let floor;
try {
  await measure();
} finally {
  floor?.kill();
  await server.end();
  rmSync(DATA_DIR, { recursive: true, force: true });
}

async function measure() {
  const url = await server.ready();
  const login = readFileSync(join(DATA_DIR, 'first-login.txt'), 'utf8');
  const client = new RegistryClient(url, /pyd_\S+/.exec(login)?.[0] ?? '');
  const etag = await seed(client);
  floor = fork(fileURLToPath(new URL('floor.ts', import.meta.url)), {
    execArgv: ['--import', typescript],
  });
  const [port] = await once(floor, 'message');
  const ours = client.url;
  const theirs = `http://127.0.0.1:${port}`;
  for (const connections of [1, 8, 64]) {
    for (const [what, query, headers] of [
      ['by label', '', []],
      ['by revision', '?revision=1', []],
      ['304', '', ['-H', `If-None-Match: ${etag}`]],
    ]) {
      const ratios = [];
      const rates = [];
      for (let round = 0; round < rounds; round += 1) {
        const bare = await rate(`${theirs}${path}${query}`, connections);
        const whole = await rate(`${ours}${path}${query}`, connections, headers);
        ratios.push(whole / bare);
        rates.push(`${Math.round(whole)}/${Math.round(bare)}`);
      }
      ratios.sort((a, b) => a - b);
      const spread = `${ratios[0].toFixed(2)}-${ratios.at(-1).toFixed(2)}`;
      const middle = ratios[ratios.length >> 1].toFixed(2);
      console.log(
        `${what}, ${connections} connections: ${middle} of the floor (${spread}; per second ${rates.join(', ')})`,
      );
    }
  }
}

/** A prompt with two revisions; answers the tag of production. */
async function seed(client) {
  await client.createPrompt('measured');
  const headers = { ...client.credentials(), 'content-type': 'application/json' };
  for (const content of ['Answer {{customer}} kindly.', 'Answer {{customer}} in {{tone}} words.']) {
    const body = JSON.stringify({ content });
    await fetch(`${client.url}${path.replace('resolve', 'revisions')}`, { method: 'POST', headers, body });
  }
  return (await fetch(client.url + path)).headers.get('etag');
}

async function rate(url, connections, headers = []) {
  const load = ['-t1', `-c${connections}`, ...headers, url];
  await run('wrk', ['-d1s', ...load]);
  const { stdout } = await run('wrk', [`-d${seconds}s`, ...load]);
  if (/Non-2xx or 3xx/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}
