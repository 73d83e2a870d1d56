import { isUtf8 } from 'node:buffer';
import { packageLimits } from '../package-limits.js';
import { entryError, type TarKind } from './tar-header.js';

/** The path of an entry in one spelling: no `.`, no empty segments, no slash at the end. The root itself is ''. */
export function readEntryPath(raw: Buffer, kind: TarKind): string {
  const problem = rawNameProblem(raw);
  if (problem) throw entryError(raw, problem);
  const name = raw.toString('utf8');
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  const path = segments.join('/');
  const wrong = pathProblem(name, path, segments) ?? (kind === 'file' ? fileNameProblem(name) : undefined);
  if (wrong) throw entryError(name, wrong);
  return path;
}

/**
 * Two paths with one fold are one file on a disk that ignores case or normalises Unicode. Upper case first: it is what
 * makes `ß` and `ss`, or the two small sigmas, equal.
 */
export function foldPath(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

function rawNameProblem(raw: Buffer): string | undefined {
  if (raw.length === 0) return 'has an empty name';
  if (raw.length > packageLimits.nameBytes) return `has a name of over ${packageLimits.nameBytes} bytes`;
  if (raw.includes(0)) return 'has a name that holds NUL';
  return isUtf8(raw) ? undefined : 'has a name that is not UTF-8';
}

function pathProblem(name: string, path: string, segments: string[]): string | undefined {
  if (/\p{Cc}/u.test(name)) return 'has a name that holds control characters';
  if (name.includes('\\')) return 'has a name that holds a backslash';
  if (name.startsWith('/')) return 'has an absolute name';
  if (segments.includes('..')) return 'has a name that holds ".."';
  return /^[A-Za-z]:/.test(path) ? 'has a name that starts with a drive letter' : undefined;
}

function fileNameProblem(name: string): string | undefined {
  return /(^|\/)\.?$/.test(name) ? 'is a file, but its name ends like a directory' : undefined;
}
