import { call } from '../../../support/api.js';
import type { TestUser } from '../../../support/users.js';
import type { TestServer } from '../../../support/test-server.js';
import { ask, read } from '../../conductor/templates.js';
import {
  aCommand,
  asCommand,
  type Command,
  readForAll,
  type Form,
  formOf,
  full,
  type OpenWebUi,
  startWithUser,
} from '../commands.js';
import { chainOf, contentOf, historyOf, upTo } from '../entries.js';

let server: TestServer;
let alice: TestUser;
let alicesClient: OpenWebUi;
let prompt: Command;
beforeAll(async () => {
  ({ server, alice, alicesClient } = await startWithUser());
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aCommand(alicesClient, { ...full, access_grants: [readForAll] });
});

const save = async (change: Form) => asCommand(await alicesClient.update(prompt.id, { ...formOf(prompt), ...change }));
const history = () => historyOf(alicesClient, prompt.id);
const age = (seconds: number) =>
  server.database.pool.query(
    `update prompt set updated_at = updated_at - make_interval(secs => $2), created_at = created_at - make_interval(secs => $2)
     where id = $1`,
    [prompt.id, seconds],
  );

describe('a saved text', () => {
  it('is live at once, with an entry whose parent is the previous one', async () => {
    await age(60);
    const saved = await save({ name: 'Other', content: 'Bye {{name}}', tags: ['z'], commit_message: 'Shorter' });
    expect(saved).toEqual({
      ...prompt,
      name: 'Other',
      content: 'Bye {{name}}',
      tags: ['z'],
      version_id: expect.not.stringContaining(prompt.version_id),
      created_at: prompt.created_at - 60,
      updated_at: expect.any(Number),
    });
    expect(saved.updated_at).toBeGreaterThanOrEqual(prompt.updated_at);
    expect((await history()).map(({ id, parent_id, commit_message }) => [id, parent_id, commit_message])).toEqual([
      [saved.version_id, prompt.version_id, 'Shorter'],
      [prompt.version_id, null, 'Initial version'],
    ]);
    const resolved = await call(server, 'GET', `/v1/prompts/workspace/${prompt.command}/resolve`, { token: alice.key });
    expect(resolved.body).toMatchObject({ content: 'Bye {{name}}', title: 'Other' });
    expect((await read(server, alice.key, prompt.command)).template).toBe('Bye ${name}');
  });

  it.each([
    ['left out', {}],
    ['null', { data: null, meta: null, tags: null, access_grants: null, commit_message: null }],
    ['empty objects', { data: {}, meta: {} }],
  ])('keeps fields that are %s, in the entry as well, so that a restore deletes nothing', async (_, nothing) => {
    const saved = await save({ content: 'Two', ...nothing });
    expect(saved).toMatchObject({ ...full, access_grants: prompt.access_grants });
    const [entry] = await history();
    expect(entry).toMatchObject({ snapshot: { ...full, access_grants: [readForAll] }, commit_message: null });
    await save({ content: 'Three', data: { other: 1 }, meta: { other: 1 }, tags: [] });
    expect(asCommand(await alicesClient.setVersion(prompt.id, entry?.id))).toMatchObject({ ...full, content: 'Two' });
  });

  it('can remove all tags and grants', async () => {
    expect(await save({ tags: [], access_grants: [] })).toMatchObject({ tags: [], access_grants: [] });
  });

  it.each<[string, Form]>([
    ['name', { name: 'Other' }],
    ['command', { command: 'other' }],
    ['content', { content: 'Other' }],
    ['line endings', { content: 'Hello {{name}}\r' }],
    ['tags', { tags: ['x'] }],
    ['grants', { access_grants: [] }],
  ])('creates an entry: %s', async (_, change) => {
    const saved = await save(change);
    expect((await history()).map(({ id }) => id)).toEqual([saved.version_id, prompt.version_id]);
  });

  it.each<[string, Form]>([
    ['nothing', {}],
    ['the whole prompt', { ...full, access_grants: [readForAll] }],
    ['the same tags and grants in another order', { tags: ['y', 'x', 'x'], access_grants: [readForAll, readForAll] }],
    ['nothing, as a draft', { is_production: false }],
    ['a message alone', { commit_message: 'Nothing' }],
  ])('changes nothing if it is the same: %s', async (_, change) => {
    await age(60);
    expect(await save(change)).toEqual({
      ...prompt,
      updated_at: prompt.updated_at - 60,
      created_at: prompt.created_at - 60,
    });
    expect(await history()).toHaveLength(1);
  });

  it('creates no entry for data and meta alone, which are live nevertheless', async () => {
    await age(60);
    const change = { data: { new: true }, meta: { newer: 1 } };
    const saved = await save(change);
    expect(saved).toMatchObject({ ...change, version_id: prompt.version_id });
    expect(saved.updated_at).toBeGreaterThanOrEqual(prompt.updated_at);
    expect((await history()).map(({ snapshot }) => snapshot.data)).toEqual([full.data]);
    await save({ content: 'Two' });
    expect((await history())[0]?.snapshot).toMatchObject(change);
  });

  it('contains everything that the editor knows of the prompt', async () => {
    const { text } = await alicesClient.get(prompt.id);
    const saved = asCommand(
      await alicesClient.update(prompt.id, { ...(JSON.parse(text) as Command), command: `/${prompt.command}` }),
    );
    expect([saved, await history()]).toEqual([prompt, [expect.anything()]]);
  });

  it('is the result of the documented call', async () => {
    const json = { command: prompt.command, name: 'New name', content: 'New content', commit_message: 'Improve tone' };
    const answer = await call(server, 'POST', `/api/prompts/id/${prompt.id}/update`, { token: alice.key, json });
    expect(asCommand(answer)).toMatchObject({ ...full, name: 'New name', content: 'New content' });
  });
});

describe('entries', () => {
  it('are one chain, in order, for 25 saves within a second', async () => {
    for (const number of upTo(25)) await save({ content: `Text ${number}` });
    const entries = [...(await history()), ...(await historyOf(alicesClient, prompt.id, 1))];
    const contents = [
      ...upTo(25)
        .reverse()
        .map((number) => `Text ${number}`),
      prompt.content,
    ];
    expect(chainOf(entries)).toEqual(contents.map((content, index) => [content, contents[index + 1] ?? null]));
  });

  it('are one chain for 10 saves at once', async () => {
    const saves = upTo(10).map((number) =>
      alicesClient.update(prompt.id, { ...formOf(prompt), content: `Text ${number}` }),
    );
    expect(new Set((await Promise.all(saves)).map(({ status }) => status))).toEqual(new Set([200]));
    const entries = await history();
    expect(entries.map(({ parent_id }) => parent_id)).toEqual([...entries.slice(1).map(({ id }) => id), null]);
    expect(entries).toHaveLength(11);
    const { text } = await alicesClient.get(prompt.id);
    expect((JSON.parse(text) as Command).version_id).toBe(entries[0]?.id);
  });

  it('are created even if a newer draft has the same text', async () => {
    await save({ content: 'Two', is_production: false });
    const saved = await save({ content: 'Two' });
    const entries = await history();
    expect(entries.map(contentOf)).toEqual(['Two', 'Two', prompt.content]);
    expect(entries.map(({ parent_id }) => parent_id)).toEqual([entries[1]?.id, prompt.version_id, null]);
    expect(saved.version_id).toBe(entries[0]?.id);
  });

  it('continue from the live text, not from a newer draft', async () => {
    await save({ content: 'Draft', tags: ['draft'], data: { draft: true }, is_production: false });
    const saved = await save({ name: 'Other' });
    expect(saved).toMatchObject({ ...full, content: prompt.content });
    expect((await history())[0]?.snapshot).toMatchObject({ ...full, content: prompt.content });
  });

  it('do not change a draft if the live text does not change', async () => {
    await save({ content: 'Draft', is_production: false });
    expect(await save({})).toMatchObject({ content: prompt.content, version_id: prompt.version_id });
  });
});

describe('a text of Conductor', () => {
  const text = 'Hello ${name}, {{kept}} for ${price}';
  let conductors: Command;
  beforeEach(async () => {
    const name = `${prompt.command}-conductor`;
    const json = [{ name, template: text, description: 'Of Conductor', temperature: 0.2 }];
    expect((await ask(server, 'POST', '/api/prompts', alice.key, { json })).status).toBe(200);
    conductors = JSON.parse((await alicesClient.byCommand(name)).text) as Command;
  });
  const stored = async () => {
    const { body } = await call(server, 'GET', `/v1/prompts/workspace/${conductors.command}/resolve`, {
      token: alice.key,
    });
    return body;
  };

  it('is shown in this syntax, and is unchanged if it is saved unchanged', async () => {
    expect(conductors.content).toBe('Hello {{name}}, {{kept}} for {{price}}');
    expect(asCommand(await alicesClient.update(conductors.id, formOf(conductors))).version_id).toBe(
      conductors.version_id,
    );
    await alicesClient.update(conductors.id, { ...formOf(conductors), name: 'Titled' });
    expect(await stored()).toMatchObject({
      content: text,
      syntax: 'dollar',
      title: 'Titled',
      description: 'Of Conductor',
      settings: { temperature: 0.2 },
    });
  });

  it("has this syntax after a change, and keeps Conductor's settings", async () => {
    await alicesClient.update(conductors.id, { ...formOf(conductors), content: 'Hi {{name}} for ${price}' });
    expect(await stored()).toMatchObject({
      content: 'Hi {{name}} for ${price}',
      syntax: 'braces',
      settings: { temperature: 0.2 },
    });
    expect(await read(server, alice.key, conductors.command)).toMatchObject({
      template: 'Hi ${name} for ${price}',
      description: 'Of Conductor',
      version: 2,
    });
  });
});
