import { createServer as createHttpServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Resolve } from '#egress/targets.ts';
import { BODY, LOOPBACK, portOf, post, posting, resolver } from '../../../test/support/poster.ts';

const { receiver, poster, listening, secureServer } = posting();

const receiverPort = () => new URL(receiver().url).port;

describe('Attempts', () => {
  test('An attempt at a forbidden address fails, and nothing is sent there.', async () => {
    expect(await post(poster(), receiver().url)).toEqual({
      statusCode: undefined,
      error: 'address not allowed: 127.0.0.1',
      responseStart: '',
    });
    expect(receiver().deliveries).toEqual([]);
  });

  test('An attempt at an allowed network succeeds, as does an attempt at this machine in the sandbox.', async () => {
    for (const rules of [{ networks: LOOPBACK }, { loopback: true }]) {
      expect(await post(poster(rules), receiver().url)).toMatchObject({ statusCode: 204, error: undefined });
    }
    expect(receiver().deliveries.map(({ rawBody }) => rawBody)).toEqual([BODY, BODY]);
  });

  test('An attempt at a name that resolves to a forbidden address fails, regardless of its other addresses.', async () => {
    for (const addresses of [['169.254.169.254'], ['93.184.216.34', '169.254.169.254'], ['169.254.169.254', '::1']]) {
      const { resolve } = resolver(addresses);
      const { error, statusCode } = await post(poster({ resolve }), 'https://hook.example/');
      expect([statusCode, error]).toEqual([undefined, 'host not allowed or not found']);
    }
  });

  test('An unknown name has the same error as a name with a forbidden address, except for the operator’s reason.', async () => {
    const unknown: Resolve = (name, _options, callback) =>
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []);
    const resolves = [unknown, resolver([]).resolve, resolver(['10.1.2.3']).resolve, resolver(['::1']).resolve];
    const answers = await Promise.all(resolves.map((resolve) => post(poster({ resolve }), 'https://db.internal/')));
    expect(new Set(answers.map(({ reason: _, ...customers }) => JSON.stringify(customers))).size).toBe(1);
    expect(answers.map(({ reason }) => reason)).toEqual([
      'getaddrinfo ENOTFOUND db.internal',
      'no address: db.internal',
      'address not allowed: 10.1.2.3 (db.internal)',
      'address not allowed: ::1 (db.internal)',
    ]);
  });

  test('The socket connects to the checked address, and the name is resolved only once.', async () => {
    const { asked, resolve } = resolver(['127.0.0.1'], ['169.254.169.254']);
    const through = poster({ networks: LOOPBACK, resolve });
    expect(await post(through, `http://hook.example:${receiverPort()}/`)).toMatchObject({ statusCode: 204 });
    expect(asked).toEqual(['hook.example']);
  });

  test('Plain HTTP fails if the name resolves to an address outside of the allowed networks.', async () => {
    const { resolve } = resolver(['127.0.0.1', '93.184.216.34']);
    const { error } = await post(poster({ networks: LOOPBACK, resolve }), `http://hook.example:${receiverPort()}/`);
    expect(error).toBe('https required, or host not allowed or not found');
    expect((await post(poster(), 'http://hook.example/')).error).toBe('https required');
  });

  test('An attempt does not follow a redirect to a forbidden target.', async () => {
    const redirecting = await listening(
      createHttpServer((_request, response) => response.writeHead(307, { location: receiver().url }).end()),
    );
    const answer = await post(poster({ networks: LOOPBACK }), `http://127.0.0.1:${portOf(redirecting)}/`);
    expect(answer).toMatchObject({ statusCode: 307, error: 'HTTP 307' });
    expect(receiver().deliveries).toEqual([]);
  });
});

test('The certificate must match the name, although the socket gets an address.', async () => {
  const server = await secureServer();
  const { resolve } = resolver(['127.0.0.1']);
  const through = poster({ networks: LOOPBACK, resolve });
  expect(await post(through, `https://hook.example:${portOf(server)}/`)).toMatchObject({ statusCode: 202 });
  const other = await post(through, `https://other.example:${portOf(server)}/`);
  expect(other.error).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});
