import { type Body, call } from '../../support/api.js';
import { aGroup } from '../../support/grants.js';
import { aKey, anOrganization, aUser, addMember, type TestUser } from '../../support/users.js';
import { aPrompt } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { statusAndBody, refusals, detailOf } from './sessions/sessions.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

const groups = (token?: string, path = '/api/v1/groups/') => call(server, 'GET', path, { token });
const search = (query: string, token = alice.key) => call(server, 'GET', `/api/v1/users/search${query}`, { token });

interface Found {
  readonly users: readonly Body[];
  readonly total: number;
}

async function found(query: string, page = 1): Promise<Found> {
  const { status, text } = await search(`?query=${encodeURIComponent(query)}&page=${page}`);
  if (status !== 200) throw new Error(text);
  return JSON.parse(text) as Found;
}

const names = ({ users }: Found) => users.map(({ name }) => name);

describe('groups', () => {
  it('are listed by name with their sizes', async () => {
    const [first, second] = [await aGroup(server, [alice]), await aGroup(server, [])];
    const rename = 'update user_group set name = $2, description = $3 where id = $1';
    await server.database.pool.query(rename, [first.id, 'support', 'Answers tickets.']);
    await server.database.pool.query(rename, [second.id, 'Editors', '']);
    const created_at = expect.any(Number) as unknown;
    const expected = [
      { id: second.id, name: 'Editors', description: '', member_count: 0, created_at },
      { id: first.id, name: 'support', description: 'Answers tickets.', member_count: 1, created_at },
    ];
    for (const path of ['/api/v1/groups/', '/api/v1/groups', '/api/v1/groups/?share=true']) {
      expect(statusAndBody(await groups(alice.key, path))).toEqual([200, expected]);
    }
    const [{ created_at: seconds }] = JSON.parse((await groups(alice.key)).text) as [{ created_at: number }];
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(600);
  });

  it('are limited to a thousand', async () => {
    await server.database.pool.query(
      `insert into user_group (id, slug, name, description, created_by, created_at)
       select gen_random_uuid(), 'many-' || n, 'many ' || n, '', $1, now() from generate_series(1, 1100) n`,
      [alice.id],
    );
    const listed = JSON.parse((await groups(alice.key)).text) as Body[];
    expect(listed).toHaveLength(1000);
    expect(listed[0]?.name).toBe('Editors');
  });

  it('are shown to signed-in callers with read access', async () => {
    expect(statusAndBody(await groups())).toEqual(detailOf(401, refusals.missing));
    const writeOnly = await aKey(server, alice.id, { scopes: ['prompts:write'] });
    expect((await groups(writeOnly)).status).toBe(403);
    expect((await search('', writeOnly)).status).toBe(403);
  });
});

describe('users', () => {
  beforeAll(async () => {
    for (const [username, name] of [
      ['bob', 'Robert Ünal'],
      ['carol', 'carol'],
      ['dave', null],
      ['percent', '100% sure'],
      ['under', 'snake_case'],
    ] as const) {
      const user = await aUser(server, { username });
      await server.database.pool.query('update account set name = $2 where id = $1', [user.id, name]);
    }
    await aUser(server, { username: 'pending-bob', role: 'pending' });
  });

  it('have all fields that the dialog shows', async () => {
    const { users, total } = await found('alice');
    const user = { id: alice.id, name: 'alice', email: alice.email, role: 'user', profile_image_url: '/user.png' };
    expect([users, total]).toEqual([[user], 1]);
  });

  it('are found by any part of name, user name or address, in upper or lower case', async () => {
    expect(names(await found('RT Ü'))).toEqual(['Robert Ünal']);
    expect(names(await found('rt ü'))).toEqual(['Robert Ünal']);
    expect(names(await found('BOB'))).toEqual(['Robert Ünal']);
    expect(names(await found('b@EXAMPLE'))).toEqual(['Robert Ünal']);
    expect(names(await found('no such user'))).toEqual([]);
  });

  it('are found by literal text, not by patterns', async () => {
    expect(names(await found('%'))).toEqual(['100% sure']);
    expect(names(await found('_'))).toEqual(['snake_case']);
    expect(names(await found('\\'))).toEqual([]);
  });

  it('are listed by name, without pending users', async () => {
    const signedInUsers = ['100% sure', 'admin', 'alice', 'carol', 'dave', 'Robert Ünal', 'snake_case'];
    expect(names(await found(''))).toEqual(signedInUsers);
    const without = JSON.parse((await search('')).text) as Found;
    expect([names(without), without.total]).toEqual([signedInUsers, signedInUsers.length]);
    expect(names(await found('pending'))).toEqual([]);
  });

  it('have pages of thirty, with the total number', async () => {
    await server.database.pool.query(
      `with made as (insert into owner (id, kind, slug) select gen_random_uuid(), 'user', 'crowd-' || lpad(n::text, 3, '0')
                     from generate_series(1, 65) n returning id, slug)
       insert into account (id, email, password_hash, role) select id, slug || '@example.com', '', 'user' from made`,
    );
    const [first, second, third, fourth] = await Promise.all([1, 2, 3, 4].map((page) => found('crowd', page)));
    const all = [first, second, third, fourth].map((page) => page?.users.length);
    expect([all, first?.total, fourth?.total]).toEqual([[30, 30, 5, 0], 65, 65]);
    expect([first?.users[0]?.name, second?.users[0]?.name]).toEqual(['crowd-001', 'crowd-031']);
    expect(await found('crowd', 0)).toEqual(first);
    expect(await found('crowd', -7)).toEqual(first);
    expect((await found('crowd', Number.MAX_SAFE_INTEGER)).users).toEqual([]);
  });

  it('refuses an invalid page and an invalid text', async () => {
    const { status, body } = await search('?page=first');
    const problem = {
      type: 'int_parsing',
      loc: ['query', 'page'],
      msg: 'Input should be a valid integer, unable to parse string as an integer',
      input: 'first',
    };
    expect([status, body]).toEqual([422, { detail: [problem] }]);
    expect((await search('?query=%00')).status).toBe(422);
  });
});

describe('with a key that is bound', () => {
  const foundWith = async (token: string) => {
    const { text } = await search('', token);
    const { users, total } = JSON.parse(text) as Found;
    return { ids: users.map(({ id }) => id), total, groups: JSON.parse((await groups(token)).text) as unknown };
  };

  it('to a prompt, no user is found', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const token = await aKey(server, alice.id, { promptId: prompt.id });
    expect(await foundWith(token)).toEqual({ ids: [], total: 0, groups: [] });
    const both = await aKey(server, alice.id, { promptId: prompt.id, ownerId: alice.id });
    expect(await foundWith(both)).toEqual({ ids: [], total: 0, groups: [] });
  });

  it('to an organization, its members are found', async () => {
    const organization = await anOrganization(server);
    const bob = await aUser(server);
    await addMember(server, organization, alice, 'owner');
    await addMember(server, organization, bob);
    const token = await aKey(server, alice.id, { ownerId: organization.id });
    const seen = await foundWith(token);
    expect({ ...seen, ids: [...seen.ids].sort() }).toEqual({ ids: [alice.id, bob.id].sort(), total: 2, groups: [] });
  });

  it('to the own user, no user is found', async () => {
    const token = await aKey(server, alice.id, { ownerId: alice.id });
    expect(await foundWith(token)).toEqual({ ids: [], total: 0, groups: [] });
  });
});
