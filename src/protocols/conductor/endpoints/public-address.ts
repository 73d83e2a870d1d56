import ipaddr from 'ipaddr.js';
import { isHostService } from './host-services.js';

/** All of IPv6 that has been given to anybody who can be reached from everywhere. */
const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Given to IBM, which routes it inside of its cloud only: the private endpoints of its services. */
const insideIbm = ipaddr.parseCIDR('166.8.0.0/14') as [ipaddr.IPv4, number];

/**
 * Whether an address belongs to the public internet: not to this machine, a private network, a carrier, a cloud or a
 * group, and to none of the ranges that lead to such addresses by another name (IPv4-mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || isHostService(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 ? !address.match(insideIbm) : address.match(globalUnicast);
}
