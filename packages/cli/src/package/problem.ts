import { ToolFailure } from '../failure.js';

export interface Problem {
  /** Path within the package; the archive's own name for what concerns all of it. */
  readonly file: string;
  /** From 1, where it is known. */
  readonly line?: number;
  readonly message: string;
}

/** As compilers write it, so that editors find the place. */
export function showProblem({ file, line, message }: Problem): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}

export function invalidPackage(path: string, problems: readonly Problem[]): ToolFailure {
  return new ToolFailure(`${path} is no valid package`, {
    code: 'INVALID_PACKAGE',
    details: problems.map(showProblem),
    hint: 'Nothing was written or sent. `promptyard check` shows the same list.',
  });
}

/** The line of an offset in UTF-16 units. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
