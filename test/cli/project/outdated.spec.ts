import { call } from '../../support/api.js';
import type { TestPrompt } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { aPackage, ProjectFolder, release } from './project-folder.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
let user: CliUser;
let project: ProjectFolder;
let moving: TestPrompt;
let count = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = new CliUser({ PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey });
  project = new ProjectFolder(user);
  moving = await aPackage(server, `moving-${(count += 1)}`, '1.0.0');
  await project.json(['install', id()]);
});
afterEach(() => user.remove());

const id = () => `admin/${moving.name}`;

it('lists packages with newer versions, in the format of npm', async () => {
  await release(server, moving, '1.2.0');
  await release(server, moving, '2.0.0');
  const { code, stdout } = await project.run(['outdated']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Prompt +Current +Wanted +Latest\nadmin\/moving-\d+ +1\.0\.0 +1\.2\.0 +2\.0\.0\n$/);
  expect(await project.json(['outdated'])).toEqual({
    items: [{ prompt: id(), current: '1.0.0', wanted: '1.2.0', latest: '2.0.0', range: '^1.0.0' }],
  });
});

it('says that all are up to date', async () => {
  expect(await project.run(['outdated', '--exit-code'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'all is up to date\n',
  });
  expect(await project.json(['outdated'])).toEqual({ items: [] });
});

it('ends with 1 only with --exit-code', async () => {
  await release(server, moving, '2.0.0');
  expect((await project.run(['outdated'])).code).toBe(0);
  const { code, stdout } = await project.run(['outdated', '--exit-code', '--json']);
  expect({ code, items: JSON.parse(stdout).items }).toEqual({
    code: 1,
    items: [expect.objectContaining({ current: '1.0.0', wanted: '1.0.0', latest: '2.0.0' })],
  });
});

it('lists packages that are not locked yet', async () => {
  project.depend({ [id()]: '^1.0.0', 'admin/missing': '*' });
  await aPackage(server, 'missing', '0.1.0');
  expect((await project.run(['outdated'])).stdout).toMatch(/\nadmin\/missing +MISSING +0\.1\.0 +0\.1\.0\n$/);
  expect((await project.json(['outdated'])).items).toEqual([expect.objectContaining({ current: null })]);
});

it('offers no yanked version, and a replacement for a locked one', async () => {
  await release(server, moving, '1.1.0');
  await project.json(['install', '--update']);
  const json = { yanked: true, reason: 'rude' };
  await call(server, 'PATCH', `${moving.path}/versions/1.1.0`, { token: server.adminKey, json });
  expect((await project.json(['outdated'])).items).toMatchObject([
    { current: '1.1.0', wanted: '1.0.0', latest: '1.0.0' },
  ]);
});

it('follows a label', async () => {
  await project.json(['install', `${id()}@production`]);
  await release(server, moving, '1.1.0');
  expect((await project.json(['outdated'])).items).toMatchObject([{ wanted: '1.1.0', range: 'production' }]);
});

it('shows a dependency that no published version satisfies', async () => {
  project.depend({ [id()]: '^9.0.0' });
  expect((await project.run(['outdated'])).stdout).toMatch(/ 1\.0\.0 +- +1\.0\.0\n$/);
});

it('fails without a project', async () => {
  expect(await new ProjectFolder(user).failure(['outdated'])).toMatchObject({ exit: 1, code: 'NO_PROJECT' });
});

describe('lock', () => {
  it('keeps a locked version that fits, and updates it with --update', async () => {
    await release(server, moving, '1.2.0');
    const before = project.read('prompts.lock');
    await project.json(['lock']);
    expect(project.read('prompts.lock')).toBe(before);
    const { stdout } = await project.run(['lock', '--update']);
    expect(stdout).toMatch(/ \^1\.0\.0 +1\.0\.0 → 1\.2\.0 +[0-9a-f]{12}\n$/);
    expect(project.lock()[id()]).toMatchObject({ version: '1.2.0' });
  });

  it('writes the same lock for the same dependencies in any order', async () => {
    const other = await aPackage(server, `another-${count}`, '1.0.0');
    const ids = [id(), `admin/${other.name}`];
    const written = [ids, ids.toReversed()].map(async (order) => {
      const folder = new ProjectFolder(user);
      folder.depend(Object.fromEntries(order.map((each) => [each, '^1.0.0'])));
      await folder.json(['lock']);
      return folder.read('prompts.lock');
    });
    const [one, two] = await Promise.all(written);
    expect(one).toBe(two);
  });

  it('follows changes and removals in promptyard.json', async () => {
    await release(server, moving, '2.0.0');
    project.depend({ [id()]: '^2.0.0' });
    expect((await project.json(['lock'])).items).toMatchObject([{ version: '2.0.0', wanted: '^2.0.0' }]);
    project.depend({});
    expect((await project.run(['lock'])).stderr).toBe(
      `${id()} is not a dependency any more, and was removed from the lock\n`,
    );
    expect(project.lock()).toEqual({});
  });

  it('fails without a project', async () => {
    expect(await new ProjectFolder(user).failure(['lock'])).toMatchObject({ exit: 1, code: 'NO_PROJECT' });
  });
});
