import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublic, isWithin, networksOf } from './addresses.ts';

const v4 = (...first: number[]) =>
  fc
    .uint8Array({ minLength: 4 - first.length, maxLength: 4 - first.length })
    .map((rest) => [...first, ...rest].join('.'));

const hex = (address: string) => Buffer.from(address.split('.').map(Number)).toString('hex');
const groups = (address: string) => `${hex(address).slice(0, 4)}:${hex(address).slice(4)}`;

describe('Public addresses', () => {
  test.each([
    ...['1.1.1.1', '8.8.8.8', '93.184.216.34', '100.63.255.255', '100.128.0.0', '172.15.255.255', '172.32.0.0'],
    ...['169.253.255.255', '126.255.255.255', '128.0.0.0', '223.255.255.255', '168.63.129.15'],
    ...['2606:4700::1111', '2a00:1450:4001::8', '2001:4860:4860::8888', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'],
  ])('The address %s is public.', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  const LOCAL = ['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '0.0.0.0'];
  const SHARED = [
    '100.64.0.1',
    '100.127.255.255',
    '169.254.0.1',
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
  ];
  const METADATA = [
    '169.254.169.254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    'fd00:ec2::254',
    'fe80::a9fe:a9fe',
  ];
  const OTHER = ['203.0.113.1', '192.88.99.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '0.1.2.3'];
  const IPV6 = [
    '::',
    '::1',
    '::7f00:1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fdff::1',
    'fec0::1',
    'ff02::1',
    '100::1',
  ];
  const MORE = ['2001:db8::1', '3fff::1', '5f00::1', '4000::1', '2001:2::1', '2001:20::1', '1::1', '64:ff9b:1::7f00:1'];
  const WITHIN = [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
  ];
  const TUNNELS = ['2002:7f00:1::', '2002:0808:0808::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '::ffff:0:8.8.8.8'];
  const NONE = ['', 'localhost', 'example.com', '8.8.8.8.8', '1:2', '[::1]'];
  test.each([...LOCAL, ...SHARED, ...METADATA, ...OTHER, ...IPV6, ...MORE, ...WITHIN, ...TUNNELS, ...NONE])(
    'The address %s is not public.',
    (address) => {
      expect(isPublic(address)).toBe(false);
    },
  );

  test('An IPv4 address in an IPv6 address is public only in mapped and NAT64 form, and only if it is public itself.', () => {
    fc.assert(
      fc.property(fc.oneof(v4(), v4(127), v4(10), v4(169, 254), v4(100)), (address) => {
        const expected = isPublic(address);
        for (const form of [`::ffff:${address}`, `::ffff:${groups(address)}`, `64:ff9b::${groups(address)}`]) {
          expect([form, isPublic(form)]).toEqual([form, expected]);
        }
        for (const form of [`::${groups(address)}`, `2002:${groups(address)}::`, `64:ff9b:1::${groups(address)}`]) {
          expect([form, isPublic(form)]).toEqual([form, false]);
        }
      }),
    );
  });

  test('No address of a private network is public, regardless of its last bytes.', () => {
    const local = fc.oneof(v4(10), v4(127), v4(0), v4(192, 168), v4(169, 254), v4(172, 20), v4(100, 100), v4(250));
    fc.assert(fc.property(local, (address) => !isPublic(address)));
  });
});

describe('Allowed networks', () => {
  const networks = networksOf(['10.0.0.0/8', '192.0.2.7/32', 'fd00::/8', '127.0.0.0/8']);

  test.each(['10.1.2.3', '192.0.2.7', 'fd12::1', '::ffff:10.1.2.3', '64:ff9b::a01:203', '127.0.0.1'])(
    'The networks include %s.',
    (address) => {
      expect(isWithin(networks, address)).toBe(true);
    },
  );

  test.each(['11.0.0.1', '192.0.2.8', 'fc00::1', '::1', '::ffff:11.0.0.1', 'example.com', ''])(
    'The networks do not include %s.',
    (address) => {
      expect(isWithin(networks, address)).toBe(false);
    },
  );

  test('The network of all IPv6 addresses does not include an IPv4 address in IPv6 form.', () => {
    expect(isWithin(networksOf(['::/0']), '::ffff:169.254.169.254')).toBe(false);
    expect(isWithin(networksOf(['::/0']), 'fd00:ec2::254')).toBe(true);
  });
});
