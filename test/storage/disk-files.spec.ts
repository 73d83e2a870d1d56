import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskStorage } from '../../src/storage/disk/disk-storage.js';
import { FileUrlSigner } from '../../src/storage/disk/file-url-signer.js';
import { optionsFor, readObject, sha256 } from './object-fixtures.js';

const content = randomBytes(100_000);
const otherFileSystem = '/dev/shm';

const folders: string[] = [];
async function aFolder(parent = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'disk-files-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

let directory: string;
let storage: DiskStorage;
beforeEach(async () => {
  directory = await aFolder();
  storage = await DiskStorage.open({ directory, urls: new FileUrlSigner(randomBytes(32)) });
});

async function putFile(key: string, folder: string): Promise<string> {
  const file = join(folder, randomUUID());
  await writeFile(file, content);
  await storage.put(key, { sha256: sha256(content), file }, optionsFor(content));
  return file;
}

const inodeOf = async (path: string) => (await stat(path)).ino;

it('a file in the incoming folder becomes the object without a copy', async () => {
  const file = await putFile('owner/name', storage.incomingFolder);
  expect(await inodeOf(join(directory, 'owner', 'name.object'))).toBe(await inodeOf(file));
});

const isOther = (await stat(otherFileSystem).catch(() => undefined))?.dev !== (await stat(tmpdir())).dev;
(isOther ? it : it.skip)('a file on another file system is copied, and stays as it was', async () => {
  const file = await putFile('owner/name', await aFolder(otherFileSystem));
  expect(await readObject(storage, 'owner/name')).toEqual(content);
  expect((await stat(file)).size).toBe(content.length);
  expect(await readdir(storage.incomingFolder)).toEqual([]);
});

it('objects are stored in a folder that was removed and created again', async () => {
  await putFile('owner/one', storage.incomingFolder);
  await rm(join(directory, 'owner'), { recursive: true });
  await putFile('owner/two', storage.incomingFolder);
  expect(await readObject(storage, 'owner/two')).toEqual(content);
});
