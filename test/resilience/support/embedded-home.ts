import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresProcessesIn, signalProcess } from '@promptyard/embedded-postgres/server/process-identity.js';
import { RegistryClient } from './registry-client.js';
import { ServerProcess } from './server-process.js';
import { eventually } from './server-environment.js';

/** A data folder for servers that bring their own database, as `npm start` without any setting does. */
export class EmbeddedHome {
  readonly dataDirectory: string;
  private readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'promptyard-home-')));
  private readonly servers: ServerProcess[] = [];

  /** @param settings what the servers are configured with besides */
  constructor(private readonly settings: Record<string, string> = {}) {
    // PostgreSQL does not run as root; its user must get here.
    chmodSync(this.folder, 0o755);
    this.dataDirectory = join(this.folder, 'data');
  }

  spawn(): ServerProcess {
    const server = new ServerProcess({ DATA_DIR: this.dataDirectory, PORT: '0', LOG_LEVEL: 'warn', ...this.settings });
    this.servers.push(server);
    return server;
  }

  async start(): Promise<{ server: ServerProcess; client: RegistryClient; ms: number }> {
    const started = performance.now();
    const server = this.spawn();
    const url = await server.ready();
    return { server, client: new RegistryClient(url, this.firstLogin().key), ms: performance.now() - started };
  }

  firstLogin(): { path: string; password: string; key: string } {
    const path = join(this.dataDirectory, 'first-login.txt');
    const text = readFileSync(path, 'utf8');
    const valueOf = (name: string) => new RegExp(`^${name}: +(\\S+)$`, 'm').exec(text)?.[1] ?? '';
    return { path, password: valueOf('password'), key: valueOf('API key') };
  }

  /** Process of the embedded PostgreSQL; undefined while none runs. */
  postmaster(): number | undefined {
    try {
      const pid = Number(readFileSync(join(this.dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 0);
      return pid;
    } catch {
      return undefined;
    }
  }

  /** All processes of the embedded PostgreSQL. */
  postgresProcesses(): number[] {
    return postgresProcessesIn(realpathSync(join(this.dataDirectory, 'postgres')));
  }

  freezePostgres(): void {
    for (const pid of this.postgresProcesses()) signalProcess(pid, 'SIGSTOP');
  }

  async killPostgres(): Promise<void> {
    const pid = this.postmaster();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await eventually(
      () => this.postmaster(),
      (running) => running === undefined,
    );
  }

  async close(): Promise<void> {
    for (const server of this.servers) await server.end();
    await this.killPostgres();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
