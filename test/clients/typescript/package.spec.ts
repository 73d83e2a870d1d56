import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { aRevision, point } from '../../support/history.js';
import { packageOf } from '../../support/packages.js';
import { aPrompt } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { installedClient } from './installed-client.js';

const run = promisify(execFile);

let server: TestServer;
let client: string;
/** A project with the client in it, and room for its programs. */
let project: string;
beforeAll(async () => {
  const [started, installed] = await Promise.all([startTestServer(), installedClient()]);
  server = started;
  client = installed.client;
  project = await mkdtemp(join(tmpdir(), 'promptyard-consumer-'));
  await symlink(join(installed.project, 'node_modules'), join(project, 'node_modules'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
});
afterAll(async () => {
  await rm(project, { recursive: true });
  await server.stop();
});

describe('the package', () => {
  it('has no dependencies and contains only the compiled client', async () => {
    const manifest = JSON.parse(await readFile(join(client, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).not.toHaveProperty('dependencies');
    expect((await readdir(client)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  });

  it('imports no module of Node.js', async () => {
    for (const file of await readdir(join(client, 'dist'), { recursive: true })) {
      if (!file.endsWith('.js')) continue;
      const code = await readFile(join(client, 'dist', file), 'utf8');
      const imported = [...code.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gms)].map(([, path]) => path ?? '');
      expect(imported.filter((path) => !/^\.{1,2}\/.+\.js$/.test(path))).toEqual([]);
      expect(code).not.toMatch(/\b(?:process|Buffer|require)\b[.(]/);
    }
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for a strict project with modules %s and resolution %s', async (module, moduleResolution) => {
    const compilerOptions = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [] };
    const config = { compilerOptions: { ...compilerOptions, module, moduleResolution }, files: ['typed.ts'] };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config));
    await writeFile(join(project, 'typed.ts'), typedProgram);
    await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '--project', project]);
  });
});

describe('the README', () => {
  it('has programs that work as described', async () => {
    const haiku = await packageOf({ name: 'haiku', version: '1.1.0' });
    await writeFile(join(project, 'haiku-1.1.0.tar.gz'), haiku);
    const support = await aPrompt(server, 'support').make();
    const { digest } = await aRevision(server, support, server.adminKey, 'Answer {{customer | text:required}} kindly.');
    await point(server, support, server.adminKey, 'production', { revision: 1 });
    const code = (await programs())
      .replaceAll('http://127.0.0.1:3000', server.url)
      .replaceAll('acme/support', 'admin/support')
      .replaceAll('sha256:…', digest);
    await writeFile(join(project, 'readme.mjs'), code);
    const env = { PATH: process.env.PATH, PROMPTYARD_KEY: server.adminKey };
    const { stdout, stderr } = await run(process.execPath, ['readme.mjs'], { cwd: project, env });
    expect(stderr).toBe('');
    const bytes = (await packageSize()).toString();
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^1\.0\.0 [0-9a-f]{64}$/),
      `${bytes} bytes`,
      '1.1.0',
      'Answer Ada kindly.',
      'variables.customer is required',
      '',
    ]);
  });
});

/** All blocks of JavaScript, behind each other in one module, as they are meant to be read. */
async function programs(): Promise<string> {
  const text = await readFile('packages/client/README.md', 'utf8');
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');
}

async function packageSize(): Promise<number> {
  const { rows } = await server.database.pool.query<{ size: number }>(
    `select v.size from version v join prompt p on p.id = v.prompt_id where p.name = 'haiku' and v.version = '1.0.0'`,
  );
  return Number(rows[0]?.size);
}

const typedProgram = `
import { type BundledPrompt, createClient, createPrompts, getPrompt, type ReadyPrompt } from '@promptyard/client';

const client = createClient({ baseUrl: 'http://127.0.0.1:3000' });
const { data, error } = await getPrompt({ client, path: { owner: 'acme', name: 'support' } });
export const visibility: 'public' | 'private' | undefined = data?.visibility;
export const code: 'NOT_FOUND' | undefined = error?.error === 'NOT_FOUND' ? error.error : undefined;

const copy: BundledPrompt = { content: 'Hello {{who}}.', variables: [{ name: 'who', required: true, type: 'text' }] };
const prompts = createPrompts({ baseUrl: 'http://127.0.0.1:3000', fallback: { 'acme/support': copy } });
const prompt: ReadyPrompt = await prompts.getPrompt('acme/support', { label: 'staging' });
export const { text }: { text: string } = await prompt.render({ who: 'Ada', times: 2 }, { strict: true });

// @ts-expect-error a label is text
await prompts.getPrompt('acme/support', { label: 7 });
// @ts-expect-error it is given to many
prompt.content = '';
`;
