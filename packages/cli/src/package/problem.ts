import { CliError } from '../cli-error.js';

export interface Problem {
  /** Path within the package; the archive's name for problems of the whole archive. */
  readonly file: string;
  /** Counted from 1, if it is known. */
  readonly line?: number;
  readonly message: string;
}

/** In the format of compilers, so that editors can open the place. */
export function formatProblem({ file, line, message }: Problem): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}

export function invalidPackageError(path: string, problems: readonly Problem[]): CliError {
  return new CliError(`${path} is no valid package`, {
    code: 'INVALID_PACKAGE',
    details: problems.map(formatProblem),
    hint: 'Nothing was written or sent. `promptyard check` shows the same list.',
  });
}

/** The line of an offset in UTF-16 units. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
