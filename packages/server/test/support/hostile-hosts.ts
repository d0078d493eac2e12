/**
 * Stands for a public address, because tests have none. The rules allow the address, and it belongs to this machine.
 */
export const PUBLIC = '127.0.0.2';

/** Hosts in any spelling of an address that is not public. */
export const ADDRESSES = `
  127.0.0.1 127.1 127.0.1 127.255.255.254 0.0.0.0 0 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.255
  169.254.1.1 169.254.169.254 100.64.0.1 100.127.255.254 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
  224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
  2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0xA9FEA9FE 2852039166 １２７.0.0.1 127。0。0。1 ⑫7.0.0.1
  [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254] [::127.0.0.1] [fe80::1] [fec0::1] [fc00::1] [fd12:3456::1]
  [ff02::1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [2001:db8::1] [100::1]
  localhost LOCALHOST localhost. hook.localhost a.b.localhost. 127.0.0.1. 127%2e0%2e0%2e1 %31%32%37.0.0.1 127.0.0.1%2e
`
  .trim()
  .split(/\s+/);

/** Hosts that cannot be names. A resolver might convert some of them to addresses. */
export const NO_NAMES = [
  '127.0.0.1..',
  '127.0.0.1...',
  'localhost..',
  'foo.localhost..',
  '10.1..',
  'a..b',
  '.example.com',
  '127。0。0。1。。',
];

/** Names and their addresses. With several entries, each query gets the next one, and later queries get the last. */
export const NAMES: Record<string, string[][]> = {
  'loopback.example': [['127.0.0.1']],
  'loopback6.example': [['::1']],
  'private.example': [['10.1.2.3']],
  'metadata.example': [['169.254.169.254']],
  'shared.example': [['100.64.3.2']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'nat64.example': [['64:ff9b::7f00:1']],
  'mixed.example': [[PUBLIC, '127.0.0.1']],
  'mixed6.example': [[PUBLIC, '::1']],
  'nothing.example': [[]],
  'rebinding.example': [[PUBLIC], ['127.0.0.1']],
};
