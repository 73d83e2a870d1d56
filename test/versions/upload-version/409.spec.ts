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
  alice = await aUser(server);
  prompt = await aPrompt(server).ownedBy(alice).make();
});
afterAll(() => server.stop());

/** How often the races are run; a night's run wants more. */
const rounds = Number(process.env.RACE_ROUNDS ?? 5);

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const conflict = (details: object) => ({ error: 'CONFLICT', message: 'version already exists', details });

async function servedDigest(path: string): Promise<string> {
  const { headers } = await call(server, 'GET', `${path}/download`);
  const file = await fetch(headers.get('location') ?? '');
  return sha256(Buffer.from(await file.arrayBuffer()));
}

it('names the existing digest, so that a retry recognises its own upload', async () => {
  const archive = await packageOf({ name: prompt.name, version: '1.0.0' });
  expect((await uploadVersion(server, prompt, alice.key, '1.0.0', archive)).status).toBe(201);
  const { status, body } = await uploadVersion(server, prompt, alice.key, '1.0.0', archive);
  expect([status, body]).toEqual([409, conflict({ version: '1.0.0', sha256: sha256(archive) })]);
});

it('never overwrites an existing version', async () => {
  const first = await packageOf({ name: prompt.name, version: '1.1.0' });
  const second = await packageOf({ name: prompt.name, version: '1.1.0', template: 'Something else.' });
  await uploadVersion(server, prompt, alice.key, '1.1.0', first);
  const { status, body } = await uploadVersion(server, prompt, alice.key, '1.1.0', second);
  expect([status, body.details.sha256]).toEqual([409, sha256(first)]);
  expect(await servedDigest(`${prompt.path}/versions/1.1.0`)).toBe(sha256(first));
});

describe('of an existing version', () => {
  beforeAll(() => uploadVersion(server, prompt, alice.key, '2.0.0'));
  const version = field('version', '2.0.0');
  const statusOf = async (...parts: Part[]) => (await postForm(server, prompt, alice.key, multipart(...parts))).status;

  it('precedes the error for a missing tarball', async () => {
    expect(await statusOf(version)).toBe(409);
  });

  it('precedes the error for a tarball that is no package', async () => {
    expect(await statusOf(version, tarball(Buffer.from('no gzip')))).toBe(409);
  });

  it('precedes the error for a second tarball', async () => {
    expect(await statusOf(version, tarball(Buffer.from('1')), tarball(Buffer.from('2')))).toBe(409);
  });

  it('follows the error for a tarball that is too large', async () => {
    expect(await statusOf(tarball(Buffer.alloc(10_485_761)), version)).toBe(413);
  });
});

it('does not block a version after a failed upload', async () => {
  const bad = await uploadVersion(server, prompt, alice.key, '3.0.0', Buffer.from('no gzip'));
  const good = await uploadVersion(server, prompt, alice.key, '3.0.0');
  expect([bad.status, good.status]).toEqual([422, 201]);
});

it(`keeps the winner's bytes when twenty uploads race (${rounds} rounds)`, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const version = `10.0.${round}`;
    const archives = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        packageOf({ name: prompt.name, version, template: `Rival ${index} of round ${round}.` }),
      ),
    );
    const answers = await Promise.all(
      archives.map((archive) => uploadVersion(server, prompt, alice.key, version, archive)),
    );
    const winners = answers.filter(({ status }) => status === 201);
    const losers = answers.filter(({ status }) => status === 409);
    expect([winners.length, losers.length]).toEqual([1, 19]);
    const [winner] = winners;
    const standing = winner?.body.sha256;
    const winnersArchive = archives[answers.findIndex(({ status }) => status === 201)];
    expect(standing).toBe(winnersArchive && sha256(winnersArchive));
    for (const { body } of losers) expect(body).toEqual(conflict({ version, sha256: standing }));
    expect(await servedDigest(`${prompt.path}/versions/${version}`)).toBe(standing);
  }
}, 600_000);

it('lets a valid upload win over invalid ones of the same number', async () => {
  const version = '20.0.0';
  const invalid = await packageOf({ name: 'another', version });
  const valid = await packageOfSize({ name: prompt.name, version }, 1_000_000);
  const answers = await Promise.all(
    [invalid, invalid, valid, invalid, invalid].map((bytes) =>
      uploadVersion(server, prompt, alice.key, version, bytes),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses[2]).toBe(201);
  // A late competitor gets the conflict instead of its own error.
  for (const [index, status] of statuses.entries()) expect(index === 2 ? [201] : [422, 409]).toContain(status);
});
