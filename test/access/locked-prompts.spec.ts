import { openWebUi } from '../protocols/open-webui/commands.js';
import { ask } from '../protocols/conductor/templates.js';
import { call } from '../support/api.js';
import { point, save } from '../support/history.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { aUser, type TestUser } from '../support/users.js';

let server: TestServer;
let stranger: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  const owner = await aUser(server);
  stranger = await aUser(server);
  prompt = await aPrompt(server).ownedBy(owner).private().make();
  await save(server, prompt, owner.key, { content: 'Secret' });
});
afterAll(() => server.stop());

/** While a save of its owner is running, an answer that waits for it would tell that there is such a prompt. */
it.each([
  ['saves a revision', 404, () => save(server, prompt, stranger.key, { content: 'x' })],
  ['moves a label', 404, () => point(server, prompt, stranger.key, 'production', { revision: 1 })],
  ['removes a label', 404, () => call(server, 'DELETE', `${prompt.path}/labels/production`, { token: stranger.key })],
  [
    'protects a label',
    404,
    () =>
      call(server, 'PUT', `${prompt.path}/labels/production/protection`, {
        token: stranger.key,
        json: { writers: [] },
      }),
  ],
  [
    'restores a revision',
    404,
    () => call(server, 'POST', `${prompt.path}/revisions/1/restore`, { token: stranger.key }),
  ],
  [
    'sets grants',
    404,
    () => call(server, 'PUT', `${prompt.path}/grants`, { token: stranger.key, json: { items: [] } }),
  ],
  [
    'changes a command',
    404,
    () => openWebUi(server, stranger.key).update(prompt.id, { command: 'x', name: 'x', content: 'x' }),
  ],
  ['deletes a command', 404, () => openWebUi(server, stranger.key).delete(prompt.id)],
  ['reads a template', 404, () => ask(server, 'GET', `/api/prompts/${prompt.name}`, stranger.key)],
])('a stranger who %s waits for no lock of a private prompt', async (_what, status, request) => {
  const client = await server.database.pool.connect();
  try {
    await client.query('begin');
    await client.query('select from prompt where id = $1 for update', [prompt.id]);
    expect((await request()).status).toBe(status);
  } finally {
    await client.query('rollback');
    client.release();
  }
});
