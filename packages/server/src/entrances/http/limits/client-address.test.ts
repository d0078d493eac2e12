import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sourceOf, type Trust, trustOf } from './client-address.ts';

const source = (ip: string, peer?: string) => sourceOf({ ip, socket: { remoteAddress: peer } as never });

describe('The source of a request', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:4711', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
  ])('The source of %s is its IPv4 address or its /64 network.', (ip, expected) => {
    expect(source(ip)).toBe(expected);
  });

  test.each(['', 'unknown', '_hidden', '192.0.2', '0x7f.1', '192.0.2.1:', '1.2.3.4.5', '[::1', '::g'])(
    'The source of the invalid entry "%s" is the address of the connection.',
    (ip) => {
      expect(source(ip, '::ffff:203.0.113.9')).toBe('203.0.113.9');
    },
  );

  test('The source of a connection without an address is "unknown".', () => {
    expect(source(undefined as never)).toBe('unknown');
  });

  test('The source is the same for every spelling of an address, and never a text of the client.', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV4Extended(), fc.ipV6()), (text) => {
        expect(source(text)).toMatch(/^(unknown|[\d.]{7,15}|[\da-f:]+\/64)$/);
        if (/^[\da-f:]+$/.test(text)) expect(source(text.toUpperCase())).toBe(source(text));
      }),
    );
  });
});

describe('Trusted proxies', () => {
  const trust = trustOf(['10.0.0.0/8', '127.0.0.1/32', 'fd00::/8', '::ffff:192.0.2.0/120']) as Trust;

  test.each([
    '127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '10.255.0.1',
    '10.0.0.1:4711',
    '192.0.2.77',
    'fd12::1',
    '[fd12::1]:443',
  ])('The address %s in the list is trusted.', (address) => {
    expect(trust(address)).toBe(true);
  });

  test.each([undefined, '', 'unknown', '127.0.0.2', '127.1', '0x7f000001', '11.0.0.1', '192.0.3.1', '::1', 'fe80::1'])(
    'The address %s outside of the list is not trusted.',
    (address) => {
      expect(trust(address)).toBe(false);
    },
  );

  test('No proxy is trusted if the list is empty.', () => {
    expect(trustOf([])).toBe(false);
  });
});
