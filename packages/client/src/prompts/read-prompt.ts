import type { Client } from '../generated/client/index.js';
import { resolvePrompt } from '../generated/sdk.gen.js';
import type { Resolved } from '../generated/types.gen.js';
import { deepFreeze, isResolved } from './prompt-data.js';
import { PromptFailure, unavailable } from './prompt-failure.js';
import type { PromptRequest } from './prompt-request.js';
import { untilAborted } from './until-aborted.js';

/** Transient statuses below 500: timeout and rate limit. */
const transientStatuses: ReadonlySet<number> = new Set([408, 429]);

export interface PromptResponse {
  /** Undefined if the ETag is still valid. */
  readonly prompt: Resolved | undefined;
  readonly etag: string | undefined;
  /** The max-age of an immutable answer; else 0. */
  readonly immutableMs: number;
}

/** Sends one request. @throws PromptFailure */
export async function readPrompt(
  client: Client,
  { owner, name, selector }: PromptRequest,
  etag: string | undefined,
  timeoutMs: number,
): Promise<PromptResponse> {
  const signal = AbortSignal.timeout(timeoutMs);
  const asked = resolvePrompt({
    client,
    path: { owner, name },
    query: { ...selector },
    headers: etag === undefined ? {} : { 'If-None-Match': etag },
    signal,
  });
  const { data, error, response } = await untilAborted(asked, signal).catch((cause: unknown) => {
    return { data: undefined, error: cause, response: undefined };
  });
  if (response?.status === 304 && etag !== undefined) return toResponse(response.headers, undefined, etag);
  if (data === undefined || !response?.ok) throw toFailure(error, response);
  if (!isResolved(data)) throw new PromptFailure(unavailable, 'the answer is no prompt', { status: response.status });
  return toResponse(response.headers, deepFreeze(data), undefined);
}

function toResponse(headers: Headers, prompt: Resolved | undefined, knownEtag: string | undefined): PromptResponse {
  const caching = headers.get('cache-control') ?? '';
  const [, seconds = '0'] = (/\bimmutable\b/.test(caching) && /\bmax-age=(\d+)/.exec(caching)) || [];
  return { prompt, etag: headers.get('etag') ?? knownEtag, immutableMs: Number(seconds) * 1000 };
}

/** An error about the prompt itself is final; every other failure is transient. */
function toFailure(error: unknown, response: Response | undefined): PromptFailure {
  if (!response) return new PromptFailure(unavailable, 'the server did not answer', { cause: error });
  const { status, headers, ok } = response;
  if (ok) return new PromptFailure(unavailable, 'the answer could not be read', { status, cause: error });
  const { code, message = `the server answered ${status}` } = readError(error);
  if (code !== undefined && !transientStatuses.has(status) && status < 500) {
    return new PromptFailure(code, message, { status, cause: error });
  }
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  return new PromptFailure(unavailable, message, { status, cause: error, retryAfterMs });
}

/** The code and the message of the API's errors; an error of a proxy has neither. */
function readError(body: unknown): { code?: string; message?: string } {
  const { error, message } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return typeof error === 'string' && typeof message === 'string' ? { code: error, message } : {};
}
