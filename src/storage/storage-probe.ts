import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { probeKey } from './object-keys.js';
import type { ObjectStorage, ProbeCheck } from './object-storage.js';
import { errorCode, ObjectError, ObjectExists } from './storage.errors.js';

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

/** Writes, reads back, refuses to overwrite, deletes: in this order, up to what fails first. */
export async function probeObjects(storage: ObjectStorage): Promise<ProbeCheck[]> {
  const key = probeKey(randomUUID());
  const content = Buffer.from(`probe ${key}`);
  const steps: [string, () => Promise<void>][] = [
    ['write', () => write(storage, key, content)],
    ['read back', () => readBack(storage, key, content)],
    ['conditional write', () => refuseSecondWrite(storage, key, content)],
    ['delete', () => remove(storage, key)],
  ];
  const checks: ProbeCheck[] = [];
  for (const [name, step] of steps) {
    const outcome = await check(name, step);
    checks.push(outcome);
    if (!outcome.ok) break;
  }
  // Where a check in between failed, the object of the probe should not stay; the verdict is given already.
  if (checks.length > 1 && checks.length < steps.length) await storage.delete(key).catch(() => undefined);
  return checks;
}

function write(storage: ObjectStorage, key: string, content: Buffer): Promise<void> {
  return storage.put(key, Readable.from([content]), {
    size: content.length,
    contentType: 'text/plain',
    metadata: { purpose: 'probe' },
    ifAbsent: true,
  });
}

async function readBack(storage: ObjectStorage, key: string, content: Buffer): Promise<void> {
  const object = await storage.get(key);
  if (!object) throw new ProbeFailure('what was written is not there');
  if (!content.equals(await buffer(object.body))) throw new ProbeFailure('other bytes came back than were written');
  if (object.metadata.purpose !== 'probe') throw new ProbeFailure('the metadata did not come back');
}

async function refuseSecondWrite(storage: ObjectStorage, key: string, content: Buffer): Promise<void> {
  try {
    await write(storage, key, content);
  } catch (error) {
    if (error instanceof ObjectExists) return;
    throw error;
  }
  throw new ProbeFailure('the store overwrites objects: it ignores If-None-Match, so releases would not be safe in it');
}

async function remove(storage: ObjectStorage, key: string): Promise<void> {
  await storage.delete(key);
  if (await storage.head(key)) throw new ProbeFailure('what was deleted is still there');
}

function describeFailure(error: unknown): string {
  if (error instanceof ProbeFailure || error instanceof ObjectError) return error.message;
  const code = errorCode(error) || (error instanceof Error && errorCode(error.cause));
  return code || 'failed';
}
