import { Readable } from 'node:stream';
import { readArchiveFiles } from '../../../versions/package/archive-files.js';
import { ByteReader } from '../../../versions/package/byte-reader.js';
import { gunzip } from '../../../versions/package/gzip/gunzip.js';
import { InvalidPackage } from '../../../versions/package/invalid-package.js';
import { readPackage } from '../../../versions/package/read-package.js';
import { tarEntries } from '../../../versions/package/tar/tar-entries.js';
import { ExitCode, ToolFailure } from '../../failure.js';
import { checkManifest } from '../../package/check-manifest.js';
import { splitPromptId } from '../../lock/prompt-id.js';

/**
 * The files of an archive by their paths, if it is one that the server would take: its own reader decides, whatever a
 * registry hands out. Only the name may be another, since prompts can be renamed. @throws ToolFailure
 */
export async function unpackPackage(id: string, version: string, archive: Buffer): Promise<Map<string, Buffer>> {
  try {
    const name = (await nameInside(archive)) ?? splitPromptId(id).name;
    await readPackage(Readable.from([archive]), { name, version });
    return await filesOf(archive);
  } catch (error) {
    if (!(error instanceof InvalidPackage)) throw error;
    throw new ToolFailure(`${id}@${version} is no valid package: ${error.reason}`, {
      code: 'INVALID_PACKAGE',
      exitCode: ExitCode.verification,
      hint: 'Nothing of it was written. No Promptyard would have taken it: do not trust where it came from.',
      cause: error,
    });
  }
}

function nameInside(archive: Buffer): Promise<string | undefined> {
  return unpacking(archive, async (bytes) => {
    const { manifest } = await readArchiveFiles(bytes);
    return (await checkManifest(manifest)).identity?.name;
  });
}

/** All of them in memory: they are at most 50 MiB. Only for what readPackage has taken. */
function filesOf(archive: Buffer): Promise<Map<string, Buffer>> {
  return unpacking(archive, async (bytes) => {
    const files = new Map<string, Buffer>();
    for await (const { path, kind, size, read } of tarEntries(bytes)) {
      if (kind === 'file') files.set(path, Buffer.from(await read(size)));
    }
    return files;
  });
}

async function unpacking<T>(archive: Buffer, work: (bytes: ByteReader) => Promise<T>): Promise<T> {
  const unpacked = gunzip(Readable.from([archive]));
  try {
    return await work(new ByteReader(unpacked));
  } finally {
    await unpacked.return(undefined);
  }
}
