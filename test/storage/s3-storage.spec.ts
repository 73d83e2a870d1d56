import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Storage } from '../../src/storage/s3/s3-storage.js';
import { ObjectBodyMismatch } from '../../src/storage/storage.errors.js';
import { optionsFor, sha256 } from './object-fixtures.js';
import { describeObjectStorage } from './object-storage.contract.js';
import { type S3Server, startS3, missingS3Reason } from './s3-server.js';

const reason = await missingS3Reason();
const describeWithServer = reason === undefined ? describe : describe.skip;

describeWithServer(`S3 storage${reason === undefined ? '' : ` (not run: ${reason})`}`, () => {
  let server: S3Server;
  let storage: S3Storage;

  beforeAll(async () => {
    server = await startS3();
    storage = await S3Storage.open(server.aBucket());
    await storage.probe();
  }, 120_000);
  afterAll(() => server.stop());

  describeObjectStorage(() => ({ storage, baseUrl: 'https://not.used' }));

  describe('probe', () => {
    it('creates the bucket, also when several processes start at the same time', async () => {
      const parts = server.aBucket();
      const starting = await Promise.all([S3Storage.open(parts), S3Storage.open(parts), S3Storage.open(parts)]);
      const verdicts = await Promise.all(starting.map((each) => each.probe()));
      expect(verdicts.map((each) => each.ok)).toEqual([true, true, true]);
      expect(verdicts[0]?.checks.map((each) => each.name)).toEqual([
        'bucket',
        'clock',
        'right to delete',
        'write',
        'read back',
        'download address',
        'conditional write',
        'delete',
      ]);
    });

    it('detects wrong keys, and names neither host nor bucket', async () => {
      const parts = { ...server.aBucket(), secretKey: 'something else' };
      const verdict = await (await S3Storage.open(parts)).probe();
      expect(verdict.checks).toContainEqual({ name: 'bucket', ok: false, detail: 'AccessDenied' });
      expect(JSON.stringify(verdict)).not.toContain(parts.bucket);
      expect(JSON.stringify(verdict)).not.toContain(new URL(parts.endpoint).hostname);
    });

    it.each([
      [30, true, undefined],
      [120, true, /differ by 1(19|20|21) s/],
      [400, false, /differ by (399|400|401) s/],
    ])('checks a clock that is %i s off', async (seconds, ok, detail) => {
      const now = () => new Date(Date.now() + seconds * 1000);
      const verdict = await (await S3Storage.open({ ...server.aBucket(), now })).probe();
      expect(verdict.ok).toBe(ok);
      const clock = verdict.checks.find((each) => each.name === 'clock');
      expect(clock?.ok).toBe(ok);
      if (detail) expect(clock?.detail).toMatch(detail);
      else expect(clock?.detail).toBeUndefined();
    });
  });

  it.each(['bytes', 'file'])('lets the store compare %s with their digest', async (kind) => {
    const content = randomBytes(100_000);
    const folder = await mkdtemp(join(tmpdir(), 's3-storage-'));
    const file = join(folder, 'file');
    await writeFile(file, content);
    const wrong = { sha256: sha256(Buffer.from('something else')) };
    const source = kind === 'file' ? { ...wrong, file } : { ...wrong, chunks: [content] };
    await expect(storage.put('a/b', source, optionsFor(content))).rejects.toBeInstanceOf(ObjectBodyMismatch);
    expect(await storage.head('a/b')).toBeNull();
    await rm(folder, { recursive: true });
  });

  it('is unavailable, not empty, if the bucket is missing', async () => {
    const nowhere = await S3Storage.open(server.aBucket());
    const unavailable = { definition: { code: 'STORAGE_UNAVAILABLE' }, cause: { code: 'NoSuchBucket' } };
    await expect(nowhere.get('a/b')).rejects.toMatchObject(unavailable);
    await expect(nowhere.list('', { limit: 1 })).rejects.toMatchObject(unavailable);
  });
});
