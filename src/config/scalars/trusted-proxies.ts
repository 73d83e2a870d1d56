import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/**
 * Which proxies may set `X-Forwarded-*` headers: none, the given number of last ones, or those at the given addresses.
 */
export type TrustedProxies = false | number | string[];

const maxHops = 32;
const namedNetworks = ['loopback', 'linklocal', 'uniquelocal'];
const isHopCount = (text: string) => /^\d{1,2}$/.test(text) && Number(text) <= maxHops;

/** A network that contains all addresses would let every client choose its own address. */
function isNetwork(text: string): boolean {
  if (namedNetworks.includes(text)) return true;
  const [address = ''] = text.split('/');
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false;
  return address === text || (ipaddr.isValidCIDR(text) && ipaddr.parseCIDR(text)[1] > 0);
}

/** `true` is one proxy: the client's address is what that one wrote, never what the client says of itself. */
export const TrustProxy = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value) || undefined,
  z
    .string()
    .default('false')
    .transform((text, context): TrustedProxies => {
      if (text === 'false' || text === 'off') return false;
      if (text === 'true' || text === 'on') return 1;
      if (isHopCount(text)) return Number(text) || false;
      const networks = text.split(',').map((network) => network.trim());
      if (networks.every(isNetwork)) return networks;
      context.addIssue({
        code: 'custom',
        message: `must be false, true, a number of proxies up to ${maxHops}, or networks such as 10.0.0.0/8,127.0.0.1`,
      });
      return z.NEVER;
    }),
);
