import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** Whose `X-Forwarded-*` headers count: nobody's, those of the last so many proxies, or of proxies at these addresses. */
export type TrustedProxies = false | number | string[];

const mostHops = 32;
const namedNetworks = ['loopback', 'linklocal', 'uniquelocal'];
const isHops = (text: string) => /^\d{1,2}$/.test(text) && Number(text) <= mostHops;

/** A network of a whole family would let every client name its own address, which is what a proxy is asked to prevent. */
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
      if (isHops(text)) return Number(text) || false;
      const networks = text.split(',').map((network) => network.trim());
      if (networks.every(isNetwork)) return networks;
      context.addIssue({
        code: 'custom',
        message: `must be false, true, a number of proxies up to ${mostHops}, or networks such as 10.0.0.0/8,127.0.0.1`,
      });
      return z.NEVER;
    }),
);
