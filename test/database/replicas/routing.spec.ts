import { call } from '../../support/api.js';
import { missingPostgresReason } from './support/postgres-cluster.js';
import { type ReplicatedServer, ReplicatedServers } from './support/replicated-servers.js';

const reason = missingPostgresReason();
const describeWithIt = reason === undefined ? describe : describe.skip;
// The replay stands still, and the replica may be that far behind: what it is asked for is answered with a past state.
const settings = { DATABASE_READ_MAX_LAG_SECONDS: '300' };

describeWithIt(`a replica that shows the past${reason === undefined ? '' : ` (not run: ${reason})`}`, () => {
  let all: ReplicatedServers;
  let one: ReplicatedServer;
  let other: ReplicatedServer;
  let writerKey: string;
  let readerKey: string;
  let boundId: string;

  beforeAll(async () => {
    all = await ReplicatedServers.open();
    one = await all.start(settings);
    other = await all.start(settings);
    boundId = await all.createPrompt('bound', { description: 'before' });
    const withdrawnId = await all.createPrompt('withdrawn');
    await all.createPrompt('downloaded');
    await all.ask('POST', '/v1/prompts/admin/downloaded/revisions', { json: { content: 'Hello.' } });
    await all.ask('POST', '/v1/prompts/admin/downloaded/revisions/1/release', { json: { version: '1.0.0' } });
    writerKey = (await all.ask('POST', '/v1/api-keys', { json: { name: 'bound', prompt: boundId } })).key;
    const reader = { username: 'reader', email: 'reader@example.com', password: 'correct horse battery', role: 'user' };
    await all.ask('POST', '/v1/users', { json: reader });
    const session = await one.logIn('reader', reader.password);
    readerKey = (await call(one, 'POST', '/v1/api-keys', { token: session, json: { name: 'reads', prompt: boundId } }))
      .body.key;
    await all.pauseReplay();
    // Everything above is too long ago for the accounts to count as writing.
    await all.primary.query(
      `set session_replication_role = replica; update audit_entry set at = at - interval '1 hour'`,
    );
    for (const server of [one, other]) await server.untilReplicaIs('in use');
    await all.createPrompt('new', { description: 'words' });
    await all.ask('PATCH', `/v1/prompts/${withdrawnId}`, { json: { visibility: 'private' } });
    await call(one, 'GET', '/v1/prompts/admin/downloaded/versions/1.0.0/download');
  });
  afterAll(() => all.close());

  it('is read by anonymous callers, on every process', async () => {
    for (const server of [one, other]) {
      expect(await server.names()).toEqual(['bound', 'downloaded', 'withdrawn']);
      expect(await server.names('q=words')).toEqual([]);
      expect(await server.names('owner=admin&sort=newest')).not.toContain('new');
      expect(await server.downloads()).toBe(0);
    }
  });

  it('is not read by an account that has just written, on any process', async () => {
    for (const server of [one, other]) {
      expect(await server.names('sort=name', all.token)).toEqual(['bound', 'downloaded', 'new', 'withdrawn']);
      expect(await server.downloads(all.token)).toBe(1);
      // The key sees public prompts only, but it is the same account.
      expect(await server.names('q=words', writerKey)).toEqual(['new']);
    }
  });

  it('is read for public prompts by an account that has not, and is not once it has written', async () => {
    expect(await other.names('q=words', readerKey)).toEqual([]);
    expect(await other.downloads(readerKey)).toBe(0);
    const token = await one.logIn('reader', 'correct horse battery');
    expect(await other.names('owner=admin', token)).not.toContain('new');
    // Private prompts of the account and of its organizations belong here.
    expect(await other.names('sort=name', token)).toEqual(['bound', 'downloaded', 'new']);
    expect((await call(one, 'POST', '/v1/prompts', { token, json: { name: 'own', description: '' } })).status).toBe(
      201,
    );
    expect(await other.names('q=words', readerKey)).toEqual(['new']);
    expect(await other.downloads(readerKey)).toBe(1);
  });

  it('is not asked for what decides or shows anything else', async () => {
    const before = await one.statements();
    expect((await call(one, 'GET', '/v1/prompts/admin/new')).status).toBe(200);
    expect((await call(one, 'GET', '/v1/prompts/admin/withdrawn')).status).toBe(404);
    expect((await call(one, 'GET', '/v1/prompts/admin/withdrawn/downloads')).status).toBe(404);
    expect((await call(one, 'GET', '/v1/prompts/admin/downloaded/versions')).status).toBe(200);
    expect((await call(one, 'GET', '/v1/prompts/admin/downloaded/resolve?label=production')).status).toBe(200);
    expect((await call(one, 'GET', '/v1/prompts/admin/withdrawn/downloads', { token: all.token })).status).toBe(200);
    expect((await call(one, 'GET', '/api/prompts', { xAuthorization: all.token })).status).toBe(200);
    expect((await call(one, 'GET', '/api/v1/prompts/', { token: all.token })).status).toBe(200);
    expect(await one.statements()).toEqual(before);
  });

  it('is shown by metrics and by the probe, without its address', async () => {
    const { text } = await call(one, 'GET', '/metrics');
    expect(text).toContain('database_replica_in_use{replica="1"} 1');
    expect(text).toMatch(/^database_replica_lag_seconds\{replica="1"\} [\d.]+$/m);
    const [replica] = await one.replicas();
    expect(replica).toEqual({ ok: true, lag_seconds: expect.any(Number) });
    expect(replica?.lag_seconds).toBeGreaterThan(0);
    expect((await one.statements()).repeated).toBe(0);
  });
});
