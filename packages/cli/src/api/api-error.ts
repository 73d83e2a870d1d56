import { ExitCode, CliError } from '../cli-error.js';
import type { Server } from '../settings/settings.js';

interface ProblemBody {
  error: string;
  message: string;
  details?: unknown;
}

/** An error answer of the server, as the user reads it. */
export class ApiError extends CliError {
  constructor(
    readonly status: number,
    readonly problem: ProblemBody,
    server: Server,
    /** The unchanged header. */
    readonly retryAfter: string | null,
  ) {
    super(problem.message, {
      code: problem.error,
      exitCode: exitCodeOf(status, problem.error),
      hint: hintOf(status, problem.error, server, retryAfter),
      details: detailLines(problem.details),
    });
  }

  /** A text in the error's details, such as the existing `sha256` of a conflict. */
  detail(name: string): string | undefined {
    const details = this.problem.details;
    const value: unknown = isRecord(details) ? details[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  }
}

/** Reads an error's body. A body in another form comes from another server at that address. */
export async function toApiError(response: Response, server: Server): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  const problem = parseProblem(text) ?? {
    error: 'UNEXPECTED_ANSWER',
    message:
      `${server.url} answered ${response.status} ${response.statusText}, in a form that is not Promptyard's`.trim(),
  };
  return new ApiError(response.status, problem, server, response.headers.get('retry-after'));
}

function parseProblem(text: string): ProblemBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body) || typeof body['error'] !== 'string' || typeof body['message'] !== 'string') return undefined;
    return { error: body['error'], message: body['message'], details: body['details'] };
  } catch {
    return undefined;
  }
}

function exitCodeOf(status: number, code: string): ExitCode {
  if (code === 'DIGEST_MISMATCH') return ExitCode.verification;
  if (status === 401 || status === 403) return ExitCode.notAllowed;
  return status === 404 ? ExitCode.notFound : ExitCode.failed;
}

function hintOf(status: number, code: string, { url, token }: Server, retryAfter: string | null): string | undefined {
  if (status === 401)
    return token === undefined
      ? `Sign in with \`promptyard login --url ${url}\`.`
      : `The token for ${url} is not valid (any more): sign in again with \`promptyard login --url ${url}\`.`;
  if (status === 403) return 'Ask its owner for access, or use another key: `promptyard whoami` shows who you are.';
  if (status === 404 && token === undefined)
    return `You are not signed in to ${url}: private prompts need \`promptyard login\`.`;
  if (status === 412) return 'Another client was faster: look at the present state, and try again.';
  if (status === 429 || status === 503) return `Try again${retryAfter === null ? ' later' : ` in ${retryAfter} s`}.`;
  return code === 'UNEXPECTED_ANSWER' ? 'Check the address: --url or PROMPTYARD_URL, without /v1.' : undefined;
}

function detailLines(details: unknown): string[] {
  if (!isRecord(details)) return [];
  return Object.entries(details).map(
    ([field, value]) => `${field}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
