import { randomUUID } from 'node:crypto';
import { call } from '../../../support/api.js';
import { grantTo } from '../../../support/grants.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { aPrompt, uploadVersion } from '../../../support/prompts.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { ask, aTemplate, pathOf } from '../../conductor/templates.js';
import { aCommand, type Command, formOf, type OpenWebUi, openWebUi } from '../commands.js';
import { notFound, prohibited, refusal } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
let alicesClient: OpenWebUi;
let bobsClient: OpenWebUi;
let prompt: Command;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = [await aUser(server), await aUser(server)];
  [alicesClient, bobsClient] = [openWebUi(server, alice.key), openWebUi(server, bob.key)];
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aCommand(alicesClient);
});

it('answers true, and the prompt is 404 on every protocol', async () => {
  const { status, text, headers } = await alicesClient.delete(prompt.id);
  expect([status, text, headers.get('content-type')]).toEqual([200, 'true', 'application/json; charset=utf-8']);
  const path = `/v1/prompts/workspace/${prompt.command}`;
  const answers = [
    await alicesClient.get(prompt.id),
    await alicesClient.byCommand(prompt.command),
    await call(server, 'GET', path, { token: alice.key }),
    await ask(server, 'GET', pathOf(prompt.command), alice.key),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404]);
  const again = [
    alicesClient.delete(prompt.id),
    alicesClient.update(prompt.id, formOf(prompt)),
    alicesClient.toggle(prompt.id),
  ];
  expect((await Promise.all(again)).map(refusal)).toEqual([notFound, notFound, notFound]);
});

it('leaves a deleted prompt that an administrator can restore completely', async () => {
  await alicesClient.delete(prompt.id);
  const restored = await call(server, 'POST', `/v1/prompts/${prompt.id}/restore`, { token: server.adminKey });
  expect(restored.status).toBe(200);
  expect(JSON.parse((await alicesClient.get(prompt.id)).text)).toMatchObject(prompt);
});

it('is in the audit log', async () => {
  await alicesClient.delete(prompt.id);
  const path = `/v1/audit?action=prompt.delete&prompt=${prompt.id}`;
  const { body } = await call(server, 'GET', path, { token: server.adminKey });
  expect(body.items).toEqual([
    expect.objectContaining({ subject: `workspace/${prompt.command}`, protocol: 'open-webui' }),
  ]);
});

it('is allowed to callers with write access only', async () => {
  expect(refusal(await bobsClient.delete(prompt.id))).toEqual(prohibited);
  await grantTo(server.database.pool, bob.id, 'read', [prompt.id]);
  expect(refusal(await bobsClient.delete(prompt.id))).toEqual(prohibited);
  await grantTo(server.database.pool, bob.id, 'write', [prompt.id]);
  expect((await bobsClient.delete(prompt.id)).text).toBe('true');
});

it('is refused for a prompt with package versions, even to administrators', async () => {
  const { id, idPath, name } = await aPrompt(server).in({ id: '', slug: 'workspace' }).ownedBy(alice).make();
  expect((await uploadVersion(server, { name, idPath }, server.adminKey, '1.0.0')).status).toBe(201);
  for (const key of [alice.key, server.adminKey]) {
    expect(refusal(await openWebUi(server, key).delete(id))).toEqual(prohibited);
  }
  expect((await alicesClient.get(id)).status).toBe(200);
});

it('is 404 for a missing prompt, one of another owner, or one without a text', async () => {
  const elsewhere = await aPrompt(server).ownedBy(alice).make();
  const empty = await aPrompt(server).in({ id: '', slug: 'workspace' }).ownedBy(alice).make();
  for (const id of [randomUUID(), 'no-id', elsewhere.id, empty.id]) {
    expect(refusal(await alicesClient.delete(id))).toEqual(notFound);
  }
});

it('deletes a prompt of Conductor', async () => {
  await aTemplate(server, alice.key, 'of-conductor', 'Hello');
  const { body } = await alicesClient.byCommand('of-conductor');
  expect((await alicesClient.delete(body.id)).text).toBe('true');
});

it('happens once for ten concurrent requests', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => alicesClient.delete(prompt.id)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status !== 200).map(refusal)).toEqual(Array(9).fill(notFound));
});
