import type { IncomingMessage } from 'node:http';
import { ProbeFailure } from '../storage-probe.js';
import { LimitedTransport, type TransportLimits } from './limited-transport.js';

/** More than any answer to a test has. */
const mostBytes = 64 * 1024;

/**
 * Follows a signed address as a client does, on a connection of its own.
 * @throws ProbeFailure if something other than the content comes; what the network says if nothing does
 */
export async function downloadSigned(
  address: string,
  content: Buffer,
  limits: TransportLimits,
  signal: AbortSignal,
): Promise<void> {
  const { protocol, hostname, port, pathname, search } = new URL(address);
  const transport = new LimitedTransport(protocol === 'https:', limits, signal);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { hostname: hostname.replaceAll(/^\[|\]$/g, ''), port, path: pathname + search };
    transport.request(options, resolve).on('error', reject).end();
  });
  const body = await readSome(answer);
  if (answer.statusCode !== 200) {
    const code = /<Code>(\w+)<\/Code>/.exec(String(body))?.[1];
    throw new ProbeFailure(['clients are answered', answer.statusCode, code].filter(Boolean).join(' '));
  }
  if (!body.equals(content)) throw new ProbeFailure('clients get other bytes than were written');
}

async function readSome(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) break;
  }
  return Buffer.concat(chunks);
}
