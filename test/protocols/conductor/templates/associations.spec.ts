import { call } from '../../../support/api.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aProvider, ask, saveModel } from '../integrations/integration-calls.js';

let server: TestServer;
let writer: TestUser;
let reader: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  [writer, reader] = [await aUser(server), await aUser(server)];
  await aProvider(server, 'house');
  await saveModel(server, 'house', 'maxi');
});
afterAll(() => server.stop());

interface Template {
  readonly name: string;
  readonly version: number;
  readonly template: string;
  readonly integrations: readonly string[];
}

const save = (name: string, query = '') =>
  call(server, 'PUT', `/api/prompts/${name}?description=d${query}`, {
    body: `Text of ${name}`,
    headers: { 'x-authorization': writer.key },
  });
const associate = (model: string, prompt: string, token = writer.key) =>
  ask(server, 'POST', `/api/integrations/provider/house/integration/${model}/prompt/${prompt}`, token);
const templatesOf = async (model: string, token = writer.key) => {
  const { body } = await ask(server, 'GET', `/api/integrations/provider/house/integration/${model}/prompt`, token);
  return (body as unknown as Template[]).map(({ name }) => name);
};
const get = async (name: string) =>
  (await ask(server, 'GET', `/api/prompts/${name}`, writer.key)).body as unknown as Template;

it('is part of the template, with either request', async () => {
  await save('told', '&models=house:mini');
  await save('added', '&version=3');
  const { status, text, headers } = await associate('mini', 'added');
  expect([status, text, headers.get('content-length')]).toEqual([200, '', '0']);
  expect(await templatesOf('mini')).toEqual(['added', 'told']);
  expect(await get('added')).toMatchObject({ version: 3, template: 'Text of added', integrations: ['house:mini'] });
  await save('told', '&models=house:maxi');
  expect([await templatesOf('mini'), await templatesOf('maxi')]).toEqual([['added'], ['told']]);
});

it('is added once, and creates no revision the second time', async () => {
  await save('twice');
  await associate('mini', 'twice');
  await associate('maxi', 'twice');
  await associate('mini', 'twice');
  expect((await get('twice')).integrations).toEqual(['house:mini', 'house:maxi']);
  const { body } = await call(server, 'GET', '/v1/prompts/workspace/twice/revisions', { token: writer.key });
  expect(body.items.map(({ number }) => number)).toEqual([3, 2, 1]);
});

it('loses none of many that are added at the same time', async () => {
  await save('raced');
  const models = Array.from({ length: 8 }, (_, i) => `m${i}`);
  await Promise.all(models.map((model) => saveModel(server, 'house', model)));
  await Promise.all(models.map((model) => associate(model, 'raced')));
  expect([...(await get('raced')).integrations].sort()).toEqual(models.map((model) => `house:${model}`));
});

it('shows no template to callers who may not read it', async () => {
  await save('hidden', '&models=house:mini');
  expect(await templatesOf('mini', writer.key)).toContain('hidden');
  expect(await templatesOf('mini', reader.key)).toEqual([]);
});

it('needs write access to the template, and existing models', async () => {
  await save('mine');
  const answers = [
    await associate('mini', 'mine', reader.key),
    await associate('nothing', 'mine'),
    await associate('mini', 'not-there'),
    await ask(server, 'GET', '/api/integrations/provider/house/integration/nothing/prompt', writer.key),
  ];
  expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
    [403, 'no UPDATE access to the prompt'],
    [404, 'integration not found: house:nothing'],
    [404, 'prompt not found'],
    [404, 'integration not found: house:nothing'],
  ]);
  expect((await get('mine')).integrations).toEqual([]);
});
