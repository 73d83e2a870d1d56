import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { PutOptions } from '../../src/storage/object-storage.js';
import { InvalidObjectKey } from '../../src/storage/storage.errors.js';
import { optionsFor, putObject, readObject } from './object-fixtures.js';
import type { StorageUnderTest } from './object-storage.contract.js';

/** The part of the storage contract that is about keys, listings and addresses. */
export function describeObjectNames(subject: () => StorageUnderTest): void {
  const storage = () => subject().storage;
  const aKey = () => `contract/${randomUUID()}/1.0.0.tar.gz`;
  const put = (key: string, content: Uint8Array, options?: Partial<PutOptions>) =>
    putObject(storage(), key, content, options);
  const read = (key: string) => readObject(storage(), key);

  describe('list', () => {
    it('pages through a prefix in the order of the keys, once each', async () => {
      const folder = `list/${randomUUID()}`;
      const names = ['a', 'ab/c', 'ab-c', 'ab.c', 'abc', 'B', 'z/1', 'z/10', 'z/2', 'ö', '𝒳', 'ｚ'];
      for (const name of names) await put(`${folder}/${name}`, Buffer.from(name));
      const expected = names
        .map((name) => `${folder}/${name}`)
        .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));

      const keys: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await storage().list(`${folder}/`, { limit: 5, cursor });
        expect(page.objects.length).toBeLessThanOrEqual(5);
        keys.push(...page.objects.map((each) => each.key));
        cursor = page.cursor;
      } while (cursor);
      expect(keys).toEqual(expected);
    });

    it('accepts any prefix of keys and returns each size', async () => {
      const folder = `list/${randomUUID()}`;
      await put(`${folder}/prompt-a/1.0.0.tar.gz`, Buffer.from('12345'));
      await put(`${folder}/prompt-b/1.0.0.tar.gz`, Buffer.from('123'));
      await put(`${folder}/other/1.0.0.tar.gz`, Buffer.from('1'));
      const page = await storage().list(`${folder}/prompt-`, { limit: 10 });
      expect(page).toEqual({
        objects: [
          { key: `${folder}/prompt-a/1.0.0.tar.gz`, size: 5, lastModified: expect.any(Date) },
          { key: `${folder}/prompt-b/1.0.0.tar.gz`, size: 3, lastModified: expect.any(Date) },
        ],
        cursor: null,
      });
      expect(await storage().list(`${folder}/nothing`, { limit: 10 })).toEqual({ objects: [], cursor: null });
    });
  });

  describe('keys', () => {
    it.each([
      '',
      '/',
      '/etc/passwd',
      '../x',
      'a/../b',
      'a/..',
      '.',
      'a//b',
      'a/',
      'a\\..\\b',
      'a\0b',
      'a\nb',
      '.incoming/x',
      'a/.hidden',
      'a.object/b',
      '\ud800',
    ])('refuses %j everywhere', refusesEverywhere);

    it('refuses keys that are too long for a store or a file system', async () => {
      await refusesEverywhere(Array(300).fill('1234').join('/'));
      await refusesEverywhere(`a/${'ö'.repeat(121)}`);
    });

    async function refusesEverywhere(key: string): Promise<void> {
      const body = Readable.from([Buffer.from('x')]);
      await expect(storage().put(key, body, optionsFor(Buffer.from('x')))).rejects.toBeInstanceOf(InvalidObjectKey);
      expect(body.destroyed).toBe(true);
      await expect(storage().get(key)).rejects.toBeInstanceOf(InvalidObjectKey);
      await expect(storage().head(key)).rejects.toBeInstanceOf(InvalidObjectKey);
      await expect(storage().delete(key)).rejects.toBeInstanceOf(InvalidObjectKey);
      expect(() => storage().downloadUrl(key, aDownload())).toThrow(InvalidObjectKey);
    }

    it.each(['ü/ñ 日本.tar.gz', 'a b/c+d&e=f?g#h%41', "it's (1)!*~", 'long-'.repeat(40)])(
      'stores and serves %j',
      async (name) => {
        const key = `keys/${randomUUID()}/${name}`;
        await put(key, Buffer.from(name));
        expect(String(await read(key))).toBe(name);
        const response = await fetch(storage().downloadUrl(key, aDownload()));
        expect([response.status, await response.text()]).toEqual([200, name]);
      },
    );
  });

  describe('download address', () => {
    const aPackage = async () => {
      const key = aKey();
      await put(key, Buffer.from('the package'), { contentType: 'application/gzip' });
      return key;
    };

    it('serves the object with its type and file name without credentials', async () => {
      const url = storage().downloadUrl(await aPackage(), aDownload());
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/gzip');
      expect(response.headers.get('content-disposition')).toBe('attachment; filename="greeting-1.0.0.tar.gz"');
      expect(await response.text()).toBe('the package');
    });

    it('is refused once it is changed', async () => {
      const url = storage().downloadUrl(await aPackage(), aDownload());
      const other = await aPackage();
      const changed = [
        url.replace(/(ignature=)(.)/, (_, name: string, digit: string) => `${name}${digit === '0' ? '1' : '0'}`),
        url.replace(/[&?][^&?]*ignature=[0-9a-f]+/, ''),
        url.replace('greeting', 'goodbye'),
        url.replace(/contract\/[^/]+\/1\.0\.0\.tar\.gz/, other),
        url.replace(/xpires=(\d+)/, (_, time: string) => `xpires=${Number(time) + 1}`),
      ];
      for (const each of changed) {
        expect(each).not.toBe(url);
        const response = await fetch(each);
        // Stores answer 400 where the signature is missing altogether.
        expect({ each, refused: [400, 403].includes(response.status) }).toEqual({ each, refused: true });
        expect(await response.text()).not.toContain('the package');
      }
    });

    it('is refused once it has expired', async () => {
      const url = storage().downloadUrl(await aPackage(), { ...aDownload(), expiresIn: 1 });
      await delay(2_100);
      expect((await fetch(url)).status).toBe(403);
    });
  });

  function aDownload() {
    return {
      expiresIn: 900,
      filename: 'greeting-1.0.0.tar.gz',
      contentType: 'application/gzip',
      baseUrl: subject().baseUrl,
    };
  }
}
