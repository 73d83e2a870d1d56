import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { ExitCode, CliError } from '../cli-error.js';
import type { Server } from '../settings/settings.js';
import { toApiError } from './api-error.js';
import { type Query, withQuery } from './path.js';
import { maxRetries, retryDelaySeconds } from './retry-delay.js';

export interface RequestOptions {
  query?: Query;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent unchanged, with the `content-type` in the headers. Never repeated. */
  bytes?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  signal?: AbortSignal;
}

/**
 * A client of a Promptyard server. Every unsuccessful call throws CliError with the server's message and the matching
 * exit code. Paths are built with path`/v1/…`; answers are validated with a schema of response-schemas.ts.
 */
export class ApiClient {
  constructor(
    readonly server: Server,
    /** Called when a read is repeated after a delay. */
    private readonly onWait: (text: string) => void = () => undefined,
  ) {}

  async get<Shape extends z.ZodType>(shape: Shape, pathname: string, query: Query = {}): Promise<z.output<Shape>> {
    return await this.parseResponse(shape, await this.fetchResponse('GET', pathname, { query }));
  }

  async send<Shape extends z.ZodType>(
    shape: Shape,
    method: string,
    pathname: string,
    options: RequestOptions = {},
  ): Promise<z.output<Shape>> {
    return await this.parseResponse(shape, await this.fetchResponse(method, pathname, options));
  }

  /** For answers without a body. */
  async execute(method: string, pathname: string, options: RequestOptions = {}): Promise<void> {
    const response = await this.fetchResponse(method, pathname, options);
    await response.body?.cancel();
  }

  /**
   * Returns the response, for streams and headers. Redirects are followed; the token is sent only to this server's
   * origin. 304 is a success. Reads are repeated on 429 and 503, at most three times, after the delay that the server
   * asks for.
   */
  async fetchResponse(method: string, pathname: string, options: RequestOptions = {}): Promise<Response> {
    const isRead = method === 'GET' || method === 'HEAD';
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.fetch(method, pathname, options);
      if (response.ok || response.status === 304) return response;
      const wait = isRead && attempt < maxRetries ? retryDelaySeconds(response, attempt) : undefined;
      if (wait === undefined) throw await toApiError(response, this.server);
      await response.body?.cancel();
      this.onWait(`the server is busy: asking again in ${wait} s`);
      await setTimeout(wait * 1000, undefined, { signal: options.signal });
    }
  }

  /** Validates the body of a response. */
  async parseResponse<Shape extends z.ZodType>(shape: Shape, response: Response): Promise<z.output<Shape>> {
    const body: unknown = await response.json().catch(() => undefined);
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new CliError(`${this.server.url} sent an answer that is not from Promptyard`, {
      code: 'UNEXPECTED_ANSWER',
      hint: 'Check the address: --url or PROMPTYARD_URL. If it is right, the server is older or newer than this tool.',
      cause: parsed.error,
    });
  }

  private async fetch(method: string, pathname: string, options: RequestOptions): Promise<Response> {
    const { query = {}, headers = {}, body, bytes, signal } = options;
    const { url, token } = this.server;
    try {
      return await fetch(url + withQuery(pathname, query), {
        method,
        signal,
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(bytes === undefined ? {} : { body: bytes, duplex: 'half' }),
      });
    } catch (error) {
      throw unreachableError(url, error);
    }
  }
}

/** The reason is in the cause of the error that fetch throws. */
function unreachableError(url: string, error: unknown): CliError {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return new CliError(`cannot reach ${url}: ${reasonOf(cause ?? error)}`, {
    code: 'UNREACHABLE',
    exitCode: ExitCode.unreachable,
    hint: 'Is the server running? Name another one with --url or PROMPTYARD_URL.',
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.message;
  return code === 'ECONNREFUSED' ? 'no server listens there' : code;
}
