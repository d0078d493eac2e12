import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HostRefused, Targets } from './targets.ts';

const targets = (networks: string[] = [], more: { loopback?: boolean; proxied?: boolean } = {}) =>
  new Targets({ networks, loopback: false, proxied: false, ...more });
/** Rules of the sandbox. */
const SANDBOX = targets([], { loopback: true });
const refusal = (url: string, rules = targets()) => rules.refusal(new URL(url));

describe('Webhook URLs', () => {
  test.each([
    'https://example.com/hook',
    'https://example.com:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ])('The URL %s is allowed.', (url) => {
    expect(refusal(url)).toBeUndefined();
  });

  const SPELLINGS = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f000001',
    '127.0.0.1.',
    '①②⑦.0.0.1',
  ];
  const LOOPBACK6 = ['[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:0:0:1]'];
  // A NAT64 translator is another machine, so its loopback addresses are not those of this machine.
  const OTHER6 = ['[64:ff9b::7f00:1]', '[64:ff9b::a9fe:a9fe]', '[::ffff:169.254.169.254]', '[fe80::1]', '[::]'];
  const NAMES = ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.b.LocalHost.', '%6cocalhost'];
  const METADATA = [
    '169.254.169.254',
    '0xa9fea9fe',
    '2852039166',
    '0251.0376.0251.0376',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '0',
    '10.0.0.1',
    '192.168.0.1',
  ];
  test.each([...SPELLINGS, ...LOOPBACK6, ...OTHER6, ...NAMES, ...METADATA])(
    'The host %s of a local network is rejected.',
    (host) => {
      for (const protocol of ['http', 'https']) {
        expect(refusal(`${protocol}://${host}/`)).toMatch(/^address not allowed: ./);
        expect(refusal(`${protocol}://${host}/`, targets(['203.0.113.0/24']))).toMatch(/^address not allowed: ./);
        expect(refusal(`${protocol}://${host}/`, targets([], { proxied: true }))).toMatch(/^address not allowed: ./);
      }
    },
  );

  test.each([...SPELLINGS, ...LOOPBACK6, ...NAMES])(
    'The host %s of this machine is allowed in the sandbox.',
    (host) => {
      for (const protocol of ['http', 'https']) {
        expect(refusal(`${protocol}://${host}/`, SANDBOX)).toBeUndefined();
      }
    },
  );

  test.each([...OTHER6, ...METADATA])('The host %s beside this machine is rejected in the sandbox as well.', (host) => {
    for (const protocol of ['http', 'https']) {
      for (const proxied of [true, false]) {
        const rules = targets([], { loopback: true, proxied });
        expect(refusal(`${protocol}://${host}/`, rules)).toMatch(/^address not allowed: ./);
      }
    }
  });

  test('An address of this machine is rejected in any number of its parts, bases and lengths.', () => {
    const spelt = (value: number) =>
      fc.constantFrom(String(value), `0x${value.toString(16)}`, `0${value.toString(8)}`, `0x000${value.toString(16)}`);
    const host = fc.nat(0xff_ffff).chain((rest) => {
      const bytes = [127, rest >> 16, (rest >> 8) & 255, rest & 255] as const;
      const [a, b, c, d] = bytes;
      return fc
        .constantFrom([a, b, c, d], [a, b, (c << 8) | d], [a, rest], [a * 2 ** 24 + rest])
        .chain((parts) => fc.tuple(...parts.map(spelt)).map((texts) => texts.join('.')));
    });
    fc.assert(
      fc.property(host, (text) => refusal(`https://${text}/`)?.startsWith('address not allowed: 127.') === true),
    );
  });

  test('A URL must be https, except for allowed networks, and for this machine in the sandbox.', () => {
    expect(refusal('http://example.com/')).toBe('https required');
    expect(refusal('http://8.8.8.8/')).toBe('https required');
    expect(refusal('http://8.8.8.8/', targets(['10.0.0.0/8']))).toBe('https required');
    expect(refusal('http://10.0.0.1/', targets(['10.0.0.0/8']))).toBeUndefined();
    expect(refusal('http://localhost:9000/', targets(['127.0.0.0/8']))).toBeUndefined();
    expect(refusal('http://127.0.0.1/', SANDBOX)).toBeUndefined();
    expect(refusal('http://8.8.8.8/', SANDBOX)).toBe('https required');
    // The addresses of the name are checked at each attempt.
    expect(refusal('http://hooks.example/', SANDBOX)).toBeUndefined();
    expect(refusal('http://hooks.internal/', targets(['10.0.0.0/8']))).toBeUndefined();
    // A proxy resolves the name, so its addresses cannot be checked.
    expect(refusal('http://hooks.internal/', targets(['10.0.0.0/8'], { proxied: true }))).toBe('https required');
  });

  test.each([
    ...[
      '127.0.0.1..',
      '127.0.0.1...',
      'localhost..',
      'a..b',
      'a..',
      '.a',
      '.',
      '%2e',
      '127.0.0.1%2e%2e',
      '127。0。0。1。。',
    ],
    ...[`${'a'.repeat(64)}.example`, `${'a.'.repeat(126)}com`, `${'ü'.repeat(60)}.example`],
  ])('A host name that is invalid in DNS is rejected, also in the sandbox (%s).', (host) => {
    for (const rules of [targets(), SANDBOX])
      expect(refusal(`https://${host}/`, rules)).toMatch(/^host name not valid: ./);
  });

  test.each(['a'.repeat(63), `${'a.'.repeat(124)}com.`, 'example.com.', 'my_host.example', 'xn--bcher-kva.example'])(
    'The host %s is allowed.',
    (host) => {
      expect(refusal(`https://${host}/`)).toBeUndefined();
    },
  );

  test('The port 0 is rejected, also in the sandbox.', () => {
    expect(refusal('https://example.com:0/')).toBe('port not allowed: 0');
    expect(refusal('http://127.0.0.1:0/', SANDBOX)).toBe('port not allowed: 0');
  });
});

describe('Lookups', () => {
  type Answer = { error: HostRefused | null; addresses: unknown };
  /** Result for a socket that wants all addresses, or one, of a name with these addresses. */
  function look(rules: Targets, protocol: string, addresses: string[], all = true): Promise<Answer> {
    const found = addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
    return new Promise((resolve) => {
      const lookup = rules.lookup(protocol, (_name, _options, callback) => callback(null, found));
      lookup('hook.example', { all }, (error, given) =>
        resolve({ error: error as HostRefused | null, addresses: given }),
      );
    });
  }

  test('A lookup returns the checked addresses to the socket, and nothing else.', async () => {
    const checked = [
      { address: '93.184.216.34', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ];
    const given = checked.map(({ address }) => address);
    expect(await look(targets(), 'https:', given)).toEqual({ error: null, addresses: checked });
    expect(await look(targets(), 'https:', given, false)).toEqual({ error: null, addresses: '93.184.216.34' });
  });

  test('A lookup fails if one address of the name is not allowed, at any position.', async () => {
    const near = fc.constantFrom('127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fd00::1', '::ffff:10.0.0.1');
    const many = fc.array(fc.constantFrom('8.8.8.8', '93.184.216.34', '2606:4700::1111'), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(many, near, many, fc.boolean(), async (before, one, after, all) => {
        const { error } = await look(targets(), 'https:', [...before, one, ...after], all);
        expect(error?.message).toBe('host not allowed or not found');
        expect(error?.reason).toBe(`address not allowed: ${one} (hook.example)`);
      }),
    );
  });

  test('A lookup allows plain HTTP to allowed networks only.', async () => {
    const rules = targets(['10.0.0.0/8']);
    expect((await look(rules, 'http:', ['10.0.0.1'])).error).toBeNull();
    expect((await look(rules, 'https:', ['10.0.0.1', '8.8.8.8'])).error).toBeNull();
    for (const addresses of [['10.0.0.1', '8.8.8.8'], ['192.168.0.1'], []]) {
      const { error } = await look(rules, 'http:', addresses);
      expect(error?.message).toBe('https required, or host not allowed or not found');
    }
    expect((await look(rules, 'http:', ['8.8.8.8'])).error?.reason).toBe('https required: 8.8.8.8 (hook.example)');
  });

  test('A lookup allows addresses of this machine in the sandbox, and no others beyond the public ones.', async () => {
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
      expect([address, (await look(SANDBOX, 'http:', [address])).error]).toEqual([address, null]);
    }
    expect((await look(SANDBOX, 'https:', ['127.0.0.1', '8.8.8.8'])).error).toBeNull();
    const forbidden = ['169.254.169.254', '10.0.0.1', '0.0.0.0', '::', 'fd00:ec2::254', '::ffff:169.254.169.254'];
    for (const address of [...forbidden, '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', 'fe80::1']) {
      const { error } = await look(SANDBOX, 'http:', ['127.0.0.1', address]);
      expect(error?.reason).toBe(`address not allowed: ${address} (hook.example)`);
    }
  });

  test('A host that the operator has configured has no rules.', async () => {
    const rules = new Targets({ networks: [], loopback: false, anywhere: true, proxied: false });
    expect(rules.refusal(new URL('http://10.0.0.1/'))).toBeUndefined();
    expect((await look(rules, 'http:', ['10.0.0.1'])).error).toBeNull();
  });

  test('A name without an address, a failed resolver and a forbidden address look the same to a client.', async () => {
    const failing = (code: string) =>
      new Promise<HostRefused>((resolve) => {
        const failure = Object.assign(new Error(`getaddrinfo ${code} db.internal`), { code });
        // Node's resolver returns no list then.
        const lookup = targets().lookup('https:', (_name, _options, callback) => callback(failure, undefined as never));
        lookup('db.internal', { all: true }, (error) => resolve(error as HostRefused));
      });
    const errors = await Promise.all(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ESERVFAIL', 'ETIMEOUT'].map(failing));
    for (const addresses of [[], ['10.0.0.1'], ['::1'], ['8.8.8.8', '169.254.169.254']]) {
      errors.push((await look(targets(), 'https:', addresses)).error as HostRefused);
    }
    for (const { name, message, ...rest } of errors) {
      expect([name, message, Object.keys(rest)]).toEqual(['HostRefused', 'host not allowed or not found', ['reason']]);
    }
    expect(new Set(errors.map(({ reason }) => reason)).size).toBe(errors.length);
  });
});
