import { randomUUID } from 'node:crypto';
import { type Body, call } from '../support/api.js';
import { grantTo } from '../support/grants.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { act, notFound, outcome } from './answers.js';
import { groupCalls } from './group-calls.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = [await aUser(server, { username: 'alice' }), await aUser(server, { username: 'bob' })];
});
afterAll(() => server.stop());

const { ask, create, add, read, remove, aGroup, actsOn } = groupCalls(() => server);

/** A private prompt of alice, granted to the group. */
async function aPromptFor(group: Body, permission: 'read' | 'write' = 'read') {
  const prompt = await aPrompt(server).ownedBy(alice).private().make();
  await grantTo(server.database.pool, group.id, permission, [prompt.id]);
  return prompt;
}

describe('members of a group', () => {
  it('are added once, by name or id', async () => {
    const group = await aGroup();
    for (const user of ['alice', 'ALICE', alice.id, bob.id]) {
      expect([(await add(group, user)).status, user]).toEqual([204, user]);
    }
    expect((await read(`/${group.id}`)).body.member_count).toBe(2);
    expect((await actsOn(group.slug)).slice(1)).toEqual([
      act('admin', 'group.member.add', { user: 'alice' }),
      act('admin', 'group.member.add', { user: 'bob' }),
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
      act('admin', 'group.member.remove', { user: 'alice' }),
      act('admin', 'group.member.remove', { user: 'bob' }),
    ]);
  });

  it.each(['nobody', 'workspace', randomUUID(), '%00', '%F0%9F%90%98'])('are users: %s is not one', async (user) => {
    const group = await aGroup();
    expect(outcome(await add(group, user))).toEqual(notFound('user'));
    expect(outcome(await remove(group, user))).toEqual(notFound('user'));
  });

  it('are added once by ten requests at the same time', async () => {
    const group = await aGroup();
    const answers = await Promise.all(Array.from({ length: 10 }, () => add(group, 'alice')));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(204));
    expect(await actsOn(group.slug)).toHaveLength(2);
  });

  it('are added completely or not at all while the group is being deleted', async () => {
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
  it('deletes the grants to the group, and no others', async () => {
    const [group, other] = [await aGroup(bob), await aGroup(bob)];
    const [prompt, otherPrompt] = [await aPromptFor(group), await aPromptFor(other)];
    await aPromptFor(group, 'write');
    expect((await call(server, 'GET', prompt.path, { token: bob.key })).status).toBe(200);
    const { status, text } = await ask('DELETE', `/${String(group.slug)}`);
    expect([status, text]).toEqual([204, '']);
    const { rows } = await server.database.pool.query(
      `select principal_id, g.id from prompt_grant p left join user_group g on g.id = p.principal_id
       where principal_id = any ($1)`,
      [[group.id, other.id]],
    );
    expect(rows).toEqual([{ principal_id: other.id, id: other.id }]);
    expect((await call(server, 'GET', prompt.path, { token: bob.key })).status).toBe(404);
    expect((await call(server, 'GET', otherPrompt.path, { token: bob.key })).status).toBe(200);
    expect((await actsOn(group.slug)).at(-1)).toEqual(act('admin', 'group.delete', { grants: 2 }));
  });

  it('leaves no grant behind that is created at the same time', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).private().make();
    for (let round = 0; round < 10; round += 1) {
      const group = await aGroup();
      const items = ['write', 'read'].map((permission) => {
        return { principal_type: 'group', principal: group.id, permission };
      });
      const grant = () => call(server, 'PUT', `${prompt.path}/grants`, { token: alice.key, json: { items } });
      const [deleted, ...granted] = await Promise.all([ask('DELETE', `/${group.id}`), grant(), grant()]);
      expect(deleted.status).toBe(204);
      for (const { status } of granted) expect([200, 422]).toContain(status);
      const { rows } = await server.database.pool.query('select from prompt_grant where principal_id = $1', [group.id]);
      expect(rows).toEqual([]);
    }
  });

  it('frees the slug for a new group, which inherits nothing', async () => {
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

  it('is exactly what the group is granted', async () => {
    const group = await aGroup(bob);
    const [readable, writable] = [await aPromptFor(group), await aPromptFor(group, 'write')];
    const change = { description: 'Changed by a member of the group.' };
    expect(await statusFor(readable.idPath, 'PATCH', change)).toBe(403);
    expect(await statusFor(writable.idPath, 'PATCH', change)).toBe(200);
    await remove(group, 'bob');
    expect(await statusFor(writable.idPath, 'PATCH', change)).toBe(404);
  });
});
