import { call } from '../../../support/api.js';
import { grantTo } from '../../../support/grants.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aCommand, asCommand, type Command, openWebUi } from '../commands.js';
import { historyOf, prohibited, refusal } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let writer: TestUser;
let prompt: Command;
let client: ReturnType<typeof openWebUi>;
beforeAll(async () => {
  server = await startTestServer();
  [alice, writer] = [await aUser(server), await aUser(server)];
  client = openWebUi(server, writer.key);
});
beforeEach(async () => {
  const form = { content: 'A secret text', tags: ['secret'], data: { note: 'secret' }, meta: { note: 'secret' } };
  prompt = await aCommand(openWebUi(server, alice.key), form);
  await grantTo(server.database.pool, writer.id, 'write', [prompt.id]);
});
afterAll(() => server.stop());

const live = async () => asCommand(await openWebUi(server, alice.key).get(prompt.id));
const form = () => ({ command: prompt.command, name: 'A new name', content: 'A new text' });

it('saves, and gets back what was sent', async () => {
  const answer = await client.update(prompt.id, form());
  expect([answer.status, answer.text.includes('secret')]).toEqual([200, false]);
  expect(asCommand(answer)).toMatchObject({
    ...form(),
    id: prompt.id,
    tags: [],
    data: {},
    meta: {},
    access_grants: [],
  });
  expect(await live()).toMatchObject({
    ...form(),
    tags: ['secret'],
    data: { note: 'secret' },
    meta: { note: 'secret' },
  });
});

it('saves a draft, and does not see the live text', async () => {
  const answer = await client.update(prompt.id, { ...form(), is_production: false, tags: ['mine'] });
  expect([answer.status, answer.text.includes('secret')]).toEqual([200, false]);
  expect(asCommand(answer)).toMatchObject({ content: 'A new text', tags: ['mine'], version_id: null });
  expect((await live()).content).toBe('A secret text');
});

it('makes an entry live, and does not see its text', async () => {
  const [draft] = await historyOf(openWebUi(server, alice.key), prompt.id);
  await openWebUi(server, alice.key).update(prompt.id, { ...form(), content: 'Another secret' });
  const answer = await client.setVersion(prompt.id, draft?.id);
  expect([answer.status, answer.text.includes('secret')]).toEqual([200, false]);
  expect(asCommand(answer)).toMatchObject({ id: prompt.id, version_id: draft?.id, content: '', tags: [] });
  expect((await live()).content).toBe('A secret text');
});

it('may not use update/meta, whose answer is the prompt', async () => {
  const before = await live();
  const ask = () => client.updateMeta(prompt.id, { command: prompt.command, name: 'Other' });
  expect(refusal(await ask())).toEqual(prohibited);
  expect(await live()).toEqual(before);
  await grantTo(server.database.pool, writer.id, 'read', [prompt.id]);
  expect((await ask()).status).toBe(200);
});

it('may delete a prompt that it may not read', async () => {
  expect((await client.delete(prompt.id)).text).toBe('true');
  expect((await call(server, 'GET', `/v1/prompts/${prompt.id}`, { token: alice.key })).status).toBe(404);
});
