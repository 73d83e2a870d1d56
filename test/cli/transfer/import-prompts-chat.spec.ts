import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../../support/api.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { stateOf } from './registry-state.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
let user: CliUser;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  user = new CliUser({ PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey });
});
afterEach(() => user.remove());

function csv(text: string): string {
  const file = join(user.home, 'prompts.csv');
  writeFileSync(file, text);
  return file;
}

const importing = (file: string, owner: string) => [
  'import',
  'prompts-chat',
  file,
  '--owner',
  owner,
  '--visibility',
  'public',
];
const read = async (path: string) => (await call(server, 'GET', path)).body;

it('imports each act as a prompt, and changes nothing the second time', async () => {
  const text =
    '\ufeff"act","prompt","for_devs","contributor"\r\n"Linux Terminal","I want you to ""act"" as\na terminal, {{name}}.",TRUE,alice\r\n"Poet","Write.",FALSE,\r\n';
  expect(await user.json(importing(csv(text), 'admin'))).toMatchObject({ made: 2, refused: [] });
  expect(await read('/v1/prompts/admin/linux-terminal/resolve')).toMatchObject({
    content: 'I want you to "act" as\na terminal, {{name}}.',
    title: 'Linux Terminal',
    meta: { import: { author: 'alice', id: 'Linux Terminal' } },
  });
  const before = await stateOf(server, 'admin', { times: true });
  expect(await user.json(importing(csv(text), 'admin'))).toMatchObject({ made: 0, changed: 0, unchanged: 2 });
  expect(await stateOf(server, 'admin', { times: true })).toEqual(before);
  const newer = text.replace('Write.', 'Write a poem.');
  expect(await user.json(importing(csv(newer), 'admin'))).toMatchObject({ made: 0, changed: 1, unchanged: 1 });
  expect(await read('/v1/prompts/admin/poet/resolve')).toMatchObject({ number: 2, content: 'Write a poem.' });
  expect(await user.json(importing(csv(newer), 'admin'))).toMatchObject({ made: 0, changed: 0, unchanged: 2 });
});

it('reports the rows that are no prompts', async () => {
  const file = csv('act,prompt\nGood,Text\n,No act\nNo prompt,\nGood,Again\n');
  const { code, stdout } = await user.run([...importing(file, 'workspace'), '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    made: 1,
    refused: [
      { item: 'row 3', reason: 'it needs an act and a prompt' },
      { item: 'row 4', reason: 'it needs an act and a prompt' },
      { item: 'row 5', reason: 'Good is there twice: the first one counts' },
    ],
  });
});

it('refuses a file that is no CSV', async () => {
  const { code, stderr } = await user.run(importing(csv('act,prompt\n"never closed,x\n'), 'admin'));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is no CSV') });
});
