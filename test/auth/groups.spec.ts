import { randomUUID } from 'node:crypto';
import { scopes } from '../../src/common/http/access.decorator.js';
import { call } from '../support/api.js';
import { aKey, aUser, type TestUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { act, conflict, forbidden, invalid, notFound, outcome, statuses } from './answers.js';
import { groupCalls } from './group-calls.js';

let server: TestServer;
let adminId: string;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  adminId = (await call(server, 'GET', '/v1/me', { token: server.adminKey })).body.id;
  [alice, bob] = [await aUser(server, { username: 'alice' }), await aUser(server, { username: 'bob' })];
});
afterAll(() => server.stop());

const { ask, create, read, aGroup, actsOn } = groupCalls(() => server);
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('POST /v1/groups', () => {
  it('creates a group; the name defaults to the slug, the description to none', async () => {
    const { status, body } = await create({ slug: 'Support' });
    expect([status, body]).toEqual([
      201,
      { id: uuid, slug: 'support', name: 'support', description: '', member_count: 0, created_at: time },
    ]);
    expect(outcome(await read('/support'))).toEqual([200, { ...body, members: [] }]);
    expect(await actsOn('support')).toEqual([act('admin', 'group.create', { name: 'support', description: '' })]);
  });

  it('takes name and description', async () => {
    const { body } = await create({ slug: 'qa', name: 'Quality', description: 'They look twice.' });
    expect([body.name, body.description]).toEqual(['Quality', 'They look twice.']);
  });

  it.each(['qa', 'QA'])('refuses a slug that is taken: %s', async (slug) => {
    expect(outcome(await create({ slug }))).toEqual(conflict('group already exists'));
  });

  it('has slugs apart from those of users', async () => {
    expect((await create({ slug: 'alice' })).status).toBe(201);
  });

  it('creates one of ten with the same slug at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ slug: 'racer' })));
    expect(statuses(answers)).toEqual([201, ...Array<number>(9).fill(409)]);
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
    expect(outcome(await create(json))).toEqual(invalid(details));
  });
});

describe('GET /v1/groups', () => {
  it('lists all groups to every signed-in user, by slug, with pages', async () => {
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

  it('shows the group without its members to other users and to restricted credentials', async () => {
    const group = await aGroup(alice);
    for (const token of [bob.key, await aKey(server, adminId)]) {
      expect(outcome(await read(`/${String(group.slug)}`, token))).toEqual([200, { ...group, member_count: 1 }]);
    }
  });

  it('is 404 for keys that are bound to an owner or a prompt', async () => {
    const [group, prompt] = [await aGroup(alice), await aPrompt(server).ownedBy(alice).make()];
    for (const binding of [{ ownerId: alice.id }, { promptId: prompt.id }]) {
      for (const token of [
        await aKey(server, alice.id, binding),
        await aKey(server, adminId, { scopes, ...binding }),
      ]) {
        expect(outcome(await read(`/${group.id}`, token))).toEqual(notFound('group'));
        expect((await read('', token)).body.items).toEqual([]);
      }
    }
  });

  it('has pages of members, and recognises a member on another page', async () => {
    const group = await aGroup(alice, bob);
    const page = await read(`/${group.id}?limit=1&offset=1`, alice.key);
    expect(page.body.members).toEqual([{ id: bob.id, username: 'bob' }]);
    expect((await read(`/${group.id}?limit=1&offset=2`, alice.key)).body.members).toEqual([]);
    expect((await read(`/${group.id}?limit=0`)).status).toBe(422);
  });

  it('accepts the slug in upper and lower case', async () => {
    expect((await read('/QA')).body.slug).toBe('qa');
  });
});

describe('PATCH /v1/groups/:id', () => {
  it('changes name and description independently', async () => {
    const group = await aGroup(alice);
    const renamed = await ask('PATCH', `/${group.id}`, { name: 'Renamed' });
    expect(outcome(renamed)).toEqual([200, { ...group, name: 'Renamed', member_count: 1 }]);
    const described = await ask('PATCH', `/${String(group.slug)}`, { description: 'Described.' });
    expect(described.body).toEqual({ ...renamed.body, description: 'Described.' });
    expect((await read(`/${group.id}`, bob.key)).body).toEqual(described.body);
    expect((await actsOn(group.slug)).slice(2)).toEqual([
      act('admin', 'group.update', { name: 'Renamed', description: '' }),
      act('admin', 'group.update', { name: 'Renamed', description: 'Described.' }),
    ]);
  });

  it('records nothing if nothing changes', async () => {
    const group = await aGroup();
    for (const json of [{ name: group.name }, { description: '' }]) {
      expect(outcome(await ask('PATCH', `/${group.id}`, json))).toEqual([200, group]);
    }
    expect(await actsOn(group.slug)).toHaveLength(1);
  });

  it('accepts a description of up to 4000 characters', async () => {
    expect((await ask('PATCH', '/qa', { description: 'x'.repeat(4000) })).status).toBe(200);
    const { status, body } = await ask('PATCH', '/qa', { description: 'x'.repeat(4001) });
    expect([status, body.details]).toEqual([422, { description: 'must be at most 4000 characters long' }]);
  });

  it('refuses an empty name', async () => {
    const { status, body } = await ask('PATCH', '/qa', { name: '' });
    expect([status, Object.keys(body.details)]).toEqual([422, ['name']]);
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

  it.each(operations)('%s %s is 404 for a missing group', async (method, rest, json) => {
    for (const id of ['none', randomUUID(), '%00', '%F0%9F%90%98', 'x'.repeat(5000)]) {
      expect(outcome(await ask(method, `/${id}${rest}`, json))).toEqual(notFound('group'));
    }
  });

  it.each(changes)('%s %s is refused to users who are no admins', async (method, rest, json) => {
    const group = await aGroup(alice);
    expect(outcome(await ask(method, `/${group.id}${rest}`, json, alice.key))).toEqual(forbidden('admins only'));
  });

  it.each(changes)('%s %s is refused to bound keys', async (method, rest, json) => {
    const group = await aGroup(alice);
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const refused = forbidden('the API key is bound to another owner or prompt');
    for (const binding of [{ ownerId: alice.id }, { promptId: prompt.id }]) {
      const token = await aKey(server, adminId, { scopes, ...binding });
      expect(outcome(await ask(method, `/${group.id}${rest}`, json, token))).toEqual(refused);
      expect(outcome(await create({ slug: 'by-a-bound-key' }, token))).toEqual(refused);
    }
    expect(await actsOn(group.slug)).toHaveLength(2);
  });
});
