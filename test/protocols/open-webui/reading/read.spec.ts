import { call } from '../../../support/api.js';
import { grantTo } from '../../../support/grants.js';
import { aRevision, point } from '../../../support/history.js';
import { aKey, anOrganization, aUser, addMember, type TestUser } from '../../../support/users.js';
import { aPrompt, type TestPrompt } from '../../../support/prompts.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aTemplate } from '../../conductor/templates.js';
import { openWebUi } from '../commands.js';

const notFound = { detail: "We could not find what you're looking for :/" };
const prohibited = {
  detail: 'You do not have permission to access this resource. Please contact your administrator for assistance.',
};

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
  bob = await aUser(server);
});
afterAll(() => server.stop());

/** A private prompt of alice's in the workspace with one revision. */
async function aWorkspacePrompt(name: string, text = 'Hello {{name}}'): Promise<TestPrompt> {
  const prompt = await aPrompt(server, name).ownedBy(alice).in({ id: '', slug: 'workspace' }).private().make();
  await aRevision(server, prompt, alice.key, text);
  return prompt;
}

const idOf = async (name: string) => {
  const { body } = await openWebUi(server, server.adminKey).byCommand(name);
  return body.id;
};

describe('a prompt by its id and by its command', () => {
  it("is complete, with the caller's rights", async () => {
    const prompt = await aWorkspacePrompt('whole');
    await grantTo(server.database.pool, bob.id, 'read', [prompt.id]);
    const { status, body } = await openWebUi(server, alice.key).get(prompt.id);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        id: prompt.id,
        command: 'whole',
        user_id: alice.id,
        name: 'whole',
        content: 'Hello {{name}}',
        data: {},
        meta: {},
        tags: [],
        is_active: true,
        version_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        created_at: expect.any(Number),
        updated_at: expect.any(Number),
        access_grants: [
          {
            id: expect.any(String),
            resource_type: 'prompt',
            resource_id: prompt.id,
            principal_type: 'user',
            principal_id: bob.id,
            permission: 'read',
            created_at: expect.any(Number),
          },
        ],
        user: null,
        write_access: true,
      },
    });
    expect(Math.abs(Number(body.updated_at) - Date.now() / 1000)).toBeLessThan(60);
    const byCommand = await openWebUi(server, bob.key).byCommand('whole');
    expect([byCommand.status, byCommand.body]).toEqual([200, { ...body, write_access: false }]);
    const documented = await call(server, 'GET', `/api/prompts/id/${prompt.id}`, { token: alice.key });
    expect(documented.body).toEqual(body);
  });

  it('has the production text, not the newest', async () => {
    const prompt = await aWorkspacePrompt('released', 'First');
    const second = await aRevision(server, prompt, alice.key, 'Second');
    const read = async () => (await openWebUi(server, alice.key).get(prompt.id)).body;
    const before = await read();
    expect(before.content).toBe('First');
    await point(server, prompt, alice.key, 'production', { revision: second.number });
    const after = await read();
    expect(after.content).toBe('Second');
    expect(after.version_id).not.toBe(before.version_id);
  });

  it('shows texts of Conductor’s clients in braces', async () => {
    await aTemplate(server, alice.key, 'dollars', 'Dear ${customer}, you owe ${amount} $');
    const { body } = await openWebUi(server, alice.key).byCommand('dollars');
    expect(body.content).toBe('Dear {{customer}}, you owe {{amount}} $');
  });

  it.each(['a/b', 'zwei Wörter', '100%', '%2F', 'a?b&c=d', '日本 🦉', 'ID'])('is found as %j', async (command) => {
    await aTemplate(server, alice.key, command, 'Text');
    const { status, body } = await openWebUi(server, alice.key).byCommand(command);
    expect([status, body.command]).toEqual([200, command]);
  });

  it('is 404 for callers who may not read it', async () => {
    const prompt = await aWorkspacePrompt('hidden');
    const answers = async (token: string) => {
      const client = openWebUi(server, token);
      const [byId, byCommand] = [await client.get(prompt.id), await client.byCommand('hidden')];
      return [byId.status, byId.body, byCommand.status, byCommand.body];
    };
    expect(await answers(bob.key)).toEqual([404, notFound, 401, prohibited]);
    await grantTo(server.database.pool, bob.id, 'write', [prompt.id]);
    expect(await answers(bob.key)).toEqual([404, notFound, 401, prohibited]);
    await grantTo(server.database.pool, bob.id, 'read', [prompt.id]);
    expect(await answers(bob.key)).toEqual([
      200,
      expect.objectContaining({ write_access: true }),
      200,
      expect.objectContaining({ write_access: true }),
    ]);
  });

  it('is 404 without a revision, after its deletion, or in another owner', async () => {
    const bare = await aPrompt(server, 'bare').ownedBy(alice).in({ id: '', slug: 'workspace' }).make();
    const own = await aPrompt(server, 'own').ownedBy(alice).make();
    await aRevision(server, own, alice.key, 'Text');
    const gone = await aWorkspacePrompt('gone');
    await call(server, 'DELETE', gone.idPath, { token: alice.key });
    const client = openWebUi(server, server.adminKey);
    for (const { id, name } of [bare, own, gone]) {
      for (const answer of [await client.get(id), await client.byCommand(name)]) {
        expect([answer.status, answer.body]).toEqual([404, notFound]);
      }
    }
    for (const id of ['nothing', '00000000-0000-4000-8000-000000000000', '%00', '%ff']) {
      expect((await client.ask('GET', `/id/${id}`)).status).toBeGreaterThanOrEqual(400);
      expect((await client.ask('GET', `/id/${id}`)).status).toBeLessThan(500);
    }
    expect((await client.byCommand('\0')).body).toEqual(notFound);
  });

  it('is in the owner that the key is bound to', async () => {
    const organization = await anOrganization(server);
    await addMember(server, organization, alice, 'owner');
    await aWorkspacePrompt('twice', 'Of the workspace');
    const theirs = await aPrompt(server, 'twice').ownedBy(alice).in(organization).private().make();
    await aRevision(server, theirs, alice.key, 'Of the organization');
    const bound = openWebUi(server, await aKey(server, alice.id, { ownerId: organization.id }));
    expect((await bound.byCommand('twice')).body.content).toBe('Of the organization');
    expect((await openWebUi(server, alice.key).byCommand('twice')).body.content).toBe('Of the workspace');
    expect((await bound.get(await idOf('twice'))).body).toEqual(notFound);
    expect((await bound.search()).body).toMatchObject({ total: 1, items: [{ id: theirs.id }] });
  });
});

describe('the list of all', () => {
  it('has the active prompts that the caller may read, newest update first', async () => {
    const reader = await aUser(server);
    const client = openWebUi(server, reader.key);
    expect([(await client.list()).text, (await client.tags()).text]).toEqual(['[]', '[]']);
    const [old, off, blind, fresh] = [
      await aWorkspacePrompt('listed-old', 'First'),
      await aWorkspacePrompt('listed-off'),
      await aWorkspacePrompt('listed-blind'),
      await aWorkspacePrompt('listed-new', 'Newer'),
    ];
    await grantTo(server.database.pool, reader.id, 'read', [old.id, off.id, fresh.id]);
    await grantTo(server.database.pool, reader.id, 'write', [blind.id, old.id]);
    await server.database.pool.query('update prompt set is_active = false where id = $1', [off.id]);
    const commands = async () =>
      (JSON.parse((await client.list()).text) as { command: string }[]).map(({ command }) => command);
    expect(await commands()).toEqual(['listed-new', 'listed-old']);
    await aRevision(server, old, alice.key, 'Second');
    expect(await commands()).toEqual(['listed-old', 'listed-new']);
    const [first] = JSON.parse((await client.list()).text) as Record<string, unknown>[];
    const { user: _user, write_access: _access, ...prompt } = (await client.get(old.id)).body;
    expect(first).toEqual(prompt);
  });

  it('answers with and without a trailing slash, and under the documented path', async () => {
    const [slash, none, documented] = await Promise.all(
      ['/api/v1/prompts/', '/api/v1/prompts', '/api/prompts/'].map((path) =>
        call(server, 'GET', path, { token: alice.key }),
      ),
    );
    expect(slash?.text.startsWith('[{')).toBe(true);
    expect([none?.text, documented?.text]).toEqual([slash?.text, slash?.text]);
  });
});

it('lists the tags of these prompts once, by code point', async () => {
  const reader = await aUser(server);
  const tagged = [
    ['tags-1', ['b', 'Z', 'é']],
    ['tags-2', ['b', 'a', '🦉', 'ﬀ']],
    ['tags-off', ['off']],
    ['tags-hidden', ['secret']],
  ] as const;
  for (const [name, tags] of tagged) {
    const { id } = await aWorkspacePrompt(name);
    await server.database.pool.query('update prompt set tags = $2, is_active = $3 where id = $1', [
      id,
      tags,
      name !== 'tags-off',
    ]);
    if (name !== 'tags-hidden') await grantTo(server.database.pool, reader.id, 'read', [id]);
  }
  expect((await openWebUi(server, reader.key).tags()).body).toEqual(['Z', 'a', 'b', 'é', 'ﬀ', '🦉']);
});
