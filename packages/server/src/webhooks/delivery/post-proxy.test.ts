import { describe, expect, test } from 'vitest';
import { LOOPBACK, portOf, post, posting, resolver } from '../../../test/support/poster.ts';

const { receiver, poster, trusted, secureServer, startProxy } = posting();

const BASIC = `Basic ${Buffer.from('us:p@ss').toString('base64')}`;

describe('An egress proxy', () => {
  test('The proxy resolves the name, and TLS ends at the endpoint.', async () => {
    const [server, proxy] = [await secureServer(), await startProxy()];
    const { asked, resolve } = resolver(['127.0.0.1']);
    const url = `https://hook.example:${portOf(server)}/`;
    expect(await post(poster({ proxy: proxy.url, resolve }), url)).toMatchObject({ statusCode: 202, error: undefined });
    expect(proxy.asked).toEqual([{ method: 'CONNECT', url: `hook.example:${portOf(server)}`, authorization: BASIC }]);
    expect(asked).toEqual([]);
  });

  test('A URL that is forbidden as it is written does not reach the proxy.', async () => {
    const proxy = await startProxy();
    const through = poster({ proxy: proxy.url, networks: ['10.0.0.0/8'] });
    expect((await post(through, receiver().url)).error).toBe('address not allowed: 127.0.0.1');
    expect((await post(through, 'https://localhost/')).error).toBe('address not allowed: localhost');
    expect((await post(through, 'http://hook.example/')).error).toBe('https required');
    expect(proxy.asked).toEqual([]);
  });

  test('Plain HTTP to an allowed network is forwarded.', async () => {
    const proxy = await startProxy();
    expect(await post(poster({ proxy: proxy.url, networks: LOOPBACK }), receiver().url)).toMatchObject({
      statusCode: 200,
    });
    expect(proxy.asked).toEqual([{ method: 'POST', url: receiver().url, authorization: BASIC }]);
  });

  test("The proxy's rejection is the error of the attempt, without the password.", async () => {
    const proxy = await startProxy(407);
    const { error, statusCode } = await post(poster({ proxy: proxy.url }), 'https://hook.example/');
    expect(statusCode).toBeUndefined();
    expect(error).toContain('407');
    expect(error).not.toMatch(/p%40ss|p@ss|Basic/);
  });

  test('All rejections of a tunnel except 407 have the same error, and the status is in the reason only.', async () => {
    for (const status of [403, 404, 502, 503, 504]) {
      const through = poster({ proxy: (await startProxy(status)).url });
      expect(await post(through, 'https://hook.example/')).toMatchObject({
        statusCode: undefined,
        error: 'host not allowed, not found or not reached',
        reason: `proxy: HTTP ${status}`,
      });
    }
  });

  test('A tunnel that breaks off before TLS fails the attempt.', async () => {
    const through = poster({ proxy: (await startProxy('breaks off')).url });
    expect(await post(through, 'https://hook.example/')).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
  });

  test('A proxy may be reached by TLS, with a certificate of its own name.', async () => {
    const [server, proxy] = [await secureServer(), await startProxy('tunnels', trusted('localhost'))];
    const through = poster({ proxy: proxy.url, networks: LOOPBACK });
    const url = `https://hook.example:${portOf(server)}/`;
    expect(await post(through, url)).toMatchObject({ statusCode: 202, error: undefined });
    expect(await post(through, receiver().url)).toMatchObject({ statusCode: 200, error: undefined });
    expect(proxy.asked.map(({ method, authorization }) => [method, authorization])).toEqual([
      ['CONNECT', BASIC],
      ['POST', BASIC],
    ]);
  });

  test('A proxy that is unreachable or silent fails the attempt in time.', { tags: 'slow' }, async () => {
    const silent = await startProxy('says nothing');
    const startedAt = performance.now();
    const [none, away] = await Promise.all([
      post(poster({ proxy: silent.url }), 'https://hook.example/'),
      post(poster({ proxy: 'http://127.0.0.1:1' }), 'https://hook.example/'),
    ]);
    expect(away.error).toBe('ECONNREFUSED');
    expect(none.error).toBe('proxy: no tunnel within 5 s');
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });
});
