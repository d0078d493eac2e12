import { describe, expect, test } from 'vitest';
import { OPERATOR } from '../support/redcloud.ts';
import { MIB, malformedRequests, SEND, words, x } from './malformed.ts';

const { redcloud, refused } = malformedRequests();

describe('Paths', () => {
  const ODD = words("%00 a%00b %F0%9F%98%80 ž ..%2f.. a%2fb %5c '%20or%20'1'='1 %25ff %EF%BF%BE");
  const BROKEN = words('%ff % %zz %ed%a0%80 %c0%af a%e2%82');
  const OPERATORS: [string, string, object?][] = [
    ['PATCH', '/accounts/:id', { name: 'x' }],
    ['GET', '/clients/:id'],
    ['PATCH', '/clients/:id', { name: 'x' }],
    ['POST', '/clients/:id/secrets'],
    ['GET', '/clients/:id/secrets'],
    ['DELETE', '/clients/:id/secrets/secret_x'],
    ['DELETE', '/clients/rc_test_client_123/secrets/:id'],
    ['PATCH', '/numbers/:id', { status: 'ACTIVE' }],
  ];
  const number = (id: string, status: number) =>
    refused(status, `/api/core/numbers/${id}`, { method: 'PATCH', body: { campaignregId: 'camp_x' } });
  const operator = (id: string, status: number, [method, path, body]: [string, string, object?]) =>
    refused(status, `/api/admin${path.replace(':id', id)}`, { method, token: OPERATOR, ...(body && { body }) });

  test.each([...ODD, x(300)])('The unknown number id %.20s gets 404.', async (id) => {
    await number(id, 404);
  });
  test.each([...ODD, x(300)])('The unknown id %.20s gets 404 on every operator route.', async (id) => {
    for (const route of OPERATORS) await operator(id, 404, route);
  });
  test('A broken escape in a number id gets 400.', async () => {
    for (const id of BROKEN) await number(id, 400);
  });
  test.each(OPERATORS)('A broken escape gets 400 in %s %s.', async (...route) => {
    for (const id of BROKEN) await operator(id, 400, route);
  });
  test.each(['POST /clients/client_x/secrets', 'DELETE /clients/client_x/secrets/secret_x'])(
    '%s takes no body, and its rejection of a body is documented.',
    async (route) => {
      const [method, path] = words(route) as [string, string];
      await refused(400, `/api/admin${path}`, { method, token: OPERATOR, raw: '{' });
      // An empty body counts as none, independent of its Content-Type. The id is rejected instead.
      await refused(404, `/api/admin${path}`, { method, token: OPERATOR, raw: '' });
    },
  );
  test.each([301, 5000])('An id of %i characters gets 404 like any other unknown id.', async (length) => {
    await number(x(length), 404);
    await operator(x(length), 404, ['GET', '/clients/:id']);
  });

  const UNKNOWN = words(
    '/api /api/core /api/core/ /api/core/nothing /api/core/whoami/ //api/core/whoami /API/core/whoami',
  );
  const MORE = words(
    '/api/core/message /api/core/messages/msg_abc123/x /api/core/numbers/a/b /api/admin /.env /__proto__',
  );
  test.each([...UNKNOWN, ...MORE, '/api/core/who%00ami', `/${x(9000)}`])(
    'The unknown path %.40s gets 404.',
    async (path) => {
      for (const method of ['GET', 'DELETE']) await refused(404, path, { method });
      await refused(404, path, { method: 'POST', body: SEND });
      await refused(404, path, { method: 'POST', raw: 'x', headers: { 'content-type': 'text/plain' } });
    },
  );

  test('A method that a path does not have gets 405 with Allow.', async () => {
    const { paths } = (await (await fetch(`${redcloud().url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    for (const path of Object.keys(paths).filter((name) => /^\/(api|health|metrics)/.test(name))) {
      const matching = Object.keys(paths).filter((name) =>
        new RegExp(`^${name.replace(/{\w+}/g, '[^/]+')}$`).test(path),
      );
      const allowed = matching.flatMap((name) => Object.keys(paths[name] as object)).map((name) => name.toUpperCase());
      const others = words('GET POST PUT PATCH DELETE OPTIONS').filter((name) => !allowed.includes(name));
      for (const method of others) {
        const allow = (await refused(405, path, { method })).get('allow')?.split(', ');
        expect(allow?.filter((name) => name !== 'HEAD').sort()).toEqual(allowed.sort());
      }
    }
  });

  test.each([404, 405])('A request is rejected with %i before its body is checked.', async (status) => {
    const path = status === 404 ? '/api/core/nothing' : '/api/core/whoami';
    for (const raw of ['{', '', x(MIB + 1)]) await refused(status, path, { method: 'POST', raw });
  });
});
