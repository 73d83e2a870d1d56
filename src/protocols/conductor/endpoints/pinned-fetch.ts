import type { LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Dispatcher } from 'undici';
import { DomainError } from '../../../common/errors/define-error.js';
import { EndpointAddresses } from './endpoint-addresses.js';
import { AnswerTooLarge, EndpointUnreachable } from './endpoints.errors.js';
import type { Address } from './name-resolver.js';

export const largestAnswerBytes = 8 * 1024 * 1024;

/** What the client libraries hand to `fetch`: of its many forms the one that they use. */
export interface PinnedRequest {
  readonly method?: string | undefined;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * `fetch` for addresses that others have entered: it connects to exactly the addresses that were checked, follows no
 * redirect, uses no proxy and keeps no connection, so that the next call is checked anew.
 */
@Injectable()
export class PinnedFetch {
  constructor(private readonly endpoints: EndpointAddresses) {}

  /** @throws PrivateModelEndpoint, HostServiceEndpoint, EndpointUnreachable, AnswerTooLarge; the reason of the signal */
  async fetch(url: URL, { method = 'GET', headers, body, signal }: PinnedRequest): Promise<Response> {
    const addresses = await this.endpoints.of(url);
    signal?.throwIfAborted();
    // Loaded by who calls a model: a server that never does is spared the memory.
    const { Agent } = await import('undici');
    const agent = new Agent({ connect: { lookup: onlyTo(addresses) }, connections: 1, pipelining: 0 });
    const wish = { origin: url.origin, path: url.pathname + url.search, method };
    const content = {
      headers: headersOf(headers),
      body: typeof body === 'string' ? body : null,
      signal: signal ?? null,
    };
    try {
      return await toResponse(await agent.request({ ...wish, ...content }));
    } catch (error) {
      signal?.throwIfAborted();
      throw toUnreachable(error);
    } finally {
      void agent.destroy();
    }
  }
}

function onlyTo(addresses: readonly Address[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all || !first) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function headersOf(headers: unknown): Record<string, string> {
  return Object.fromEntries(new Headers(headers as ConstructorParameters<typeof Headers>[0]));
}

async function toResponse({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Response> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > largestAnswerBytes) throw AnswerTooLarge();
    chunks.push(chunk);
  }
  // Given a body, even an empty one, a 204 is refused.
  return new Response(bytes > 0 ? Buffer.concat(chunks) : null, {
    status: statusCode,
    headers: singleHeaders(headers),
  });
}

function singleHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function toUnreachable(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const { code = 'the connection broke' } = error as NodeJS.ErrnoException;
  return EndpointUnreachable({ reason: code }, { cause: error });
}
