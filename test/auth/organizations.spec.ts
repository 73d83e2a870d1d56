import { randomUUID } from 'node:crypto';
import { scopes } from '../../src/common/http/access.decorator.js';
import { call } from '../support/api.js';
import { aKey, aUser, keySessionOf, signedIn, type TestUser, userScopes } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { act, conflict, forbidden, invalid, notFound, outcome, statuses } from './answers.js';
import { organizationCalls } from './organization-calls.js';

let server: TestServer;
let adminId: string;
let alice: TestUser;
let bob: TestUser;
let carol: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  adminId = (await call(server, 'GET', '/v1/me', { token: server.adminKey })).body.id;
  // Organizations are the business of people, who have signed in.
  alice = await signedIn(server, await aUser(server, { username: 'alice' }));
  bob = await signedIn(server, await aUser(server, { username: 'bob' }));
  carol = await signedIn(server, await aUser(server, { username: 'carol' }));
});
afterAll(() => server.stop());

const { ask, create, read, change, anOrganizationOf, membersOf, actsOn } = organizationCalls(() => server);
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('POST /v1/organizations', () => {
  it('creates one in which members may read, with the caller as its owner', async () => {
    const { status, body } = await create(alice.key, { slug: 'ACME' });
    const created = {
      id: uuid,
      slug: 'acme',
      member_access: 'read',
      role: 'owner',
      member_count: 1,
      created_at: time,
    };
    expect([status, body]).toEqual([201, created]);
    const members = [{ id: alice.id, username: 'alice', role: 'owner' }];
    expect(outcome(await read(alice.key, '/acme'))).toEqual([200, { ...body, members }]);
    expect(await actsOn('acme')).toEqual([act('alice', 'organization.create', { member_access: 'read' })]);
  });

  it.each(['none', 'read', 'write'])('accepts member_access: %s', async (member_access) => {
    const { body } = await create(alice.key, { slug: `may-${member_access}`, member_access });
    expect(body.member_access).toBe(member_access);
  });

  it.each(['acme', 'Acme', 'alice', 'workspace', 'admin'])('refuses a slug that is taken: %s', async (slug) => {
    expect(outcome(await create(bob.key, { slug }))).toEqual(conflict('slug already in use'));
  });

  it('takes the slug away from users too', async () => {
    const json = { username: 'acme', email: 'acme@example.com' };
    const answer = await call(server, 'POST', '/v1/users', { token: server.adminKey, json });
    expect(outcome(answer)).toEqual(conflict('user already exists'));
  });

  it('creates one of ten users and organizations with the same slug at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        if (index % 2 === 0) return create(alice.key, { slug: 'racer' });
        const json = { username: 'racer', email: `racer-${index}@example.com`, password: alice.password };
        return call(server, 'POST', '/v1/users', { token: server.adminKey, json });
      }),
    );
    expect(statuses(answers)).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  it.each([
    [{}, { slug: 'is required' }],
    [{ slug: 'a b' }, { slug: 'must match ^[a-z0-9]+(-[a-z0-9]+)*$' }],
    [{ slug: 'x'.repeat(40) }, { slug: 'must be at most 39 characters long' }],
    [{ slug: randomUUID() }, { slug: 'must not look like a UUID' }],
    [{ slug: 'new', member_access: 'all' }, { member_access: 'must be one of none, read, write' }],
  ])('refuses %j', async (json, details) => {
    expect(outcome(await create(alice.key, json))).toEqual(invalid(details));
  });

  it('is refused to bound keys', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    for (const binding of [{ ownerId: alice.id }, { promptId: prompt.id }]) {
      const token = await aKey(server, adminId, { scopes, ...binding });
      expect(outcome(await create(token, { slug: 'by-a-bound-key' }))).toEqual(
        forbidden('the API key is bound to another owner or prompt'),
      );
    }
  });
});

describe('GET /v1/organizations', () => {
  it("lists the caller's organizations by slug, with the caller's role", async () => {
    const dora = await signedIn(server, await aUser(server));
    const [second, first] = [
      await anOrganizationOf(alice, { members: [bob, dora] }),
      await create(dora.key, { slug: 'a-first' }),
    ];
    const { body } = await read(dora.key, '');
    expect(body.items.map(({ slug, role, member_count }) => [slug, role, member_count])).toEqual([
      ['a-first', 'owner', 1],
      [second.slug, 'member', 3],
      ['workspace', 'member', expect.any(Number)],
    ]);
    expect(body.items[0]).toEqual(first.body);
    const page = await read(dora.key, '?limit=1&offset=1');
    expect(outcome(page)).toEqual([200, { items: [body.items[1]], limit: 1, offset: 1 }]);
  });

  it('lists all to admins, and no users', async () => {
    const organization = await anOrganizationOf(alice);
    const { items } = (await read(server.adminKey, '?limit=100')).body;
    expect(items).toContainEqual({ ...organization, role: null });
    expect(items.find(({ slug }) => slug === 'workspace')?.role).toBe('owner');
    expect(items.find(({ slug }) => slug === 'alice')).toBeUndefined();
    const slugs = items.map(({ slug }) => String(slug));
    expect((await read(server.adminKey, '?limit=2&offset=1')).body.items.map(({ slug }) => slug)).toEqual(
      slugs.slice(1, 3),
    );
  });

  it('lists only their own to admins whose key lacks the admin scope', async () => {
    const { items } = (await read(await aKey(server, adminId), '')).body;
    expect(items.map(({ slug }) => slug)).toEqual(['workspace']);
  });

  it('lists to a bound key the organization that it is bound to', async () => {
    const organization = await anOrganizationOf(alice);
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const seenWith = async (user: Pick<TestUser, 'id'>, binding: object) =>
      (await read(await aKey(server, user.id, { scopes, ...binding }), '')).body.items.map(({ slug }) => slug);
    expect(await seenWith(alice, { ownerId: organization.id })).toEqual([organization.slug]);
    expect(await seenWith({ id: adminId }, { ownerId: organization.id })).toEqual([organization.slug]);
    expect(await seenWith(bob, { ownerId: organization.id })).toEqual([]);
    expect(await seenWith(alice, { promptId: prompt.id })).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'offset=-1'])('refuses ?%s', async (query) => {
    const { status, body } = await read(alice.key, `?${query}`);
    expect([status, Object.keys(body.details)]).toEqual([422, [query.split('=')[0]]]);
  });
});

describe('GET /v1/organizations/:slug', () => {
  it('shows the members, by name and with pages, to members and admins', async () => {
    const organization = await anOrganizationOf(alice, { members: [carol, bob] });
    const members = [
      { id: alice.id, username: 'alice', role: 'owner' },
      { id: bob.id, username: 'bob', role: 'member' },
      { id: carol.id, username: 'carol', role: 'member' },
    ];
    const shown = { ...organization, member_count: 3, members };
    expect((await read(alice.key, `/${String(organization.slug).toUpperCase()}`)).body).toEqual(shown);
    expect((await read(bob.key, `/${organization.id}`)).body).toEqual({ ...shown, role: 'member' });
    expect((await read(server.adminKey, `/${organization.id}`)).body).toEqual({ ...shown, role: null });
    const page = await read(bob.key, `/${organization.id}?limit=1&offset=1`);
    expect(page.body).toEqual({ ...shown, role: 'member', members: members.slice(1, 2) });
  });
});

describe('PATCH /v1/organizations/:slug', () => {
  it('lets owners and admins change member_access', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob] });
    const written = await change(alice.key, organization, { member_access: 'write' });
    expect(outcome(written)).toEqual([200, { ...organization, member_access: 'write', member_count: 2 }]);
    expect((await read(bob.key, `/${organization.id}`)).body.member_access).toBe('write');
    const byAdmin = await change(server.adminKey, organization, { member_access: 'none' });
    expect(byAdmin.body).toEqual({ ...written.body, member_access: 'none', role: null });
    expect(outcome(await change(bob.key, organization, { member_access: 'write' }))).toEqual(
      forbidden('not organization owner'),
    );
    expect((await actsOn(organization.slug)).slice(2)).toEqual([
      act('alice', 'organization.update', { member_access: 'write' }),
      act('admin', 'organization.update', { member_access: 'none' }),
    ]);
  });

  it('records nothing where nothing changes', async () => {
    const organization = await anOrganizationOf(alice);
    expect(outcome(await change(alice.key, organization, { member_access: 'read' }))).toEqual([200, organization]);
    expect(await actsOn(organization.slug)).toHaveLength(1);
  });

  it.each([
    [{}, 'body'],
    [{ member_access: 'all' }, 'member_access'],
  ])('refuses %j', async (json, field) => {
    const { status, body } = await change(alice.key, await anOrganizationOf(alice), json);
    expect([status, Object.keys(body.details)]).toEqual([422, [field]]);
  });
});

const operations: [string, string, object | undefined][] = [
  ['GET', '', undefined],
  ['PATCH', '', { member_access: 'write' }],
  ['PUT', '/members/carol', { role: 'owner' }],
  ['DELETE', '/members/alice', undefined],
  ['DELETE', '/members/bob', undefined],
];

describe.each(operations)('%s /v1/organizations/:slug%s', (method, rest, json) => {
  it('is 404 for a missing organization', async () => {
    for (const slug of ['none', 'alice', alice.id, randomUUID(), '%00', '%F0%9F%90%98', 'x'.repeat(5000)]) {
      expect(outcome(await ask(server.adminKey, method, `/${slug}${rest}`, json))).toEqual(notFound('organization'));
    }
  });

  it('gives a non-member the same answer as for a missing one', async () => {
    const organization = await anOrganizationOf(alice, { owners: [carol] });
    const before = await membersOf(organization);
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const readers = [
      await aKey(server, adminId, { scopes: userScopes }),
      await aKey(server, alice.id, { ownerId: alice.id }),
      await aKey(server, alice.id, { promptId: prompt.id }),
    ];
    const strangers = [
      bob.key,
      ...(method === 'GET' ? readers : []),
      await aKey(server, adminId, { scopes, ownerId: alice.id }),
      await aKey(server, adminId, { scopes, promptId: prompt.id }),
    ];
    for (const token of strangers) {
      const [there, nowhere] = [
        await ask(token, method, `/${organization.id}${rest}`, json),
        await ask(token, method, `/${randomUUID()}${rest}`, json),
      ];
      expect(outcome(there)).toEqual(notFound('organization'));
      expect([...there.headers.keys()].sort()).toEqual([...nowhere.headers.keys()].sort());
    }
    expect(await membersOf(organization)).toEqual(before);
  });

  it('works with a key that is bound to the organization', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob], owners: [carol] });
    const token = await aKey(server, adminId, { scopes, ownerId: organization.id });
    expect((await ask(token, method, `/${organization.id}${rest}`, json)).status).toBeLessThan(300);
  });
});

describe.each(operations.slice(1))('%s /v1/organizations/:slug%s', (method, rest, json) => {
  it('is allowed to log-ins and administrators’ keys only', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob], owners: [carol] });
    const before = await membersOf(organization);
    const wide = await aKey(server, alice.id);
    const ofAdmin = await aKey(server, adminId, { scopes: userScopes });
    for (const token of [wide, await keySessionOf(server, wide), ofAdmin, await keySessionOf(server, ofAdmin)]) {
      const refused = await ask(token, method, `/${organization.id}${rest}`, json);
      expect([refused.status, refused.body.details]).toEqual([403, { scope: 'admin' }]);
    }
    expect(await membersOf(organization)).toEqual(before);
  });
});
