import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

/** Longer than any address. A longer text that a proxy writes instead of an address is cut off. */
const maxAddressLength = 64;
const ipv6NetworkParts = 4;

/**
 * The client's address from the socket or the trusted proxies, in one form: some proxies add the port, and a socket for
 * both families writes IPv4 addresses as IPv6.
 */
export function clientAddress({ ip }: Pick<FastifyRequest, 'ip'>): string {
  // A closed socket has no address.
  const text = (ip as string | undefined) ?? 'unknown';
  const host = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return ipaddr.isValid(host) ? ipaddr.process(host).toString() : text.slice(0, maxAddressLength);
}

/** The address range of one client for limits: an IPv4 address, or an IPv6 network of 64 bits. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = parsed.parts.slice(0, ipv6NetworkParts).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** The client's address; see `clientAddress`. */
export const ClientAddress = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  clientAddress(context.switchToHttp().getRequest<FastifyRequest>()),
);
