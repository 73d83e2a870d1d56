import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { CliError, verificationError } from '../../cli-error.js';
import { sha256Of } from '../../lock/file-differences.js';
import type { LockedPackage } from '../../lock/lock-file.js';
import { splitPromptId } from '../../lock/prompt-id.js';
import { formatBytes } from '../../terminal/format-quantities.js';
import { withContext } from '../registry.js';

export interface WantedArchive extends Pick<LockedPackage, 'version' | 'sha256' | 'size'> {
  readonly id: string;
}

const hint = 'Nothing of it was used. Try again; if it fails again, the stored package was damaged or changed.';

/**
 * Downloads a version and returns its bytes if they have the expected digest. The redirect goes to the store, another
 * origin, to which fetch sends no credentials. @throws CliError, verification failed
 */
export async function downloadArchive(
  api: ApiClient,
  wanted: WantedArchive,
  onBytes: (amount: number) => void = () => undefined,
): Promise<Buffer> {
  const { owner, name } = splitPromptId(wanted.id);
  const at = path`/v1/prompts/${owner}/${name}/versions/${wanted.version}/download`;
  const headers = { accept: 'application/gzip' };
  const response = await withContext(`${wanted.id}@${wanted.version}`, () => api.fetchResponse('GET', at, { headers }));
  const archive = await collectBytes(response, wanted, onBytes);
  const sha256 = sha256Of(archive);
  if (sha256 === wanted.sha256) return archive;
  throw verificationError(
    `the download of ${wanted.id}@${wanted.version} does not have the digest that the registry announced`,
    hint,
    [`expected: sha256 ${wanted.sha256}`, `received: sha256 ${sha256}`],
  );
}

async function collectBytes(
  { body }: Response,
  wanted: WantedArchive,
  onBytes: (amount: number) => void,
): Promise<Buffer> {
  const stream: AsyncIterable<Uint8Array> | readonly Uint8Array[] = body ?? [];
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.byteLength;
      if (length > wanted.size) throw tooLongError(wanted);
      chunks.push(chunk);
      onBytes(chunk.byteLength);
    }
  } catch (error) {
    throw error instanceof CliError ? error : truncatedError(wanted, length);
  }
  if (length < wanted.size) throw truncatedError(wanted, length);
  return Buffer.concat(chunks);
}

function tooLongError({ id, version, size }: WantedArchive): CliError {
  return verificationError(
    `the download of ${id}@${version} is longer than the ${formatBytes(size)} that it should be`,
    hint,
  );
}

function truncatedError({ id, version, size }: WantedArchive, length: number): CliError {
  return verificationError(
    `the download of ${id}@${version} was cut off after ${length} of ${size} bytes`,
    'Nothing of it was used. Run the same command again.',
  );
}
