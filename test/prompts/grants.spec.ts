import { randomUUID } from 'node:crypto';
import { EntityManager } from '@mikro-orm/postgresql';
import { GrantsService } from '../../src/prompts/grants/grants.service.js';
import { call } from '../support/api.js';
import { aGroup } from '../support/grants.js';
import { anOrganization, aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { aPrincipal } from './search/search-database.js';

interface GrantInput {
  readonly principal_type?: 'user' | 'group';
  readonly principal: string;
  readonly permission?: 'read' | 'write';
}

let server: OpenTestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startOpenTestServer();
  [alice, bob] = await Promise.all([aUser(server), aUser(server)]);
});
afterAll(() => server.stop());

const aPrivatePrompt = () => aPrompt(server).ownedBy(alice).private().make();

function setGrants(prompt: TestPrompt, grants: readonly GrantInput[], token = alice.key) {
  const items = grants.map((grant) => ({ principal_type: 'user', permission: 'read', ...grant }));
  return call(server, 'PUT', `${prompt.path}/grants`, { token, json: { items } });
}

const grantsOf = async (prompt: TestPrompt) =>
  (await call(server, 'GET', `${prompt.path}/grants`, { token: alice.key })).body.items;

const mayRead = async (prompt: TestPrompt, { key }: Pick<TestUser, 'key'>) =>
  (await call(server, 'GET', prompt.idPath, { token: key })).status === 200;

const finds = async (prompt: TestPrompt, { key }: Pick<TestUser, 'key'>) =>
  (await call(server, 'GET', `/v1/prompts?q=${prompt.name}`, { token: key })).body.items.length === 1;

describe('setting the grants of a prompt', () => {
  it('answers with the grants, users before groups, by name', async () => {
    const prompt = await aPrivatePrompt();
    const group = await aGroup(server, [bob]);
    const { status, body } = await setGrants(prompt, [
      { principal_type: 'group', principal: group.slug, permission: 'write' },
      { principal: bob.username.toUpperCase() },
      { principal: '*' },
    ]);
    const shared = { id: expect.any(String) as string, created_at: expect.any(String) as string };
    expect(status).toBe(200);
    expect(body.items).toEqual([
      { ...shared, principal_type: 'user', principal: '*', name: '*', permission: 'read' },
      { ...shared, principal_type: 'user', principal: bob.id, name: bob.username, permission: 'read' },
      { ...shared, principal_type: 'group', principal: group.id, name: group.slug, permission: 'write' },
    ]);
    expect(await grantsOf(prompt)).toEqual(body.items);
  });

  it('accepts ids as well as names, and merges duplicates', async () => {
    const prompt = await aPrivatePrompt();
    const group = await aGroup(server, []);
    const { body } = await setGrants(prompt, [
      { principal: bob.id },
      { principal: bob.id.toUpperCase() },
      { principal: bob.username },
      { principal: bob.username, permission: 'write' },
      { principal_type: 'group', principal: group.id },
      { principal_type: 'group', principal: group.slug },
      { principal: '*' },
      { principal: '*' },
    ]);
    const found = body.items.map(({ name, permission }) => `${name} ${String(permission)}`);
    expect(found).toEqual(['* read', `${bob.username} read`, `${bob.username} write`, `${group.slug} read`]);
  });

  it('replaces all, with new ids', async () => {
    const prompt = await aPrivatePrompt();
    const before = await setGrants(prompt, [{ principal: '*' }, { principal: bob.username }]);
    const after = await setGrants(prompt, [{ principal: bob.username }]);
    expect(after.body.items.map(({ principal }) => principal)).toEqual([bob.id]);
    expect(before.body.items.map(({ id }) => id)).not.toContain(after.body.items[0]?.id);
    expect((await setGrants(prompt, [])).body.items).toEqual([]);
    expect(await grantsOf(prompt)).toEqual([]);
  });

  it('names every unknown principal, and changes nothing', async () => {
    const prompt = await aPrivatePrompt();
    const organization = await anOrganization(server);
    const group = await aGroup(server, []);
    await setGrants(prompt, [{ principal: '*' }]);
    const { status, body } = await setGrants(prompt, [
      { principal: bob.username },
      { principal: 'nobody' },
      { principal: organization.slug },
      { principal: group.slug },
      { principal_type: 'group', principal: randomUUID() },
      { principal_type: 'group', principal: bob.username },
    ]);
    expect(status).toBe(422);
    expect(body.details).toEqual({
      'items.1.principal': 'no such user',
      'items.2.principal': 'no such user',
      'items.3.principal': 'no such user',
      'items.4.principal': 'no such group',
      'items.5.principal': 'no such group',
    });
    expect((await grantsOf(prompt)).map(({ name }) => name)).toEqual(['*']);
  });

  it('refuses `*` as a group', async () => {
    const { status, body } = await setGrants(await aPrivatePrompt(), [{ principal_type: 'group', principal: '*' }]);
    expect(status).toBe(422);
    expect(body.details).toEqual({ 'items.0.principal': '* goes with principal_type user' });
  });

  it('accepts at most a thousand', async () => {
    const prompt = await aPrivatePrompt();
    const thousand = Array.from({ length: 1000 }, () => ({ principal: bob.username }));
    expect((await setGrants(prompt, thousand)).body.items).toHaveLength(1);
    const { status, body } = await setGrants(prompt, [...thousand, { principal: '*' }]);
    expect(status).toBe(422);
    expect(body.details).toEqual({ items: 'must be at most 1000 entries long' });
  });

  it('stores one complete set when many are set at the same time', async () => {
    const prompt = await aPrivatePrompt();
    const sets = [[{ principal: '*' }], [{ principal: bob.username }, { principal: alice.username }]];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => setGrants(prompt, sets[i % 2] ?? [])));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const names = (await grantsOf(prompt)).map(({ name }) => name);
    expect([['*'], [alice.username, bob.username].sort()]).toContainEqual(names);
    const refreshed = 'select reader from prompt_reader where id = $1';
    expect((await server.database.pool.query(refreshed, [prompt.id])).rows).toHaveLength(names.length);
  });

  it('is recorded by name, and only if it happened', async () => {
    const prompt = await aPrivatePrompt();
    await setGrants(prompt, [{ principal: 'nobody' }]);
    await setGrants(prompt, [{ principal: bob.id, permission: 'write' }]);
    const { rows } = await server.database.pool.query(
      `select actor_id, protocol, subject_type, subject, details from audit_entry
       where action = 'grants.set' and prompt_id = $1`,
      [prompt.id],
    );
    expect(rows).toEqual([
      {
        actor_id: alice.id,
        protocol: 'registry',
        subject_type: 'grant',
        subject: `${alice.username}/${prompt.name}`,
        details: { grants: [{ principal_type: 'user', principal: bob.username, permission: 'write' }] },
      },
    ]);
  });

  it('is rolled back with the transaction that it joined', async () => {
    const prompt = await aPrivatePrompt();
    const grants = server.app.get(GrantsService, { strict: false });
    const signedInUsers = { principalType: 'user', principalId: null, permission: 'read' } as const;
    const undone = server.app.get(EntityManager).transactional(async () => {
      await grants.replace(prompt.id, [signedInUsers], aPrincipal(alice.id));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await grants.of(prompt.id)).toEqual([]);
    expect(await finds(prompt, bob)).toBe(false);
  });
});

describe('a granted prompt', () => {
  it('can be read and found by its grantees exactly while it is granted', async () => {
    const prompt = await aPrivatePrompt();
    const group = await aGroup(server, [bob]);
    const variants: GrantInput[] = [
      { principal: '*' },
      { principal: bob.username },
      { principal: bob.username, permission: 'write' },
      { principal_type: 'group', principal: group.slug },
      { principal_type: 'group', principal: group.slug, permission: 'write' },
    ];
    for (const variant of variants) {
      await setGrants(prompt, [variant]);
      expect([variant, await mayRead(prompt, bob), await finds(prompt, bob)]).toEqual([variant, true, true]);
      await setGrants(prompt, []);
      expect([variant, await mayRead(prompt, bob), await finds(prompt, bob)]).toEqual([variant, false, false]);
    }
  });

  it('cannot be read without signing in, even if it is granted to `*`', async () => {
    const prompt = await aPrivatePrompt();
    await setGrants(prompt, [{ principal: '*', permission: 'write' }]);
    expect((await call(server, 'GET', prompt.idPath)).status).toBe(404);
    expect((await call(server, 'GET', `/v1/prompts?q=${prompt.name}`)).body.items).toEqual([]);
  });

  it('can be changed with a write grant, but shared and published by its owner only', async () => {
    const prompt = await aPrivatePrompt();
    const change = () => call(server, 'PATCH', prompt.idPath, { token: bob.key, json: { title: 'New' } });
    await setGrants(prompt, [{ principal: bob.username }]);
    expect((await change()).status).toBe(403);
    await setGrants(prompt, [{ principal: bob.username, permission: 'write' }]);
    expect((await change()).status).toBe(200);
    expect((await setGrants(prompt, [{ principal: '*' }], bob.key)).status).toBe(403);
    expect((await call(server, 'GET', `${prompt.path}/grants`, { token: bob.key })).status).toBe(403);
  });

  it('is no longer granted when the membership or the group ends', async () => {
    const prompt = await aPrivatePrompt();
    const group = await aGroup(server, [bob]);
    const { pool } = server.database;
    await setGrants(prompt, [{ principal_type: 'group', principal: group.slug }]);
    await pool.query('delete from group_member where group_id = $1', [group.id]);
    expect([await mayRead(prompt, bob), await finds(prompt, bob)]).toEqual([false, false]);
    await pool.query('insert into group_member values ($1, $2)', [group.id, bob.id]);
    expect([await mayRead(prompt, bob), await finds(prompt, bob)]).toEqual([true, true]);
    await pool.query('delete from user_group where id = $1', [group.id]);
    expect([await mayRead(prompt, bob), await finds(prompt, bob)]).toEqual([false, false]);
  });

  it('is never granted to a group that is deleted at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [prompt, group] = [await aPrivatePrompt(), await aGroup(server, [bob])];
      const grant: GrantInput = { principal_type: 'group', principal: group.slug };
      if (round % 2 === 0) await setGrants(prompt, [grant]);
      const answers = await Promise.all([
        setGrants(prompt, [grant]),
        setGrants(prompt, [{ principal: alice.username }]),
        call(server, 'DELETE', `/v1/groups/${group.id}`, { token: server.adminKey }),
        setGrants(prompt, [grant, { principal: '*' }]),
      ]);
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => ![200, 204, 422].includes(status))).toEqual([]);
      expect((await grantsOf(prompt)).filter(({ principal }) => principal === group.id)).toEqual([]);
    }
  });

  it('is found by its new name, order and text, and not after its deletion', async () => {
    const prompt = await aPrivatePrompt();
    await setGrants(prompt, [{ principal: '*' }]);
    await call(server, 'PATCH', prompt.idPath, { token: alice.key, json: { description: 'An ornithologist.' } });
    const search = (query: string) => call(server, 'GET', `/v1/prompts?${query}`, { token: bob.key });
    for (const sort of ['relevance', 'newest', 'updated', 'downloads', 'name']) {
      const { body } = await search(`q=ornithologist&sort=${sort}`);
      expect([sort, body.items.map(({ id }) => id)]).toEqual([sort, [prompt.id]]);
    }
    await call(server, 'DELETE', prompt.idPath, { token: alice.key });
    expect((await search('q=ornithologist')).body.items).toEqual([]);
    await call(server, 'POST', `${prompt.idPath}/restore`, { token: server.adminKey });
    expect((await search('q=ornithologist')).body.items).toHaveLength(1);
  });

  it('is listed once for its owner, and for everyone while it is public', async () => {
    const prompt = await aPrivatePrompt();
    await setGrants(prompt, [{ principal: '*' }, { principal: alice.username }]);
    expect(await finds(prompt, alice)).toBe(true);
    await call(server, 'PATCH', prompt.idPath, { token: alice.key, json: { visibility: 'public' } });
    expect([await finds(prompt, alice), await finds(prompt, bob)]).toEqual([true, true]);
    await call(server, 'PATCH', prompt.idPath, { token: alice.key, json: { visibility: 'private' } });
    expect([await finds(prompt, alice), await finds(prompt, bob)]).toEqual([true, true]);
  });
});
