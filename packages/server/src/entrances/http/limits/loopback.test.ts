import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLoopbackAddress } from '#platform/loopback.ts';
import { isLoopbackAuthority } from './loopback.ts';

const octet = fc.integer({ min: 0, max: 255 });
const port = fc.oneof(
  fc.constant(''),
  fc.constant(':'),
  fc.integer({ min: 0, max: 65_535 }).map((n) => `:${n}`),
);

test('Every address of 127.0.0.0/8 is a loopback authority, with any port or none.', () => {
  fc.assert(
    fc.property(octet, octet, octet, port, (b, c, d, suffix) => {
      expect(isLoopbackAuthority(`127.${b}.${c}.${d}${suffix}`)).toBe(true);
    }),
  );
});

test('No other IPv4 address is a loopback authority.', () => {
  fc.assert(
    fc.property(fc.ipV4(), port, (address, suffix) => {
      expect(isLoopbackAuthority(address + suffix)).toBe(address.startsWith('127.'));
    }),
  );
});

test('No name or address with anything before or after it is a loopback authority.', () => {
  const extra = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abc019.:@/\\%[]-_ \t,') });
  fc.assert(
    fc.property(fc.constantFrom('localhost', '127.0.0.1', '[::1]'), extra, (host, text) => {
      const isOctetOrPort = /^\d{0,2}(:\d{0,5})?$/;
      if (!isOctetOrPort.test(text)) expect(isLoopbackAuthority(host + text)).toBe(false);
      if (!/^(\d|.*\[)/.test(text + host)) expect(isLoopbackAuthority(text + host)).toBe(false);
    }),
  );
});

test.each(['localhost', 'LocalHost:80', '127.0.0.1', '127.255.255.254:1', '[::1]', '[::1]:3000', '[0:0:0:0:0:0:0:1]'])(
  'The authority %s is accepted.',
  (authority) => {
    expect(isLoopbackAuthority(authority)).toBe(true);
  },
);

test.each([
  ...['', ':80', 'localhost.', 'localhost.:80', 'a.localhost', 'localhost.evil.com', '127.0.0.1.evil.com'],
  ...['127.0.0.1.nip.io', '127.1', '127.0.1', '127.999.1.1', '127.0.0.1.', '0127.0.0.1', '127.0.0.01', '0x7f.0.0.1'],
  ...[
    '0x7f000001',
    '2130706433',
    '017700000001',
    '0.0.0.0',
    '0',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::1%25lo]',
    '[::1%lo]',
  ],
  ...['::1', '[127.0.0.1]', '[localhost]', '[::1', 'user@localhost', 'localhost@evil.com', 'localhost:80:80'],
  ...['localhost:port', 'localhost:123456', 'localhost/', 'localhost?', 'localhost, evil.com', 'localhost evil.com'],
  ...['ｌocalhost', '１27.0.0.1', 'localhost\0'],
])('The authority %j is rejected.', (authority) => {
  expect(isLoopbackAuthority(authority)).toBe(false);
});

test('An address with a zone, a mapped address and a name are not loopback addresses.', () => {
  for (const text of ['::1%lo', '::ffff:127.0.0.1', 'localhost', '']) expect(isLoopbackAddress(text)).toBe(false);
});
