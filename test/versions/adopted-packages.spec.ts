import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { versionKey } from '../../src/storage/object-keys.js';
import { ObjectStorage } from '../../src/storage/object-storage.js';
import { type ApiAnswer, call } from '../support/api.js';
import { aRevision } from '../support/history.js';
import { packageOf } from '../support/packages.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, uploadVersion } from '../support/prompts.js';
import { type OpenTestServer, startOpenTestServer, startTestServer, type TestServer } from '../support/test-server.js';

/** A server with an older database: its bucket has packages that were published since. */
let restored: OpenTestServer;
let lost: TestServer;
beforeAll(async () => {
  [restored, lost] = await Promise.all([startOpenTestServer(), startTestServer()]);
});
afterAll(() => Promise.all([restored.stop(), lost.stop()]));

interface Publication {
  readonly way: string;
  /** Publishes version 1.0.0 of a prompt of this user. */
  publish(server: TestServer, user: TestUser, name: string, text: string): Promise<ApiAnswer>;
}

const publications: Publication[] = [
  {
    way: 'an upload',
    publish: async (server, user, name, template) => {
      const prompt = await aPrompt(server, name).ownedBy(user).make();
      return uploadVersion(server, prompt, user.key, '1.0.0', await packageOf({ name, version: '1.0.0', template }));
    },
  },
  {
    way: 'a release',
    publish: async (server, user, name, text) => {
      const prompt = await aPrompt(server, name).ownedBy(user).make();
      await aRevision(server, prompt, user.key, text);
      const path = `${prompt.path}/revisions/1/release`;
      return call(server, 'POST', path, { token: user.key, json: { version: '1.0.0' } });
    },
  },
  {
    way: 'a first publication',
    publish: (server, user, name, content) =>
      call(server, 'POST', '/v1/prompts/publish', { token: user.key, json: { name, description: 'Any.', content } }),
  },
];

describe.each(publications)('by $way', ({ way: method, publish }) => {
  const names = (what: string) => `${what}-${method.replaceAll(' ', '-')}`;
  const tables = `select (select count(*)::int from version) as versions,
                    (select count(*)::int from version_reservation where holder <> 0) as held`;

  /** Publishes where it is lost, and leaves the package where the restored database finds it. */
  async function publishAndLose(name: string, username: string, owner: TestUser): Promise<Buffer> {
    const author = await aUser(lost, { username });
    const { status } = await publish(lost, author, name, 'Hello {{you}}.\n');
    expect(status).toBe(201);
    const { headers } = await call(lost, 'GET', `/v1/prompts/${username}/${name}/versions/1.0.0/download`);
    const bytes = Buffer.from(await (await fetch(headers.get('location') ?? '')).arrayBuffer());
    const key = versionKey({ ownerId: owner.id, promptName: name, version: '1.0.0' });
    await restored.app.get(ObjectStorage, { strict: false }).put(key, Readable.from([bytes]), {
      size: bytes.length,
      contentType: 'application/gzip',
      metadata: { reservation: '4a3ee1a2-7b36-4c0c-8a9f-0f5f3c1f8b11' },
      ifAbsent: true,
    });
    return bytes;
  }

  it('adopts an existing object with the same bytes', async () => {
    const username = names('adopter');
    const user = await aUser(restored, { username });
    const bytes = await publishAndLose(names('same'), username, user);
    const { status, body } = await publish(restored, user, names('same'), 'Hello {{you}}.\n');
    expect([status, body['tarball_url']]).toEqual([201, `${user.id}/${names('same')}/1.0.0.tar.gz`]);
    expect(body.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const { headers } = await call(restored, 'GET', `/v1/prompts/${username}/${names('same')}/versions/1.0.0/download`);
    const served = await (await fetch(headers.get('location') ?? '')).arrayBuffer();
    expect(Buffer.from(served).equals(bytes)).toBe(true);
  });

  it('refuses other bytes, says what to do, and leaves neither a version nor a reservation', async () => {
    const username = names('refused');
    const user = await aUser(restored, { username });
    const bytes = await publishAndLose(names('other'), username, user);
    const { rows: before } = await restored.database.pool.query(tables);
    const { status, body } = await publish(restored, user, names('other'), 'Goodbye {{you}}.\n');
    expect([status, body['error'], body['message']]).toEqual([
      409,
      'CONFLICT',
      expect.stringMatching(/publish the next number, or let an operator remove .* orphans remove/),
    ]);
    expect((await restored.database.pool.query(tables)).rows).toEqual(before);
    const key = versionKey({ ownerId: user.id, promptName: names('other'), version: '1.0.0' });
    const stored = await restored.app.get(ObjectStorage, { strict: false }).head(key);
    expect(stored?.size).toBe(bytes.length);
  });
});
