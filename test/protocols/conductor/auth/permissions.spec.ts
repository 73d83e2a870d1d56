import { call } from '../../../support/api.js';
import { aGroup, type TestGroup } from '../../../support/grants.js';
import { anOrganization, aKey, aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aProvider, ask } from '../integrations/integration-calls.js';

const path = '/api/auth/authorization';

interface Grant {
  readonly principal_type: string;
  readonly name: string;
  readonly permission: string;
}

let server: TestServer;
let creator: TestUser;
let reader: TestUser;
let group: TestGroup;
let count = 0;
let prompt: string;

beforeAll(async () => {
  server = await startTestServer();
  [creator, reader] = [await aUser(server), await aUser(server)];
  group = await aGroup(server, [reader]);
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = `shared-${(count += 1)}`;
  const input = { owner: 'workspace', name: prompt, description: '', visibility: 'private' };
  const created = await call(server, 'POST', '/v1/prompts', { token: creator.key, json: input });
  expect(created.status).toBe(201);
});

const authorize = (
  subject: object,
  access: readonly string[],
  { method = 'POST', token = server.adminKey, target = { type: 'PROMPT', id: prompt } } = {},
) => ask(server, method, path, token, { json: { subject, target, access } });
const user = (id = reader.username) => ({ type: 'USER', id });

async function grants(): Promise<string[]> {
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${prompt}/grants`, { token: server.adminKey });
  return (body.items as unknown as Grant[]).map(
    ({ principal_type, name, permission }) => `${principal_type} ${name} ${permission}`,
  );
}

const mayRead = async () => {
  const { status } = await call(server, 'GET', `/v1/prompts/workspace/${prompt}`, { token: reader.key });
  return status === 200;
};

it.each([
  [['READ'], ['read']],
  [['EXECUTE'], ['read']],
  [['READ', 'EXECUTE', 'READ'], ['read']],
  [['UPDATE'], ['write']],
  [['DELETE'], ['write']],
  [
    ['READ', 'EXECUTE', 'UPDATE', 'DELETE'],
    ['read', 'write'],
  ],
])('maps %j to the permission %j', async (access, permissions) => {
  const { status, text, headers } = await authorize(user(), access);
  expect({ status, text, length: headers.get('content-length') }).toEqual({ status: 200, text: '', length: '0' });
  expect(await grants()).toEqual(permissions.map((permission) => `user ${reader.username} ${permission}`));
  expect(await mayRead()).toBe(true);
});

it('adds to existing grants, and removes no others', async () => {
  await authorize(user(), ['READ']);
  await authorize({ type: 'GROUP', id: group.slug }, ['UPDATE']);
  await authorize(user('*'), ['READ']);
  await authorize(user(), ['UPDATE']);
  const name = reader.username;
  const all = ['user * read', `user ${name} read`, `user ${name} write`, `group ${group.slug} write`];
  expect(await grants()).toEqual(all);
  const { status, text } = await authorize(user(), ['DELETE'], { method: 'DELETE' });
  expect([status, text]).toEqual([200, '']);
  expect(await grants()).toEqual(all.filter((grant) => grant !== `user ${name} write`));
  await authorize(user('*'), ['READ', 'UPDATE'], { method: 'DELETE' });
  await authorize(user(), ['EXECUTE'], { method: 'DELETE' });
  expect([await grants(), await mayRead()]).toEqual([[`group ${group.slug} write`], true]);
  await authorize({ type: 'GROUP', id: group.id }, ['UPDATE'], { method: 'DELETE' });
  expect([await grants(), await mayRead()]).toEqual([[], false]);
});

it('loses none of twenty grants at the same time', async () => {
  const people = await Promise.all(Array.from({ length: 10 }, () => aUser(server)));
  const answers = await Promise.all(
    people.flatMap(({ username }) => [authorize(user(username), ['READ']), authorize(user(username), ['UPDATE'])]),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const expected = people.flatMap(({ username }) => [`user ${username} read`, `user ${username} write`]);
  expect((await grants()).sort()).toEqual(expected.sort());
});

it('lists the subjects of each kind of access', async () => {
  await authorize(user(), ['READ']);
  await authorize({ type: 'GROUP', id: group.slug }, ['DELETE']);
  const { status, body } = await ask(server, 'GET', `${path}/PROMPT/${prompt}`, server.adminKey);
  const [one, team] = [
    { type: 'USER', id: reader.username },
    { type: 'GROUP', id: group.slug },
  ];
  expect({ status, body }).toEqual({
    status: 200,
    body: { READ: [one], EXECUTE: [one], UPDATE: [team], DELETE: [team] },
  });
});

it.each([
  ['POST', 'DELETE'],
  ['DELETE', 'POST'],
])('is allowed to owners of the prompt only, by %s too', async (method) => {
  await authorize(user(), ['READ', 'UPDATE']);
  const before = await grants();
  const { status, body } = await authorize(user('*'), ['READ'], { method, token: reader.key });
  expect([status, body.message, body.error]).toEqual([403, 'not prompt owner', undefined]);
  expect(await grants()).toEqual(before);
});

it('shows who has access to owners of the prompt only', async () => {
  await authorize(user(), ['READ']);
  for (const token of [reader.key, creator.key, (await aUser(server)).key]) {
    const { status } = await ask(server, 'GET', `${path}/PROMPT/${prompt}`, token);
    expect(status).toBe(403);
  }
});

it('finds only the prompts of the owner that it acts in', async () => {
  const organization = await anOrganization(server);
  const bound = await aKey(server, reader.id, { ownerId: organization.id });
  const { status, body } = await authorize(user(), ['READ'], { token: bound });
  expect([status, body.message]).toEqual([404, 'prompt not found']);
  const gone = await authorize(user(), ['READ'], { target: { type: 'PROMPT', id: 'not there' } });
  expect(gone.status).toBe(404);
});

it.each([
  ['an unknown user', { subject: { type: 'USER', id: 'nobody' } }, 'subject.id names no user'],
  ['an unknown group', { subject: { type: 'GROUP', id: 'nobody' } }, 'subject.id names no group'],
  ['everybody as a group', { subject: { type: 'GROUP', id: '*' } }, 'subject.id * goes with the type USER'],
  ['a role', { subject: { type: 'ROLE', id: 'ADMIN' } }, 'subject.type must be one of USER, GROUP'],
  [
    'a workflow',
    { target: { type: 'WORKFLOW_DEF', id: 'x' } },
    'target.type must be one of PROMPT, INTEGRATION_PROVIDER',
  ],
  ['access that prompts do not know', { access: ['CREATE'] }, 'access.0 must be one of READ, EXECUTE, UPDATE, DELETE'],
  ['no access', { access: [] }, 'access must be at least 1 entries long'],
])('refuses %s with the reason', async (_, more, message) => {
  const json = { subject: user(), target: { type: 'PROMPT', id: prompt }, access: ['READ'], ...more };
  for (const method of ['POST', 'DELETE']) {
    const { status, body } = await ask(server, method, path, server.adminKey, { json });
    expect({ status, message: body.message }).toEqual({ status: 400, message });
  }
  expect(await grants()).toEqual([]);
});

describe('on a provider', () => {
  const target = { type: 'INTEGRATION_PROVIDER', id: 'restrictable' };
  beforeAll(() => aProvider(server, 'restrictable'));

  it('are managed by administrators', async () => {
    for (const method of ['POST', 'DELETE']) {
      const { status, body } = await authorize(user(), ['READ'], { method, target, token: creator.key });
      expect([status, body.message]).toEqual([403, 'admins only']);
    }
    const listed = await ask(server, 'GET', `${path}/INTEGRATION_PROVIDER/restrictable`, creator.key);
    expect(listed.status).toBe(403);
  });

  it('allow its use, and nothing else', async () => {
    const { status, body } = await authorize(user(), ['READ', 'UPDATE'], { target });
    expect([status, body.message]).toEqual([400, 'access must be READ or EXECUTE']);
    const unknown = await authorize(user(), ['READ'], { target: { ...target, id: 'nobody' } });
    expect([unknown.status, unknown.body.message]).toEqual([404, 'integration not found: nobody']);
    const listed = await ask(server, 'GET', `${path}/INTEGRATION_PROVIDER/nobody`, server.adminKey);
    expect(listed.status).toBe(404);
  });

  it('can be given to all users', async () => {
    await authorize(user('*'), ['READ'], { target });
    await authorize(user('*'), ['READ'], { target });
    const { body } = await ask(server, 'GET', `${path}/INTEGRATION_PROVIDER/restrictable`, server.adminKey);
    expect(body).toEqual({ READ: [user('*')], EXECUTE: [user('*')] });
    const found = await ask(server, 'GET', '/api/integrations/provider/restrictable', reader.key);
    expect([found.status, found.body.restricted]).toEqual([200, true]);
  });
});
