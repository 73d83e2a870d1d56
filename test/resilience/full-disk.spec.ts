import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anArchive } from './support/archives.js';
import { json, type RegistryClient, sha256 } from './support/registry-client.js';
import { ServerEnvironment } from './support/server-environment.js';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const withMount = isRoot ? describe : describe.skip;
const name = 'bulky';
const gzipHeaderBytes = 10;
const gzipComment = 0x10;

withMount('a disk that is full (needs root on Linux, to mount a small one)', () => {
  let environment: ServerEnvironment;
  let client: RegistryClient;
  let promptId: string;
  let ballast: string;

  beforeAll(async () => {
    environment = await ServerEnvironment.open({ store: 'disk' });
    const small = join(environment.dataDirectory, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
    chmodSync(small, 0o700);
    ballast = join(small, 'ballast');
    ({ client } = await environment.start({ DATA_DIR: small }));
    promptId = await client.createPrompt(name);
  });
  afterAll(async () => {
    await environment.close({ before: (folder) => void execFileSync('umount', ['-l', join(folder, 'small')]) });
  });

  it.each([
    ['the upload itself', '1.0.0', () => 1_000_000],
    // The upload becomes the object, of which the description is written last.
    ['the description of the object', '1.0.1', (size: number) => size],
  ])(
    'refuses an upload without space for %s, stores nothing of it, and accepts it once there is space',
    async (_what, version, roomFor) => {
      const archive = await anArchiveOfWholePages(version);
      fillUp(roomFor(archive.length));
      const used = environment.files('small');
      const refused = await client.upload(promptId, version, archive);
      expect([refused.status, json(refused)]).toMatchObject([
        503,
        { error: 'STORAGE_UNAVAILABLE', message: 'there is no room left to store this' },
      ]);
      expect(refused.headers['retry-after']).toBeDefined();
      expect(environment.files('small')).toEqual(used);
      rmSync(ballast);
      expect((await client.upload(promptId, version, archive)).status).toBe(201);
      expect(sha256(await client.fetchArchive(name, version))).toBe(sha256(archive));
    },
  );

  it('continues to redirect downloads', async () => {
    fillUp(0);
    expect((await client.download(name, '1.0.0')).status).toBe(302);
    rmSync(ballast);
  });

  /** Nothing fits behind it on its last page. A comment in the gzip header fills that. */
  async function anArchiveOfWholePages(version: string): Promise<Buffer> {
    const archive = await anArchive({ name, version, bytes: 2_000_000 });
    const { bsize } = statfsSync(join(ballast, '..'));
    const header = Buffer.from(archive.subarray(0, gzipHeaderBytes));
    header.writeUInt8(gzipComment, 3);
    const comment = `${'x'.repeat(bsize - (archive.length % bsize) - 1)}\0`;
    return Buffer.concat([header, Buffer.from(comment), archive.subarray(gzipHeaderBytes)]);
  }

  /** Leaves so many bytes free. */
  function fillUp(room: number): void {
    rmSync(ballast, { force: true });
    const { bavail, bsize } = statfsSync(join(ballast, '..'));
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - room)));
  }
});
