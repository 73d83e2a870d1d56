import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';

/** Requests to be sent over and over, in their order. */
export interface Load {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly requests: readonly LoadRequest[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: VariedBody;
}

export interface LoadRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What its body begins with, before the parts of all bodies. */
  readonly prefix?: string;
}

/**
 * A body of which a few bytes differ from request to request. Between two parts goes a slot: a piece of the request's
 * row. There are as many requests as rows, of which the first is for the probe.
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

/** A text with a number of nine digits in it, another one for each request. */
export function numberedBody(before: string, after: string, { first, count }: { first: number; count: number }) {
  const numbers = Array.from({ length: count }, (_, i) => String(first + i));
  return {
    parts: [Buffer.from(before), Buffer.from(after)],
    slots: [{ from: 0, bytes: 9 }],
    rows: Buffer.from(numbers.join('')),
    rowBytes: 9,
  };
}

/** Sends the first request of a load once. */
export async function probe(url: string, load: Load): Promise<{ status: number; body: string }> {
  const [first] = load.requests;
  if (!first) throw new Error('there is nothing to send');
  const body = load.body && Buffer.concat([Buffer.from(first.prefix ?? ''), bodyOf(load.body, 0)]);
  const length = body ? { 'content-length': body.length } : {};
  const headers = { ...load.headers, ...first.headers, ...length };
  const request = send(url + first.path, { method: load.method, headers, agent: false }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks as Buffer[]).toString() };
}

/** The body of the request that has the row, as the generator puts it together. */
export function bodyOf({ parts, slots, rows, rowBytes }: VariedBody, row: number): Buffer {
  const at = row * rowBytes;
  return Buffer.concat(
    parts.flatMap((part, i) => {
      const slot = slots[i];
      return slot ? [part, rows.subarray(at + slot.from, at + slot.from + slot.bytes)] : [part];
    }),
  );
}
