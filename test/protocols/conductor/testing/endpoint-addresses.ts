/** The first and the last address of each range. */
export const refusedAddresses: readonly (readonly [range: string, ...addresses: string[]])[] = [
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['private, 10/8', '10.0.0.0', '10.255.255.255'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.1', '127.255.255.255'],
  ['link-local, where clouds keep credentials', '169.254.0.0', '169.254.169.254', '169.254.255.255'],
  ['private, 172.16/12', '172.16.0.0', '172.31.255.255'],
  ['protocol assignments', '192.0.0.0', '192.0.0.255'],
  ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1'],
  ['6to4 relays', '192.88.99.1'],
  ['private, 192.168/16', '192.168.0.0', '192.168.255.255'],
  ['benchmarks', '198.18.0.0', '198.19.255.255'],
  ['multicast', '224.0.0.0', '239.255.255.255'],
  ['inside of IBM', '166.8.0.0', '166.11.255.255'],
  ['reserved', '240.0.0.0', '255.255.255.255'],
  ['IPv6 unspecified', '::'],
  ['IPv6 loopback', '::1'],
  ['IPv4-mapped', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1'],
  ['IPv4-compatible', '::127.0.0.1', '::8.8.8.8'],
  ['IPv4-translated', '::ffff:0:127.0.0.1'],
  ['NAT64', '64:ff9b::7f00:1', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001::1'],
  ['IPv6 documentation', '2001:db8::1', '3fff::1'],
  ['unique-local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['IPv6 link-local', 'fe80::1', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['IPv6 multicast', 'ff00::', 'ff02::1'],
  ['what is given to nobody yet', '4000::1', '8000::1'],
  ['what is no address', '', 'localhost', '1.2.3.4.5', '256.1.1.1'],
];

/** The metadata addresses of clouds; IPv4 addresses in every equivalent form. */
export const hostServices: readonly (readonly [cloud: string, ...addresses: string[]])[] = [
  ['Azure', ...everyFormOf('168.63.129.16')],
  ['AWS, Google, Azure, Oracle, DigitalOcean and others', ...everyFormOf('169.254.169.254')],
  ["AWS's containers", ...everyFormOf('169.254.170.2'), '169.254.170.23'],
  ['AWS over IPv6', 'fd00:ec2::254', 'fd00:ec2::23', 'fd00:ec2::253', 'FD00:0EC2::0254'],
  ['Google over IPv6', 'fd20:ce::254'],
  ['Oracle', ...everyFormOf('192.0.0.192'), 'fd00:c1::a9fe:a9fe', '169.254.0.2'],
  ['Alibaba', ...everyFormOf('100.100.100.200')],
  ['Tencent', ...everyFormOf('169.254.0.23')],
  ['Scaleway', ...everyFormOf('169.254.42.42'), 'fd00:42::42'],
  ['OpenStack over IPv6', 'fe80::a9fe:a9fe', 'fe80::a9fe:a9fe%eth0'],
  ['Akamai over IPv6', 'fd00:a9fe:a9fe::1'],
  ['Equinix', ...everyFormOf('192.80.8.124')],
  ['IBM', ...everyFormOf('161.26.0.10'), '161.26.255.255'],
];

/** Mapped, compatible, translated, NAT64 with its own and with a network's prefix, 6to4, Teredo, ISATAP. */
function everyFormOf(address: string): string[] {
  const [first = 0, second = 0, third = 0, fourth = 0] = address.split('.').map(Number);
  const hex = (high: number, low: number) => (high * 256 + low).toString(16);
  const [high, low] = [hex(first, second), hex(third, fourth)];
  const hidden = `${hex(first ^ 255, second ^ 255)}:${hex(third ^ 255, fourth ^ 255)}`;
  return [
    address,
    ...['::ffff:', '::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::', '2001:67c:2b0:db32::'].map(
      (prefix) => prefix + address,
    ),
    `::ffff:${high}:${low}`,
    `2002:${high}:${low}::`,
    `2002:${high}:${low}:1::7`,
    `2001:0:${high}:${low}::1`,
    `2001:0:4136:e378:8000:63bf:${hidden}`,
    `2a00:1450:4001:80b:0:5efe:${high}:${low}`,
    `2a00:1450:4001:80b:200:5efe:${high}:${low}`,
  ];
}
