import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

const remove = (prompt: TestPrompt) => call(server, 'DELETE', prompt.idPath, { token: alice.key });
const restore = (prompt: TestPrompt) => call(server, 'POST', `${prompt.idPath}/restore`, { token: server.adminKey });
const create = (name: string) =>
  call(server, 'POST', '/v1/prompts', { token: alice.key, json: { name, description: '' } });
const notFound = { error: 'NOT_FOUND', message: 'prompt not found' };
const exists = { error: 'CONFLICT', message: 'prompt already exists' };

describe('a deleted prompt', () => {
  it('is 404 for every reader, its owner and admins too', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    const { status, text } = await remove(prompt);
    expect([status, text]).toEqual([204, '']);
    const reads = ['', '/versions', '/versions/1.0.0', '/versions/1.0.0/download', '/downloads', '/downloads.csv'];
    for (const token of [undefined, alice.key, server.adminKey]) {
      for (const path of [prompt.idPath, ...reads.map((read) => prompt.path + read)]) {
        const answer = await call(server, 'GET', path, token === undefined ? {} : { token });
        expect([path, answer.status, answer.body]).toEqual([path, 404, notFound]);
      }
    }
    expect((await call(server, 'GET', `/v1/prompts?q=${prompt.name}`)).body.items).toEqual([]);
  });

  it('cannot be changed, deleted again or published to', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    await remove(prompt);
    const input = { token: alice.key, json: { description: 'x' } };
    expect((await call(server, 'PATCH', prompt.idPath, input)).body).toEqual(notFound);
    expect((await remove(prompt)).body).toEqual(notFound);
    expect((await uploadVersion(server, prompt, alice.key, '1.0.0')).body).toEqual(notFound);
  });

  it('leaves its rows and objects in place', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    const { headers } = await call(server, 'GET', `${prompt.path}/versions/1.0.0/download`);
    await remove(prompt);
    expect((await fetch(headers.get('location') ?? '')).status).toBe(200);
    const { rows } = await server.database.pool.query('select version from version where prompt_id = $1', [prompt.id]);
    expect(rows).toEqual([{ version: '1.0.0' }]);
  });

  it('is deleted once by ten requests at the same time', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const answers = await Promise.all(Array.from({ length: 10 }, () => remove(prompt)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(9).fill(404)]);
  });
});

describe('an admin', () => {
  it('restores it unchanged', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
    const before = await call(server, 'GET', prompt.path);
    await remove(prompt);
    const { status, body } = await restore(prompt);
    expect([status, body]).toEqual([200, before.body]);
    expect((await call(server, 'GET', `${prompt.path}/versions`)).body.items).toHaveLength(1);
  });

  it('restores only deleted prompts', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    expect((await restore(prompt)).body).toEqual(notFound);
    for (const id of ['no-id', '00000000-0000-4000-8000-000000000000']) {
      const { status } = await call(server, 'POST', `/v1/prompts/${id}/restore`, { token: server.adminKey });
      expect(status).toBe(404);
    }
  });

  it('does not restore it over another prompt with its name', async () => {
    const prompt = await aPrompt(server, 'successor').ownedBy(alice).make();
    await remove(prompt);
    await create('successor');
    const { status, body } = await restore(prompt);
    expect([status, body]).toEqual([409, exists]);
  });

  it('does not restore it under a name that another prompt has published since', async () => {
    const first = await aPrompt(server, 'published-since').ownedBy(alice).make();
    await remove(first);
    const second = await aPrompt(server, 'published-since').ownedBy(alice).withVersion('1.0.0').make();
    await remove(second);
    expect((await restore(first)).body).toEqual(exists);
    expect((await restore(second)).status).toBe(200);
  });
});

describe('the name', () => {
  it('is free again if no version was published under it', async () => {
    const prompt = await aPrompt(server, 'never-published').ownedBy(alice).make();
    await remove(prompt);
    const { status, body } = await create('never-published');
    expect([status, body.id === prompt.id]).toEqual([201, false]);
  });

  it('is never free again once a version was published under it', async () => {
    const prompt = await aPrompt(server, 'published').ownedBy(alice).withVersion('1.0.0').make();
    await remove(prompt);
    const { status, body } = await create('published');
    expect([status, body]).toEqual([409, exists]);
    const json = { name: 'published', description: '', content: 'Hi.' };
    const publish = await call(server, 'POST', '/v1/prompts/publish', { token: alice.key, json });
    expect([publish.status, publish.body]).toEqual([409, exists]);
  });

  it('of a published prompt stays taken when deletion and creation race', async () => {
    for (let round = 0; round < 5; round += 1) {
      const prompt = await aPrompt(server, `retired-${round}`).ownedBy(alice).withVersion('1.0.0').make();
      const answers = await Promise.all([
        create(prompt.name),
        remove(prompt),
        create(prompt.name),
        create(prompt.name),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([409, 204, 409, 409]);
    }
  });

  it('is not given to two prompts when deletion, creation and a first upload race', async () => {
    for (let round = 0; round < 5; round += 1) {
      const prompt = await aPrompt(server, `contested-${round}`).ownedBy(alice).make();
      const [upload, , ...creations] = await Promise.all([
        uploadVersion(server, prompt, alice.key, '1.0.0'),
        remove(prompt),
        create(prompt.name),
        create(prompt.name),
      ]);
      const created = creations.filter(({ status }) => status === 201).length;
      expect([201, 404]).toContain(upload.status);
      expect(created).toBeLessThanOrEqual(upload.status === 201 ? 0 : 1);
      const living = 'select id from prompt where name = $1 and deleted_at is null';
      expect((await server.database.pool.query(living, [prompt.name])).rowCount).toBe(created);
    }
  });
});
