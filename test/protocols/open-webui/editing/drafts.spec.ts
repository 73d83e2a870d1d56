import { call } from '../../../support/api.js';
import type { TestUser } from '../../../support/users.js';
import type { TestServer } from '../../../support/test-server.js';
import { aTemplate, read } from '../../conductor/templates.js';
import {
  aCommand,
  asCommand,
  type Command,
  readForAll,
  type Form,
  formOf,
  type OpenWebUi,
  startWithUser,
  toGrantInput,
} from '../commands.js';
import { historyOf } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let alicesClient: OpenWebUi;
let prompt: Command;
beforeAll(async () => {
  ({ server, alice, alicesClient } = await startWithUser());
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aCommand(alicesClient, { data: { a: 1 }, meta: { b: 2 }, tags: ['x'] });
});

const other = {
  name: 'Drafted',
  content: 'Drafted for {{whom}}',
  data: { drafted: true },
  meta: { drafted: true },
  tags: ['drafted'],
};
const draft = async (change: Form = other) =>
  asCommand(await alicesClient.update(prompt.id, { ...formOf(prompt), is_production: false, ...change }));
const newest = async () => (await historyOf(alicesClient, prompt.id))[0];

/** The live prompt as readers of every protocol see it, without the time of its last change. */
async function everywhere(command = prompt.command) {
  const v1 = `/v1/prompts/workspace/${command}`;
  const asked = (path: string) => call(server, 'GET', path, { token: alice.key });
  const { updated_at: _, ...details } = (await asked(v1)).body;
  const { updated_at: _here, ...here } = JSON.parse((await alicesClient.get(prompt.id)).text) as Command;
  const resolved = await asked(`${v1}/resolve`);
  const { content, title, revision, labels } = resolved.body;
  return {
    here,
    details,
    resolved: { content, title, revision, labels },
    template: await read(server, alice.key, command),
  };
}

it.each([false, null, 'false', 0])('does not change the live text of any reader (is_production: %j)', async (flag) => {
  const before = await everywhere();
  const answer = await draft({ ...other, is_production: flag });
  expect(answer).toEqual({ ...prompt, updated_at: expect.any(Number) });
  expect(await everywhere()).toEqual(before);
  expect((await newest())?.snapshot).toMatchObject(other);
});

it('is live on every protocol at once when it is made production', async () => {
  await draft();
  const entry = await newest();
  const created = asCommand(await alicesClient.setVersion(prompt.id, entry?.id));
  expect(created).toEqual({ ...prompt, ...other, version_id: entry?.id, updated_at: expect.any(Number) });
  expect(await everywhere()).toMatchObject({
    here: other,
    details: { title: other.name, tags: other.tags },
    resolved: { content: other.content, title: other.name },
    template: { template: 'Drafted for ${whom}', version: 2 },
  });
});

it('has the draft before it as its parent, and each is a draft of the live text', async () => {
  await draft({ content: 'One' });
  await draft({ name: 'Two' });
  const [second, first] = await historyOf(alicesClient, prompt.id);
  expect(second).toMatchObject({ parent_id: first?.id, snapshot: { content: prompt.content, name: 'Two' } });
  expect(first).toMatchObject({ parent_id: prompt.version_id, snapshot: { content: 'One', name: prompt.name } });
});

it('keeps fields that it leaves out, so that making it production deletes nothing', async () => {
  await draft({ content: 'Only this' });
  const created = asCommand(await alicesClient.setVersion(prompt.id, (await newest())?.id));
  expect(created).toMatchObject({
    content: 'Only this',
    name: prompt.name,
    data: { a: 1 },
    meta: { b: 2 },
    tags: ['x'],
  });
});

it('changes the command of the prompt at once, which keeps its displayed name', async () => {
  const renamed = `${prompt.command}-renamed`;
  const answer = await draft({ ...other, command: renamed });
  expect(answer).toEqual({ ...prompt, command: renamed, updated_at: expect.any(Number) });
  expect((await alicesClient.byCommand(prompt.command)).status).toBe(404);
  expect((await alicesClient.byCommand(renamed)).status).toBe(200);
  expect((await newest())?.snapshot).toMatchObject({ ...other, command: renamed });
});

it('keeps the displayed name of a prompt without a title when the command changes', async () => {
  const name = `${prompt.command}-untitled`;
  await aTemplate(server, alice.key, name, 'Hello');
  const before = JSON.parse((await alicesClient.byCommand(name)).text) as Command;
  const form = { command: `${name}-2`, name: 'Titled', content: 'Hello', is_production: false };
  expect(asCommand(await alicesClient.update(before.id, form))).toMatchObject({ command: `${name}-2`, name });
});

it('changes the grants at once', async () => {
  const answer = await draft({ access_grants: [readForAll] });
  expect(answer.access_grants.map(toGrantInput)).toEqual([readForAll]);
  expect(answer.version_id).toBe(prompt.version_id);
  expect((await newest())?.snapshot.access_grants).toEqual([readForAll]);
});

it('is not created if only data and meta differ', async () => {
  expect(await draft({ data: { new: 1 }, meta: { new: 1 } })).toEqual(prompt);
  expect(await historyOf(alicesClient, prompt.id)).toHaveLength(1);
});

it('stays a draft when Conductor or /v1 continue from the live text', async () => {
  await draft();
  await aTemplate(server, alice.key, prompt.command, 'Of Conductor');
  expect((await everywhere()).here).toMatchObject({ name: prompt.name, content: 'Of Conductor', tags: ['x'] });
  const entries = await historyOf(alicesClient, prompt.id);
  expect(entries.map(({ snapshot: { content, data } }) => [content, data])).toEqual([
    ['Of Conductor', { a: 1 }],
    [other.content, other.data],
    [prompt.content, { a: 1 }],
  ]);
});
