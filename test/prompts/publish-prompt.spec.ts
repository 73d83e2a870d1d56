import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { call } from '../support/api.js';
import { aKey, aUser, type TestUser } from '../support/users.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
});
afterAll(() => server.stop());

const publish = (json: object, token = alice.key) => call(server, 'POST', '/v1/prompts/publish', { token, json });

it('creates the prompt and its version 1.0.0, with a package of the given content', async () => {
  const input = { name: 'haiku', description: 'About anything.', tags: ['fun'], content: 'Write about {{topic}}.' };
  const { status, body } = await publish(input);
  expect([status, body]).toEqual([
    201,
    {
      id: expect.any(String),
      prompt_id: expect.any(String),
      version: '1.0.0',
      tarball_url: `${alice.id}/haiku/1.0.0.tar.gz`,
      created_at: expect.stringMatching(/Z$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: expect.any(Number),
    },
  ]);
  const prompt = await call(server, 'GET', '/v1/prompts/alice/haiku');
  expect(prompt.body).toMatchObject({
    id: body.prompt_id,
    tags: ['fun'],
    latest_version: '1.0.0',
    visibility: 'public',
  });

  const { headers } = await call(server, 'GET', '/v1/prompts/alice/haiku/versions/1.0.0/download');
  const archive = Buffer.from(await (await fetch(headers.get('location') ?? '')).arrayBuffer());
  expect(createHash('sha256').update(archive).digest('hex')).toBe(body.sha256);
  expect(archive.length).toBe(body.size);
  const contents = await readPackage(Readable.from([archive]), { name: 'haiku', version: '1.0.0' });
  expect(contents.manifest).toMatchObject({ name: 'haiku', version: '1.0.0', author: 'alice', tags: ['fun'] });
});

it('refuses a name that is taken, and does not change that prompt', async () => {
  await publish({ name: 'taken', description: 'First.', content: 'One.' });
  const { status, body } = await publish({ name: 'taken', description: 'Second.', content: 'Two.' });
  expect([status, body]).toEqual([409, { error: 'CONFLICT', message: 'prompt already exists' }]);
  expect((await call(server, 'GET', '/v1/prompts/alice/taken')).body.description).toBe('First.');
});

it('creates one complete prompt of ten with the same name at the same time', async () => {
  for (let round = 0; round < 5; round += 1) {
    const input = (index: number) => ({ name: `race-${round}`, description: `${index}`, content: `Rival ${index}.` });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => publish(input(index))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    const winner = answers.findIndex(({ status }) => status === 201);
    const { body } = await call(server, 'GET', `/v1/prompts/alice/race-${round}`);
    expect([body.description, body.latest_version]).toEqual([String(winner), '1.0.0']);
    const { headers } = await call(server, 'GET', `/v1/prompts/alice/race-${round}/versions/1.0.0/download`);
    const archive = Buffer.from(await (await fetch(headers.get('location') ?? '')).arrayBuffer());
    expect(archive.toString('latin1')).toContain(`Rival ${winner}.`);
  }
});

it('stores nothing of a refused request', async () => {
  const { status, body } = await publish({ name: 'too-large', description: '', content: 'x'.repeat(1024 * 1024 + 1) });
  expect([status, Object.keys(body.details)]).toEqual([422, ['content']]);
  expect((await call(server, 'GET', '/v1/prompts/alice/too-large')).status).toBe(404);
  const { rows } = await server.database.pool.query('select * from version_reservation');
  expect(rows).toEqual([]);
  expect((await publish({ name: 'too-large', description: '', content: 'Small.' })).status).toBe(201);
});

it.each([
  [{}, ['content', 'description', 'name']],
  [{ name: 'Bad Name', description: '', content: '' }, ['content', 'name']],
  [{ name: 'n', description: '', content: 'a\0b' }, ['content']],
  [{ name: 'n', description: '', content: 1, tags: 'x' }, ['content', 'tags']],
])('is 422 for %j', async (json, fields) => {
  const { status, body } = await publish(json);
  expect([status, body.error, Object.keys(body.details).sort()]).toEqual([422, 'VALIDATION_ERROR', fields]);
});

it('needs the scopes for both of its parts', async () => {
  const input = { name: 'half', description: '', content: 'Hi.' };
  for (const scope of ['prompts:write', 'versions:publish'] as const) {
    const key = await aKey(server, alice.id, { scopes: [scope] });
    expect((await publish(input, key)).status).toBe(403);
  }
  const both = await aKey(server, alice.id, { scopes: ['prompts:write', 'versions:publish'] });
  expect((await publish(input, both)).status).toBe(201);
});
