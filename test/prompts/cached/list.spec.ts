import { jest } from '@jest/globals';
import { call, eventually } from '../../support/api.js';
import { recordStatements } from '../../support/plans/sent-statements.js';
import { startOpenTestServer, type OpenTestServer } from '../../support/test-server.js';
import { saveTemplate } from '../../protocols/conductor/templates.js';
import { asCommand, openWebUi } from '../../protocols/open-webui/commands.js';
import { aPrivatePrompt, grantTo, maxStaleMs, type PrivatePrompt, staleMs } from './private-prompt.js';

let server: OpenTestServer;
let prompt: PrivatePrompt;
beforeAll(async () => {
  server = await startOpenTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aPrivatePrompt(server);
});
afterEach(() => jest.restoreAllMocks());

interface Item {
  readonly content: string;
  readonly name: string;
  readonly is_active: boolean;
  readonly access_grants: readonly unknown[];
  readonly user: { readonly name: string; readonly role: string; readonly email: string };
  readonly write_access: boolean;
}

const list = async (key: string) => {
  const { text } = await openWebUi(server, key).search();
  return JSON.parse(text) as { readonly items: readonly Item[]; readonly total: number };
};
const listed = async (key = prompt.ownerKey) => (await list(key)).items[0];

async function statementsOf(): Promise<number> {
  const statements = recordStatements(server);
  for (let i = 0; i < 20; i += 1) await list(prompt.ownerKey);
  statements.stop();
  return statements.sent.filter(({ name }) => name === 'live-prompt-page').length;
}

it('reads prompts once, and then only which ones there are', async () => {
  const first = await list(prompt.ownerKey);
  // A busy machine hears of changes later, and the database is asked then.
  const times = await eventually(statementsOf, (count) => count <= 1, 30_000);
  expect(times).toBeLessThanOrEqual(1);
  expect(await list(prompt.ownerKey)).toEqual(first);
});

type Change = readonly [
  title: string,
  here: () => Promise<unknown>,
  elsewhere: () => readonly [statement: string, id: string],
  shown: (item: Item) => unknown,
  expected: unknown,
];
const administer = (json: object) =>
  call(server, 'PATCH', `/v1/users/${prompt.owner.id}`, { token: server.adminKey, json });
const changes: readonly Change[] = [
  [
    'the switch',
    () => openWebUi(server, prompt.ownerKey).toggle(prompt.id),
    () => ['update prompt set is_active = false where id = $1', prompt.id],
    ({ is_active }) => is_active,
    false,
  ],
  [
    'a grant',
    () => prompt.setGrants(grantTo('*', 'read')),
    () => [
      `insert into prompt_grant (id, prompt_id, principal_type, principal_id, permission, created_at)
       values (gen_random_uuid(), $1, 'user', null, 'read', now())`,
      prompt.id,
    ],
    ({ access_grants }) => access_grants.length,
    1,
  ],
  [
    'the role of the author',
    () => administer({ role: 'admin' }),
    () => [`update account set role = 'admin' where id = $1`, prompt.owner.id],
    ({ user }) => user.role,
    'admin',
  ],
];

it.each(changes)('shows at once on the process that made it: %s', async (_, here, __, shown, expected) => {
  await listed();
  await here();
  expect(shown((await listed()) as Item)).toEqual(expected);
});

it.each(changes)('shows within 200 ms after another process made it: %s', async (_, __, elsewhere, shown, expected) => {
  await listed();
  const [statement, id] = elsewhere();
  await prompt.sql(statement, id);
  const now = async () => shown((await listed()) as Item);
  expect(await staleMs(now, (value) => value === expected)).toBeLessThan(maxStaleMs);
});

it('shows a text that Conductor has saved at once', async () => {
  await listed();
  await saveTemplate(server, prompt.ownerKey, prompt.name, 'Two ${x}');
  expect((await listed())?.content).toBe('Two {{x}}');
});

it('says of each caller who may write, and lists only what the caller may read', async () => {
  await prompt.setGrants(grantTo(prompt.alice.id, 'read'));
  for (let i = 0; i < 2; i += 1) {
    expect([(await listed())?.write_access, (await listed(prompt.aliceKey))?.write_access]).toEqual([true, false]);
  }
  await prompt.setGrants(...['read', 'write'].map((permission) => grantTo(prompt.alice.id, permission)));
  expect((await listed(prompt.aliceKey))?.write_access).toBe(true);
  await prompt.setGrants();
  expect(await list(prompt.aliceKey)).toEqual({ items: [], total: 0 });
});

it('streams a page whose texts are too long for memory', async () => {
  const client = openWebUi(server, prompt.ownerKey);
  const content = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 6; i += 1) asCommand(await client.create({ command: `long-${i}`, name: `Long ${i}`, content }));
  for (let i = 0; i < 2; i += 1) {
    const { items, total } = await list(prompt.ownerKey);
    expect([items.length, total, items[0]?.write_access]).toEqual([7, 7, true]);
    expect(items.slice(0, 6).every((item) => item.content === content)).toBe(true);
  }
});
