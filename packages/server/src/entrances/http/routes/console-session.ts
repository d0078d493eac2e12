import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { OPERATOR_SECONDS, TOKEN_SECONDS } from '#identity/tokens.ts';
import { ApiError } from '#platform/errors.ts';
import { isLoopbackAddress } from '#platform/loopback.ts';
import type { App, Modules } from '../app.ts';
import { isSame } from '../auth/bearer.ts';
import { sessionCookie, sessionOf, sessionTokenOf } from '../auth/session.ts';
import { createProxyWarning } from '../limits/client-address.ts';
import { body, refusals } from '../schemas/schemas.ts';

/** Headers of a proxy, which may serve other machines: standard ones, and those of common products. */
const FORWARDED =
  /^(forwarded|via|x-forwarded(-.*)?|x-original-.*|.*-(client|connecting|real)-ip|x-real-ip|x-envoy-.*|cf-.*|cdn-loop)$/;

const Credential = Type.String({ minLength: 1, maxLength: 1024 });

interface ClientSignIn {
  clientId: string;
  clientSecret: string;
}

type SignIn = ClientSignIn | { operatorToken: string } | { openOperator: true };

const shared = { tags: ['Console'], security: [] };

const signInSchema = {
  ...shared,
  operationId: 'signIn',
  summary: 'Sign in to the console',
  description:
    'With RC_ADMIN_TOKEN as an operator, or as an API client. `openOperator` signs in as an operator of a sandbox, if the ' +
    'session has `openOperator`. The returned cookie is accepted only in requests with ' +
    '`X-RedCloud-Console: 1`.',
  body: Type.Union([
    body({ operatorToken: Credential }),
    body({ clientId: Credential, clientSecret: Credential }),
    body({ openOperator: Type.Literal(true) }),
  ]),
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
      openOperator: Type.Optional(
        Type.Literal(true, { description: 'The sandbox permits a sign-in as an operator without a token' }),
      ),
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
  /** Only this machine reaches a sandbox. A proxy on it could serve others. */
  const isOpenTo = ({ headers, socket, raw }: FastifyRequest) =>
    config.hasOpenOperator === true &&
    isLoopbackAddress(socket.remoteAddress ?? '') &&
    // Browsers and tools use HTTP/1.1. Simple proxies use HTTP/1.0, without headers of their own.
    raw.httpVersion !== '1.0' &&
    !Object.keys(headers).some((name) => FORWARDED.test(name));
  const warnOfProxy = createProxyWarning(modules.log);

  async function operatorCookie(request: FastifyRequest, given: string): Promise<string> {
    if (adminToken === undefined || !isSame(given, adminToken)) {
      throw guesses.count(request, 'operator_token', 'operator') ?? wrong('The operator token is wrong');
    }
    return sessionCookie(request, await tokens.issueOperator(adminToken), OPERATOR_SECONDS);
  }

  async function openCookie(request: FastifyRequest): Promise<string> {
    if (adminToken === undefined || !isOpenTo(request)) throw wrong('Sign in with RC_ADMIN_TOKEN');
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
    const cookie = await cookieFor(request, given);
    return reply.code(204).header('set-cookie', cookie).send(null);
  });

  function cookieFor(request: FastifyRequest, given: SignIn): Promise<string> {
    if ('openOperator' in given) return openCookie(request);
    return 'operatorToken' in given ? operatorCookie(request, given.operatorToken) : clientCookie(request, given);
  }

  app.get('/console/session', { schema: sessionSchema }, async (request, reply) => {
    const session = await sessionOf(request, modules).catch((error) => {
      // Deletes the cookie, so that the page shows the sign-in form. Guesses from the same source must not block the
      // form.
      if (error instanceof ApiError) reply.header('set-cookie', sessionCookie(request, '', 0));
      throw error;
    });
    const common = { sandbox, ...(isOpenTo(request) ? { openOperator: true as const } : {}) };
    if (session === undefined) return { role: 'nobody' as const, ...common };
    const { apiClientId } = session;
    if (apiClientId === undefined) return { role: 'operator' as const, ...common };
    if (!(await apiClients.active(apiClientId))) return { role: 'nobody' as const, ...common };
    return { role: 'client' as const, apiClientId, ...common };
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
