import type { LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Dispatcher } from 'undici';
import { DomainError } from '../../../common/errors/define-error.js';
import { EndpointResolver } from './endpoint-resolver.js';
import { AnswerTooLarge, EndpointUnreachable } from './endpoints.errors.js';
import type { Address } from './name-resolver.js';

export const maxAnswerBytes = 8 * 1024 * 1024;

/** The form of a `fetch` request that the client libraries use. */
export interface PinnedRequest {
  readonly method?: string | undefined;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * `fetch` for endpoints that users have entered. It connects only to the addresses that were checked, follows no
 * redirect, uses no proxy and keeps no connection open, so that each call is checked again.
 */
@Injectable()
export class PinnedFetchClient {
  constructor(private readonly endpoints: EndpointResolver) {}

  /** @throws PrivateModelEndpoint, HostServiceEndpoint, EndpointUnreachable, AnswerTooLarge; the reason of the signal */
  async fetch(url: URL, { method = 'GET', headers, body, signal }: PinnedRequest): Promise<Response> {
    const addresses = await this.endpoints.addressesOf(url);
    signal?.throwIfAborted();
    // Loaded on the first call of a model, because it takes memory that most servers do not need.
    const { Agent } = await import('undici');
    const agent = new Agent({ connect: { lookup: onlyTo(addresses) }, connections: 1, pipelining: 0 });
    const target = { origin: url.origin, path: url.pathname + url.search, method };
    const content = {
      headers: headersOf(headers),
      body: typeof body === 'string' ? body : null,
      signal: signal ?? null,
    };
    try {
      return await toResponse(await agent.request({ ...target, ...content }));
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
    if (bytes > maxAnswerBytes) throw AnswerTooLarge();
    chunks.push(chunk);
  }
  // `Response` refuses a 204 with a body, even an empty one.
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
