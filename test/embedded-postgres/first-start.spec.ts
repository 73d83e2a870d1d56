import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '@promptyard/embedded-postgres/server/free-port.js';
import { eventually, postmasterOf, Sandbox } from './sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

it('creates a durable cluster that only this machine reaches', async () => {
  const { url, location } = await sandbox.startHere();
  const names = ['listen_addresses', 'data_checksums', 'fsync', 'synchronous_commit'];
  const more = ['full_page_writes', 'TimeZone', 'shared_buffers', 'max_connections', 'server_encoding'];
  const rows = await query<{ name: string; value: string }>(
    url,
    `select name, current_setting(name) as value from unnest(array['${[...names, ...more].join("','")}']) as name`,
  );
  expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual({
    listen_addresses: '127.0.0.1',
    data_checksums: 'on',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    TimeZone: 'UTC',
    shared_buffers: '64MB',
    max_connections: '300',
    server_encoding: 'UTF8',
  });
  const [, , , , socketFolder] = readFileSync(join(location, 'postmaster.pid'), 'utf8').split('\n');
  expect(socketFolder).toBe('');
});

it('says once that it waits for PostgreSQL, before that is ready', async () => {
  const events: string[] = [];
  await sandbox.startHere({ onWaiting: () => events.push('waiting') });
  events.push('ready');
  expect(events).toEqual(['waiting', 'ready']);
});

it('sorts by code point on every host, and knows letters beyond ASCII', async () => {
  const { url } = await sandbox.startHere();
  const [ordered] = await query<{ words: string[]; lower: string }>(
    url,
    `select array_agg(word order by word) as words, lower('ÄÖПР') as lower from unnest(array['b', 'a', 'B', 'é', 'Z']) as word`,
  );
  expect(ordered).toEqual({ words: ['B', 'Z', 'a', 'b', 'é'], lower: 'äöпр' });
  await query(url, 'create extension pg_trgm');
  const [trigrams] = await query<{ count: number }>(url, `select cardinality(show_trgm('привет')) as count`);
  expect(trigrams).toEqual({ count: 7 });
});

it('creates a role that owns the database but is no superuser', async () => {
  const { url } = await sandbox.startHere();
  const [role] = await query(url, 'select current_user, usesuper from pg_user where usename = current_user');
  expect(role).toEqual({ current_user: 'promptyard', usesuper: false });
  await query(url, 'create table owned (id int)');
});

it('keeps the password from other users, and refuses a connection without it', async () => {
  const { url, location } = await sandbox.startHere();
  expect(statSync(join(location, 'promptyard.password')).mode & 0o777).toBe(0o600);
  expect(statSync(location).mode & 0o777).toBe(0o700);
  for (const user of ['postgres', 'promptyard']) {
    const stranger = new URL(url);
    stranger.username = user;
    stranger.password = 'wrong';
    await expect(query(stranger.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  }
});

it('keeps data, role and password over a restart', async () => {
  const first = await sandbox.startHere();
  await query(first.url, `create table kept as select 'still here' as word`);
  await first.stop();
  const second = await sandbox.startHere();
  expect(await query(second.url, 'select word from kept')).toEqual([{ word: 'still here' }]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
});

it('runs two data folders side by side', async () => {
  const [one, two] = await Promise.all([
    sandbox.startHere({ dataDir: join(sandbox.folder, 'one') }),
    sandbox.startHere({ dataDir: join(sandbox.folder, 'two') }),
  ]);
  expect(new URL(one.url).port).not.toBe(new URL(two.url).port);
});

it('takes another port when the chosen one becomes used', async () => {
  const rival = createServer().listen(0, '127.0.0.1');
  await once(rival, 'listening');
  const address = rival.address();
  const taken = typeof address === 'object' && address ? address.port : 0;
  const choices = [taken, taken];
  try {
    const { url } = await sandbox.startHere({ choosePort: async () => choices.shift() ?? freePort() });
    expect(await query(url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
    expect(choices).toEqual([]);
  } finally {
    rival.close();
  }
});

it('starts after a kill -9 during initdb, and removes its leftovers', async () => {
  const killed = sandbox.spawn();
  const attempts = () =>
    readdirSync(sandbox.folder, { recursive: true })
      .map(String)
      .filter((path) => path.includes('.init-'));
  await eventually(() => attempts().find((path) => path.endsWith('/global/pg_control')), 'initdb to be half-way');
  killed.signalGroup('SIGKILL');
  await killed.end();
  expect(existsSync(join(sandbox.dataDir, 'postgres'))).toBe(false);
  const { url } = await sandbox.startHere();
  expect(await query(url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
  expect(attempts()).toEqual([]);
});

it('works in a folder whose path is too long for a socket and has blanks and quotes', async () => {
  const dataDir = join(sandbox.folder, `it's a "deep" folder ${'x'.repeat(120)}`);
  const { location } = await sandbox.startHere({ dataDir });
  expect(location).toBe(join(dataDir, 'postgres'));
  expect(postmasterOf(location).isReady).toBe(true);
});
