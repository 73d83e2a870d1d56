import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '../../resilience/support/server-process.js';
import { call, type Reachable } from '../../support/api.js';
import { aRevision, point } from '../../support/history.js';
import { aUser, type TestUser } from '../../support/users.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { ask, aTemplate, pathOf, read, versions } from '../conductor/templates.js';
import { aCommand, asCommand, type Command, type Form, formOf, type OpenWebUi, openWebUi } from './commands.js';
import { chainOf, contentOf, historyOf, prohibited, refusal } from './entries.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
let carol: TestUser;
let alicesClient: OpenWebUi;
let prompt: Command;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob, carol] = [await aUser(server), await aUser(server), await aUser(server, { role: 'admin' })];
  alicesClient = openWebUi(server, alice.key);
});
afterAll(() => server.stop());

/** Bob may read and write it; Carol is an administrator. */
beforeEach(async () => {
  const toBob = ['read', 'write'].map((permission) => ({ principal_type: 'user', principal_id: bob.id, permission }));
  const fields = { data: { a: 1 }, meta: { b: 2 }, tags: ['mail'], access_grants: toBob };
  prompt = await aCommand(alicesClient, { content: 'Dear {{customer}},', ...fields });
});

const pathOnV1 = (command = prompt.command) => `/v1/prompts/workspace/${command}`;
const onV1 = (path: string, at: Reachable = server) => call(at, 'GET', pathOnV1() + path, { token: alice.key });
const release = (number: number, version: string) => {
  const input = { token: carol.key, json: { version } };
  return call(server, 'POST', `${pathOnV1()}/revisions/${number}/release`, input);
};
const update = (form: Form) => alicesClient.update(prompt.id, { ...formOf(prompt), ...form });
const history = () => historyOf(alicesClient, prompt.id);
const versionId = async () => asCommand(await alicesClient.get(prompt.id)).version_id;

/** The text that readers of each protocol get, where they name no version. */
async function live(at: Reachable = server): Promise<readonly string[]> {
  const here = asCommand(await openWebUi(at, alice.key).get(prompt.id)).content;
  const template = (await call(at, 'GET', pathOf(prompt.command), { xAuthorization: alice.key })).body.template;
  return [here, String((await onV1('/resolve', at)).body.content), String(template)];
}
const everywhere = (text: string) => [text, text, text.replaceAll(/\{\{(\w+)\}\}/g, '$${$1}')];

it('is created here, saved by a client of Conductor, released on /v1: its history has all entries, in order, with their authors', async () => {
  await aTemplate(server, bob.key, prompt.command, 'Dear ${customer}, good ${daytime}', {
    query: { version: '2', description: 'Greets' },
  });
  await aRevision(server, { path: pathOnV1() }, carol.key, 'Dear {{customer}}, goodbye', { commit_message: 'For 1.0' });
  const released = await release(3, '1.0.0');
  expect([released.status, released.body.version]).toEqual([201, '1.0.0']);

  const entries = await history();
  expect(
    entries.map(({ user, user_id, commit_message, snapshot: { content } }) => {
      return [user?.name, user_id, commit_message, content];
    }),
  ).toEqual([
    [carol.username, carol.id, 'For 1.0', 'Dear {{customer}}, goodbye'],
    [bob.username, bob.id, 'Save version 2', 'Dear {{customer}}, good {{daytime}}'],
    [alice.username, alice.id, 'Initial version', 'Dear {{customer}},'],
  ]);
  expect(entries.map(({ parent_id }) => parent_id)).toEqual([...entries.slice(1).map(({ id }) => id), null]);
  expect(entries.map(({ snapshot: { data, meta, tags } }) => [data, meta, tags])).toEqual(
    Array(3).fill([{ a: 1 }, { b: 2 }, ['mail']]),
  );
  expect((await onV1('/resolve?version=1.0.0')).body.content).toBe('Dear {{customer}}, goodbye');
  // A text is stored as it was written: `/v1` shows it so, the others in their own syntax.
  const written = 'Dear ${customer}, good ${daytime}';
  expect(await live()).toEqual(['Dear {{customer}}, good {{daytime}}', written, written]);
  expect(await versionId()).toBe(entries[1]?.id);
});

it('is unchanged for the others until a draft is made production, and then shows the draft', async () => {
  const before = await live();
  await update({ content: 'Hello {{customer}}', is_production: false });
  expect([await live(), before]).toEqual([before, everywhere('Dear {{customer}},')]);
  expect((await versions(server, alice.key, prompt.command)).map(({ version }) => version)).toEqual([1]);
  const [draft] = await history();
  asCommand(await alicesClient.setVersion(prompt.id, draft?.id));
  expect(await live()).toEqual(everywhere('Hello {{customer}}'));
  expect((await versions(server, alice.key, prompt.command)).map(({ version }) => version)).toEqual([2, 1]);
});

it('shows a new production text of another process on every protocol within 200 ms', async () => {
  const process = new ServerProcess({ ...server.environment, LOG_LEVEL: 'warn' });
  try {
    const second = { url: await process.ready() };
    const [first] = await history();
    await update({ content: 'Hello {{customer}}', is_production: false });
    const [draft] = await history();
    for (let round = 0; round < 10; round += 1) {
      const text = round % 2 === 0 ? 'Hello {{customer}}' : 'Dear {{customer}},';
      expect(await live(second)).not.toEqual(everywhere(text));
      asCommand(await alicesClient.setVersion(prompt.id, (round % 2 === 0 ? draft : first)?.id));
      const moved = performance.now();
      expect(await live()).toEqual(everywhere(text));
      await sleep(Math.max(0, 200 - (performance.now() - moved)));
      expect(await live(second)).toEqual(everywhere(text));
    }
  } finally {
    await process.end();
  }
});

it('has the live text of the label production, moved on any protocol', async () => {
  await update({ content: 'Two' });
  await update({ content: 'Three' });
  const ids = (await history()).map(({ id }) => id).reverse();
  for (const number of [1, 2, 3, 1]) {
    const moved = await point(server, { path: pathOnV1() }, alice.key, 'production', { revision: number });
    expect(moved.status).toBe(200);
    expect(await versionId()).toBe(ids[number - 1]);
    expect(asCommand(await alicesClient.get(prompt.id)).content).toBe(
      ['Dear {{customer}},', 'Two', 'Three'][number - 1],
    );
  }
  await point(server, { path: pathOnV1() }, alice.key, 'staging', { revision: 3 });
  expect(await versionId()).toBe(ids[0]);
});

it("loses an entry here only: labels, Conductor's versions and revisions are unchanged", async () => {
  await aTemplate(server, alice.key, prompt.command, 'Two', { query: { version: '2' } });
  await point(server, { path: pathOnV1() }, alice.key, 'staging', { revision: 2 });
  await aTemplate(server, alice.key, prompt.command, 'Three', { query: { version: '3' } });
  const elsewhere = async () => [
    (await onV1('/revisions')).body,
    (await onV1('/labels')).body,
    (await onV1('/resolve?label=staging')).body,
    await versions(server, alice.key, prompt.command),
  ];
  const before = await elsewhere();
  const [, second] = await history();
  expect((await alicesClient.deleteEntry(prompt.id, second?.id ?? '')).text).toBe('true');
  expect(chainOf(await history())).toEqual([
    ['Three', 'Dear {{customer}},'],
    ['Dear {{customer}},', null],
  ]);
  expect(await elsewhere()).toEqual(before);
  expect((await read(server, alice.key, prompt.command, 2)).template).toBe('Two');
});

it('shows a deleted entry again once it is production', async () => {
  await update({ content: 'Two' });
  const [, first] = await history();
  await alicesClient.deleteEntry(prompt.id, first?.id ?? '');
  expect((await history()).map(contentOf)).toEqual(['Two']);
  await point(server, { path: pathOnV1() }, alice.key, 'production', { revision: 1 });
  expect(chainOf(await history())).toEqual([
    ['Two', 'Dear {{customer}},'],
    ['Dear {{customer}},', null],
  ]);
});

it('can be edited, but neither renamed nor deleted, once it has package versions', async () => {
  expect((await release(1, '1.0.0')).status).toBe(201);
  for (const key of [alice.key, bob.key, carol.key]) {
    const client = openWebUi(server, key);
    const renamed = { ...formOf(prompt), command: randomUUID() };
    const answers = [
      client.delete(prompt.id),
      client.update(prompt.id, renamed),
      client.updateMeta(prompt.id, renamed),
    ];
    expect((await Promise.all(answers)).map(refusal)).toEqual([prohibited, prohibited, prohibited]);
  }
  expect((await ask(server, 'DELETE', pathOf(prompt.command), alice.key)).status).toBe(403);
  expect(asCommand(await update({ content: 'Edited', name: 'Titled' }))).toMatchObject({
    command: prompt.command,
    content: 'Edited',
    name: 'Titled',
  });
  expect((await onV1('/versions')).body.items.map(({ version }) => version)).toEqual(['1.0.0']);
});

it('loses nothing by an update that leaves fields out and a restore of its entry', async () => {
  await update({ content: 'Only the text' });
  await update({ content: 'Something else', data: { a: 2 }, meta: { b: 3 }, tags: ['other'], name: 'Other' });
  const [, sparse] = await history();
  expect(sparse?.snapshot).toMatchObject({ content: 'Only the text', data: { a: 1 }, meta: { b: 2 }, tags: ['mail'] });
  const restored = asCommand(await alicesClient.setVersion(prompt.id, sparse?.id));
  const { access_grants: grants, name, data, meta, tags } = prompt;
  expect(restored).toMatchObject({ content: 'Only the text', name, data, meta, tags, access_grants: grants });
});

it('has one chain of parents after 25 updates in quick succession', async () => {
  for (let index = 1; index <= 25; index += 1) asCommand(await update({ content: `Edit ${index}` }));
  const entries = [...(await history()), ...(await historyOf(alicesClient, prompt.id, 1))];
  expect(entries.map(contentOf)).toEqual([
    ...Array.from({ length: 25 }, (_, index) => `Edit ${25 - index}`),
    'Dear {{customer}},',
  ]);
  expect(entries.map(({ parent_id }) => parent_id)).toEqual([...entries.slice(1).map(({ id }) => id), null]);
  // Times alone could not tell their order.
  expect(new Set(entries.map(({ created_at }) => created_at)).size).toBeLessThan(entries.length);
});
