import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStorage, PutOptions, ReceivedBytes } from '../../src/storage/object-storage.js';
import { InvalidObject, InvalidObjectKey, ObjectBodyMismatch, ObjectExists } from '../../src/storage/storage.errors.js';
import { optionsFor, readObject, sha256 } from './object-fixtures.js';

/** What every adapter does with bytes that were received before. */
export function describeReceivedBytes(storage: () => ObjectStorage): void {
  const aKey = () => `received/${randomUUID()}/1.0.0.tar.gz`;
  let folder: string;
  beforeAll(async () => {
    // On the file system of the store, if it has one.
    folder = await mkdtemp(join(storage().incomingFolder ?? tmpdir(), 'received-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function aFile(content: Uint8Array): Promise<ReceivedBytes & { readonly file: string }> {
    const file = join(folder, randomUUID());
    await writeFile(file, content);
    return { sha256: sha256(content), file };
  }

  const put = (key: string, source: ReceivedBytes, content: Uint8Array, options: Partial<PutOptions> = {}) =>
    storage().put(key, source, optionsFor(content, options));

  /** Matchers are slow with large buffers. */
  const digestAt = async (key: string) => sha256((await readObject(storage(), key)) ?? Buffer.of(1));

  describe.each([
    ['a file', aFile],
    ['a file that is in memory too', async (bytes: Uint8Array) => ({ ...(await aFile(bytes)), chunks: [bytes] })],
    [
      'bytes in memory',
      (bytes: Uint8Array) =>
        Promise.resolve({ sha256: sha256(bytes), chunks: [bytes.subarray(0, 70_000), bytes.subarray(70_000)] }),
    ],
  ])('%s', (_what, sourceOf: (content: Uint8Array) => Promise<ReceivedBytes>) => {
    it.each([0, 1, 65_536, 100_001, 10 * 1024 * 1024])('of %i bytes comes back the same', async (size) => {
      const key = aKey();
      const content = randomBytes(size);
      await put(key, await sourceOf(content), content, { metadata: { reservation: 'mine' } });
      expect(await digestAt(key)).toBe(sha256(content));
      const expected = { size, contentType: 'application/gzip', metadata: { reservation: 'mine' } };
      expect(await storage().head(key)).toMatchObject(expected);
    });

    it.each([10, 5_000_000])(
      'of %i bytes does not touch an existing object, and can be put elsewhere',
      async (size) => {
        const [key, other] = [aKey(), aKey()];
        const [first, second] = [randomBytes(size), randomBytes(size)];
        await put(key, await sourceOf(first), first, { metadata: { by: 'first' } });
        const source = await sourceOf(second);
        await expect(put(key, source, second)).rejects.toBeInstanceOf(ObjectExists);
        expect(await digestAt(key)).toBe(sha256(first));
        expect((await storage().head(key))?.metadata).toEqual({ by: 'first' });
        await put(other, source, second, { metadata: { by: 'second' } });
        expect(await digestAt(other)).toBe(sha256(second));
        expect((await storage().head(other))?.metadata).toEqual({ by: 'second' });
      },
    );

    it("keeps the winner's bytes when twenty race", async () => {
      const key = aKey();
      const contents = Array.from({ length: 20 }, () => randomBytes(50_000));
      const sources = await Promise.all(contents.map(sourceOf));
      const outcomes = await Promise.allSettled(
        contents.map((content, index) => put(key, sources[index] ?? { sha256: '', chunks: [content] }, content)),
      );
      const winners = contents.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      const losers = outcomes.filter((each) => each.status === 'rejected');
      expect(winners).toHaveLength(1);
      expect(losers.map((each): unknown => each.reason)).toEqual(Array(19).fill(expect.any(ObjectExists)));
      expect(await readObject(storage(), key)).toEqual(winners[0]);
    });

    const content = Buffer.from('0123456789');
    it.each<[string, string | undefined, Partial<PutOptions>, unknown]>([
      ['fewer bytes than announced', undefined, { size: 11 }, ObjectBodyMismatch],
      ['more bytes than announced', undefined, { size: 9 }, ObjectBodyMismatch],
      ['a content type that not every store takes', undefined, { contentType: 'a\nb' }, InvalidObject],
      ['a key that leaves the store', '../outside', {}, InvalidObjectKey],
    ])('is refused with %s, and leaves nothing', async (_why, key = aKey(), options, error) => {
      const source = await sourceOf(content);
      await expect(put(key, source, content, options)).rejects.toBeInstanceOf(error);
      const listed = (await storage().list('received/', { limit: 1000 })).objects.map((each) => each.key);
      expect(listed).not.toContain(key);
      await put(aKey(), source, content);
    });

    it('is not stored when it was aborted before', async () => {
      const key = aKey();
      const source = await sourceOf(content);
      const signal = AbortSignal.abort(new Error('too late'));
      await expect(put(key, source, content, { signal })).rejects.toThrow('too late');
      expect(await storage().head(key)).toBeNull();
      await put(key, source, content);
    });
  });

  describe('the file of a put', () => {
    const content = randomBytes(100_000);

    it('has its bytes as before when the put failed', async () => {
      const key = aKey();
      await put(key, await aFile(content), content);
      const source = await aFile(content);
      await expect(put(key, source, content)).rejects.toBeInstanceOf(ObjectExists);
      expect(await readFile(source.file)).toEqual(content);
    });

    it('can be removed, and the object stays', async () => {
      const key = aKey();
      const source = await aFile(content);
      await put(key, source, content);
      await unlink(source.file);
      expect(await readObject(storage(), key)).toEqual(content);
    });

    it('is refused when it has changed since it was announced', async () => {
      const key = aKey();
      const source = await aFile(content);
      await appendFile(source.file, 'x');
      await expect(put(key, source, content)).rejects.toBeInstanceOf(ObjectBodyMismatch);
      expect(await storage().head(key)).toBeNull();
    });

    it('makes the store unavailable when it is missing', async () => {
      const source = await aFile(content);
      await unlink(source.file);
      await expect(put(aKey(), source, content)).rejects.toMatchObject({
        definition: { code: 'STORAGE_UNAVAILABLE' },
        cause: { code: 'ENOENT' },
      });
    });
  });
}
