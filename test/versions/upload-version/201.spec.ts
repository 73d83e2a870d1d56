import { createHash } from 'node:crypto';
import { call } from '../../support/api.js';
import { field, multipart, type Part, tarball } from '../../support/form.js';
import { packageOf, packageOfSize } from '../../support/packages.js';
import { aUser, type TestUser } from '../../support/users.js';
import { aPrompt, postForm, type TestPrompt, uploadVersion } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
  prompt = await aPrompt(server, 'greeting').ownedBy(alice).make();
});
afterAll(() => server.stop());

let patch = 0;
const nextVersion = () => `9.0.${(patch += 1)}`;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Uploads the next version by the parts that `write` makes of it. */
async function upload(write: (version: string, archive: Buffer) => Part[]) {
  const version = nextVersion();
  const archive = await packageOf({ name: prompt.name, version });
  return postForm(server, prompt, alice.key, multipart(...write(version, archive)));
}

async function served(version: string): Promise<Buffer> {
  const { headers } = await call(server, 'GET', `${prompt.path}/versions/${version}/download`);
  const file = await fetch(headers.get('location') ?? '');
  return Buffer.from(await file.arrayBuffer());
}

it('answers the documented body, with digest and size and nothing else', async () => {
  const archive = await packageOf({ name: 'greeting', version: '1.0.0' });
  const { status, body, headers } = await uploadVersion(server, prompt, alice.key, '1.0.0', archive);
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    prompt_id: prompt.id,
    version: '1.0.0',
    tarball_url: `${alice.id}/greeting/1.0.0.tar.gz`,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
    sha256: sha256(archive),
    size: archive.length,
  });
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
});

it('keeps the bytes unchanged', async () => {
  const archive = await packageOf({ name: 'greeting', version: '1.1.0', readme: '# Greeting\n' });
  await uploadVersion(server, prompt, alice.key, '1.1.0', archive);
  expect((await served('1.1.0')).equals(archive)).toBe(true);
});

it('makes the highest stable version the latest, even if a lower one is uploaded later', async () => {
  const other = await aPrompt(server).ownedBy(alice).withVersion('1.9.0', '1.10.0', '1.2.0').make();
  expect((await call(server, 'GET', other.path)).body.latest_version).toBe('1.10.0');
});

it('accepts the tarball before the version', async () => {
  const { status } = await upload((version, archive) => [tarball(archive), field('version', version)]);
  expect(status).toBe(201);
});

it('ignores unknown fields, texts and files', async () => {
  const { status } = await upload((version, archive) => [
    field('description', 'ignored'),
    { name: 'attachment', filename: 'a.bin', body: Buffer.alloc(100_000) },
    field('__proto__', 'ignored'),
    field('version', version),
    field('Version', 'not-a-version'),
    tarball(archive),
    field('tarball[]', 'ignored'),
  ]);
  expect(status).toBe(201);
});

it.each([
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
  'application/x-tar',
  'text/plain',
  'text/plain; charset=utf-8',
  'image/png',
  'nonsense',
])('accepts a tarball with the part type %s', async (type) => {
  const { status } = await upload((version, archive) => [field('version', version), tarball(archive, { type })]);
  expect(status).toBe(201);
});

it('accepts a tarball without a part type', async () => {
  const { status } = await upload((version, archive) => [
    field('version', version),
    tarball(archive, { type: undefined }),
  ]);
  expect(status).toBe(201);
});

it('accepts a tarball with a type but no file name', async () => {
  const { status } = await upload((version, archive) => [
    field('version', version),
    tarball(archive, { filename: undefined }),
  ]);
  expect(status).toBe(201);
});

it('accepts a version with a text type, as some HTTP clients send', async () => {
  const { status } = await upload((version, archive) => [
    { name: 'version', type: 'text/plain; charset=UTF-8', body: version },
    tarball(archive),
  ]);
  expect(status).toBe(201);
});

it.each([
  ['empty', 'form-data; name="tarball"; filename=""'],
  ['a path upwards', 'form-data; name="tarball"; filename="../../../etc/passwd"'],
  ['an absolute path', 'form-data; name="tarball"; filename="/etc/passwd"'],
  ['a Windows path', 'form-data; name="tarball"; filename="C:\\\\temp\\\\a.exe"'],
  ['an encoded NUL', 'form-data; name="tarball"; filename*=UTF-8\'\'a%00b.tar.gz'],
  ['bytes that do not decode', 'form-data; name="tarball"; filename*=UTF-8\'\'%FF%FE.tar.gz'],
  ['quotes and semicolons', 'form-data; name="tarball"; filename="a\\";name=\\"version.tar.gz"'],
  ['10 000 characters', `form-data; name="tarball"; filename="${'n'.repeat(10_000)}"`],
  ['unquoted', 'form-data; name=tarball; filename=package.tar.gz'],
])('ignores the file name: %s', async (_what, disposition) => {
  const { status, text } = await upload((version, archive) => [
    field('version', version),
    tarball(archive, { disposition }),
  ]);
  expect([status, text]).toEqual([201, expect.any(String)]);
});

it.each(['0.0.0', '0.0.1', '2147483647.2147483647.2147483647', '1.0.2147483647'])(
  'accepts the version %s',
  async (version) => {
    const { status, body } = await uploadVersion(server, prompt, alice.key, version);
    expect([status, body.version]).toEqual([201, version]);
  },
);

it('accepts a tarball of exactly 10 485 760 bytes', async () => {
  const version = nextVersion();
  const archive = await packageOfSize({ name: prompt.name, version }, 10_485_760);
  const { status, body } = await uploadVersion(server, prompt, alice.key, version, archive);
  expect([status, body.size, body.sha256]).toEqual([201, 10_485_760, sha256(archive)]);
  expect(sha256(await served(version))).toBe(sha256(archive));
});

it('keeps the bytes of more packages at the same time than are held in memory', async () => {
  const versions = Array.from({ length: 5 }, (_, index) => `60.0.${index}`);
  const archives = await Promise.all(
    versions.map((version) => packageOfSize({ name: prompt.name, version }, 6_000_000)),
  );
  const send = (version: string, index: number) => uploadVersion(server, prompt, alice.key, version, archives[index]);
  const answers = await Promise.all(versions.map(send));
  expect(answers.map(({ status, body }) => [status, body.sha256])).toEqual(
    archives.map((archive) => [201, sha256(archive)]),
  );
  const digests: string[] = [];
  for (const version of versions) digests.push(sha256(await served(version)));
  expect(digests).toEqual(archives.map(sha256));
});

it('accepts fifty versions at the same time', async () => {
  const versions = Array.from({ length: 50 }, (_, index) => `50.0.${index}`);
  const answers = await Promise.all(versions.map((version) => uploadVersion(server, prompt, alice.key, version)));
  expect(answers.map(({ status }) => status)).toEqual(versions.map(() => 201));
  const { body } = await call(server, 'GET', `${prompt.path}/versions`);
  expect(body.items.map(({ version }) => version)).toEqual(expect.arrayContaining(versions));
});
