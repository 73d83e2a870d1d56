import { randomUUID } from 'node:crypto';
import { UsersService } from '../../src/auth/accounts/users.service.js';
import { call } from '../support/api.js';
import { aKey, aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { aKnownKey, recordedBy } from './audit-entries.js';

let server: OpenTestServer;
let alice: TestUser;
let bob: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startOpenTestServer();
  [alice, bob] = [await aUser(server, { username: 'alice' }), await aUser(server, { username: 'bob' })];
  prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
});
afterAll(() => server.stop());

interface Attempt {
  readonly as?: 'alice' | 'bob' | 'admin';
  readonly method: string;
  readonly path: string | (() => string);
  readonly json?: object | (() => object);
}

const attempts: [number, string, Attempt][] = [
  [
    409,
    'a prompt whose name is taken',
    { method: 'POST', path: '/v1/prompts', json: () => ({ name: prompt.name, description: '' }) },
  ],
  [
    403,
    'a prompt under a stranger’s name',
    { as: 'bob', method: 'POST', path: '/v1/prompts', json: { name: 'x', description: '', owner: 'alice' } },
  ],
  [422, 'a prompt without a description', { method: 'POST', path: '/v1/prompts', json: { name: 'x' } }],
  [
    409,
    'a text published under a taken name',
    {
      method: 'POST',
      path: '/v1/prompts/publish',
      json: () => ({ name: prompt.name, description: '', content: 'Hi.' }),
    },
  ],
  [
    403,
    'a change by who may not',
    { as: 'bob', method: 'PATCH', path: () => prompt.idPath, json: { description: 'Mine.' } },
  ],
  [403, 'a deletion by who may not', { as: 'bob', method: 'DELETE', path: () => prompt.idPath }],
  [
    404,
    'the restoration of what is not deleted',
    { as: 'admin', method: 'POST', path: () => `${prompt.idPath}/restore` },
  ],
  [
    403,
    'a key with more rights than one’s own',
    { method: 'POST', path: '/v1/api-keys', json: { name: 'k', scopes: ['admin'] } },
  ],
  [404, 'the revocation of no key', { method: 'DELETE', path: () => `/v1/api-keys/${randomUUID()}` }],
  [
    403,
    'a user made by who may not',
    { method: 'POST', path: '/v1/users', json: { username: 'x', email: 'x@example.com' } },
  ],
  [
    409,
    'a user whose name is taken',
    { as: 'admin', method: 'POST', path: '/v1/users', json: { username: 'bob', email: 'x@example.com' } },
  ],
  [
    409,
    'a user whose address is taken',
    { as: 'admin', method: 'POST', path: '/v1/users', json: { username: 'x', email: 'bob@example.com' } },
  ],
  [
    409,
    'an address that is taken',
    { as: 'admin', method: 'PATCH', path: () => `/v1/users/${alice.id}`, json: { email: 'BOB@example.com' } },
  ],
  [
    401,
    'a password changed without the old one',
    { method: 'POST', path: '/v1/me/password', json: { current_password: 'wrong', new_password: 'a good password' } },
  ],
];

it.each(attempts)(
  'a request that ends with %d is not recorded: %s',
  async (status, _what, { as = 'alice', ...attempt }) => {
    const token = { alice: alice.key, bob: bob.key, admin: server.adminKey }[as];
    const path = typeof attempt.path === 'string' ? attempt.path : attempt.path();
    const json = typeof attempt.json === 'function' ? attempt.json() : attempt.json;
    const recorded = await recordedBy(server, async () => {
      expect((await call(server, attempt.method, path, { token, json })).status).toBe(status);
    });
    expect(recorded).toEqual([]);
  },
);

it('refused uploads are not recorded', async () => {
  const recorded = await recordedBy(server, async () => {
    const taken = await uploadVersion(server, prompt, alice.key, '1.0.0');
    const strangers = await uploadVersion(server, prompt, bob.key, '2.0.0');
    const broken = await uploadVersion(server, prompt, alice.key, '2.0.0', Buffer.from('no package'));
    expect([taken.status, strangers.status, broken.status]).toEqual([409, 403, 422]);
  });
  expect(recorded).toEqual([]);
});

it('only the winner of uploads that race for one version is recorded', async () => {
  for (const version of ['3.0.0', '3.0.1', '3.0.2']) {
    const recorded = await recordedBy(server, async () => {
      const racing = Array.from({ length: 6 }, () => uploadVersion(server, prompt, alice.key, version));
      const statuses = (await Promise.all(racing)).map(({ status }) => status);
      expect(statuses.sort()).toEqual([201, 409, 409, 409, 409, 409]);
    });
    expect(recorded.filter(({ action }) => action === 'version.publish')).toHaveLength(1);
  }
});

it('only the winner of prompts that race for one name is recorded', async () => {
  const options = { token: alice.key, json: { name: 'contested', description: '' } };
  const recorded = await recordedBy(server, async () => {
    await Promise.all(Array.from({ length: 6 }, () => call(server, 'POST', '/v1/prompts', options)));
  });
  expect(recorded.map(({ action }) => action)).toEqual(['prompt.create']);
});

it('changes without effect are not recorded', async () => {
  const same = { description: 'A prompt for a test.', title: null, tags: [], visibility: 'public' };
  const recorded = await recordedBy(server, async () => {
    const token = alice.key;
    expect((await call(server, 'PATCH', prompt.idPath, { token, json: same })).status).toBe(200);
    const user = { token: server.adminKey, json: { email: bob.email, role: 'user' } };
    expect((await call(server, 'PATCH', `/v1/users/${bob.id}`, user)).status).toBe(200);
  });
  expect(recorded).toEqual([]);
});

it('a password for a missing user is not recorded', async () => {
  const users = server.app.get(UsersService, { strict: false });
  expect(await recordedBy(server, () => users.resetPassword('nobody'))).toEqual([]);
});

describe('when the ledger cannot be written', () => {
  beforeAll(() => server.database.pool.query('alter table audit_entry add constraint closed check (false) not valid'));
  afterAll(() => server.database.pool.query('alter table audit_entry drop constraint closed'));

  it('the action does not happen either', async () => {
    const { body: before } = await call(server, 'GET', prompt.path);
    const token = alice.key;
    const answers = await Promise.all([
      call(server, 'PATCH', prompt.idPath, { token, json: { description: 'Unrecorded.' } }),
      call(server, 'POST', '/v1/prompts', { token, json: { name: 'unrecorded', description: '' } }),
      call(server, 'POST', '/v1/api-keys', { token, json: { name: 'unrecorded' } }),
      uploadVersion(server, prompt, token, '4.0.0'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    expect((await call(server, 'GET', prompt.path)).body).toEqual(before);
    expect((await call(server, 'GET', '/v1/prompts/alice/unrecorded', { token })).status).toBe(404);
    expect((await call(server, 'GET', '/v1/api-keys', { token })).text).not.toContain('unrecorded');
    expect((await call(server, 'GET', `${prompt.path}/versions/4.0.0`)).status).toBe(404);
  });
});

it('the revocation of a revoked key is not recorded again', async () => {
  const { id } = await aKnownKey(server, alice);
  await call(server, 'DELETE', `/v1/api-keys/${id}`, { token: alice.key });
  const again = () => call(server, 'DELETE', `/v1/api-keys/${id}`, { token: alice.key });
  expect(await recordedBy(server, again)).toEqual([]);
});

it('reads are not recorded', async () => {
  const token = await aKey(server, alice.id);
  const paths = [
    '/v1/prompts',
    prompt.path,
    `${prompt.path}/versions`,
    `${prompt.path}/audit`,
    '/v1/api-keys',
    '/v1/me',
  ];
  const recorded = await recordedBy(server, async () => {
    for (const path of paths) expect((await call(server, 'GET', path, { token })).status).toBe(200);
  });
  expect(recorded).toEqual([]);
});
