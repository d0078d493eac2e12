import { describe, expect, test } from 'vitest';
import { BODY, LOOPBACK, post, posting } from '../../../test/support/poster.ts';
import { CONTINUE, NO_CONTENT, type RawAnswer, RawReceiver } from '../../../test/support/raw-receiver.ts';

const { receiver, poster, trusted, startProxy, atEnd } = posting();

const INTERIM: [string, string][] = [
  ['100 Continue', CONTINUE],
  ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'],
  ['100, 102, 103 and 199', [100, 102, 103, 199].map((status) => `HTTP/1.1 ${status} Wait\r\nX: 1\r\n\r\n`).join('')],
  ['100 twice', CONTINUE + CONTINUE],
];

describe('Interim responses', () => {
  async function receiving(answer: RawAnswer): Promise<RawReceiver> {
    const raw = await RawReceiver.start(answer);
    atEnd(() => raw.stop());
    return raw;
  }

  test.each(INTERIM)(
    '%s before the final response is ignored, and the connection is used again.',
    async (_name, bytes) => {
      const raw = await receiving((socket) => socket.write(bytes + NO_CONTENT));
      const through = poster({ networks: LOOPBACK });
      for (let i = 0; i < 3; i += 1)
        expect(await post(through, raw.url)).toMatchObject({ statusCode: 204, error: undefined });
      expect([raw.bodies, raw.connections]).toEqual([[BODY, BODY, BODY], 1]);
    },
  );

  test('Interim responses are ignored even if each byte arrives separately.', async () => {
    const raw = await receiving((socket) => {
      const bytes = [...(CONTINUE + INTERIM[2]?.[1] + NO_CONTENT)];
      const next = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined) socket.write(byte, () => setImmediate(next));
      };
      next();
    });
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject({ statusCode: 204, error: undefined });
    expect(raw.bodies).toEqual([BODY]);
  });

  test.each([
    ['with the protocol', 'Connection: upgrade\r\nUpgrade: websocket\r\n'],
    ['without a protocol', ''],
  ])('A switch of protocols %s fails the attempt, also after 100 Continue.', async (_name, headers) => {
    const closed = Promise.withResolvers<void>();
    const raw = await receiving((socket) => {
      socket.once('close', closed.resolve);
      socket.write(`${CONTINUE}HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
    });
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject({ statusCode: 101, error: 'HTTP 101' });
    await closed.promise;
    expect(raw.bodies).toEqual([BODY]);
  });

  test('A connection that closes after interim responses fails the attempt, and the body is not sent again.', async () => {
    const raw = await receiving((socket, nth) => (nth === 0 ? socket.write(NO_CONTENT) : socket.end(CONTINUE)));
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    expect(await post(through, raw.url)).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
    expect([raw.bodies, raw.connections]).toEqual([[BODY, BODY], 1]);
  });

  test('A failure after 100 Continue is the final response, with its body and Retry-After.', async () => {
    const raw = await receiving((socket) => {
      socket.write(`${CONTINUE}HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy`);
    });
    const expected = { statusCode: 503, error: 'HTTP 503', responseStart: 'busy', retryAfter: '7' };
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject(expected);
  });

  test('An endpoint that sends only interim responses is cut off after 32 of them.', async () => {
    const raw = await receiving((socket) => {
      const more = (): boolean => socket.writable && socket.write(CONTINUE, () => setImmediate(more));
      more();
    });
    const { statusCode, error } = await post(poster({ networks: LOOPBACK }), raw.url);
    expect([statusCode, error]).toEqual([undefined, 'more than 32 interim responses']);
  });

  test('100 Continue is ignored in a tunnel, and from a proxy that forwards plain HTTP.', async () => {
    const answer: RawAnswer = (socket) => socket.write(CONTINUE + NO_CONTENT);
    const secure = await RawReceiver.start(answer, trusted());
    const forwarding = await receiving(answer);
    atEnd(() => secure.stop());
    const tunnel = poster({ proxy: (await startProxy()).url });
    expect(await post(tunnel, `https://hook.example:${secure.port}/`)).toMatchObject({
      statusCode: 204,
      error: undefined,
    });
    const forward = poster({ proxy: forwarding.url, networks: LOOPBACK });
    expect(await post(forward, receiver().url)).toMatchObject({ statusCode: 204, error: undefined });
    expect([secure.bodies, forwarding.bodies, receiver().deliveries]).toEqual([[BODY], [BODY], []]);
  });
});
