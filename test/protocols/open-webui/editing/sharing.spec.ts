import { randomUUID } from 'node:crypto';
import { call } from '../../../support/api.js';
import { aGroup, grantTo, type TestGroup } from '../../../support/grants.js';
import { aUser, type TestUser } from '../../../support/people.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import {
  aCommand,
  asCommand,
  type Command,
  type Form,
  formOf,
  type GrantWish,
  type OpenWebUi,
  openWebUi,
  wishOf,
} from '../commands.js';
import { historyOf, notFound, prohibited, refusal } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
let group: TestGroup;
let mine: OpenWebUi;
let bobs: OpenWebUi;
let prompt: Command;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = [await aUser(server), await aUser(server)];
  group = await aGroup(server, [bob]);
  [mine, bobs] = [openWebUi(server, alice.key), openWebUi(server, bob.key)];
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aCommand(mine);
});

const mayNotShare = [403, 'You do not have permission to share with the requested audience'];
const grant = (principal_type: string, principal_id: string, permission: string): GrantWish => ({
  principal_type,
  principal_id,
  permission,
});
const everybody = grant('user', '*', 'read');
const shared = async (grants: unknown) => asCommand(await mine.share(prompt.id, grants)).access_grants;
const sorted = (grants: readonly GrantWish[]) => grants.map((it) => JSON.stringify(it)).sort();
const mayWrite = () => grantTo(server.database.pool, bob.id, 'write', [prompt.id]);

/** Every way to set grants, on a prompt that is made for it. */
const ways: readonly (readonly [string, (grants: unknown) => Promise<Command>])[] = [
  ['create', (access_grants) => aCommand(mine, { access_grants })],
  ['update', async (access_grants) => asCommand(await mine.update(prompt.id, { ...formOf(prompt), access_grants }))],
  ['access/update', async (grants) => asCommand(await mine.share(prompt.id, grants))],
];

describe.each(ways)('%s', (_, set) => {
  it('grants to users, groups and all users, and shows the grants', async () => {
    const grants = [
      grant('user', bob.id, 'read'),
      grant('user', bob.id, 'write'),
      grant('group', group.id, 'read'),
      everybody,
    ];
    const { id, access_grants } = await set(grants);
    expect(sorted(access_grants.map(wishOf))).toEqual(sorted(grants));
    expect(new Set(access_grants.map((it) => it.id)).size).toBe(4);
    const added = { id: expect.any(String), resource_type: 'prompt', resource_id: id, created_at: expect.any(Number) };
    expect(access_grants).toEqual(access_grants.map((it) => ({ ...wishOf(it), ...added })));
    expect((await bobs.get(id)).status).toBe(200);
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
    expect(access_grants.map(wishOf)).toEqual([grant('group', group.id, 'write')]);
  });
});

describe('access/update', () => {
  it('replaces all grants, with new ids and without an entry', async () => {
    const [first] = await shared([everybody]);
    const [second] = await shared([everybody]);
    expect([second && wishOf(second), second?.id === first?.id]).toEqual([everybody, false]);
    expect(await shared([grant('group', group.id, 'read')])).toMatchObject([{ principal_id: group.id }]);
    expect((await bobs.get(prompt.id)).status).toBe(200);
    expect(await shared([])).toEqual([]);
    expect(refusal(await bobs.get(prompt.id))).toEqual(notFound);
    expect(await historyOf(mine, prompt.id)).toHaveLength(1);
  });

  it.each<[string, unknown, unknown[]]>([
    ['null', { access_grants: null }, ['list_type', ['body', 'access_grants']]],
    ['an object', { access_grants: {} }, ['list_type', ['body', 'access_grants']]],
    ['nothing', {}, ['missing', ['body', 'access_grants']]],
    ['a list of texts', { access_grants: ['x'] }, ['dict_type', ['body', 'access_grants', 0]]],
    ['too many', { access_grants: Array(1001).fill({}) }, ['value_error', ['body', 'access_grants']]],
  ])('needs a list: not %s', async (_, json, problem) => {
    const { status, body } = await mine.ask('POST', `/id/${prompt.id}/access/update`, json);
    expect([status, (body['detail'] as object[]).map((it) => Object.values(it).slice(0, 2))]).toEqual([422, [problem]]);
  });

  it('is in the audit log', async () => {
    await shared([everybody]);
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
    const before = await shared([everybody, grant('group', group.id, 'read')]);
    const wish = [...before].reverse().map(wishOf);
    const saved = asCommand(await save(mine, { access_grants: [...wish, everybody], content: 'Two' }));
    expect(saved.access_grants).toEqual(before);
  });

  it('creates an entry if only grants differ', async () => {
    await save(mine, { access_grants: [everybody] });
    const entries = await historyOf(mine, prompt.id);
    expect(entries.map(({ snapshot }) => snapshot.access_grants)).toEqual([[everybody], []]);
  });

  it('lets writers who may not share send the existing grants only', async () => {
    await shared([grant('user', bob.id, 'write')]);
    const same = [grant('user', bob.id, 'write')];
    expect((await save(bobs, { access_grants: same, content: 'By Bob' })).status).toBe(200);
    for (const access_grants of [[], [...same, everybody]]) {
      expect(refusal(await save(bobs, { access_grants, content: 'Lost' }))).toEqual(mayNotShare);
    }
    const { access_grants, content } = JSON.parse((await mine.get(prompt.id)).text) as Command;
    expect([access_grants.map(wishOf), content]).toEqual([same, 'By Bob']);
  });
});

describe('the right to share', () => {
  it('is checked after existence and write access', async () => {
    const nowhere = randomUUID();
    const stranger = [bobs.share(prompt.id, []), bobs.toggle(prompt.id)];
    expect((await Promise.all(stranger)).map(refusal)).toEqual([prohibited, prohibited]);
    await shared([everybody]);
    const reader = [bobs.share(prompt.id, []), bobs.toggle(prompt.id)];
    expect((await Promise.all(reader)).map(refusal)).toEqual([prohibited, prohibited]);
    const absent = [mine.share(nowhere, []), mine.toggle(nowhere), mine.toggle('no-id')];
    expect((await Promise.all(absent)).map(refusal)).toEqual([notFound, notFound, notFound]);
  });

  it('belongs to the creator and administrators, but not to users with a write grant', async () => {
    await mayWrite();
    const answers = [
      bobs.share(prompt.id, [grant('user', bob.id, 'write')]),
      bobs.share(prompt.id, []),
      bobs.toggle(prompt.id),
    ];
    expect((await Promise.all(answers)).map(refusal)).toEqual([mayNotShare, mayNotShare, mayNotShare]);
    const admins = openWebUi(server, server.adminKey);
    expect([(await admins.share(prompt.id, [everybody])).status, (await admins.toggle(prompt.id)).status]).toEqual([
      200, 200,
    ]);
  });

  it('does not wait for a group that is being deleted', async () => {
    const groups = await Promise.all(Array.from({ length: 5 }, () => aGroup(server, [bob])));
    const answers = await Promise.all(
      groups.flatMap(({ id }) => [
        mine.share(
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
    expect(asCommand(await mine.toggle(prompt.id))).toEqual({
      ...prompt,
      is_active: false,
      updated_at: expect.any(Number),
    });
    expect(asCommand(await mine.toggle(prompt.id)).is_active).toBe(true);
    expect(await historyOf(mine, prompt.id)).toHaveLength(1);
  });

  it('is in the audit log', async () => {
    await mine.toggle(prompt.id);
    const path = `/v1/prompts/workspace/${prompt.command}/audit?action=prompt.update`;
    const { body } = await call(server, 'GET', path, { token: server.adminKey });
    expect(body.items.map(({ details }) => details)).toEqual([
      { changed: ['is_active'], is_active: { from: true, to: false } },
    ]);
  });
});
