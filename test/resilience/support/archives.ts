import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A valid package of about so many bytes, which no compression makes smaller; every call gives other bytes. */
export async function anArchive({
  name,
  version,
  bytes,
}: {
  name: string;
  version: string;
  bytes: number;
}): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'prompt.yaml' }, `name: ${name}\nversion: ${version}\n`);
  tar.entry({ name: 'prompt.md' }, 'Hello.');
  tar.entry({ name: 'filler' }, randomBytes(bytes));
  tar.finalize();
  return gzipSync(await buffer(tar), { level: 0 });
}
