import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../../support/api.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { stateOf } from './registry-state.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
/** Speaks Open WebUI as its own server does: the front end of Open WebUI is tested against it. */
let source: TestServer;
let user: CliUser;
beforeAll(async () => {
  source = await startTestServer();
});
afterAll(() => source.stop());
beforeEach(async () => {
  server = await startTestServer();
  user = new CliUser({
    PROMPTYARD_URL: server.url,
    PROMPTYARD_TOKEN: server.adminKey,
    OPEN_WEBUI_TOKEN: source.adminKey,
  });
});
afterEach(async () => {
  user.remove();
  await server.stop();
});

const read = async (path: string) => (await call(server, 'GET', path, { token: server.adminKey })).body;

async function write(path: string, json: unknown) {
  const { status, body, text } = await call(source, 'POST', `/api/v1/prompts${path}`, { token: source.adminKey, json });
  if (status !== 200) throw new Error(text);
  return body;
}

function exported(prompts: unknown): string {
  const file = join(user.home, 'prompts-export.json');
  writeFileSync(file, JSON.stringify(prompts));
  return file;
}

const listed = {
  id: 'b1',
  command: 'write_mail',
  name: 'Write a mail',
  content: 'Mail to {{to}}.',
  data: { a: 1 },
  meta: { from: 'us' },
  tags: ['mail'],
  version_id: 'e7',
  user_id: 'u1',
  updated_at: 1_700_000_000,
};

it('imports with a key that expires before the key for the import would', async () => {
  const json = { name: 'brief', expires_at: new Date(Date.now() + 3_600_000).toISOString() };
  const { body } = await call(server, 'POST', '/v1/api-keys', { token: server.adminKey, json });
  const importing = ['import', 'open-webui', exported([listed]), '--owner', 'workspace'];
  expect(await user.json(importing, { env: { PROMPTYARD_TOKEN: body.key } })).toMatchObject({ made: 1, refused: [] });
});

it('imports the prompts of an export file with their commands', async () => {
  const file = exported([listed, { command: '/old-style', title: 'Old', content: 'Old.', timestamp: 1_600_000_000 }]);
  const importing = ['import', 'open-webui', file, '--owner', 'workspace'];
  expect(await user.json(importing)).toMatchObject({ made: 2, refused: [] });
  expect(await read('/v1/prompts/workspace/write_mail/revisions/1')).toMatchObject({
    content: 'Mail to {{to}}.',
    data: { a: 1 },
    meta: { from: 'us', import: { source: 'open-webui', id: 'write_mail', version: 'e7', author: 'u1' } },
    labels: ['production'],
  });
  expect(
    (await call(server, 'GET', '/api/v1/prompts/command/write_mail', { token: server.adminKey })).body,
  ).toMatchObject({
    name: 'Write a mail',
    data: { a: 1 },
    meta: { from: 'us' },
    tags: ['mail'],
  });
  expect(await read('/v1/prompts/workspace/old-style')).toMatchObject({ title: 'Old' });
  const before = await stateOf(server, 'workspace', { times: true });
  expect(await user.json(importing)).toMatchObject({ made: 0, changed: 0, unchanged: 2 });
  expect(await stateOf(server, 'workspace', { times: true })).toEqual(before);
});

it('adds the changes of a newer export', async () => {
  await user.json(['import', 'open-webui', exported([listed])]);
  const newer = { ...listed, content: 'Letter to {{to}}.', version_id: 'e8', updated_at: 1_700_000_100 };
  expect(await user.json(['import', 'open-webui', exported([newer])])).toMatchObject({ made: 0, changed: 1 });
  expect((await read('/v1/prompts/admin/write_mail/revisions')).items).toMatchObject([
    { number: 2, content: 'Letter to {{to}}.', labels: ['production'] },
    { number: 1, content: 'Mail to {{to}}.', labels: [] },
  ]);
});

it('skips invalid prompts, and refuses an invalid export', async () => {
  const { code, stdout } = await user.run(['import', 'open-webui', exported([listed, { command: 'x' }])]);
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringMatching(/1 prompt made.*1 refused\.\nrefused: prompt 2: content/),
  });
  const { code: none, stderr } = await user.run(['import', 'open-webui', exported({ prompts: [] })]);
  expect({ none, stderr }).toEqual({ none: 1, stderr: expect.stringContaining('no export of Open WebUI') });
});

it('imports the history of a server, oldest first, with the live entry', async () => {
  const { id } = await write('/create', {
    command: 'greet me',
    name: 'Greet',
    content: 'One {{who}}',
    data: { k: 1 },
    commit_message: 'Start',
  });
  for (let number = 2; number <= 23; number += 1)
    await write(`/id/${id}/update`, {
      command: 'greet me',
      name: 'Greet',
      content: `Text ${number}`,
      commit_message: `No ${number}`,
    });
  await write(`/id/${id}/update`, {
    command: 'greet me',
    name: 'Greet',
    content: 'Draft',
    commit_message: 'Draft',
    is_production: false,
  });
  const importing = ['import', 'open-webui', source.url, '--owner', 'workspace'];
  expect(await user.json(importing)).toMatchObject({ made: 1, refused: [] });
  const { items } = await read('/v1/prompts/workspace/greet%20me/revisions?limit=100');
  expect(items.map(({ content }) => content)).toEqual([
    'Draft',
    ...Array.from({ length: 22 }, (_, index) => `Text ${23 - index}`),
    'One {{who}}',
  ]);
  expect(items.at(-1)).toMatchObject({
    number: 1,
    data: { k: 1 },
    meta: { import: { author: 'admin@localhost', from: source.url } },
    commit_message: expect.stringMatching(/^Start\n\nImported from open-webui, version .* by admin@localhost at 20/),
  });
  expect(await read('/v1/prompts/workspace/greet%20me/resolve')).toMatchObject({ content: 'Text 23' });
  expect(await read('/v1/prompts/workspace/greet%20me')).toMatchObject({ title: 'Greet' });
  const before = await stateOf(server, 'workspace', { times: true });
  expect(await user.json(importing)).toMatchObject({ made: 0, changed: 0, unchanged: 1 });
  expect(await stateOf(server, 'workspace', { times: true })).toEqual(before);
});

it('leaves no key behind', async () => {
  await user.json(['import', 'open-webui', exported([listed])]);
  const { items } = await read('/v1/api-keys');
  expect(items.map(({ name }) => name)).not.toContain('promptyard import');
});
