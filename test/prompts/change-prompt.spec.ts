import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
beforeEach(async () => {
  prompt = await aPrompt(server).ownedBy(alice).make();
});
afterAll(() => server.stop());

const patch = (json: object, token = alice.key) => call(server, 'PATCH', prompt.idPath, { token, json });
const read = async () => (await call(server, 'GET', prompt.path, { token: alice.key })).body;

describe('GET', () => {
  it('answers the prompt, flat, by path, by owner’s id and by id', async () => {
    const byPath = await read();
    expect(byPath).toEqual({
      id: prompt.id,
      name: prompt.name,
      description: 'A prompt for a test.',
      owner_id: alice.id,
      owner_username: 'alice',
      visibility: 'public',
      tags: [],
      download_count: 0,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
      title: null,
      enforce_variable_contract: false,
      latest_version: null,
    });
    for (const path of [prompt.idPath, prompt.idPath.toUpperCase().replace('/V1/PROMPTS', '/v1/prompts')]) {
      expect((await call(server, 'GET', path)).body).toEqual(byPath);
    }
    for (const owner of [alice.id, alice.id.toUpperCase(), 'ALICE']) {
      expect((await call(server, 'GET', `/v1/prompts/${owner}/${prompt.name}`)).body).toEqual(byPath);
    }
  });

  it('distinguishes upper and lower case in names', async () => {
    expect((await call(server, 'GET', `/v1/prompts/alice/${prompt.name.toUpperCase()}`)).status).toBe(404);
  });
});

describe('PATCH', () => {
  it('answers the changed prompt', async () => {
    const { status, body } = await patch({ description: 'New.', title: 'A title', tags: ['b', 'a'] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ description: 'New.', title: 'A title', tags: ['b', 'a'], visibility: 'public' });
    expect(body).toEqual(await read());
  });

  it.each([
    ['description', 'Changed.'],
    ['title', 'Changed'],
    ['tags', [' changed ', 'NULL', 'a"b\\c\n']],
    ['visibility', 'private'],
    ['enforce_variable_contract', true],
  ])('changes %s alone', async (field, value) => {
    const before = await read();
    const { body } = await patch({ [field]: value });
    const { updated_at: _then, ...unchanged } = before;
    expect(body).toEqual({ ...unchanged, [field]: value, updated_at: expect.any(String) });
    expect(Date.parse(String(body.updated_at))).toBeGreaterThanOrEqual(Date.parse(String(before.updated_at)));
  });

  it('removes the title with null, and all tags with an empty list', async () => {
    await patch({ title: 'A title', tags: ['a'] });
    const { body } = await patch({ title: null, tags: [] });
    expect([body.title, body.tags]).toEqual([null, []]);
  });

  it('never changes the identity: the same name is accepted, unknown fields are refused', async () => {
    const before = await read();
    const unknown = { owner: 'admin', owner_id: 'x', id: 'x', download_count: 9 };
    const refused = await patch({ title: 'T', ...unknown });
    expect([refused.status, Object.keys(refused.body.details).sort()]).toEqual([422, Object.keys(unknown).sort()]);
    const renamed = await patch({ title: 'T', name: 'other' });
    expect([renamed.status, renamed.body.details]).toEqual([422, { name: 'must be that of the path' }]);
    expect(await read()).toEqual(before);
    expect((await patch({ title: 'T', name: prompt.name })).body).toMatchObject({ name: prompt.name, title: 'T' });
  });

  it.each([
    [{ description: null }, ['description']],
    [{ tags: null, visibility: null }, ['tags', 'visibility']],
    [{ title: 1, enforce_variable_contract: 'yes' }, ['enforce_variable_contract', 'title']],
    [{ title: 't'.repeat(256) }, ['title']],
  ])('is 422 for %j', async (json, fields) => {
    const { status, body } = await patch(json);
    expect([status, Object.keys(body.details).sort()]).toEqual([422, fields]);
  });

  it('hides and shows the prompt at once', async () => {
    const statusForStrangers = async () => (await call(server, 'GET', prompt.path)).status;
    await patch({ visibility: 'private' });
    expect(await statusForStrangers()).toBe(404);
    expect((await call(server, 'GET', `/v1/prompts?q=${prompt.name}`)).body.items).toEqual([]);
    await patch({ visibility: 'public' });
    expect(await statusForStrangers()).toBe(200);
    expect((await call(server, 'GET', `/v1/prompts?q=${prompt.name}`)).body.items).toHaveLength(1);
  });

  it('loses no change of two at the same time', async () => {
    await Promise.all([patch({ title: 'Both' }), patch({ tags: ['both'] }), patch({ description: 'Both.' })]);
    expect(await read()).toMatchObject({ title: 'Both', tags: ['both'], description: 'Both.' });
  });

  it('is refused to callers who do not own the prompt', async () => {
    const mallory = await aUser(server);
    const { status, body } = await patch({ description: 'Mine.' }, mallory.key);
    expect([status, body]).toEqual([403, { error: 'FORBIDDEN', message: 'not prompt owner' }]);
  });
});
