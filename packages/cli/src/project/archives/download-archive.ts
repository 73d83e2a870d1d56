import type { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import { ToolFailure, verificationFailed } from '../../failure.js';
import { sha256Of } from '../../lock/file-differences.js';
import type { LockedPackage } from '../../lock/lock-file.js';
import { splitPromptId } from '../../lock/prompt-id.js';
import { bytes } from '../../terminal/quantities.js';
import { naming } from '../registry.js';

export interface WantedArchive extends Pick<LockedPackage, 'version' | 'sha256' | 'size'> {
  readonly id: string;
}

const hint = 'Nothing of it was used. Try again; if it stays so, what the registry stores was damaged or changed.';

/**
 * Downloads a version and answers its bytes only if they are those that were promised. The redirect leads to the store,
 * another origin, to which fetch sends no credentials. @throws ToolFailure, verification failed
 */
export async function downloadArchive(
  api: Api,
  wanted: WantedArchive,
  onBytes: (amount: number) => void = () => undefined,
): Promise<Buffer> {
  const { owner, name } = splitPromptId(wanted.id);
  const at = path`/v1/prompts/${owner}/${name}/versions/${wanted.version}/download`;
  const headers = { accept: 'application/gzip' };
  const response = await naming(`${wanted.id}@${wanted.version}`, () => api.open('GET', at, { headers }));
  const archive = await collect(response, wanted, onBytes);
  const sha256 = sha256Of(archive);
  if (sha256 === wanted.sha256) return archive;
  throw verificationFailed(`the download of ${wanted.id}@${wanted.version} is not what the registry promised`, hint, [
    `promised: sha256 ${wanted.sha256}`,
    `received: sha256 ${sha256}`,
  ]);
}

async function collect({ body }: Response, wanted: WantedArchive, onBytes: (amount: number) => void): Promise<Buffer> {
  const pieces: AsyncIterable<Uint8Array> | readonly Uint8Array[] = body ?? [];
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of pieces) {
      length += chunk.byteLength;
      if (length > wanted.size) throw tooLong(wanted);
      chunks.push(chunk);
      onBytes(chunk.byteLength);
    }
  } catch (error) {
    throw error instanceof ToolFailure ? error : cutOff(wanted, length);
  }
  if (length < wanted.size) throw cutOff(wanted, length);
  return Buffer.concat(chunks);
}

function tooLong({ id, version, size }: WantedArchive): ToolFailure {
  return verificationFailed(
    `the download of ${id}@${version} is longer than the ${bytes(size)} that it should be`,
    hint,
  );
}

function cutOff({ id, version, size }: WantedArchive, length: number): ToolFailure {
  return verificationFailed(
    `the download of ${id}@${version} was cut off after ${length} of ${size} bytes`,
    'Nothing of it was used. Run the same command again.',
  );
}
