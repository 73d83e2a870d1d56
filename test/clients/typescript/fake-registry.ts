import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { createPrompts, type Prompts, type PromptsOptions } from '@promptyard/client/index.js';

/** The answer to a request. Without a body it is 304 for a matching ETag, else 200. */
export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type AnswerRequest = (request: Request) => FakeAnswer | Promise<FakeAnswer>;

/** A server whose answers the test defines. */
export class FakeRegistry {
  readonly requests: Request[] = [];
  content = 'Hello {{who}}.';
  number = 1;
  /** Takes the place of the usual answer. */
  answering: AnswerRequest | undefined;

  prompts(options: Partial<PromptsOptions> = {}): Prompts {
    return createPrompts({ baseUrl: 'http://registry.test', fetch: this.fetch, retryMs: 0, ...options });
  }

  /** Every request fails from now on, as for an address where no server listens. */
  disconnect(): void {
    this.answering = () => {
      throw new TypeError('fetch failed');
    };
  }

  reconnect(): void {
    this.answering = undefined;
  }

  /** The `If-None-Match` of each request. */
  get tags(): (string | null)[] {
    return this.requests.map(({ headers }) => headers.get('if-none-match'));
  }

  private readonly fetch = async (request: Request | URL | string): Promise<Response> => {
    if (!(request instanceof Request)) throw new TypeError('The client sends requests');
    this.requests.push(request);
    const { status = 200, body, headers } = (await this.answering?.(request)) ?? this.defaultAnswer(request);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(status === 304 ? null : text, {
      status,
      headers: { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json', ...headers },
    });
  };

  defaultAnswer(request: Request): FakeAnswer {
    const body = aResolved(this.content, this.number);
    const etag = `"${this.number}-${body.digest}"`;
    if (request.headers.get('if-none-match') === etag) return { status: 304, headers: { etag } };
    return { body, headers: { etag, 'cache-control': 'no-cache' } };
  }
}

/** The client's error if the registry did not answer and there is no cached copy. */
export const unavailable = { name: 'PromptFailure', code: 'UNAVAILABLE' };

/** As `resolve` answers it, with the digest that belongs to it. */
export function aResolved(content: string, number = 1) {
  const said = {
    content,
    syntax: 'braces' as const,
    title: null,
    description: 'Greets.',
    tags: ['a', 'ä'],
    variables: [{ name: 'who', required: true, type: 'text', options: [1.5e300, -0.1, null] }],
    settings: { temperature: 0.2, é: { 'b\u2028': [], a: 1e21 } },
    data: {},
    meta: { '\ud83d\ude00': 1, '\uffff': 2 },
    packaging: null,
  };
  const digest = `sha256:${createHash('sha256')
    .update(canonicalize(said) ?? '')
    .digest('hex')}`;
  const where = { owner: 'acme', name: 'support', number, id: 'b9c5b8a8-5a4b-4cf5-9f64-7b2d3f0b3c11', digest };
  const story = { commit_message: '', author: 'ann', parent: null, created_at: '2026-03-10T15:30:00Z' };
  return { ...where, ...said, ...story, labels: ['production'], resolved_by: { label: 'production' } };
}
