import { type FailureKind, ImportFailure } from '@promptyard/import/import-failure.js';

/** The exit codes, for scripts. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  /** Invalid arguments: nothing was done. */
  usage: 2,
  notFound: 3,
  /** Not signed in, or not allowed to. */
  notAllowed: 4,
  /** A digest differs, a file was changed, or there is a link in place of a file: it was not used. */
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

/**
 * An error for the user: what is wrong, and what to do next, without a stack. Every expected failure of a command is
 * one.
 */
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

/** The expected failure; undefined for a bug. */
export function toolFailureOf(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (!(error instanceof ImportFailure)) return undefined;
  const { message, code, kind, hint, details } = error;
  return new CliError(message, { code, exitCode: exitCodes[kind], hint, details, cause: error });
}

/** Invalid arguments: exit code 2. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { code: 'USAGE', hint, exitCode: ExitCode.usage });
}

/** The fetched or read bytes are not the expected ones: exit code 5. */
export function verificationError(message: string, hint?: string, details?: readonly string[]): CliError {
  return new CliError(message, { code: 'VERIFICATION_FAILED', hint, exitCode: ExitCode.verification, details });
}
