import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../../support/api.js';
import { packageOf } from '../../support/packages.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { runUntilKilled } from './killed-run.js';
import { packageFiles, writeFolder } from '../package/package-folder.js';
import { stateOf } from './registry-state.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
let user: CliUser;
beforeEach(async () => {
  server = await startTestServer();
  user = new CliUser({ PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey });
});
afterEach(async () => {
  user.remove();
  await server.stop();
});

const read = async (path: string) => (await call(server, 'GET', path, { token: server.adminKey })).body;
const importing = ['import', 'packages', 'prompts'];

async function writeArchive(path: string, name: string, version: string): Promise<Buffer> {
  const archive = await packageOf({ name, version, template: `Version ${version} for {{who}}.` });
  mkdirSync(join(user.home, path, '..'), { recursive: true });
  writeFileSync(join(user.home, path), archive);
  return archive;
}

it('publishes folders and archives, lowest version first', async () => {
  writeFolder(join(user.home, 'prompts/teams/a/mail'), packageFiles('mail', '1.10.0'));
  await writeArchive('prompts/mail-1.2.0.tar.gz', 'mail', '1.2.0');
  const archive = await writeArchive('prompts/old/mail.tar.gz', 'mail', '0.9.0');
  await writeArchive('prompts/other.tar.gz', 'other', '2.0.0');
  writeFolder(join(user.home, 'prompts/.git'), { 'x.tar.gz': 'no package' });
  expect(await user.json([...importing, '--visibility', 'public'])).toMatchObject({
    made: 4,
    unchanged: 0,
    refused: [],
  });
  const { items } = await read('/v1/prompts/admin/mail/versions');
  expect(items.map(({ version }) => version)).toEqual(['1.10.0', '1.2.0', '0.9.0']);
  expect(items.at(-1)?.sha256).toBe(createHash('sha256').update(archive).digest('hex'));
  expect(await read('/v1/prompts/admin/mail')).toMatchObject({ latest_version: '1.10.0', visibility: 'public' });
  const before = await stateOf(server, 'admin', { times: true });
  expect(await user.json(importing)).toMatchObject({ made: 0, changed: 0, unchanged: 4, refused: [] });
  expect(await stateOf(server, 'admin', { times: true })).toEqual(before);
});

it('continues after invalid packages, and reports each with its reason', async () => {
  writeFolder(join(user.home, 'prompts/good'), packageFiles('good', '1.0.0'));
  writeFolder(join(user.home, 'prompts/no-version'), { 'prompt.yaml': 'name: x\n', 'prompt.md': 'x' });
  writeFolder(join(user.home, 'prompts/no-text'), { 'prompt.yaml': 'name: x\nversion: 1.0.0\n' });
  writeFolder(join(user.home, 'prompts'), { 'broken.tar.gz': 'no gzip' });
  mkdirSync(join(user.home, 'prompts/no-manifest/prompt.yaml'), { recursive: true });
  const { code, stdout } = await user.run([...importing, '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    made: 1,
    refused: expect.arrayContaining([
      { item: 'prompts/broken.tar.gz', reason: expect.stringContaining('gzip') },
      { item: 'prompts/no-version', reason: expect.stringContaining('version') },
      { item: 'prompts/no-text', reason: expect.stringContaining('prompt.md') },
    ]),
  });
});

it('never accepts other bytes for the same version', async () => {
  writeFolder(join(user.home, 'prompts/mail'), packageFiles('mail', '1.0.0'));
  await user.json(importing);
  writeFolder(join(user.home, 'prompts/mail'), packageFiles('mail', '1.0.0', 'Other {{topic}}.\n'));
  const { code, stdout } = await user.run(importing);
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringContaining('version 1.0.0 is already published with other bytes'),
  });
});

it('completes a run that was killed', async () => {
  const many = 150;
  for (let number = 0; number < many; number += 1)
    await writeArchive(`prompts/${number}.tar.gz`, `prompt-${number % 50}`, `1.${Math.floor(number / 50)}.0`);
  const count = async () => {
    const { rows } = await server.database.pool.query<{ count: number }>('select count(*)::int as count from release');
    return rows[0]?.count ?? 0;
  };
  const env = { HOME: user.home, PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey };
  await runUntilKilled(['import', 'packages', join(user.home, 'prompts')], env, async () => (await count()) >= 10);
  expect(await count()).toBeLessThan(many);
  const report = await user.json(importing);
  expect(report).toMatchObject({ refused: [] });
  expect(Number(report.made) + Number(report.unchanged)).toBe(many);
  expect(await count()).toBe(many);
  const state = await stateOf(server, 'admin');
  expect(state).toHaveLength(50);
  for (const { versions } of state)
    expect(versions).toMatchObject([{ version: '1.2.0' }, { version: '1.1.0' }, { version: '1.0.0' }]);
  expect(await user.json(importing)).toMatchObject({ made: 0, unchanged: many });
});

it('stops if the token is invalid', async () => {
  writeFolder(join(user.home, 'prompts/good'), packageFiles('good', '1.0.0'));
  const { code } = await user.run([...importing, '--owner', 'admin'], { env: { PROMPTYARD_TOKEN: 'pyd_wrong' } });
  expect(code).toBe(4);
});
