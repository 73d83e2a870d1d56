import { call } from '../../../support/api.js';
import { aGroup } from '../../../support/grants.js';
import { aKey, anOrganization, aUser, addMember, type TestUser } from '../../../support/users.js';
import { aPrompt } from '../../../support/prompts.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { read } from '../../conductor/templates.js';
import { aCommand, asCommand, readForAll, openWebUi, type OpenWebUi, startWithUser } from '../commands.js';
import { historyOf, prohibited, refusal, taken, upTo } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let alicesClient: OpenWebUi;
beforeAll(async () => {
  ({ server, alice, alicesClient } = await startWithUser());
});
afterAll(() => server.stop());

let count = 0;
let command = '';
beforeEach(() => {
  command = `created-${(count += 1)}`;
});

const form = (more: object = {}) => ({ command, name: 'Summary', content: 'Sum up {{text}}.', ...more });

it('answers the prompt, with times in seconds', async () => {
  const before = Math.floor(Date.now() / 1000);
  const sent = form({ data: { a: [1] }, meta: { b: null }, tags: ['x', 'y', 'x'] });
  const created = asCommand(await alicesClient.create(sent));
  expect(created).toEqual({
    id: expect.any(String),
    command,
    user_id: alice.id,
    name: 'Summary',
    content: 'Sum up {{text}}.',
    data: { a: [1] },
    meta: { b: null },
    tags: ['x', 'y'],
    is_active: true,
    version_id: expect.any(String),
    created_at: expect.any(Number),
    updated_at: expect.any(Number),
    access_grants: [],
  });
  expect([created.created_at, created.updated_at].every((time) => Number.isInteger(time) && time >= before)).toBe(true);
});

it('has a history of one entry, whose snapshot has the grants as well', async () => {
  const sent = form({ data: { a: 1 }, meta: { b: 2 }, tags: ['x'], access_grants: [readForAll] });
  const created = asCommand(await alicesClient.create(sent));
  expect(await historyOf(alicesClient, created.id)).toEqual([
    {
      id: created.version_id,
      prompt_id: created.id,
      parent_id: null,
      snapshot: {
        name: 'Summary',
        content: 'Sum up {{text}}.',
        command,
        data: { a: 1 },
        meta: { b: 2 },
        tags: ['x'],
        access_grants: [readForAll],
      },
      user_id: alice.id,
      commit_message: 'Initial version',
      created_at: created.created_at,
      user: expect.objectContaining({ id: alice.id, email: alice.email }),
    },
  ]);
});

it.each([
  ['its own', 'Begin', 'Begin'],
  ['an empty', '', 'Initial version'],
  ['no', null, 'Initial version'],
])('accepts %s message', async (_, sent, stored) => {
  const { id } = await aCommand(alicesClient, form({ commit_message: sent }));
  expect((await historyOf(alicesClient, id)).map(({ commit_message }) => commit_message)).toEqual([stored]);
});

it('ignores unknown fields, is_production and null', async () => {
  const nothing = { data: null, meta: null, tags: null, access_grants: null, commit_message: null };
  const created = asCommand(
    await alicesClient.create(
      form({ ...nothing, is_production: false, version_id: 'x', id: 'x', user_id: 'x', surprise: {} }),
    ),
  );
  expect(created).toMatchObject({ user_id: alice.id, data: {}, meta: {}, tags: [], access_grants: [] });
  expect((await historyOf(alicesClient, created.id)).map(({ id }) => id)).toEqual([created.version_id]);
});

it.each(['Über Straße', 'UPPER', 'a/b', 'list', 'create', '../x', '*', '50%_', '🙂', '-'])(
  'keeps the command %j unchanged',
  async (input) => {
    const created = asCommand(await alicesClient.create(form({ command: input })));
    expect(created.command).toBe(input);
    const [found] = await server.database.pool
      .query<{ name: string }>('select name from prompt where id = $1', [created.id])
      .then(({ rows }) => rows);
    expect(found?.name).toBe(input);
  },
);

it('is the same prompt on the other protocols, and private', async () => {
  const bob = await aUser(server);
  await aCommand(alicesClient, form({ content: 'Sum up {{text}} of ${price}.' }));
  const path = `/v1/prompts/workspace/${command}`;
  const resolved = await call(server, 'GET', `${path}/resolve`, { token: alice.key });
  expect(resolved.body).toMatchObject({ content: 'Sum up {{text}} of ${price}.', syntax: 'braces', title: 'Summary' });
  expect(await read(server, alice.key, command)).toMatchObject({ template: 'Sum up ${text} of ${price}.', version: 1 });
  expect((await call(server, 'GET', path, { token: alice.key })).body).toMatchObject({
    visibility: 'private',
    title: 'Summary',
    owner_username: 'workspace',
  });
  const strangers = [await call(server, 'GET', path, { token: bob.key }), await call(server, 'GET', path)];
  expect(strangers.map(({ status }) => status)).toEqual([404, 404]);
});

it('is in the audit log, with all its details', async () => {
  await aCommand(alicesClient, form({ access_grants: [readForAll] }));
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${command}/audit`, { token: server.adminKey });
  expect(body.items.map(({ action, subject, protocol }) => [action, subject, protocol])).toEqual([
    ['label.move', '1', 'open-webui'],
    ['label.move', 'production', 'open-webui'],
    ['revision.create', '1', 'open-webui'],
    ['grants.set', `workspace/${command}`, 'open-webui'],
    ['prompt.create', `workspace/${command}`, 'open-webui'],
  ]);
});

it.each([
  ['a prompt', () => aCommand(alicesClient, form())],
  ['a prompt of /v1', () => aPrompt(server, command).in({ id: '', slug: 'workspace' }).make()],
  [
    'a deleted prompt with versions',
    async () => {
      const { idPath } = await aPrompt(server, command).in({ id: '', slug: 'workspace' }).withVersion('1.0.0').make();
      const { status } = await call(server, 'DELETE', idPath, { token: server.adminKey });
      expect(status).toBe(204);
    },
  ],
])('refuses the command of %s', async (_, occupy) => {
  await occupy();
  expect(refusal(await alicesClient.create(form()))).toEqual(taken);
});

it('accepts the command of a deleted prompt', async () => {
  const { id } = await aCommand(alicesClient, form());
  await alicesClient.delete(id);
  expect((await aCommand(alicesClient, form())).id).not.toBe(id);
});

it('creates one prompt for 20 concurrent requests', async () => {
  const answers = await Promise.all(upTo(20).map((number) => alicesClient.create(form({ content: `Text ${number}` }))));
  const [winner, ...others] = answers.filter(({ status }) => status === 200);
  expect([winner?.body['command'], others]).toEqual([command, []]);
  expect(answers.filter(({ status }) => status !== 200).map(refusal)).toEqual(upTo(19).map(() => taken));
  const left = await server.database.pool.query('select 1 from prompt where name = $1', [command]);
  expect(left.rowCount).toBe(1);
});

describe('a problem of the form', () => {
  const missing = (field: string) => ['missing', ['body', field], 'Field required'];
  it.each<[string, unknown, unknown[]]>([
    ['no body', undefined, [['missing', ['body'], 'Field required']]],
    ['nothing in it', {}, [missing('command'), missing('name'), missing('content')]],
    [
      'other types',
      { command: 1, name: null, content: [], data: [], meta: 'x', tags: 'x', access_grants: {}, commit_message: 5 },
      [
        ['string_type', ['body', 'command'], 'Input should be a valid string'],
        ['string_type', ['body', 'name'], 'Input should be a valid string'],
        ['string_type', ['body', 'content'], 'Input should be a valid string'],
        ['dict_type', ['body', 'data'], 'Input should be a valid dictionary'],
        ['dict_type', ['body', 'meta'], 'Input should be a valid dictionary'],
        ['list_type', ['body', 'tags'], 'Input should be a valid list'],
        ['list_type', ['body', 'access_grants'], 'Input should be a valid list'],
        ['string_type', ['body', 'commit_message'], 'Input should be a valid string'],
      ],
    ],
    [
      'other types inside of lists',
      { command: 'c', name: 'n', content: 'c', tags: ['x', 1], access_grants: ['x'] },
      [
        ['string_type', ['body', 'tags', 1], 'Input should be a valid string'],
        ['dict_type', ['body', 'access_grants', 0], 'Input should be a valid dictionary'],
      ],
    ],
    [
      'a word that is no boolean',
      { command: 'c', name: 'n', content: 'c', is_production: 'maybe' },
      [['bool_parsing', ['body', 'is_production'], 'Input should be a valid boolean, unable to interpret input']],
    ],
    [
      'a list that is no boolean',
      { command: 'c', name: 'n', content: 'c', is_production: [] },
      [['bool_type', ['body', 'is_production'], 'Input should be a valid boolean']],
    ],
    [
      'a command that nobody sees',
      { command: ' ', name: 'n', content: 'c' },
      [['value_error', ['body', 'command'], 'Value error, must be printable text']],
    ],
    [
      'too many tags',
      { command: 'c', name: 'n', content: 'c', tags: upTo(51).map(String) },
      [['value_error', ['body', 'tags'], 'Value error, must be at most 50 entries long']],
    ],
    [
      'what cannot be kept',
      { command: 'c', name: 'n', content: 'a\0', data: { a: '\ud800' } },
      [
        ['value_error', ['body', 'content'], 'Value error, must be valid Unicode without NUL characters'],
        ['value_error', ['body', 'data'], 'Value error, must be JSON of at most 64 levels, without NUL characters'],
      ],
    ],
  ])('is reported: %s', async (_, json, problems) => {
    const { status, body } = await alicesClient.ask('POST', '/create', json);
    expect([status, (body['detail'] as object[]).map((it) => Object.values(it).slice(0, 3))]).toEqual([422, problems]);
  });

  it.each([true, false, 1, 0, 'TRUE', 'no', 'on', 'F', '1'])('is not %j as a boolean', async (value) => {
    expect((await alicesClient.create(form({ is_production: value }))).status).toBe(200);
  });

  it('is a text of more than 1 MiB', async () => {
    expect(refusal(await alicesClient.create(form({ content: 'é'.repeat(524_289) })))).toEqual([
      413,
      'Payload Too Large',
    ]);
    expect((await alicesClient.create(form({ content: 'é'.repeat(524_288) }))).status).toBe(200);
  });
});

describe('the right to create', () => {
  it('applies to the owner that a key is bound to', async () => {
    const organization = await anOrganization(server, { memberAccess: 'write' });
    await addMember(server, organization, alice);
    const key = await aKey(server, alice.id, { ownerId: organization.id });
    const there = await aCommand(openWebUi(server, key), form());
    expect((await aCommand(alicesClient, form())).id).not.toBe(there.id);
    const { body } = await call(server, 'GET', `/v1/prompts/${there.id}`, { token: key });
    expect([body['owner_username'], body['visibility']]).toEqual([organization.slug, 'private']);
  });

  it('is refused to callers with read access only', async () => {
    const organization = await anOrganization(server, { memberAccess: 'read' });
    await addMember(server, organization, alice);
    const key = await aKey(server, alice.id, { ownerId: organization.id });
    expect(refusal(await openWebUi(server, key).create(form()))).toEqual(prohibited);
  });

  it('is refused to keys for one prompt, and to those that only read', async () => {
    const { id } = await aCommand(alicesClient);
    const forOne = await aKey(server, alice.id, { promptId: id });
    const forReading = await aKey(server, alice.id, { scopes: ['prompts:read'] });
    const answers = [forOne, forReading].map((key) => openWebUi(server, key).create(form()));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([403, 403]);
  });

  it('belongs to the configured groups and every administrator', async () => {
    const strict = await startTestServer({ OPENWEBUI_PROMPT_CREATORS: 'group-000000000001' });
    const [bob, carol] = [await aUser(strict), await aUser(strict)];
    const group = await aGroup(strict, [bob]);
    await strict.database.pool.query(`update user_group set slug = 'group-000000000001' where id = $1`, [group.id]);
    const answers = [];
    for (const key of [bob.key, carol.key, strict.adminKey]) {
      answers.push(await openWebUi(strict, key).create({ ...form(), command: `of-${answers.length}` }));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200]);
    expect(answers.slice(1, 2).map(refusal)).toEqual([[401, '401 Unauthorized']]);
    await strict.stop();
  });
});
