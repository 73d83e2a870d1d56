import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../../resilience/support/server-environment.js';
import { ServerProcess } from '../../../resilience/support/server-process.js';
import { type ApiCall, call, eventually } from '../../../support/api.js';
import { adminPassword, onDisk, testEnvironment } from '../../../support/test-server.js';
import { PostgresCluster } from './postgres-cluster.js';

interface ReplicaHealth {
  readonly ok: boolean;
  readonly lag_seconds: number | null;
  readonly detail?: string;
}

/** A process of the server. */
export class ReplicatedServer {
  constructor(
    readonly url: string,
    readonly process: ServerProcess,
  ) {}

  async logIn(username: string, password: string): Promise<string> {
    return (await call(this, 'POST', '/v1/auth/login', { json: { username, password } })).body.token;
  }

  /** The replicas as `/health/ready` shows them. */
  async replicas(): Promise<readonly ReplicaHealth[]> {
    const { body } = await call(this, 'GET', '/health/ready');
    return (body.database as { replicas: readonly ReplicaHealth[] }).replicas;
  }

  /** Resolves once the only replica is read, or is left out with that reason. */
  async untilReplicaIs(state: string): Promise<void> {
    const ask = async () => (await this.replicas()).map(({ ok, detail }) => (ok ? 'in use' : (detail ?? '')));
    expect(await eventually(ask, ([found]) => found === state)).toEqual([state]);
  }

  /** Names of the public prompts that anonymous callers find, or those with the token. */
  async names(query = 'sort=name', token?: string): Promise<string[]> {
    const { status, body } = await call(this, 'GET', `/v1/prompts?limit=100&${query}`, { token });
    expect(status).toBe(200);
    return body.items.map(({ name }) => name);
  }

  /** How often the public prompt `downloaded` has been, as anonymous callers read it, or the one with the token. */
  async downloads(token?: string): Promise<unknown> {
    return (await call(this, 'GET', '/v1/prompts/admin/downloaded/downloads', { token })).body.total;
  }

  /** The statements that the replica has answered, and those that were repeated. */
  async statements(): Promise<{ answered: number; repeated: number }> {
    const { text } = await call(this, 'GET', '/metrics');
    const count = (outcome: string) =>
      Number(
        new RegExp(`^database_replica_statements_total\\{.*outcome="${outcome}".*\\} (\\d+)$`, 'm').exec(text)?.[1],
      );
    return { answered: count('answered'), repeated: count('repeated') };
  }
}

/** A primary, its replica, and processes of the server that use both. */
export class ReplicatedServers {
  readonly servers: ReplicatedServer[] = [];
  /** A session of the administrator. */
  token = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'promptyard-replicated-'));

  private constructor(
    readonly primary: PostgresCluster,
    readonly standby: PostgresCluster,
  ) {}

  static async open(): Promise<ReplicatedServers> {
    const primary = await PostgresCluster.primary();
    return new ReplicatedServers(primary, await primary.standby());
  }

  /** Starts a process; the first one creates the tables. */
  async start(settings: Environment = {}): Promise<ReplicatedServer> {
    const process = this.spawn(settings);
    const server = new ReplicatedServer(await process.ready(), process);
    this.servers.push(server);
    this.token ||= await server.logIn('admin', adminPassword);
    return server;
  }

  spawn(settings: Environment = {}): ServerProcess {
    return new ServerProcess({
      ...testEnvironment(this.primary.url(), this.folder),
      ...onDisk,
      LOG_LEVEL: 'warn',
      DATABASE_READ_URLS: this.standby.url(),
      ...settings,
    });
  }

  /** Answers of the first process to the administrator, who succeeds. */
  async ask(method: string, path: string, options: ApiCall = {}) {
    const [server] = this.servers;
    const answer = await call(server ?? { url: '' }, method, path, { token: this.token, ...options });
    expect({ path, status: answer.status < 400 ? 'success' : answer.text }).toEqual({ path, status: 'success' });
    return answer.body;
  }

  /** A public prompt of the administrator. */
  async createPrompt(name: string, json: object = {}): Promise<string> {
    return (await this.ask('POST', '/v1/prompts', { json: { name, description: '', ...json } })).id;
  }

  /** Keeps what is written from now on from being visible on the replica. */
  async pauseReplay(): Promise<void> {
    await this.untilReplayed();
    await this.standby.query('select pg_wal_replay_pause()');
    const ask = async () => (await this.standby.query('select pg_get_wal_replay_pause_state() as state'))[0]?.state;
    expect(await eventually(ask, (state) => state === 'paused')).toBe('paused');
  }

  async resumeReplay(): Promise<void> {
    await this.standby.query('select pg_wal_replay_resume()');
  }

  /** Resolves once all that is committed is visible on the replica. */
  async untilReplayed(): Promise<void> {
    const [row] = await this.primary.query('select pg_current_wal_flush_lsn()::text as position');
    const isReplayed = `select pg_last_wal_replay_lsn() >= '${String(row?.position)}' as yes`;
    await eventually(
      async () => (await this.standby.query(isReplayed))[0]?.yes,
      (yes) => yes === true,
    );
  }

  async close(): Promise<void> {
    for (const { process } of this.servers) await process.end();
    this.standby.stop();
    this.primary.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
