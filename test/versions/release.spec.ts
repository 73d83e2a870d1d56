import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { call } from '../support/api.js';
import { aRevision, point } from '../support/history.js';
import { packageOf } from '../support/packages.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
  bob = await aUser(server);
});
afterAll(() => server.stop());

const release = (prompt: TestPrompt, revision: number, version: string, query = '', token = alice.key) =>
  call(server, 'POST', `${prompt.path}/revisions/${revision}/release${query}`, { token, json: { version } });
const read = (prompt: TestPrompt, path = '') => call(server, 'GET', `${prompt.path}${path}`, { token: alice.key });

async function download(prompt: TestPrompt, version: string): Promise<Buffer> {
  const { headers } = await read(prompt, `/versions/${version}/download`);
  const response = await fetch(headers.get('location') ?? '');
  return Buffer.from(await response.arrayBuffer());
}

const production = async (prompt: TestPrompt) => (await read(prompt, '/resolve')).body['number'];

it('releases a revision as a package, and links them in both directions', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  await aRevision(server, prompt, alice.key, 'Hi {{who}}', {
    tags: ['a'],
    description: 'Greets.',
    readme: '# Greeter',
    variables: [{ name: 'who', required: true, type: 'text' }],
  });
  const { status, body } = await release(prompt, 1, '1.0.0');
  expect([status, body['revision']]).toEqual([201, 1]);
  const bytes = await download(prompt, '1.0.0');
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(body.sha256);
  const contents = await readPackage(Readable.from([bytes]), { name: prompt.name, version: '1.0.0' });
  expect(contents).toMatchObject({
    description: 'Greets.',
    tags: ['a'],
    template: 'Hi {{who}}',
    readme: '# Greeter',
    inputs: [{ name: 'who', required: true, type: 'text' }],
  });
  expect((await read(prompt, '/versions/1.0.0')).body['revision']).toBe(1);
  expect((await read(prompt, '/resolve?version=1.0.0')).body['number']).toBe(1);
  expect((await read(prompt)).body['latest_version']).toBe('1.0.0');
});

it('makes the same bytes of the same content, on any server, also when it is uploaded and released again', async () => {
  const [one, other] = [await aUser(server), await aUser(server)];
  const content = {
    variables: [{ name: 'b' }, { name: 'a', required: true, z: 1, y: [2] }],
    readme: 'Read.',
    tags: ['t'],
  };
  const created = await Promise.all(
    [one, other].map(async (owner) => {
      const prompt = await aPrompt(server, 'same-everywhere').ownedBy(owner).make();
      await aRevision(server, prompt, owner.key, 'X {{a}} {{c}}', { ...content, commit_message: owner.username });
      const { body } = await release(prompt, 1, '1.2.3', '', owner.key);
      return { prompt, owner, sha256: body.sha256 };
    }),
  );
  const [first, second] = created;
  if (!first || !second) throw new Error('two were made');
  expect(second.sha256).toBe(first.sha256);

  const third = await aUser(server);
  const copy = await aPrompt(server, 'same-everywhere').ownedBy(third).make();
  const uploaded = await uploadVersion(server, copy, third.key, '1.2.3', await download(first.prompt, '1.2.3'));
  expect([uploaded.status, uploaded.body.sha256]).toEqual([201, first.sha256]);
  const digests = await Promise.all(
    [first.prompt, copy].map(async (prompt) => (await read(prompt, '/resolve')).body['digest']),
  );
  expect(digests[1]).toBe(digests[0]);
  // Another number for the same content differs only by the number; the revision is linked, not repeated.
  const again = await release(copy, 1, '1.2.4', '', third.key);
  expect([again.status, again.body['revision']]).toEqual([201, 1]);
});

it('loses nothing of a package that becomes a revision', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  const original = await packageOf({
    name: prompt.name,
    version: '1.0.0',
    author: 'Ada',
    description: null,
    inputs: [{ name: 'x', required: true, hint: 'é' }],
    extra: { license: 'MIT', zeta: { b: 1, a: [null] } },
    template: 'T {{x}} {{y | number}}\r\n',
    readme: '# R\n',
  });
  expect((await uploadVersion(server, prompt, alice.key, '1.0.0', original)).status).toBe(201);
  expect((await release(prompt, 1, '1.0.1')).status).toBe(201);
  const rebuilt = await download(prompt, '1.0.1');
  const asFirst = await readPackage(Readable.from([original]), { name: prompt.name, version: '1.0.0' });
  const asSecond = await readPackage(Readable.from([rebuilt]), { name: prompt.name, version: '1.0.1' });
  const { manifest: _first, files: _files, ...before } = asFirst;
  const { manifest: _second, files: _others, ...after } = asSecond;
  expect(after).toEqual(before);
});

it('creates a revision for an uploaded package, which becomes production if production is a release', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
  expect(await production(prompt)).toBe(1);
  const upload = async (version: string, template: string) => {
    const bytes = await packageOf({ name: prompt.name, version, template });
    expect((await uploadVersion(server, prompt, alice.key, version, bytes)).status).toBe(201);
  };
  await upload('2.0.0', 'Two');
  expect((await read(prompt, '/revisions/2')).body).toMatchObject({
    commit_message: 'Release 2.0.0',
    content: 'Two',
    parent: 1,
  });
  expect(await production(prompt)).toBe(2);
  await upload('1.5.0', 'One and a half');
  expect(await production(prompt)).toBe(2);
  await aRevision(server, prompt, alice.key, 'Chosen', { labels: ['production'] });
  await upload('3.0.0', 'Three');
  expect(await production(prompt)).toBe(4);
  await point(server, prompt, alice.key, 'production', { version: '2.0.0' });
  await upload('4.0.0', 'Four');
  expect(await production(prompt)).toBe(6);
  expect((await read(prompt)).body).toMatchObject({ description: 'A prompt for a test.', latest_version: '4.0.0' });
});

it('does not move a protected production when another user uploads', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
  const protection = { token: alice.key, json: { writers: ['admin'] } };
  await call(server, 'PUT', `${prompt.path}/labels/production/protection`, protection);
  const bytes = await packageOf({ name: prompt.name, version: '2.0.0', template: 'Two' });
  expect((await uploadVersion(server, prompt, alice.key, '2.0.0', bytes)).status).toBe(201);
  expect([await production(prompt), (await read(prompt)).body['latest_version']]).toEqual([1, '2.0.0']);
});

describe('the variable contract', () => {
  let prompt: TestPrompt;
  beforeEach(async () => {
    prompt = await aPrompt(server).ownedBy(alice).make();
    await aRevision(server, prompt, alice.key, '{{a}}');
    expect((await release(prompt, 1, '1.0.0')).status).toBe(201);
    await aRevision(server, prompt, alice.key, '{{a}}{{b}}');
    await aRevision(server, prompt, alice.key, '{{b}}');
  });

  it('requires MINOR for a new variable, and MAJOR for a removed one', async () => {
    const patch = await release(prompt, 2, '1.0.1');
    expect({ status: patch.status, body: patch.body }).toEqual({
      status: 422,
      body: {
        error: 'VALIDATION_ERROR',
        message: 'validation failed',
        details: {
          version: 'must be at least 1.1.0, for what changed since 1.0.0',
          previous_version: '1.0.0',
          smallest_version: '1.1.0',
          changes: [{ variable: 'b', kind: 'optional-added', severity: 'minor', message: '"b" is new and optional' }],
        },
      },
    });
    expect((await release(prompt, 2, '1.1.0')).status).toBe(201);
    const minor = await release(prompt, 3, '1.2.0');
    expect([minor.status, minor.body.details['smallest_version']]).toEqual([422, '2.0.0']);
    expect((await release(prompt, 3, '2.0.0')).status).toBe(201);
    expect((await read(prompt, '/versions')).body.items.map(({ version }) => version)).toEqual([
      '2.0.0',
      '1.1.0',
      '1.0.0',
    ]);
  });

  it('can be overridden, which is recorded', async () => {
    expect((await release(prompt, 3, '1.0.1', '?allow_breaking=true')).status).toBe(201);
    const { body } = await read(prompt, '/audit?action=version.release');
    expect(body.items[0]).toMatchObject({
      subject: '1.0.1',
      details: { revision: 3, allowed: { smallest_version: '2.0.0', previous_version: '1.0.0' } },
    });
  });

  it('only warns of uploads, unless the prompt enforces it', async () => {
    const upload = async (version: string) => {
      const bytes = await packageOf({ name: prompt.name, version, template: 'No variable.' });
      return uploadVersion(server, prompt, alice.key, version, bytes);
    };
    const warned = await upload('1.0.1');
    expect([warned.status, warned.body['warnings']]).toEqual([
      201,
      ['variable "a" is not there any more', 'against 1.0.0 the smallest right version is 2.0.0'],
    ]);
    await call(server, 'PATCH', `${prompt.path}/versions/1.0.1`, { token: alice.key, json: { yanked: true } });
    const enforced = { token: alice.key, json: { enforce_variable_contract: true } };
    await call(server, 'PATCH', prompt.idPath, enforced);
    const refused = await upload('1.0.2');
    expect([refused.status, refused.body.details['smallest_version']]).toEqual([422, '2.0.0']);
    expect((await upload('2.0.0')).body).not.toHaveProperty('warnings');
    expect((await read(prompt, '/versions')).body.items.map(({ version }) => version)).toEqual([
      '2.0.0',
      '1.0.1',
      '1.0.0',
    ]);
  });
});

it.each([
  ['a version that is taken', 1, '1.0.0', 409, 'version already exists'],
  ['a revision that is not there', 9, '2.0.0', 404, 'revision not found'],
  ['what is no version', 1, '1.0', 422, 'validation failed'],
])('refuses to release %s', async (_what, revision, version, status, message) => {
  const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
  const answer = await release(prompt, revision, version);
  expect([answer.status, answer.body['message']]).toEqual([status, message]);
  expect((await release(prompt, 1, '3.0.0', '', bob.key)).status).toBe(403);
});

it('lets one of twenty concurrent releases of a version win', async () => {
  const prompt = await aPrompt(server).ownedBy(alice).make();
  for (let index = 0; index < 5; index += 1) await aRevision(server, prompt, alice.key, `Text ${index}`);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => release(prompt, (index % 5) + 1, '1.0.0')),
  );
  const winners = answers.filter(({ status }) => status === 201);
  expect([winners.length, answers.filter(({ status }) => status === 409).length]).toEqual([1, 19]);
  expect((await read(prompt, '/resolve?version=1.0.0')).body['number']).toBe(winners[0]?.body['revision']);
});
