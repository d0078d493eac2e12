import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { OPERATOR_SECONDS, TOKEN_SECONDS } from '../../accounts/tokens.ts';
import { ApiError } from '../../errors.ts';
import type { App, Rooms } from '../app.ts';
import { isSame } from '../bearer.ts';
import { body, refusals } from '../schemas.ts';
import { sessionCookie, sessionOf } from '../session.ts';

const Credential = Type.String({ minLength: 1, maxLength: 1024 });

const shared = { tags: ['Console'], security: [] };

const signInSchema = {
  ...shared,
  operationId: 'signIn',
  summary: 'Sign in to the console',
  description:
    'With the operator token, or as an API client. The cookie that comes back is good for requests with `X-RedCloud-Console: 1` only.',
  body: Type.Union([body({ operatorToken: Credential }), body({ clientId: Credential, clientSecret: Credential })]),
  response: { 204: Type.Null({ description: 'Signed in' }), ...refusals(400, 401, 413, 415, 500, 502) },
};

const sessionSchema = {
  ...shared,
  operationId: 'getSession',
  summary: 'Who is signed in to the console',
  response: {
    200: Type.Object({
      role: Type.Enum(['operator', 'client', 'nobody']),
      apiClientId: Type.Optional(Type.String()),
      sandbox: Type.Boolean(),
    }),
    ...refusals(500, 502),
  },
};

const signOutSchema = {
  ...shared,
  operationId: 'signOut',
  summary: 'Sign out of the console',
  response: { 204: Type.Null({ description: 'Signed out' }), ...refusals(500) },
};

export function consoleSession(app: App, { accounts, tokens, config, log }: Rooms): void {
  const { adminToken, sandbox } = config;

  function wrong({ id, ip }: FastifyRequest, message: string): ApiError {
    log.warn({ event: 'sign_in_refused', requestId: id, ip });
    return new ApiError('UNAUTHORIZED', message);
  }

  app.post('/console/session', { schema: signInSchema }, async (request, reply) => {
    const given = request.body;
    const secure = isSecure(request);
    if ('operatorToken' in given) {
      if (!adminToken || !isSame(given.operatorToken, adminToken))
        throw wrong(request, 'The operator token is not right');
      const token = await tokens.issueOperator(adminToken);
      return reply
        .code(204)
        .header('set-cookie', sessionCookie(token, OPERATOR_SECONDS, secure))
        .send(null);
    }
    const id = await accounts.authenticate(given.clientId, given.clientSecret);
    if (id === undefined) throw wrong(request, 'The client id and secret do not fit, or the client is suspended');
    const token = await tokens.issue(id);
    return reply
      .code(204)
      .header('set-cookie', sessionCookie(token, TOKEN_SECONDS, secure))
      .send(null);
  });

  app.get('/console/session', { schema: sessionSchema }, async (request) => {
    const token = sessionOf(request);
    if (token && adminToken && (await tokens.isOperator(token, adminToken)))
      return { role: 'operator' as const, sandbox };
    const apiClientId = token && (await tokens.verify(token));
    if (!apiClientId || !(await accounts.active(apiClientId))) return { role: 'nobody' as const, sandbox };
    return { role: 'client' as const, apiClientId, sandbox };
  });

  app.delete('/console/session', { schema: signOutSchema }, async (request, reply) =>
    reply
      .code(204)
      .header('set-cookie', sessionCookie('', 0, isSecure(request)))
      .send(null),
  );
}

/** Behind a proxy that ends TLS, as it says so. */
function isSecure({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers['x-forwarded-proto'] === 'https';
}
