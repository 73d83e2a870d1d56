import { CliError } from '../cli-error.js';
import { SafePath } from '../files/safe-path.js';
import { readFileIfExists } from '../files/read-files.js';
import { replaceFile } from '../files/write-files.js';
import { type Lock, LOCK_FILE, parseLockFile, printLockFile } from '../lock/lock-file.js';
import { parseProjectFile, printProjectFile, PROJECT_FILE, type ProjectFile } from '../lock/project-file.js';

/** promptyard.json and prompts.lock of the folder that the command runs in. */
export interface Project {
  /** Undefined where there is none yet. */
  readonly file: ProjectFile | undefined;
  /** Empty where there is none yet. */
  readonly lock: Lock;
}

/** @throws CliError where one of the files is not what it should be, or a link */
export async function readProject(): Promise<Project> {
  const [file, lock] = await Promise.all([readText(PROJECT_FILE), readText(LOCK_FILE)]);
  return {
    file: file === undefined ? undefined : parseProjectFile(file),
    lock: lock === undefined ? {} : parseLockFile(lock),
  };
}

/** Of what is locked there is something to verify. @throws CliError where there is no lock */
export async function readLockedProject(): Promise<Project> {
  const project = await readProject();
  if (Object.keys(project.lock).length > 0) return project;
  throw new CliError(`there is no ${LOCK_FILE} here, or nothing in it`, {
    code: 'NO_LOCK',
    hint: '`promptyard install` writes it, for what promptyard.json names.',
  });
}

export function noProjectError(): CliError {
  return new CliError(`there is no ${PROJECT_FILE} here, or no dependencies in it`, {
    code: 'NO_PROJECT',
    hint: '`promptyard install owner/name` writes one.',
  });
}

export async function writeLock(lock: Lock): Promise<void> {
  await writeIfChanged(LOCK_FILE, printLockFile(lock));
}

export async function writeProjectFile(file: ProjectFile): Promise<void> {
  await writeIfChanged(PROJECT_FILE, printProjectFile(file));
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  if ((await readText(file)) !== text) await replaceFile(SafePath.fromArgument(file), text);
}

async function readText(file: string): Promise<string | undefined> {
  return (await readFileIfExists(SafePath.fromArgument(file)))?.toString();
}
