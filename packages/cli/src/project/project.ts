import { CliError } from '../cli-error.js';
import { SafePath } from '../files/safe-path.js';
import { readFileIfExists } from '../files/read-files.js';
import { replaceFile } from '../files/write-files.js';
import { type Lock, lockFileName, parseLockFile, printLockFile } from '../lock/lock-file.js';
import { parseProjectFile, printProjectFile, projectFileName, type ProjectFile } from '../lock/project-file.js';

/** promptyard.json and prompts.lock of the current folder. */
export interface Project {
  /** Undefined if it is missing. */
  readonly file: ProjectFile | undefined;
  /** Empty if it is missing. */
  readonly lock: Lock;
}

/** @throws CliError if one of the files is invalid or a link */
export async function readProject(): Promise<Project> {
  const [file, lock] = await Promise.all([readText(projectFileName), readText(lockFileName)]);
  return {
    file: file === undefined ? undefined : parseProjectFile(file),
    lock: lock === undefined ? {} : parseLockFile(lock),
  };
}

/** Like readProject, but requires a lock. @throws CliError if there is none */
export async function readLockedProject(): Promise<Project> {
  const project = await readProject();
  if (Object.keys(project.lock).length > 0) return project;
  throw new CliError(`there is no ${lockFileName} here, or it is empty`, {
    code: 'NO_LOCK',
    hint: '`promptyard install` writes it, for what promptyard.json names.',
  });
}

export function noProjectError(): CliError {
  return new CliError(`there is no ${projectFileName} here, or no dependencies in it`, {
    code: 'NO_PROJECT',
    hint: '`promptyard install owner/name` writes one.',
  });
}

export async function writeLock(lock: Lock): Promise<void> {
  await writeIfChanged(lockFileName, printLockFile(lock));
}

export async function writeProjectFile(file: ProjectFile): Promise<void> {
  await writeIfChanged(projectFileName, printProjectFile(file));
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  if ((await readText(file)) !== text) await replaceFile(SafePath.fromArgument(file), text);
}

async function readText(file: string): Promise<string | undefined> {
  return (await readFileIfExists(SafePath.fromArgument(file)))?.toString();
}
