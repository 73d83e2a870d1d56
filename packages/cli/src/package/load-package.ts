import { CliError } from '../cli-error.js';
import { inspectPath } from '../files/inspect-path.js';
import type { SafePath } from '../files/safe-path.js';
import type { PackageCandidate } from './package-candidate.js';
import { loadArchive } from './load-archive.js';
import { loadFolder } from './load-folder.js';

/** Reads a folder or a .tar.gz. @throws CliError if there is neither */
export async function loadPackage(path: SafePath): Promise<PackageCandidate> {
  const found = await inspectPath(path);
  if (found?.isDirectory()) return loadFolder(path);
  if (found?.isFile()) return loadArchive(path);
  throw new CliError(`${path.display} is neither a folder nor a file`, {
    code: 'NO_PACKAGE',
    hint: 'Name the folder with the prompt.yaml, or a .tar.gz. `promptyard init` starts a package.',
  });
}
