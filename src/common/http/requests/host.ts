import type { FastifyRequest } from 'fastify';

const maxHostLength = 255;
const maxPort = 65_535;
/** A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const hostPattern = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::(?<port>\d{1,5}))?$/i;

/**
 * Whether a request has exactly one valid Host header, because addresses in answers are built from it. HTTP/1.0 allows
 * a request without one.
 */
export function hasUsableHost(request: FastifyRequest): boolean {
  const { httpVersion, rawHeaders } = request.raw;
  if (countOfHost(rawHeaders) > 1) return false;
  return isHost(request.host) || (request.host === '' && httpVersion === '1.0');
}

export function isHost(text: string): boolean {
  const match = text.length <= maxHostLength ? hostPattern.exec(text) : null;
  return match !== null && Number(match.groups?.['port'] ?? 0) <= maxPort;
}

/** Node takes the first of several headers, and a proxy may take the last. */
function countOfHost(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
