import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { call, eventually } from '../../support/api.js';
import { insertGroup } from '../../support/grants.js';
import { startOpenTestServer, type OpenTestServer } from '../../support/test-server.js';
import { aKey } from '../../support/users.js';
import { ask, pathOf } from '../../protocols/conductor/templates.js';
import { openWebUi } from '../../protocols/open-webui/commands.js';
import { aPrivatePrompt, grantTo, maxStaleMs, type PrivatePrompt, staleMs, ways } from './private-prompt.js';

let server: OpenTestServer;
let prompt: PrivatePrompt;
let aliceKey: string;
let groupId: string;
beforeAll(async () => {
  server = await startOpenTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aPrivatePrompt(server);
  aliceKey = prompt.aliceKey;
});
afterEach(() => jest.restoreAllMocks());

const asAdmin = (method: string, path: string, json?: object) =>
  call(server, method, path, { token: server.adminKey, json });
const organizationPath = () => `/v1/organizations/${prompt.organization.slug}`;
const memberPath = () => `${organizationPath()}/members/${prompt.alice.username}`;
const grantToAlice = () => prompt.setGrants(grantTo(prompt.alice.id, 'read'));
const statuses = () => prompt.statuses(aliceKey);
const isRead = (given: readonly number[]) => given.every((status) => status === 200);

interface Revocation {
  /** Lets Alice read the prompt. */
  readonly give: () => Promise<unknown>;
  /** By a request to this process; undefined where no operation does it. */
  readonly here?: () => Promise<unknown>;
  /** As another process does it. */
  readonly elsewhere: () => Promise<unknown>;
}

const giveToGroup = async () => {
  groupId = randomUUID();
  const { slug } = await insertGroup(server.database.pool, groupId, [prompt.alice.id]);
  await prompt.setGrants({ principal_type: 'group', principal: slug, permission: 'read' });
};

const revocations: Readonly<Record<string, Revocation>> = {
  'a grant is removed': {
    give: () => grantToAlice(),
    here: () => prompt.setGrants(),
    elsewhere: () => prompt.sql('delete from prompt_grant where prompt_id = $1', prompt.id),
  },
  'a grant to all is removed': {
    give: () => prompt.setGrants({ principal_type: 'user', principal: '*', permission: 'read' }),
    here: () => openWebUi(server, prompt.ownerKey).share(prompt.id, []),
    elsewhere: () => prompt.sql('delete from prompt_grant where prompt_id = $1', prompt.id),
  },
  'a member of a group is removed': {
    give: giveToGroup,
    here: () => asAdmin('DELETE', `/v1/groups/${groupId}/members/${prompt.alice.username}`),
    elsewhere: () => prompt.sql('delete from group_member where group_id = $1', groupId),
  },
  'a group is deleted': {
    give: giveToGroup,
    here: () => asAdmin('DELETE', `/v1/groups/${groupId}`),
    // Its members go with it; its grants would be another change.
    elsewhere: () => prompt.sql('delete from user_group where id = $1', groupId),
  },
  'a membership is removed': {
    give: () => asAdmin('PUT', memberPath(), { role: 'member' }),
    here: () => asAdmin('DELETE', memberPath()),
    elsewhere: () => prompt.sql('delete from membership where user_id = $1', prompt.alice.id),
  },
  'an owner becomes a member': {
    give: async () => {
      await prompt.sql(`update owner set member_access = 'none' where id = $1`, prompt.organization.id);
      await asAdmin('PUT', memberPath(), { role: 'owner' });
    },
    here: () => asAdmin('PUT', memberPath(), { role: 'member' }),
    elsewhere: () => prompt.sql(`update membership set role = 'member' where user_id = $1`, prompt.alice.id),
  },
  'members may no longer read': {
    give: () => asAdmin('PUT', memberPath(), { role: 'member' }),
    here: () => asAdmin('PATCH', organizationPath(), { member_access: 'none' }),
    elsewhere: () => prompt.sql(`update owner set member_access = 'none' where id = $1`, prompt.organization.id),
  },
  'a public prompt becomes private': {
    give: () => prompt.patch({ visibility: 'public' }),
    here: () => prompt.patch({ visibility: 'private' }),
    elsewhere: () => prompt.sql(`update prompt set visibility = 'private' where id = $1`, prompt.id),
  },
  'the prompt is deleted': {
    give: () => grantToAlice(),
    here: () => ask(server, 'DELETE', pathOf(prompt.name), prompt.ownerKey),
    elsewhere: () => prompt.sql('update prompt set deleted_at = now() where id = $1', prompt.id),
  },
  'an administrator becomes a user': {
    give: async () => {
      await asAdmin('PATCH', `/v1/users/${prompt.alice.id}`, { role: 'admin' });
      aliceKey = await aKey(server, prompt.alice.id, {
        ownerId: prompt.organization.id,
        scopes: ['prompts:read', 'admin'],
      });
    },
    here: () => asAdmin('PATCH', `/v1/users/${prompt.alice.id}`, { role: 'user' }),
    elsewhere: () => prompt.sql(`update account set role = 'user' where id = $1`, prompt.alice.id),
  },
  'the user becomes pending': {
    give: () => grantToAlice(),
    here: () => asAdmin('PATCH', `/v1/users/${prompt.alice.id}`, { role: 'pending' }),
    elsewhere: () => prompt.sql(`update account set role = 'pending' where id = $1`, prompt.alice.id),
  },
  'the key is revoked': {
    give: () => grantToAlice(),
    here: async () => {
      const { body } = await call(server, 'GET', '/v1/api-keys', { token: prompt.alice.key });
      for (const key of body.items.slice(1)) {
        await call(server, 'DELETE', `/v1/api-keys/${key.id}`, { token: prompt.alice.key });
      }
    },
    elsewhere: () => prompt.sql('update api_key set revoked_at = now() where user_id = $1', prompt.alice.id),
  },
  'the key loses its scopes': {
    give: () => grantToAlice(),
    elsewhere: () => prompt.sql(`update api_key set scopes = '{versions:publish}' where user_id = $1`, prompt.alice.id),
  },
};
const all = Object.entries(revocations);
const byOperation = all.flatMap(([title, { give, here }]) => (here ? [{ title, give, here }] : []));

async function readByAlice(give: () => Promise<unknown>): Promise<void> {
  await give();
  await eventually(statuses, isRead);
  expect(await statuses()).toEqual(ways.map(() => 200));
}

it.each(byOperation)('is refused at once on the process that answered: $title', async ({ give, here }) => {
  await readByAlice(give);
  await here();
  expect((await statuses()).filter((status) => status === 200)).toEqual([]);
});

it.each(all)('is refused within 200 ms after another process did it: %s', async (_, { give, elsewhere }) => {
  await readByAlice(give);
  await elsewhere();
  expect(await staleMs(statuses, (given) => !given.includes(200))).toBeLessThan(maxStaleMs);
});

it('tells at once who may write, and who no longer may', async () => {
  const mayWrite = async () => (await prompt.read('open-webui', aliceKey)).body.write_access;
  await grantToAlice();
  for (const [permissions, expected] of [
    [['read'], false],
    [['read', 'write'], true],
    [['read'], false],
  ] as const) {
    await mayWrite();
    await prompt.setGrants(...permissions.map((permission) => grantTo(prompt.alice.id, permission)));
    expect(await mayWrite()).toBe(expected);
  }
});

it('never answers one caller with the rights of another', async () => {
  for (let i = 0; i < 3; i += 1) {
    expect(await prompt.statuses(prompt.ownerKey)).toEqual([200, 200, 200, 200]);
    expect(await statuses()).toEqual([403, 403, 404, 401]);
  }
});

it('caches nothing while it cannot be notified of changes', async () => {
  await readByAlice(grantToAlice);
  const listening = `select pid from pg_stat_activity where application_name = 'promptyard changes' and datname = current_database()`;
  await prompt.sql('alter table prompt_grant disable trigger prompt_grant_change');
  try {
    await prompt.sql(`select pg_terminate_backend(pid) from (${listening}) listening`);
    await eventually(
      async () => (await prompt.sql(listening)).rows.length,
      (number) => number === 0,
    );
    await prompt.sql('delete from prompt_grant where prompt_id = $1', prompt.id);
    expect(await statuses()).toEqual([403, 403, 404, 401]);
  } finally {
    await prompt.sql('alter table prompt_grant enable trigger prompt_grant_change');
  }
});
