import type { FastifyRequest } from 'fastify';

const longestHost = 255;
const highestPort = 65_535;
/** A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const host = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::(?<port>\d{1,5}))?$/i;

/**
 * Whether a request says which host it is for, once and with what can be one: addresses in answers are made from it. In
 * HTTP/1.0 it may say nothing.
 */
export function hasUsableHost(request: FastifyRequest): boolean {
  const { httpVersion, rawHeaders } = request.raw;
  if (countOfHost(rawHeaders) > 1) return false;
  return isHost(request.host) || (request.host === '' && httpVersion === '1.0');
}

export function isHost(text: string): boolean {
  const found = text.length <= longestHost ? host.exec(text) : null;
  return found !== null && Number(found.groups?.['port'] ?? 0) <= highestPort;
}

/** Node takes the first of several, and a proxy before it perhaps the last. */
function countOfHost(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
