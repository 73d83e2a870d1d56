import type { IncomingMessage } from 'node:http';
import { ProbeFailure } from '../storage-probe.js';
import { LimitedTransport, type TransportLimits } from './limited-transport.js';

/** More than any answer of the probe. */
const maxBytes = 64 * 1024;

/**
 * Downloads from a signed URL like a client, on a connection of its own.
 * @throws ProbeFailure if the answer is not the content, and network errors
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
  const body = await readLimited(answer);
  if (answer.statusCode !== 200) {
    const code = /<Code>(\w+)<\/Code>/.exec(String(body))?.[1];
    throw new ProbeFailure(['clients are answered', answer.statusCode, code].filter(Boolean).join(' '));
  }
  if (!body.equals(content)) throw new ProbeFailure('clients get other bytes than were written');
}

async function readLimited(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(chunks);
}
