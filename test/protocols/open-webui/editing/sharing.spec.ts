import { randomUUID } from 'node:crypto';
import { call } from '../../../support/api.js';
import { aGroup, grantTo, type TestGroup } from '../../../support/grants.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import {
  aCommand,
  asCommand,
  type Command,
  type Form,
  formOf,
  type GrantInput,
  type OpenWebUi,
  openWebUi,
  toGrantInput,
} from '../commands.js';
import { historyOf, notFound, prohibited, refusal } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
let group: TestGroup;
let alicesClient: OpenWebUi;
let bobsClient: OpenWebUi;
let prompt: Command;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = [await aUser(server), await aUser(server)];
  group = await aGroup(server, [bob]);
  [alicesClient, bobsClient] = [openWebUi(server, alice.key), openWebUi(server, bob.key)];
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aCommand(alicesClient);
});

const mayNotShare = [403, 'You do not have permission to share with the requested audience'];
const grant = (principal_type: string, principal_id: string, permission: string): GrantInput => ({
  principal_type,
  principal_id,
  permission,
});
const signedInUsers = grant('user', '*', 'read');
const shared = async (grants: unknown) => asCommand(await alicesClient.share(prompt.id, grants)).access_grants;
const sorted = (grants: readonly GrantInput[]) => grants.map((it) => JSON.stringify(it)).sort();
const mayWrite = () => grantTo(server.database.pool, bob.id, 'write', [prompt.id]);

/** Every operation that sets grants, each with a new prompt. */
const variants: readonly (readonly [string, (grants: unknown) => Promise<Command>])[] = [
  ['create', (access_grants) => aCommand(alicesClient, { access_grants })],
  [
    'update',
    async (access_grants) => asCommand(await alicesClient.update(prompt.id, { ...formOf(prompt), access_grants })),
  ],
  ['access/update', async (grants) => asCommand(await alicesClient.share(prompt.id, grants))],
];

describe.each(variants)('%s', (_, set) => {
  it('grants to users, groups and all users, and shows the grants', async () => {
    const grants = [
      grant('user', bob.id, 'read'),
      grant('user', bob.id, 'write'),
      grant('group', group.id, 'read'),
      signedInUsers,
    ];
    const { id, access_grants } = await set(grants);
    expect(sorted(access_grants.map(toGrantInput))).toEqual(sorted(grants));
    expect(new Set(access_grants.map((it) => it.id)).size).toBe(4);
    const added = { id: expect.any(String), resource_type: 'prompt', resource_id: id, created_at: expect.any(Number) };
    expect(access_grants).toEqual(access_grants.map((it) => ({ ...toGrantInput(it), ...added })));
    expect((await bobsClient.get(id)).status).toBe(200);
  });

  it('leaves out invalid grants, and merges duplicates', async () => {
    const none: unknown[] = [
      {},
      grant('user', randomUUID(), 'read'),
      grant('group', bob.id, 'read'),
      grant('user', group.id, 'read'),
      grant('group', '*', 'read'),
      grant('role', bob.id, 'read'),
      grant('user', bob.id, 'own'),
      grant('user', '', 'read'),
      grant('user', 'no\0body', 'read'),
      { principal_type: 'user', principal_id: [bob.id], permission: 'read' },
      { principal_type: 'user', principal_id: null, permission: 'read' },
      { principal_type: 'user', permission: 'read' },
    ];
    const good = { ...grant('group', group.id, 'write'), id: 'x', resource_id: 'y', created_at: 'z' };
    const { access_grants } = await set([...none, good, good, { ...good, id: 'other' }]);
    expect(access_grants.map(toGrantInput)).toEqual([grant('group', group.id, 'write')]);
  });
});

describe('access/update', () => {
  it('replaces all grants, with new ids and without an entry', async () => {
    const [first] = await shared([signedInUsers]);
    const [second] = await shared([signedInUsers]);
    expect([second && toGrantInput(second), second?.id === first?.id]).toEqual([signedInUsers, false]);
    expect(await shared([grant('group', group.id, 'read')])).toMatchObject([{ principal_id: group.id }]);
    expect((await bobsClient.get(prompt.id)).status).toBe(200);
    expect(await shared([])).toEqual([]);
    expect(refusal(await bobsClient.get(prompt.id))).toEqual(notFound);
    expect(await historyOf(alicesClient, prompt.id)).toHaveLength(1);
  });

  it.each<[string, unknown, unknown[]]>([
    ['null', { access_grants: null }, ['list_type', ['body', 'access_grants']]],
    ['an object', { access_grants: {} }, ['list_type', ['body', 'access_grants']]],
    ['nothing', {}, ['missing', ['body', 'access_grants']]],
    ['a list of texts', { access_grants: ['x'] }, ['dict_type', ['body', 'access_grants', 0]]],
    ['too many', { access_grants: Array(1001).fill({}) }, ['value_error', ['body', 'access_grants']]],
  ])('needs a list: not %s', async (_, json, problem) => {
    const { status, body } = await alicesClient.ask('POST', `/id/${prompt.id}/access/update`, json);
    expect([status, (body['detail'] as object[]).map((it) => Object.values(it).slice(0, 2))]).toEqual([422, [problem]]);
  });

  it('is in the audit log', async () => {
    await shared([signedInUsers]);
    const path = `/v1/prompts/workspace/${prompt.command}/audit?action=grants.set`;
    const { body } = await call(server, 'GET', path, { token: server.adminKey });
    expect(body.items.map(({ protocol, details }) => [protocol, details])).toEqual([
      ['open-webui', { grants: [{ principal_type: 'user', principal: '*', permission: 'read' }] }],
    ]);
  });
});

describe('update', () => {
  const save = (client: OpenWebUi, change: Form) => client.update(prompt.id, { ...formOf(prompt), ...change });

  it('keeps equal grants with their ids', async () => {
    const before = await shared([signedInUsers, grant('group', group.id, 'read')]);
    const input = [...before].reverse().map(toGrantInput);
    const saved = asCommand(await save(alicesClient, { access_grants: [...input, signedInUsers], content: 'Two' }));
    expect(saved.access_grants).toEqual(before);
  });

  it('creates an entry if only grants differ', async () => {
    await save(alicesClient, { access_grants: [signedInUsers] });
    const entries = await historyOf(alicesClient, prompt.id);
    expect(entries.map(({ snapshot }) => snapshot.access_grants)).toEqual([[signedInUsers], []]);
  });

  it('lets writers who may not share send the existing grants only', async () => {
    await shared([grant('user', bob.id, 'write')]);
    const same = [grant('user', bob.id, 'write')];
    expect((await save(bobsClient, { access_grants: same, content: 'By Bob' })).status).toBe(200);
    for (const access_grants of [[], [...same, signedInUsers]]) {
      expect(refusal(await save(bobsClient, { access_grants, content: 'Lost' }))).toEqual(mayNotShare);
    }
    const { access_grants, content } = JSON.parse((await alicesClient.get(prompt.id)).text) as Command;
    expect([access_grants.map(toGrantInput), content]).toEqual([same, 'By Bob']);
  });
});

describe('the right to share', () => {
  it('is checked after existence and write access', async () => {
    const nowhere = randomUUID();
    const stranger = [bobsClient.share(prompt.id, []), bobsClient.toggle(prompt.id)];
    expect((await Promise.all(stranger)).map(refusal)).toEqual([prohibited, prohibited]);
    await shared([signedInUsers]);
    const reader = [bobsClient.share(prompt.id, []), bobsClient.toggle(prompt.id)];
    expect((await Promise.all(reader)).map(refusal)).toEqual([prohibited, prohibited]);
    const absent = [alicesClient.share(nowhere, []), alicesClient.toggle(nowhere), alicesClient.toggle('no-id')];
    expect((await Promise.all(absent)).map(refusal)).toEqual([notFound, notFound, notFound]);
  });

  it('belongs to the creator and administrators, but not to users with a write grant', async () => {
    await mayWrite();
    const answers = [
      bobsClient.share(prompt.id, [grant('user', bob.id, 'write')]),
      bobsClient.share(prompt.id, []),
      bobsClient.toggle(prompt.id),
    ];
    expect((await Promise.all(answers)).map(refusal)).toEqual([mayNotShare, mayNotShare, mayNotShare]);
    const admins = openWebUi(server, server.adminKey);
    expect([(await admins.share(prompt.id, [signedInUsers])).status, (await admins.toggle(prompt.id)).status]).toEqual([
      200, 200,
    ]);
  });

  it('does not wait for a group that is being deleted', async () => {
    const groups = await Promise.all(Array.from({ length: 5 }, () => aGroup(server, [bob])));
    const answers = await Promise.all(
      groups.flatMap(({ id }) => [
        alicesClient.share(
          prompt.id,
          groups.map((it) => grant('group', it.id, 'read')),
        ),
        call(server, 'DELETE', `/v1/groups/${id}`, { token: server.adminKey }),
      ]),
    );
    expect(answers.map(({ status }) => status)).toEqual(groups.flatMap(() => [200, 204]));
    expect(await shared(groups.map((it) => grant('group', it.id, 'read')))).toEqual([]);
  });
});

describe('toggle', () => {
  it('switches the prompt off and on again, without an entry', async () => {
    expect(asCommand(await alicesClient.toggle(prompt.id))).toEqual({
      ...prompt,
      is_active: false,
      updated_at: expect.any(Number),
    });
    expect(asCommand(await alicesClient.toggle(prompt.id)).is_active).toBe(true);
    expect(await historyOf(alicesClient, prompt.id)).toHaveLength(1);
  });

  it('is in the audit log', async () => {
    await alicesClient.toggle(prompt.id);
    const path = `/v1/prompts/workspace/${prompt.command}/audit?action=prompt.update`;
    const { body } = await call(server, 'GET', path, { token: server.adminKey });
    expect(body.items.map(({ details }) => details)).toEqual([
      { changed: ['is_active'], is_active: { from: true, to: false } },
    ]);
  });
});
