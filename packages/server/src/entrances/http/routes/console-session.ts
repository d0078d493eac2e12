import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { OPERATOR_SECONDS, TOKEN_SECONDS } from '#identity/tokens.ts';
import { ApiError } from '#platform/errors.ts';
import type { App, Modules } from '../app.ts';
import { isSame } from '../auth/bearer.ts';
import { sessionCookie, sessionOf, sessionTokenOf } from '../auth/session.ts';
import { createProxyWarning } from '../limits/client-address.ts';
import { body, refusals } from '../schemas/schemas.ts';

const Credential = Type.String({ minLength: 1, maxLength: 1024 });

interface ClientSignIn {
  clientId: string;
  clientSecret: string;
}

const shared = { tags: ['Console'], security: [] };

const signInSchema = {
  ...shared,
  operationId: 'signIn',
  summary: 'Sign in to the console',
  description:
    'With RC_ADMIN_TOKEN as an operator, or as an API client. The returned cookie is accepted only in requests with ' +
    '`X-RedCloud-Console: 1`.',
  body: Type.Union([body({ operatorToken: Credential }), body({ clientId: Credential, clientSecret: Credential })]),
  response: { 204: Type.Null({ description: 'Signed in' }), ...refusals(400, 401, 413, 415, 500, 502) },
};

const sessionSchema = {
  ...shared,
  operationId: 'getSession',
  summary: 'Get the session of the console',
  response: {
    200: Type.Object({
      role: Type.Enum(['operator', 'client', 'nobody']),
      apiClientId: Type.Optional(Type.String()),
      sandbox: Type.Boolean(),
    }),
    ...refusals(429, 500, 502),
  },
};

const signOutSchema = {
  ...shared,
  operationId: 'signOut',
  summary: 'Sign out of the console',
  description: 'Ends the session and deletes its cookie. Copies of the cookie are rejected.',
  response: { 204: Type.Null({ description: 'Signed out' }), ...refusals(500, 502) },
};

export function consoleSession(app: App, modules: Modules): void {
  const { apiClients, clientSecrets, tokens, sessions, config, guesses } = modules;
  const { adminToken, sandbox } = config;
  const warnOfProxy = createProxyWarning(modules.log);

  async function operatorCookie(request: FastifyRequest, given: string): Promise<string> {
    if (adminToken === undefined || !isSame(given, adminToken)) {
      throw guesses.count(request, 'operator_token', 'operator') ?? wrong('The operator token is wrong');
    }
    return sessionCookie(request, await tokens.issueOperator(adminToken), OPERATOR_SECONDS);
  }

  async function clientCookie(request: FastifyRequest, { clientId, clientSecret }: ClientSignIn): Promise<string> {
    const outcome = await clientSecrets.authenticate(clientId, clientSecret);
    if (outcome === 'right') return sessionCookie(request, await tokens.issueSession(clientId), TOKEN_SECONDS);
    const limited = outcome === 'wrong' && guesses.count(request, 'client_secret', { client: clientId });
    throw limited || wrong('The client id or secret is wrong, or the client is suspended');
  }

  app.post('/console/session', { schema: signInSchema }, async (request, reply) => {
    warnOfProxy(request);
    const given = request.body;
    const isOperator = 'operatorToken' in given;
    const cookie = await (isOperator ? operatorCookie(request, given.operatorToken) : clientCookie(request, given));
    return reply.code(204).header('set-cookie', cookie).send(null);
  });

  app.get('/console/session', { schema: sessionSchema }, async (request, reply) => {
    const session = await sessionOf(request, modules).catch((error) => {
      // Deletes the cookie, so that the page shows the sign-in form. Guesses from the same source must not block the
      // form.
      if (error instanceof ApiError) reply.header('set-cookie', sessionCookie(request, '', 0));
      throw error;
    });
    if (session === undefined) return { role: 'nobody' as const, sandbox };
    const { apiClientId } = session;
    if (apiClientId === undefined) return { role: 'operator' as const, sandbox };
    if (!(await apiClients.active(apiClientId))) return { role: 'nobody' as const, sandbox };
    return { role: 'client' as const, apiClientId, sandbox };
  });

  app.delete('/console/session', { schema: signOutSchema }, async (request, reply) => {
    const token = sessionTokenOf(request);
    const session = token === undefined ? undefined : await tokens.checkSession(token, adminToken);
    // The response is the same for an invalid session, so a forged session is not counted as a guess.
    if (session !== undefined && typeof session !== 'string') await sessions.end(session);
    return reply
      .code(204)
      .header('set-cookie', sessionCookie(request, '', 0))
      .send(null);
  });
}

const wrong = (message: string) => new ApiError('UNAUTHORIZED', message);
