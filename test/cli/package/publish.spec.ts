import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { packageFiles, writeFolder } from './package-folder.js';
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

const folder = (name: string, version: string, template?: string) =>
  writeFolder(join(user.home, 'package'), packageFiles(name, version, template));

async function download(name: string, version: string): Promise<Buffer> {
  const response = await fetch(`${server.url}/v1/prompts/admin/${name}/versions/${version}/download`);
  return Buffer.from(await response.arrayBuffer());
}

it('publishes a folder, and creates the prompt with --create', async () => {
  folder('first', '1.0.0');
  const published = await user.json(['publish', 'package', '--create', '--private']);
  expect(published).toMatchObject({ owner: 'admin', name: 'first', version: '1.0.0', prompt_created: true });
  const packed = await user.json(['pack', 'package', '-o', 'first.tar.gz']);
  expect(published.sha256).toBe(packed.sha256);
  expect(await user.json(['info', 'admin/first'])).toMatchObject({
    visibility: 'private',
    description: 'About a topic.',
    latest_version: '1.0.0',
  });
});

it('does not create a prompt without --create', async () => {
  folder('typo', '1.0.0');
  const { code, stderr } = await user.run(['publish', 'package']);
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/no prompt admin\/typo\n.*--create/) });
});

it('publishes the very bytes of a .tar.gz', async () => {
  folder('tarball', '1.0.0');
  await user.json(['pack', 'package', '-o', 'x.tar.gz']);
  await user.json(['publish', 'x.tar.gz', '--create']);
  expect((await download('tarball', '1.0.0')).equals(readFileSync(join(user.home, 'x.tar.gz')))).toBe(true);
});

it('accepts the same bytes again, and refuses others', async () => {
  folder('again', '1.0.0');
  const first = await user.json(['publish', 'package', '--create']);
  expect(await user.json(['publish', 'package'])).toMatchObject({ already_there: true, sha256: first.sha256 });
  folder('again', '1.0.0', 'Something else about {{topic}}.\n');
  const { code, stderr } = await user.run(['publish', 'package']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/already published[^]*raise `version`/) });
});

it('sends nothing of a package that is not valid', async () => {
  writeFolder(join(user.home, 'package'), { 'prompt.yaml': 'name: never\n' });
  const { code, stderr } = await user.run(['publish', 'package', '--create']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/prompt\.md: is missing[^]*version is missing/),
  });
  expect((await user.run(['info', 'admin/never'])).code).toBe(3);
});

it('uploads nearly 10 MiB', async () => {
  const large = { ...packageFiles('large', '1.0.0'), 'data.bin': randomBytes(9_900_000) };
  writeFolder(join(user.home, 'package'), large);
  expect((await user.json(['publish', 'package', '--create'])).size).toBeGreaterThan(9_900_000);
});

it("shows the server's warnings about variables", async () => {
  folder('contract', '1.0.0');
  await user.json(['publish', 'package', '--create']);
  folder('contract', '1.0.1', 'Write about {{topic}} in {{language}}.\n');
  const { code, stderr } = await user.run(['publish', 'package']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/warning: .*language/) });
});

it('says which user may not publish on which server', async () => {
  folder('first', '2.0.0');
  const stranger = { PROMPTYARD_TOKEN: '' };
  expect(await user.run(['publish', 'package'], { env: stranger })).toMatchObject({
    code: 4,
    stderr: expect.stringContaining(`promptyard login --url ${server.url}`),
  });
  const key = await fetch(`${server.url}/v1/api-keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scopes: ['prompts:read'] }),
  });
  const reader = { PROMPTYARD_TOKEN: ((await key.json()) as { key: string }).key };
  expect((await user.run(['publish', 'package'], { env: reader })).code).toBe(4);
});
