/** The kind of the failure; a program maps it to an exit code. */
export type FailureKind = 'failed' | 'usage' | 'not-allowed' | 'damaged' | 'unreachable';

export interface FailureDetails {
  /** For programs, in capitals. */
  code: string;
  kind?: FailureKind;
  /** What to do next, in one sentence. */
  hint?: string | undefined;
  /** One line each: the files that are wrong. */
  details?: readonly string[];
  cause?: unknown;
}

/** Why a source or one of its prompts cannot be read, as a message for the user. */
export class ImportFailure extends Error {
  readonly code: string;
  readonly kind: FailureKind;
  readonly hint: string | undefined;
  readonly details: readonly string[];

  constructor(message: string, { code, kind = 'failed', hint, details = [], cause }: FailureDetails) {
    super(message, { cause });
    this.name = 'ImportFailure';
    this.code = code;
    this.kind = kind;
    this.hint = hint;
    this.details = details;
  }
}
