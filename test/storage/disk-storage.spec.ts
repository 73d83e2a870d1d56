import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { DiskStorage } from '../../src/storage/disk/disk-storage.js';
import { FileUrlSigner } from '../../src/storage/disk/file-url-signer.js';
import { ObjectFolder } from '../../src/storage/disk/object-folder.js';
import { InvalidObjectKey } from '../../src/storage/storage.errors.js';
import { startFilesApp } from './files-app.js';
import { optionsFor } from './object-fixtures.js';
import { describeObjectStorage } from './object-storage.contract.js';

const unavailable = { definition: { code: 'STORAGE_UNAVAILABLE' } };
const urls = new FileUrlSigner(randomBytes(32));
const folders: string[] = [];

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'disk-storage-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const put = (storage: DiskStorage, key: string, content: string) =>
  storage.put(key, Readable.from([Buffer.from(content)]), optionsFor(Buffer.from(content)));

describe('disk storage', () => {
  let storage: DiskStorage;
  let served: Awaited<ReturnType<typeof startFilesApp>>;

  beforeAll(async () => {
    storage = await DiskStorage.open({ directory: join(await aFolder(), 'made', 'by', 'open'), urls });
    served = await startFilesApp(storage, urls);
  });
  afterAll(() => served.app.close());

  describeObjectStorage(() => ({ storage, baseUrl: served.baseUrl }));

  it('signs addresses of this server that show when they expire', async () => {
    const now = () => new Date('2026-03-10T15:30:00Z');
    const directory = await aFolder();
    const clocked = await DiskStorage.open({ directory, urls: new FileUrlSigner(Buffer.alloc(32, 1), now) });
    const url = clocked.downloadUrl('owner/greeting/1.0.0.tar.gz', {
      expiresIn: 900,
      filename: 'greeting-1.0.0.tar.gz',
      contentType: 'application/gzip',
      baseUrl: 'https://prompts.example',
    });
    expect(url).toMatch(
      /^https:\/\/prompts\.example\/v1\/files\/owner\/greeting\/1\.0\.0\.tar\.gz\?expires=1773157500&signature=[0-9a-f]{64}&/,
    );
  });
});

describe('keys of disk storage', () => {
  let folder: ObjectFolder;
  beforeAll(async () => {
    folder = await ObjectFolder.open(await aFolder());
  });

  const hostileSegment = fc.oneof(
    fc.constantFrom('..', '.', '', '\0', '\\', '..\\..', 'C:', '~', '%2e%2e', '%2f', '.incoming', ' ', 'CON', '…'),
    fc.string({ unit: 'binary' }),
    fc.string(),
  );
  const hostileKey = fc
    .tuple(fc.constantFrom('', '/', '//', '../'), fc.array(hostileSegment))
    .map(([start, parts]) => start + parts.join('/'));

  it('become distinct paths inside the folder, or are refused', () => {
    const keys = new Map<string, string>();
    const property = fc.property(hostileKey, (key) => {
      const path = pathOrNothing(key);
      if (path === undefined) return;
      expect(path.startsWith(folder.root + sep)).toBe(true);
      expect(path.startsWith(folder.incoming)).toBe(false);
      expect(path.split(sep)).not.toContain('..');
      expect(keys.get(path) ?? key).toBe(key);
      keys.set(path, key);
    });
    fc.assert(property, { numRuns: 5_000 });
    expect(keys.size).toBeGreaterThan(100);
  });

  function pathOrNothing(key: string): string | undefined {
    try {
      return folder.pathOf(key);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidObjectKey);
      return undefined;
    }
  }

  it('may be a prefix of other keys', async () => {
    const storage = await DiskStorage.open({ directory: await aFolder(), urls });
    await put(storage, 'a', 'object');
    await put(storage, 'a/b', 'object in the folder');
    expect((await storage.list('', { limit: 10 })).objects.map((each) => each.key)).toEqual(['a', 'a/b']);
  });

  it('do not follow symbolic links out of the folder', async () => {
    const [directory, outside] = [await aFolder(), await aFolder()];
    const storage = await DiskStorage.open({ directory, urls });
    await put(storage, 'owner/secret', 'inside');
    const elsewhere = await DiskStorage.open({ directory: outside, urls });
    await put(elsewhere, 'secret', 'outside');
    await symlink(outside, join(directory, 'linked'));
    await symlink(join(outside, 'secret.object'), join(directory, 'owner', 'file.object'));

    for (const key of ['linked/secret', 'owner/file']) {
      await expect(storage.get(key)).rejects.toBeInstanceOf(InvalidObjectKey);
      await expect(storage.head(key)).rejects.toBeInstanceOf(InvalidObjectKey);
    }
    await expect(storage.delete('linked/secret')).rejects.toBeInstanceOf(InvalidObjectKey);
    await expect(put(storage, 'linked/new', 'x')).rejects.toBeInstanceOf(InvalidObjectKey);
    await expect(put(storage, 'linked/deeper/new', 'x')).rejects.toBeInstanceOf(InvalidObjectKey);
    expect((await storage.list('', { limit: 10 })).objects.map((each) => each.key)).toEqual(['owner/secret']);
    expect(await readdir(outside)).toEqual(expect.not.arrayContaining(['new.object', 'deeper']));
    expect(await elsewhere.head('secret')).not.toBeNull();
  });
});

describe('files of disk storage', () => {
  it('begin with the bytes, so that other tools can read them', async () => {
    const directory = await aFolder();
    const storage = await DiskStorage.open({ directory, urls });
    await put(storage, 'owner/name', 'the bytes');
    expect(await readdir(join(directory, 'owner'))).toEqual(['name.object']);
    const file = await readFile(join(directory, 'owner', 'name.object'));
    expect(file.subarray(0, 9).toString()).toBe('the bytes');
  });

  it.each([
    ['was cut off', (path: string) => truncate(path, 20)],
    ['lost its start', async (path: string) => writeFile(path, (await readFile(path)).subarray(1))],
    ['is empty', (path: string) => truncate(path, 0)],
    ['has grown', (path: string) => appendFile(path, 'x')],
    ['is something else', (path: string) => writeFile(path, randomBytes(9000))],
  ])('are not served when one %s', async (_, damage) => {
    const directory = await aFolder();
    const storage = await DiskStorage.open({ directory, urls });
    await put(storage, 'owner/name', 'the bytes');
    await damage(join(directory, 'owner', 'name.object'));
    await expect(storage.get('owner/name')).rejects.toMatchObject(unavailable);
    await expect(storage.head('owner/name')).rejects.toMatchObject(unavailable);
  });

  it('are closed again after every kind of read', async () => {
    const directory = await aFolder();
    const storage = await DiskStorage.open({ directory, urls });
    await put(storage, 'big', 'x'.repeat(1_000_000));
    await put(storage, 'empty', '');
    for (let round = 0; round < 20; round++) {
      (await storage.get('big'))?.body.destroy();
      (await storage.get('empty'))?.body.destroy();
      const aborted = await storage.get('big', { signal: AbortSignal.timeout(5) });
      await expect(buffer(slowly(aborted?.body ?? Readable.from([])))).rejects.toThrow();
      await storage.head('big');
      await expect(storage.get('big', { range: { start: 2_000_000, end: 2_000_001 } })).rejects.toThrow();
    }
    await delay(100);
    expect(await openFilesIn(directory)).toEqual([]);
  });

  async function* slowly(body: Readable): AsyncGenerator {
    for await (const chunk of body as AsyncIterable<unknown>) {
      yield chunk;
      await delay(2);
    }
  }

  /** Empty where the system does not tell. */
  async function openFilesIn(directory: string): Promise<string[]> {
    const numbers = await readdir('/proc/self/fd').catch(() => []);
    const paths = await Promise.all(numbers.map((each) => readlink(join('/proc/self/fd', each)).catch(() => '')));
    return paths.filter((path) => path.startsWith(directory));
  }

  it('of dead writers are removed at the start, those of others are kept', async () => {
    const directory = await aFolder();
    await DiskStorage.open({ directory, urls });
    const [old, young] = [join(directory, '.incoming', randomUUID()), join(directory, '.incoming', randomUUID())];
    await writeFile(old, 'x');
    await writeFile(young, 'x');
    const twoHoursAgo = Date.now() / 1000 - 7200;
    await utimes(old, twoHoursAgo, twoHoursAgo);
    await DiskStorage.open({ directory, urls });
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });
});

describe('a folder that cannot be used', () => {
  it('throws StorageUnavailable with the cause, and a message without the path', async () => {
    const directory = join(await aFolder(), 'objects');
    const storage = await DiskStorage.open({ directory, urls });
    await rm(directory, { recursive: true });
    await writeFile(directory, 'no folder any more');
    await expect(put(storage, 'a/b', 'x')).rejects.toMatchObject({ ...unavailable, cause: { code: 'ENOTDIR' } });
    expect(await storage.probe()).toEqual({
      ok: false,
      checks: [
        { name: 'right to delete', ok: true },
        { name: 'write', ok: false, detail: 'ENOTDIR' },
      ],
    });
  });

  it('stops the start', async () => {
    const file = join(await aFolder(), 'file');
    await writeFile(file, '');
    await expect(DiskStorage.open({ directory: join(file, 'objects'), urls })).rejects.toThrow('ENOTDIR');
  });
});
