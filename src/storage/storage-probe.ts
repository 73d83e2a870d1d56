import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { probeKey, probePrefix } from './object-keys.js';
import type { ObjectStorage, ProbeCheck } from './object-storage.js';
import { errorCode, ObjectError, ObjectExists } from './storage.errors.js';

/** No probe takes that long. An older object was left by a killed process. */
const leftoverAgeMs = 10 * 60_000;
const maxLeftovers = 100;

/** A behaviour of the store that the product cannot work with. The message is public. */
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
 * Tests with a small object whether the store supports what packages need. If the store refuses deletion, at most one
 * object remains, because no other is written while it exists.
 */
export class ObjectProbe {
  /** The key of an object of an earlier probe that may still exist. */
  private remainingKey: string | undefined;
  private hasLookedForLeftovers = false;

  /** @param download downloads the object like a client; left out if URLs lead to this server */
  constructor(
    private readonly storage: ObjectStorage,
    private readonly download?: Download,
  ) {}

  /** Runs the checks up to the first failure. */
  async run(): Promise<ProbeCheck[]> {
    const key = probeKey(randomUUID());
    const content = Buffer.from(`probe ${key}`);
    const { download } = this;
    const steps: [string, () => Promise<void>][] = [
      ['right to delete', () => this.removeRemaining(key)],
      ['write', () => this.write(key, content)],
      ['read back', () => this.readBack(key, content)],
      ...(download ? [['download address', () => download(key, content)] as [string, () => Promise<void>]] : []),
      ['conditional write', () => this.refuseSecondWrite(key, content)],
      ['delete', () => this.removeFinally(key)],
    ];
    const checks: ProbeCheck[] = [];
    for (const [name, step] of steps) {
      const outcome = await check(name, step);
      checks.push(outcome);
      if (!outcome.ok) break;
    }
    // Removes the object after a failed check; the verdict stays the same.
    if (this.remainingKey === key && checks.length < steps.length) await this.remove(key).catch(() => undefined);
    return checks;
  }

  /** Runs before anything is written, because a store that refuses deletion does so also for missing objects. */
  private async removeRemaining(key: string): Promise<void> {
    if (!this.hasLookedForLeftovers) await this.removeLeftovers();
    this.hasLookedForLeftovers = true;
    if (this.remainingKey === undefined) return this.storage.delete(key);
    await this.remove(this.remainingKey);
  }

  /**
   * Removes leftovers of killed processes, and of processes that could not delete. Does nothing without permission to
   * list.
   */
  private async removeLeftovers(): Promise<void> {
    const page = await this.storage.list(probePrefix, { limit: maxLeftovers }).catch(() => undefined);
    const old = page?.objects.filter(({ lastModified }) => Date.now() - lastModified.getTime() > leftoverAgeMs) ?? [];
    for (const { key } of old) {
      this.remainingKey = key;
      await this.remove(key);
    }
  }

  private async write(key: string, content: Buffer): Promise<void> {
    this.remainingKey = key;
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

  private async removeFinally(key: string): Promise<void> {
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
    this.remainingKey = undefined;
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof ProbeFailure || error instanceof ObjectError) return error.message;
  const code = errorCode(error) || (error instanceof Error && errorCode(error.cause));
  return code || 'failed';
}
