import { call } from '../support/api.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { ask, fieldsOf } from './recipes/asking.js';
import { document, type DocumentedOperation, operations } from './document.js';
import { createApiFixtures, type ApiFixtures } from './requests/requests.js';

// A PATCH changes the given fields and reports unknown ones, because a mistyped field must not look like a success.

let server: OpenTestServer;
let fixtures: ApiFixtures;
beforeAll(async () => {
  server = await startOpenTestServer();
  fixtures = await createApiFixtures(server);
});
afterAll(() => server.stop());

const patches = operations.filter(({ method, path }) => method === 'patch' && path.startsWith('/v1/'));

/** The schema of the operation's body. */
function schemaOf({ raw }: DocumentedOperation) {
  const { requestBody } = raw;
  const schema = requestBody && 'content' in requestBody ? requestBody.content['application/json']?.schema : undefined;
  const name = schema && '$ref' in schema ? schema.$ref.split('/').at(-1) : undefined;
  return name === undefined ? schema : document.components?.schemas?.[name];
}

/** The good request with other fields, or with some more. */
const askWith = (operation: DocumentedOperation, change: (good: object) => object) =>
  ask({ fixtures }, operation, ({ token, options }) => ({ token, options: { ...options, body: change(fieldsOf(options)) } }));

it('finds the operations that change something', () => {
  expect(patches.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['updateGroup', 'updateOrganization', 'updatePrompt', 'updateUser', 'updateVersion']),
  );
});

describe.each(patches)('$id', (operation) => {
  it('is documented to take no other fields', () => {
    expect(schemaOf(operation)).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it.each(['frobnicate', 'id', 'owner', 'active', 'Title', '', 'a.b', 'toString'])(
    'refuses the field %j beside good ones, and names it',
    async (field) => {
      const { status, body } = await askWith(operation, (good) => ({ ...good, [field]: 'x' }));
      expect([status, body.error, body.details]).toEqual([422, 'VALIDATION_ERROR', { [field]: 'is not known here' }]);
    },
  );

  it('names all fields that it does not know, up to a limit', async () => {
    const some = { one: 1, two: { deep: 2 } };
    expect(Object.keys((await askWith(operation, (good) => ({ ...good, ...some }))).body.details)).toEqual(['one', 'two']);
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, 1]));
    const { status, body } = await askWith(operation, (good) => ({ ...good, ...many }));
    expect([status, Object.keys(body.details).length]).toEqual([422, 101]);
  });

  it('refuses to change nothing', async () => {
    const { status, body } = await askWith(operation, () => ({}));
    expect([status, body.error]).toEqual([422, 'VALIDATION_ERROR']);
    expect(Object.values(body.details)).toEqual(['names nothing that can be changed']);
  });

  it('takes the good request', async () => {
    expect((await askWith(operation, (good) => good)).status).toBe(200);
  });
});

describe('the identity in a body', () => {
  it.each([
    [{ version: '1.0.0' }, 200],
    [{ name: 'own', version: '1.0.0' }, 200],
    [{ version: '1.0.1' }, 422],
    [{ name: 'other' }, 422],
    [{ name: 'own', version: '1.0.0+build' }, 422],
  ])("must equal that of a version's path: %j is %d", async (identity, expected) => {
    const { alice, prompt } = fixtures;
    const named = 'name' in identity && identity.name === 'own' ? { ...identity, name: prompt.name } : identity;
    const path = `/v1/prompts/${alice.username}/${prompt.name}/versions/1.0.0`;
    const patch = (json: object) => call(server, 'PATCH', path, { token: alice.key, json });
    const { status, body } = await patch({ deprecated: 'use another', ...named });
    expect(status).toBe(expected);
    if (expected === 422) expect(Object.values(body.details)).toEqual(['must be that of the path']);
    const alone = await patch(named);
    expect([alone.status, alone.body.details]).toEqual([422, { body: 'names nothing that can be changed' }]);
  });

  it('is not compared for callers who may not read the prompt', async () => {
    const { bob } = fixtures;
    const hidden = await call(server, 'POST', '/v1/prompts', {
      token: fixtures.alice.key,
      json: { name: 'hidden', description: '', visibility: 'private' },
    });
    const json = { title: 'T', name: 'other' };
    const url = `/v1/prompts/${hidden.body.id}`;
    expect((await call(server, 'PATCH', url, { token: bob.key, json })).status).toBe(404);
    expect((await call(server, 'PATCH', url, { token: fixtures.alice.key, json })).status).toBe(422);
  });
});
