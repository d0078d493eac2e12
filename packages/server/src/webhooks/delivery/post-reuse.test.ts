import type { Socket } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import type { Certificate } from '../../../test/support/certificate.ts';
import { LOOPBACK, post, posting, resolver } from '../../../test/support/poster.ts';
import { NO_CONTENT, type RawAnswer, RawReceiver } from '../../../test/support/raw-receiver.ts';

const { poster, trusted, startProxy, atEnd } = posting();

describe('A reused connection', () => {
  /** Closes each connection on its second request, as the test defines. */
  async function closing(close: RawAnswer, certificate?: Certificate): Promise<RawReceiver> {
    const answer: RawAnswer = (socket, nth, body) => (nth === 0 ? socket.write(NO_CONTENT) : close(socket, nth, body));
    const raw = await RawReceiver.start(answer, certificate);
    atEnd(() => raw.stop());
    return raw;
  }

  const CLOSES: [string, RawAnswer][] = [
    ['closed', (socket) => socket.end()],
    ['destroyed', (socket) => socket.destroy()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ];

  test.each(CLOSES)('A body is sent again on a new connection if a reused one is %s.', async (_name, close) => {
    const raw = await closing(close);
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    expect(await post(through, raw.url)).toMatchObject({ statusCode: 204, error: undefined });
    expect([raw.bodies.length, raw.connections]).toEqual([3, 2]);
  });

  test('Reused TLS connections and tunnels are replaced.', async () => {
    for (const [, close] of CLOSES.slice(0, 2)) {
      const raw = await closing(close, trusted());
      const { resolve } = resolver(['127.0.0.1']);
      const proxy = (await startProxy()).url;
      for (const through of [poster({ networks: LOOPBACK, resolve }), poster({ proxy })]) {
        const url = `https://hook.example:${raw.port}/`;
        await post(through, url);
        expect(await post(through, url)).toMatchObject({ statusCode: 204, error: undefined });
      }
      expect([raw.bodies.length, raw.connections]).toEqual([6, 4]);
    }
  });

  test('A reused connection is replaced once, and the second failure is that of the attempt.', async () => {
    let isClosing = false;
    const raw = await RawReceiver.start((socket) => (isClosing ? socket.end() : socket.write(NO_CONTENT)));
    atEnd(() => raw.stop());
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    isClosing = true;
    expect(await post(through, raw.url)).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
    expect([raw.bodies.length, raw.connections]).toEqual([3, 2]);
  });

  test('A new connection that closes without a byte is not replaced.', async () => {
    const raw = await RawReceiver.start((socket) => socket.end());
    atEnd(() => raw.stop());
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject({ error: 'ECONNRESET' });
    expect(raw.bodies.length).toBe(1);
  });

  test('A body is not sent again after a single byte of a response.', async () => {
    const raw = await closing((socket) => socket.end('H'));
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    expect(await post(through, raw.url)).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
    expect([raw.bodies.length, raw.connections]).toEqual([2, 1]);
  });

  test('The ten seconds of an attempt count from its beginning, also on its second connection.', {
    tags: 'slow',
  }, async () => {
    const sockets: Socket[] = [];
    let arrived = Promise.withResolvers<void>();
    const raw = await RawReceiver.start((socket) => {
      if (raw.bodies.length === 1) return socket.write(NO_CONTENT);
      sockets.push(socket);
      return arrived.resolve();
    });
    atEnd(() => raw.stop());
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    atEnd(() => vi.useRealTimers());
    let isOver = false;
    const late = post(through, raw.url).finally(() => {
      isOver = true;
    });
    await arrived.promise;
    arrived = Promise.withResolvers();
    vi.advanceTimersByTime(6_000);
    sockets[0]?.destroy();
    await arrived.promise;
    const later = post(through, raw.url);
    vi.advanceTimersByTime(3_999);
    expect(isOver).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await late).toMatchObject({ statusCode: undefined, error: 'no response within 10 s' });
    vi.advanceTimersByTime(6_000);
    expect(await later).toMatchObject({ statusCode: undefined, error: 'no response within 10 s' });
  });

  test('A stopped attempt is not sent again.', async () => {
    const arrived = Promise.withResolvers<void>();
    const raw = await closing(() => arrived.resolve());
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    const stopped = post(through, raw.url);
    await arrived.promise;
    through.stop();
    expect(await stopped).toMatchObject({ error: 'no response before the stop' });
    expect([raw.bodies.length, raw.connections]).toEqual([2, 1]);
    expect(await post(through, raw.url)).toMatchObject({ error: 'no response before the stop' });
  });
});
