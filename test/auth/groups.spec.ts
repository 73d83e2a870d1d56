import { randomUUID } from 'node:crypto';
import { scopes } from '../../src/common/http/access.decorator.js';
import { type ApiAnswer, type Body, call } from '../support/api.js';
import { aKey, aUser, type TestUser } from '../support/people.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let admin: Body;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  admin = (await call(server, 'GET', '/v1/me', { token: server.adminKey })).body;
  [alice, bob] = [await aUser(server, { username: 'alice' }), await aUser(server, { username: 'bob' })];
});
afterAll(() => server.stop());

const ask = (method: string, path: string, json?: object, token = server.adminKey) =>
  call(server, method, `/v1/groups${path}`, { token, json });
const create = (json: object, token?: string) => ask('POST', '', json, token);
const read = (path: string, token?: string) => ask('GET', path, undefined, token);
const add = (group: Body, user: string) => ask('PUT', `/${group.id}/members/${user}`);
const remove = (group: Body, user: string) => ask('DELETE', `/${group.id}/members/${user}`);
const outcome = ({ status, body }: ApiAnswer) => [status, body];
const notFound = (what: string) => [404, { error: 'NOT_FOUND', message: `${what} not found` }];
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let count = 0;
async function aGroup(...members: readonly TestUser[]): Promise<Body> {
  const { body } = await create({ slug: `group-${(count += 1)}` });
  for (const { username } of members) await add(body, username);
  return body;
}

/** What the ledger holds of a group. */
async function actsOn(slug: unknown): Promise<object[]> {
  const { rows } = await server.database.pool.query<object>(
    `select actor_id, protocol, action, subject_type, details from audit_entry where subject = $1 order by id`,
    [slug],
  );
  return rows;
}
const act = (action: string, details: object) => {
  return { actor_id: admin.id, protocol: 'registry', action, subject_type: 'group', details };
};

/** A private prompt of alice, granted to the group. */
async function aPromptFor(group: Body, permission = 'read') {
  const prompt = await aPrompt(server).ownedBy(alice).private().make();
  await server.database.pool.query(
    `insert into prompt_grant (id, prompt_id, principal_type, principal_id, permission, created_at)
     values ($1, $2, 'group', $3, $4, now())`,
    [randomUUID(), prompt.id, group.id, permission],
  );
  return prompt;
}

describe('POST /v1/groups', () => {
  it('makes one, with the slug for a name and no description where none came', async () => {
    const { status, body } = await create({ slug: 'Support' });
    expect([status, body]).toEqual([
      201,
      { id: uuid, slug: 'support', name: 'support', description: '', member_count: 0, created_at: time },
    ]);
    expect(outcome(await read('/support'))).toEqual([200, { ...body, members: [] }]);
    expect(await actsOn('support')).toEqual([act('group.create', { name: 'support', description: '' })]);
  });

  it('takes name and description', async () => {
    const { body } = await create({ slug: 'qa', name: 'Quality', description: 'They look twice.' });
    expect([body.name, body.description]).toEqual(['Quality', 'They look twice.']);
  });

  it.each(['qa', 'QA'])('gives no slug twice: %s', async (slug) => {
    expect(outcome(await create({ slug }))).toEqual([409, { error: 'CONFLICT', message: 'group already exists' }]);
  });

  it('shares no slugs with users', async () => {
    expect((await create({ slug: 'alice' })).status).toBe(201);
  });

  it('makes one of ten that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ slug: 'racer' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    expect(await actsOn('racer')).toHaveLength(1);
  });

  it.each([
    [{}, { slug: 'is required' }],
    [{ slug: 'a--b' }, { slug: 'must match ^[a-z0-9]+(-[a-z0-9]+)*$' }],
    [{ slug: 'x'.repeat(40) }, { slug: 'must be at most 39 characters long' }],
    [{ slug: randomUUID() }, { slug: 'must not look like a UUID' }],
    [{ slug: 'new', name: '' }, { name: 'must be at least 1 characters long' }],
    [{ slug: 'new', name: 'a\0' }, { name: 'must be valid Unicode without NUL characters' }],
  ])('refuses %j', async (json, details) => {
    expect(outcome(await create(json))).toEqual([
      422,
      { error: 'VALIDATION_ERROR', message: 'validation failed', details },
    ]);
  });
});

describe('GET /v1/groups', () => {
  it('lists all of them to everybody who is signed in, by slug and by the page', async () => {
    const group = await aGroup(alice, bob);
    const all = (await read('?limit=100', alice.key)).body;
    const slugs = all.items.map(({ slug }) => String(slug));
    expect(slugs).toEqual([...slugs].sort((a, b) => a.localeCompare(b)));
    expect(all.items).toContainEqual({ ...group, member_count: 2 });
    const page = await read('?limit=2&offset=1', alice.key);
    expect(outcome(page)).toEqual([200, { items: all.items.slice(1, 3), limit: 2, offset: 1 }]);
  });

  it.each(['limit=0', 'limit=101', 'offset=-1', 'limit=x'])('refuses ?%s', async (query) => {
    const { status, body } = await read(`?${query}`);
    expect([status, Object.keys(body.details)]).toEqual([422, [query.split('=')[0]]]);
  });
});

describe('GET /v1/groups/:id', () => {
  it('shows the members to admins and to themselves, by name', async () => {
    const group = await aGroup(bob, alice);
    const members = [alice, bob].map(({ id, username }) => ({ id, username }));
    for (const token of [server.adminKey, alice.key, bob.key]) {
      expect(outcome(await read(`/${group.id}`, token))).toEqual([200, { ...group, member_count: 2, members }]);
    }
  });

  it('shows others, and credentials that are not good for it, the group alone', async () => {
    const group = await aGroup(alice);
    const keys = [
      bob.key,
      await aKey(server, admin.id),
      await aKey(server, alice.id, { ownerId: alice.id }),
      await aKey(server, admin.id, { scopes, ownerId: alice.id }),
    ];
    for (const token of keys) {
      expect(outcome(await read(`/${group.slug}`, token))).toEqual([200, { ...group, member_count: 1 }]);
    }
  });

  it('pages the members, and knows one who is on another page', async () => {
    const group = await aGroup(alice, bob);
    const page = await read(`/${group.id}?limit=1&offset=1`, alice.key);
    expect(page.body.members).toEqual([{ id: bob.id, username: 'bob' }]);
    expect((await read(`/${group.id}?limit=1&offset=2`, alice.key)).body.members).toEqual([]);
    expect((await read(`/${group.id}?limit=0`)).status).toBe(422);
  });

  it('takes the slug in any case', async () => {
    expect((await read('/QA')).body.slug).toBe('qa');
  });
});

describe('PATCH /v1/groups/:id', () => {
  it('changes name and description, each alone', async () => {
    const group = await aGroup(alice);
    const renamed = await ask('PATCH', `/${group.id}`, { name: 'Renamed' });
    expect(outcome(renamed)).toEqual([200, { ...group, name: 'Renamed', member_count: 1 }]);
    const described = await ask('PATCH', `/${group.slug}`, { description: 'Described.', slug: 'ignored' });
    expect(described.body).toEqual({ ...renamed.body, description: 'Described.' });
    expect((await read(`/${group.id}`, bob.key)).body).toEqual(described.body);
    expect((await actsOn(group.slug)).slice(2)).toEqual([
      act('group.update', { name: 'Renamed', description: '' }),
      act('group.update', { name: 'Renamed', description: 'Described.' }),
    ]);
  });

  it('records nothing where nothing changes', async () => {
    const group = await aGroup();
    for (const json of [{}, { name: group.name }, { description: '' }]) {
      expect(outcome(await ask('PATCH', `/${group.id}`, json))).toEqual([200, group]);
    }
    expect(await actsOn(group.slug)).toHaveLength(1);
  });

  it('takes a description of 4000 characters, and no longer one', async () => {
    expect((await ask('PATCH', '/qa', { description: 'x'.repeat(4000) })).status).toBe(200);
    const { status, body } = await ask('PATCH', '/qa', { description: 'x'.repeat(4001) });
    expect([status, body.details]).toEqual([422, { description: 'must be at most 4000 characters long' }]);
  });

  it('takes no empty name', async () => {
    const { status, body } = await ask('PATCH', '/qa', { name: '' });
    expect([status, Object.keys(body.details)]).toEqual([422, ['name']]);
  });
});

describe('members', () => {
  it('are added once, by name or id', async () => {
    const group = await aGroup();
    for (const user of ['alice', 'ALICE', alice.id, bob.id]) {
      expect([(await add(group, user)).status, user]).toEqual([204, user]);
    }
    expect((await read(`/${group.id}`)).body.member_count).toBe(2);
    expect((await actsOn(group.slug)).slice(1)).toEqual([
      act('group.member.add', { user: 'alice' }),
      act('group.member.add', { user: 'bob' }),
    ]);
  });

  it('are removed once, by name or id', async () => {
    const group = await aGroup(alice, bob);
    const [removed, again] = [await remove(group, 'alice'), await remove(group, 'alice')];
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(outcome(again)).toEqual(notFound('member'));
    expect((await remove(group, bob.id)).status).toBe(204);
    expect((await read(`/${group.id}`)).body).toMatchObject({ member_count: 0, members: [] });
    expect((await actsOn(group.slug)).slice(3)).toEqual([
      act('group.member.remove', { user: 'alice' }),
      act('group.member.remove', { user: 'bob' }),
    ]);
  });

  it.each(['nobody', 'workspace', randomUUID(), '%00', '%F0%9F%90%98'])('are users: %s is none', async (user) => {
    const group = await aGroup();
    expect(outcome(await add(group, user))).toEqual(notFound('user'));
    expect(outcome(await remove(group, user))).toEqual(notFound('user'));
  });

  it('get in once when added ten times at once', async () => {
    const group = await aGroup();
    const answers = await Promise.all(Array.from({ length: 10 }, () => add(group, 'alice')));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(204));
    expect(await actsOn(group.slug)).toHaveLength(2);
  });

  it('are added to what is there, or not at all, while the group is deleted', async () => {
    for (let round = 0; round < 10; round += 1) {
      const group = await aGroup();
      const [deleted, ...added] = await Promise.all([
        ask('DELETE', `/${group.id}`),
        add(group, 'alice'),
        add(group, 'bob'),
      ]);
      expect(deleted.status).toBe(204);
      const late = added.filter(({ status }) => status !== 204);
      for (const answer of late) expect(outcome(answer)).toEqual(notFound('group'));
      expect(await actsOn(group.slug)).toHaveLength(2 + added.length - late.length);
    }
  });
});

describe('DELETE /v1/groups/:id', () => {
  it('takes the grants to it along, and no other', async () => {
    const [group, other] = [await aGroup(bob), await aGroup(bob)];
    const [prompt, kept] = [await aPromptFor(group), await aPromptFor(other)];
    await aPromptFor(group, 'write');
    expect((await call(server, 'GET', prompt.path, { token: bob.key })).status).toBe(200);
    const { status, text } = await ask('DELETE', `/${group.slug}`);
    expect([status, text]).toEqual([204, '']);
    const { rows } = await server.database.pool.query(
      `select principal_id, g.id from prompt_grant p left join user_group g on g.id = p.principal_id
       where principal_id = any ($1)`,
      [[group.id, other.id]],
    );
    expect(rows).toEqual([{ principal_id: other.id, id: other.id }]);
    expect((await call(server, 'GET', prompt.path, { token: bob.key })).status).toBe(404);
    expect((await call(server, 'GET', kept.path, { token: bob.key })).status).toBe(200);
    expect((await actsOn(group.slug)).at(-1)).toEqual(act('group.delete', { grants: 2 }));
  });

  it('frees the slug for a group that inherits nothing', async () => {
    const group = await aGroup(bob);
    const prompt = await aPromptFor(group);
    await ask('DELETE', `/${group.id}`);
    const { body } = await create({ slug: group.slug });
    await add(body, 'bob');
    expect(body.id).not.toBe(group.id);
    expect((await call(server, 'GET', prompt.path, { token: bob.key })).status).toBe(404);
  });
});

describe('access to prompts', () => {
  const statusFor = async (path: string, method = 'GET', json?: object) =>
    (await call(server, method, path, { token: bob.key, json })).status;

  it('follows the group at once', async () => {
    const group = await aGroup();
    const prompt = await aPromptFor(group);
    const seen = [await statusFor(prompt.path)];
    await add(group, 'bob');
    seen.push(await statusFor(prompt.path));
    await remove(group, 'bob');
    seen.push(await statusFor(prompt.path));
    expect(seen).toEqual([404, 200, 404]);
  });

  it('is as much as the group is granted', async () => {
    const group = await aGroup(bob);
    const [readable, writable] = [await aPromptFor(group), await aPromptFor(group, 'write')];
    const change = { description: 'Changed by a member of the group.' };
    expect(await statusFor(readable.idPath, 'PATCH', change)).toBe(403);
    expect(await statusFor(writable.idPath, 'PATCH', change)).toBe(200);
    await remove(group, 'bob');
    expect(await statusFor(writable.idPath, 'PATCH', change)).toBe(404);
  });
});

describe('every operation on one group', () => {
  const operations: [string, string, object | undefined][] = [
    ['GET', '', undefined],
    ['PATCH', '', { name: 'x' }],
    ['DELETE', '', undefined],
    ['PUT', '/members/alice', undefined],
    ['DELETE', '/members/alice', undefined],
  ];
  const changes = operations.slice(1);

  it.each(operations)('%s %s is 404 without one', async (method, rest, json) => {
    for (const id of ['none', randomUUID(), '%00', '%F0%9F%90%98', 'x'.repeat(5000)]) {
      expect(outcome(await ask(method, `/${id}${rest}`, json))).toEqual(notFound('group'));
    }
  });

  it.each(changes)('%s %s is for admins', async (method, rest, json) => {
    const group = await aGroup(alice);
    const refused = { error: 'FORBIDDEN', message: 'admins only' };
    expect(outcome(await ask(method, `/${group.id}${rest}`, json, alice.key))).toEqual([403, refused]);
  });

  it.each(changes)('%s %s is not for bound keys', async (method, rest, json) => {
    const group = await aGroup(alice);
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const refused = [403, { error: 'FORBIDDEN', message: 'the key is bound to something else' }];
    for (const binding of [{ ownerId: alice.id }, { promptId: prompt.id }]) {
      const token = await aKey(server, admin.id, { scopes, ...binding });
      expect(outcome(await ask(method, `/${group.id}${rest}`, json, token))).toEqual(refused);
      expect(outcome(await create({ slug: 'by-a-bound-key' }, token))).toEqual(refused);
    }
    expect(await actsOn(group.slug)).toHaveLength(2);
  });
});
