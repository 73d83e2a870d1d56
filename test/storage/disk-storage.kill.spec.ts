import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DiskStorage } from '../../src/storage/disk/disk-storage.js';
import { FileUrlSigner } from '../../src/storage/disk/file-url-signer.js';
import { ObjectExists } from '../../src/storage/storage.errors.js';
import { optionsFor } from './object-fixtures.js';

const rounds = 12;
const project = join(import.meta.dirname, '..', '..');

/** Puts one object after the other, by turns from a stream, from memory and from a file, and says which ones are stored. */
const writer = `
  import { createHash, randomBytes, randomUUID } from 'node:crypto';
  import { writeSync } from 'node:fs';
  import { unlink, writeFile } from 'node:fs/promises';
  import { join } from 'node:path';
  import { Readable } from 'node:stream';
  import { DiskStorage } from './storage/disk/disk-storage.js';
  import { FileUrlSigner } from './storage/disk/file-url-signer.js';

  const [directory, round] = process.argv.slice(2);
  const storage = await DiskStorage.open({ directory, urls: new FileUrlSigner(randomBytes(32)) });
  writeSync(1, 'ready\\n');
  for (let number = 0; ; number++) {
    const content = randomBytes(Math.floor(Math.random() * 300_000));
    const sha256 = createHash('sha256').update(content).digest('hex');
    const metadata = { sha256 };
    const key = \`round-\${round}/\${number}/1.0.0.tar.gz\`;
    const options = { size: content.length, contentType: 'application/gzip', metadata, ifAbsent: true };
    const file = join(storage.incomingFolder, randomUUID());
    if (number % 3 === 2) await writeFile(file, content);
    const sources = [Readable.from([content.subarray(0, 9), content.subarray(9)]), { sha256, chunks: [content] }, { sha256, file }];
    await storage.put(key, sources[number % 3], options);
    if (number % 3 === 2) await unlink(file);
    writeSync(1, key + '\\n');
  }
`;

describe('kill -9 during puts', () => {
  let folder: string;
  let directory: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'disk-storage-kill-'));
    directory = join(folder, 'objects');
    const compiled = join(folder, 'code');
    const swc = join(project, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
    const sources = ['src/storage', 'src/common/errors', '--strip-leading-paths', '-d', compiled];
    await promisify(execFile)(process.execPath, [swc, ...sources], { cwd: project });
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(compiled, 'writer.js'), writer);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function acknowledgedUntilKilled(round: number): Promise<string[]> {
    const child = spawn(process.execPath, [join(folder, 'code', 'writer.js'), directory, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
    await once(child.stdout, 'data');
    await delay(Math.random() * 120);
    child.kill('SIGKILL');
    await once(child, 'close');
    return output.split('\n').slice(1, -1);
  }

  it('loses nothing that was acknowledged, lists nothing incomplete, and blocks no retry', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round++) acknowledged.push(...(await acknowledgedUntilKilled(round)));
    expect(acknowledged.length).toBeGreaterThan(rounds);

    const storage = await DiskStorage.open({ directory, urls: new FileUrlSigner(randomBytes(32)) });
    const listed = (await storage.list('', { limit: 100_000 })).objects.map((each) => each.key);
    expect(listed).toEqual(expect.arrayContaining(acknowledged));
    for (const key of listed) {
      const object = await storage.get(key);
      const content = await buffer(object?.body ?? Readable.from([]));
      expect([key, createHash('sha256').update(content).digest('hex')]).toEqual([key, object?.metadata.sha256]);
    }
    for (let round = 0; round < rounds; round++) await retryTheInterrupted(storage, round, listed);
  });

  async function retryTheInterrupted(storage: DiskStorage, round: number, listed: string[]): Promise<void> {
    const stored = listed.filter((key) => key.startsWith(`round-${round}/`)).length;
    const content = Buffer.from('a retry');
    const retry = (number: number) =>
      storage.put(`round-${round}/${number}/1.0.0.tar.gz`, Readable.from([content]), optionsFor(content));
    await expect(retry(stored)).resolves.toBeUndefined();
    if (stored > 0) await expect(retry(stored - 1)).rejects.toBeInstanceOf(ObjectExists);
  }
});
