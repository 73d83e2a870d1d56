import { Readable } from 'node:stream';
import { constants, deflateRawSync } from 'node:zlib';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { processorMs } from '../support/processor-time.js';
import { entry, gzip, header, pax, required, stream, tar, withEntries, withManifest } from './archives.js';

const mib = 1024 * 1024;
const identity = { name: 'greeting', version: '1.0.0' };

/** 10 GiB of zeros in 10 MiB: a deflated block that ends at a byte boundary can be repeated. */
function bomb(before: Buffer): Buffer {
  const flush = { finishFlush: constants.Z_FULL_FLUSH, level: 9 };
  const piece = deflateRawSync(Buffer.alloc(16 * mib), flush);
  const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  return Buffer.concat([gzipHeader, deflateRawSync(before, flush), ...Array.from({ length: 640 }, () => piece)]);
}

interface Cost {
  /** Of processor time, which does not depend on the load of the machine. */
  seconds: number;
  /** The most that buffers took at a time, the archive itself left out; those not collected yet count too. */
  bufferMiB: number;
  failure: unknown;
}

async function costOf(archive: Buffer): Promise<Cost> {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 1);
  let failure: unknown;
  const ms = await processorMs(async () => {
    await readPackage(stream(archive), identity).catch((error: unknown) => (failure = error));
  });
  clearInterval(watch);
  return { seconds: ms / 1_000, bufferMiB: most / mib, failure };
}

describe('the cost of reading', () => {
  const big = Buffer.alloc(10 * mib);
  const many = Array.from({ length: 700 }, (_, index) => [
    pax({ comment: 'x'.repeat(65_000) }),
    entry(`f${index}`),
  ]).flat();

  it.each<[what: string, archive: () => Buffer, reason: string | undefined]>([
    ['10 GiB of zeros after the end', () => bomb(tar(required())), 'gzip: over 52 MiB come out of it'],
    [
      '10 GiB of zeros as a file',
      () => bomb(Buffer.concat([required(), header({ name: 'a', size: 8 ** 11 - 1 })])),
      'tar: entry "a" is over 10 MiB',
    ],
    ['10 GiB of zeros from the start', () => bomb(Buffer.alloc(0)), 'gzip: over 52 MiB come out of it'],
    ['50 MiB of files', () => withEntries(...['a', 'b', 'c', 'd'].map((name) => entry(name, big))), undefined],
    ['many long extended headers', () => withEntries(...many), undefined],
    ['a README of 10 MiB', () => withEntries(entry('README.md', Buffer.alloc(10 * mib, 'é'))), undefined],
    [
      'deflate blocks without contents',
      () => Buffer.alloc(10 * mib, Buffer.from([0, 0, 0, 0xff, 0xff])).fill(gzip(big).subarray(0, 10), 0, 10),
      'gzip: the',
    ],
    ['a MiB of brackets', () => withManifest('['.repeat(mib)), 'prompt.yaml is nested over 100 levels deep'],
    [
      'a MiB of anchors',
      () => withManifest('&a '.repeat(mib / 3)),
      'prompt.yaml has over 20000 names, values and marks',
    ],
    [
      'a MiB of keys',
      () => withManifest(`{${'k,'.repeat(mib / 2 - 1)}}`),
      'prompt.yaml has over 20000 names, values and marks',
    ],
    [
      '120 000 variables',
      () => gzip(tar(required({ template: variables(120_000) }))),
      'prompt.md uses over 10000 variables that prompt.yaml does not declare',
    ],
    ['a MiB of opening braces', () => gzip(tar(required({ template: '{{'.repeat(mib / 2) }))), undefined],
    ['a MiB of definitions without an end', () => gzip(tar(required({ template: '{{a|'.repeat(mib / 4) }))), undefined],
  ])('%s is under 3 s and 6 MiB of buffers', async (_what, archive, reason) => {
    const cost = await costOf(archive());
    expect(cost.failure instanceof InvalidPackage ? cost.failure.reason : cost.failure).toEqual(
      reason === undefined ? undefined : expect.stringContaining(reason),
    );
    expect(cost.seconds).toBeLessThan(3);
    expect(cost.bufferMiB).toBeLessThan(6);
  });
});

function variables(count: number): string {
  return Array.from({ length: count }, (_, index) => `{{${(index + 36 ** 3 * 10).toString(36)}}}`).join('');
}

describe('the source', () => {
  it('is closed after a refusal, without being read to its end', async () => {
    let chunks = 0;
    const endless = new Readable({
      read() {
        chunks += 1;
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    await expect(readPackage(endless, identity)).rejects.toThrow('gzip: this is not a gzip file');
    expect(endless.destroyed).toBe(true);
    expect(chunks).toBeLessThan(100);
  });

  it('is closed after a refusal even while its next chunk does not come', async () => {
    const stuck = new Readable({ read: () => undefined });
    const archive = bomb(tar(required(), entry('x')));
    stuck.push(archive.subarray(0, 200_000));
    await expect(readPackage(stuck, identity)).rejects.toThrow('over 52 MiB');
    expect(stuck.destroyed).toBe(true);
  });

  it('is closed after success', async () => {
    const source = stream(withEntries());
    await readPackage(source, identity);
    expect(source.destroyed).toBe(true);
  });

  it('fails with its own error', async () => {
    const cause = new Error('the disk is gone');
    const failing = new Readable({ read: () => undefined });
    failing.push(withEntries().subarray(0, 60));
    setTimeout(() => failing.destroy(cause), 10);
    await expect(readPackage(failing, identity)).rejects.toBe(cause);
  });

  it('must give bytes', async () => {
    await expect(readPackage(Readable.from(['text']), identity)).rejects.toThrow(TypeError);
  });
});
