import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv6, number];

const teredo = ipaddr.parseCIDR('2001::/32') as Range;
const sixToFour = ipaddr.parseCIDR('2002::/16') as Range;

/** The prefixes of an IPv4 address in the second half of an IPv6 address: of translators, and of ISATAP tunnels. */
const carriers = ['0:0', '0:5efe', '200:5efe', '0:ffff', 'ffff:0'];

/** The IPv4 addresses that an IPv6 address leads to where a tunnel or a translator understands it. */
export function embeddedIpv4(address: ipaddr.IPv6): ipaddr.IPv4[] {
  const [, second = 0, third = 0, fourth = 0, ...rest] = address.parts;
  const [fifth = 0, sixth = 0, seventh = 0, eighth = 0] = rest;
  if (address.match(sixToFour)) return [ipv4(second, third)];
  if (address.match(teredo)) return [ipv4(third, fourth), ipv4(seventh ^ 0xffff, eighth ^ 0xffff)];
  const carrier = `${fifth.toString(16)}:${sixth.toString(16)}`;
  return carriers.includes(carrier) ? [ipv4(seventh, eighth)] : [];
}

function ipv4(high: number, low: number): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}
