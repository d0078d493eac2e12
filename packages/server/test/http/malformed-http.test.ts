import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { TOKEN } from '../support/redcloud.ts';
import { expectRefusal, MIB, malformedRequests, SEND, SEND_PATH, x } from './malformed.ts';

const { redcloud } = malformedRequests();

describe('Malformed HTTP', () => {
  const HEAD = 'Host: localhost\r\nConnection: close\r\n';
  const BODY = JSON.stringify(SEND);
  const get = (path: string, headers = '', version = 'HTTP/1.1') => `GET ${path} ${version}\r\n${HEAD}${headers}\r\n`;
  const bearer = `Authorization: Bearer ${TOKEN}\r\n`;
  const post = (headers: string, body = BODY) =>
    `POST ${SEND_PATH} HTTP/1.1\r\n${HEAD}${bearer}Content-Type: application/json\r\n${headers}\r\n${body}`;
  const key = 'Idempotency-Key: raw\r\n';
  const size = `Content-Length: ${BODY.length}\r\n`;

  /** Sends these bytes, and expects an error in the documented format and the end of the connection. */
  async function refusedBytes(bytes: string | Buffer, expected: number, last = false): Promise<string> {
    const { port } = new URL(redcloud().url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.write(bytes);
    if (last) socket.end();
    let text = '';
    for await (const chunk of socket) text += chunk;
    socket.destroy();
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toMatch(/^x-content-type-options: nosniff\r?$/im);
    expect(head).toMatch(/^cache-control: no-store\r?$/im);
    const requestId = /^x-request-id: (.*)$/im.exec(head)?.[1];
    const what = String(bytes).slice(0, 200);
    expect(body, what).toMatch(/^{.*}$/);
    expectRefusal({ status: Number(head.split(' ')[1]), requestId, json: JSON.parse(body) }, expected, what);
    return head;
  }

  const GARBAGE: [string, string | Buffer, number][] = [
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['zeros', Buffer.alloc(100), 400],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['HTTP/3.0', get('/health/live', '', 'HTTP/3.0'), 400],
    ['HTTP/1.9x', get('/health/live', '', 'HTTP/1.9x'), 400],
    ['an unknown method', get('/health/live').replace('GET', 'FOO'), 400],
    ['TRACE', get('/api/core/whoami').replace('GET', 'TRACE'), 405],
    ['raw bytes in the path', Buffer.from(get('/api/core/numbers/\xff'), 'latin1'), 400],
    ['a header without a name', get('/health/live', ': x\r\n'), 400],
    ['a space before the colon', get('/health/live', 'X : y\r\n'), 400],
    ['U+0000 in a header', post(`Idempotency-Key: a\0b\r\n${size}`), 400],
    ['DEL in the key', post(`Idempotency-Key: a\x7fb\r\n${size}`), 400],
    ['bare line feeds', get('/health/live').replaceAll('\r', ''), 400],
    ['too much in a header', get('/health/live', `X: ${x(20_000)}\r\n`), 431],
    ['too much in the URL', get(`/${x(20_000)}`), 431],
    ['Content-Length: abc', post(`${key}Content-Length: abc\r\n`), 400],
    ['Content-Length: -1', post(`${key}Content-Length: -1\r\n`), 400],
    ['Content-Length beyond 2⁶⁴', post(`${key}Content-Length: 99999999999999999999\r\n`), 400],
    ['Content-Length of 2 MiB', post(`${key}Content-Length: 2097152\r\n`), 413],
    ['two Content-Lengths', post(`${key}${size}Content-Length: 3\r\n`), 400],
    ['Content-Length and Transfer-Encoding', post(`${key}${size}Transfer-Encoding: chunked\r\n`), 400],
    ['a chunk without a size', post(`${key}Transfer-Encoding: chunked\r\n`, 'zz\r\nabc\r\n'), 400],
    ['chunks over 1 MiB', post(`${key}Transfer-Encoding: chunked\r\n`, `100001\r\n${x(MIB + 1)}`), 413],
    ['an unknown Transfer-Encoding', post(`${key}Transfer-Encoding: gzip\r\n`), 400],
    ['two Authorizations', get('/api/core/whoami', `Authorization: Bearer x\r\n${bearer}`), 401],
    ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an unknown Expect', get('/health/live', 'Expect: miracles\r\n'), 417],
    ['two Idempotency-Keys', post(`${key}Idempotency-Key: another\r\n${size}`), 400],
    ['QUERY', get('/api/core/whoami', bearer).replace('GET', 'QUERY'), 405],
    ['DELETE of a whole URL', get('http://localhost/api/core/whoami', bearer).replace('GET', 'DELETE'), 405],
    ['DELETE of an escaped path', get('/api/core/who%61mi', bearer).replace('GET', 'DELETE'), 405],
  ];
  test.each(GARBAGE)('Malformed HTTP is rejected (%s).', async (_name, bytes, status) => {
    const head = await refusedBytes(bytes, status);
    if (status === 405) expect(head).toMatch(/^allow: /im);
  });
  test('A body shorter than Content-Length is rejected when the connection ends.', async () => {
    await refusedBytes(post(`${key}Content-Length: ${BODY.length + 5}\r\n`), 400, true);
  });
});
