import { randomBytes, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ByteRange,
  maxObjectBytes,
  type ObjectStorage,
  type PutOptions,
} from '../../src/storage/object-storage.js';
import {
  InvalidObject,
  ObjectBodyMismatch,
  ObjectExists,
  RangeOutsideObject,
} from '../../src/storage/storage.errors.js';
import { describeObjectNames } from './object-names.contract.js';
import { optionsFor, putObject, readObject, sha256 } from './object-fixtures.js';
import { describeReceivedBytes } from './received-bytes.contract.js';

export interface StorageUnderTest {
  readonly storage: ObjectStorage;
  /** Origin that the download addresses of disk storage lead to. */
  readonly baseUrl: string;
}

/** What every adapter of the storage port keeps to. */
export function describeObjectStorage(subject: () => StorageUnderTest): void {
  const storage = () => subject().storage;
  const aKey = () => `contract/${randomUUID()}/1.0.0.tar.gz`;

  const put = (key: string, content: Uint8Array, options?: Partial<PutOptions>) =>
    putObject(storage(), key, content, options);
  const read = (key: string, range?: ByteRange) => readObject(storage(), key, range);

  describe('round trip', () => {
    it.each([0, 1, 65_536, 100_001, 10 * 1024 * 1024])('returns the same %i bytes', async (size) => {
      const key = aKey();
      const content = randomBytes(size);
      await put(key, content, { sha256: sha256(content) });
      expect(sha256((await read(key)) ?? Buffer.of(1))).toBe(sha256(content));
      expect(await storage().head(key)).toMatchObject({ size });
    });

    it('returns content type, metadata, an entity tag and the time', async () => {
      const key = aKey();
      const metadata = { reservation: randomUUID(), 'content-type': 'a name that is a header too', a: '~ !"#' };
      await put(key, Buffer.from('x'), { metadata, contentType: 'application/gzip' });
      const head = await storage().head(key);
      expect(head).toEqual({
        size: 1,
        contentType: 'application/gzip',
        metadata,
        etag: expect.stringMatching(/^[0-9a-f]{32,64}$/),
        lastModified: expect.any(Date),
      });
      expect(Math.abs(Date.now() - (head?.lastModified.getTime() ?? 0))).toBeLessThan(60_000);
      const opened = await storage().get(key);
      opened?.body.destroy();
      expect(opened).toMatchObject({ ...head });
    });

    it.each([
      { start: 0, end: 0 },
      { start: 10, end: 99 },
      { start: 90, end: 1000 },
    ])('reads the range $start to $end', async (range) => {
      const key = aKey();
      const content = randomBytes(100);
      await put(key, content);
      expect(await read(key, range)).toEqual(content.subarray(range.start, range.end + 1));
      const object = await storage().get(key, { range });
      object?.body.destroy();
      expect(object?.size).toBe(100);
    });

    it('refuses a range behind the end, and an invalid range', async () => {
      const key = aKey();
      await put(key, randomBytes(100));
      await expect(storage().get(key, { range: { start: 100, end: 100 } })).rejects.toMatchObject({
        constructor: RangeOutsideObject,
        size: 100,
      });
      await expect(storage().get(key, { range: { start: 5, end: 4 } })).rejects.toThrow(RangeError);
    });
  });

  describe('a missing object', () => {
    it('is null for head and get, and can be deleted without an error', async () => {
      const key = aKey();
      expect(await storage().head(key)).toBeNull();
      expect(await storage().get(key)).toBeNull();
      await storage().delete(key);
    });

    it('is missing after a deletion, also after a second one, and its key is free again', async () => {
      const key = aKey();
      await put(key, Buffer.from('one'));
      await storage().delete(key);
      await storage().delete(key);
      expect(await storage().head(key)).toBeNull();
      await put(key, Buffer.from('two'));
      expect(String(await read(key))).toBe('two');
    });
  });

  describe('conditional put', () => {
    it('does not touch an existing object', async () => {
      const key = aKey();
      await put(key, Buffer.from('first'), { metadata: { by: 'first' } });
      await expect(put(key, Buffer.from('second'))).rejects.toBeInstanceOf(ObjectExists);
      expect(String(await read(key))).toBe('first');
      expect((await storage().head(key))?.metadata).toEqual({ by: 'first' });
    });

    it("keeps the winner's bytes when twenty race", async () => {
      const key = aKey();
      const contents = Array.from({ length: 20 }, () => randomBytes(50_000));
      const outcomes = await Promise.allSettled(
        contents.map((content) => put(key, content, { metadata: { sha256: sha256(content) } })),
      );
      const winners = contents.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      const losers = outcomes.filter((each) => each.status === 'rejected');
      expect(winners).toHaveLength(1);
      expect(losers.map((each): unknown => each.reason)).toEqual(Array(19).fill(expect.any(ObjectExists)));
      expect(await read(key)).toEqual(winners[0]);
      expect((await storage().head(key))?.metadata).toEqual({ sha256: sha256(winners[0] ?? Buffer.of()) });
    });
  });

  describe('a put that fails leaves nothing', () => {
    async function expectNothing(key: string, body: Readable): Promise<void> {
      expect(body.destroyed).toBe(true);
      expect(await storage().head(key)).toBeNull();
      expect((await storage().list('contract/', { limit: 1000 })).objects.map((each) => each.key)).not.toContain(key);
      await put(key, Buffer.from('a retry is not blocked'));
    }

    it('when it is aborted midway', async () => {
      const key = aKey();
      const body = new PassThrough();
      const abort = new AbortController();
      body.write(randomBytes(300_000));
      const outcome = storage().put(key, body, { ...optionsFor(randomBytes(600_000)), signal: abort.signal });
      await delay(50);
      abort.abort(new Error('the reservation is lost'));
      await expect(outcome).rejects.toThrow('the reservation is lost');
      await expectNothing(key, body);
    });

    it('when it was aborted before it began', async () => {
      const key = aKey();
      const body = Readable.from([Buffer.from('x')]);
      const signal = AbortSignal.abort(new Error('too late'));
      await expect(storage().put(key, body, { ...optionsFor(Buffer.from('x')), signal })).rejects.toThrow('too late');
      await expectNothing(key, body);
    });

    it('when the body fails midway, with the error of the body', async () => {
      const key = aKey();
      const body = Readable.from(
        (async function* () {
          yield randomBytes(100_000);
          await delay(10);
          throw new Error('the client hung up');
        })(),
      );
      await expect(storage().put(key, body, optionsFor(randomBytes(200_000)))).rejects.toThrow('the client hung up');
      await expectNothing(key, body);
    });

    it.each([
      ['fewer bytes than announced', { size: 11 }],
      ['more bytes than announced', { size: 9 }],
      ['another digest than announced', { sha256: sha256(Buffer.from('0123456780')) }],
    ])('when the body has %s', async (_, announced) => {
      const key = aKey();
      const body = Readable.from([Buffer.from('01234'), Buffer.from('56789')]);
      const options = { ...optionsFor(Buffer.from('0123456789')), ...announced };
      await expect(storage().put(key, body, options)).rejects.toBeInstanceOf(ObjectBodyMismatch);
      await expectNothing(key, body);
    });

    it.each([
      ['size', { size: maxObjectBytes + 1 }],
      ['size', { size: -1 }],
      ['metadata name', { metadata: { 'x y': '1' } }],
      ['metadata value', { metadata: { a: 'line\r\nbreak' } }],
      ['metadata value', { metadata: { a: 'ümlaut' } }],
      ['amount of metadata', { metadata: { a: 'x'.repeat(2100) } }],
      ['content type', { contentType: 'a\nb' }],
    ])('when its %s cannot be stored by every store', async (_, wrong) => {
      const key = aKey();
      const body = Readable.from([Buffer.from('x')]);
      const options = { ...optionsFor(Buffer.from('x')), ...wrong };
      await expect(storage().put(key, body, options)).rejects.toBeInstanceOf(InvalidObject);
      await expectNothing(key, body);
    });
  });

  describe('abort of a get', () => {
    it('stops the bytes', async () => {
      const key = aKey();
      await put(key, randomBytes(8 * 1024 * 1024));
      const abort = new AbortController();
      const object = await storage().get(key, { signal: abort.signal });
      let received = 0;
      const reading = (async () => {
        for await (const chunk of (object?.body ?? []) as AsyncIterable<Buffer>) {
          received += chunk.length;
          abort.abort();
        }
      })();
      await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
      expect(received).toBeLessThan(1024 * 1024);
    });
  });

  it('passes its own self-test and leaves no object of it', async () => {
    const verdict = await storage().probe();
    expect(verdict).toEqual({ ok: true, checks: expect.any(Array) });
    expect(verdict.checks.map((each) => each.name)).toEqual(
      expect.arrayContaining(['write', 'read back', 'conditional write', 'delete']),
    );
    expect((await storage().list('probe/', { limit: 10 })).objects).toEqual([]);
  });

  describeReceivedBytes(storage);
  describeObjectNames(subject);
}
