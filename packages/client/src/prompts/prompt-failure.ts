/** The server cannot be reached, is busy or broken, or did not answer in time: nothing is known about the prompt. */
export const unavailable = 'UNAVAILABLE';
/** What was found is not what its digest, or the one that was expected, says. */
export const digestMismatch = 'DIGEST_MISMATCH';

interface PromptFailureDetails extends ErrorOptions {
  /** HTTP status, if the server answered. */
  status?: number | undefined;
  /** For how long the server wants to be left alone. */
  retryAfterMs?: number | undefined;
}

/** Why there is no prompt. Its `code` is `UNAVAILABLE`, `DIGEST_MISMATCH`, `NO_WEB_CRYPTO`, or the server's: `NOT_FOUND`, … */
export class PromptFailure extends Error {
  override readonly name = 'PromptFailure';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: string,
    message: string,
    { status, retryAfterMs, ...options }: PromptFailureDetails = {},
  ) {
    super(message, options);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export function isUnavailable(error: unknown): error is PromptFailure {
  return error instanceof PromptFailure && error.code === unavailable;
}
