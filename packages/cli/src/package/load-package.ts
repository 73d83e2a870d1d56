import { ToolFailure } from '../failure.js';
import { examine } from '../files/examine-path.js';
import type { NamedPath } from '../files/named-path.js';
import type { Candidate } from './candidate.js';
import { loadArchive } from './load-archive.js';
import { loadFolder } from './load-folder.js';

/** Reads a folder or a .tar.gz. @throws ToolFailure where there is neither */
export async function loadPackage(path: NamedPath): Promise<Candidate> {
  const found = await examine(path);
  if (found?.isDirectory()) return loadFolder(path);
  if (found?.isFile()) return loadArchive(path);
  throw new ToolFailure(`${path.shown} is neither a folder nor a file`, {
    code: 'NO_PACKAGE',
    hint: 'Name the folder with the prompt.yaml, or a .tar.gz. `promptyard init` starts a package.',
  });
}
