import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '@promptyard/embedded-postgres/embedded-postgres.js';
import { findPostmaster } from '@promptyard/embedded-postgres/server/postmaster-file.js';
import { postgresProcessesIn, signalProcess } from '@promptyard/embedded-postgres/server/process-identity.js';

export const here = dirname(fileURLToPath(import.meta.url));
const waitTimeoutMs = 40_000;

export interface ServerEvent {
  readonly event: 'ready' | 'notice' | 'lost' | 'failed' | 'stopped';
  readonly url?: string;
  readonly location?: string;
  readonly ms?: number;
  readonly name?: string;
  readonly message?: string;
  readonly answer?: number;
}

interface SpawnOptions {
  dataDir?: string;
  /** The folder of the `server-process.ts` to run, possibly of another checkout. */
  program?: string;
  uid?: number;
}

/** A temporary folder for data folders. It knows all started processes, so that they can be ended by pid. */
export class Sandbox {
  readonly folder: string;
  private readonly servers: ServerProcess[] = [];
  private readonly stops: (() => Promise<void>)[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Every user may enter it, like most parents of a data folder. */
  static async create(): Promise<Sandbox> {
    const folder = realpathSync(await mkdtemp(join(tmpdir(), 'promptyard-postgres-')));
    await chmod(folder, 0o755);
    return new Sandbox(folder);
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get cluster(): string {
    return realpathSync(join(this.dataDir, 'postgres'));
  }

  get systemFolder(): string {
    return join(this.folder, 'system');
  }

  /** Starts in this process; `notices` collects its messages. */
  async startHere(options: Partial<EmbeddedPostgresOptions> = {}, notices: string[] = []) {
    const { dataDir, systemFolder } = this;
    const onNotice = (message: string) => void notices.push(message);
    const postgres = await startEmbeddedPostgres({ dataDir, systemFolder, onNotice, ...options });
    this.stops.push(() => postgres.stop());
    return postgres;
  }

  /** Starts in a separate process, which leads a process group like a job of a terminal. */
  spawn({ dataDir = this.dataDir, program = here, uid }: SpawnOptions = {}): ServerProcess {
    const hooks = join(program, 'resolve-typescript.ts');
    const argument = JSON.stringify({ dataDir, systemFolder: this.systemFolder });
    const child = spawn(process.execPath, ['--import', hooks, join(program, 'server-process.ts'), argument], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: this.folder,
      uid,
      gid: uid,
    });
    const server = new ServerProcess(child);
    this.servers.push(server);
    return server;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    await Promise.allSettled(this.stops.map((stop) => stop()));
    for (const cluster of await this.clusters()) await killPostgres(cluster);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async clusters(): Promise<string[]> {
    const paths = await readdir(this.folder, { recursive: true });
    const marked = paths.filter((path) => path.endsWith('/global/pg_control'));
    return marked.map((path) => dirname(dirname(join(this.folder, path))));
  }
}

export class ServerProcess {
  readonly events: ServerEvent[] = [];
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  constructor(child: ChildProcess) {
    this.child = child;
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.events.push(JSON.parse(line)));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the server process could not be started');
    return this.child.pid;
  }

  /** The first of these events, past or to come. */
  async waitForEvent(...names: ServerEvent['event'][]): Promise<ServerEvent> {
    return eventually(() => this.events.find(({ event }) => names.includes(event)), `one of ${names.join(', ')}`);
  }

  async ready(): Promise<Required<Pick<ServerEvent, 'url' | 'location' | 'ms'>>> {
    const { event, message, url = '', location = '', ms = 0 } = await this.waitForEvent('ready', 'failed');
    if (event === 'failed') throw new Error(message);
    return { url, location, ms };
  }

  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** kill -9 of this process alone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async end(): Promise<void> {
    await this.ended;
  }
}

/** Kills all processes of a cluster with kill -9, and waits until they have ended. */
export async function killPostgres(cluster: string): Promise<void> {
  signalPostgres(cluster, 'SIGKILL');
  await eventually(() => (processesOn(cluster).length === 0 ? true : undefined), 'PostgreSQL to be gone');
}

export function signalPostgres(cluster: string, signal: NodeJS.Signals): void {
  for (const pid of processesOn(cluster)) signalProcess(pid, signal);
}

function processesOn(cluster: string): number[] {
  const postmaster = findPostmaster(cluster)?.pid;
  return [...new Set([...postgresProcessesIn(cluster), ...(postmaster === undefined ? [] : [postmaster])])];
}

export async function eventually<T>(read: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const deadline = Date.now() + waitTimeoutMs;
  while (Date.now() < deadline) {
    const found = await read();
    if (found !== undefined) return found;
    await delay(10);
  }
  throw new Error(`waited in vain for ${what}`);
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

export function postmasterOf(cluster: string) {
  const postmaster = existsSync(cluster) ? findPostmaster(cluster) : undefined;
  if (postmaster === undefined) throw new Error(`no PostgreSQL runs on ${cluster}`);
  return postmaster;
}
