import { describe, expect, test } from 'vitest';
import { TOKEN } from '../support/redcloud.ts';
import { malformedRequests, SEND, SEND_PATH, words, x } from './malformed.ts';

const { redcloud, refused } = malformedRequests();

describe('Headers', () => {
  const JOINED = words(`Bearer ${TOKEN} Bearer${TOKEN} null Basic`);
  const AFTER = [
    '',
    ' ',
    ' x y',
    `"${TOKEN}"`,
    `${TOKEN},`,
    `${TOKEN} x`,
    TOKEN.slice(1),
    x(8000),
    'a.b.c',
    'é',
    '..',
    `Bearer ${TOKEN}`,
  ];
  const ALL = [...JOINED, ...AFTER.map((text) => `Bearer ${text}`), `Basic ${TOKEN}`, `Token ${TOKEN}`, ''];
  test.each(ALL)('An invalid Authorization header gets 401: "%.40s".', async (authorization) => {
    // Lets the wrong tokens of the previous test expire.
    redcloud().clock.advance(60_000);
    for (const path of ['/api/core/whoami', '/api/core/numbers', '/api/admin/numbers']) {
      await refused(401, path, { token: null, headers: { authorization } });
    }
    await refused(401, SEND_PATH, { method: 'POST', token: null, raw: '{', headers: { authorization } });
  });

  test('A send requires an Idempotency-Key of 1 to 255 printable ASCII characters.', async () => {
    await refused(400, SEND_PATH, { method: 'POST', body: SEND });
    for (const key of ['', ' ', '\t', x(256), x(8000), 'a\tb', 'é', 'a\xa0b', 'ÿ']) {
      await refused(400, SEND_PATH, { method: 'POST', body: SEND, headers: { 'idempotency-key': key } });
    }
    for (const key of ['~', '! "#', x(255)]) expect((await redcloud().send(key)).status).toBe(202);
  });

  test('A valid X-Request-Id is returned, and an invalid one is replaced.', async () => {
    for (const path of ['/api/core/whoami', '/api/core/nothing', '/health/live', '/api/core/numbers/%ff']) {
      for (const id of ['a', 'A-z_0.9', x(64)]) {
        const { headers } = await redcloud().call(path, { headers: { 'x-request-id': id } });
        expect(headers.get('x-request-id')).toBe(id);
      }
      for (const id of ['', x(65), 'a b', 'a,b', 'é', '<script>', 'a/b', x(5000)]) {
        const { headers } = await redcloud().call(path, { headers: { 'x-request-id': id } });
        expect(headers.get('x-request-id')).toMatch(/^req_\w+$/);
      }
    }
    await refused(404, '/api/core/nothing', { headers: { 'x-request-id': 'a b' } });
  });
});
