import { Readable } from 'node:stream';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import { unpackPackage } from '@promptyard/package-format/read-package.js';
import { ExitCode, CliError } from '../../cli-error.js';
import { checkManifest } from '../../package/check-manifest.js';
import { splitPromptId } from '../../lock/prompt-id.js';

/**
 * The files of an archive by their paths. The server's own reader validates the archive, because a registry is not
 * trusted. Only the name may differ, because prompts can be renamed. @throws CliError
 */
export async function unpackArchive(id: string, version: string, archive: Buffer): Promise<Map<string, Buffer>> {
  try {
    return await unpackPackage(Readable.from([archive]), async (manifest) => {
      const { identity } = await checkManifest(manifest);
      return { name: identity?.name ?? splitPromptId(id).name, version };
    });
  } catch (error) {
    if (!(error instanceof InvalidPackage)) throw error;
    throw new CliError(`${id}@${version} is no valid package: ${error.reason}`, {
      code: 'INVALID_PACKAGE',
      exitCode: ExitCode.verification,
      hint: 'Nothing of it was written. A Promptyard server would refuse it: do not trust its registry.',
      cause: error,
    });
  }
}
