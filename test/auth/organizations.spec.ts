import { randomUUID } from 'node:crypto';
import { scopes } from '../../src/common/http/access.decorator.js';
import { type ApiAnswer, type Body, call } from '../support/api.js';
import { aKey, aUser, type TestUser, userScopes } from '../support/people.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let admin: Body;
let alice: TestUser;
let bob: TestUser;
let carol: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  admin = (await call(server, 'GET', '/v1/me', { token: server.adminKey })).body;
  alice = await aUser(server, { username: 'alice' });
  bob = await aUser(server, { username: 'bob' });
  carol = await aUser(server, { username: 'carol' });
});
afterAll(() => server.stop());

const ask = (token: string, method: string, path: string, json?: object) =>
  call(server, method, `/v1/organizations${path}`, { token, json });
const create = (token: string, json: object) => ask(token, 'POST', '', json);
const read = (token: string, path: string) => ask(token, 'GET', path);
const change = (token: string, { slug }: Body, json: object) => ask(token, 'PATCH', `/${String(slug)}`, json);
const set = (token: string, { slug }: Body, user: string, role: string) =>
  ask(token, 'PUT', `/${String(slug)}/members/${user}`, { role });
const remove = (token: string, { slug }: Body, user: string) =>
  ask(token, 'DELETE', `/${String(slug)}/members/${user}`);
const outcome = ({ status, body }: ApiAnswer) => [status, body];
const statuses = (answers: readonly ApiAnswer[]) => answers.map(({ status }) => status).sort();
const notFound = (what: string) => [404, { error: 'NOT_FOUND', message: `${what} not found` }];
const conflict = (message: string) => [409, { error: 'CONFLICT', message }];
const notOwner = [403, { error: 'FORBIDDEN', message: 'not organization owner' }];
const boundElsewhere = [403, { error: 'FORBIDDEN', message: 'the key is bound to something else' }];
const lastOwner = conflict('an organization keeps at least one owner');
const workspace = { slug: 'workspace' } as unknown as Body;
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let count = 0;
const fresh = (word: string) => `${word}-${(count += 1)}`;

/** Of alice, with these members besides. */
async function anOrganization(
  members: readonly TestUser[] = [],
  owners: readonly TestUser[] = [],
  memberAccess = 'read',
): Promise<Body> {
  const { body } = await create(alice.key, { slug: fresh('org'), member_access: memberAccess });
  for (const { username } of members) await set(alice.key, body, username, 'member');
  for (const { username } of owners) await set(alice.key, body, username, 'owner');
  return body;
}

/** Name and role of each member, as an admin reads them. */
async function membersOf({ slug }: Body): Promise<string[]> {
  const { body } = await read(server.adminKey, `/${String(slug)}`);
  return (body.members as readonly Body[]).map(({ username, role }) => `${String(username)}: ${String(role)}`);
}

/** What the ledger holds of an organization. */
async function actsOn(slug: unknown): Promise<object[]> {
  const { rows } = await server.database.pool.query<object>(
    `select actor_id, protocol, action, subject_type, details from audit_entry where subject = $1 order by id`,
    [slug],
  );
  return rows;
}
const act = (actor: Pick<Body, 'id'>, action: string, details: object) => {
  return { actor_id: actor.id, protocol: 'registry', action, subject_type: 'organization', details };
};

describe('POST /v1/organizations', () => {
  it('makes one that members may read in, with the caller as its owner', async () => {
    const { status, body } = await create(alice.key, { slug: 'ACME' });
    const made = {
      id: uuid,
      slug: 'acme',
      member_access: 'read',
      role: 'owner',
      member_count: 1,
      created_at: time,
    };
    expect([status, body]).toEqual([201, made]);
    const members = [{ id: alice.id, username: 'alice', role: 'owner' }];
    expect(outcome(await read(alice.key, '/acme'))).toEqual([200, { ...body, members }]);
    expect(await actsOn('acme')).toEqual([act(alice, 'organization.create', { member_access: 'read' })]);
  });

  it.each(['none', 'read', 'write'])('takes what members may do: %s', async (member_access) => {
    const { body } = await create(alice.key, { slug: fresh('wished'), member_access });
    expect(body.member_access).toBe(member_access);
  });

  it.each(['acme', 'Acme', 'alice', 'workspace', 'admin'])('gives no slug away twice: %s', async (slug) => {
    expect(outcome(await create(bob.key, { slug }))).toEqual(conflict('slug already in use'));
  });

  it('leaves no slug for a user', async () => {
    const json = { username: 'acme', email: 'acme@example.com' };
    const answer = await call(server, 'POST', '/v1/users', { token: server.adminKey, json });
    expect(outcome(answer)).toEqual(conflict('user already exists'));
  });

  it('makes one owner of ten users and organizations that come at once', async () => {
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
    expect(outcome(await create(alice.key, json))).toEqual([
      422,
      { error: 'VALIDATION_ERROR', message: 'validation failed', details },
    ]);
  });

  it('is not for bound keys', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    for (const binding of [{ ownerId: alice.id }, { promptId: prompt.id }]) {
      const token = await aKey(server, alice.id, binding);
      expect(outcome(await create(token, { slug: 'by-a-bound-key' }))).toEqual(boundElsewhere);
    }
  });
});

describe('GET /v1/organizations', () => {
  it('lists those that one belongs to, by slug, with one’s role', async () => {
    const dora = await aUser(server);
    const [second, first] = [await anOrganization([bob, dora]), await create(dora.key, { slug: 'a-first' })];
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
    const organization = await anOrganization();
    const { items } = (await read(server.adminKey, '?limit=100')).body;
    expect(items).toContainEqual({ ...organization, role: null });
    expect(items.find(({ slug }) => slug === 'workspace')?.role).toBe('owner');
    expect(items.find(({ slug }) => slug === 'alice')).toBeUndefined();
    const slugs = items.map(({ slug }) => String(slug));
    expect((await read(server.adminKey, '?limit=2&offset=1')).body.items.map(({ slug }) => slug)).toEqual(
      slugs.slice(1, 3),
    );
  });

  it('lists to admins whose key has not that scope only their own', async () => {
    const { items } = (await read(await aKey(server, admin.id), '')).body;
    expect(items.map(({ slug }) => slug)).toEqual(['workspace']);
  });

  it('lists to a bound key what it is bound to', async () => {
    const organization = await anOrganization();
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const seenWith = async (user: Pick<TestUser, 'id'>, binding: object) =>
      (await read(await aKey(server, user.id, { scopes, ...binding }), '')).body.items.map(({ slug }) => slug);
    expect(await seenWith(alice, { ownerId: organization.id })).toEqual([organization.slug]);
    expect(await seenWith(admin, { ownerId: organization.id })).toEqual([organization.slug]);
    expect(await seenWith(bob, { ownerId: organization.id })).toEqual([]);
    expect(await seenWith(alice, { promptId: prompt.id })).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'offset=-1'])('refuses ?%s', async (query) => {
    const { status, body } = await read(alice.key, `?${query}`);
    expect([status, Object.keys(body.details)]).toEqual([422, [query.split('=')[0]]]);
  });
});

describe('GET /v1/organizations/:slug', () => {
  it('shows members and admins who is in it, by name and by the page', async () => {
    const organization = await anOrganization([carol, bob]);
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
  it('changes what members may do, for owners and admins', async () => {
    const organization = await anOrganization([bob]);
    const written = await change(alice.key, organization, { member_access: 'write', slug: 'ignored' });
    expect(outcome(written)).toEqual([200, { ...organization, member_access: 'write', member_count: 2 }]);
    expect((await read(bob.key, `/${organization.id}`)).body.member_access).toBe('write');
    const byAdmin = await change(server.adminKey, organization, { member_access: 'none' });
    expect(byAdmin.body).toEqual({ ...written.body, member_access: 'none', role: null });
    expect(outcome(await change(bob.key, organization, { member_access: 'write' }))).toEqual(notOwner);
    expect((await actsOn(organization.slug)).slice(2)).toEqual([
      act(alice, 'organization.update', { member_access: 'write' }),
      act(admin, 'organization.update', { member_access: 'none' }),
    ]);
  });

  it('records nothing where nothing changes', async () => {
    const organization = await anOrganization();
    expect(outcome(await change(alice.key, organization, { member_access: 'read' }))).toEqual([200, organization]);
    expect(await actsOn(organization.slug)).toHaveLength(1);
  });

  it.each([{}, { member_access: 'all' }])('refuses %j', async (json) => {
    const { status, body } = await change(alice.key, await anOrganization(), json);
    expect([status, Object.keys(body.details)]).toEqual([422, ['member_access']]);
  });
});

describe('PUT /v1/organizations/:slug/members/:user', () => {
  it('adds a user and changes the role, by name or id, once', async () => {
    const organization = await anOrganization();
    for (const [user, role] of [
      ['bob', 'member'],
      [bob.id, 'member'],
      ['BOB', 'owner'],
    ] as const) {
      const { status, text } = await set(alice.key, organization, user, role);
      expect([status, text]).toEqual([204, '']);
    }
    expect((await set(bob.key, organization, 'alice', 'member')).status).toBe(204);
    expect((await set(server.adminKey, organization, 'carol', 'member')).status).toBe(204);
    expect(await membersOf(organization)).toEqual(['alice: member', 'bob: owner', 'carol: member']);
    expect((await actsOn(organization.slug)).slice(1)).toEqual([
      act(alice, 'organization.member.set', { user: 'bob', role: 'member' }),
      act(alice, 'organization.member.set', { user: 'bob', role: 'owner' }),
      act(bob, 'organization.member.set', { user: 'alice', role: 'member' }),
      act(admin, 'organization.member.set', { user: 'carol', role: 'member' }),
    ]);
  });

  it('is not for members', async () => {
    const organization = await anOrganization([bob]);
    for (const user of ['bob', 'carol', 'nobody']) {
      expect(outcome(await set(bob.key, organization, user, 'owner'))).toEqual(notOwner);
    }
    expect(await membersOf(organization)).toEqual(['alice: owner', 'bob: member']);
  });

  it.each([{}, { role: 'admin' }])('refuses %j', async (json) => {
    const { slug } = await anOrganization();
    const { status, body } = await ask(alice.key, 'PUT', `/${String(slug)}/members/bob`, json);
    expect([status, Object.keys(body.details)]).toEqual([422, ['role']]);
  });

  it.each(['nobody', 'workspace', randomUUID(), '%00'])('knows no user %s', async (user) => {
    const organization = await anOrganization();
    expect(outcome(await set(alice.key, organization, user, 'member'))).toEqual(notFound('user'));
    expect(outcome(await remove(alice.key, organization, user))).toEqual(notFound('user'));
  });

  it('takes one in once when asked ten times at once', async () => {
    const organization = await anOrganization();
    const answers = await Promise.all(Array.from({ length: 10 }, () => set(alice.key, organization, 'bob', 'member')));
    expect(statuses(answers)).toEqual(Array<number>(10).fill(204));
    expect(await actsOn(organization.slug)).toHaveLength(2);
  });
});

describe('DELETE /v1/organizations/:slug/members/:user', () => {
  it('is for owners and admins, and for oneself', async () => {
    const organization = await anOrganization([bob, carol]);
    expect(outcome(await remove(bob.key, organization, 'carol'))).toEqual(notOwner);
    expect(outcome(await remove(bob.key, organization, 'nobody'))).toEqual(notOwner);
    const { status, text } = await remove(bob.key, organization, 'Bob');
    expect([status, text]).toEqual([204, '']);
    expect((await remove(alice.key, organization, carol.id)).status).toBe(204);
    expect(outcome(await remove(alice.key, organization, 'carol'))).toEqual(notFound('member'));
    expect(await membersOf(organization)).toEqual(['alice: owner']);
    expect((await actsOn(organization.slug)).slice(3)).toEqual([
      act(bob, 'organization.member.remove', { user: 'bob' }),
      act(alice, 'organization.member.remove', { user: 'carol' }),
    ]);
  });

  it('lets admins remove others, but not themselves where they are no members', async () => {
    const organization = await anOrganization([bob]);
    expect(outcome(await remove(server.adminKey, organization, 'admin'))).toEqual(notFound('member'));
    expect((await remove(server.adminKey, organization, 'bob')).status).toBe(204);
  });
});

describe('the last owner', () => {
  it('stays, whoever asks', async () => {
    const organization = await anOrganization([bob]);
    for (const token of [alice.key, server.adminKey]) {
      expect(outcome(await remove(token, organization, 'alice'))).toEqual(lastOwner);
      expect(outcome(await set(token, organization, 'alice', 'member'))).toEqual(lastOwner);
    }
    expect(await membersOf(organization)).toEqual(['alice: owner', 'bob: member']);
    expect(await actsOn(organization.slug)).toHaveLength(2);
  });

  it('is one who can sign in', async () => {
    const pending = await aUser(server, { role: 'pending' });
    const organization = await anOrganization([], [pending]);
    expect(outcome(await remove(alice.key, organization, 'alice'))).toEqual(lastOwner);
    expect((await remove(alice.key, organization, pending.id)).status).toBe(204);
  });

  it.each([
    ['leave', (own: string) => (organization: Body, token: string) => remove(token, organization, own), [204, 409]],
    [
      'become members',
      (own: string) => (organization: Body, token: string) => set(token, organization, own, 'member'),
      [204, 409],
    ],
  ])('is one of two who %s at once', async (_what, by, expected) => {
    for (let round = 0; round < 10; round += 1) {
      const organization = await anOrganization([], [bob]);
      const answers = await Promise.all([by('alice')(organization, alice.key), by('bob')(organization, bob.key)]);
      expect(statuses(answers)).toEqual(expected);
      expect((await membersOf(organization)).filter((member) => member.endsWith('owner'))).toHaveLength(1);
    }
  });

  it('is one of two who remove each other at once: the slower one is a stranger by then', async () => {
    for (let round = 0; round < 10; round += 1) {
      const organization = await anOrganization([], [bob]);
      const answers = await Promise.all([
        remove(alice.key, organization, 'bob'),
        remove(bob.key, organization, 'alice'),
      ]);
      expect(statuses(answers)).toEqual([204, 404]);
      expect(await membersOf(organization)).toHaveLength(1);
    }
  });

  it('is one of two who demote each other at once: the slower one is no owner by then', async () => {
    for (let round = 0; round < 10; round += 1) {
      const organization = await anOrganization([], [bob]);
      const answers = await Promise.all([
        set(alice.key, organization, 'bob', 'member'),
        set(bob.key, organization, 'alice', 'member'),
      ]);
      expect(statuses(answers)).toEqual([204, 403]);
      expect((await membersOf(organization)).sort()).toEqual(
        expect.arrayContaining([expect.stringMatching(/: owner$/), expect.stringMatching(/: member$/)]),
      );
    }
  });
});

describe('the workspace', () => {
  const everybodys = conflict('the workspace belongs to everybody');

  it('keeps everybody', async () => {
    expect(outcome(await remove(server.adminKey, workspace, 'bob'))).toEqual(everybodys);
    expect(outcome(await remove(bob.key, workspace, 'bob'))).toEqual(everybodys);
    expect(outcome(await remove(bob.key, workspace, 'alice'))).toEqual(notOwner);
    expect(await membersOf(workspace)).toContain('bob: member');
  });

  it('has pending users among its members, as from their sign-up on', async () => {
    const pending = await aUser(server, { role: 'pending' });
    expect(await membersOf(workspace)).toContain(`${pending.username}: member`);
    expect((await read(pending.key, '/workspace')).status).toBe(401);
  });

  it('has roles that change, and an owner always', async () => {
    expect(outcome(await set(server.adminKey, workspace, 'admin', 'member'))).toEqual(lastOwner);
    expect((await set(server.adminKey, workspace, 'bob', 'owner')).status).toBe(204);
    expect((await set(bob.key, workspace, 'admin', 'member')).status).toBe(204);
    expect((await set(server.adminKey, workspace, 'admin', 'owner')).status).toBe(204);
    expect((await set(server.adminKey, workspace, 'bob', 'member')).status).toBe(204);
  });
});

describe('access to private prompts', () => {
  it('follows membership, role and what members may do, at once', async () => {
    const organization = await anOrganization();
    const place = { id: organization.id, slug: String(organization.slug) };
    const prompt = await aPrompt(server).ownedBy(alice).in(place).private().make();
    const now = async () => [
      (await call(server, 'GET', prompt.path, { token: bob.key })).status,
      (await call(server, 'PATCH', prompt.idPath, { token: bob.key, json: { title: fresh('t') } })).status,
      (await call(server, 'PATCH', prompt.idPath, { token: bob.key, json: { visibility: 'private' } })).status,
    ];
    expect(await now()).toEqual([404, 404, 404]);
    await set(alice.key, organization, 'bob', 'member');
    expect(await now()).toEqual([200, 403, 403]);
    await change(alice.key, organization, { member_access: 'write' });
    expect(await now()).toEqual([200, 200, 403]);
    await change(alice.key, organization, { member_access: 'none' });
    expect(await now()).toEqual([404, 404, 404]);
    await set(alice.key, organization, 'bob', 'owner');
    expect(await now()).toEqual([200, 200, 200]);
    await remove(alice.key, organization, 'bob');
    expect(await now()).toEqual([404, 404, 404]);
  });

  it('ends for a creator who is removed', async () => {
    const organization = await anOrganization([bob], [], 'write');
    const place = { id: organization.id, slug: String(organization.slug) };
    const prompt = await aPrompt(server).ownedBy(bob).in(place).private().make();
    expect((await call(server, 'GET', prompt.path, { token: bob.key })).status).toBe(200);
    await remove(alice.key, organization, 'bob');
    expect((await call(server, 'GET', prompt.path, { token: bob.key })).status).toBe(404);
    const search = `/v1/prompts?owner=${place.slug}`;
    expect((await call(server, 'GET', search, { token: bob.key })).body.items).toEqual([]);
    expect((await call(server, 'GET', search, { token: alice.key })).body.items).toHaveLength(1);
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
  it('is 404 without one', async () => {
    for (const slug of ['none', 'alice', alice.id, randomUUID(), '%00', '%F0%9F%90%98', 'x'.repeat(5000)]) {
      expect(outcome(await ask(server.adminKey, method, `/${slug}${rest}`, json))).toEqual(notFound('organization'));
    }
  });

  it('cannot tell a stranger that there is one', async () => {
    const organization = await anOrganization([carol], [carol]);
    const before = await membersOf(organization);
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const strangers = [
      bob.key,
      await aKey(server, admin.id, { scopes: userScopes }),
      await aKey(server, alice.id, { ownerId: alice.id }),
      await aKey(server, alice.id, { promptId: prompt.id }),
      await aKey(server, admin.id, { scopes, ownerId: alice.id }),
      await aKey(server, admin.id, { scopes, promptId: prompt.id }),
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
    const organization = await anOrganization([bob], [carol]);
    const token = await aKey(server, alice.id, { ownerId: organization.id });
    expect((await ask(token, method, `/${organization.id}${rest}`, json)).status).toBeLessThan(300);
  });
});
