import { CliError } from '../cli-error.js';

export interface Problem {
  /** Path within the package; the archive's own name for what concerns all of it. */
  readonly file: string;
  /** From 1, where it is known. */
  readonly line?: number;
  readonly message: string;
}

/** As compilers write it, so that editors find the place. */
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
