import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Reachable } from '../../support/api.js';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it was sent. */
  readonly bytes: Buffer;
  /** Decoded. */
  readonly text: string;
}

/** Sends one request with exactly these headers, and leaves the answer encoded. */
export async function ask(
  server: Reachable,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<RawAnswer> {
  const sent = request(server.url + path, { method, headers, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const bytes = Buffer.concat(await response.toArray());
  const { statusCode: status = 0, headers: received } = response;
  return { status, headers: received, bytes, text: decode(bytes, received['content-encoding']).toString() };
}

/** The headers by which an answer varies, in lower case. */
export function varyOf({ headers }: Pick<RawAnswer, 'headers'>): string[] {
  return (headers.vary ?? '').toLowerCase().split(/ *, */);
}

function decode(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes;
  if (encoding === 'br') return brotliDecompressSync(bytes);
  return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}
