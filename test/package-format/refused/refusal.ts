import type { Readable } from 'node:stream';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { stream } from '../archives.js';

/** The name of the case, the archive, and a part or a pattern of the expected reason. */
export type Refusal = [what: string, archive: () => Buffer, reason: string | RegExp];

/**
 * The reason that is given, or undefined when the archive is taken: the same from memory as from a stream. Any other
 * error fails the test.
 */
export async function reasonFor(archive: Buffer, chunkSize?: number): Promise<string | undefined> {
  const reason = await reasonOf(stream(archive, chunkSize));
  expect(await reasonOf(archive)).toBe(reason);
  return reason;
}

async function reasonOf(source: Readable | Buffer): Promise<string | undefined> {
  try {
    await readPackage(source, { name: 'greeting', version: '1.0.0' });
    return undefined;
  } catch (error) {
    if (error instanceof InvalidPackage) return error.reason;
    throw error;
  }
}

export function itRefuses(refusals: Refusal[]): void {
  it.each(refusals)('%s', async (_what, archive, reason) => {
    const given = await reasonFor(archive());
    expect(given).toEqual(reason instanceof RegExp ? expect.stringMatching(reason) : expect.stringContaining(reason));
    expect(given?.length).toBeLessThan(500);
  });
}
