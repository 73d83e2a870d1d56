import { MikroORM } from '@mikro-orm/postgresql';
import { call } from '../../../support/api.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startOpenTestServer, type OpenTestServer } from '../../../support/test-server.js';
import { aTemplate, list, versions } from '../templates.js';

let server: OpenTestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startOpenTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());

/** As many prompts of alice's in the workspace as there are numbers, each with a version of `bytes` bytes. */
const fill = `
  with made as (
    insert into prompt (id, owner_id, name, description, visibility, created_by, revision_count)
    select gen_random_uuid(), (select id from owner where slug = 'workspace'), $2 || lpad(n::text, 5, '0'), 'Of many',
      'private', $1, 1
    from generate_series(1, $3::int) n returning id, name
  ), said as (
    insert into revision (id, prompt_id, number, digest, name, content, syntax, variables, declared_variables, settings,
      data, meta, tags, grants, commit_message, author_id, created_at)
    select gen_random_uuid(), id, 1, repeat('0', 64), name, repeat('x', $4::int), 'dollar', '[]', 0, '{}', '{}', '{}', '{}',
      '[]', '', $1, now() from made returning prompt_id
  )
  insert into label (prompt_id, name, "integer", revision, created_at, created_by, moved_at, moved_by)
  select prompt_id, '1', 1, 1, now(), $1, now(), $1 from said`;
const fillWith = async (prefix: string, count: number, bytes: number) => {
  const client = await server.database.pool.connect();
  await client.query('set statement_timeout = 0');
  await client.query(fill, [alice.id, prefix, count, bytes]);
  await client.query('analyze');
  client.release(true);
};

/** Counts the statements that the server runs from now on. */
async function countStatements(): Promise<() => number> {
  const { driver } = server.app.get(MikroORM, { strict: false });
  const pool = await driver.getConnection().getNativeClient();
  let count = 0;
  pool.on('acquire', () => (count += 1));
  return () => count;
}

it('lists 10 000 templates in a few statements', async () => {
  await fillWith('n', 10_000, 500);
  const counted = await countStatements();
  const names = (await list(server, alice.key)).map(({ name }) => name);
  expect([names.length, new Set(names).size]).toEqual([10_000, 10_000]);
  expect([...names].sort()).toEqual(names);
  // Pages of 4 000, the empty page, the access checks, and periodic statements.
  expect(counted()).toBeLessThanOrEqual(20);
});

it('reads only as fast as the client, and so keeps only a few pages in memory', async () => {
  await fillWith('large', 200, 1024 * 1024);
  const counted = await countStatements();
  // Compressed, all of these texts together are a few kilobytes.
  const headers = { 'x-authorization': alice.key, 'accept-encoding': 'identity' };
  const response = await fetch(`${server.url}/api/prompts`, { headers });
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const reader = response.body?.getReader();
  await reader?.read();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  // The buffers of sockets hold some pages of 4 MiB; all of it are 50.
  expect(counted()).toBeLessThan(20);
  await reader?.cancel();
});

it('stops the answer when the client disconnects', async () => {
  const abort = new AbortController();
  const headers = { 'x-authorization': alice.key };
  const response = await fetch(`${server.url}/api/prompts`, { headers, signal: abort.signal });
  await response.body?.getReader().read();
  abort.abort();
  expect((await call(server, 'GET', '/v1/me', { token: alice.key })).status).toBe(200);
});

it('lists more versions than a page has', async () => {
  const items = Array.from({ length: 450 }, (_, index) => ({
    name: 'versions',
    template: `Text ${index + 1}`,
    version: index + 1,
  }));
  await call(server, 'POST', '/api/prompts', { json: items, headers: { 'x-authorization': alice.key } });
  const all = await versions(server, alice.key, 'versions');
  expect(all.map(({ version }) => version)).toEqual(items.map(({ version }) => version).reverse());
  await aTemplate(server, alice.key, 'versions', 'Text 451', { method: 'POST', query: { autoIncrement: 'true' } });
  expect(await versions(server, alice.key, 'versions')).toHaveLength(451);
}, 120_000);

it('lists each readable prompt once, also public and granted ones of others', async () => {
  const bob = await aUser(server);
  const carol = await aUser(server);
  for (const name of ['hidden', 'shared', 'public']) await aTemplate(server, bob.key, name, 'Bob’s');
  const grants = {
    items: [
      { principal_type: 'user', principal: '*', permission: 'read' },
      { principal_type: 'user', principal: carol.id, permission: 'write' },
    ],
  };
  await call(server, 'PUT', '/v1/prompts/workspace/shared/grants', { token: server.adminKey, json: grants });
  const { body } = await call(server, 'GET', '/v1/prompts/workspace/public', { token: bob.key });
  await call(server, 'PATCH', `/v1/prompts/${body.id}`, { token: server.adminKey, json: { visibility: 'public' } });
  // A public prompt of another owner than the workspace is no template.
  const json = { name: 'elsewhere', description: 'Bob’s own' };
  await call(server, 'POST', '/v1/prompts', { token: bob.key, json });
  await call(server, 'POST', `/v1/prompts/${bob.username}/elsewhere/revisions`, {
    token: bob.key,
    json: { content: 'Text' },
  });
  expect((await list(server, carol.key)).map(({ name }) => name)).toEqual(['public', 'shared']);
  expect((await list(server, bob.key)).map(({ name }) => name)).toEqual(['hidden', 'public', 'shared']);
});
