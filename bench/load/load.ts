import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';

/** Requests that are sent repeatedly in their order. */
export interface Load {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly requests: readonly LoadRequest[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: VariedBody;
}

export interface LoadRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The beginning of its body, before the common parts. */
  readonly prefix?: string;
}

/**
 * A body of which a few bytes differ between requests. Between two parts is a slot, which a piece of the request's row
 * fills. There are as many requests as rows; the first row is for the probe.
 */
export interface VariedBody {
  readonly parts: readonly Buffer[];
  readonly slots: readonly Slot[];
  readonly rows: Buffer;
  readonly rowBytes: number;
}

export interface Slot {
  readonly from: number;
  readonly bytes: number;
}

/** A text with a number of nine digits that differs for each request. */
export function numberedBody(before: string, after: string, { first, count }: { first: number; count: number }) {
  const numbers = Array.from({ length: count }, (_, i) => String(first + i));
  return {
    parts: [Buffer.from(before), Buffer.from(after)],
    slots: [{ from: 0, bytes: 9 }],
    rows: Buffer.from(numbers.join('')),
    rowBytes: 9,
  };
}

/** A request as it goes out. */
export interface Outgoing {
  readonly method: Load['method'];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** The n-th request of a load, from 0. @throws RangeError if there is no row for its body */
export function nthRequest(load: Load, n: number): Outgoing {
  const request = load.requests[n % load.requests.length];
  if (!request) throw new RangeError('there is nothing to send');
  const body = load.body && Buffer.concat([Buffer.from(request.prefix ?? ''), bodyOf(load.body, n)]);
  return { method: load.method, path: request.path, headers: { ...load.headers, ...request.headers }, body };
}

/** Sends the first request of a load once. */
export function probe(url: string, load: Load): Promise<Answer> {
  return sendOnce(url, nthRequest(load, 0));
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends a request over a connection of its own. */
export async function sendOnce(url: string, { path, body, method, headers }: Outgoing): Promise<Answer> {
  const length = body ? { 'content-length': body.length } : {};
  const request = send(url + path, { method, headers: { ...headers, ...length }, agent: false }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks as Buffer[]).toString() };
}

/** The body of the request with the row, composed like wrk does. */
export function bodyOf({ parts, slots, rows, rowBytes }: VariedBody, row: number): Buffer {
  const at = row * rowBytes;
  if (at >= rows.length) throw new RangeError('there are too few rows');
  return Buffer.concat(
    parts.flatMap((part, i) => {
      const slot = slots[i];
      return slot ? [part, rows.subarray(at + slot.from, at + slot.from + slot.bytes)] : [part];
    }),
  );
}
