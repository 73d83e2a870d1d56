import { call } from '../../../support/api.js';
import { point } from '../../../support/history.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { aPrompt, uploadVersion } from '../../../support/prompts.js';
import type { TestServer } from '../../../support/test-server.js';
import { aTemplate, read } from '../../conductor/templates.js';
import {
  aCommand,
  asCommand,
  type Command,
  readForAll,
  type Form,
  formOf,
  full,
  openWebUi,
  type OpenWebUi,
  startWithUser,
} from '../commands.js';
import { contentOf, historyOf, notFound, prohibited, refusal, taken, upTo } from '../entries.js';

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

const lost = [400, 'Something went wrong :/'];
const save = async (change: Form) => asCommand(await alicesClient.update(prompt.id, { ...formOf(prompt), ...change }));
const history = () => historyOf(alicesClient, prompt.id);

describe('the command', () => {
  it('changes the address of the prompt on every protocol', async () => {
    const old = prompt.command;
    const saved = await save({ command: `${old}-renamed` });
    expect(saved).toMatchObject({ command: `${old}-renamed`, name: prompt.name });
    const answers = [
      await alicesClient.byCommand(old),
      await call(server, 'GET', `/v1/prompts/workspace/${old}`, { token: alice.key }),
      await alicesClient.byCommand(`${old}-renamed`),
      await call(server, 'GET', `/v1/prompts/workspace/${old}-renamed`, { token: alice.key }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 200, 200]);
    expect((await read(server, alice.key, `${old}-renamed`)).template).toBe('Hello ${name}');
    expect((await aCommand(alicesClient, { command: old })).id).not.toBe(prompt.id);
  });

  it('is recorded in the audit log with the old and the new command', async () => {
    await save({ command: `${prompt.command}-audited`, name: 'Audited' });
    const path = `/v1/prompts/workspace/${prompt.command}-audited/audit?action=prompt.update`;
    const { body } = await call(server, 'GET', path, { token: server.adminKey });
    expect(body.items).toEqual([
      expect.objectContaining({
        subject: `workspace/${prompt.command}`,
        protocol: 'open-webui',
        details: {
          changed: ['name', 'title'],
          name: { from: prompt.command, to: `${prompt.command}-audited` },
        },
      }),
    ]);
  });

  it.each(['/update', '/update/meta'])('cannot be that of another prompt (%s)', async (path) => {
    const other = await aCommand(alicesClient);
    const answer = await alicesClient.ask('POST', `/id/${prompt.id}${path}`, {
      ...formOf(prompt),
      content: 'Lost',
      command: other.command,
    });
    expect(refusal(answer)).toEqual(taken);
    expect((await history()).map(contentOf)).toEqual([prompt.content]);
  });

  it('cannot be that of a deleted prompt with versions', async () => {
    const published = await aPrompt(server).in({ id: '', slug: 'workspace' }).withVersion('1.0.0').make();
    await call(server, 'DELETE', published.idPath, { token: server.adminKey });
    expect(refusal(await alicesClient.update(prompt.id, { ...formOf(prompt), command: published.name }))).toEqual(
      taken,
    );
  });

  it('cannot change for a prompt that has package versions', async () => {
    const { name, idPath, id } = await aPrompt(server).in({ id: '', slug: 'workspace' }).ownedBy(alice).make();
    const { status } = await uploadVersion(server, { name, idPath }, server.adminKey, '1.0.0');
    expect(status).toBe(201);
    const form = { command: name, name: 'Published', content: 'Text' };
    expect(refusal(await alicesClient.update(id, { ...form, command: 'elsewhere' }))).toEqual(prohibited);
    expect(refusal(await alicesClient.updateMeta(id, { ...form, command: 'elsewhere' }))).toEqual(prohibited);
    expect(asCommand(await alicesClient.update(id, form))).toMatchObject(form);
  });

  it('goes to one of several concurrent requests', async () => {
    const others = await Promise.all(upTo(6).map(() => aCommand(alicesClient)));
    const wanted = `${prompt.command}-wanted`;
    const answers = await Promise.all([
      ...others.map((other) => alicesClient.update(other.id, { ...formOf(other), command: wanted })),
      ...upTo(6).map(() => alicesClient.create({ ...formOf(prompt), command: wanted })),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).map(refusal)).toEqual(upTo(11).map(() => taken));
  });

  it('cannot be swapped by two concurrent requests, which do not deadlock', async () => {
    const other = await aCommand(alicesClient);
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all([
        alicesClient.update(prompt.id, { ...formOf(prompt), command: other.command }),
        alicesClient.update(other.id, { ...formOf(other), command: prompt.command }),
      ]);
      expect(answers.map(refusal)).toEqual([taken, taken]);
    }
  });
});

describe('update/meta', () => {
  it('changes name, command and tags, without a history entry', async () => {
    const change = { name: 'Other', command: `${prompt.command}-meta`, tags: ['meta'] };
    expect(asCommand(await alicesClient.updateMeta(prompt.id, change))).toEqual({
      ...prompt,
      ...change,
      updated_at: expect.any(Number),
    });
    expect(await history()).toHaveLength(1);
  });

  it('keeps tags that are left out, or null', async () => {
    const { command } = prompt;
    expect(asCommand(await alicesClient.updateMeta(prompt.id, { name: 'Other', command })).tags).toEqual(full.tags);
    expect(asCommand(await alicesClient.updateMeta(prompt.id, { name: 'More', command, tags: null })).tags).toEqual(
      full.tags,
    );
  });

  it('needs name and command', async () => {
    const { status, body } = await alicesClient.updateMeta(prompt.id, {});
    expect([status, (body['detail'] as { loc: string[] }[]).map(({ loc }) => loc[1])]).toEqual([
      422,
      ['command', 'name'],
    ]);
  });
});

describe('update/version', () => {
  it('restores the entry except its command and grants', async () => {
    await save({
      command: `${prompt.command}-restored`,
      name: 'Other',
      content: 'Other',
      data: { x: 1 },
      meta: { x: 1 },
      tags: [],
      access_grants: [],
    });
    expect(asCommand(await alicesClient.setVersion(prompt.id, prompt.version_id))).toEqual({
      ...prompt,
      command: `${prompt.command}-restored`,
      access_grants: [],
      updated_at: expect.any(Number),
    });
    expect(await history()).toHaveLength(2);
    const resolved = await call(server, 'GET', `/v1/prompts/${prompt.id}`, { token: alice.key });
    expect(resolved.body).toMatchObject({ title: prompt.name, tags: full.tags });
    expect((await read(server, alice.key, `${prompt.command}-restored`)).template).toBe('Hello ${name}');
  });

  it('restores the displayed name of an entry without a title', async () => {
    const name = `${prompt.command}-untitled`;
    await aTemplate(server, alice.key, name, 'Hello ${name}');
    const before = JSON.parse((await alicesClient.byCommand(name)).text) as Command;
    const renamed = asCommand(
      await alicesClient.update(before.id, { command: `${name}-2`, name: 'Titled', content: 'Two' }),
    );
    expect(renamed).toMatchObject({ command: `${name}-2`, name: 'Titled' });
    expect(asCommand(await alicesClient.setVersion(before.id, before.version_id))).toMatchObject({
      command: `${name}-2`,
      name,
      content: 'Hello {{name}}',
    });
  });

  it("accepts only entries in the prompt's own history", async () => {
    const other = await aCommand(alicesClient);
    await save({ content: 'Hidden', is_production: false });
    const [hidden] = await history();
    expect((await alicesClient.deleteEntry(prompt.id, hidden?.id ?? '')).status).toBe(200);
    for (const wrong of [other.version_id, hidden?.id, 'no-id', '', '00000000-0000-4000-8000-000000000000']) {
      expect(refusal(await alicesClient.setVersion(prompt.id, wrong))).toEqual(lost);
    }
    expect((await alicesClient.setVersion(prompt.id, 1)).status).toBe(422);
    expect((await alicesClient.setVersion(prompt.id, undefined)).status).toBe(422);
  });
});

describe('refusals', () => {
  it('concern only callers who would move a protected label, and change nothing', async () => {
    const path = `/v1/prompts/workspace/${prompt.command}`;
    await call(server, 'PUT', `${path}/labels/production/protection`, {
      token: server.adminKey,
      json: { writers: ['admin'] },
    });
    const refused = [403, 'the label is protected: production'];
    const input = { ...formOf(prompt), command: 'gone', content: 'Two', access_grants: [] };
    expect(refusal(await alicesClient.update(prompt.id, input))).toEqual(refused);
    expect(JSON.parse((await alicesClient.get(prompt.id)).text)).toMatchObject(prompt);
    expect(await history()).toHaveLength(1);
    await save({ content: 'Draft', is_production: false });
    const [draft] = await history();
    expect(refusal(await alicesClient.setVersion(prompt.id, draft?.id))).toEqual(refused);
    expect(asCommand(await openWebUi(server, server.adminKey).setVersion(prompt.id, draft?.id)).content).toBe('Draft');
  });

  it('answer missing prompts, and those of another owner', async () => {
    const elsewhere = await aPrompt(server).ownedBy(alice).make();
    for (const id of ['no-id', '00000000-0000-4000-8000-000000000000', elsewhere.id]) {
      expect(refusal(await alicesClient.update(id, formOf(prompt)))).toEqual(notFound);
      expect(refusal(await alicesClient.updateMeta(id, formOf(prompt)))).toEqual(notFound);
      expect(refusal(await alicesClient.setVersion(id, prompt.version_id))).toEqual(notFound);
    }
  });

  it('answer callers without write access, after the form was validated', async () => {
    const bobsClient = openWebUi(server, (await aUser(server)).key);
    expect(refusal(await bobsClient.update(prompt.id, formOf(prompt)))).toEqual(prohibited);
    expect(refusal(await bobsClient.updateMeta(prompt.id, formOf(prompt)))).toEqual(prohibited);
    expect(refusal(await bobsClient.setVersion(prompt.id, prompt.version_id))).toEqual(prohibited);
    expect((await bobsClient.update(prompt.id, {})).status).toBe(422);
  });

  it('answer a text of more than 1 MiB', async () => {
    const content = 'x'.repeat(1_048_577);
    expect(refusal(await alicesClient.update(prompt.id, { ...formOf(prompt), content }))).toEqual([
      413,
      'Payload Too Large',
    ]);
  });

  it('answer saves after a deletion', async () => {
    const answers = await Promise.all([
      ...upTo(5).map((number) => alicesClient.update(prompt.id, { ...formOf(prompt), content: `Text ${number}` })),
      alicesClient.delete(prompt.id),
      ...upTo(5).map((number) => alicesClient.update(prompt.id, { ...formOf(prompt), content: `More ${number}` })),
    ]);
    const [saved, refused] = [200, 404].map((status) => answers.filter((answer) => answer.status === status));
    expect((saved?.length ?? 0) + (refused?.length ?? 0)).toBe(11);
    expect(refused?.map(refusal)).toEqual(refused?.map(() => notFound));
    expect((await alicesClient.update(prompt.id, formOf(prompt))).status).toBe(404);
  });

  it('do not concern a prompt whose label was deleted: its newest entry is live', async () => {
    await save({ content: 'Newest', is_production: false });
    const path = `/v1/prompts/workspace/${prompt.command}`;
    await call(server, 'DELETE', `${path}/labels/production`, { token: alice.key });
    expect(await save({ content: 'Newest' })).toMatchObject({ content: 'Newest', version_id: null });
    await save({ content: 'Live again' });
    const [entry] = await history();
    expect(await save({ content: 'Live again' })).toMatchObject({ content: 'Live again', version_id: entry?.id });
    const { status } = await point(server, { path }, alice.key, 'production', { revision: 1 });
    expect([status, (await save({})).content]).toEqual([200, prompt.content]);
  });
});
