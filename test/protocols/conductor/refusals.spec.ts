import { call } from '../../support/api.js';
import { aKey, anOrganization, aUser, addMember, type TestUser } from '../../support/users.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { ask, aTemplate, list, pathOf, read, saveTemplate } from './templates.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = await Promise.all([aUser(server), aUser(server)]);
  await aTemplate(server, alice.key, 'hers', 'Text');
});
afterAll(() => server.stop());

type Asked = readonly [method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body: string | undefined];

const every = (name: string): readonly Asked[] => [
  ['PUT', `${pathOf(name)}?description=d`, 'Text'],
  ['POST', `${pathOf(name)}?description=d`, 'Text'],
  ['GET', pathOf(name), undefined],
  ['GET', `${pathOf(name)}/versions`, undefined],
  ['DELETE', pathOf(name), undefined],
  ['DELETE', `${pathOf(name)}/versions/1`, undefined],
  ['GET', `${pathOf(name)}/tags`, undefined],
  ['PUT', `${pathOf(name)}/tags`, '[]'],
  ['DELETE', `${pathOf(name)}/tags`, '[]'],
];
const send = ([method, path, body]: Asked, token: string) =>
  ask(server, method, path, token, body === undefined ? {} : { body });
const refused = (status: number, message: unknown) => ({
  status,
  message,
  instance: expect.any(String),
  retryable: status >= 500,
});

it.each(every('hers'))('is 403 for callers without access: %s %s', async (...request) => {
  const answer = await send(request, bob.key);
  const action = {
    GET: 'READ',
    PUT: 'UPDATE',
    POST: 'UPDATE',
    DELETE: request[1].endsWith('/tags') ? 'UPDATE' : 'DELETE',
  }[request[0]];
  expect([answer.status, answer.body]).toEqual([403, refused(403, `no ${action} access to the prompt`)]);
  expect((await read(server, alice.key, 'hers')).template).toBe('Text');
});

it.each(every('hers').filter(([method]) => method !== 'GET'))(
  'is 403 for callers who may only read: %s %s',
  async (...request) => {
    const json = { items: [{ principal_type: 'user', principal: bob.id, permission: 'read' }] };
    await call(server, 'PUT', '/v1/prompts/workspace/hers/grants', { token: server.adminKey, json });
    expect((await send(request, bob.key)).status).toBe(403);
    expect((await read(server, bob.key, 'hers')).template).toBe('Text');
    await call(server, 'PUT', '/v1/prompts/workspace/hers/grants', { token: server.adminKey, json: { items: [] } });
  },
);

it.each(every('nowhere').filter(([method, path]) => method === 'GET' || method === 'DELETE' || path.endsWith('/tags')))(
  'is 404 for a missing prompt: %s %s',
  async (...request) => {
    const answer = await send(request, alice.key);
    expect([answer.status, answer.body]).toEqual([404, refused(404, 'prompt not found')]);
  },
);

it.each([
  ['GET', '?version=2'],
  ['DELETE', '/versions/2'],
])('is 404 for a missing version: %s %s', async (method, path) => {
  const answer = await ask(server, method, `${pathOf('hers')}${path}`, alice.key);
  expect([answer.status, answer.body]).toEqual([404, refused(404, 'version not found')]);
});

it('requires only a description', async () => {
  for (const method of ['PUT', 'POST']) {
    const answer = await ask(server, method, pathOf('undescribed'), alice.key, { body: 'Text' });
    expect([answer.status, answer.body]).toEqual([400, refused(400, 'description is required')]);
  }
});

it.each(['0', '-1', '1.5', 'x', '', '01', '1e3', '0x1', ' 1', '1000000001', '99999999999'])(
  'refuses a version that is not a positive integer: "%s"',
  async (version) => {
    const answer = await saveTemplate(server, alice.key, 'versioned', 'Text', { query: { version } });
    expect([answer.status, answer.body.message]).toEqual([
      400,
      expect.stringMatching(/^version must be a whole number from 1 to/),
    ]);
    if (version === '1000000001') return;
    expect(
      (await ask(server, 'GET', `${pathOf('hers')}?version=${encodeURIComponent(version)}`, alice.key)).status,
    ).toBe(400);
    if (version === '') return;
    const path = `${pathOf('hers')}/versions/${encodeURIComponent(version)}`;
    expect((await ask(server, 'DELETE', path, alice.key)).status).toBe(400);
  },
);

it.each([
  ['version twice', { version: ['1', '2'] }],
  ['a description twice', { description: ['a', 'b'] }],
  ['a description of more than 4000 characters', { description: 'x'.repeat(4001) }],
  ['a description with a NUL', { description: 'a\0b' }],
  ['more than 100 models', { models: Array.from({ length: 101 }, (_, index) => `p:m${index}`) }],
  ['a model with a NUL', { models: 'a:\0' }],
  ['an autoIncrement that is neither', { autoIncrement: 'yes' }],
])('refuses %s with 400', async (_, query) => {
  const answer = await saveTemplate(server, alice.key, 'refused', 'Text', { method: 'POST', query });
  expect([answer.status, answer.body]).toEqual([400, refused(400, expect.any(String))]);
});

it('refuses a query whose bytes do not decode', async () => {
  const answer = await ask(server, 'PUT', `${pathOf('refused')}?description=%ff`, alice.key, { body: 'Text' });
  expect(answer.status).toBe(400);
});

it.each(['id', 'create', 'list', 'tags', 'test', 'command'])('refuses the name %s, and says why', async (name) => {
  const answer = await saveTemplate(server, alice.key, name, 'Text');
  const reason = 'name must be none of id, create, list, tags, test, command, which are paths of the protocol';
  expect([answer.status, answer.body.message]).toEqual([400, reason]);
});

it.each([
  ['a line break', 'a\nb'],
  ['a NUL', 'a\0b'],
  ['nothing to see', '   '],
  ['256 characters', 'x'.repeat(256)],
  ['a separator of lines', 'a\u2028b'],
])('refuses a name with %s', async (_, name) => {
  const answer = await saveTemplate(server, alice.key, name, 'Text');
  expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(/^name must be/)]);
});

describe('a key', () => {
  it('with the read scope only is refused every change', async () => {
    const key = await aKey(server, alice.id, { scopes: ['prompts:read'] });
    for (const request of every('hers'))
      expect((await send(request, key)).status).toBe(request[0] === 'GET' ? 200 : 403);
  });

  it('that is bound to another owner acts there', async () => {
    const organization = await anOrganization(server, { memberAccess: 'write' });
    await addMember(server, organization, alice);
    const key = await aKey(server, alice.id, { ownerId: organization.id });
    expect((await ask(server, 'GET', pathOf('hers'), key)).status).toBe(404);
    await aTemplate(server, key, 'hers', 'Elsewhere');
    expect((await read(server, key, 'hers')).template).toBe('Elsewhere');
    expect((await list(server, key)).map(({ template }) => template)).toEqual(['Elsewhere']);
    expect((await read(server, alice.key, 'hers')).template).toBe('Text');
    const { body } = await call(server, 'GET', `/v1/prompts/${organization.slug}/hers/resolve`, { token: alice.key });
    expect(body.content).toBe('Elsewhere');
  });

  it('that is bound to an owner where its user may not write creates nothing', async () => {
    const organization = await anOrganization(server, { memberAccess: 'read' });
    await addMember(server, organization, alice);
    const key = await aKey(server, alice.id, { ownerId: organization.id });
    expect((await saveTemplate(server, key, 'anything', 'Text')).status).toBe(403);
  });

  it('that is bound to one prompt reads and writes only that prompt', async () => {
    const { body } = await call(server, 'GET', '/v1/prompts/workspace/hers', { token: alice.key });
    await aTemplate(server, alice.key, 'another', 'Text');
    const key = await aKey(server, alice.id, { promptId: body.id });
    expect((await list(server, key)).map(({ name }) => name)).toEqual(['hers']);
    expect((await saveTemplate(server, key, 'hers', 'Text')).status).toBe(200);
    for (const name of ['another', 'a new one'])
      expect((await saveTemplate(server, key, name, 'Text')).status).toBe(403);
  });
});

it('is 401 without a token, in the form of the protocol', async () => {
  for (const [method, path, body] of every('hers')) {
    const answer = await call(server, method, path, body === undefined ? {} : { body });
    expect([answer.status, answer.body.status]).toEqual([401, 401]);
  }
});
