import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { installedClient } from '../clients/typescript/installed-client.js';
import { ServerProcess } from '../resilience/support/server-process.js';
import { makeAdminKey } from '../resilience/support/server-environment.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { onDisk, testEnvironment } from '../support/test-server.js';

const run = promisify(execFile);
const minimum = process.env.PROMPTYARD_TEST_LEAST_NODE ?? '';
const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };

const whyNotLeast =
  process.env.CI || existsSync(minimum) ? undefined : 'PROMPTYARD_TEST_LEAST_NODE names no program of that version';

const versions: [name: string, node: string][] = [
  [`the least, ${engines.node}`, minimum],
  ['that of npm’s scripts', process.execPath],
];

it('states the same minimum version everywhere', () => {
  const client = JSON.parse(readFileSync('packages/client/package.json', 'utf8')) as typeof engines & {
    engines: object;
  };
  expect(client.engines).toEqual(engines);
  if (whyNotLeast === undefined) {
    const version = execFileSync(minimum, ['--version'], { encoding: 'utf8' });
    expect(version.startsWith(`v${engines.node.replace('>=', '')}.`)).toBe(true);
  }
});

describe.each(versions)('on %s', (_, node) => {
  const isHere = node === process.execPath || whyNotLeast === undefined;
  const itRuns = isHere ? it : it.skip;
  const how = isHere ? '' : ` (not run: ${whyNotLeast})`;
  let database: TestDatabase;
  let folder: string;
  let server: ServerProcess;
  let url: string;
  let settings: Record<string, string>;

  beforeAll(async () => {
    if (!isHere) return;
    database = await createTestDatabase('template0');
    folder = mkdtempSync(join(tmpdir(), 'promptyard-node-'));
    const environment = { ...testEnvironment(database.url, join(folder, 'data')), ...onDisk, LOG_LEVEL: 'warn' };
    await run(node, ['dist/admin/main.js', 'migrate'], { env: { ...process.env, ...environment } });
    server = new ServerProcess({ ...environment, WORKERS: '2' }, node);
    url = await server.ready();
    const { PATH } = process.env;
    settings = { PATH: PATH ?? '', HOME: folder, PROMPTYARD_URL: url, PROMPTYARD_TOKEN: await makeAdminKey(url) };
  });
  afterAll(async () => {
    if (!isHere) return;
    await server.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  itRuns(`the command line creates, publishes, installs and fills in a package${how}`, async () => {
    const tool = (...args: string[]) =>
      run(node, [resolve('packages/cli/dist/main.js'), ...args], { cwd: folder, env: settings });
    await tool('init', 'haiku');
    await tool('publish', 'haiku', '--create');
    await tool('install', 'admin/haiku');
    await tool('verify');
    expect((await tool('run', 'admin/haiku', '--var', 'topic=rain')).stdout).toContain('rain');
    expect((await tool('search', 'haiku')).stdout).toContain('admin/haiku');
  });

  itRuns(`the client reads and fills in a prompt${how}`, async () => {
    const { project } = await installedClient();
    const program = `
      import { createPrompts } from '@promptyard/client';
      const prompt = await createPrompts({ baseUrl: '${url}' }).getPrompt('admin/haiku');
      console.log((await prompt.render({ topic: 'snow' })).text);`;
    const { stdout } = await run(node, ['--input-type=module', '--eval', program], { cwd: project, env: settings });
    expect(stdout).toContain('snow');
  });

  itRuns(`the server stops cleanly, without warnings in its log${how}`, async () => {
    server.signal('SIGTERM');
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(server.output).not.toMatch(/"level":[45]0|Warning/);
  });
});

describe('on a version that is too old', () => {
  const entryPoints = ['dist/main.js', 'dist/admin/main.js', 'packages/cli/dist/main.js'];
  const said = (version: string) =>
    expect.stringMatching(
      new RegExp(
        `^promptyard(-admin)?: Node\\.js ${engines.node.replace('>=', '')} or newer is needed; this is ${version}\\.\n$`,
      ),
    );
  const ran = (node: string, args: string[]) => {
    const { status: code, stderr } = spawnSync(node, args, {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    return { code, stderr };
  };

  it.each(entryPoints)('%s ends with one line that names the minimum version', (entryPoint) => {
    for (const version of ['20.20.2', '22.21.1', '18.0.0']) {
      const pretence = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
      const outcome = ran(process.execPath, ['--import', pretence, resolve(entryPoint)]);
      expect(outcome).toEqual({ code: 1, stderr: said(version) });
    }
  });

  const old = oldNode();
  (old ? it.each(entryPoints) : it.skip.each(entryPoints))(
    `%s does so on the old one of this machine${old ? '' : ' (not run: none is on the path)'}`,
    (entryPoint) => {
      const outcome = ran(old?.program ?? '', [resolve(entryPoint)]);
      expect(outcome).toEqual({ code: 1, stderr: said(old?.version ?? '') });
    },
  );
});

/** A Node.js of the machine that is older than the least, behind the one that npm puts first. */
function oldNode(): { program: string; version: string } | undefined {
  for (const folder of process.env.PATH?.split(delimiter) ?? []) {
    const program = join(folder, 'node');
    if (!existsSync(program)) continue;
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().slice(1);
    if (Number(version.split('.')[0]) < 22) return { program, version };
  }
  return undefined;
}
