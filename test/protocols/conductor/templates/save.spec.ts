import { call } from '../../../support/api.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { ask, aTemplate, pathOf, read, type Save, saveTemplate, versions } from '../templates.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = await Promise.all([aUser(server), aUser(server)]);
  const provider = { type: 'openai', category: 'AI_MODEL', description: '', enabled: true, configuration: {} };
  for (const name of ['openai', 'other']) {
    const json = name === 'openai' ? provider : { ...provider, type: 'anthropic' };
    await ask(server, 'POST', `/api/integrations/provider/${name}`, server.adminKey, { json });
    for (const model of ['mini', 'org%2Fmaxi:2']) {
      const path = `/api/integrations/provider/${name}/integration/${model}`;
      const { status } = await ask(server, 'POST', path, server.adminKey, { json: { enabled: true, description: '' } });
      expect(status).toBe(200);
    }
  }
});
afterAll(() => server.stop());

let count = 0;
let name = '';
beforeEach(() => {
  name = `template-${(count += 1)}`;
});

const save = (text: string, input: Save = {}) => aTemplate(server, alice.key, name, text, input);
const post = (text: string, query: Save['query'] = {}) => save(text, { method: 'POST', query });
const put = (text: string, query: Save['query'] = {}) => save(text, { query });
const texts = async () => {
  return Object.fromEntries(
    (await versions(server, alice.key, name)).map(({ version, template }) => [version, template]),
  );
};
const history = async () => {
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${name}/revisions`, { token: alice.key });
  return body.items.map(({ content }) => content);
};

it('answers a save with 200 and an empty body', async () => {
  const answer = await saveTemplate(server, alice.key, name, 'Hello');
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect([answer.headers.get('content-length'), answer.headers.get('content-type')]).toEqual(['0', null]);
});

it('shows the complete saved template', async () => {
  const before = Date.now();
  await post('Hello ${name}, it is ${workflow.input.day}, ${name}!', {
    description: 'a & b+c',
    models: ['openai:mini', 'other:mini'],
  });
  const template = await read(server, alice.key, name);
  expect(template).toEqual({
    name,
    description: 'a & b+c',
    template: 'Hello ${name}, it is ${workflow.input.day}, ${name}!',
    version: 1,
    variables: ['name', 'workflow.input.day'],
    tags: [],
    integrations: ['openai:mini', 'other:mini'],
    temperature: 0.1,
    topP: 1,
    responseFormat: 'text',
    stopWords: [],
    ownerApp: '',
    createdBy: alice.username,
    updatedBy: alice.username,
    createTime: template.createTime,
    updateTime: template.createTime,
    createdOn: template.createTime,
    updatedOn: template.createTime,
  });
  expect(Number.isInteger(template.createTime) && template.createTime >= before - 5).toBe(true);
  expect(template.createTime).toBeLessThanOrEqual(Date.now() + 5);
});

describe('POST', () => {
  it('creates version 1, and overwrites it', async () => {
    await post('One');
    await post('Another');
    expect([await texts(), await history()]).toEqual([{ 1: 'Another' }, ['Another', 'One']]);
  });

  it('creates the named version', async () => {
    await post('Seven', { version: '7' });
    await post('Two', { version: '2' });
    expect(await texts()).toEqual({ 2: 'Two', 7: 'Seven' });
  });

  it.each(['true', 'True', 'TRUE'])(
    'creates a version above the highest with autoIncrement=%s',
    async (autoIncrement) => {
      await post('One', { autoIncrement });
      await post('Five', { version: '5' });
      await post('Six', { autoIncrement, version: '2' });
      expect(await texts()).toEqual({ 1: 'One', 5: 'Five', 6: 'Six' });
    },
  );

  it('creates no additional version with autoIncrement=false', async () => {
    await post('One');
    await post('Two', { autoIncrement: 'false' });
    expect(await texts()).toEqual({ 1: 'Two' });
  });

  it('resets the creator and the settings of the version', async () => {
    await bulk([{ template: 'One', temperature: 0.7, stopWords: ['END'] }]);
    const created = await read(server, alice.key, name);
    await grantSignedInUsers();
    await aTemplate(server, bob.key, name, 'Two', { method: 'POST' });
    const overwritten = await read(server, alice.key, name);
    expect(overwritten).toMatchObject({
      temperature: 0.1,
      stopWords: [],
      createdBy: bob.username,
      updatedBy: bob.username,
    });
    expect(overwritten.createTime).toBeGreaterThan(created.createTime);
  });
});

describe('PUT', () => {
  it('overwrites the latest version, or creates the first', async () => {
    await put('One');
    await post('Four', { version: '4' });
    await put('Four again');
    expect(await texts()).toEqual({ 1: 'One', 4: 'Four again' });
  });

  it('overwrites the named version', async () => {
    await put('One');
    await put('Three', { version: '3' });
    await put('One again', { version: '1' });
    expect(await texts()).toEqual({ 1: 'One again', 3: 'Three' });
  });

  it('keeps the creator, the settings and the models of the version', async () => {
    await bulk([
      {
        template: 'One',
        temperature: 0.7,
        topP: 0.5,
        responseFormat: 'json',
        stopWords: ['END'],
        integrations: ['openai:mini'],
      },
    ]);
    const created = await read(server, alice.key, name);
    await grantSignedInUsers();
    await aTemplate(server, bob.key, name, 'Two');
    const saved = await read(server, alice.key, name);
    expect(saved).toEqual({
      ...created,
      template: 'Two',
      description: 'A template for a test.',
      updatedBy: bob.username,
      updateTime: saved.updateTime,
      updatedOn: saved.updateTime,
    });
    expect(saved.updateTime).toBeGreaterThan(created.createTime);
  });

  it('creates no revision of an unchanged template, and moves nothing', async () => {
    await put('Same ${x}');
    const before = await versions(server, alice.key, name);
    await put('Same ${x}');
    await put('"Same ${x}"');
    expect([await versions(server, alice.key, name), await history()]).toEqual([before, ['Same ${x}']]);
  });
});

it('creates a version of its own for a text that exists already', async () => {
  await put('Same');
  await post('Same', { autoIncrement: 'true' });
  expect([await texts(), await history()]).toEqual([{ 1: 'Same', 2: 'Same' }, ['Same']]);
});

describe('models', () => {
  it.each([
    ['repeated', ['openai:mini', 'other:mini', 'openai:mini'], ['openai:mini', 'other:mini']],
    ['joined by commas', 'openai:mini,other:mini', ['openai:mini', 'other:mini']],
    ['with a slash and a colon', 'openai:org/maxi:2', ['openai:org/maxi:2']],
    ['empty', '', []],
  ])('may be %s', async (_, models, shown) => {
    await post('Text', { models });
    expect((await read(server, alice.key, name)).integrations).toEqual(shown);
  });

  it.each(['other:none', 'none:mini', 'mini', 'a:bc:d', ':', 'openai:'])(
    'that are unknown are 404: %s',
    async (model) => {
      const answer = await saveTemplate(server, alice.key, name, 'Text', { query: { models: ['openai:mini', model] } });
      expect([answer.status, answer.body.message]).toEqual([404, expect.stringContaining('integration not found')]);
      expect((await ask(server, 'GET', pathOf(name), alice.key)).status).toBe(404);
    },
  );
});

it.each(['a b/c+é%', '🦊', "'; drop table prompt; --", 'A Name', 'x'.repeat(255), '🦊'.repeat(255), '{{x}}', 'Token'])(
  'accepts any printable name: %s',
  async (printable) => {
    await aTemplate(server, alice.key, printable, 'Text');
    expect(await read(server, alice.key, printable)).toMatchObject({ name: printable, template: 'Text' });
  },
);

it('reads a plus in a query as a space and in a path as a plus', async () => {
  const token = { 'x-authorization': alice.key };
  const saved = await call(server, 'PUT', '/api/prompts/a+b?description=c+d%2Be', { body: 'Text', headers: token });
  expect(saved.status).toBe(200);
  expect(await read(server, alice.key, 'a+b')).toMatchObject({ name: 'a+b', description: 'c d+e' });
});

it('accepts an empty description, which some clients send', async () => {
  await put('Text', { description: '' });
  expect((await read(server, alice.key, name)).description).toBe('');
});

it('stores a description for each version, and that of the highest for the prompt', async () => {
  await put('One', { description: 'First' });
  await put('Two', { version: '2', description: 'Second' });
  await put('One, again', { version: '1', description: 'Old' });
  const shown = (await versions(server, alice.key, name)).map(({ description }) => description);
  const { body } = await call(server, 'GET', `/v1/prompts/workspace/${name}`, { token: alice.key });
  expect([shown, body.description]).toEqual([['Second', 'Old'], 'Second']);
});

it('makes the saved version production if it is the highest', async () => {
  const production = async () => {
    const { body } = await call(server, 'GET', `/v1/prompts/workspace/${name}/resolve`, { token: alice.key });
    return body.content;
  };
  await put('One', { version: '3' });
  await put('Old', { version: '1' });
  expect(await production()).toBe('One');
  await put('New', { version: '4' });
  expect(await production()).toBe('New');
  expect(await texts()).toEqual({ 1: 'Old', 3: 'One', 4: 'New' });
});

async function bulk(items: readonly object[]): Promise<void> {
  const answer = await ask(server, 'POST', '/api/prompts', alice.key, {
    json: items.map((item) => ({ name, ...item })),
  });
  expect([answer.status, answer.text]).toEqual([200, '']);
}

async function grantSignedInUsers(): Promise<void> {
  const json = { items: [{ principal_type: 'user', principal: '*', permission: 'write' }] };
  const { status } = await call(server, 'PUT', `/v1/prompts/workspace/${name}/grants`, {
    token: server.adminKey,
    json,
  });
  expect(status).toBe(200);
}
