import { createHash } from 'node:crypto';
import { UsersService } from '../../src/auth/accounts/users.service.js';
import { call } from '../support/api.js';
import { packageOf } from '../support/packages.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../support/prompts.js';
import { adminPassword, startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { aKnownKey, entries, type Entry, recordedBy } from './audit-entries.js';

let server: OpenTestServer;
let alice: TestUser;
let key: { id: string; key: string };
let adminsKeyId: string;
beforeAll(async () => {
  server = await startOpenTestServer();
  const { body } = await call(server, 'GET', '/v1/api-keys', { token: server.adminKey });
  adminsKeyId = body.items[0]?.id ?? '';
  alice = await aUser(server, { username: 'alice' });
  key = await aKnownKey(server, alice);
});
afterAll(() => server.stop());

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const ask = (method: string, path: string, json?: object) => call(server, method, path, { token: key.key, json });
const askAsAdmin = (method: string, path: string, json?: object) =>
  call(server, method, path, { token: server.adminKey, json });

const byAlice = () => ({ actor: 'alice', key_id: key.id, protocol: 'registry' });
const byAdmin = () => ({ actor: 'admin', key_id: adminsKeyId, protocol: 'registry' });
const [id, at] = [expect.any(Number), expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)];
const about = ({ owner, name, id: promptId }: Pick<TestPrompt, 'owner' | 'name' | 'id'>) => {
  return { prompt: `${owner}/${name}`, prompt_id: promptId };
};
const noPrompt = { prompt: null, prompt_id: null };
const aPromptOfAlice = () =>
  aPrompt(server)
    .ownedBy({ ...alice, key: key.key })
    .make();

describe('the first start', () => {
  it('is recorded as an action of the server itself', async () => {
    const bySelf = { id, at, actor: null, key_id: null, protocol: 'server', ...noPrompt };
    const scopes = ['prompts:read', 'prompts:write', 'versions:publish', 'admin'];
    const firstKey = { action: 'key.create', subject_type: 'key', subject: adminsKeyId };
    expect(await entries(server, 'protocol=server')).toEqual([
      { ...bySelf, ...firstKey, details: { name: 'first start', scopes } },
      { ...bySelf, action: 'user.create', subject_type: 'user', subject: 'admin', details: { role: 'admin' } },
    ]);
  });
});

describe('of a prompt', () => {
  const entry = (prompt: TestPrompt, action: string, details: object) => {
    const subject = { subject_type: 'prompt', subject: `${prompt.owner}/${prompt.name}` };
    return { id, at, action, ...subject, ...about(prompt), details };
  };

  it('its creation is recorded', async () => {
    let prompt: TestPrompt | undefined;
    const recorded = await recordedBy(server, async () => (prompt = await aPromptOfAlice()));
    expect(recorded).toEqual([
      { ...byAlice(), ...entry(prompt as TestPrompt, 'prompt.create', { visibility: 'public' }) },
    ]);
  });

  it.each<[object, object]>([
    [{ description: 'Another.' }, { changed: ['description'] }],
    [
      { visibility: 'private', title: 'A title', tags: ['a'] },
      { changed: ['title', 'tags', 'visibility'], visibility: { from: 'public', to: 'private' } },
    ],
    [
      { enforce_variable_contract: true, description: 'A prompt for a test.' },
      { changed: ['enforce_variable_contract'], enforce_variable_contract: { from: false, to: true } },
    ],
  ])('a change by %j is recorded', async (change, details) => {
    const prompt = await aPromptOfAlice();
    const recorded = await recordedBy(server, () => ask('PATCH', prompt.idPath, change));
    expect(recorded).toEqual([{ ...byAlice(), ...entry(prompt, 'prompt.update', details) }]);
  });

  it('deletion and restoration are recorded, each with its actor', async () => {
    const prompt = await aPromptOfAlice();
    const recorded = await recordedBy(server, async () => {
      await ask('DELETE', prompt.idPath);
      await askAsAdmin('POST', `${prompt.idPath}/restore`);
    });
    expect(recorded).toEqual([
      { ...byAlice(), ...entry(prompt, 'prompt.delete', {}) },
      { ...byAdmin(), ...entry(prompt, 'prompt.restore', {}) },
    ]);
  });
});

describe('of a version', () => {
  const ofVersions = (recorded: Entry[]) => recorded.filter(({ subject_type }) => subject_type === 'version');

  it('the upload is recorded, with the digest of its bytes', async () => {
    const prompt = await aPromptOfAlice();
    const archive = await packageOf({ name: prompt.name, version: '1.2.3' });
    const recorded = await recordedBy(server, () => uploadVersion(server, prompt, key.key, '1.2.3', archive));
    const details = { sha256: sha256(archive), size: archive.length };
    const version = { action: 'version.publish', subject_type: 'version', subject: '1.2.3' };
    expect(ofVersions(recorded)).toEqual([{ id, at, ...byAlice(), ...version, ...about(prompt), details }]);
  });

  it('publishing a text is recorded as a prompt and its version', async () => {
    let published: Record<string, unknown> = {};
    const recorded = await recordedBy(server, async () => {
      published = (await ask('POST', '/v1/prompts/publish', { name: 'haiku', description: '', content: 'Hi.' })).body;
    });
    const { sha256: digest, size, prompt_id: promptId } = published;
    const prompt = { id: String(promptId), owner: 'alice', name: 'haiku' };
    const version = { action: 'version.publish', subject_type: 'version', subject: '1.0.0' };
    expect(recorded[0]).toMatchObject({
      ...byAlice(),
      action: 'prompt.create',
      subject: 'alice/haiku',
      ...about(prompt),
    });
    expect(ofVersions(recorded)).toEqual([
      { id, at, ...byAlice(), ...version, ...about(prompt), details: { sha256: digest, size } },
    ]);
  });
});

describe('of an API key', () => {
  it('creation and revocation are recorded, without the secret', async () => {
    const prompt = await aPromptOfAlice();
    const options = {
      name: 'ci',
      scopes: ['prompts:read'],
      owner: 'alice',
      prompt: prompt.id,
      expires_at: '2999-01-01T00:00:00Z',
    };
    let created: { id: string; key: string } | undefined;
    const recorded = await recordedBy(server, async () => {
      created = await aKnownKey(server, { key: key.key }, options);
      await ask('DELETE', `/v1/api-keys/${created.id}`);
    });
    const subject = { subject_type: 'key', subject: created?.id, ...noPrompt };
    const places = { owner_id: alice.id, prompt_id: prompt.id, parent_id: key.id };
    const binding = { ...places, expires_at: '2999-01-01T00:00:00.000Z' };
    expect(recorded).toEqual([
      {
        id,
        at,
        ...byAlice(),
        action: 'key.create',
        ...subject,
        details: { name: 'ci', scopes: options.scopes, ...binding },
      },
      { id, at, ...byAlice(), action: 'key.revoke', ...subject, details: { name: 'ci' } },
    ]);
    expect(JSON.stringify(recorded)).not.toContain(created?.key);
  });

  it('a session’s actions name the key that opened it, and no key after a password log-in', async () => {
    const login = { username: 'alice', password: alice.password };
    const { body } = await call(server, 'POST', '/v1/auth/login', { json: login });
    const [recorded] = await recordedBy(server, () =>
      aPrompt(server)
        .ownedBy({ ...alice, key: body.token })
        .make(),
    );
    expect(recorded).toMatchObject({ actor: 'alice', key_id: null, protocol: 'registry', action: 'prompt.create' });
  });

  it('two revocations at the same time are recorded once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const created = await aKnownKey(server, { key: key.key });
      const revoke = () => ask('DELETE', `/v1/api-keys/${created.id}`);
      const recorded = await recordedBy(server, async () => {
        const answers = await Promise.all([revoke(), revoke(), revoke(), revoke()]);
        expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404]);
      });
      expect(recorded.map(({ action }) => action)).toEqual(['key.revoke']);
    }
  });
});

describe('of a user', () => {
  const user = (username: string) => ({ subject_type: 'user', subject: username, ...noPrompt });

  it('its creation is recorded', async () => {
    const recorded = await recordedBy(server, () => aUser(server, { username: 'bob' }));
    expect(recorded).toEqual([
      { id, at, ...byAdmin(), action: 'user.create', ...user('bob'), details: { role: 'user' } },
    ]);
  });

  it.each<[object, object]>([
    [{ email: 'new@example.com' }, { changed: ['email'] }],
    [{ password: 'a new good password' }, { changed: ['password'] }],
    [{ role: 'admin' }, { changed: ['role'], role: { from: 'user', to: 'admin' } }],
  ])('a change by %j is recorded, without confidential values', async (change, details) => {
    const carol = await aUser(server);
    const recorded = await recordedBy(server, () => askAsAdmin('PATCH', `/v1/users/${carol.id}`, change));
    expect(recorded).toEqual([{ id, at, ...byAdmin(), action: 'user.update', ...user(carol.username), details }]);
  });

  it('a new password of one’s own is recorded', async () => {
    const dave = await aUser(server);
    const json = { current_password: adminPassword, new_password: 'a new good password' };
    const recorded = await recordedBy(server, () => call(server, 'POST', '/v1/me/password', { token: dave.key, json }));
    const own = { actor: dave.username, key_id: expect.any(String), protocol: 'registry' };
    expect(recorded).toEqual([{ id, at, ...own, action: 'user.password', ...user(dave.username), details: {} }]);
  });

  it('a password from the command line is recorded as such', async () => {
    const erin = await aUser(server);
    const users = server.app.get(UsersService, { strict: false });
    const recorded = await recordedBy(server, () => users.resetPassword(erin.username.toUpperCase()));
    const byOperator = { actor: null, key_id: null, protocol: 'command-line' };
    expect(recorded).toEqual([{ id, at, ...byOperator, action: 'user.password', ...user(erin.username), details: {} }]);
  });
});
