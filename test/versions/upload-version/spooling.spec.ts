import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ObjectStorage } from '../../../src/storage/object-storage.js';
import type { VersionsConfig } from '../../../src/config/versions.config.js';
import { TemporaryFileStore } from '../../../src/versions/upload/temporary-file-store.js';
import type { SpooledFile } from '../../../src/versions/upload/spooled-file.js';

const maxBytes = 10 * 1024 * 1024;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let store: TemporaryFileStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spooling-'));
  store = new TemporaryFileStore({ temporaryDirectory: folder } as VersionsConfig, {} as ObjectStorage);
});
afterAll(() => rm(folder, { recursive: true }));

/** In chunks like those of a connection. Other uploads go on between them. */
function sent(content: Buffer): Readable {
  return Readable.from(
    (async function* () {
      for (let start = 0; start < content.length; start += 65_536) {
        yield content.subarray(start, start + 65_536);
        await setImmediate();
      }
    })(),
  );
}

const spool = (content: Buffer) => store.spool(sent(content), { maxBytes, signal: new AbortController().signal });

/** A chunk is valid until the next one is read. */
async function digestOfOpened(file: SpooledFile): Promise<string> {
  const opened = file.open();
  const hash = createHash('sha256');
  if (opened instanceof Uint8Array) hash.update(opened);
  else for await (const chunk of opened) hash.update(chunk);
  return hash.digest('hex');
}

async function digestsOf(file: SpooledFile): Promise<string[]> {
  const stored = 'file' in file ? [sha256(await readFile(file.file))] : [];
  const inMemory = file.chunks ? [sha256(Buffer.concat(file.chunks))] : [];
  return [file.sha256, await digestOfOpened(file), ...stored, ...inMemory];
}

it.each([1, 7, 32_768, 32_769, 262_144, 262_145, 1_500_000])('gives %i bytes back as they came', async (size) => {
  const content = randomBytes(size);
  const file = await spool(content);
  expect(new Set(await digestsOf(file))).toEqual(new Set([sha256(content)]));
  await file.remove();
  expect(await readdir(folder)).toEqual([]);
});

it('gives every byte back of uploads at the same time that do not fit into memory together', async () => {
  const contents = Array.from({ length: 12 }, (_, i) => randomBytes(1_000_000 + i * 700_000));
  for (let round = 0; round < 3; round += 1) {
    const files = await Promise.all(contents.map(spool));
    for (const [i, file] of files.entries()) {
      expect(new Set(await digestsOf(file))).toEqual(new Set([sha256(contents[i] ?? Buffer.of())]));
    }
    await Promise.all(files.map((file) => file.remove()));
  }
  expect(await readdir(folder)).toEqual([]);
}, 60_000);
