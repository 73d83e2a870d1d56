import { crc32 } from 'node:zlib';
import { hashApiKey } from '../../src/auth/credentials/api-keys/api-key-secret.js';
import { call } from '../support/api.js';
import { aKey, anOrganization, aUser, addMember, type TestUser } from '../support/users.js';
import { aPrompt, uploadVersion } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

const create = (token: string, json: object) => call(server, 'POST', '/v1/api-keys', { token, json });
const list = (token: string) => call(server, 'GET', '/v1/api-keys', { token });
const revoke = (token: string, id: string) => call(server, 'DELETE', `/v1/api-keys/${id}`, { token });
const me = (token: string) => call(server, 'GET', '/v1/me', { token });
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const beyond = { error: 'FORBIDDEN', message: 'beyond the rights of these credentials' };

it('that is created with a name only may read, write and publish, without expiry', async () => {
  const { status, body } = await create(alice.key, { name: 'laptop' });
  expect([status, body]).toEqual([
    201,
    {
      id: uuid,
      name: 'laptop',
      key: expect.any(String),
      scopes: ['prompts:read', 'prompts:write', 'versions:publish'],
      parent_id: uuid,
      expires_at: null,
      created_at: time,
    },
  ]);
  expect((await me(body.key)).body.id).toBe(alice.id);
});

it('is 256 random bits in base 62 with a checksum', async () => {
  const keys = [await create(alice.key, { name: 'a' }), await create(alice.key, { name: 'b' })].map(
    ({ body }) => body.key,
  );
  const [first = '', second] = keys;
  expect(first).not.toBe(second);
  expect(first).toMatch(/^pyd_[0-9A-Za-z]{49}$/);
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const numberOf = (digits: string) =>
    [...digits].reduce((sum, digit) => sum * 62n + BigInt(alphabet.indexOf(digit)), 0n);
  expect(numberOf(first.slice(4, 47)) < 2n ** 256n).toBe(true);
  expect(numberOf(first.slice(47))).toBe(BigInt(crc32(first.slice(4, 47))));
});

it('is stored as its hash, and shown once', async () => {
  const { body } = await create(alice.key, { name: 'shown once' });
  const { rows } = await server.database.pool.query('select * from api_key where id = $1', [body.id]);
  expect(rows[0].hash.equals(hashApiKey(body.key))).toBe(true);
  expect(JSON.stringify(rows)).not.toContain(body.key);
  expect((await list(alice.key)).text).not.toContain(body.key);
});

it('with a typing mistake is refused without a database query', async () => {
  const { key } = (await create(alice.key, { name: 'typo' })).body;
  const last = key.endsWith('0') ? '1' : '0';
  const typo = key.slice(0, -1) + last;
  await server.database.pool.query(
    'insert into api_key (id, user_id, name, hash, scopes) values ($1, $2, $3, $4, $5)',
    [crypto.randomUUID(), alice.id, 'has the hash of the typo', hashApiKey(typo), ['prompts:read']],
  );
  expect((await me(typo)).status).toBe(401);
});

it('is listed without the key, oldest first, to its user only', async () => {
  const user = await aUser(server);
  const created = [await create(user.key, { name: 'one' }), await create(user.key, { name: 'two' })];
  const { body } = await list(user.key);
  const { key: _key, ...info } = created[0]?.body ?? { key: '' };
  expect(body).toEqual({ items: expect.any(Array) });
  expect(body.items.map(({ name }) => name)).toEqual(['of a test', 'one', 'two']);
  expect(body.items[1]).toEqual({ ...info, expires_soon: false, last_used_at: null });
});

it('is refused and no longer listed as soon as it is revoked', async () => {
  const { id, key } = (await create(alice.key, { name: 'short-lived' })).body;
  const { status, text } = await revoke(alice.key, id);
  expect([status, text]).toEqual([204, '']);
  expect((await me(key)).status).toBe(401);
  expect((await list(alice.key)).text).not.toContain(id);
  expect((await revoke(alice.key, id)).status).toBe(404);
});

it('can revoke itself', async () => {
  const { id, key } = (await create(alice.key, { name: 'suicidal' })).body;
  expect((await revoke(key, id)).status).toBe(204);
  expect((await me(key)).status).toBe(401);
});

it.each(['not-an-id', '00000000-0000-4000-8000-000000000000', '%00'])('with the id %s is 404', async (id) => {
  const { status, body } = await revoke(alice.key, id);
  expect([status, body]).toEqual([404, { error: 'NOT_FOUND', message: 'api key not found' }]);
});

it('of another user is 404', async () => {
  const mallory = await aUser(server);
  const { id, key } = (await create(alice.key, { name: 'mine' })).body;
  expect((await revoke(mallory.key, id)).status).toBe(404);
  expect((await revoke(server.adminKey, id)).status).toBe(404);
  expect((await me(key)).status).toBe(200);
});

it('expires at its expiry time', async () => {
  const { status, body } = await create(alice.key, {
    name: 'brief',
    expires_at: new Date(Date.now() + 800).toISOString(),
  });
  expect([status, body.expires_at]).toEqual([201, time]);
  expect((await me(body.key)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await me(body.key)).status).toBe(401);
});

it('accepts an expiry time with an offset, and shows it in UTC', async () => {
  const { body } = await create(alice.key, { name: 'offset', expires_at: '2099-01-01T02:00:00+02:00' });
  expect(body.expires_at).toBe('2099-01-01T00:00:00.000Z');
});

it.each([
  [{}, ['name']],
  [{ name: '' }, ['name']],
  [{ name: 'n'.repeat(101) }, ['name']],
  [{ name: 'n', scopes: [] }, ['scopes']],
  [{ name: 'n', scopes: ['everything'] }, ['scopes.0']],
  [{ name: 'n', scopes: 'admin' }, ['scopes']],
  [{ name: 'n', expires_at: '2020-01-01T00:00:00Z' }, ['expires_at']],
  [{ name: 'n', expires_at: 'tomorrow' }, ['expires_at']],
  [{ name: 'n', expires_at: 4_102_444_800 }, ['expires_at']],
])('is refused for %j', async (json, fields) => {
  const { status, body } = await create(alice.key, json);
  expect([status, Object.keys(body.details)]).toEqual([422, fields]);
});

describe('creates only keys within its own rights:', () => {
  it('no scope that it lacks', async () => {
    const reader = await aKey(server, alice.id, { scopes: ['prompts:read'] });
    expect((await create(reader, { name: 'same', scopes: ['prompts:read'] })).status).toBe(201);
    const wider = await create(reader, { name: 'wider', scopes: ['prompts:read', 'prompts:write'] });
    expect([wider.status, wider.body]).toEqual([403, beyond]);
    expect((await create(reader, { name: 'default' })).status).toBe(403);
  });

  it('admin for admins only', async () => {
    expect((await create(alice.key, { name: 'a', scopes: ['admin'] })).body).toEqual(beyond);
    expect((await create(server.adminKey, { name: 'a', scopes: ['admin'] })).status).toBe(201);
    const scoped = await aKey(server, alice.id, { scopes: ['prompts:read', 'admin'] });
    expect((await call(server, 'GET', '/v1/users', { token: scoped })).status).toBe(403);
    expect((await create(scoped, { name: 'a', scopes: ['admin'] })).body).toEqual(beyond);
  });

  it('within its binding to an owner', async () => {
    const bound = await aKey(server, alice.id, { ownerId: alice.id });
    expect((await create(bound, { name: 'free' })).body).toEqual(beyond);
    expect((await create(bound, { name: 'elsewhere', owner: 'workspace' })).body).toEqual(beyond);
    const same = await create(bound, { name: 'same', owner: 'alice' });
    expect([same.status, same.body.owner_id]).toEqual([201, alice.id]);
  });

  it('within its binding to a prompt', async () => {
    const [mine, other] = [await aPrompt(server).ownedBy(alice).make(), await aPrompt(server).ownedBy(alice).make()];
    const bound = await aKey(server, alice.id, { promptId: mine.id });
    expect((await create(bound, { name: 'free' })).body).toEqual(beyond);
    expect((await create(bound, { name: 'other', prompt: other.id })).body).toEqual(beyond);
    expect((await create(bound, { name: 'same', prompt: mine.id.toUpperCase() })).status).toBe(201);
  });

  it('and sees and revokes only keys within its binding', async () => {
    const user = await aUser(server);
    const narrow = await aKey(server, user.id, { scopes: ['prompts:read'] });
    const { id } = (await create(user.key, { name: 'wide' })).body;
    expect((await list(narrow)).body.items.map(({ scopes }) => scopes)).toEqual([['prompts:read']]);
    expect((await revoke(narrow, id)).status).toBe(404);
  });
});

describe('that is bound to an owner', () => {
  it('creates prompts for that owner only', async () => {
    const organization = await anOrganization(server, { memberAccess: 'write' });
    await addMember(server, organization, alice, 'owner');
    const { key } = (await create(alice.key, { name: 'bound', owner: organization.slug })).body;
    const make = (json: object) => call(server, 'POST', '/v1/prompts', { token: key, json });
    const created = await make({ name: 'there', description: '' });
    expect([created.status, created.body.owner_username]).toEqual([201, organization.slug]);
    const elsewhere = await make({ name: 'elsewhere', description: '', owner: 'alice' });
    expect([elsewhere.status, elsewhere.body]).toEqual([
      403,
      { error: 'FORBIDDEN', message: 'the API key is bound to another owner or prompt' },
    ]);
  });

  it('has no access to its user’s other private prompts', async () => {
    const organization = await anOrganization(server);
    const { key } = (await create(alice.key, { name: 'bound', owner: organization.id })).body;
    const [open, hidden] = [
      await aPrompt(server).ownedBy(alice).make(),
      await aPrompt(server).ownedBy(alice).private().make(),
    ];
    expect((await call(server, 'GET', open.path, { token: key })).status).toBe(200);
    expect((await call(server, 'GET', hidden.path, { token: key })).status).toBe(404);
    expect((await uploadVersion(server, open, key, '1.0.0')).status).toBe(403);
    expect((await uploadVersion(server, hidden, key, '1.0.0')).status).toBe(404);
  });

  it('needs an existing owner', async () => {
    const { status, body } = await create(alice.key, { name: 'n', owner: 'nobody' });
    expect([status, body]).toEqual([404, { error: 'NOT_FOUND', message: 'owner not found' }]);
  });
});

describe('that is bound to a prompt', () => {
  it('publishes it, and nothing else', async () => {
    const [mine, other] = [await aPrompt(server).ownedBy(alice).make(), await aPrompt(server).ownedBy(alice).make()];
    const { key } = (await create(alice.key, { name: 'release', prompt: mine.id })).body;
    expect((await uploadVersion(server, mine, key, '1.0.0')).status).toBe(201);
    expect((await uploadVersion(server, other, key, '1.0.0')).status).toBe(403);
    const created = await call(server, 'POST', '/v1/prompts', { token: key, json: { name: 'new', description: '' } });
    expect(created.status).toBe(403);
  });

  it('needs a prompt that its user may read', async () => {
    const hidden = await aPrompt(server)
      .ownedBy(await aUser(server))
      .private()
      .make();
    for (const prompt of [hidden.id, 'no-id', '00000000-0000-4000-8000-000000000000']) {
      const { status, body } = await create(alice.key, { name: 'n', prompt });
      expect([status, body]).toEqual([404, { error: 'NOT_FOUND', message: 'prompt not found' }]);
    }
  });
});
