import { randomUUID } from 'node:crypto';
import { type ApiAnswer, type Body, call } from '../support/api.js';
import { aUser, signedIn, type TestUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { act, conflict, forbidden, notFound, outcome, statuses } from './answers.js';
import { organizationCalls } from './organization-calls.js';

let server: TestServer;

let alice: TestUser;
let bob: TestUser;
let carol: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await signedIn(server, await aUser(server, { username: 'alice' }));
  bob = await signedIn(server, await aUser(server, { username: 'bob' }));
  carol = await signedIn(server, await aUser(server, { username: 'carol' }));
});
afterAll(() => server.stop());

const { ask, read, set, change, remove, anOrganizationOf, membersOf, actsOn } = organizationCalls(() => server);
const notOwner = forbidden('not organization owner');
const lastOwner = conflict('an organization keeps at least one owner');
const workspace = { slug: 'workspace' };

describe('PUT /v1/organizations/:slug/members/:user', () => {
  it('adds a user and changes the role, by name or id, once', async () => {
    const organization = await anOrganizationOf(alice);
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
      act('alice', 'organization.member.set', { user: 'bob', role: 'member' }),
      act('alice', 'organization.member.set', { user: 'bob', role: 'owner' }),
      act('bob', 'organization.member.set', { user: 'alice', role: 'member' }),
      act('admin', 'organization.member.set', { user: 'carol', role: 'member' }),
    ]);
  });

  it('is refused to members', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob] });
    for (const user of ['bob', 'carol', 'nobody']) {
      expect(outcome(await set(bob.key, organization, user, 'owner'))).toEqual(notOwner);
    }
    expect(await membersOf(organization)).toEqual(['alice: owner', 'bob: member']);
  });

  it.each([{}, { role: 'admin' }])('refuses %j', async (json) => {
    const { slug } = await anOrganizationOf(alice);
    const { status, body } = await ask(alice.key, 'PUT', `/${String(slug)}/members/bob`, json);
    expect([status, Object.keys(body.details)]).toEqual([422, ['role']]);
  });

  it.each(['nobody', 'workspace', randomUUID(), '%00'])('is 404 for the user %s', async (user) => {
    const organization = await anOrganizationOf(alice);
    expect(outcome(await set(alice.key, organization, user, 'member'))).toEqual(notFound('user'));
    expect(outcome(await remove(alice.key, organization, user))).toEqual(notFound('user'));
  });

  it('adds a user once for ten requests at the same time', async () => {
    const organization = await anOrganizationOf(alice);
    const answers = await Promise.all(Array.from({ length: 10 }, () => set(alice.key, organization, 'bob', 'member')));
    expect(statuses(answers)).toEqual(Array<number>(10).fill(204));
    expect(await actsOn(organization.slug)).toHaveLength(2);
  });
});

describe('DELETE /v1/organizations/:slug/members/:user', () => {
  it('is allowed to owners, admins, and the member themself', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob, carol] });
    expect(outcome(await remove(bob.key, organization, 'carol'))).toEqual(notOwner);
    expect(outcome(await remove(bob.key, organization, 'nobody'))).toEqual(notOwner);
    const { status, text } = await remove(bob.key, organization, 'Bob');
    expect([status, text]).toEqual([204, '']);
    expect((await remove(alice.key, organization, carol.id)).status).toBe(204);
    expect(outcome(await remove(alice.key, organization, 'carol'))).toEqual(notFound('member'));
    expect(await membersOf(organization)).toEqual(['alice: owner']);
    expect((await actsOn(organization.slug)).slice(3)).toEqual([
      act('bob', 'organization.member.remove', { user: 'bob' }),
      act('alice', 'organization.member.remove', { user: 'carol' }),
    ]);
  });

  it('lets admins remove others, but not themselves if they are no members', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob] });
    expect(outcome(await remove(server.adminKey, organization, 'admin'))).toEqual(notFound('member'));
    expect((await remove(server.adminKey, organization, 'bob')).status).toBe(204);
  });
});

describe('the last owner', () => {
  it('cannot be removed by any user', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob] });
    for (const token of [alice.key, server.adminKey]) {
      expect(outcome(await remove(token, organization, 'alice'))).toEqual(lastOwner);
      expect(outcome(await set(token, organization, 'alice', 'member'))).toEqual(lastOwner);
    }
    expect(await membersOf(organization)).toEqual(['alice: owner', 'bob: member']);
    expect(await actsOn(organization.slug)).toHaveLength(2);
  });

  it('is an owner who can sign in', async () => {
    const pending = await aUser(server, { role: 'pending' });
    const organization = await anOrganizationOf(alice, { owners: [pending] });
    expect(outcome(await remove(alice.key, organization, 'alice'))).toEqual(lastOwner);
    expect((await remove(alice.key, organization, pending.id)).status).toBe(204);
  });

  it.each<[string, (token: string, organization: Body, oneself: string) => Promise<ApiAnswer>]>([
    ['leave', (token, organization, oneself) => remove(token, organization, oneself)],
    ['become members', (token, organization, oneself) => set(token, organization, oneself, 'member')],
  ])('remains when both owners %s at the same time', async (_what, by) => {
    for (let round = 0; round < 10; round += 1) {
      const organization = await anOrganizationOf(alice, { owners: [bob] });
      const answers = await Promise.all([by(alice.key, organization, 'alice'), by(bob.key, organization, 'bob')]);
      expect(statuses(answers)).toEqual([204, 409]);
      expect((await membersOf(organization)).filter((member) => member.endsWith('owner'))).toHaveLength(1);
    }
  });

  it('remains when two owners remove each other at the same time: the slower one is no member by then', async () => {
    for (let round = 0; round < 10; round += 1) {
      const organization = await anOrganizationOf(alice, { owners: [bob] });
      const answers = await Promise.all([
        remove(alice.key, organization, 'bob'),
        remove(bob.key, organization, 'alice'),
      ]);
      expect(statuses(answers)).toEqual([204, 404]);
      expect(await membersOf(organization)).toHaveLength(1);
    }
  });

  it('remains when two owners demote each other at the same time: the slower one is no owner by then', async () => {
    for (let round = 0; round < 10; round += 1) {
      const organization = await anOrganizationOf(alice, { owners: [bob] });
      const answers = await Promise.all([
        set(alice.key, organization, 'bob', 'member'),
        set(bob.key, organization, 'alice', 'member'),
      ]);
      expect(statuses(answers)).toEqual([204, 403]);
      const roles = (await membersOf(organization)).map((member) => member.split(': ')[1]);
      expect(roles.sort()).toEqual(['member', 'owner']);
    }
  });
});

describe('the workspace', () => {
  const everybodys = conflict('the members of the workspace cannot be changed');

  it('cannot lose members', async () => {
    expect(outcome(await remove(server.adminKey, workspace, 'bob'))).toEqual(everybodys);
    expect(outcome(await remove(bob.key, workspace, 'bob'))).toEqual(everybodys);
    expect(outcome(await remove(bob.key, workspace, 'alice'))).toEqual(notOwner);
    expect(await membersOf(workspace)).toContain('bob: member');
  });

  it('has pending users as members from their sign-up on', async () => {
    const pending = await aUser(server, { role: 'pending' });
    expect(await membersOf(workspace)).toContain(`${pending.username}: member`);
    expect((await read(pending.key, '/workspace')).status).toBe(401);
  });

  it('allows changes of roles, but always has an owner', async () => {
    expect(outcome(await set(server.adminKey, workspace, 'admin', 'member'))).toEqual(lastOwner);
    expect((await set(server.adminKey, workspace, 'bob', 'owner')).status).toBe(204);
    expect((await set(bob.key, workspace, 'admin', 'member')).status).toBe(204);
    expect((await set(server.adminKey, workspace, 'admin', 'owner')).status).toBe(204);
    expect((await set(server.adminKey, workspace, 'bob', 'member')).status).toBe(204);
  });
});

describe('access to private prompts', () => {
  it('follows membership, role and member_access at once', async () => {
    const organization = await anOrganizationOf(alice);
    const place = { id: organization.id, slug: String(organization.slug) };
    const prompt = await aPrompt(server).ownedBy(alice).in(place).private().make();
    const now = async () => [
      (await call(server, 'GET', prompt.path, { token: bob.key })).status,
      (await call(server, 'PATCH', prompt.idPath, { token: bob.key, json: { title: 'Changed' } })).status,
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

  it('ends for a creator who is removed from the organization', async () => {
    const organization = await anOrganizationOf(alice, { members: [bob], memberAccess: 'write' });
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
