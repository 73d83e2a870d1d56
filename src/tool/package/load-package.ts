import { stat } from 'node:fs/promises';
import { ToolFailure } from '../failure.js';
import type { Candidate } from './candidate.js';
import { loadArchive } from './load-archive.js';
import { loadFolder } from './load-folder.js';

/** Reads a folder or a .tar.gz. @throws ToolFailure where there is neither */
export async function loadPackage(path: string): Promise<Candidate> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return loadFolder(path);
  if (found?.isFile()) return loadArchive(path);
  throw new ToolFailure(`${path} is neither a folder nor a file`, {
    code: 'NO_PACKAGE',
    hint: 'Name the folder with the prompt.yaml, or a .tar.gz. `promptyard init` starts a package.',
  });
}
