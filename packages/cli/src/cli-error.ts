import { type FailureKind, ImportFailure } from '@promptyard/import/import-failure.js';

/** What a script can tell from the exit code. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  /** The command was not understood: nothing was done. */
  usage: 2,
  notFound: 3,
  /** Not signed in, or not allowed to. */
  notAllowed: 4,
  /** A digest differs, a file was changed, or a link stands where a project has a file: nothing of it was used. */
  verification: 5,
  unreachable: 6,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface CliErrorDetails {
  /** For programs, in capitals; `--json` shows it. */
  code: string;
  /** What to do next, in one sentence. */
  hint?: string;
  exitCode?: ExitCode;
  /** One line each: the fields or files that are wrong. */
  details?: readonly string[];
  cause?: unknown;
}

/** What the user reads instead of a stack: what is wrong, and what to do next. Everything that a command refuses is one. */
export class CliError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
  readonly details: readonly string[];

  constructor(message: string, { code, hint, exitCode = ExitCode.failed, details = [], cause }: CliErrorDetails) {
    super(message, { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
    this.details = details;
  }
}

const exitCodes: Readonly<Record<FailureKind, ExitCode>> = {
  failed: ExitCode.failed,
  usage: ExitCode.usage,
  'not-allowed': ExitCode.notAllowed,
  damaged: ExitCode.verification,
  unreachable: ExitCode.unreachable,
};

/** What was refused here or by the reader of a source; nothing for a defect. */
export function toolFailureOf(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (!(error instanceof ImportFailure)) return undefined;
  const { message, code, kind, hint, details } = error;
  return new CliError(message, { code, exitCode: exitCodes[kind], hint, details, cause: error });
}

/** The command does not fit together: exit code 2. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { code: 'USAGE', hint, exitCode: ExitCode.usage });
}

/** What was fetched or read is not what was promised: exit code 5. */
export function verificationError(message: string, hint?: string, details?: readonly string[]): CliError {
  return new CliError(message, { code: 'VERIFICATION_FAILED', hint, exitCode: ExitCode.verification, details });
}
