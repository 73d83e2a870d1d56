import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { ImportFailure } from '../import-failure.js';
import { retryAfterSeconds } from '../retry-after.js';

const maxAttempts = 6;
const maxDelaySeconds = 120;
const requestTimeoutSeconds = 300;

/** A client of another product's server, for reading. */
export class SourceServer {
  constructor(
    /** Without a slash at its end. */
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
    /** Names of the variables with its credentials, for the hint. */
    private readonly credentials: string,
  ) {}

  /** Sends a GET, or a POST if there is a body. Retries when the server asks for it. */
  async request<Shape extends z.ZodType>(shape: Shape, pathname: string, body?: unknown): Promise<z.output<Shape>> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.fetch(pathname, body);
      if (response.ok) return this.parse(shape, await response.json().catch(() => undefined));
      await response.body?.cancel();
      const isBusy = response.status === 429 || response.status === 503;
      if (!isBusy || attempt === maxAttempts) throw this.toError(pathname, response.status);
      const asked = retryAfterSeconds(response.headers.get('retry-after')) ?? 2 ** (attempt - 1);
      await setTimeout(1000 * Math.min(maxDelaySeconds, asked));
    }
  }

  private async fetch(pathname: string, body: unknown): Promise<Response> {
    const json = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    try {
      return await fetch(this.url + pathname, {
        ...json,
        signal: AbortSignal.timeout(requestTimeoutSeconds * 1000),
        headers: { accept: 'application/json', ...type, ...this.headers },
      });
    } catch (error) {
      throw new ImportFailure(`cannot reach ${this.url}`, {
        code: 'UNREACHABLE',
        kind: 'unreachable',
        hint: 'Is it running? Run the import again when it is: imported prompts stay, and are not imported twice.',
        cause: error,
      });
    }
  }

  private parse<Shape extends z.ZodType>(shape: Shape, body: unknown): z.output<Shape> {
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new ImportFailure(`${this.url} answered something unexpected: ${issue?.path.join('.')} ${issue?.message}`, {
      code: 'UNEXPECTED_ANSWER',
      hint: 'Is it the address of such a server?',
      cause: parsed.error,
    });
  }

  private toError(pathname: string, status: number): SourceServerError {
    const isSecret = status === 401 || status === 403;
    return new SourceServerError(status, `${this.url}${pathname} answered ${status}`, {
      code: 'SOURCE_REFUSED',
      kind: isSecret ? 'not-allowed' : 'failed',
      hint: isSecret ? `Set ${this.credentials} to credentials that may read.` : undefined,
    });
  }
}

export class SourceServerError extends ImportFailure {
  constructor(
    readonly status: number,
    ...failure: ConstructorParameters<typeof ImportFailure>
  ) {
    super(...failure);
  }
}

/** An address of a server, without suffixes that people copy by mistake. */
export function serverAddress(text: string, ...ends: readonly RegExp[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ImportFailure(`${JSON.stringify(text)} is no address of a server`, { code: 'USAGE', kind: 'usage' });
  const path = ends.reduce((rest, end) => rest.replace(end, ''), url.pathname.replace(/\/+$/, ''));
  return url.origin + path.replace(/\/+$/, '');
}

/** From seconds or milliseconds since 1970, or from text. */
export function toTimestamp(value: number | string | null | undefined): string | undefined {
  if (value === null || value === undefined || value === 0) return undefined;
  const date = new Date(typeof value === 'number' && value < 100_000_000_000 ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
