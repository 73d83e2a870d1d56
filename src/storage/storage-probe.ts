import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { probeKey, probePrefix } from './object-keys.js';
import type { ObjectStorage, ProbeCheck } from './object-storage.js';
import { errorCode, ObjectError, ObjectExists } from './storage.errors.js';

/** No test takes that long: its object is one that a process left that was killed. */
const leftoverAgeMs = 10 * 60_000;
const mostLeftovers = 100;

/** Something the store did that the product cannot work with; its message is shown to everybody. */
export class ProbeFailure extends Error {}

/** Runs one check; it may return a remark. The detail of a failure names no host, bucket or path. */
export async function check(name: string, work: () => Promise<string | void>): Promise<ProbeCheck> {
  try {
    const remark = await work();
    return { name, ok: true, ...(remark ? { detail: remark } : {}) };
  } catch (error) {
    return { name, ok: false, detail: describeFailure(error) };
  }
}

type Download = (key: string, content: Buffer) => Promise<void>;

/**
 * Tries with a small object what packages need of a store. At most one object stays where the store does not let it be
 * deleted: as long as it is there, no other is written.
 */
export class ObjectProbe {
  /** The object of an earlier test that is still there, as far as this process knows. */
  private left: string | undefined;
  private hasLookedForLeftovers = false;

  /** @param download has a client's way to the object tried, where that is not this server itself */
  constructor(
    private readonly storage: ObjectStorage,
    private readonly download?: Download,
  ) {}

  /** Up to what fails first. */
  async run(): Promise<ProbeCheck[]> {
    const key = probeKey(randomUUID());
    const content = Buffer.from(`probe ${key}`);
    const { download } = this;
    const steps: [string, () => Promise<void>][] = [
      ['right to delete', () => this.makeRoom(key)],
      ['write', () => this.write(key, content)],
      ['read back', () => this.readBack(key, content)],
      ...(download ? [['download address', () => download(key, content)] as [string, () => Promise<void>]] : []),
      ['conditional write', () => this.refuseSecondWrite(key, content)],
      ['delete', () => this.removeAtTheEnd(key)],
    ];
    const checks: ProbeCheck[] = [];
    for (const [name, step] of steps) {
      const outcome = await check(name, step);
      checks.push(outcome);
      if (!outcome.ok) break;
    }
    // Where a check in between failed, the object should not stay; the verdict is given already.
    if (this.left === key && checks.length < steps.length) await this.remove(key).catch(() => undefined);
    return checks;
  }

  /** Before anything is written: a store that refuses to delete says so also where nothing is. */
  private async makeRoom(key: string): Promise<void> {
    if (!this.hasLookedForLeftovers) await this.removeLeftovers();
    this.hasLookedForLeftovers = true;
    if (this.left === undefined) return this.storage.delete(key);
    await this.remove(this.left);
  }

  /** Of processes that were killed, or that were not let delete. Who may not list has none removed. */
  private async removeLeftovers(): Promise<void> {
    const page = await this.storage.list(probePrefix, { limit: mostLeftovers }).catch(() => undefined);
    const old = page?.objects.filter(({ lastModified }) => Date.now() - lastModified.getTime() > leftoverAgeMs) ?? [];
    for (const { key } of old) {
      this.left = key;
      await this.remove(key);
    }
  }

  private async write(key: string, content: Buffer): Promise<void> {
    this.left = key;
    await this.put(key, content);
  }

  private put(key: string, content: Buffer): Promise<void> {
    return this.storage.put(key, Readable.from([content]), {
      size: content.length,
      contentType: 'text/plain',
      metadata: { purpose: 'probe' },
      ifAbsent: true,
    });
  }

  private async readBack(key: string, content: Buffer): Promise<void> {
    const object = await this.storage.get(key);
    if (!object) throw new ProbeFailure('what was written is not there');
    if (!content.equals(await buffer(object.body))) throw new ProbeFailure('other bytes came back than were written');
    if (object.metadata.purpose !== 'probe') throw new ProbeFailure('the metadata did not come back');
  }

  private async refuseSecondWrite(key: string, content: Buffer): Promise<void> {
    try {
      await this.put(key, content);
    } catch (error) {
      if (error instanceof ObjectExists) return;
      throw error;
    }
    throw new ProbeFailure(
      'the store overwrites objects: it ignores If-None-Match, so releases would not be safe in it',
    );
  }

  private async removeAtTheEnd(key: string): Promise<void> {
    try {
      await this.remove(key);
    } catch (error) {
      const reason = describeFailure(error);
      throw new ProbeFailure(
        `${reason}: one object of this test stays, and no other is written until it can be deleted`,
      );
    }
  }

  private async remove(key: string): Promise<void> {
    await this.storage.delete(key);
    if (await this.storage.head(key)) throw new ProbeFailure('what was deleted is still there');
    this.left = undefined;
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof ProbeFailure || error instanceof ObjectError) return error.message;
  const code = errorCode(error) || (error instanceof Error && errorCode(error.cause));
  return code || 'failed';
}
