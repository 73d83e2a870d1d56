import ipaddr from 'ipaddr.js';
import { embeddedIpv4 } from './embedded-ipv4.js';

/**
 * Addresses at which clouds serve their own machines, for example with credentials. Some of them are not in a private
 * range. No model runs at one of them, so that no setting allows them.
 */
const hostServices = {
  ipv4: [
    '169.254.0.0/16', // link-local: metadata of nearly all clouds, credentials of AWS's containers, storage of Oracle
    '168.63.129.16/32', // Azure: the machine's agent and its certificates
    '100.100.100.200/32', // Alibaba
    '192.0.0.192/32', // Oracle Classic
    '192.80.8.124/32', // Equinix Metal
    '161.26.0.0/16', // IBM: services of the infrastructure
  ].map(parsed<ipaddr.IPv4>),
  ipv6: [
    'fe80::/10', // link-local: OpenStack
    'fd00:ec2::/32', // AWS
    'fd20:ce::254/128', // Google
    'fd00:c1::a9fe:a9fe/128', // Oracle
    'fd00:a9fe:a9fe::1/128', // Akamai
    'fd00:42::42/128', // Scaleway
  ].map(parsed<ipaddr.IPv6>),
};

/** Whether an address, or an embedded IPv4 address, is a metadata service of a cloud. */
export function isHostService(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return isIpv4Service(address);
  return hostServices.ipv6.some((range) => address.match(range)) || embeddedIpv4(address).some(isIpv4Service);
}

function isIpv4Service(address: ipaddr.IPv4): boolean {
  return hostServices.ipv4.some((range) => address.match(range));
}

function parsed<Address>(cidr: string): [Address, number] {
  return ipaddr.parseCIDR(cidr) as unknown as [Address, number];
}
