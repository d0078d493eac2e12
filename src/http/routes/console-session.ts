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
  description: 'The cookie is taken away, and worth nothing any more to whoever has kept it.',
  response: { 204: Type.Null({ description: 'Signed out' }), ...refusals(500, 502) },
};

export function consoleSession(app: App, { accounts, tokens, sessions, config, log }: Rooms): void {
  const { adminToken, sandbox } = config;

  /** Whose token it is; undefined: nobody's, any more. */
  async function whoseIs(
    token: string,
  ): Promise<{ role: 'operator' } | { role: 'client'; apiClientId: string } | undefined> {
    if (adminToken && (await tokens.isOperator(token, adminToken))) return { role: 'operator' };
    const apiClientId = await tokens.verifySession(token);
    return apiClientId && (await accounts.active(apiClientId)) ? { role: 'client', apiClientId } : undefined;
  }

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
    const token = await tokens.issueSession(id);
    return reply
      .code(204)
      .header('set-cookie', sessionCookie(token, TOKEN_SECONDS, secure))
      .send(null);
  });

  app.get('/console/session', { schema: sessionSchema }, async (request) => {
    const token = sessionOf(request);
    const who = token && (await whoseIs(token));
    if (!who || (await sessions.hasEnded(token))) return { role: 'nobody' as const, sandbox };
    return { ...who, sandbox };
  });

  app.delete('/console/session', { schema: signOutSchema }, async (request, reply) => {
    const token = sessionOf(request);
    // What is worth nothing needs no end.
    if (token && (await whoseIs(token))) await sessions.end(token);
    return reply
      .code(204)
      .header('set-cookie', sessionCookie('', 0, isSecure(request)))
      .send(null);
  });
}

/** Behind a proxy that ends TLS, as it says so. */
function isSecure({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers['x-forwarded-proto'] === 'https';
}
