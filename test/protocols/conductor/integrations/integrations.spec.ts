import { call } from '../../../support/api.js';
import { aKey, anOrganization, aUser, addMember, type TestUser, userScopes } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aProvider, ask, saveModel, saveProvider } from './integration-calls.js';

const secret = 'sk-never-seen-again-42';
const base = '/api/integrations/provider';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  user = await aUser(server);
});
afterAll(() => server.stop());

const read = (path: string, token = user.key) => ask(server, 'GET', `${base}${path}`, token);

describe('a provider', () => {
  it('is saved with an empty answer and read without its configuration', async () => {
    const before = Date.now();
    const saved = await saveProvider(server, 'openai', { configuration: { api_key: secret, region: 'eu' } });
    expect({ status: saved.status, text: saved.text, length: saved.headers.get('content-length') }).toEqual({
      status: 200,
      text: '',
      length: '0',
    });
    expect(saved.headers.get('content-type')).toBeNull();
    const { status, body, text } = await read('/openai');
    const { createTime, updateTime } = body;
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        name: 'openai',
        type: 'openai',
        category: 'AI_MODEL',
        description: 'Provider openai',
        enabled: true,
        restricted: false,
        modelsCount: 0,
        tags: [],
        createdBy: 'admin',
        updatedBy: 'admin',
        createTime,
        updateTime,
        createdOn: createTime,
        updatedOn: updateTime,
      },
    });
    expect(Number.isInteger(createTime)).toBe(true);
    expect(Number(createTime)).toBeGreaterThanOrEqual(before - 1);
    expect(text).not.toContain(secret);
  });

  it('is stored encrypted, differently each time', async () => {
    const stored = async () => {
      const { rows } = await server.database.pool.query<{ configuration: Buffer }>(
        `select configuration from integration where name = 'sealed'`,
      );
      return rows[0]?.configuration ?? Buffer.alloc(0);
    };
    await saveProvider(server, 'sealed', { configuration: { api_key: secret } });
    const first = await stored();
    await saveProvider(server, 'sealed', { configuration: { api_key: secret } });
    const second = await stored();
    expect([first.includes(secret), second.includes(secret)]).toEqual([false, false]);
    expect(first.equals(second)).toBe(false);
    const dump = await server.database.pool.query('select to_jsonb(t) from audit_entry t');
    expect(JSON.stringify(dump.rows)).not.toContain(secret);
  });

  it('is created once by ten requests at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => saveProvider(server, 'raced')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const { rows } = await server.database.pool.query(`select 1 from integration where name = 'raced'`);
    expect(rows).toHaveLength(1);
  });

  it('is deleted with its models', async () => {
    await aProvider(server, 'gone');
    const gone = await ask(server, 'DELETE', `${base}/gone`, server.adminKey);
    expect([gone.status, gone.text]).toEqual([200, '']);
    expect([(await read('/gone')).status, (await read('/gone/integration/mini')).status]).toEqual([404, 404]);
    const again = await ask(server, 'DELETE', `${base}/gone`, server.adminKey);
    expect([again.status, again.body.message]).toEqual([404, 'integration not found: gone']);
  });

  it('may have any printable name without the separators of model lists', async () => {
    const name = 'Zoë’s models/v2 (50% +)';
    expect((await saveProvider(server, encodeURIComponent(name))).status).toBe(200);
    expect((await read(`/${encodeURIComponent(name)}`)).body.name).toBe(name);
    const refused = ['a:b', 'a,b', 'a\u0007b', 'x'.repeat(256)];
    const answers = await Promise.all(refused.map((each) => saveProvider(server, encodeURIComponent(each))));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  });

  it.each([
    ['no type', { type: undefined }, 'type is required'],
    ['a category without models', { category: 'VECTOR_DB' }, 'category must be one of AI_MODEL'],
    ['a key that is no text', { configuration: { api_key: 7 } }, 'configuration.api_key must be a string'],
    [
      'a configuration beyond all measure',
      { configuration: { note: 'x'.repeat(70_000) } },
      'configuration must be at most 65536 characters as JSON',
    ],
  ])('is refused with %s', async (_, input, message) => {
    const { status, body } = await saveProvider(server, 'refused', input as object);
    expect({ status, message: body.message }).toEqual({ status: 400, message });
  });
});

describe('a model', () => {
  beforeAll(async () => {
    await saveProvider(server, 'models');
  });

  it('is saved, read, listed and deleted', async () => {
    await saveModel(server, 'models', 'b:7b-q4');
    await saveModel(server, 'models', 'a', { enabled: false, description: 'Old' });
    const { body } = await read('/models/integration/b:7b-q4');
    expect(body).toMatchObject({
      api: 'b:7b-q4',
      integrationName: 'models',
      enabled: true,
      description: 'Model b:7b-q4',
    });
    const list = async (query = '') => {
      const answered = await read(`/models/integration${query}`);
      return (answered.body as unknown as { api: string }[]).map(({ api }) => api);
    };
    expect([await list(), await list('?activeOnly=true')]).toEqual([['a', 'b:7b-q4'], ['b:7b-q4']]);
    const gone = await ask(server, 'DELETE', `${base}/models/integration/a`, server.adminKey);
    expect([gone.status, gone.text, await list()]).toEqual([200, '', ['b:7b-q4']]);
    expect((await read('/models/integration/a')).body.message).toBe('integration not found: models:a');
  });

  it('needs its provider', async () => {
    const answers = [
      await saveModel(server, 'nobody', 'mini'),
      await read('/nobody/integration'),
      await ask(server, 'DELETE', `${base}/nobody/integration/mini`, server.adminKey),
    ];
    expect(answers.map(({ status, body }) => [status, body.message])).toEqual(
      Array(3).fill([404, 'integration not found: nobody']),
    );
  });
});

describe('the list of providers', () => {
  it('is sorted by name, and filtered', async () => {
    await saveProvider(server, 'zz-off', { enabled: false });
    const names = async (query: string) => {
      const { body } = await read(query);
      return (body as unknown as { name: string }[]).map(({ name }) => name);
    };
    const all = await names('');
    expect(all).toEqual([...all].sort());
    expect(all).toContain('zz-off');
    expect(await names('?category=AI_MODEL&activeOnly=true')).toEqual(all.filter((name) => name !== 'zz-off'));
    expect(await names('?category=VECTOR_DB')).toEqual([]);
  });
});

describe('rights', () => {
  it('to write belong to administrators', async () => {
    await aProvider(server, 'guarded');
    const json = { type: 'openai' };
    const calls = [
      ['POST', '/guarded'],
      ['DELETE', '/guarded'],
      ['POST', '/guarded/integration/mini'],
      ['DELETE', '/guarded/integration/mini'],
    ] as const;
    for (const [method, path] of calls) {
      const { status, body } = await ask(server, method, base + path, user.key, { json });
      expect([status, body.message]).toEqual([403, 'admins only']);
    }
    const admin = await call(server, 'GET', '/v1/me', { token: server.adminKey });
    const unscoped = await aKey(server, admin.body.id, { scopes: userScopes });
    expect((await ask(server, 'DELETE', `${base}/guarded`, unscoped)).status).toBe(403);
    expect((await read('/guarded')).body.modelsCount).toBe(1);
  });

  it('need credentials, of this protocol', async () => {
    const { status, body } = await call(server, 'GET', base, { token: server.adminKey });
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'INVALID_TOKEN' });
  });

  it("are limited by a key's binding: each owner has its own integrations", async () => {
    await aProvider(server, 'of-the-workspace');
    const organization = await anOrganization(server);
    const member = await aUser(server);
    await addMember(server, organization, member);
    const bound = await aKey(server, member.id, { ownerId: organization.id });
    expect((await read('/of-the-workspace', bound)).status).toBe(404);
    expect((await read('/of-the-workspace', member.key)).status).toBe(200);
  });

  it('to use belong to members only, with any binding of a key', async () => {
    const organization = await anOrganization(server);
    const [member, outsider] = [await aUser(server), await aUser(server)];
    await addMember(server, organization, member);
    const bound = (userId: string, scopes = userScopes) => aKey(server, userId, { ownerId: organization.id, scopes });
    const admin = await call(server, 'GET', '/v1/me', { token: server.adminKey });
    const adminKey = await bound(admin.body.id, [...userScopes, 'admin']);
    await aProvider({ ...server, adminKey }, 'of-the-organization', { type: 'cohere' });
    const json = { llmProvider: 'of-the-organization', model: 'mini', prompt: 'Hello' };
    const statuses = async (key: string) => [
      (await read('/of-the-organization', key)).status,
      (await ask(server, 'POST', '/api/prompts/test', key, { json })).status,
    ];
    // The member passes the access check; the type of the provider has no client.
    expect(await statuses(await bound(member.id))).toEqual([200, 400]);
    expect(await statuses(await bound(outsider.id))).toEqual([404, 404]);
    expect(await statuses(member.key)).toEqual([404, 404]);
  });
});

it('records saves and deletions with their actor and protocol', async () => {
  await aProvider(server, 'recorded', { configuration: { api_key: secret } });
  await ask(server, 'DELETE', `${base}/recorded/integration/mini`, server.adminKey);
  await ask(server, 'DELETE', `${base}/recorded`, server.adminKey);
  const { body } = await call(server, 'GET', '/v1/audit?action=integration&limit=4', { token: server.adminKey });
  expect(
    body.items.map(({ action, subject, actor, protocol, details }) => ({ action, subject, actor, protocol, details })),
  ).toEqual(
    [
      ['integration.delete', 'workspace/recorded', {}],
      ['integration.delete', 'workspace/recorded:mini', {}],
      ['integration.save', 'workspace/recorded:mini', { enabled: true }],
      ['integration.save', 'workspace/recorded', { type: 'openai', enabled: true, restricted: null, configured: true }],
    ].map(([action, subject, details]) => ({ action, subject, actor: 'admin', protocol: 'conductor', details })),
  );
});
