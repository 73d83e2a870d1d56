import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { anArchive } from './archives.js';
import { json, type RegistryClient, type Reply, sha256, Unanswered } from './registry-client.js';

export type Kind = 'upload' | 'download' | 'list' | 'read';

export interface RecordedAnswer {
  readonly kind: Kind;
  readonly status: number;
  /** `error: message` of an error's body; empty for anything else. */
  readonly problem: string;
  readonly retryAfter: boolean;
  readonly ms: number;
  readonly endedAt: number;
}

export interface Failure {
  readonly kind: Kind;
  readonly reason: string;
  /** The local port of the connection; undefined if there was none. */
  readonly localPort: number | undefined;
  /** On the clock of `performance.now()`. */
  readonly endedAt: number;
}

const pauseMs = 20;
const maxRetries = 50;

/** Clients that send requests until they are stopped, and record each answer. */
export class Load {
  readonly answers: RecordedAnswer[] = [];
  /** Requests that ended without an answer. */
  readonly failures: Failure[] = [];
  /** Digest of each version that was answered 201. */
  readonly published = new Map<string, string>();
  private readonly refused = new Map<string, Buffer>();
  private readonly loops: Promise<void>[] = [];
  private isOver = false;
  private uploads = 0;

  private constructor(
    private readonly client: RegistryClient,
    readonly name: string,
    readonly promptId: string,
    private readonly uploadBytes: number,
  ) {}

  /** Creates a prompt with version 0.0.1, and starts clients for it. */
  static async start(
    client: RegistryClient,
    name: string,
    clients: Partial<Record<Kind, number>>,
    uploadBytes = 20_000,
  ): Promise<Load> {
    const maxSockets = Object.values(clients).reduce((sum, count) => sum + count, 1);
    // In turns, so that no connection is idle for as long as the server's keep-alive timeout.
    const agent = new http.Agent({ keepAlive: true, scheduling: 'fifo', maxSockets });
    const load = new Load(client.over(agent), name, await client.createPrompt(name), uploadBytes);
    await load.upload('0.0.1');
    for (const [kind, count] of Object.entries(clients)) {
      for (let index = 0; index < count; index += 1) load.loops.push(load.repeat(kind as Kind));
    }
    return load;
  }

  /** Downloads that were answered with a redirect. */
  get redirects(): number {
    return this.answers.filter(({ kind, status }) => kind === 'download' && status === 302).length;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.loops);
  }

  /**
   * Publishes the refused versions again with the same bytes.
   * @returns the answers that are neither 201 nor a 409 with the digest of these bytes
   */
  async retryRefused(): Promise<string[]> {
    const problems: string[] = [];
    for (const [version, archive] of this.refused) {
      const reply = await this.client.upload(this.promptId, version, archive);
      if (reply.status === 201) this.published.set(version, sha256(archive));
      else if (!reply.body.includes(sha256(archive))) problems.push(`${version}: ${reply.status} ${reply.body}`);
    }
    return problems;
  }

  private async repeat(kind: Kind): Promise<void> {
    while (!this.isOver) {
      await this.ask(kind).catch((error: unknown) => {
        if (!(error instanceof Unanswered)) throw error;
        const { message: reason, localPort } = error;
        this.failures.push({ kind, reason, localPort, endedAt: performance.now() });
      });
      await delay(pauseMs);
    }
  }

  private async ask(kind: Kind): Promise<void> {
    if (kind === 'upload') return this.upload(`1.0.${(this.uploads += 1)}`);
    if (kind === 'download') return this.record(kind, await this.client.download(this.name, '0.0.1'));
    if (kind === 'list') return this.record(kind, await this.client.list(this.name));
    return this.record(kind, await this.client.read(this.name));
  }

  private async upload(version: string): Promise<void> {
    const archive = await anArchive({ name: this.name, version, bytes: this.uploadBytes });
    const reply = await this.client.upload(this.promptId, version, archive);
    if (reply.status === 201) this.published.set(version, sha256(archive));
    else if (this.refused.size < maxRetries) this.refused.set(version, archive);
    this.record('upload', reply);
  }

  private record(kind: Kind, reply: Reply): void {
    const { status, ms, headers } = reply;
    const { error, message } = status >= 400 ? json(reply) : {};
    const problem = error && message ? `${error}: ${message}` : '';
    const retryAfter = headers['retry-after'] !== undefined;
    this.answers.push({ kind, status, problem, retryAfter, ms, endedAt: performance.now() });
  }
}

/** Versions that were answered 201 and are not listed with their digest. */
export async function lostVersions(client: RegistryClient, { name, published }: Load): Promise<string[]> {
  const listed = new Map((await client.items(name)).map((item) => [item.version, item.sha256]));
  return [...published].filter(([version, digest]) => listed.get(version) !== digest).map(([version]) => version);
}
