import ipaddr from 'ipaddr.js';
import { isHostService } from './host-services.js';

/** The IPv6 range of global unicast addresses. */
const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Belongs to IBM, which routes it only inside of its cloud, for private endpoints. */
const insideIbm = ipaddr.parseCIDR('166.8.0.0/14') as [ipaddr.IPv4, number];

/**
 * Whether an address is on the public internet. Excludes this machine, private networks, carriers, clouds and multicast
 * groups, and ranges that embed such addresses (IPv4-mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || isHostService(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 ? !address.match(insideIbm) : address.match(globalUnicast);
}
