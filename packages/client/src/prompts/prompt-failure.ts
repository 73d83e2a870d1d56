/** The server cannot be reached, is busy or broken, or did not answer in time: nothing is known about the prompt. */
export const unavailable = 'UNAVAILABLE';
/** The content does not have its digest, or not the expected one. */
export const digestMismatch = 'DIGEST_MISMATCH';

interface PromptFailureDetails extends ErrorOptions {
  /** HTTP status, if the server answered. */
  status?: number | undefined;
  /** The delay that the server asks for. */
  retryAfterMs?: number | undefined;
}

/**
 * The error of `getPrompt`. Its `code` is `UNAVAILABLE`, `DIGEST_MISMATCH`, `NO_WEB_CRYPTO`, or the server's:
 * `NOT_FOUND`, …
 */
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
