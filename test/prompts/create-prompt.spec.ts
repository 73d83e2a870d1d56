import { call } from '../support/api.js';
import { anOrganization, aUser, addMember, type TestUser } from '../support/users.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

const create = (json: object, token = alice.key) => call(server, 'POST', '/v1/prompts', { token, json });
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const exists = { error: 'CONFLICT', message: 'prompt already exists' };

describe('201', () => {
  it('answers the prompt and nothing else', async () => {
    const { status, body } = await create({ name: 'greeting', description: 'Says hello.', tags: ['fun', 'short'] });
    expect([status, body]).toEqual([
      201,
      {
        id: uuid,
        name: 'greeting',
        description: 'Says hello.',
        owner_id: alice.id,
        owner_username: 'alice',
        visibility: 'public',
        tags: ['fun', 'short'],
        download_count: 0,
        created_at: time,
        updated_at: time,
      },
    ]);
    expect(body.created_at).toBe(body.updated_at);
  });

  it('has no tags and is public unless said otherwise', async () => {
    const { body } = await create({ name: 'defaults', description: '' });
    expect([body.tags, body.visibility, body.description]).toEqual([[], 'public', '']);
    expect((await create({ name: 'hidden', description: '', visibility: 'private' })).body.visibility).toBe('private');
  });

  it.each(['a', '0', 'a-b', '1-2-3', 'x'.repeat(64)])('takes the name %s', async (name) => {
    expect((await create({ name, description: '' })).status).toBe(201);
  });

  it('keeps text unchanged', async () => {
    const description = '  \u00e9 e\u0301 \ud83d\ude00 <b>"\\\n\t ';
    const tags = ['Tag', 'tag', ' tag ', 'NULL', 'null', '"', '\\', '\n', '{}', 'a,b', '\u00e9', '\u2028'];
    const { body } = await create({ name: 'exact', description, tags });
    expect([body.description, body.tags]).toEqual([description, tags]);
  });

  it('keeps each tag once', async () => {
    expect((await create({ name: 'twice', description: '', tags: ['a', 'b', 'a'] })).body.tags).toEqual(['a', 'b']);
  });

  it('allows the same name for several owners', async () => {
    const bob = await aUser(server);
    expect((await create({ name: 'shared', description: '' })).status).toBe(201);
    expect((await create({ name: 'shared', description: '' }, bob.key)).status).toBe(201);
  });

  it('creates it in an organization, by its slug in upper or lower case or its id', async () => {
    const organization = await anOrganization(server, { memberAccess: 'write' });
    await addMember(server, organization, alice);
    for (const [name, owner] of Object.entries({
      slug: organization.slug,
      capitals: organization.slug.toUpperCase(),
      id: organization.id,
    })) {
      const { status, body } = await create({ name, description: '', owner });
      expect([status, body.owner_id, body.owner_username]).toEqual([201, organization.id, organization.slug]);
    }
  });

  it('lets every user create one in the workspace', async () => {
    expect((await create({ name: 'ours', description: '', owner: 'workspace' })).body.owner_username).toBe('workspace');
  });
});

describe('409', () => {
  it('for a name that the owner already uses', async () => {
    await create({ name: 'taken', description: '' });
    const { status, body } = await create({ name: 'taken', description: 'Another.' });
    expect([status, body]).toEqual([409, exists]);
  });

  it('for nine of ten with the same name at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const json = { name: `race-${round}`, description: '' };
      const answers = await Promise.all(Array.from({ length: 10 }, () => create(json)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    }
  });
});

describe('422', () => {
  it.each([
    '',
    '-',
    '-a',
    'a-',
    'a--b',
    'A',
    'Greeting',
    'a_b',
    'a.b',
    'a b',
    ' a',
    'a\n',
    'a/b',
    'caf\u00e9',
    '\u0430',
    '..',
    'x'.repeat(65),
  ])('for the name "%s"', async (name) => {
    const { status, body } = await create({ name, description: '' });
    expect([status, body.error, body.message]).toEqual([422, 'VALIDATION_ERROR', 'validation failed']);
    expect(Object.keys(body.details)).toEqual(['name']);
  });

  it.each([
    [{}, ['description', 'name']],
    [
      { name: 1, description: 2, tags: 3, visibility: 4, owner: 5 },
      ['description', 'name', 'owner', 'tags', 'visibility'],
    ],
    [{ name: 'n', description: null }, ['description']],
    [{ name: 'n', description: 'd'.repeat(4001) }, ['description']],
    [{ name: 'n', description: '', tags: ['ok', '', 'x'.repeat(101)] }, ['tags.1', 'tags.2']],
    [{ name: 'n', description: '', visibility: 'Public' }, ['visibility']],
  ])('names every field that is wrong in %j', async (json, fields) => {
    const { status, body } = await create(json);
    expect([status, Object.keys(body.details).sort()]).toEqual([422, fields]);
  });
});

describe('403 and 404', () => {
  it('for other users and unknown owners', async () => {
    const bob = await aUser(server);
    const notOwner = { error: 'FORBIDDEN', message: 'not prompt owner' };
    const theirs = await create({ name: 'theirs', description: '', owner: bob.username });
    expect([theirs.status, theirs.body]).toEqual([403, notOwner]);
    const unused = await create({ name: 'nobodys', description: '', owner: 'nobody' });
    expect([unused.status, unused.body]).toEqual([404, { error: 'NOT_FOUND', message: 'owner not found' }]);
  });

  it('for members of an organization whose members only read', async () => {
    const organization = await anOrganization(server, { memberAccess: 'read' });
    await addMember(server, organization, alice);
    expect((await create({ name: 'n', description: '', owner: organization.slug })).status).toBe(403);
  });
});
