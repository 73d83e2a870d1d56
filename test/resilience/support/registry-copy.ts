import { setTimeout as delay } from 'node:timers/promises';
import { anArchive } from './archives.js';
import { json, type RegistryClient, type Reply, sha256 } from './registry-client.js';
import { eventually } from './server-environment.js';

/** One prompt in one of several databases, with the versions that this database has acknowledged. */
export class RegistryCopy {
  /** Digests by version. */
  readonly acknowledged = new Map<string, string>();

  constructor(
    public client: RegistryClient,
    readonly name: string,
    readonly promptId: string,
  ) {}

  archive(version: string): Promise<Buffer> {
    return anArchive({ name: this.name, version, bytes: 10_000 });
  }

  /** Retries on 503. */
  async publish(version: string, archive?: Buffer): Promise<Reply> {
    const bytes = archive ?? (await this.archive(version));
    const reply = await eventually(
      () => this.client.upload(this.promptId, version, bytes),
      ({ status }) => status !== 503,
      60_000,
    );
    if (reply.status === 201) this.acknowledged.set(version, sha256(bytes));
    return reply;
  }

  /** The acknowledged versions that are not served after several clean-ups, of which there is one each second. */
  async lostAfterCleanUps(): Promise<string[]> {
    await delay(3_500);
    return this.lost();
  }

  async lost(): Promise<string[]> {
    const lost: string[] = [];
    for (const [version, digest] of this.acknowledged) {
      const served = await this.client.fetchArchive(this.name, version).then(sha256, String);
      if (served !== digest) lost.push(`${version}: ${served}`);
    }
    return lost;
  }
}

export function keyOf(reply: Reply): string {
  return json(reply).tarball_url ?? '';
}
