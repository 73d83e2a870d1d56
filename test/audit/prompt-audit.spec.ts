import { call } from '../support/api.js';
import { aKey, anOrganization, aUser, addMember, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { entries, seedEntries, walk } from './audit-entries.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = [await aUser(server, { username: 'alice' }), await aUser(server, { username: 'bob' })];
});
afterAll(() => server.stop());

const hidden = { error: 'NOT_FOUND', message: 'prompt not found' };
const refused = { error: 'FORBIDDEN', message: 'not prompt owner' };

describe.each(['audit', 'audit.csv'])('GET /v1/prompts/:owner/:name/%s', (what) => {
  const read = async (prompt: TestPrompt, token?: string) => {
    const { status, body } = await call(server, 'GET', `${prompt.path}/${what}`, { ...(token ? { token } : {}) });
    return [status, body];
  };

  it('is 404 for callers who may not read a private prompt', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).private().make();
    expect(await read(prompt, bob.key)).toEqual([404, hidden]);
    expect(await read({ ...prompt, path: '/v1/prompts/alice/nothing' }, bob.key)).toEqual([404, hidden]);
    expect((await read(prompt))[0]).toBe(401);
  });

  it('is refused to readers who do not own the prompt, be it public or private', async () => {
    const organization = await anOrganization(server, { memberAccess: 'read' });
    const [owner, member] = [await aUser(server), await aUser(server)];
    await addMember(server, organization, owner, 'owner');
    await addMember(server, organization, member);
    const ofOrganization = await aPrompt(server).ownedBy(owner).in(organization).private().make();
    expect(await read(ofOrganization, member.key)).toEqual([403, refused]);
    expect((await read(ofOrganization, owner.key))[0]).toBe(200);
    expect(await read(await aPrompt(server).ownedBy(alice).make(), bob.key)).toEqual([403, refused]);
  });

  it('accepts a key with the scope prompts:read', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const [reading, writing] = [
      await aKey(server, alice.id, { scopes: ['prompts:read'] }),
      await aKey(server, alice.id, { scopes: ['prompts:write'] }),
    ];
    expect((await read(prompt, reading))[0]).toBe(200);
    expect(await read(prompt, writing)).toEqual([
      403,
      { error: 'FORBIDDEN', message: 'missing scope', details: { scope: 'prompts:read' } },
    ]);
  });

  it('is 404 after the prompt is deleted', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    await call(server, 'DELETE', prompt.idPath, { token: alice.key });
    expect(await read(prompt, alice.key)).toEqual([404, hidden]);
  });
});

it('lists the actions on this prompt only, of every user', async () => {
  const [prompt, other] = [await aPrompt(server).ownedBy(alice).make(), await aPrompt(server).ownedBy(alice).make()];
  await call(server, 'PATCH', prompt.idPath, { token: server.adminKey, json: { title: 'By the admin' } });
  await call(server, 'PATCH', other.idPath, { token: alice.key, json: { title: 'Another' } });
  const source = { path: `${prompt.path}/audit`, token: alice.key };
  const found = await entries(server, '', source);
  expect(found.map(({ actor, action }) => [actor, action])).toEqual([
    ['admin', 'prompt.update'],
    ['alice', 'prompt.create'],
  ]);
  expect(found).toEqual(await entries(server, `prompt=${prompt.owner}/${prompt.name}`));
  expect(await entries(server, 'actor=admin', source)).toEqual(found.slice(0, 1));
  expect(await entries(server, `prompt=${other.id}`, source)).toEqual(found);
});

it('has pages, by the owner’s slug or id', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  await seedEntries(server, { count: 45, promptId: prompt.id });
  for (const owner of ['alice', alice.id]) {
    const path = `/v1/prompts/${owner}/${prompt.name}/audit`;
    const pages = await walk(server, 'limit=20&action=label', { path, token: alice.key });
    expect(pages.map(({ length }) => length)).toEqual([20, 20, 5]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(45);
  }
});

it('answers 304 as long as there is no new entry', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  const read = (headers = {}) => call(server, 'GET', `${prompt.path}/audit`, { token: alice.key, headers });
  const { headers } = await read();
  const condition = { 'if-none-match': headers.get('etag') ?? '' };
  expect(headers.get('cache-control')).toBe('private');
  expect((await read(condition)).status).toBe(304);
  await call(server, 'PATCH', prompt.idPath, { token: alice.key, json: { title: 'Changed' } });
  expect((await read(condition)).status).toBe(200);
});
